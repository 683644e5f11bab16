// Voids, corrections, reprints and shifts: facts that follow others, each kept once and with its reason.
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("Facts that follow a ticket")
struct TicketFactTests {
    private func kinds(_ store: PatrolStore) async throws -> [FactKind] {
        try await store.outbox(after: 0).map(\.body.kind)
    }

    @Test("make it void once, with reason and officer, and leave the ticket as it was")
    func void() async throws {
        let van = try Van()
        let store = try van.open()
        let ticket = try await van.issueNumbers(store, for: try await van.recordAlert(store))
        await #expect(throws: PatrolStoreError.self) {
            try await store.void(ticket.id, reason: " ", officer: van.officer, at: van.start)
        }
        await #expect(throws: PatrolStoreError.self) {
            try await store.void(UUIDv7(at: van.start), reason: "unknown", officer: van.officer, at: van.start)
        }
        let recorded = try await store.void(ticket.id, reason: "wrong plate", officer: van.officer, at: van.start)
        let expected = VoidFact(ticket: ticket.id, number: ticket.number, reason: "wrong plate", officer: van.officer)
        #expect(recorded.body == .void(expected))
        let error = await #expect(throws: PatrolStoreError.self) {
            try await store.void(ticket.id, reason: "again", officer: van.officer, at: van.start)
        }
        #expect(error.map { "\($0)" }?.contains("is void already: wrong plate") == true)
        let stored = try #require(try await store.ticket(ticket.id))
        #expect(stored.voidReason == "wrong plate" && stored.ticket.number == ticket.number)
        #expect(try await kinds(store) == [.read, .decision, .ticket, .void])
    }

    @Test("correct what stands of the vehicle; the last word counts, and nonsense is refused")
    func correct() async throws {
        let van = try Van()
        let store = try van.open()
        let ticket = try await van.issueNumbers(store, for: try await van.recordAlert(store))
        func correct(_ details: VehicleDetails) async throws {
            try await store.correct(ticket.id, details: details, reason: "seen", officer: van.officer, at: van.start)
        }
        var details = VehicleDetails(
            make: .init(text: "Toyota", source: .officer),
            colour: .init(text: "brown", source: .machine)
        )
        try await correct(details)
        #expect(try await store.correctedDetails(of: ticket.id)?.toConfirm == ["colour"])
        details = details.corrected(by: VehicleDetails(colour: .init(text: "red", source: .officer)))
        try await correct(details)
        let found = try #require(try await store.correctedDetails(of: ticket.id))
        #expect(found.toConfirm.isEmpty && found.colour?.text == "red" && found.make?.text == "Toyota")
        for expiry in ["2027", "2027-13", "soon"] {
            await #expect(throws: PatrolStoreError.self) {
                try await correct(VehicleDetails(plateExpiry: .init(text: expiry, source: .officer)))
            }
        }
        let long = VehicleDetails.Field(text: String(repeating: "x", count: 61), source: .officer)
        await #expect(throws: PatrolStoreError.self) { try await correct(VehicleDetails(model: long)) }
        #expect(try await kinds(store).suffix(2) == [.correction, .correction])
    }

    @Test("tell of each copy with its number and reason")
    func reprint() async throws {
        let van = try Van()
        let store = try van.open()
        let ticket = try await van.issueNumbers(store, for: try await van.recordAlert(store))
        let copy = TicketPrint(ticket: ticket.id, number: ticket.number, attempt: 2, copy: 1, reason: "lost")
        try await store.add(copy, at: van.start)
        guard case .reprint(let fact)? = try await store.outbox(after: 3).first?.body else {
            Issue.record("no fact tells of the copy")
            return
        }
        #expect(fact.copy == 1 && fact.reason == "lost" && fact.officer == van.officer)
    }

    @Test("of a shift: one at a time, over a restart, with counts of what was recorded in it")
    func shift() async throws {
        let van = try Van()
        let zones = [try ZoneID("pay")]
        do {
            let store = try van.open()
            _ = try await van.recordAlert(store, "BEFORE1", at: 0)
            try await store.beginShift(van.officer, zones: zones, at: van.time(10))
            await #expect(throws: PatrolStoreError.self) {
                try await store.beginShift(try OfficerID("9"), zones: [], at: van.time(11))
            }
            try store.close()
        }
        let store = try van.open()
        let shift = try #require(try await store.openShift())
        #expect(shift.officer == van.officer && shift.zones == zones && shift.startedAt == van.time(10))
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        let ticket = try await van.issue(store, try await van.recordAlert(store, "TICKET1", at: 20))
        try await store.void(ticket.id, reason: "wrong plate", officer: van.officer, at: van.time(21))
        let rejected = try await van.recordAlert(store, "REJECT1", at: 22)
        let reason = "other: the owner of ABCD123 came"
        try await store.record(decision: van.decision(rejected, .rejected, reason: reason), at: van.time(23))
        _ = try await van.recordAlert(store, "WAITING", at: 24)
        let session = Judgement.clear(.session(id: "S", until: van.time(99)))
        for index in 0..<3 {
            let fact = try van.readFact("PAID\(index)", session, at: 30 + Double(index))
            try await store.record(read: fact, at: van.time(30))
        }
        let tally = try await store.tally(after: shift.startSequence)
        #expect(tally.reads == 6 && tally.alertsByKind == ["noSession": 3] && tally.clearByReason == ["session": 3])
        #expect(tally.accepted == 1 && tally.rejectedByReason == ["other": 1] && tally.waiting == 1)
        #expect(tally.tickets == 1 && tally.fineCents == 5000 && tally.voids == 1)
        #expect(tally.compliance == 0.75)
        let report = ShiftReport(
            shift: shift.id,
            vehicle: van.vehicle,
            officer: van.officer,
            startedAt: shift.startedAt,
            endedAt: van.time(3700),
            tally: tally,
            distanceMetres: 1234,
            coverage: []
        )
        try await store.endShift(report, at: van.time(3700))
        #expect(try await store.openShift() == nil)
        #expect(try await store.shiftReports(limit: 5) == [report])
        await #expect(throws: PatrolStoreError.self) { try await store.endShift(report, at: van.time(3701)) }
        try await store.beginShift(try OfficerID("9"), zones: [], at: van.time(4000))
        #expect(try await store.check().problems == [])
    }
}
