// A database as it is after years, for benchmarks: reads put in by SQL, which is a hundred times faster than one by one.
package import Foundation
internal import GRDB
internal import ParkingCore
package import SyncProtocol

extension PatrolStore {
    /// Adds `count` copies of a read under other identifiers, plates and times, one a second up to `end`, three in a
    /// hundred with a hit that is decided. Nothing of it is synced to disk: for databases that are thrown away.
    /// - Parameter alert: the read that those with a hit are copies of.
    package func fillForTrial(
        count: Int,
        clear: ReadFact,
        alert: ReadFact,
        until end: Date,
        progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        let encoder = WireCoding.encoder()
        let bodies = try [clear, alert].map { String(decoding: try encoder.encode(FactBody.read($0)), as: UTF8.self) }
        let values: [String: any DatabaseValueConvertible & Sendable] = [
            "clear": bodies[0], "clearID": clear.read.id.description, "clearPlate": clear.read.reading.plate.text,
            "alert": bodies[1], "alertID": alert.read.id.description, "alertPlate": alert.read.reading.plate.text,
            "first": end.addingTimeInterval(-Double(count)).storedMilliseconds,
        ]
        try await maintain { db in
            try db.execute(sql: "PRAGMA synchronous = OFF")
            for start in stride(from: 0, to: count, by: 100_000) {
                try db.inTransaction {
                    try PatrolStore.fill(values.merging(["from": start, "to": min(start + 100_000, count)]) { $1 }, db)
                    return .commit
                }
                progress(min(start + 100_000, count))
            }
            let last = try PatrolStore.lastSequence(db)
            try Setting.acknowledged.set(String(last), db)
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    private static func fill(_ values: [String: any DatabaseValueConvertible & Sendable], _ db: Database) throws {
        func run(_ sql: String, _ names: [String]) throws {
            try db.execute(sql: sql, arguments: StatementArguments(values.filter { names.contains($0.key) }))
        }
        try db.execute(sql: "CREATE TEMP TABLE trial (id TEXT, time INTEGER, plate TEXT, hit INTEGER)")
        try run(
            """
            INSERT INTO trial
            WITH RECURSIVE n(i) AS (SELECT :from UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :to)
            SELECT printf('%08x-%04x-7000-8000-%012x', (:first + i * 1000) >> 16, (:first + i * 1000) & 65535, i),
                :first + i * 1000,
                printf('%c%c%c%c%03d', 65 + i * 7 % 26, 65 + i / 26 % 26, 65 + i / 676 % 26, 65 + i / 17576 % 26,
                    i * 13 % 1000),
                i % 33 = 0
            FROM n
            """,
            ["from", "to", "first"]
        )
        try run(
            """
            INSERT INTO fact (id, recorded_at, body)
            SELECT id, time, CASE hit WHEN 0 THEN replace(replace(:clear, :clearID, id), :clearPlate, plate)
                ELSE replace(replace(:alert, :alertID, id), :alertPlate, plate) END
            FROM trial ORDER BY time
            """,
            ["clear", "clearID", "clearPlate", "alert", "alertID", "alertPlate"]
        )
        try db.execute(
            sql: """
                INSERT INTO plate_read (id, sequence, time, plate, answer, is_decided)
                SELECT trial.id, fact.sequence, time, plate, iif(hit, 'alert', 'clear'), hit
                FROM trial JOIN fact ON fact.id = trial.id ORDER BY fact.sequence;
                DROP TABLE trial;
                """
        )
    }
}
