// What a verification says of evidence that somebody changed: each kind of change by its name.
import Foundation
import ParkingCore
import SyncProtocol
import Synchronization
import Testing

@testable import Evidence

@Suite struct VerificationTests {
    private func bed() throws -> EvidenceBed {
        let bed = try EvidenceBed()
        for serial in 1...3 { try bed.ticketedCase("ABCD\(serial)00", serial: serial) }
        return bed
    }

    @Test(arguments: 0..<8) func `a removed bundle is missed, wherever it stood`(index: Int) throws {
        let bed = try bed()
        var lines = try bed.lines
        lines.remove(at: index)
        try bed.write(lines: lines)
        for withLedger in [true, false] {
            let fault = try #require(try bed.verify(withLedger: withLedger).fault)
            #expect(fault.code == .bundleMissing && fault.bundle == Int64(index + 1), "\(fault.words)")
        }
    }

    @Test func `the newest bundle's removal shows against the database, or a note of its hash`() throws {
        let bed = try bed()
        let head = try #require(bed.ledger.last)
        try bed.write(lines: Array(try bed.lines.dropLast()))
        #expect(try bed.verify().fault?.code == .bundleMissing)
        // The one thing that the chain alone cannot tell.
        #expect(try bed.verify(withLedger: false).holds)
        let fault = try #require(try bed.verify(withLedger: false, known: head).fault)
        #expect(fault.code == .bundleMissing && fault.words.contains("noted earlier"))
    }

    @Test(arguments: [(0, 1), (3, 4), (7, 8), (1, 6)]) func `bundles in another order are found`(a: Int, b: Int) throws
    {
        let bed = try bed()
        var lines = try bed.lines
        lines.swapAt(a, b)
        try bed.write(lines: lines)
        let fault = try #require(try bed.verify(withLedger: false).fault)
        #expect(fault.code == .orderChanged && fault.bundle == Int64(a + 1), "\(fault.words)")
    }

    @Test func `a bundle that stands twice is found`() throws {
        let bed = try bed()
        var lines = try bed.lines
        lines.insert(lines[4], at: 5)
        try bed.write(lines: lines)
        #expect(try bed.verify(withLedger: false).fault?.code == .orderChanged)
    }

