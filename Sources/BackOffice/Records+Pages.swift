// What the pages show, newest first, put together from facts that belong to one another.
internal import Foundation
internal import GRDB
internal import ParkingCore
internal import SyncProtocol

/// A ticket with the read that it came from and what the officer decided.
struct TicketEntry: Sendable {
    let ticket: Ticket
    let receivedAt: Date
    let read: ReadFact?
    let decision: DecisionFact?
    /// Photos of the ticket and of its read that have arrived.
    let arrived: Set<String>
    /// Why and by whom the ticket was made void; nil: it counts.
    let void: VoidFact?
    /// What holds of the vehicle: as issued, or as the officer corrected it last.
    let details: VehicleDetails
    /// Whether the number is of a block that was leased to this vehicle.
    let isLeased: Bool
    /// How many tickets bear this number: more than one is a fault that a person must look into.
    let sameNumber: Int
    /// The read arrived and was set aside; `read` is nil then.
    let isReadSetAside: Bool
}

/// A read with its answer, what the officer decided and the ticket that followed.
struct ReadEntry: Sendable {
    let read: ReadFact
    let vehicle: String
    let decision: DecisionFact?
    let ticket: String?
    let arrived: Set<String>
}

/// One screen of entries; `older` names the entry to ask for what follows.
struct EntryPage<Entry: Sendable>: Sendable {
    let entries: [Entry]
    let older: String?
}

struct RecordCounts: Sendable {
    let tickets: Int
    let reads: Int
    let alerts: Int
    let secondLooks: Int
    let photosMissing: Int
    let setAside: Int
}

extension Records {
    static let pageSize = 50

    func counts() async throws -> RecordCounts {
        try await read { database in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
            return RecordCounts(
                tickets: try count("SELECT count(*) FROM ticket"),
                reads: try count("SELECT count(*) FROM plate_read"),
                alerts: try count("SELECT count(*) FROM plate_read WHERE answer = 'alert'"),
                secondLooks: try count("SELECT count(*) FROM plate_read WHERE answer = 'secondLook'"),
                photosMissing: try count("SELECT count(*) FROM photo WHERE stored_at IS NULL"),
                setAside: try count("SELECT count(*) FROM fact_set_aside")
            )
        }
    }

