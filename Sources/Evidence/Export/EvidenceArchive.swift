// An export in one file: the case's bundles, its photos, the vehicle's public keys, a document to read, and how to
// verify it all without this program.
//
// The bundles' signatures protect bundles and photos. What lies around them (document, instructions, list of files) is
// hashed in `export.json`, which somebody who alters it could write anew: it finds damage, not malice. So the
// instructions are compared with the program's own, nothing else may be in an export, and the verdict says how far the
// signature reaches: bundles cut off at the end do not show here.
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
        let list = list(of: entries, read: chain.evidence.read.read.id, ticket: chain.evidence.ticket?.number)
        return ZipFile(entries: entries + [ZipFile.Entry(name: listName, content: list)]).bytes
    }

    private static func photoName(_ sha256: String) -> String { "photos/\(sha256).jpg" }

    private static func list(
        of entries: some Sequence<ZipFile.Entry>,
        read: UUIDv7,
        ticket: TicketNumber?
    ) -> [UInt8] {
        let files = entries.map { ($0.name, CanonicalJSON.text(EvidenceFolder.sha256($0.content))) }
        var members: [String: CanonicalJSON] = [
            "files": .object(Dictionary(files) { $1 }), "format": .text(format),
            "read": .text(read.description),
        ]
        members["ticket"] = ticket.map { .text($0.text) }
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
        guard report.fault == nil else { return report }
        do {
            report.exported = try frame(bundles: report.bundles)
        } catch {
            report.fault = error
            report.holds = false
        }
        return report
    }

    /// What lies around bundles and photos: nothing else than an export has, in the one form that it may have.
    private func frame(bundles: Int) throws(EvidenceFault) -> EvidenceReport.Exported {
        func fault(_ words: String) -> EvidenceFault { EvidenceFault(.archiveAltered, words) }
        guard bundles > 0, let text = zip.content(EvidenceArchive.listName),
            let list = try? CanonicalJSON(parsing: text), list.bytes == text,
            let read = list["read"]?.text.flatMap({ try? UUIDv7($0) })
        else { throw fault("The export's list of files is missing or was altered.") }
        guard Set(zip.entries.map(\.name)).count == zip.entries.count else {
            throw fault("The export holds two files of one name.")
        }
        for entry in zip.entries.dropLast() {
            if list["files"]?[entry.name]?.text != EvidenceFolder.sha256(entry.content) {
                throw fault("The export's file \(entry.name.prefix(100)) was altered, or put in later.")
            }
        }
        let ticket = list["ticket"]?.text.flatMap { try? TicketNumber($0) }
        guard zip.entries.last?.name == EvidenceArchive.listName,
            EvidenceArchive.list(of: zip.entries.dropLast(), read: read, ticket: ticket) == text
        else { throw fault("The export's list of files was altered.") }
        let lines = signedLines()
        try checkNames(lines)
        guard zip.content(EvidenceArchive.helpName) == Array(EvidenceArchive.instructions.utf8) else {
            throw fault("The export's \(EvidenceArchive.helpName) is not the one that this program writes.")
        }
        guard let evidence = try? EvidenceCase(lines: lines, read: read) else {
            throw fault("The record of the read that the export is about was left out.")
        }
        // An export of before named no ticket.
        if let ticket, evidence.ticket?.number != ticket {
            throw fault("The bundle of ticket \(ticket), which the export is about, was left out.")
        }
        let whole = zip.bytes
        guard whole == bytes else {
            let place = zip(whole, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? min(whole.count, bytes.count)
            throw fault("The archive was altered at byte \(place).")
        }
        return EvidenceReport.Exported(
            read: read,
            ticket: evidence.ticket?.number.text,
            isVoid: evidence.void != nil,
            withheldChanges: lines.filter {
                $0.recordBytes == nil && [FactKind.void, .correction].map(\.rawValue).contains($0.header.kind)
            }.map(\.header.sequence)
        )
    }

    /// The program's own files and the photos that a record names: whatever else is there would pass for evidence.
    private func checkNames(_ lines: [ChainLine]) throws(EvidenceFault) {
        let own = [
            EvidenceArchive.helpName, EvidenceArchive.chainName, EvidenceArchive.documentName, EvidenceArchive.keysName,
            EvidenceArchive.listName,
        ]
        let names = Set(zip.entries.map(\.name))
        if let name = own.first(where: { !names.contains($0) }) {
            throw EvidenceFault(.archiveAltered, "The export's file \(name) is missing.")
        }
        let records = lines.compactMap(\.recordBytes).compactMap { try? CanonicalJSON(parsing: $0) }
        let photos = records.flatMap { EvidenceRecord.photos(in: $0) }.map { EvidenceArchive.photoName($0.sha256) }
        if let name = names.subtracting(own).subtracting(photos).min() {
            throw EvidenceFault(
                .archiveAltered,
                "The export's file \(name.prefix(100)) is none that an export has: it was put in later."
            )
        }
    }

    private func signedLines() -> [ChainLine] {
        var lines: [ChainLine] = []
        try? readLines { bytes, _, _ in
            if let line = try? ChainLine(parsing: bytes) { lines.append(line) }
            return true
        }
        return lines
    }

    private func zip(_ one: [UInt8], _ other: [UInt8]) -> Zip2Sequence<[UInt8], [UInt8]> { Swift.zip(one, other) }
}

extension EvidenceArchive {
    /// For somebody who does not have, or does not trust, this program. Exports that are out hold these very words: others
    /// are to be taken beside them, not in their place.
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
