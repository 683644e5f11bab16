// Reads the part of TOML 1.0 (toml.io) that a configuration needs, and keeps the line of each value.
//
// Tables with bare names, texts in one line ("..." with \" \\ \n \t, or '...'), integers, decimals, true and false, and
// lists of texts in one line. Dates, inline tables, lists of tables and texts of several lines are refused by name.

struct TOMLReader {
    struct Entry: Hashable {
        /// Table and key, joined with dots: "camera.left.width".
        let path: String
        let content: ConfigurationContent
        let line: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var problems: [(line: Int, words: String)] = []
    private var table = ""
    private var tables: Set<String> = []
    private var paths: Set<String> = []

    private struct Refusal: Error { let words: String }

    init(_ text: String) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            do {
                try take(line, number: index + 1)
            } catch {
                problems.append((index + 1, error.words))
            }
        }
    }

    private mutating func take(_ line: Substring, number: Int) throws(Refusal) {
        var rest = line
        Self.skipBlanks(&rest)
        guard let first = rest.first, first != "#" else { return }
        if first == "[" { return try takeTable(rest.dropFirst()) }
        let key = try Self.name(&rest)
        Self.skipBlanks(&rest)
        guard rest.popFirst() == "=" else { throw Refusal(words: "'\(key)' is not followed by '='") }
        Self.skipBlanks(&rest)
        let content = try Self.value(&rest)
        try Self.end(rest)
        let path = table.isEmpty ? key : "\(table).\(key)"
        guard paths.insert(path).inserted else { throw Refusal(words: "\(path): given twice; remove one of them") }
        entries.append(Entry(path: path, content: content, line: number))
    }

    private mutating func takeTable(_ text: Substring) throws(Refusal) {
        var rest = text
        guard rest.first != "[" else { throw Refusal(words: "lists of tables ([[...]]) are not used here") }
        Self.skipBlanks(&rest)
        let name = try Self.name(&rest)
        Self.skipBlanks(&rest)
        guard rest.popFirst() == "]" else { throw Refusal(words: "the table '\(name)' is not closed by ']'") }
        try Self.end(rest)
        guard tables.insert(name).inserted else { throw Refusal(words: "[\(name)]: given twice; join the two") }
        table = name
    }

    // MARK: Pieces of a line

    private static func skipBlanks(_ rest: inout Substring) {
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }

    private static func end(_ text: Substring) throws(Refusal) {
        var rest = text
        skipBlanks(&rest)
        guard rest.isEmpty || rest.first == "#" else {
            throw Refusal(words: "'\(rest.prefix(40))' is more than one value; put texts into quotes")
        }
    }

    /// Bare names joined with dots.
    private static func name(_ rest: inout Substring) throws(Refusal) -> String {
        let found = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") }
        guard !found.isEmpty, !found.hasPrefix("."), !found.hasSuffix("."), !found.contains("..") else {
            throw Refusal(words: "'\(rest.prefix(40))' is no name; letters, digits, '_' and '-' are allowed")
        }
        rest = rest.dropFirst(found.count)
        return String(found)
    }

    private static func value(_ rest: inout Substring) throws(Refusal) -> ConfigurationContent {
        switch rest.first {
        case "\"", "'": return .text(try text(&rest))
        case "[": return .list(try list(&rest))
        case "{": throw Refusal(words: "inline tables ({...}) are not used here; write a [table]")
        case nil: throw Refusal(words: "a value is missing")
        default: break
        }
        let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "#" }
        rest = rest.dropFirst(word.count)
        if word == "true" { return .truth(true) }
        if word == "false" { return .truth(false) }
        let digits = word.replacing("_", with: "")
        if let integer = Int(digits) { return .integer(integer) }
        let isDecimal = digits.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        if isDecimal, let number = Double(digits), number.isFinite { return .number(number) }
        throw Refusal(words: "'\(word.prefix(40))' is no number, true or false; put texts into quotes")
    }

    private static func text(_ rest: inout Substring) throws(Refusal) -> String {
        let quote = rest.removeFirst()
        guard !rest.hasPrefix(String([quote, quote])) else {
            throw Refusal(words: "texts of several lines are not used here")
        }
        var result = ""
        while let character = rest.popFirst() {
            if character == quote { return result }
            guard character == "\\", quote == "\"" else {
                result.append(character)
                continue
            }
            switch rest.popFirst() {
            case "\"": result.append("\"")
            case "\\": result.append("\\")
            case "n": result.append("\n")
            case "t": result.append("\t")
            case let other:
                throw Refusal(words: "'\\\(other.map(String.init) ?? "")' is no escape; \\\" \\\\ \\n \\t are")
            }
        }
        throw Refusal(words: "the text is not closed by \(quote)")
    }

    private static func list(_ rest: inout Substring) throws(Refusal) -> [String] {
        rest.removeFirst()
        var items: [String] = []
        while true {
            skipBlanks(&rest)
            if rest.first == "]" { break }
            guard rest.first == "\"" || rest.first == "'" else {
                throw Refusal(words: "a list holds texts in quotes, in one line")
            }
            items.append(try text(&rest))
            skipBlanks(&rest)
            if rest.first == "," { rest.removeFirst() } else { break }
        }
        skipBlanks(&rest)
        guard rest.popFirst() == "]" else { throw Refusal(words: "the list is not closed by ']'") }
        return items
    }
}
