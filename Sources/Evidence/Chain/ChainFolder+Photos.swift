// Which photos the signed chain names: they are evidence, whatever a database beside it knows of them.

extension ChainFolder {
    /// Of these photos, those that a bundle names, by any of its fields; lines are not parsed, so that one that is
    /// damaged names what it still shows.
    /// - Parameter names: SHA-256, 64 lower-case hex digits.
    /// - Throws: `EvidenceError.chain` for a file that cannot be read.
    package func photosNamed(among names: Set<String>) throws -> Set<String> {
        guard !names.isEmpty else { return [] }
        var found: Set<String> = []
        for file in try files() {
            try readLines(file) { line, _ in
                for text in line.split(separator: UInt8(ascii: "\"")) where text.count == 64 {
                    let name = String(decoding: text, as: UTF8.self)
                    if names.contains(name) { found.insert(name) }
                }
                return found.count < names.count
            }
        }
        return found
    }
}
