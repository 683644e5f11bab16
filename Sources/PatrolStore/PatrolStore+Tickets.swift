// Ticket numbers and tickets. A number is given out once, in the ticket's own transaction.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

/// A ticket with its latest print.
package struct StoredTicket: Hashable, Sendable {
    package let ticket: Ticket
    package let print: TicketPrint
}

extension PatrolStore {
    // MARK: Numbers

    /// Takes a block of serials for later tickets; the same block again changes nothing.
    /// - Parameter request: the request that it answers, which is then no longer pending.
    /// - Throws: `PatrolStoreError.badNumberBlock` for an empty, absurd or overlapping block.
    package func addNumberBlock(_ block: NumberBlock, request: UUIDv7? = nil) async throws {
        _ = try requireVehicle()
        try await write { db in
            guard block.first <= block.last, TicketNumber.serials.contains(block.first),
                TicketNumber.serials.contains(block.last)
            else {
                throw PatrolStoreError.badNumberBlock(
                    detail: "\(block.first) to \(block.last) is no run within 1 to 9999999"
                )
            }
            let overlapping = try Row.fetchAll(
                db,
                sql: "SELECT first, last FROM number_block WHERE first <= ? AND last >= ?",
                arguments: [block.last, block.first]
            )
            if let known = overlapping.first {
                let first: Int = known["first"]
                let last: Int = known["last"]
                guard overlapping.count == 1, first == block.first, last == block.last else {
                    throw PatrolStoreError.badNumberBlock(
                        detail: "\(block.first) to \(block.last) overlaps \(first) to \(last), which is here already"
                    )
                }
            } else {
                try db.execute(
                    sql: "INSERT INTO number_block (first, last, next) VALUES (?, ?, ?)",
                    arguments: [block.first, block.last, block.first]
                )
            }
            if let request, try Setting.blockRequest.text(db)?.hasPrefix(request.description) == true {
                try Setting.blockRequest.remove(db)
            }
        }
    }

    /// The request for numbers that waits for its answer, or a new one, kept so that asking again gets the same block.
    package func pendingBlockRequest(size: Int, at time: Date) async throws -> NumberBlockRequest {
        let vehicle = try requireVehicle()
        return try await write { db in
            if let text = try Setting.blockRequest.text(db) {
                let parts = text.split(separator: " ")
                if parts.count == 2, let known = Int(parts[1]) {
                    return NumberBlockRequest(vehicle: vehicle, request: try UUIDv7(String(parts[0])), size: known)
                }
            }
            let request = UUIDv7(at: time)
            try Setting.blockRequest.set("\(request) \(size)", db)
            return NumberBlockRequest(vehicle: vehicle, request: request, size: size)
        }
    }

    package func numbersLeft() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT coalesce(sum(last - next + 1), 0) FROM number_block") ?? 0 }
    }

    // MARK: Tickets

    /// Issues a ticket under the next number: decision, number, ticket and print job in one transaction.
    /// - Parameters:
    ///   - read: the read that is ticketed.
    ///   - decision: the officer's acceptance, recorded with the ticket; nil: it was recorded before.
    ///   - make: builds the ticket for the number it gets; when it throws, nothing was done and the number is free.
    /// - Throws: `PatrolStoreError.noNumberLeft`, `.notAccepted`, `.alreadyTicketed`, `.wrongTicket`, and what `make`
    ///   and `record(decision:)` throw.
    package func issueTicket(
        for read: UUIDv7,
        deciding decision: DecisionFact?,
        at time: Date,
        make: @escaping @Sendable (TicketNumber) throws -> Ticket
    ) async throws -> Ticket {
        let vehicle = try requireVehicle()
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
            guard verdict == DecisionFact.Verdict.accepted.rawValue else {
                throw PatrolStoreError.notAccepted(read: read)
            }
            let ticket = try make(try PatrolStore.takeNumber(db))
            try PatrolStore.keep(ticket, for: read, vehicle: vehicle, at: time, db)
            return ticket
        }
    }

    private static func takeNumber(_ db: Database) throws -> TicketNumber {
        guard
            let serial = try Int.fetchOne(
                db,
                sql: "SELECT next FROM number_block WHERE next <= last ORDER BY first LIMIT 1"
            )
        else { throw PatrolStoreError.noNumberLeft }
        try db.execute(
            sql: "UPDATE number_block SET next = next + 1 WHERE first <= ? AND last >= ?",
            arguments: [serial, serial]
        )
        return try TicketNumber(serial: serial)
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
                SELECT fact.sequence, fact.body, ticket.serial, print.* FROM ticket
                JOIN fact ON fact.sequence = ticket.sequence
                JOIN print_attempt AS print ON print.ticket = ticket.id
                    AND print.attempt = (SELECT max(attempt) FROM print_attempt WHERE ticket = ticket.id) \(condition)
                """
            return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row in
                guard case .ticket(let fact) = try PatrolStore.body(row) else { return nil }
                return StoredTicket(ticket: fact.ticket, print: try PatrolStore.print(row))
            }
        }
    }
}
