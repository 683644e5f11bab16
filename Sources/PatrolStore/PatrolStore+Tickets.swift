// Tickets, each under a number that is given out once, in the ticket's own transaction.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

/// A ticket with its latest print.
package struct StoredTicket: Hashable, Sendable {
    package let ticket: Ticket
    package let print: TicketPrint
    /// Why it counts no longer; nil: it counts.
    package let voidReason: String?
}

extension PatrolStore {
    // MARK: Tickets

    /// Issues a ticket under the next number: decision, number, ticket and print job in one transaction.
    /// - Parameters:
    ///   - read: the read that is ticketed.
    ///   - decision: the officer's acceptance, recorded with the ticket; nil: it was recorded before.
    ///   - repeatSeconds: within this time no second ticket names the same plate, infraction and zone.
    ///   - make: builds the ticket for the number it gets; when it throws, nothing was done and the number is free.
    /// - Throws: `PatrolStoreError.noNumberLeft`, `.notAccepted`, `.alreadyTicketed`, `.alreadyIssued`, `.wrongTicket`,
    ///   and what `make` and `record(decision:)` throw.
    package func issueTicket(
        for read: UUIDv7,
        deciding decision: DecisionFact?,
        at time: Date,
        repeatSeconds: Double = 0,
        make: @escaping @Sendable (TicketNumber) throws -> Ticket
    ) async throws -> Ticket {
        let vehicle = try requireVehicle()
        let ledger = ledger
        return try await write { db in
            if let serial = try Int.fetchOne(
                db,
                sql: "SELECT serial FROM ticket WHERE read = ?",
                arguments: [read.description]
            ) {
                throw PatrolStoreError.alreadyTicketed(read: read, number: try TicketNumber(serial: serial))
            }
            if let decision {
                guard decision.read == read else {
                    throw PatrolStoreError.wrongTicket(detail: "the decision is on read \(decision.read), not \(read)")
                }
                _ = try PatrolStore.append(decision, at: time, db)
            }
            let verdict = try String.fetchOne(
                db,
                sql: "SELECT verdict FROM decision WHERE read = ?",
                arguments: [read.description]
            )
            guard verdict == OfficerVerdict.accepted.rawValue else {
                throw PatrolStoreError.notAccepted(read: read)
            }
            let ticket = try make(try PatrolStore.takeNumber(ledger, db))
            try PatrolStore.requireFirst(ticket, since: time.addingTimeInterval(-repeatSeconds), db)
            try PatrolStore.keep(ticket, for: read, vehicle: vehicle, at: time, db)
            // Last, so that what is refused above costs no number; before the commit, so that no number is forgotten.
            try ledger?.note(ticket.number)
            return ticket
        }
    }

    /// The read may have said anything: what counts is the plate that the ticket names.
    private static func requireFirst(_ ticket: Ticket, since: Date, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT fact.sequence, fact.body FROM (SELECT * FROM ticket ORDER BY sequence DESC LIMIT 1000) AS ticket
                JOIN fact ON fact.sequence = ticket.sequence
                WHERE fact.recorded_at > ? AND ticket.id NOT IN (SELECT ticket FROM ticket_void)
                """,
            arguments: [since.storedMilliseconds]
        )
        for row in rows {
            guard case .ticket(let fact) = try body(row), fact.ticket.plate == ticket.plate,
                fact.ticket.zone == ticket.zone, fact.ticket.infraction.code == ticket.infraction.code
            else { continue }
            throw PatrolStoreError.alreadyIssued(number: fact.ticket.number, at: fact.ticket.issuedAt)
        }
    }

    private static func keep(
        _ ticket: Ticket,
        for read: UUIDv7,
        vehicle: VehicleID,
        at time: Date,
        _ db: Database
    ) throws {
        guard ticket.read == read else {
            throw PatrolStoreError.wrongTicket(detail: "it is for read \(ticket.read), not \(read)")
        }
        guard ticket.vehicle == vehicle else {
            throw PatrolStoreError.wrongTicket(detail: "it names vehicle \(ticket.vehicle), not \(vehicle)")
        }
        let next = try Int.fetchOne(
            db,
            sql: "SELECT next FROM number_block WHERE ? BETWEEN first AND last",
            arguments: [ticket.number.serial]
        )
        guard next == ticket.number.serial + 1 else {
            throw PatrolStoreError.wrongTicket(detail: "it does not bear the number that it was given")
        }
        let recorded = try append(.ticket(TicketFact(ticket: ticket)), id: ticket.id, at: time, db)
        try db.execute(
            sql: "INSERT INTO ticket (id, serial, read, sequence) VALUES (?, ?, ?, ?)",
            arguments: [ticket.id.description, ticket.number.serial, read.description, recorded.sequence]
        )
        try insert(TicketPrint(ticket: ticket.id, number: ticket.number), at: time, db)
    }

    /// Newest first.
    package func tickets(limit: Int) async throws -> [StoredTicket] {
        try await storedTickets("ORDER BY ticket.sequence DESC LIMIT ?", [max(0, limit)])
    }

    package func ticket(_ id: UUIDv7) async throws -> StoredTicket? {
        try await storedTickets("WHERE ticket.id = ?", [id.description]).first
    }

    /// The ticket that was issued for a read, if one was.
    package func ticket(ofRead read: UUIDv7) async throws -> StoredTicket? {
        try await storedTickets("WHERE ticket.read = ?", [read.description]).first
    }

    private func storedTickets(_ condition: String, _ arguments: StatementArguments) async throws -> [StoredTicket] {
        try await read { db in
            let sql = """
                SELECT fact.sequence, fact.body, ticket.serial, print.*, ticket_void.reason AS void_reason FROM ticket
                LEFT JOIN ticket_void ON ticket_void.ticket = ticket.id
                JOIN fact ON fact.sequence = ticket.sequence
                JOIN print_attempt AS print ON print.ticket = ticket.id
                    AND print.attempt = (SELECT max(attempt) FROM print_attempt WHERE ticket = ticket.id) \(condition)
                """
            return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row in
                guard case .ticket(let fact) = try PatrolStore.body(row) else { return nil }
                return StoredTicket(
                    ticket: fact.ticket,
                    print: try PatrolStore.print(row),
                    voidReason: row["void_reason"]
                )
            }
        }
    }
}
