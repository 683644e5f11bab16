// The chain's files: one line a bundle, so many lines a file, each file named by the number of its first bundle.
internal import DurableFiles
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

package struct ChainFolder: Sendable {
    package let path: String
    /// Bundles that one file holds at most.
    package static let linesPerFile = 4096
    /// No line is longer: what is, is no bundle.
    static let longestLine = 4 << 20

    package init(_ path: String) { self.path = path }

    /// File names by growing first number; empty for a folder that is not there.
    package func files() throws(EvidenceError) -> [String] {
        guard DurableFile.exists(path) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw EvidenceError(.chain, "the chain's folder \(path) cannot be listed: \(error.localizedDescription)")
        }
        return names.filter { ChainFolder.first(of: $0) != nil }.sorted()
    }

    static func name(first: Int64) -> String {
        let digits = String(first)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".jsonl"
    }

    /// The number of a file's first bundle, by its name.
    static func first(of name: String) -> Int64? {
        let digits = name.prefix(12)
        guard name.utf8.count == 18, name.hasSuffix(".jsonl"), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return Int64(digits)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Hands out a file's lines without their line feeds, one at a time, until `body` returns false. What stands after
    /// the last line feed comes last, with `isWhole` false.
    /// - Throws: `EvidenceError.chain`, and what `body` throws.
    func readLines(_ name: String, _ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Bool) throws {
        guard let stream = fopen(file(name), "re") else {
            throw EvidenceError(.chain, "\(file(name)) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(stream) }
        var reader = LineReader { buffer in fread(buffer.baseAddress, 1, buffer.count, stream) }
        while let line = reader.next() {
            if try body(line.bytes, line.isWhole) == false { return }
        }
        guard ferror(stream) == 0 else {
            throw EvidenceError(.chain, "\(file(name)) cannot be read to its end: the disk reports a fault")
        }
    }
}

/// Cuts a stream of bytes into lines, with no more than one line in memory.
struct LineReader {
    /// Fills the buffer and says with how many bytes; 0 at the end.
    private let fill: (UnsafeMutableRawBufferPointer) -> Int
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var start = 0
    private var end = 0

    init(_ fill: @escaping (UnsafeMutableRawBufferPointer) -> Int) { self.fill = fill }

    /// The next line without its line feed; a line beyond the limit is cut there and not whole.
    mutating func next() -> (bytes: [UInt8], isWhole: Bool)? {
        var line: [UInt8] = []
        while true {
            if start == end {
                end = buffer.withUnsafeMutableBytes { fill($0) }
                start = 0
                if end == 0 { return line.isEmpty ? nil : (line, false) }
            }
            if let feed = buffer[start..<end].firstIndex(of: 0x0A) {
                line.append(contentsOf: buffer[start..<feed])
                start = feed + 1
                return (line, true)
            }
            line.append(contentsOf: buffer[start..<end])
            start = end
            if line.count > ChainFolder.longestLine { return (line, false) }
        }
    }
}
