// Facts on a real file: gapless, once, there again after a reopening, and intact when the disk is full.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("Recorded facts")
struct FactTests {
    @Test("are in the outbox in order without a gap, whatever fails in between, and after a reopening")
    func outbox() async throws {
        let van = try Van()
        var ids: [UUIDv7] = []
        do {
            let store = try van.open()
            for index in 0..<3 {
                let fact = try van.readFact(at: Double(index))
                ids.append(fact.read.id)
                #expect(try await store.record(read: fact, at: van.time(Double(index))).sequence == Int64(index + 1))
                await #expect(throws: PatrolStoreError.self) { try await store.record(read: fact, at: van.start) }
            }
            try store.close()
        }
        let store = try van.open()
        let fact = try van.readFact(at: 3.1234)
        #expect(try await store.record(read: fact, at: van.time(3)).sequence == 4)
        let all = try await store.outbox(after: 0)
        #expect(all.map(\.sequence) == [1, 2, 3, 4])
        #expect(all.prefix(3).map(\.id) == ids)
        guard case .read(let last) = all[3].body else {
            Issue.record("no read")
            return
        }
        #expect(last.read.id == fact.read.id)
        #expect(last.judgement == fact.judgement)
        #expect(try await store.outbox(after: 2, limit: 1).map(\.sequence) == [3])
    }

    @Test("count as unsent until acknowledged; a receipt goes up only, and never past the last fact")
    func acknowledge() async throws {
        let van = try Van()
        let store = try van.open()
        for index in 0..<3 { try await store.record(read: try van.readFact(at: Double(index)), at: van.start) }
        #expect(try await store.unsentCount() == 3)
        try await store.acknowledge(through: 2)
        try await store.acknowledge(through: 1)
        #expect(try await store.acknowledgedSequence() == 2)
        #expect(try await store.unsentCount() == 1)
        await #expect(throws: PatrolStoreError.self) { try await store.acknowledge(through: 4) }
    }

    @Test("of a read's decision: once, only on what waits, a rejection with its reason")
    func decisions() async throws {
        let van = try Van()
        let store = try van.open()
        let first = try await van.recordAlert(store, at: 1)
        let second = try await van.recordAlert(store, at: 2)
        let clear = try van.readFact(at: 3)
        try await store.record(read: clear, at: van.start)
        #expect(try await store.waitingAlerts().map(\.read.id) == [first, second])
        func refused(_ decision: DecisionFact) async -> String {
            do {
                try await store.record(decision: decision, at: van.start)
                return "taken"
            } catch { return "\(error)" }
        }
        #expect(await refused(van.decision(first, .rejected, reason: " ")).contains("reason"))
        #expect(await refused(van.decision(first, .rejected, reason: "loading")) == "taken")
        #expect(await refused(van.decision(first, .accepted)).contains("rejected already"))
        #expect(await refused(van.decision(clear.read.id, .accepted)).contains("was clear"))
        #expect(await refused(van.decision(UUIDv7(at: van.start), .accepted)).contains("there is no read"))
        #expect(try await store.waitingAlerts().map(\.read.id) == [second])
        #expect(try await store.decision(on: first)?.reason == "loading")
        #expect(try await store.outbox(after: 0).map(\.body.kind) == [.read, .read, .read, .decision])
        #expect(try await store.counts() == StoreCounts(alertsWaiting: 1, tickets: 0, unsent: 4))
        #expect(try await store.latestReads(limit: 2).map(\.read.id) == [clear.read.id, second])
    }

    @Test("tell what was raised for a plate before, and what was decided")
    func earlier() async throws {
        let van = try Van()
        let store = try van.open()
        let old = try await van.recordAlert(store, at: 0)
        let newer = try await van.recordAlert(store, at: 100)
        _ = try await van.recordAlert(store, "WXYZ987", at: 100)
        try await store.record(read: try van.readFact(at: 200), at: van.time(200))
        try await store.record(decision: van.decision(newer, .accepted), at: van.time(101))
        let all = try await store.earlierAnswers(plate: try Plate("ABCD123"), since: van.start)
        #expect(all.map(\.read) == [newer, old])
        #expect(all.map(\.decision) == [.accepted, nil])
        #expect(try await store.earlierAnswers(plate: try Plate("ABCD123"), since: van.time(1)).map(\.read) == [newer])
    }

    @Test("keep their photos to send until they are sent, and again when the server lacks one")
    func photos() async throws {
        let van = try Van()
        let store = try van.open()
        let names = [String(repeating: "a", count: 64), String(repeating: "b", count: 64)]
        try await store.record(read: try van.readFact(photos: names), at: van.start)
        #expect(try await store.photosToSend().map(\.sha256) == names)
        try await store.markPhotosSent(names)
        #expect(try await store.photosToSend().isEmpty)
        try await store.markPhotosMissing([names[1]])
        #expect(try await store.photosToSend() == [PhotoReference(sha256: names[1], role: .closeUp, bytes: 1000)])
    }

