// Facts and their evidence: sealed within their transaction, noted beside them, and nothing kept where that fails.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Synchronization
import Testing

@testable import PatrolStore

/// Counts bundles; fails or loses its answer when told to.
private final class CountingSealer: FactSealer {
    struct State {
        var isFull = false
        /// Bundles on disk.
        var bundles: [BundleReference] = []
        var sealed: [FactToSeal] = []
    }
    struct Full: Error, CustomStringConvertible { let description = "no space is left" }
    let state = Mutex(State())

    func seal(_ facts: [FactToSeal], after known: BundleReference?) throws -> SealedFacts {
        try state.withLock { state in
            if state.isFull { throw Full() }
            let withdrawn = state.bundles.filter { $0.sequence > (known?.sequence ?? 0) }
            let new = facts.indices.map { index in
                let number = state.bundles.count + index + 1
                let digits = String(number)
                return BundleReference(
                    sequence: Int64(number),
                    sha256: String(repeating: "0", count: 64 - digits.count) + digits
                )
            }
            state.bundles += new
            state.sealed += facts
            return SealedFacts(withdrawn: withdrawn, bundles: new)
        }
    }
}

@Suite struct SealTests {
    @Test func `everything but clear reads is sealed, in order, and the outbox names its bundle`() async throws {
        let van = try Van()
        let sealer = CountingSealer()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: sealer)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        try await store.record(read: try van.readFact("AAAA111"), at: van.time(0))
        let read = try await van.recordAlert(store, "BBBB222", at: 1)
        _ = try await van.issue(store, read)
        let facts = try await store.outbox(after: 0, limit: 10)
        #expect(facts.map(\.bundle?.sequence) == [nil, 1, 2, 3])
        let sealed = sealer.state.withLock { $0.sealed }
        #expect(sealed.map(\.body) == facts.dropFirst().map(\.body))
        #expect(sealed.map(\.id) == facts.dropFirst().map(\.id))
        for (fact, sealed) in zip(facts.dropFirst(), sealed) {
            #expect(try WireCoding.decoder().decode(FactBody.self, from: Data(sealed.json.utf8)) == fact.body)
        }
    }

    @Test func `what cannot be sealed is not recorded, and says why`() async throws {
        let van = try Van()
        let sealer = CountingSealer()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: sealer)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        let read = try await van.recordAlert(store)
        sealer.state.withLock { $0.isFull = true }
        let error = await #expect(throws: PatrolStoreError.self) { try await van.issue(store, read) }
        #expect(error?.description.contains("no space is left") == true)
        #expect(try await store.lastSequence() == 1)
        // The number that the refused ticket would have had is not given out again.
        #expect(try await store.numbersLeft() == 8)
        #expect(try await store.waitingAlerts().count == 1)
        sealer.state.withLock { $0.isFull = false }
        _ = try await van.issue(store, read)
        #expect(try await store.outbox(after: 1, limit: 10).map(\.bundle?.sequence) == [2, 3])
    }

    @Test func `a bundle whose transaction failed is noted as withdrawn with the next`() async throws {
        let van = try Van()
        let sealer = CountingSealer()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: sealer)
        let read = try await van.recordAlert(store)
        // On disk, and then the power went.
        sealer.state.withLock {
            $0.bundles.append(BundleReference(sequence: 2, sha256: String(repeating: "e", count: 64)))
        }
        try await store.record(decision: van.decision(read, .rejected, reason: "gone"), at: van.time(9))
        try store.close()
        let rows = try FactLedger(path: van.path).rows(after: 0, limit: 10)
        #expect(rows.map(\.bundle.sequence) == [1, 2, 3])
        #expect(rows.map(\.hasFact) == [true, false, true])
        #expect(rows[1].json == nil && rows[2].json?.contains("gone") == true)
    }

    @Test func `a fact without its bundle is found, and one without a place in the chain is not asked for`()
        async throws
    {
        let van = try Van()
        let sealed = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        _ = try await van.recordAlert(sealed)
        try await sealed.record(read: try van.readFact("AAAA111", at: 5), at: van.time(5))
        try sealed.close()
        #expect(try FactLedger(path: van.path).unsealedFact() == nil)
        let plain = try van.open()
        _ = try await van.recordAlert(plain, "CCCC333", at: 9)
        try plain.close()
        #expect(try FactLedger(path: van.path).unsealedFact() == 3)
    }

    @Test func `what stands for purged facts that a server lacks needs no bundle, and leaves no gap`() async throws {
        let van = try Van()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        for index in 0..<9 {
            try await store.record(read: try van.readFact("AAAA111", at: Double(index)), at: van.time(Double(index)))
        }
        _ = try await van.recordAlert(store, at: 20)
        try await store.acknowledge(through: 10)
        _ = try await purge(store, now: van.time(10 * 86_400))
        #expect(try await store.check().erased == 9)
        try await store.rewind(to: 2)
        try await store.fillGaps(after: 2, limit: 3)
        try await store.fillGaps(after: 2, limit: 3)
        #expect(try await store.outbox(after: 2).map(\.sequence) == [3, 4, 5, 10, 11])
        #expect(try await store.outbox(after: 2, limit: 1).first?.body == .erased(ErasedFact(was: .erased)))
        let check = try await store.check()
        #expect(check.problems == [] && check.erased == 6)
        try store.close()
        let ledger = try FactLedger(path: van.path)
        #expect(try ledger.unsealedFact() == nil && ledger.missingFact() == nil)
    }

    @Test func `only the fact's own words exempt it from having a bundle`() async throws {
        let van = try Van()
        let sealed = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        let read = try await van.recordAlert(sealed)
        try await sealed.record(read: try van.readFact("AAAA111", at: 5), at: van.time(5))
        try sealed.close()
        let ledger = try FactLedger(path: van.path)
        #expect(try ledger.unsealedFact() == nil && ledger.missingFact() == nil && ledger.factsBeforeSigning() == 0)
        #expect(try ledger.hasFact(read) && !ledger.hasFact(UUIDv7(at: van.start)))
        let forged = "INSERT INTO fact (sequence, id, recorded_at, body) VALUES"
        let id = "0197a1b2-0000-7000-8000-000000000001"
        let body = #"{"kind":"ticket","value":{}}"#
        let whole = try Data(contentsOf: URL(filePath: van.path))
        for (sequence, more) in [
            (1000, "INSERT INTO withheld (sequence) VALUES (1000)"),
            (
                1000,
                "INSERT INTO plate_read (id, sequence, time, plate, answer) VALUES ('\(id)', 1000, 1, 'X', 'clear')"
            ),
            (-5, "DELETE FROM withheld"),
        ] {
            try whole.write(to: URL(filePath: van.path))
            try await DatabaseQueue(path: van.path).write { db in
                try db.execute(sql: "\(forged) (\(sequence), '\(id)', 1, '\(body)'); \(more)")
            }
            #expect(try FactLedger(path: van.path).unsealedFact() == Int64(sequence), "\(more)")
        }
    }

    @Test func `a fact that is gone without a purge is missed`() async throws {
        let van = try Van()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        for index in 0..<3 { _ = try await van.recordAlert(store, at: Double(index)) }
        try store.close()
        try await DatabaseQueue(path: van.path).write { db in
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON; DELETE FROM evidence_bundle WHERE sequence = 3")
            try db.execute(sql: "DELETE FROM plate_read WHERE sequence = 3; DELETE FROM fact WHERE sequence = 3")
        }
        #expect(try FactLedger(path: van.path).missingFact() == 3)
    }

    @Test func `facts from before the vehicle signed are counted, not faults`() async throws {
        let van = try Van()
        let plain = try van.open()
        _ = try await van.recordAlert(plain)
        try plain.close()
        let sealed = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        _ = try await van.recordAlert(sealed, "BBBB222", at: 9)
        try sealed.close()
        let ledger = try FactLedger(path: van.path)
        #expect(try ledger.unsealedFact() == nil && ledger.factsBeforeSigning() == 1)
    }

    @Test func `looking at a database leaves its folder as it was, with a log or without`() async throws {
        let van = try Van()
        let store = try PatrolStore(path: van.path, vehicle: van.vehicle, sealer: CountingSealer())
        _ = try await van.recordAlert(store)
        // As a power cut leaves it: the fact is in the log only.
        let copy = try Van()
        for name in ["patrol.db", "patrol.db-wal"] {
            let file = copy.folder.appending(path: name)
            try FileManager.default.copyItem(at: van.folder.appending(path: name), to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        }
        try store.close()
        for name in ["patrol.db.lock", "patrol.db.numbers"] {
            try FileManager.default.removeItem(at: van.folder.appending(path: name))
        }
        for van in [van, copy] {
            let before = try content(van.folder)
            #expect(try FactLedger(path: van.path).rows(after: 0, limit: 5).map(\.bundle.sequence) == [1])
            #expect(try content(van.folder) == before)
        }
    }

    /// Names, modes and bytes of a folder's files.
    private func content(_ folder: URL) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Dictionary(
            uniqueKeysWithValues: try names.map { name in
                let file = folder.appending(path: name)
                let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int ?? 0
                return ("\(name) \(mode)", try Data(contentsOf: file))
            }
        )
    }

    @Test func `a ledger is not opened while the daemon has the database, nor made where there is none`() throws {
        let van = try Van()
        #expect(throws: PatrolStoreError.self) { try FactLedger(path: van.path) }
        let store = try van.open()
        #expect(throws: PatrolStoreError.self) { try FactLedger(path: van.path) }
        try store.close()
        #expect(try FactLedger(path: van.path).rows(after: 0, limit: 5).isEmpty)
    }
}
