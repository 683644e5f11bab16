// An export in one file: the case's bundles, its photos, the vehicle's public keys, a document to read, and how to
// verify it all without this program.
//
// The bundles' signatures protect bundles and photos. What lies around them (document, instructions, list of files) is
// hashed in `export.json`, which somebody who alters it could write anew: it finds damage, not malice.
internal import DurableFiles
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

package struct EvidenceArchive: EvidenceSource {
    package let name: String
    package let mayWithhold = true
    private let zip: ZipFile
    private let bytes: [UInt8]

    private static let format = "curbside-patrol export 1"
    static let chainName = "chain.jsonl"
    static let keysName = "keys.json"
    static let listName = "export.json"
    static let documentName = "evidence.pdf"
    static let helpName = "HOW-TO-VERIFY.txt"

    /// Reads an export.
    /// - Throws: `DurableFileError`; `EvidenceError.exportFailed` for another file.
    package init(path: String) throws {
        try self.init(name: path, bytes: try DurableFile.read(path))
    }

    package init(name: String, bytes: [UInt8]) throws(EvidenceError) {
        self.name = name
        self.bytes = bytes
        zip = try ZipFile(bytes: bytes)
    }

    /// Makes an export.
    /// - Parameters:
    ///   - photos: each photo that the case names, by its hash.
    ///   - document: the PDF.
    package static func bytes(
        _ chain: CaseChain,
        keys: [UInt8],
        photos: [String: [UInt8]],
        document: [UInt8]
    ) -> [UInt8] {
        var entries = [
            ZipFile.Entry(name: helpName, content: Array(instructions.utf8)),
            ZipFile.Entry(name: chainName, content: chain.lines.flatMap { $0.bytes + [0x0A] }),
            ZipFile.Entry(name: documentName, content: document),
            ZipFile.Entry(name: keysName, content: keys),
        ]
        entries += photos.sorted { $0.key < $1.key }.map {
            ZipFile.Entry(name: photoName($0.key), content: $0.value)
        }
        let list = list(of: entries, read: chain.evidence.read.read.id)
        return ZipFile(entries: entries + [ZipFile.Entry(name: listName, content: list)]).bytes
    }

    private static func photoName(_ sha256: String) -> String { "photos/\(sha256).jpg" }

    private static func list(of entries: some Sequence<ZipFile.Entry>, read: UUIDv7) -> [UInt8] {
        let files = entries.map { ($0.name, CanonicalJSON.text(EvidenceFolder.sha256($0.content))) }
        var members: [String: CanonicalJSON] = [
            "files": .object(Dictionary(files) { $1 }), "format": .text(format),
            "read": .text(read.description),
        ]
        members["sha256"] = .text(EvidenceFolder.sha256(CanonicalJSON.object(members).bytes))
        return CanonicalJSON.object(members).bytes
    }

    // MARK: As a source

    package func readLines(_ body: (_ line: [UInt8], _ isWhole: Bool, _ place: String) throws -> Bool) throws {
        let content = zip.content(EvidenceArchive.chainName) ?? []
        var start = 0
        var number = 0
        while start < content.count {
            let feed = content[start...].firstIndex(of: 0x0A)
            number += 1
            let line = Array(content[start..<(feed ?? content.count)])
            if try body(line, feed != nil, "line \(number) of \(EvidenceArchive.chainName)") == false { return }
            start = (feed ?? content.count) + 1
        }
    }

    package func keyList() throws -> [UInt8]? { zip.content(EvidenceArchive.keysName) }

    package func photo(_ sha256: String) throws -> PhotoState {
        guard let photo = zip.content(EvidenceArchive.photoName(sha256)) else { return .missing }
        return EvidenceFolder.sha256(photo) == sha256 ? .intact : .changed
    }

    // MARK: Verifying

    /// Verifies bundles and photos, then what lies around them.
    package func verify(keys: KeyList?, known: ChainPoint? = nil) throws -> EvidenceReport {
        var report = try EvidenceVerification(self, keys: keys, known: known).run()
        if report.fault == nil, let fault = frameFault(bundles: report.bundles) {
            report.fault = fault
            report.holds = false
        }
        return report
    }

    private func frameFault(bundles: Int) -> EvidenceFault? {
        func fault(_ words: String) -> EvidenceFault { EvidenceFault(.archiveAltered, words) }
        guard bundles > 0, let text = zip.content(EvidenceArchive.listName),
            let list = try? CanonicalJSON(parsing: text), list.bytes == text,
            let read = list["read"]?.text.flatMap({ try? UUIDv7($0) })
        else { return fault("The export's list of files is missing or was altered.") }
        guard Set(zip.entries.map(\.name)).count == zip.entries.count else {
            return fault("The export holds two files of one name.")
        }
        for entry in zip.entries.dropLast() {
            if list["files"]?[entry.name]?.text != EvidenceFolder.sha256(entry.content) {
                return fault("The export's file \(entry.name.prefix(100)) was altered, or put in later.")
            }
        }
        guard zip.entries.last?.name == EvidenceArchive.listName,
            EvidenceArchive.list(of: zip.entries.dropLast(), read: read) == text
        else { return fault("The export's list of files was altered.") }
        var isThere = false
        try? readLines { line, _, _ in
            isThere = (try? ChainLine(parsing: line)).map { $0.header.fact == read && $0.recordBytes != nil } ?? false
            return !isThere
        }
        guard isThere else { return fault("The record of the read that the export is about was left out.") }
        let whole = zip.bytes
        guard whole == bytes else {
            let place = zip(whole, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? min(whole.count, bytes.count)
            return fault("The archive was altered at byte \(place).")
        }
        return nil
    }

    private func zip(_ one: [UInt8], _ other: [UInt8]) -> Zip2Sequence<[UInt8], [UInt8]> { Swift.zip(one, other) }
}

extension EvidenceArchive {
    /// For somebody who does not have, or does not trust, this program.
    private static let instructions = """
        WHAT THIS IS
        The evidence that a parking patrol vehicle kept of one car, as it signed it on the spot.

          evidence.pdf      the case, to be read
          chain.jsonl       the signed bundles, one a line; lines without a "record" are other cars' business and show
                            only that nothing was left out or moved
          photos/           the photos, each named by the SHA-256 of its bytes
          keys.json         the vehicle's public keys (Ed25519); compare them with the municipality's own copy
          export.json       SHA-256 of each file here

        WITH THE PROGRAM
          patrol evidence verify THIS.zip --keys keys-from-the-municipality.json

        WITHOUT IT (any SHA-256 and Ed25519 tool will do)
          1. sha256sum photos/*             each sum is the file's name, and stands in the record of the read.
          2. A line of chain.jsonl is {"header":H,"record":R,"signature":"S"}. Take the bytes of H and R as they stand:
             both are in the form of RFC 8785, so a program for that form makes the same bytes of them.
             - SHA-256 of R is H's "record".
             - SHA-256 of the H in the line before is H's "previous", and H's "sequence" is one more.
             - S is the Ed25519 signature (hex) of the bytes of H by the key in keys.json whose "id" is H's "key".
          3. Each key in keys.json but the first carries a signature of the one before it.

        """
}
