// What officers write on tickets and of them: words that a page, a terminal and a printer can all show.
internal import Foundation

package enum WrittenText {
    /// Scalars that a reason has at most.
    package static let longestReason = 200

    /// The text as it is kept: composed characters, without blanks around it.
    package static func tidied(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Whether it is neither blank nor longer, and free of what garbles other text: control characters, changes of the
    /// writing direction, piles of accents. Counted in Unicode scalars, as the back office counts.
    package static func isFit(_ text: String, longest: Int) -> Bool {
        let scalars = text.unicodeScalars
        guard (1...longest).contains(scalars.count), !scalars.allSatisfy(\.properties.isWhitespace) else {
            return false
        }
        var marks = 0
        for scalar in scalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                return false
            case .nonspacingMark, .enclosingMark: marks += 1
            default: marks = 0
            }
            if marks > 2 { return false }
        }
        return true
    }
}
