// Whether a database is whole: SQLite's own checks, then what the vehicle's facts must add up to.
internal import GRDB
internal import ParkingCore
internal import SyncProtocol

/// One thing that does not hold, and what to do.
package struct StoreProblem: Hashable, Sendable, Codable, CustomStringConvertible {
    package enum Kind: String, Sendable, Codable { case file, reference, chain, numbers }
    package let kind: Kind
    package let detail: String
    package var description: String { "\(kind.rawValue): \(detail)" }
}

package struct StoreCheck: Hashable, Sendable, Codable {
    package let facts: Int
    /// Sequences whose facts are purged.
    package let erased: Int64
    package let lastSequence: Int64
    package let tickets: Int
    /// The first hundred.
    package let problems: [StoreProblem]
}

extension PatrolStore {
    private static let problemsShown = 100

    /// Reads all of the database beside whoever writes; takes about as long as reading the file twice.
    /// - Throws: `PatrolStoreError` when the file is too damaged to be read at all.
    package func check() async throws -> StoreCheck {
        try await read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(PatrolStore.problemsShown))")
                .filter { $0 != "ok" }.map { StoreProblem(kind: .file, detail: $0) }
            problems += try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
                let (table, id, parent): (String, Int64?, String) = (row[0], row[1], row[2])
                let name = id.map { "row \($0)" } ?? "a row"
                return StoreProblem(kind: .reference, detail: "\(name) of \(table) names nothing in \(parent)")
            }
            problems += try PatrolStore.chainProblems(db) + PatrolStore.numberProblems(db)
            func count(_ table: String) throws -> Int {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
            }
            return StoreCheck(
                facts: try count("fact"),
                erased: try PatrolStore.erasedCount(db),
                lastSequence: try PatrolStore.lastSequence(db),
                tickets: try count("ticket"),
                problems: Array(problems.prefix(PatrolStore.problemsShown))
            )
        }
    }

    private static func erasedCount(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT coalesce(sum(last - first + 1), 0) FROM erased") ?? 0
    }

    /// 1, 2, 3 ... up to the last: each is a fact or purged, none is both.
    private static func chainProblems(_ db: Database) throws -> [StoreProblem] {
        var problems: [StoreProblem] = []
        func note(_ detail: String) { problems.append(StoreProblem(kind: .chain, detail: detail)) }
        let last = try lastSequence(db)
        let facts = try Int64.fetchOne(db, sql: "SELECT count(*) FROM fact") ?? 0
        let both = try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM erased JOIN fact ON fact.sequence BETWEEN erased.first AND erased.last"
        )
        if let both, both > 0 { note("\(both) facts are there though they count as purged") }
        if facts + (try erasedCount(db)) != last {
            note("\(facts) facts and \(try erasedCount(db)) purged ones do not make up sequences 1 to \(last)")
        }
        let overlapping = try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM erased AS a JOIN erased AS b ON a.first < b.first AND a.last >= b.first"
        )
        if let overlapping, overlapping > 0 { note("\(overlapping) runs of purged sequences overlap") }
        let acknowledged = try Setting.acknowledged.number(db)
        if acknowledged > last { note("the back office has facts up to \(acknowledged), and \(last) is the last here") }
        for (table, kind) in [("plate_read", "read"), ("decision", "decision"), ("ticket", "ticket")] {
            let wrong = try Int64.fetchAll(
                db,
                sql: """
                    SELECT fact.sequence FROM \(table) JOIN fact ON fact.sequence = \(table).sequence
                    WHERE json_extract(fact.body, '$.kind') <> ? LIMIT 10
                    """,
                arguments: [kind]
            )
            for sequence in wrong { note("fact \(sequence) is no \(kind), but \(table) says so") }
        }
        return problems
    }

    private static func numberProblems(_ db: Database) throws -> [StoreProblem] {
        let free = try Int.fetchAll(
            db,
            sql: """
                SELECT serial FROM ticket JOIN number_block AS block
                    ON ticket.serial BETWEEN block.first AND block.last WHERE ticket.serial >= block.next LIMIT 10
                """
        )
        return free.map { StoreProblem(kind: .numbers, detail: "ticket serial \($0) is used, but counts as free") }
    }
}
