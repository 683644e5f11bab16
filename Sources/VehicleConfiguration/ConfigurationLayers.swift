// Puts flags above the environment above the file above the defaults, and refuses what no key or limit allows.
//
// An own reader rather than swift-configuration: that one neither notices keys that nobody asks for nor knows a value's
// line, and both must stop the start here.
internal import ParkingCore

/// The values of all keys, checked.
struct ConfigurationLayers {
    private(set) var values: [String: ConfigurationValue] = [:]
    private(set) var cameras: [String] = []
    private(set) var problems: [String] = []

    /// - Parameters:
    ///   - text: the file's content; nil: there is no file.
    ///   - path: the file's name, for messages.
    ///   - environment: all variables; those that begin with PATROLD_ must be keys.
    ///   - flags: "KEY=VALUE" each.
    init(text: String?, path: String, environment: [String: String], flags: [String]) {
        let reader = TOMLReader(text ?? "")
        problems = reader.problems.map { "\(path):\($0.line): \($0.words)" }
        var given: [String: ConfigurationValue] = [:]
        for entry in reader.entries {
            given[entry.path] = ConfigurationValue(
                content: entry.content,
                origin: .file(path: path, line: entry.line)
            )
        }
        take(flags: flags, into: &given)
        cameras = Self.cameras(in: given.keys)
        take(environment, into: &given)
        for (path, value) in given.sorted(by: { $0.key < $1.key }) { check(path, value) }
        let wanted = keys
        for key in wanted where values[key.path] == nil && given[key.path] == nil {
            if let preset = key.preset {
                values[key.path] = ConfigurationValue(content: preset, origin: .preset)
            } else {
                problems.append("\(path): \(key.path) is missing: \(key.meaning)")
            }
        }
        if !(1...4).contains(cameras.count) {
            problems.append("\(path): \(cameras.count) cameras are named; write 1 to 4 tables [camera.NAME]")
        }
    }

    /// All keys, those of each camera with its name.
    private var keys: [ConfigurationKey] {
        ConfigurationKey.all.flatMap { key in
            guard key.path.contains("*") else { return [key] }
            return cameras.map { camera in
                ConfigurationKey(
                    key.path.replacing("*", with: camera),
                    key.kind,
                    unit: key.unit,
                    preset: key.preset,
                    key.meaning
                )
            }
        }
    }

    private static func cameras(in paths: some Sequence<String>) -> [String] {
        let names = paths.compactMap { path -> String? in
            let parts = path.split(separator: ".")
            return parts.count == 3 && parts[0] == ConfigurationKey.cameraTable ? String(parts[1]) : nil
        }
        return Set(names).sorted()
    }

    // MARK: Layers

    private mutating func take(flags: [String], into given: inout [String: ConfigurationValue]) {
        for flag in flags {
            guard let equals = flag.firstIndex(of: "="), equals > flag.startIndex else {
                problems.append("--set \(flag): KEY=VALUE is expected, such as patrol.data=/srv/patrol")
                continue
            }
            let path = String(flag[..<equals])
            let text = String(flag[flag.index(after: equals)...])
            given[path] = ConfigurationValue(content: content(text, for: path), origin: .flag(flag))
        }
    }

    private mutating func take(
        _ environment: [String: String],
        into given: inout [String: ConfigurationValue]
    ) {
        let names = Dictionary(keys.map { (ConfigurationKey.environmentName(of: $0.path), $0.path) }) { first, _ in
            first
        }
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("PATROLD_") {
            guard let path = names[name] else {
                problems.append("environment variable \(name): there is no such key; unset it")
                continue
            }
            if case .flag = given[path]?.origin { continue }
            given[path] = ConfigurationValue(content: content(text, for: path), origin: .environment(name))
        }
    }

    /// A flag's or variable's text as the kind of its key has it; what does not fit stays a text, and is refused later.
    private func content(_ text: String, for path: String) -> ConfigurationContent {
        switch Self.key(path)?.kind {
        case .integer, .automatic: Int(text).map { .integer($0) } ?? .text(text)
        case .number: Double(text).map { .number($0) } ?? .text(text)
        case .truth: text == "true" ? .truth(true) : text == "false" ? .truth(false) : .text(text)
        case .choices: .list(text.split(separator: ",").map(String.init))
        default: .text(text)
        }
    }

