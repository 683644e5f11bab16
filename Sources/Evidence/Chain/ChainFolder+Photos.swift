// Which photos the signed chain names: they are evidence, whatever a database beside it knows of them.

extension ChainFolder {
    /// Of these photos, those that a bundle names, by any of its fields.
    /// - Parameter names: SHA-256, 64 lower-case hex digits.
    /// - Throws: `EvidenceError.chain` for a file that cannot be read.
    package func photosNamed(among names: Set<String>) throws -> Set<String> {
        guard !names.isEmpty else { return [] }
        var found: Set<String> = []
        for file in try files() {
            try readLines(file) { line, _ in
                for run in line.split(whereSeparator: { !Self.isHexDigit($0) }) where run.count == 64 {
                    let name = String(decoding: run, as: UTF8.self)
                    if names.contains(name) { found.insert(name) }
                }
                return found.count < names.count
            }
        }
        return found
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
