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

    @Test func `what is not in the chain is said so`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD100", serial: 1)
        let error = #expect(throws: EvidenceError.self) { try archive(bed, serial: 9) }
        #expect(error?.code == .notFound)
    }
}
