// How far the paper of each ticket is, as it outlives power cuts and newer versions.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("Prints")
struct PrintTests {
    @Test("are to do until the paper is out, after a reopening too; the latest attempt counts")
    func todo() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        let first = try await van.issue(store, try await van.recordAlert(store, at: 1))
        let second = try await van.issue(store, try await van.recordAlert(store, at: 2))
        #expect(try await store.openPrints().map(\.state) == [.queued, .queued])
        var done = TicketPrint(ticket: first.id, number: first.number, state: .printed, mayBeOut: true)
        done.detail = "/tickets/1.pdf"
        try await store.keep(done, at: van.start)
        let held = TicketPrint(
            ticket: second.id,
            number: second.number,
            state: .held,
            hold: .paperOut,
            printer: "Roll",
            job: 41,
            begun: 1_781_600_000,
            mayBeOut: true,
            detail: "media-empty-warning"
        )
        try await store.keep(held, at: van.start)
        try store.close()
        let reopened = try van.open()
        #expect(try await reopened.openPrints() == [held])
        #expect(try await reopened.ticket(first.id)?.print == done)
        #expect(try await reopened.ticket(ofRead: second.read)?.ticket == second)
        let again = TicketPrint(ticket: first.id, number: first.number, attempt: 2, copy: 1, reason: "torn")
        try await reopened.add(again, at: van.start)
        #expect(try await reopened.openPrints() == [again, held])
        #expect(try await reopened.prints(of: first.id) == [done, again])
    }

    @Test("of an unknown ticket, a second time under one attempt, or sent under no kept number, are refused")
    func refused() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        let ticket = try await van.issue(store, try await van.recordAlert(store, at: 1))
        let stranger = TicketPrint(ticket: UUIDv7(at: van.start), number: ticket.number)
        await #expect(throws: PatrolStoreError.self) { try await store.keep(stranger, at: van.start) }
        await #expect(throws: PatrolStoreError.self) { try await store.add(stranger, at: van.start) }
        let twin = TicketPrint(ticket: ticket.id, number: ticket.number)
        await #expect(throws: PatrolStoreError.self) { try await store.add(twin, at: van.start) }
        let careless = TicketPrint(ticket: ticket.id, number: ticket.number, state: .printing, job: 1, mayBeOut: false)
        await #expect(throws: PatrolStoreError.self) { try await store.keep(careless, at: van.start) }
    }

    @Test("of a database from before are taken over: what was out stays out, what was not is printed")
    func migration() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 9))
        let tickets = [
            try await van.issue(store, try await van.recordAlert(store, at: 1)),
            try await van.issue(store, try await van.recordAlert(store, at: 2)),
            try await van.issue(store, try await van.recordAlert(store, at: 3)),
        ]
        // Back to the table as it was shipped first.
        let states = ["printed", "held", "printing"]
        let rows = zip(tickets, states).map { ($0.id.description, $1) }
        try await store.maintain { db in
            try db.execute(
                sql: """
                    DROP TABLE print_attempt;
                    DELETE FROM grdb_migrations WHERE identifier = '4 prints';
                    CREATE TABLE print (
                        ticket TEXT NOT NULL PRIMARY KEY REFERENCES ticket (id),
                        state TEXT NOT NULL CHECK (state IN ('queued', 'printing', 'printed', 'held')),
                        detail TEXT NOT NULL,
                        changed_at INTEGER NOT NULL
                    ) STRICT
                    """
            )
            for (id, state) in rows {
                try db.execute(sql: "INSERT INTO print VALUES (?, ?, 'as it was', 5)", arguments: [id, state])
            }
        }
        try store.close()
        let reopened = try van.open()
        let open = try await reopened.openPrints()
        #expect(open.map(\.state) == [.held, .printing])
        #expect(open.map(\.job) == [nil, nil] && open.map(\.attempt) == [1, 1])
        let out = try #require(try await reopened.prints(of: tickets[0].id).first)
        #expect(out.state == .printed && out.mayBeOut && out.detail == "as it was")
    }
}
