// The chain as it grows: cut anywhere and gone on with, and never out of step with what the database knows.
import Foundation
import ParkingCore
import SyncProtocol
import Synchronization
import Testing

@testable import Evidence

@Suite struct ChainTests {
    /// Fixed key, time and names: the bytes are the same for ever.
    @Test func `a bundle's bytes are the same for ever`() throws {
        let key = try #require(EvidenceSigningKey(seed: [UInt8](1...32)))
        let run = try UUIDv7("019777b2-3c4d-7abc-8def-0123456789ab")
        let record = CanonicalJSON.object(["fact": .object(["kind": .text("decision"), "n": .number(0.5)])])
        let header = ChainHeader(
            vehicle: try VehicleID("patrol-1"),
            sequence: 2,
            previous: String(repeating: "ab", count: 32),
            record: EvidenceFolder.sha256(record.bytes),
            fact: run,
            kind: "decision",
            time: EvidenceBed.start,
            clock: EvidenceBed.stamp(uptime: 12.5, run: run),
            key: key.publicKey.id,
            withdraws: 1
        )
        let line = try ChainLine(header: header, record: record.bytes, key: key)
        let golden = Self.golden
        #expect(String(decoding: line.bytes, as: UTF8.self) == golden)
        let parsed = try ChainLine(parsing: golden.utf8)
        #expect(parsed.header == header && parsed.bytes == Array(golden.utf8))
        #expect(key.publicKey.isValid(parsed.signature, for: parsed.headerBytes))
        #expect(try ChainLine(parsing: parsed.withheld.bytes).point == parsed.point)
    }

    @Test func `bundles follow one another and hold`() throws {
        let bed = try EvidenceBed()
        for serial in 1...3 { try bed.ticketedCase("ABCD\(serial)00", serial: serial) }
        let report = try bed.verify()
        #expect(report.holds && report.fault == nil, "\(report.text)")
        #expect(report.bundles == 9 && report.photos == 6 && report.isDatabaseCompared && report.notes.isEmpty)
        #expect(report.head == bed.ledger.last)
    }

