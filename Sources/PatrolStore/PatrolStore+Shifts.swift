// Shifts: who is on duty since when, and what was recorded in that time.
package import Foundation
internal import GRDB
package import ParkingCore
internal import SyncProtocol

/// A shift that has begun.
package struct StoredShift: Hashable, Sendable {
    package let id: UUIDv7
    package let officer: OfficerID
    package let zones: [ZoneID]
    package let startedAt: Date
    /// What was recorded after this belongs to it.
    package let startSequence: Int64
}

extension PatrolStore {
    /// The shift that has not ended, also one that a power cut interrupted; nil: nobody is on duty.
    package func openShift() async throws -> StoredShift? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT shift.id, shift.officer, shift.started_at, fact.sequence, fact.body
                    FROM shift JOIN fact ON fact.sequence = shift.start_sequence WHERE ended_at IS NULL
                    """
            )
            guard let row, case .shiftStart(let fact) = try PatrolStore.body(row) else { return nil }
            return StoredShift(
                id: fact.shift,
                officer: fact.officer,
                zones: fact.zones,
                startedAt: Date(storedMilliseconds: row["started_at"]),
                startSequence: row["sequence"]
            )
        }
    }

    /// - Throws: `PatrolStoreError.shiftOpen` while another shift has not ended.
    @discardableResult
    package func beginShift(_ officer: OfficerID, zones: [ZoneID], at time: Date) async throws -> StoredShift {
        _ = try requireVehicle()
        return try await write { db in
            if let other = try String.fetchOne(db, sql: "SELECT officer FROM shift WHERE ended_at IS NULL") {
                throw PatrolStoreError.shiftOpen(try OfficerID(other))
            }
            let fact = ShiftStartFact(shift: UUIDv7(at: time), officer: officer, zones: zones)
            let recorded = try PatrolStore.append(.shiftStart(fact), id: UUIDv7(at: time), at: time, db)
            try db.execute(
                sql: "INSERT INTO shift (id, officer, started_at, start_sequence) VALUES (?, ?, ?, ?)",
                arguments: [fact.shift.description, officer.text, time.storedMilliseconds, recorded.sequence]
            )
            return StoredShift(
                id: fact.shift,
                officer: officer,
                zones: zones,
                startedAt: time,
                startSequence: recorded.sequence
            )
        }
    }

    /// Ends the open shift with its report.
    /// - Throws: `PatrolStoreError.noShift` where the report's shift is not the open one.
    package func endShift(_ report: ShiftReport, at time: Date) async throws {
        _ = try requireVehicle()
        try await write { db in
            let recorded = try PatrolStore.append(
                .shiftEnd(ShiftEndFact(report: report)),
                id: UUIDv7(at: time),
                at: time,
                db
            )
            try db.execute(
                sql: "UPDATE shift SET ended_at = ?, end_sequence = ? WHERE id = ? AND ended_at IS NULL",
                arguments: [time.storedMilliseconds, recorded.sequence, report.shift.description]
            )
            guard db.changesCount == 1 else { throw PatrolStoreError.noShift }
        }
    }

    /// Reports of the shifts that have ended, newest first.
    package func shiftReports(limit: Int) async throws -> [ShiftReport] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT fact.sequence, fact.body FROM shift JOIN fact ON fact.sequence = shift.end_sequence
                    ORDER BY fact.sequence DESC LIMIT ?
                    """,
                arguments: [max(0, limit)]
            ).compactMap { row in
                guard case .shiftEnd(let fact) = try PatrolStore.body(row) else { return nil }
                return fact.report
            }
        }
    }

    /// Counts of what was recorded after a sequence.
    package func tally(after sequence: Int64) async throws -> ShiftTally {
        try await read { db in
            var tally = ShiftTally()
            try PatrolStore.countReads(after: sequence, &tally, db)
            try PatrolStore.countDecisions(after: sequence, &tally, db)
            return tally
        }
    }

    private static func countReads(after sequence: Int64, _ tally: inout ShiftTally, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT answer, count(*) AS number, sum(answer <> 'clear' AND is_decided = 0) AS waiting,
                    coalesce(json_extract(fact.body, '$.value.judgement.reason.kind'),
                        json_extract(fact.body, '$.value.judgement.alerts[0].kind'), '') AS kind
                FROM plate_read JOIN fact USING (sequence)
                WHERE sequence > ? AND replaced_by IS NULL GROUP BY answer, kind
                """,
            arguments: [sequence]
        )
        for row in rows {
            let (answer, kind, number): (String, String, Int) = (row["answer"], row["kind"], row["number"])
            tally.reads += number
            tally.waiting += row["waiting"]
            switch answer {
            case "clear": tally.clearByReason[kind, default: 0] += number
            case "alert": tally.alertsByKind[kind, default: 0] += number
            default: tally.secondLooks += number
            }
        }
    }

    private static func countDecisions(after sequence: Int64, _ tally: inout ShiftTally, _ db: Database) throws {
        let decisions = try Row.fetchAll(
            db,
            sql: """
                SELECT verdict, coalesce(json_extract(fact.body, '$.value.reason'), '') AS reason, count(*) AS number
                FROM decision JOIN fact USING (sequence) WHERE sequence > ? GROUP BY verdict, reason
                """,
            arguments: [sequence]
        )
        for row in decisions {
            let (verdict, reason, number): (String, String, Int) = (row["verdict"], row["reason"], row["number"])
            if verdict == "accepted" {
                tally.accepted += number
            } else {
                // What was typed may hold a plate or a name; the report has the kind alone.
                tally.rejectedByReason[reason.hasPrefix("other") ? "other" : reason, default: 0] += number
            }
        }
        let tickets = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS number,
                    coalesce(sum(json_extract(fact.body, '$.value.ticket.infraction.fineCents')), 0) AS cents
                FROM ticket JOIN fact USING (sequence) WHERE sequence > ?
                """,
            arguments: [sequence]
        )
        tally.tickets = tickets?["number"] ?? 0
        tally.fineCents = tickets?["cents"] ?? 0
        tally.voids =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM ticket_void WHERE sequence > ?", arguments: [sequence]) ?? 0
        tally.reprints =
            try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM fact WHERE sequence > ? AND json_extract(body, '$.kind') = 'reprint'",
                arguments: [sequence]
            ) ?? 0
    }
}
