// Exports: verified on their own, and every altered byte of them, and of a data folder, is found.
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@testable import Evidence

@Suite struct ArchiveTests {
    private func archive(_ bed: EvidenceBed, serial: Int) throws -> [UInt8] {
        let source = try FolderEvidence(data: bed.data)
        let chain = try CaseChain(.ticket(try TicketNumber(serial: serial)), in: source)
        return EvidenceArchive.bytes(
            chain,
            keys: try bed.keyList.bytes,
            photos: source.photos(of: chain.evidence),
            document: Array("%PDF-1.5 a document".utf8)
        )
    }

    @Test func `an export shows one case and withholds what lies between`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let read = try bed.readFact("WXYZ200", shade: 9)
        try bed.seal([try bed.entry(.read(read), id: read.read.id)])
        try bed.ticketedCase("ABCD300", serial: 3)
        let ticket = try bed.ticketFact(read, serial: 2)
        try bed.seal([try bed.entry(.ticket(ticket), id: ticket.ticket.id)])
        let bytes = try archive(bed, serial: 2)
        let report = try EvidenceArchive(name: "case.zip", bytes: bytes).verify(keys: try bed.keyList)
        #expect(report.holds && report.bundles == 5 && report.withheld == 3 && report.photos == 2, "\(report.text)")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("WXYZ200") && !text.contains("ABCD300") && !text.contains("ABCD100"))
    }

    @Test func `other programs open the export`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let path = bed.data + "/case.zip"
        try Data(try archive(bed, serial: 1)).write(to: URL(filePath: path))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unzip")
        process.arguments = ["-t", "-qq", path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `every altered byte of an export is found`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let bytes = try archive(bed, serial: 1)
        let keys = try bed.keyList
        #expect(try EvidenceArchive(name: "case", bytes: bytes).verify(keys: keys).holds)
        var found = 0
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= UInt8(1 << (index % 8))
            let report = try? EvidenceArchive(name: "case", bytes: altered).verify(keys: keys)
            if report?.holds != true { found += 1 }
        }
        print("export: altered \(bytes.count) bytes, found \(found)")
        #expect(found == bytes.count && found > 8000)
        // With the keys of the export itself, altered ones cannot hide either.
        let list = Array(keys.bytes)
        #expect(bytes.count > list.count)
        #expect(try EvidenceArchive(name: "case", bytes: bytes).verify(keys: nil).holds)
        #expect((try? EvidenceArchive(name: "case", bytes: Array(bytes.dropLast())).verify(keys: keys).holds) != true)
    }

    @Test func `every altered byte of a data folder's evidence is found`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD100", serial: 1)
        #expect(try bed.verify().holds)
        let photos = read.photos.map { EvidenceFolder.location($0.sha256, in: bed.paths.photos) }
        var (altered, found) = (0, 0)
        for path in [try bed.file, KeyFolder(bed.paths.keys).listPath] + photos {
            let bytes = try Data(contentsOf: URL(filePath: path))
            let handle = try FileHandle(forUpdating: URL(filePath: path))
            defer { try? handle.close() }
            for index in bytes.indices {
                try handle.seek(toOffset: UInt64(index))
                try handle.write(contentsOf: [bytes[index] ^ UInt8(1 << (index % 8))])
                let verification = EvidenceVerification(try FolderEvidence(data: bed.data), keys: nil)
                if try verification.run().holds == false { found += 1 }
                altered += 1
                try handle.seek(toOffset: UInt64(index))
                try handle.write(contentsOf: [bytes[index]])
            }
        }
        print("data folder: altered \(altered) bytes, found \(found)")
        #expect(found == altered && altered > 4000)
        #expect(try bed.verify().holds)
    }

    @Test func `a file put into the export, or one that is none, is refused`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        var zip = try ZipFile(bytes: try archive(bed, serial: 1))
        zip.entries.insert(ZipFile.Entry(name: "photos/more.jpg", content: [1]), at: 2)
        #expect(try EvidenceArchive(name: "x", bytes: zip.bytes).verify(keys: nil).fault?.code == .archiveAltered)
        zip.entries[2] = zip.entries[1]
        #expect(try EvidenceArchive(name: "x", bytes: zip.bytes).verify(keys: nil).fault?.code == .archiveAltered)
        for bytes in [[], [0x50, 0x4B], Array("no zip at all".utf8), [UInt8](repeating: 0x50, count: 4000)] {
            #expect(throws: EvidenceError.self) { try EvidenceArchive(name: "x", bytes: bytes) }
        }
    }

    /// As somebody does who rebuilds the export in the program's own form.
    private func rebuilt(
        _ bytes: [UInt8],
        without member: String? = nil,
        _ change: (inout [ZipFile.Entry]) -> Void
    ) throws -> [UInt8] {
        var entries = try ZipFile(bytes: bytes).entries
        let old = try CanonicalJSON(parsing: entries.removeLast().content)
        change(&entries)
        let files = entries.map { ($0.name, CanonicalJSON.text(EvidenceFolder.sha256($0.content))) }
        guard case .object(var members) = old else { return [] }
        members["sha256"] = nil
        if let member { members[member] = nil }
        members["files"] = .object(Dictionary(files) { $1 })
        members["sha256"] = .text(EvidenceFolder.sha256(CanonicalJSON.object(members).bytes))
        let list = ZipFile.Entry(name: EvidenceArchive.listName, content: CanonicalJSON.object(members).bytes)
        return ZipFile(entries: entries + [list]).bytes
    }

    private func voided() throws -> (bed: EvidenceBed, bytes: [UInt8]) {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let chain = try CaseChain(.ticket(try TicketNumber(serial: 1)), in: FolderEvidence(data: bed.data))
        let ticket = try #require(chain.evidence.ticket)
        let void = VoidFact(ticket: ticket.id, number: ticket.number, reason: "paid", officer: bed.officer)
        try bed.seal([try bed.entry(.void(void), id: UUIDv7(at: bed.now))])
        return (bed, try archive(bed, serial: 1))
    }

    @Test func `the verdict on an export says how far the signature reaches`() throws {
        let (bed, bytes) = try voided()
        let whole = try EvidenceArchive(name: "x", bytes: bytes).verify(keys: try bed.keyList)
        #expect(whole.holds && whole.exported?.isVoid == true && whole.exported?.ticket == "00000015", "\(whole.text)")
        #expect(whole.text.contains("up to bundle 4 of 2026-06-16T14:05:41.000Z"), "\(whole.text)")
        // Cut before the void, with another document: nothing in the file can tell, and the verdict says so.
        let cut = try rebuilt(bytes) { entries in
            entries[1] = ZipFile.Entry(
                name: entries[1].name,
                content: entries[1].content.split(separator: 0x0A).prefix(3).flatMap { $0 + [0x0A] }
            )
            entries[2] = ZipFile.Entry(name: entries[2].name, content: Array("%PDF-1.5 another".utf8))
        }
        let report = try EvidenceArchive(name: "x", bytes: cut).verify(keys: try bed.keyList)
        #expect(report.holds && report.exported?.isVoid == false, "\(report.text)")
        #expect(report.text.contains("up to bundle 3 of 2026-06-16T14:05:11.000Z"), "\(report.text)")
        #expect(report.text.contains("What came after, such as a void, this file cannot tell"), "\(report.text)")
        #expect(report.text.contains("evidence.pdf and the instructions are not signed"), "\(report.text)")
        #expect(!report.text.contains("removed"), "\(report.text)")
    }

    @Test func `an export without its ticket, or with its void's record taken out, says so`() throws {
        let (bed, bytes) = try voided()
        func withheld(_ index: Int) throws -> [UInt8] {
            try rebuilt(bytes) { entries in
                var lines = entries[1].content.split(separator: 0x0A).map { Array($0) }
                lines[index] = (try? ChainLine(parsing: lines[index]).withheld.bytes) ?? []
                entries[1] = ZipFile.Entry(name: entries[1].name, content: lines.flatMap { $0 + [0x0A] })
            }
        }
        let ticketless = try EvidenceArchive(name: "x", bytes: try withheld(2)).verify(keys: try bed.keyList)
        #expect(ticketless.fault?.code == .archiveAltered, "\(ticketless.text)")
        #expect(ticketless.fault?.words.contains("The bundle of ticket 00000015") == true)
        let unvoided = try EvidenceArchive(name: "x", bytes: try withheld(3)).verify(keys: try bed.keyList)
        #expect(unvoided.exported?.withheldChanges == [4] && unvoided.text.contains("this file cannot tell"))
        let unnamed = try rebuilt(try withheld(2), without: "ticket") { _ in }
        let report = try EvidenceArchive(name: "x", bytes: unnamed).verify(keys: try bed.keyList)
        #expect(report.exported != nil && report.exported?.ticket == nil && report.text.contains("no ticket"))
    }

    @Test(arguments: ["photos/\(String(repeating: "ab", count: 32)).jpg", "README.txt", "photos/../evidence2.pdf"])
    func `a file that no export has is refused, though the list names it`(name: String) throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let bytes = try rebuilt(try archive(bed, serial: 1)) { $0.append(ZipFile.Entry(name: name, content: [1, 2])) }
        let fault = try EvidenceArchive(name: "x", bytes: bytes).verify(keys: nil).fault
        #expect(fault?.code == .archiveAltered && fault?.words.contains(name) == true, "\(String(describing: fault))")
    }

    @Test(arguments: [0, 2]) func `instructions that were replaced, or a document left out, are refused`(
        index: Int
    ) throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let bytes = try rebuilt(try archive(bed, serial: 1)) { entries in
            let entry = entries.remove(at: index)
            if index == 0 {
                entries.insert(ZipFile.Entry(name: entry.name, content: Array("Trust this file.\n".utf8)), at: 0)
            }
        }
        #expect(try EvidenceArchive(name: "x", bytes: bytes).verify(keys: nil).fault?.code == .archiveAltered)
    }

    @Test func `what is not in the chain is said so`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let error = #expect(throws: EvidenceError.self) { try archive(bed, serial: 9) }
        #expect(error?.code == .notFound)
    }
}
