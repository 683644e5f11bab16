// What the console and the pipeline ask about earlier reads.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

/// Totals for the health line.
package struct StoreCounts: Hashable, Sendable {
    package let alertsWaiting: Int
    package let tickets: Int
    package let unsent: Int
}

extension PatrolStore {
    /// Newest first.
    package func latestReads(limit: Int) async throws -> [ReadFact] {
        try await readFacts("ORDER BY plate_read.time DESC, plate_read.sequence DESC LIMIT ?", [max(0, limit)])
    }

    /// Alerts and second looks without a decision, oldest first.
    package func waitingAlerts() async throws -> [ReadFact] {
        try await readFacts(
            """
            WHERE plate_read.answer <> 'clear' AND plate_read.replaced_by IS NULL AND plate_read.is_decided = 0
            ORDER BY plate_read.time, plate_read.sequence
            """,
            []
        )
    }

    package func readFact(_ id: UUIDv7) async throws -> ReadFact? {
        try await readFacts("WHERE plate_read.id = ?", [id.description]).first
    }

    package func decision(on read: UUIDv7) async throws -> DecisionFact? {
        try await self.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT fact.sequence, fact.body FROM decision JOIN fact ON fact.sequence = decision.sequence
                    WHERE decision.read = ?
                    """,
                arguments: [read.description]
            )
            guard let row, case .decision(let fact) = try PatrolStore.body(row) else { return nil }
            return fact
        }
    }

    /// What was raised for the plate since a time, newest first: at most 50, clear and replaced
    /// ones left out.
    package func earlierAnswers(plate: Plate, since: Date) async throws -> [EarlierAnswer] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT fact.sequence, fact.body, decision.verdict FROM plate_read
                    JOIN fact ON fact.sequence = plate_read.sequence LEFT JOIN decision ON decision.read = plate_read.id
                    WHERE plate_read.plate = ? AND plate_read.time >= ? AND plate_read.answer <> 'clear'
                        AND plate_read.replaced_by IS NULL
                    ORDER BY plate_read.time DESC LIMIT 50
                    """,
                arguments: [plate.text, since.storedMilliseconds]
            )
            return try rows.compactMap { row in
                guard case .read(let fact) = try PatrolStore.body(row) else { return nil }
                return EarlierAnswer(
                    read: fact.read.id,
                    time: fact.read.time,
                    judgement: fact.judgement,
                    decision: (row["verdict"] as String?).flatMap(OfficerVerdict.init)
                )
            }
        }
    }

    package func counts() async throws -> StoreCounts {
        try await read { db in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM \(sql)") ?? 0 }
            return StoreCounts(
                // SQLite would take the index of all hits, those of years.
                alertsWaiting: try count(
                    """
                    plate_read INDEXED BY plate_read_waiting
                    WHERE answer <> 'clear' AND replaced_by IS NULL AND is_decided = 0
                    """
                ),
                tickets: try count("ticket"),
                unsent: Int(try PatrolStore.lastSequence(db) - Setting.acknowledged.number(db))
            )
        }
    }

    /// Reads that are kept. Looks at each of them: for tools, not for every second.
    package func readCount() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT count(*) FROM plate_read") ?? 0 }
    }

    private func readFacts(_ condition: String, _ arguments: StatementArguments) async throws -> [ReadFact] {
        try await read { db in
            let sql = """
                SELECT fact.sequence, fact.body FROM plate_read JOIN fact ON fact.sequence = plate_read.sequence \(condition)
                """
            return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row in
                guard case .read(let fact) = try PatrolStore.body(row) else { return nil }
                return fact
            }
        }
    }
}
