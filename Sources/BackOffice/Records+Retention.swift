// Reads without a hit lose their content when their time is over, those set aside too; their places in the vehicles'
// chains stay.
package import Foundation
internal import GRDB
internal import ParkingCore
internal import SyncProtocol

package struct PurgeCounts: Hashable, Sendable, Codable {
    package var reads = 0
    package var photos = 0
}

extension Records {
    /// What a purge would take; nothing is changed.
    package func purgePreview(before time: Date) async throws -> PurgeCounts {
        let before = WireCoding.text(time)
        return try await read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*) AS reads,
                        coalesce(sum((SELECT count(*) FROM photo WHERE photo.read = plate_read.id)), 0) AS photos
                    FROM plate_read CROSS JOIN fact USING (vehicle, sequence) WHERE \(Records.due)
                    """,
                arguments: ["before": before]
            )
            let aside = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM fact_set_aside WHERE counts_from < ?",
                arguments: [before]
            )
            return PurgeCounts(reads: (row?["reads"] ?? 0) + (aside ?? 0), photos: row?["photos"] ?? 0)
        }
    }

    /// Takes the next reads that are due, in one transaction.
    /// - Returns: what it took; no reads: nothing is due any more.
    package func purgeStep(before time: Date, limit: Int = 100) async throws -> PurgeCounts {
        let before = WireCoding.text(time)
        return try await write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT plate_read.id AS read, vehicle, sequence, fact.id AS fact, fact.recorded_at
                    FROM plate_read CROSS JOIN fact USING (vehicle, sequence) WHERE \(Records.due) LIMIT :limit
                    """,
                arguments: ["before": before, "limit": max(1, limit)]
            )
            var counts = PurgeCounts(reads: rows.count)
            for row in rows { counts.photos += try Records.erase(row, in: database) }
            let aside = try Row.fetchAll(
                database,
                sql: """
                    SELECT vehicle, sequence, fact.id AS fact, fact.recorded_at
                    FROM fact_set_aside CROSS JOIN fact USING (vehicle, sequence)
                    WHERE counts_from < ? ORDER BY counts_from LIMIT ?
                    """,
                arguments: [before, max(1, limit)]
            )
            for row in aside { try Records.eraseSetAside(row, in: database) }
            counts.reads += aside.count
            return counts
        }
    }

    /// Keeps that a purge was and what it took, and takes old pages out of the log.
    package func finishPurge(before time: Date, now: Date, counts: PurgeCounts) async throws {
        let (at, before) = (WireCoding.text(now), WireCoding.text(time))
        try await write { database in
            try database.execute(
                sql: "INSERT INTO purge (at, reads_before, reads, photos) VALUES (?, ?, ?, ?)",
                arguments: [at, before, counts.reads, counts.photos]
            )
        }
        try await maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Writes the database anew: also what SQLite left in the gaps of pages goes. Nothing else can write meanwhile.
    package func rewrite() async throws {
        try await maintain("VACUUM")
        try await maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    private func maintain(_ sql: String) async throws {
        do {
            try await database.writeWithoutTransaction { try $0.execute(sql: sql) }
        } catch let error as DatabaseError {
            throw Records.explain(error, path: database.path)
        }
    }

    /// Photos whose reads are gone and whose files are still to be erased.
    package func photosToErase(limit: Int = 100) async throws -> [String] {
        try await read {
            try String.fetchAll($0, sql: "SELECT sha256 FROM photo_erasure LIMIT ?", arguments: [max(0, limit)])
        }
    }

    package func notePhotosErased(_ names: [String]) async throws {
        try await write { database in
            for name in names {
                try database.execute(sql: "DELETE FROM photo_erasure WHERE sha256 = ?", arguments: [name])
            }
        }
    }

    /// By the read's own time, and by its arrival where that time is ahead of it: the vehicle's clock was wrong.
    private static let due = """
        answer = 'clear' AND kept_for IS NULL AND (time < :before OR fact.received_at < :before)
        """

    /// - Returns: how many photos went with it.
    private static func erase(_ row: Row, in database: Database) throws -> Int {
        let read: String = row["read"]
        try database.execute(
            sql: "INSERT OR IGNORE INTO photo_erasure SELECT sha256 FROM photo WHERE read = ?",
            arguments: [read]
        )
        try database.execute(sql: "DELETE FROM photo WHERE read = ?", arguments: [read])
        let photos = database.changesCount
        try database.execute(sql: "DELETE FROM plate_read WHERE id = ?", arguments: [read])
        try eraseContent(row, in: database)
        return photos
    }

    /// It asked for no photos: none goes with it.
    private static func eraseSetAside(_ row: Row, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM fact_set_aside WHERE vehicle = ? AND sequence = ?",
            arguments: [row["vehicle"] as String, row["sequence"] as Int64]
        )
        try eraseContent(row, in: database)
    }

    private static func eraseContent(_ row: Row, in database: Database) throws {
        let fact = RecordedFact(
            id: try UUIDv7(row["fact"] as String),
            sequence: row["sequence"],
            recordedAt: WireCoding.date(row["recorded_at"]) ?? .distantPast,
            body: .erased(ErasedFact(was: .read))
        )
        try database.execute(
            sql: "UPDATE fact SET kind = ?, content = ? WHERE vehicle = ? AND sequence = ?",
            arguments: [
                FactKind.erased.rawValue, String(decoding: try WireCoding.encoder().encode(fact), as: UTF8.self),
                row["vehicle"] as String, fact.sequence,
            ]
        )
    }
}