    private static func key(_ path: String) -> ConfigurationKey? {
        var parts = path.split(separator: ".").map(String.init)
        if parts.count == 3 && parts[0] == ConfigurationKey.cameraTable { parts[1] = "*" }
        let pattern = parts.joined(separator: ".")
        return path.contains("*") ? nil : ConfigurationKey.all.first { $0.path == pattern }
    }

    // MARK: Checks

    private mutating func check(_ path: String, _ value: ConfigurationValue) {
        guard let key = Self.key(path) else {
            let near = Self.nearest(path).map { "; is '\($0)' meant?" } ?? ""
            return problems.append(
                "\(value.origin): \(path): there is no such key\(near) 'patrold config --print-defaults' lists all"
            )
        }
        if let wrong = key.kind.refusal(of: value.content, unit: key.unit) {
            return problems.append("\(value.origin): \(path): \(wrong)")
        }
        values[path] = value
    }

    /// The key that differs by the fewest letters, if by at most three.
    private static func nearest(_ path: String) -> String? {
        let parts = path.split(separator: ".").map(String.init)
        let table = parts.count == 3 && parts[0] == ConfigurationKey.cameraTable ? "camera.\(parts[1])" : nil
        let all = ConfigurationKey.all.map { key in table.map { key.path.replacing("camera.*", with: $0) } ?? key.path }
        let ranked = all.map { (distance: distance($0, path), path: $0) }.min { $0.distance < $1.distance }
        return ranked.flatMap { $0.distance <= 3 ? $0.path : nil }
    }

    /// Levenshtein's distance.
    private static func distance(_ a: String, _ b: String) -> Int {
        let other = Array(b.utf8)
        var row = Array(0...other.count)
        for (i, x) in a.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in other.enumerated() {
                let replaced = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[other.count]
    }
}

extension ConfigurationKind {
    /// Why a value is refused, in words; nil: it is taken.
    func refusal(of content: ConfigurationContent, unit: String?) -> String? {
        let measure = unit.map { " \($0)" } ?? ""
        switch (self, content) {
        case (.text(let most), .text(let text)):
            return text.utf8.count <= most ? nil : "\(text.utf8.count) bytes are too long; \(most) are possible"
        case (.path(let mayBeEmpty), .text(let text)):
            if text.isEmpty && mayBeEmpty { return nil }
            let isPath = text.hasPrefix("/") && text.utf8.count <= 4000 && !text.contains("\0")
            return isPath ? nil : "'\(text.prefix(80))' is no absolute path"
        case (.name, .text(let text)):
            do {
                _ = try VehicleID(text)
                return nil
            } catch {
                return "'\(text.prefix(80))' is refused: 1 to 64 letters, digits, dots, underscores and hyphens"
            }
        case (.choice(let all), .text(let text)):
            return all.contains(text) ? nil : "'\(text.prefix(40))' is none of \(all.joined(separator: ", "))"
        case (.choices(let all), .list(let items)):
            if items.isEmpty || Set(items).count < items.count { return "give one or more of \(all), each once" }
            let stranger = items.first { !all.contains($0) }
            return stranger.map { "'\($0.prefix(40))' is none of \(all.joined(separator: ", "))" }
        case (.integer(let range), .integer(let integer)):
            return range.contains(integer) ? nil : "\(integer) is outside \(range.words)\(measure)"
        case (.number(let range), .integer(let integer)):
            return range.contains(Double(integer)) ? nil : "\(integer) is outside \(range.words)\(measure)"
        case (.number(let range), .number(let number)):
            return range.contains(number) ? nil : "\(number) is outside \(range.words)\(measure)"
        case (.automatic, .text("auto")), (.truth, .truth):
            return nil
        case (.automatic(let range), .integer(let integer)):
            return range.contains(integer) ? nil : "\(integer) is outside \(range.words)\(measure); or \"auto\""
        default:
            return "\(content) is no \(expected)"
        }
    }

    /// What is wanted, for messages and the printed defaults.
    var expected: String {
        switch self {
        case .text: "text in quotes"
        case .path: "absolute path in quotes"
        case .name: "name in quotes"
        case .choice(let all): "one of \(all.map { "\"\($0)\"" }.joined(separator: ", "))"
        case .choices(let all): "list of \(all.map { "\"\($0)\"" }.joined(separator: ", "))"
        case .integer(let range): "integer of \(range.words)"
        case .number(let range): "number of \(range.words)"
        case .automatic(let range): "\"auto\" or integer of \(range.words)"
        case .truth: "true or false"
        }
    }
}

extension ClosedRange {
    fileprivate var words: String { "\(lowerBound) to \(upperBound)" }
}