    /// - Parameter before: identifier of the ticket after which the page starts; an unknown one gives an empty page.
    func tickets(before: String?) async throws -> EntryPage<TicketEntry> {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT ticket.id, ticket.number, ticket.read, fact.content, fact.received_at
                    FROM ticket JOIN fact USING (vehicle, sequence)
                    WHERE :before IS NULL
                        OR (issued_at, ticket.id) < (SELECT issued_at, id FROM ticket WHERE id = :before)
                    ORDER BY issued_at DESC, ticket.id DESC LIMIT :limit
                    """,
                arguments: ["before": before, "limit": Records.pageSize + 1]
            )
            let shown = rows.prefix(Records.pageSize)
            return EntryPage(
                entries: try shown.map { try Records.ticketEntry($0, in: database) },
                older: rows.count > shown.count ? shown.last?["id"] : nil
            )
        }
    }

    /// Every ticket that bears the number; none: an empty array.
    func tickets(number: TicketNumber) async throws -> [TicketEntry] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT ticket.id, ticket.number, ticket.read, fact.content, fact.received_at
                    FROM ticket JOIN fact USING (vehicle, sequence) WHERE number = ? ORDER BY issued_at
                    """,
                arguments: [number.text]
            ).map { try Records.ticketEntry($0, in: database) }
        }
    }

    /// - Parameters: `answer` is nil for all, or a value of `plate_read.answer`; `before` as for tickets.
    func reads(answer: String?, before: String?) async throws -> EntryPage<ReadEntry> {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT plate_read.id, vehicle, fact.content
                    FROM plate_read JOIN fact USING (vehicle, sequence)
                    WHERE (:answer IS NULL OR answer = :answer) AND (:before IS NULL
                        OR (time, plate_read.id) < (SELECT time, id FROM plate_read WHERE id = :before))
                    ORDER BY time DESC, plate_read.id DESC LIMIT :limit
                    """,
                arguments: ["answer": answer, "before": before, "limit": Records.pageSize + 1]
            )
            let shown = rows.prefix(Records.pageSize)
            let entries: [ReadEntry] = try shown.compactMap { row in
                guard case .read(let fact) = try Records.body(row["content"]) else { return nil }
                let id: String = row["id"]
                return ReadEntry(
                    read: fact,
                    vehicle: row["vehicle"],
                    decision: try Records.decision(on: id, in: database),
                    ticket: try String.fetchOne(
                        database,
                        sql: "SELECT number FROM ticket WHERE read = ? ORDER BY issued_at",
                        arguments: [id]
                    ),
                    arrived: try Records.arrived(fact.photos.map(\.sha256), in: database)
                )
            }
            return EntryPage(entries: entries, older: rows.count > shown.count ? shown.last?["id"] : nil)
        }
    }

    private static func ticketEntry(_ row: Row, in database: Database) throws -> TicketEntry {
        guard case .ticket(let fact) = try body(row["content"]) else {
            throw BackOfficeError(.data, "the fact of ticket \(row["number"] as String) is no ticket")
        }
        let readID: String = row["read"]
        let content = try String.fetchOne(
            database,
            sql: "SELECT content FROM fact JOIN plate_read USING (vehicle, sequence) WHERE plate_read.id = ?",
            arguments: [readID]
        )
        var read: ReadFact?
        if let content, case .read(let body) = try body(content) { read = body }
        let photos = fact.ticket.photos + (read?.photos.map(\.sha256) ?? [])
        return TicketEntry(
            ticket: fact.ticket,
            receivedAt: WireCoding.date(row["received_at"]) ?? fact.ticket.issuedAt,
            read: read,
            decision: try decision(on: readID, in: database),
            arrived: try arrived(photos, in: database),
            void: try voided(fact.ticket.id, in: database),
            details: try corrected(fact.ticket.id, in: database) ?? fact.ticket.details,
            isLeased: try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM number_block WHERE vehicle = ? AND ? BETWEEN first AND last)",
                arguments: [fact.ticket.vehicle.text, fact.ticket.number.serial]
            ) ?? false,
            sameNumber: try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM ticket WHERE number = ?",
                arguments: [fact.ticket.number.text]
            )
                ?? 1,
            isReadSetAside: read == nil ? try isSetAside(read: readID, in: database) : false
        )
    }

    private static func voided(_ ticket: UUIDv7, in database: Database) throws -> VoidFact? {
        let content = try String.fetchOne(
            database,
            sql: "SELECT content FROM fact JOIN ticket_void USING (vehicle, sequence) WHERE ticket = ?",
            arguments: [ticket.description]
        )
        guard let content, case .void(let fact) = try body(content) else { return nil }
        return fact
    }

    private static func corrected(_ ticket: UUIDv7, in database: Database) throws -> VehicleDetails? {
        let content = try String.fetchOne(
            database,
            sql: """
                SELECT content FROM fact JOIN ticket_correction USING (vehicle, sequence) WHERE ticket = ?
                ORDER BY sequence DESC
                """,
            arguments: [ticket.description]
        )
        guard let content, case .correction(let fact) = try body(content) else { return nil }
        return fact.details
    }

    private static func decision(on read: String, in database: Database) throws -> DecisionFact? {
        let content = try String.fetchOne(
            database,
            sql: """
                SELECT content FROM fact JOIN decision USING (vehicle, sequence) WHERE read = ?
                ORDER BY sequence DESC
                """,
            arguments: [read]
        )
        guard let content, case .decision(let fact) = try body(content) else { return nil }
        return fact
    }

    private static func arrived(_ photos: [String], in database: Database) throws -> Set<String> {
        var arrived: Set<String> = []
        for photo in photos {
            let here = try Bool.fetchOne(
                database,
                sql: "SELECT stored_at IS NOT NULL FROM photo WHERE sha256 = ?",
                arguments: [photo]
            )
            if here == true { arrived.insert(photo) }
        }
        return arrived
    }

    private static func body(_ content: String) throws -> FactBody {
        try WireCoding.decoder().decode(RecordedFact.self, from: Data(content.utf8)).body
    }
}
