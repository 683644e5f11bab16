// Voids, reprints and corrections of tickets: facts that follow the ticket's own.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

extension PatrolStore {
    /// Keeps that a ticket counts no longer, once.
    /// - Throws: `PatrolStoreError.unknownTicket`, `.alreadyVoid`, `.reasonMissing`.
    @discardableResult
    package func void(
        _ ticket: UUIDv7,
        reason: String,
        officer: OfficerID,
        at time: Date
    ) async throws -> RecordedFact {
        _ = try requireVehicle()
        return try await write { db in
            let number = try PatrolStore.number(of: ticket, db)
            try PatrolStore.requireReason(reason)
            if let known = try PatrolStore.voidReason(ticket, db) {
                throw PatrolStoreError.alreadyVoid(number: number, reason: known)
            }
            let fact = VoidFact(ticket: ticket, number: number, reason: reason, officer: officer)
            let recorded = try PatrolStore.append(.void(fact), id: UUIDv7(at: time), at: time, db)
            try db.execute(
                sql: "INSERT INTO ticket_void (ticket, sequence, reason) VALUES (?, ?, ?)",
                arguments: [ticket.description, recorded.sequence, reason]
            )
            return recorded
        }
    }

    /// Keeps what holds of the vehicle from now on.
    /// - Throws: `PatrolStoreError.unknownTicket`, `.alreadyVoid`, `.reasonMissing`, `.wrongTicket` for absurd details.
    @discardableResult
    package func correct(
        _ ticket: UUIDv7,
        details: VehicleDetails,
        reason: String,
        officer: OfficerID,
        at time: Date
    ) async throws -> RecordedFact {
        _ = try requireVehicle()
        return try await write { db in
            let number = try PatrolStore.number(of: ticket, db)
            try PatrolStore.requireReason(reason)
            if let known = try PatrolStore.voidReason(ticket, db) {
                throw PatrolStoreError.alreadyVoid(number: number, reason: known)
            }
            if let problem = details.problem { throw PatrolStoreError.wrongTicket(detail: problem) }
            let fact = CorrectionFact(
                ticket: ticket,
                number: number,
                details: details,
                reason: reason,
                officer: officer
            )
            let recorded = try PatrolStore.append(.correction(fact), id: UUIDv7(at: time), at: time, db)
            try db.execute(
                sql: "INSERT INTO ticket_correction (sequence, ticket) VALUES (?, ?)",
                arguments: [recorded.sequence, ticket.description]
            )
            return recorded
        }
    }

    /// What the last correction says of the vehicle; nil: the ticket was not corrected.
    package func correctedDetails(of ticket: UUIDv7) async throws -> VehicleDetails? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT fact.sequence, fact.body FROM ticket_correction JOIN fact USING (sequence)
                    WHERE ticket = ? ORDER BY sequence DESC
                    """,
                arguments: [ticket.description]
            )
            guard let row, case .correction(let fact) = try PatrolStore.body(row) else { return nil }
            return fact.details
        }
    }

    // MARK: Within a transaction

    /// A copy is a fact too: who asked for it, and why.
    static func noteReprint(_ print: TicketPrint, at time: Date, _ db: Database) throws {
        guard print.copy > 0 else { return }
        let fact = ReprintFact(
            ticket: print.ticket,
            number: print.number,
            copy: print.copy,
            reason: print.reason,
            officer: try officer(of: print.ticket, db)
        )
        _ = try append(.reprint(fact), id: UUIDv7(at: time), at: time, db)
    }

    /// Who is on shift; where nobody signs in, who issued the ticket.
    private static func officer(of ticket: UUIDv7, _ db: Database) throws -> OfficerID {
        let text =
            try String.fetchOne(db, sql: "SELECT officer FROM shift WHERE ended_at IS NULL")
            ?? String.fetchOne(
                db,
                sql: """
                    SELECT json_extract(body, '$.value.ticket.officer') FROM ticket JOIN fact USING (sequence)
                    WHERE ticket.id = ?
                    """,
                arguments: [ticket.description]
            )
        guard let text else { throw PatrolStoreError.unknownTicket(ticket) }
        return try OfficerID(text)
    }

    static func voidReason(_ ticket: UUIDv7, _ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT reason FROM ticket_void WHERE ticket = ?", arguments: [ticket.description])
    }

    private static func number(of ticket: UUIDv7, _ db: Database) throws -> TicketNumber {
        let serial = try Int.fetchOne(
            db,
            sql: "SELECT serial FROM ticket WHERE id = ?",
            arguments: [ticket.description]
        )
        guard let serial else { throw PatrolStoreError.unknownTicket(ticket) }
        return try TicketNumber(serial: serial)
    }

    private static func requireReason(_ reason: String) throws {
        if reason.allSatisfy(\.isWhitespace) { throw PatrolStoreError.reasonMissing }
    }
}
