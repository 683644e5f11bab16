// The database's rows about evidence, for whoever verifies it: read only, while no daemon has the file.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

/// Opens a vehicle's database without changing it.
package final class FactLedger: Sendable {
    /// What the database says of a bundle.
    package struct Row: Sendable {
        package let bundle: BundleReference
        /// False: the bundle never became a fact.
        package let hasFact: Bool
        /// nil: there is none, or its row is gone.
        package let id: UUIDv7?
        package let json: String?
    }

    private let queue: DatabaseQueue
    private let reading: DatabaseReading
    private let path: String

    /// - Throws: `PatrolStoreError` for a file that is not there, in use, or no database of this program.
    package init(path: String) throws {
        self.path = path
        let reading = try DatabaseReading(path: path)
        self.reading = reading
        defer { reading.removeCopy() }
        do {
            var configuration = Configuration()
            // Of a copy the log is folded in.
            configuration.readonly = reading.copy == nil
            configuration.label = "ledger"
            queue = try DatabaseQueue(path: reading.location, configuration: configuration)
            let isThere = try queue.read { db in
                try ["fact", "plate_read", "evidence_bundle", "erased", "withheld"].allSatisfy {
                    try db.tableExists($0)
                }
            }
            guard isThere else { throw PatrolStoreError.damaged(path: path, detail: "it knows of no evidence") }
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// Bundles above `sequence` in order, at most `limit`.
    package func rows(after sequence: Int64, limit: Int) throws -> [Row] {
        try read { db in
            try GRDB.Row.fetchAll(
                db,
                sql: """
                    SELECT b.sequence, b.sha256, b.fact, f.id, f.body FROM evidence_bundle b
                    LEFT JOIN fact f ON f.sequence = b.fact WHERE b.sequence > ? ORDER BY b.sequence LIMIT ?
                    """,
                arguments: [sequence, limit]
            ).map { row in
                let fact: Int64? = row["fact"]
                let id: String? = row["id"]
                return Row(
                    bundle: BundleReference(sequence: row["sequence"], sha256: row["sha256"]),
                    hasFact: fact != nil,
                    id: try id.map { try UUIDv7($0) },
                    json: row["body"]
                )
            }
        }
    }

    /// The first fact since the first bundle that ought to have one and has none: somebody else put it in, or the note of
    /// its bundle was removed.
    package func unsealedFact() throws -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT f.sequence FROM fact f
                    WHERE (f.sequence < 1 OR f.sequence >= (\(FactLedger.firstSigned)))
                        AND (f.sequence < 1 OR NOT \(FactLedger.needsNoBundle))
                        AND NOT EXISTS (SELECT 1 FROM evidence_bundle b WHERE b.fact = f.sequence AND b.sequence >= 1)
                    ORDER BY f.sequence LIMIT 1
                    """,
                arguments: try FactLedger.placeholders()
            )
        }
    }

    /// Facts before the first signed one that are no clear reads: the vehicle did not sign yet, or somebody put them in.
    package func factsBeforeSigning() throws -> Int {
        try read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM fact f
                    WHERE f.sequence < coalesce((\(FactLedger.firstSigned)), 9223372036854775807)
                        AND f.sequence >= 1 AND NOT \(FactLedger.needsNoBundle)
                    """,
                arguments: try FactLedger.placeholders()
            ) ?? 0
        }
    }

    /// The first sequence that was given out and is neither a fact nor purged.
    package func missingFact() throws -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    WITH run (first, last) AS (
                        SELECT sequence, sequence FROM fact UNION ALL SELECT first, last FROM erased
                        UNION ALL SELECT seq + 1, seq + 1 FROM sqlite_sequence WHERE name = 'fact'),
                    step (first, before) AS (
                        SELECT first, lag(last, 1, 0) OVER (ORDER BY first, last) FROM run WHERE first >= 1)
                    SELECT before + 1 FROM step WHERE first > before + 1 ORDER BY first LIMIT 1
                    """
            )
        }
    }

    package func hasFact(_ id: UUIDv7) throws -> Bool {
        try read { db in
            let arguments: StatementArguments = [id.description]
            return try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM fact WHERE id = ?)", arguments: arguments)
                ?? false
        }
    }

    private static func placeholders() throws -> StatementArguments {
        ["placeholder": try PatrolStore.placeholder(), "unknown": try PatrolStore.placeholder(was: .erased)]
    }

    private static let firstSigned = "SELECT min(fact) FROM evidence_bundle WHERE sequence >= 1"

    /// Clear reads are not signed, nor what stands in the place of one that was purged before it was sent. The fact's own
    /// words say which it is: rows beside it prove nothing.
    private static let needsNoBundle = """
        (json_extract(f.body, '$.kind') IS 'read' AND json_extract(f.body, '$.value.judgement.kind') IS 'clear'
                AND EXISTS (SELECT 1 FROM plate_read p WHERE p.sequence = f.sequence AND p.answer = 'clear')
            OR f.body IN (:placeholder, :unknown) AND EXISTS (SELECT 1 FROM withheld w WHERE w.sequence = f.sequence))
        """

    /// A ticket's prints with the time of the last change of each: what the vehicle knew of the paper. Not signed.
    package func prints(ofTicket ticket: UUIDv7) throws -> [(state: PrintState, copy: Int, changedAt: Date)] {
        try read { db in
            try GRDB.Row.fetchAll(
                db,
                sql: "SELECT state, copy, changed_at FROM print_attempt WHERE ticket = ? ORDER BY attempt",
                arguments: [ticket.description]
            ).map { row in
                (
                    PrintState(rawValue: row["state"]) ?? .unclear, row["copy"],
                    Date(storedMilliseconds: row["changed_at"])
                )
            }
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }
}
