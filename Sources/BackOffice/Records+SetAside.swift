// Facts that cannot be taken as they are: kept in their places word for word, looked up by no page but their own.
internal import Foundation
internal import GRDB
internal import ParkingCore
internal import SyncProtocol

/// A fact that was set aside, as it is told.
struct SetAsideEntry: Sendable {
    let vehicle: String
    let sequence: Int64
    let kind: String
    let reason: String
    let recordedAt: Date?
    let receivedAt: Date?
    /// The first `contentLimit` characters of its JSON.
    let content: String
    /// How many characters the JSON has.
    let length: Int
}

extension Records {
    /// Fewer than of others: each shows all that it holds.
    static let setAsidePageSize = 20
    static let contentLimit = 20_000

    // MARK: Pages

    /// Newest arrivals first.
    /// - Parameter before: number of the arrival after which the page starts.
    func setAside(before: Int64?) async throws -> EntryPage<SetAsideEntry> {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT arrival, vehicle, sequence, kind, reason, recorded_at, received_at,
                        substr(content, 1, :content) AS content, length(content) AS length
                    FROM fact_set_aside JOIN fact USING (vehicle, sequence)
                    WHERE :before IS NULL OR arrival < :before ORDER BY arrival DESC LIMIT :limit
                    """,
                arguments: [
                    "before": before, "content": Records.contentLimit, "limit": Records.setAsidePageSize + 1,
                ]
            )
            let shown = rows.prefix(Records.setAsidePageSize)
            let entries = shown.map { row in
                SetAsideEntry(
                    vehicle: row["vehicle"],
                    sequence: row["sequence"],
                    kind: row["kind"],
                    reason: row["reason"],
                    recordedAt: WireCoding.date(row["recorded_at"]),
                    receivedAt: WireCoding.date(row["received_at"]),
                    content: row["content"],
                    length: row["length"]
                )
            }
            let older: Int64? = rows.count > shown.count ? shown.last?["arrival"] : nil
            return EntryPage(entries: entries, older: older.map { "\($0)" })
        }
    }

    /// - Returns: why a ticket of this number was set aside; nil: none was.
    func reasonOfTicketSetAside(_ number: TicketNumber) async throws -> String? {
        try await read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT reason FROM fact_set_aside JOIN fact USING (vehicle, sequence)
                    WHERE about = ? AND kind = 'ticket' ORDER BY arrival DESC
                    """,
                arguments: [number.text]
            )
        }
    }

    static func isSetAside(read: String, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM fact_set_aside WHERE about = ?)",
            arguments: [read]
        ) ?? false
    }

    // MARK: Within the transaction that takes facts in

    static func setAside(
        _ fact: RecordedFact,
        reason: String,
        vehicle: String,
        receivedAt: String,
        in database: Database
    ) throws {
        var about: String?
        var countsFrom: String?
        switch fact.body {
        case .read(let body):
            about = body.read.id.description
            if case .clear = body.judgement, try hit(repeatedBy: body.judgement, in: database) == nil {
                // Its own time may be the very thing that is wrong.
                let time = FactRules.isCredible(body.read.time) ? WireCoding.text(body.read.time) : receivedAt
                countsFrom = min(time, receivedAt)
            }
        case .ticket(let body): about = body.ticket.number.text
        default: break
        }
        try database.execute(
            sql: """
                INSERT INTO fact_set_aside (vehicle, sequence, reason, about, counts_from) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [vehicle, fact.sequence, reason, about, countsFrom]
        )
    }

    /// Those of an upload, also where they were set aside when it came before.
    static func setAside(of upload: FactsUpload, in database: Database) throws -> [SetAsideFact] {
        guard let first = upload.facts.first, let last = upload.facts.last else { return [] }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT sequence, reason FROM fact_set_aside
                WHERE vehicle = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                """,
            arguments: [upload.vehicle.text, first.sequence, last.sequence]
        ).map { SetAsideFact(sequence: $0["sequence"], reason: $0["reason"]) }
    }

    /// The read with a hit that a clear one belongs to and is kept with, also where the hit was set aside.
    static func hit(repeatedBy judgement: Judgement, in database: Database) throws -> String? {
        guard let repeated = judgement.repeats?.description else { return nil }
        return try String.fetchOne(
            database,
            sql: """
                SELECT id FROM plate_read WHERE id = :id
                UNION SELECT about FROM fact_set_aside WHERE about = :id AND counts_from IS NULL
                """,
            arguments: ["id": repeated]
        )
    }

    /// A read that was set aside asks for no photo; those that a ticket rests on are wanted all the same. No read owns
    /// them, so that none takes them along when it is erased.
    static func askForPhotos(of ticket: Ticket, vehicle: String, in database: Database) throws {
        let content = try String.fetchOne(
            database,
            sql: """
                SELECT content FROM fact_set_aside JOIN fact USING (vehicle, sequence)
                WHERE about = ? AND vehicle = ? AND kind = 'read'
                """,
            arguments: [ticket.read.description, vehicle]
        )
        guard let content,
            let fact = try? WireCoding.decoder().decode(RecordedFact.self, from: Data(content.utf8)),
            case .read(let body) = fact.body
        else { return }
        for photo in body.photos where ticket.photos.contains(photo.sha256) {
            // The ticket's own names were checked; the number of bytes may be what was wrong with the read.
            guard FactRules.photoBytes.contains(photo.bytes) else { continue }
            try database.execute(
                sql: "INSERT INTO photo (sha256, bytes, vehicle) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                arguments: [photo.sha256, photo.bytes, vehicle]
            )
        }
    }
}