    @Test("stop with a clear sentence when the disk is full; what was recorded before is intact")
    func fullDisk() async throws {
        let van = try Van()
        let store = try van.open(maximumPages: 110)
        var recorded = 0
        var sentence = ""
        while sentence.isEmpty, recorded < 2000 {
            do {
                try await store.record(read: try van.readFact(at: Double(recorded)), at: van.start)
                recorded += 1
            } catch { sentence = "\(error)" }
        }
        #expect(sentence.contains("no space is left"))
        #expect(recorded > 10)
        #expect(try await store.outbox(after: 0, limit: 5000).map(\.sequence) == (1...Int64(recorded)).map { $0 })
        try store.close()
        let reopened = try van.open()
        #expect(try await reopened.record(read: try van.readFact(), at: van.start).sequence == Int64(recorded + 1))
    }
}

@Suite("Tickets")
struct TicketTests {
    @Test("take each number once, over blocks and reopenings, and stop when none is left")
    func numbers() async throws {
        let van = try Van()
        var serials: [Int] = []
        for round in 0..<2 {
            let store = try van.open()
            if round == 0 {
                try await store.addNumberBlock(NumberBlock(first: 100, last: 101))
                try await store.addNumberBlock(NumberBlock(first: 100, last: 101))
                try await store.addNumberBlock(NumberBlock(first: 500, last: 500))
            }
            for index in 0..<(round == 0 ? 1 : 2) {
                let read = try await van.recordAlert(store, at: Double(round * 10 + index))
                serials.append(try await van.issue(store, read).number.serial)
            }
            try store.close()
        }
        #expect(serials == [100, 101, 500])
        let store = try van.open()
        #expect(try await store.numbersLeft() == 0)
        let read = try await van.recordAlert(store, at: 99)
        do {
            _ = try await van.issue(store, read)
            Issue.record("a fourth number")
        } catch { #expect("\(error)".contains("no ticket number is left")) }
        // The whole transaction went back: the alert still waits.
        #expect(try await store.waitingAlerts().map(\.read.id) == [read])
        #expect(try await store.tickets(limit: 10).map(\.ticket.number.serial) == [500, 101, 100])
    }

    @Test("issued at the same moment get different numbers")
    func concurrent() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 40))
        var reads: [UUIDv7] = []
        for index in 0..<30 { reads.append(try await van.recordAlert(store, "A\(index)", at: Double(index))) }
        let serials = try await withThrowingTaskGroup(of: Int.self) { group in
            for read in reads { group.addTask { try await van.issue(store, read).number.serial } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(serials.sorted() == Array(1...30))
        #expect(try await store.numbersLeft() == 10)
    }

    @Test("need an accepted read, one each, that bears its number; a failing ticket gives its number back")
    func rules() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 7, last: 20))
        let read = try await van.recordAlert(store, at: 1)
        await #expect(throws: PatrolStoreError.self) { try await van.issue(store, read, decide: false) }
        struct NoPaper: Error {}
        await #expect(throws: PatrolStoreError.self) {
            try await store.issueTicket(for: read, deciding: van.decision(read, .accepted), at: van.start) { _ in
                throw NoPaper()
            }
        }
        await #expect(throws: PatrolStoreError.self) {
            try await store.issueTicket(for: read, deciding: van.decision(read, .accepted), at: van.start) { _ in
                try van.ticket(try TicketNumber(serial: 20), read)
            }
        }
        #expect(try await store.decision(on: read) == nil)
        #expect(try await van.issue(store, read).number.serial == 7)
        do {
            _ = try await van.issue(store, read)
            Issue.record("two tickets for one read")
        } catch { #expect("\(error)".contains("has ticket 0000007")) }
    }

    @Test("ask for numbers with the same request until it is answered, and refuse overlapping or absurd blocks")
    func blocks() async throws {
        let van = try Van()
        let store = try van.open()
        let request = try await store.pendingBlockRequest(size: 50, at: van.start)
        #expect(try await store.pendingBlockRequest(size: 90, at: van.time(5)) == request)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50), request: request.request)
        #expect(try await store.pendingBlockRequest(size: 50, at: van.time(9)).request != request.request)
        for bad in [(50, 60), (2, 3), (1, 51), (9, 8), (0, 0), (9_999_999, 10_000_000), (-5, 70)] {
            await #expect(throws: PatrolStoreError.self) {
                try await store.addNumberBlock(NumberBlock(first: bad.0, last: bad.1))
            }
        }
        #expect(try await store.numbersLeft() == 50)
    }
}
