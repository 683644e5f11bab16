// Text that is sure to take one column a character, on every terminal: nothing else may reach the screen.
internal import Foundation

enum CellText {
    /// One element a column. Composed first, so that an e with a separate accent is one; control characters, wide and
    /// zero-width ones, and all that is not known to be one column wide become '?'.
    static func cells(_ text: String) -> [Character] {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return Array(text) }
        return text.precomposedStringWithCanonicalMapping.map { character in
            guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1,
                isOneColumn(scalar.value)
            else { return character.isWhitespace ? " " : "?" }
            return character
        }
    }

    /// Latin, Greek, Cyrillic, punctuation, arrows, boxes, blocks and Braille; widths after Unicode's EastAsianWidth, where
    /// 'ambiguous' is one column outside East Asian locales.
    private static func isOneColumn(_ value: UInt32) -> Bool {
        switch value {
        case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x02FF, 0x0370...0x0482, 0x048A...0x052F: true
        case 0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20BF, 0x2190...0x21FF, 0x2200...0x22FF: true
        case 0x2500...0x25FC, 0x25FF, 0x2800...0x28FF: true
        default: false
        }
    }

    /// For terminals that show ASCII only: letters lose their accents, lines and marks become their nearest sign.
    static func ascii(_ character: Character) -> Character {
        if character.isASCII { return character }
        switch character {
        case "─", "–", "—": return "-"
        case "│": return "|"
        case "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼": return "+"
        case "…": return "~"
        case "●": return "*"
        case "◐": return "!"
        case "○": return "o"
        case "▶": return ">"
        case "•", "·": return "-"
        case "█": return "#"
        case "▀": return "\""
        case "▄": return "_"
        case "░": return "."
        case "«", "»", "“", "”": return "\""
        case "’", "‘": return "'"
        case "\u{A0}": return " "
        default:
            let folded = String(character).folding(options: .diacriticInsensitive, locale: nil)
            return folded.count == 1 && folded.first?.isASCII == true ? Character(folded) : "?"
        }
    }

    /// Breaks text at blanks into lines of at most `width`; longer words are cut.
    static func wrapped(_ text: String, width: Int) -> [String] {
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = Substring(word)
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines.append(line)
                line = ""
            }
            while rest.count > width, line.isEmpty {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            line += line.isEmpty ? String(rest) : " " + rest
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