    @Test func `the chain goes on after a cut at every byte of its last line`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let whole = try Data(contentsOf: URL(filePath: try bed.file))
        let decision = DecisionFact(read: UUIDv7(at: bed.now), verdict: .rejected, reason: "x", officer: bed.officer)
        try bed.seal([try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))], isCommitted: false)
        let longer = try Data(contentsOf: URL(filePath: try bed.file))
        var cuts = 0
        for length in whole.count..<longer.count {
            try longer.prefix(length).write(to: URL(filePath: try bed.file))
            try bed.reopen()
            let rows = bed.ledger.rows.withLock { $0 }
            let torn = try bed.verify()
            #expect(torn.holds, "cut at \(length): \(torn.text)")
            try bed.seal([try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))])
            let report = try bed.verify()
            #expect(report.holds && report.bundles == 4 && report.withdrawn == 0, "cut at \(length): \(report.text)")
            bed.ledger.rows.withLock { $0 = rows }
            cuts += 1
        }
        #expect(cuts == longer.count - whole.count && cuts > 500)
    }

    @Test func `bundles whose facts never came stay, and the next one withdraws them`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let decision = DecisionFact(read: UUIDv7(at: bed.now), verdict: .rejected, reason: "x", officer: bed.officer)
        try bed.seal([try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))], isCommitted: false)
        #expect(try bed.verify().notes.count == 1)
        try bed.reopen()
        try bed.seal([try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))], isCommitted: false)
        try bed.seal([try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))])
        let report = try bed.verify()
        #expect(report.holds && report.bundles == 6 && report.withdrawn == 2 && report.notes.isEmpty, "\(report.text)")
    }

    @Test func `an old copy of the database withdraws what it does not know`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let old = bed.ledger.rows.withLock { $0 }
        for serial in 2...4 { try bed.ticketedCase("ABCD\(serial)00", serial: serial) }
        bed.ledger.rows.withLock { $0 = old }
        try bed.reopen()
        try bed.ticketedCase("ABCD500", serial: 5)
        let report = try bed.verify()
        #expect(report.holds && report.bundles == 15 && report.withdrawn == 9, "\(report.text)")
        // These were facts, and tickets are on paper: nothing calls them cut off.
        #expect(report.lost == 9 && report.unsettled == 0)
        #expect(report.lostTickets == [2, 3, 4].compactMap { try? TicketNumber(serial: $0).text })
        #expect(!report.text.contains("cut off"), "\(report.text)")
        #expect(report.text.contains("9 of them kept in the chain, missing in the database: an older database"))
    }

    @Test func `photos of bundles that an older database lost must still be there`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let old = bed.ledger.rows.withLock { $0 }
        let lost = try bed.ticketedCase("ABCD200", serial: 2)
        try bed.ticketedCase("ABCD300", serial: 3)
        bed.ledger.rows.withLock { $0 = old }
        try bed.reopen()
        try bed.ticketedCase("ABCD500", serial: 5)
        #expect(try bed.verify().holds)
        let photo = try #require(lost.photos.first)
        try FileManager.default.removeItem(atPath: EvidenceFolder.location(photo.sha256, in: bed.paths.photos))
        for withLedger in [true, false] {
            let fault = try bed.verify(withLedger: withLedger).fault
            #expect(fault?.code == .photoMissing && fault?.bundle == 4, "\(String(describing: fault))")
        }
    }

    @Test(arguments: [true, false]) func `a ticket that was cut before the commit is told so only within one run`(
        isSameRun: Bool
    ) throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let read = try bed.readFact("ABCD200", shade: 60)
        try bed.seal([try bed.entry(.read(read), id: read.read.id)])
        bed.pass(seconds: 1)
        let decision = DecisionFact(read: read.read.id, verdict: .accepted, reason: nil, officer: bed.officer)
        let ticket = try bed.ticketFact(read, serial: 2)
        let pair = [
            try bed.entry(.decision(decision), id: UUIDv7(at: bed.now)),
            try bed.entry(.ticket(ticket), id: ticket.ticket.id),
        ]
        try bed.seal(pair, isCommitted: false)
        bed.pass(seconds: 30)
        if !isSameRun { bed.clock = EvidenceBed.stamp(uptime: 5, run: UUIDv7(at: bed.now)) }
        try bed.ticketedCase("ABCD300", serial: 3)
        let report = try bed.verify()
        #expect(report.holds && report.withdrawn == 2 && report.lost == 0, "\(report.text)")
        #expect(report.unsettled == (isSameRun ? 0 : 2), "\(report.text)")
        #expect(report.text.contains("cut off before they became facts") == isSameRun, "\(report.text)")
    }

    @Test func `the patrol goes on where the chain was lost, and the gap shows`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        try FileManager.default.removeItem(atPath: try bed.file)
        try bed.reopen()
        try bed.ticketedCase("ABCD200", serial: 2)
        let report = try bed.verify()
        #expect(report.fault?.code == .bundleMissing && report.fault?.bundle == 1)
        #expect(report.fault?.words == "Bundles 1 to 3 are missing: they were removed.")
    }

    @Test func `damaged bundles that the database knows are kept, and a new file goes on`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        var lines = try bed.lines
        lines[1] = String(lines[1].dropLast(40))
        let damaged = try bed.file
        try bed.write(lines: lines)
        try bed.reopen()
        try bed.ticketedCase("ABCD200", serial: 2)
        #expect(try ChainFolder(bed.paths.chain).files().count == 2)
        #expect(try String(contentsOfFile: damaged, encoding: .utf8) == lines.map { $0 + "\n" }.joined())
        #expect(try bed.verify().fault?.code == .manifestAltered)
    }

    @Test func `files are of bounded length and follow one another`() throws {
        let bed = try EvidenceBed()
        let decision = DecisionFact(read: UUIDv7(at: bed.now), verdict: .rejected, reason: "x", officer: bed.officer)
        let entries = try (0..<ChainFolder.linesPerFile).map { _ in
            try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))
        }
        try bed.seal(entries)
        try bed.seal([entries[0]])
        try bed.reopen()
        try bed.seal([entries[1]])
        #expect(try ChainFolder(bed.paths.chain).files() == ["000000000001.jsonl", "000000004097.jsonl"])
        let report = try bed.verify()
        #expect(report.holds && report.bundles == ChainFolder.linesPerFile + 2, "\(report.text)")
    }

    @Test func `a full disk leaves the chain as it was`() throws {
        let bed = try EvidenceBed()
        try bed.ticketedCase("ABCD123", serial: 1)
        let before = try Data(contentsOf: URL(filePath: try bed.file))
        // A folder in the file's place stands in for a disk that takes nothing.
        let file = try bed.file
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        let decision = DecisionFact(read: UUIDv7(at: bed.now), verdict: .rejected, reason: "x", officer: bed.officer)
        let entry = try bed.entry(.decision(decision), id: UUIDv7(at: bed.now))
        #expect(throws: (any Error).self) { try bed.seal([entry]) }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
        #expect(try Data(contentsOf: URL(filePath: file)) == before)
        try bed.seal([entry])
        #expect(try bed.verify().holds)
    }

    private static let golden =
        #"{"header":{"clock":{"run":"019777b2-3c4d-7abc-8def-0123456789ab","source":"ntp","trusted":true,"uptimeSeconds":12.5},"fact":"019777b2-3c4d-7abc-8def-0123456789ab""#
        + #","format":"curbside-patrol evidence 1","key":"65b60673d6ed884bf01c2c222d82ada0","kind":"decision""#
        + #","previous":"abababababababababababababababababababababababababababababababab","record":"c5f48af936bf3520f0ef75a1ddd21e0d304cab0a7388ac2c7a70e00f5ccd526d""#
        + #","sequence":2,"time":"2026-06-16T14:05:10.000Z","vehicle":"patrol-1","withdraws":1}"#
        + #","record":{"fact":{"kind":"decision","n":0.5}}"#
        + #","signature":"1d49d26966ebc5dcab0f3ab6d49706d4fa5861c9eb4bfbf56069e812e617834ccf"#
        + #"a22ed9c811bc1e50f610e2c4f838039470f601c6168a77656a1c1bbe83010c"}"#
}
