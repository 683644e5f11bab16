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
    private let file: DatabaseFile
    private let path: String

    /// - Throws: `PatrolStoreError` for a file that is not there, in use, or no database of this program.
    package init(path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw PatrolStoreError.notWritable(path: path, detail: "there is no such file")
        }
        file = try DatabaseFile(path: path)
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.label = "ledger"
            queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try queue.read({ try $0.tableExists("evidence_bundle") }) else {
                throw PatrolStoreError.damaged(path: path, detail: "it knows of no evidence")
            }
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
                    SELECT f.sequence FROM fact f WHERE f.sequence >= (SELECT min(fact) FROM evidence_bundle)
                    AND NOT EXISTS (SELECT 1 FROM evidence_bundle b WHERE b.fact = f.sequence)
                    AND NOT EXISTS (SELECT 1 FROM plate_read p WHERE p.sequence = f.sequence AND p.answer = 'clear')
                    AND NOT EXISTS (SELECT 1 FROM withheld w WHERE w.sequence = f.sequence)
                    ORDER BY f.sequence LIMIT 1
                    """
            )
        }
    }

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
