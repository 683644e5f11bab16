// Files in one archive that any program opens: ZIP without compression (photos are compressed already), and with one
// form only, so that no byte of it can be another unnoticed.

struct ZipFile: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// ASCII, folders apart by "/".
        let name: String
        let content: [UInt8]
    }

    var entries: [Entry]

    /// APPNOTE.TXT 6.3.9: stored entries, times of 1980-01-01, no extra fields.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let start = file.count
            let name = Array(entry.name.utf8)
            let common = ZipFile.common(entry, nameLength: name.count)
            file.append(contentsOf: ZipFile.number(0x0403_4B50, 4) + common + name)
            file.append(contentsOf: entry.content)
            // Made on a Unix-like system; a plain file, for the owner to write.
            directory += ZipFile.number(0x0201_4B50, 4) + [20, 3] + common
            directory += ZipFile.number(0, 2) + ZipFile.number(0, 2) + ZipFile.number(0, 2)
            directory += ZipFile.number(0o100644 << 16, 4) + ZipFile.number(start, 4) + name
        }
        let start = file.count
        file += directory
        file += ZipFile.number(0x0605_4B50, 4) + [0, 0, 0, 0] + ZipFile.number(entries.count, 2)
        file +=
            ZipFile.number(entries.count, 2) + ZipFile.number(directory.count, 4) + ZipFile.number(start, 4) + [0, 0]
        return file
    }

    /// From the version that is needed to the length of the extra field.
    private static func common(_ entry: Entry, nameLength: Int) -> [UInt8] {
        number(20, 2) + number(0x0800, 2) + number(0, 2) + number(0, 2) + number(0x21, 2)
            + number(Int(CRC32.value(entry.content)), 4) + number(entry.content.count, 4)
            + number(entry.content.count, 4) + number(nameLength, 2) + number(0, 2)
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    init(entries: [Entry]) { self.entries = entries }

    /// Reads what `bytes` writes; checksums and the directory are left to a comparison with `bytes`.
    /// - Throws: `EvidenceError.exportFailed` for another file.
    init(bytes: [UInt8]) throws(EvidenceError) {
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        func fault(_ at: Int) -> EvidenceError {
            EvidenceError(.exportFailed, "the file is no export of evidence, or it was altered or cut at byte \(at)")
        }
        entries = []
        var at = 0
        while at + 30 <= bytes.count, number(at, 4) == 0x0403_4B50 {
            let size = number(at + 18, 4)
            let nameLength = number(at + 26, 2)
            let start = at + 30 + nameLength
            guard start + size <= bytes.count, number(at + 28, 2) == 0,
                let name = String(validating: bytes[(at + 30)..<start], as: UTF8.self)
            else { throw fault(at) }
            entries.append(Entry(name: name, content: Array(bytes[start..<(start + size)])))
            at = start + size
        }
        guard !entries.isEmpty, at + 4 <= bytes.count, number(at, 4) == 0x0201_4B50 else { throw fault(at) }
    }

    func content(_ name: String) -> [UInt8]? { entries.first { $0.name == name }?.content }
}

/// ISO 3309's check of 32 bits, as ZIP uses it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func value(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { value, byte in table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
    }
}
