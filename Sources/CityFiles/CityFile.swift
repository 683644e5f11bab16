// The file that a city writes by hand: bytes to a checked city, or everything that is wrong with them at once.
//
// The format is YAML without anchors, aliases and tags; Fixtures/harbourview/README.md documents each key.
internal import Foundation
package import ParkingCore
internal import Yams

package enum CityFile {
    /// A city with ten thousand zones is a tenth of this.
    package static let maximumBytes = 8 << 20

    /// Reads and checks a whole file.
    /// - Throws: `CityFileError` with all its faults.
    package static func read(path: String) throws(CityFileError) -> City {
        func refuse(_ problem: String) -> CityFileError {
            CityFileError(file: path, problems: [CityFileProblem(line: nil, place: "", problem: problem)])
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw refuse("there is no such file; give the path of a city file, such as city.yaml")
        }
        guard !isFolder.boolValue else { throw refuse("is a folder; give the path of the city file in it") }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular, type != .typeSymbolicLink {
            throw refuse("is no plain file; give the path of a city file")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw refuse("cannot be read; check its mode")
        }
        defer { try? file.close() }
        let data: Data
        do {
            data = try file.read(upToCount: maximumBytes + 1) ?? Data()
        } catch {
            throw refuse("cannot be read (\(error.localizedDescription)); check the disk")
        }
        guard data.count <= maximumBytes else {
            throw refuse(
                "has more than \(maximumBytes >> 20) MiB; a city file is some kilobytes: is this the right file?"
            )
        }
        return try city(bytes: data, name: path)
    }

    /// - Parameter name: what messages call the file.
    /// - Throws: as `read`.
    package static func city(bytes: some Sequence<UInt8>, name: String) throws(CityFileError) -> City {
        let notes = CityFileNotes()
        func fail() -> CityFileError {
            CityFileError(
                file: name,
                problems: notes.problems.sorted { ($0.line ?? 0, $0.place) < ($1.line ?? 0, $1.place) }
            )
        }
        // Editors put a byte order mark first.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : Array(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            notes.add([], "is not UTF-8 text; save it as UTF-8")
            throw fail()
        }
        guard !refusesAnchors(text, notes), let root = compose(text, notes) else { throw fail() }
        let draft = withExtendedLifetime(root.parser) {
            CityReader(root: CityItem(root.node, path: [], notes: notes)).city()
        }
        guard let draft else { throw fail() }
        // What the reader noted keeps a value out of the city; checking the rest as well tells all faults at once.
        let isRuleFaulty = notes.problems.contains { $0.place.hasPrefix("rules.") }
        for problem in draft.city.problems(spare: draft.spare) where !isKnown(problem, notes) {
            // A faulty rule is in no zone, so that what names it would seem wrong too.
            if isRuleFaulty, problem.path.first == "temporary" { continue }
            notes.add(problem.path, problem.problem)
        }
        guard notes.problems.isEmpty else { throw fail() }
        return draft.city
    }

    /// Whether a fault was noted already at that very place, or follows from one noted within it.
    private static func isKnown(_ problem: CityProblem, _ notes: CityFileNotes) -> Bool {
        notes.problems.contains { $0.place == problem.place || $0.place.hasPrefix(problem.place + ".") }
    }

    private static func compose(_ text: String, _ notes: CityFileNotes) -> (node: Node, parser: Parser)? {
        do {
            let parser = try Parser(yaml: text)
            guard let node = try parser.singleRoot() else {
                notes.add([], "is empty; Fixtures/harbourview/city.yaml is an example")
                return nil
            }
            return (node, parser)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                notes.add([], "is no YAML (\(problem)); check indentation, colons and quotes there", line: mark.line)
            case .duplicatedKeysInMapping(let keys, let context):
                let names = keys.map { "'\($0.prefix(60))'" }.joined(separator: ", ")
                notes.add([], "has the key \(names) twice in one mapping; keep one", line: context.mark.line)
            case .reader(let problem, let offset, _, _):
                let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
                notes.add([], "is no YAML (\(problem)); write plain text", line: line)
            default: notes.add([], "is no YAML; check indentation, colons and quotes")
            }
        } catch {
            notes.add([], "cannot be read as YAML (\(error))")
        }
        return nil
    }

    /// Notes anchors, which the format does without: a few lines of them can stand for a file of any size.
    ///
    /// Looks at the text before it is parsed, since parsing alone can take for ever; so a text that only looks like an
    /// anchor, such as "A &B", is refused too.
    private static func refusesAnchors(_ text: String, _ notes: CityFileNotes) -> Bool {
        var line = 1
        var before = UInt8(ascii: "\n")
        var isAnchor = false
        for byte in text.utf8 {
            if isAnchor, !" \t\r\n".utf8.contains(byte) {
                notes.add(
                    [],
                    "uses an anchor (& before a name), which this format has not: write the value out. In a text put a"
                        + " space after the &",
                    line: line
                )
                return true
            }
            isAnchor = byte == UInt8(ascii: "&") && " \t\r\n[{,:-?".utf8.contains(before)
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        return false
    }
}
