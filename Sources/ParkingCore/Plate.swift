/// A licence plate as it is compared everywhere: 1 to 10 characters, A to Z and 0 to 9, nothing else.
///
/// Ontario issues at most 8; the longest plates of neighbours and the widest field of the registry's batch (10) set
/// the upper bound.
package struct Plate: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package static let maximumLength = 10

    package let text: String

    /// Takes what a person, a file or a network wrote: lower case, spaces, hyphens and dots are folded away.
    /// - Throws: `PlateError` when nothing is left, too much is left, or another character stands in it.
    package init(_ raw: some StringProtocol) throws(PlateError) {
        var text = ""
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "A"..."Z", "0"..."9": text.unicodeScalars.append(scalar)
            case "a"..."z": text.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 32)))
            case " ", "-", ".", "\u{00B7}", "\t": continue
            default: throw PlateError.character(scalar, raw: String(raw))
            }
        }
        guard !text.isEmpty else { throw .empty }
        guard text.unicodeScalars.count <= Plate.maximumLength else { throw .tooLong(String(raw)) }
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (a: Plate, b: Plate) -> Bool { a.text < b.text }
    package var description: String { text }
}

package enum PlateError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooLong(String)
    case character(Unicode.Scalar, raw: String)

    package var description: String {
        switch self {
        case .empty: "the plate is empty; give 1 to \(Plate.maximumLength) letters and digits"
        case .tooLong(let raw): "'\(raw)' is longer than a plate's \(Plate.maximumLength) characters"
        case .character(let scalar, let raw):
            "'\(raw)' holds '\(scalar)' (U+\(String(scalar.value, radix: 16, uppercase: true))); a plate has A to Z and 0 to 9 only"
        }
    }
}