    @Test func `a changed photo and a missing one are told apart`() throws {
        let bed = try bed()
        let photo = try #require(
            try CaseChain(.ticket(TicketNumber(serial: 2)), in: FolderEvidence(data: bed.data))
                .evidence.read.photos.first
        )
        let path = EvidenceFolder.location(photo.sha256, in: bed.paths.photos)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(filePath: path))
        var fault = try #require(try bed.verify().fault)
        #expect(fault.code == .photoChanged && fault.bundle == 4 && fault.words.contains("close-up photo of bundle 4"))
        try FileManager.default.removeItem(atPath: path)
        fault = try #require(try bed.verify().fault)
        #expect(fault.code == .photoMissing && fault.words.contains(photo.sha256))
        // Neither a folder nor a pipe is a photo; the pipe would be waited for without end.
        for make in [mkdir, mkfifo] {
            #expect(make(path, 0o700) == 0)
            fault = try #require(try bed.verify().fault)
            #expect(fault.code == .photoChanged && fault.bundle == 4)
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test func `an altered header, record and signature are told apart`() throws {
        let bed = try bed()
        let lines = try bed.lines
        func fault(_ from: String, _ to: String, line: Int = 3) throws -> EvidenceFault? {
            var altered = lines
            #expect(altered[line].contains(from))
            altered[line] = altered[line].replacing(from, with: to, maxReplacements: 1)
            try bed.write(lines: altered)
            return try bed.verify(withLedger: false).fault
        }
        let header = try fault("\"kind\":\"read\"", "\"kind\":\"void\"")
        #expect(
            header?.code == .manifestAltered
                && header?.words == "The manifest of bundle 4 was altered after it was signed."
        )
        let record = try fault("Town of Testing", "Town of Tasting")
        #expect(
            record?.code == .manifestAltered
                && record?.words == "The record of bundle 4 was altered after it was signed."
        )
        // The signature's last digit: the same digit may stand at the end of another text of the line.
        let digit = try #require(lines[3].suffix(3).first)
        var signed = lines
        signed[3] = lines[3].dropLast(3) + (digit == "0" ? "1" : "0") + "\"}"
        try bed.write(lines: signed)
        let signature = try bed.verify(withLedger: false).fault
        #expect(signature?.code == .signatureWrong && signature?.bundle == 4)
        #expect(try fault(",\"record\":", ", \"record\":")?.code == .manifestAltered)
    }

    @Test func `a record that was taken out is found`() throws {
        let bed = try bed()
        var lines = try bed.lines
        lines[3] = String(decoding: try ChainLine(parsing: lines[3].utf8).withheld.bytes, as: UTF8.self)
        try bed.write(lines: lines)
        #expect(try bed.verify(withLedger: false).fault?.code == .recordMissing)
    }

    @Test func `a key that is not the vehicle's is named`() throws {
        let bed = try bed()
        let stranger = try KeyList(first: EvidenceSigningKey(), vehicle: bed.vehicle, at: bed.now)
        let report = try EvidenceVerification(try FolderEvidence(data: bed.data), keys: stranger).run()
        #expect(report.fault?.code == .keyUnknown && report.fault?.bundle == 1)
        #expect(report.notes == ["The evidence brings another list of keys."])
    }

    @Test func `a chain that was written anew with another key does not pass the right list of keys`() throws {
        let bed = try bed()
        let keys = try bed.keyList
        let forger = try EvidenceBed()
        for serial in 1...3 { try forger.ticketedCase("ABCD\(serial)00", serial: serial) }
        let source = try FolderEvidence(data: forger.data)
        #expect(try EvidenceVerification(source, keys: nil).run().holds)
        #expect(try EvidenceVerification(source, keys: keys).run().fault?.code == .keyUnknown)
    }

    @Test func `rotation keeps the chain, and the old key is good no longer`() throws {
        let bed = try bed()
        let old = bed.key
        let keys = KeyFolder(bed.paths.keys)
        _ = try keys.rotate(vehicle: bed.vehicle, at: bed.now)
        bed.key = try keys.open(vehicle: bed.vehicle).key
        try bed.reopen()
        try bed.ticketedCase("ABCD400", serial: 4)
        let report = try bed.verify()
        #expect(report.holds && report.keys.count == 2, "\(report.text)")
        bed.key = old
        try bed.reopen()
        try bed.ticketedCase("ABCD500", serial: 5)
        let fault = try #require(try bed.verify().fault)
        #expect(fault.code == .keyUnknown && fault.bundle == 13 && fault.words.contains("given up"))
    }

    @Test func `photos of a bundle that never became a fact may go, others not`() throws {
        let bed = try bed()
        let read = try bed.readFact("ABCD900", shade: 200)
        try bed.seal([try bed.entry(.read(read), id: read.read.id)], isCommitted: false)
        for photo in read.photos {
            try FileManager.default.removeItem(atPath: EvidenceFolder.location(photo.sha256, in: bed.paths.photos))
        }
        #expect(try bed.verify().holds)
        // Without the database nobody knows that it never was one.
        #expect(try bed.verify(withLedger: false).fault?.code == .photoMissing)
        try bed.reopen()
        try bed.ticketedCase("ABCD400", serial: 4)
        for withLedger in [true, false] {
            let report = try bed.verify(withLedger: withLedger)
            #expect(report.holds && report.withdrawn == 1, "\(report.text)")
        }
        var lines = try bed.lines
        lines.swapAt(11, 12)
        try bed.write(lines: lines)
        let photo = try #require(
            try CaseChain(.ticket(TicketNumber(serial: 1)), in: FolderEvidence(data: bed.data)).evidence.read.photos
                .first
        )
        try FileManager.default.removeItem(atPath: EvidenceFolder.location(photo.sha256, in: bed.paths.photos))
        #expect(try bed.verify(withLedger: false).fault?.bundle == 1)
    }

    // MARK: Clock

    @Test(arguments: [-3600.0, 315_360_000, -10]) func `a clock that jumps while it is trusted is found`(jump: Double)
        throws
    {
        let bed = try bed()
        bed.now += jump
        try bed.ticketedCase("ABCD400", serial: 4)
        let fault = try #require(try bed.verify().fault)
        #expect(fault.code == .clockJumped && fault.bundle == 10, "\(fault.words)")
    }

    @Test func `a clock that is set while nothing vouches for it is a note`() throws {
        let bed = try EvidenceBed()
        bed.clock = EvidenceBed.stamp(uptime: 10, isTrusted: false, source: "none")
        try bed.ticketedCase("ABCD100", serial: 1)
        bed.now += 86_400
        bed.clock = EvidenceBed.stamp(uptime: 45)
        try bed.ticketedCase("ABCD200", serial: 2)
        let report = try bed.verify()
        #expect(report.holds && report.notes.count == 1 && report.notes[0].contains("jumped ahead"), "\(report.text)")
    }

    @Test func `a clock set back between two runs is found`() throws {
        let bed = try bed()
        bed.clock = EvidenceBed.stamp(uptime: 5, run: UUIDv7(at: bed.now))
        bed.now -= 600
        try bed.ticketedCase("ABCD400", serial: 4)
        #expect(try bed.verify().fault?.code == .clockJumped)
    }

    // MARK: Database

    @Test func `a row that was removed, altered or put in is found`() throws {
        let bed = try bed()
        let rows = bed.ledger.rows.withLock { $0 }
        func fault(_ change: (inout [LedgerRow]) throws -> Void) throws -> EvidenceFault? {
            var changed = rows
            try change(&changed)
            bed.ledger.rows.withLock { $0 = changed }
            return try bed.verify().fault
        }
        #expect(try fault { $0.remove(at: 4) }?.words.contains("its row was removed") == true)
        #expect(try fault { $0[4] = LedgerRow(point: $0[4].point, fact: .missing) }?.code == .databaseDiffers)
        #expect(try fault { $0[4] = LedgerRow(point: $0[4].point, fact: .none) }?.code == .databaseDiffers)
        let altered = try fault { rows in
            guard case .there(let id, let json) = rows[5].fact else { return }
            let other = json.replacing("4000", with: "9000")
            #expect(other != json)
            rows[5] = LedgerRow(point: rows[5].point, fact: .there(id: id, json: other))
        }
        #expect(altered?.words == "The database's fact of bundle 6 differs from the one that was signed.")
        bed.ledger.rows.withLock { $0 = rows }
        bed.ledger.unsealed.withLock { $0 = 12 }
        #expect(try bed.verify().fault?.words.contains("Fact 12") == true)
    }

    @Test(arguments: [0, 1, 3, 5, 6]) func `rows that are gone from the end show, unless one power cut explains it`(
        left: Int
    ) throws {
        let bed = try bed()
        bed.ledger.rows.withLock { $0.removeSubrange(left...) }
        let fault = try #require(try bed.verify().fault)
        #expect(fault.code == .databaseDiffers && fault.bundle == Int64(left + 1), "\(fault.words)")
        #expect(fault.words.contains("rows were removed"), "\(fault.words)")
    }

    @Test func `the newest transaction may be unknown to the database, whole and not in part`() throws {
        let bed = try bed()
        let rows = bed.ledger.rows.withLock { $0 }
        bed.ledger.rows.withLock { $0.removeSubrange(7...) }
        let report = try bed.verify()
        #expect(report.holds && report.isDatabaseCompared, "\(report.text)")
        #expect(report.notes.count == 1 && report.notes[0].contains("Ticket"), "\(report.text)")
        bed.ledger.rows.withLock { $0 = Array(rows.dropLast()) }
        #expect(try bed.verify().fault?.code == .databaseDiffers)
    }

    @Test func `a bundle that is not listed though its fact is there is found`() throws {
        let bed = try EvidenceBed()
        let read = try bed.readFact("ABCD100", shade: 3)
        try bed.seal([try bed.entry(.read(read), id: read.read.id)], isCommitted: false)
        #expect(try bed.verify().holds)
        bed.ledger.facts.withLock { _ = $0.insert(read.read.id) }
        #expect(try bed.verify().fault?.words.contains("though its fact is there") == true)
    }

    @Test func `photos are excused for the newest transaction only`() throws {
        let bed = try bed()
        bed.ledger.rows.withLock { $0.removeSubrange(3...) }
        let photos = try CaseChain(.ticket(TicketNumber(serial: 2)), in: FolderEvidence(data: bed.data)).evidence.read
            .photos
        for photo in photos {
            try FileManager.default.removeItem(atPath: EvidenceFolder.location(photo.sha256, in: bed.paths.photos))
        }
        #expect(try bed.verify().fault?.bundle == 4)
    }

    @Test func `a database that cannot be read is said in the verdict`() throws {
        let bed = try bed()
        bed.ledger.isBroken.withLock { $0 = true }
        let report = try bed.verify()
        #expect(report.holds && !report.isDatabaseCompared && report.databaseProblem == "it is broken")
        #expect(report.text.contains("HOLDS AS FAR AS IT COULD BE CHECKED"), "\(report.text)")
        #expect(report.text.contains("could not be compared, because it is broken"), "\(report.text)")
    }

    @Test func `a folder without evidence is an error that names it`() throws {
        let error = #expect(throws: EvidenceError.self) { try FolderEvidence(data: "/nonexistent") }
        #expect(error?.message.contains("/nonexistent") == true)
    }
}
