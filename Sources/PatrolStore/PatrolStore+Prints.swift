// How far each ticket's paper is: one row an attempt, kept before the next step is taken.
package import Foundation
internal import GRDB
package import ParkingCore

extension PatrolStore {
    /// The latest print of each ticket that is neither printed nor cancelled, oldest ticket first.
    package func openPrints() async throws -> [TicketPrint] {
        try await prints(
            """
            WHERE print_attempt.state NOT IN ('printed', 'cancelled') AND print_attempt.attempt =
                (SELECT max(latest.attempt) FROM print_attempt AS latest WHERE latest.ticket = print_attempt.ticket)
            ORDER BY ticket.sequence
            """,
            []
        )
    }

    /// All prints of a ticket, first to latest.
    package func prints(of ticket: UUIDv7) async throws -> [TicketPrint] {
        try await prints("WHERE print_attempt.ticket = ? ORDER BY print_attempt.attempt", [ticket.description])
    }

    /// - Throws: `PatrolStoreError.unknownTicket` for an attempt that was never added.
    package func keep(_ print: TicketPrint, at time: Date) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE print_attempt SET state = ?, hold = ?, printer = ?, job = ?, begun = ?, may_be_out = ?,
                        detail = ?, changed_at = ? WHERE ticket = ? AND attempt = ?
                    """,
                arguments: [
                    print.state.rawValue, print.hold?.rawValue, print.printer, print.job, print.begun, print.mayBeOut,
                    print.detail, time.storedMilliseconds, print.ticket.description, print.attempt,
                ]
            )
            guard db.changesCount == 1 else { throw PatrolStoreError.unknownTicket(print.ticket) }
        }
    }

    /// Keeps the next attempt; one that is a copy is told to the server too.
    /// - Throws: `PatrolStoreError.unknownTicket`; a database error for an attempt that is there already.
    package func add(_ print: TicketPrint, at time: Date) async throws {
        try await write { db in
            let ticket = print.ticket.description
            guard try Int.fetchOne(db, sql: "SELECT 1 FROM ticket WHERE id = ?", arguments: [ticket]) != nil else {
                throw PatrolStoreError.unknownTicket(print.ticket)
            }
            try PatrolStore.insert(print, at: time, db)
            try PatrolStore.noteReprint(print, at: time, db)
        }
    }

    static func insert(_ print: TicketPrint, at time: Date, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO print_attempt (ticket, attempt, copy, reason, state, hold, printer, job, begun, may_be_out,
                    detail, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                print.ticket.description, print.attempt, print.copy, print.reason, print.state.rawValue,
                print.hold?.rawValue, print.printer, print.job, print.begun, print.mayBeOut, print.detail,
                time.storedMilliseconds,
            ]
        )
    }

    private func prints(_ condition: String, _ arguments: StatementArguments) async throws -> [TicketPrint] {
        try await read { db in
            let sql = """
                SELECT print_attempt.*, ticket.serial FROM print_attempt
                JOIN ticket ON ticket.id = print_attempt.ticket \(condition)
                """
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map(PatrolStore.print)
        }
    }

    /// A row of `print_attempt` with the ticket's serial.
    static func print(_ row: Row) throws -> TicketPrint {
        let hold: String? = row["hold"]
        return TicketPrint(
            ticket: try UUIDv7(row["ticket"] as String),
            number: try TicketNumber(serial: row["serial"]),
            attempt: row["attempt"],
            copy: row["copy"],
            reason: row["reason"],
            state: PrintState(rawValue: row["state"]) ?? .unclear,
            hold: hold.map { PrintHold(rawValue: $0) ?? .fault },
            printer: row["printer"],
            job: row["job"],
            begun: row["begun"],
            mayBeOut: row["may_be_out"],
            detail: row["detail"]
        )
    }
}
