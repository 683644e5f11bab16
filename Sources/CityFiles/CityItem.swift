// One value of the file with where it stands: takes it apart, and notes whatever is wrong with it.
internal import ParkingCore
internal import Yams

/// What was found wrong, and where the file's keys stand.
final class CityFileNotes {
    private(set) var problems: [CityFileProblem] = []
    private var lines: [[String]: Int] = [:]

    func place(_ path: [String], _ line: Int?) { lines[path] = line }

    func add(_ path: [String], _ problem: String, line: Int? = nil) {
        problems.append(
            CityFileProblem(line: line ?? self.line(of: path), place: path.joined(separator: "."), problem: problem)
        )
    }

    /// That of the nearest key that the file has.
    private func line(of path: [String]) -> Int? {
        for length in stride(from: path.count, through: 0, by: -1) {
            if let line = lines[Array(path.prefix(length))] { return line }
        }
        return nil
    }
}

struct CityItem {
    let node: Node
    let path: [String]
    let notes: CityFileNotes

    init(_ node: Node, path: [String], notes: CityFileNotes) {
        self.node = node
        self.path = path
        self.notes = notes
        notes.place(path, node.mark?.line)
    }

    func add(_ problem: String) { notes.add(path, problem, line: node.mark?.line) }

    /// What stands there, for messages.
    private var shown: String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string.prefix(60))'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    var isText: Bool { if case .scalar = node { true } else { false } }
    var isMapping: Bool { if case .mapping = node { true } else { false } }
    /// The text of a scalar; nil: none stands there.
    var word: String? { if case .scalar(let scalar) = node { scalar.string } else { nil } }
    var isList: Bool { if case .sequence = node { true } else { false } }
    var isEmptyList: Bool { if case .sequence(let items) = node { items.isEmpty } else { false } }

    // MARK: Containers

    /// The values of a mapping with these keys; unknown keys are noted.
    func members(_ known: [String]) -> CityMembers {
        let found = entries("with the keys \(known.joined(separator: ", "))")
        var members: [String: CityItem] = [:]
        for (key, item) in found {
            guard known.contains(key) else {
                notes.add(
                    path + [key],
                    "is no key here\(Spelling.suggestion(for: key, among: known)); known are \(known.joined(separator: ", "))"
                )
                continue
            }
            members[key] = item
        }
        return CityMembers(item: self, members: members)
    }

    /// Keys and values of a mapping, in the order of the file.
    func entries(_ what: String) -> [(key: String, item: CityItem)] {
        guard case .mapping(let mapping) = node else {
            add("is \(shown); write a mapping \(what)")
            return []
        }
        return mapping.compactMap { key, value in
            guard case .scalar(let name) = key else {
                notes.add(path, "has a key that is no word; write words as keys", line: key.mark?.line)
                return nil
            }
            let item = CityItem(value, path: path + [name.string], notes: notes)
            // The key's line is where a person looks.
            notes.place(item.path, key.mark?.line ?? value.mark?.line)
            return (name.string, item)
        }
    }

    func list(_ what: String) -> [CityItem] {
        guard case .sequence(let sequence) = node else {
            add("is \(shown); write a list of \(what)")
            return []
        }
        return sequence.enumerated().map { CityItem($1, path: path + [String($0 + 1)], notes: notes) }
    }

    /// A list, or one value in place of a list of one.
    func oneOrMore(_ what: String) -> [CityItem] { isList ? list(what) : [self] }

    // MARK: Values

    /// nil and a note for what is no text, or an empty one.
    func text(_ what: String, longest: Int = 200) -> String? {
        guard case .scalar(let scalar) = node else {
            add("is \(shown); write \(what)")
            return nil
        }
        let text = scalar.string
        guard !text.isEmpty, text != "~" else {
            add("is empty; write \(what)")
            return nil
        }
        guard text.unicodeScalars.count <= longest else {
            add("has \(text.unicodeScalars.count) characters; at most \(longest) are taken")
            return nil
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" || $0.value == 127 }) else {
            add("holds a control character; write plain text")
            return nil
        }
        return text
    }

    func parsed<Value>(_ what: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = text(what) else { return nil }
        guard let value = parse(text) else {
            add("'\(text.prefix(60))' is none; write \(what)")
            return nil
        }
        return value
    }

    func number(_ what: String, _ range: ClosedRange<Int>) -> Int? {
        parsed("\(what), a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func day() -> LocalDay? { parsed("a day such as 2026-12-24") { LocalDay($0) } }

    /// One word of a few.
    func choice<Value>(_ choices: [(String, Value)]) -> Value? {
        let words = choices.map(\.0)
        guard let text = text("one of \(words.joined(separator: ", "))") else { return nil }
        guard let choice = choices.first(where: { $0.0 == text }) else {
            add(
                "'\(text.prefix(60))' is none of \(words.joined(separator: ", "))"
                    + Spelling.suggestion(for: text, among: words)
            )
            return nil
        }
        return choice.1
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> Value? where Value.RawValue == String {
        choice(Value.allCases.map { ($0.rawValue, $0) })
    }

    func shortName<Name: ShortName>(_ type: Name.Type) -> Name? {
        guard let text = text("a \(Name.kind)") else { return nil }
        do throws(ShortNameError) {
            return try Name(text)
        } catch {
            add(error.description)
            return nil
        }
    }

    /// `{en: ..., fr: ...}`, or one text for both languages.
    func localized(_ what: String, longest: Int = 500) -> LocalizedText? {
        if isText { return text(what, longest: longest).map { LocalizedText(en: $0, fr: $0) } }
        let members = members(["en", "fr"])
        let english = members.required("en")?.text("\(what) in English", longest: longest)
        let french = members.required("fr")?.text("\(what) in French", longest: longest)
        guard let english, let french else { return nil }
        return LocalizedText(en: english, fr: french)
    }
}

/// The values of a mapping by their keys.
struct CityMembers {
    let item: CityItem
    private let members: [String: CityItem]

    init(item: CityItem, members: [String: CityItem]) {
        self.item = item
        self.members = members
    }

    subscript(key: String) -> CityItem? { members[key] }

    /// Notes what is missing.
    func required(_ key: String, _ cure: String = "add it") -> CityItem? {
        guard let member = members[key] else {
            // A value that is no mapping was noted already.
            if item.isMapping {
                item.notes.add(item.path + [key], "is missing; \(cure)", line: item.node.mark?.line)
            }
            return nil
        }
        return member
    }
}
