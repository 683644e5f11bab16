// The lists and their changes: an import gives a number to each record that differs, and vehicles ask for 'after N'.
package import Foundation
internal import GRDB
package import ParkingCore
internal import SyncProtocol

/// What an import did to a feed.
package struct ListImportOutcome: Hashable, Sendable {
    package let added: Int
    package let altered: Int
    package let removed: Int
    package let unchanged: Int
    /// The number that vehicles come to with these changes.
    package let upTo: Int64

    package init(added: Int, altered: Int, removed: Int, unchanged: Int, upTo: Int64) {
        self.added = added
        self.altered = altered
        self.removed = removed
        self.unchanged = unchanged
        self.upTo = upTo
    }
}

extension Records {
    package static let changesLimits: ClosedRange<Int> = 1...5000

    /// Makes a feed hold exactly the records that `produce` puts; a record that is as it was gets no new number.
    ///
    /// One transaction: when `produce` throws, everything stays as it was. Blocks its thread: for commands.
    /// - Parameters:
    ///   - now: when the list is true; told to vehicles.
    ///   - mayShrink: false: what looks like an export that failed is refused.
    ///   - produce: its `put` takes a record with the line it stands on, and returns the line of the record of that key
    ///     that stands there already and is kept; nil: there is none.
    /// - Throws: `BackOfficeError`; what `produce` throws goes through as it is.
    package func replace(
        feed: Feed,
        now: Date = Date(),
        mayShrink: Bool = true,
        produce: (_ put: (ListRecord, Int) throws -> Int?) throws -> Void
    ) throws -> ListImportOutcome {
        do {
            return try database.write { database in
                try database.execute(
                    sql: """
                        CREATE TEMP TABLE IF NOT EXISTS incoming (key TEXT PRIMARY KEY, record TEXT, line INTEGER)
                        WITHOUT ROWID
                        """
                )
                try database.execute(sql: "DELETE FROM incoming")
                let insert = try database.makeStatement(
                    sql: "INSERT INTO incoming VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
                )
                let encoder = WireCoding.encoder()
                try produce { record, line in
                    guard record.feed == feed else {
                        throw BackOfficeError(.file, "a record of \(record.feed) stands among \(feed)")
                    }
                    let text = String(decoding: try encoder.encode(record), as: UTF8.self)
                    try insert.execute(arguments: [record.key, text, line])
                    guard database.changesCount == 0 else { return nil }
                    let sql = "SELECT line FROM incoming WHERE key = ?"
                    return try Int.fetchOne(database, sql: sql, arguments: [record.key])
                }
                let outcome = try Records.takeDifference(feed: feed, in: database)
                let after = outcome.added + outcome.altered + outcome.unchanged
                let before = outcome.removed + outcome.altered + outcome.unchanged
                if !mayShrink, let problem = feed.shrinkProblem(records: after, before: before) {
                    throw BackOfficeError(.file, problem)
                }
                try database.execute(sql: "DROP TABLE incoming")
                try database.execute(
                    sql: "INSERT OR REPLACE INTO feed_import VALUES (?, ?)",
                    arguments: [feed.rawValue, WireCoding.text(now)]
                )
                return outcome
            }
        } catch let error as DatabaseError {
            throw Records.explain(error, path: database.path)
        }
    }

    private static func takeDifference(feed: Feed, in database: Database) throws -> ListImportOutcome {
        let arguments: StatementArguments = ["feed": feed.rawValue]
        func count(_ sql: String) throws -> Int {
            try Int.fetchOne(database, sql: sql, arguments: arguments) ?? 0
        }
        try database.execute(
            sql: """
                CREATE TEMP TABLE difference AS
                    SELECT incoming.key AS key, incoming.record AS record, known.record IS NULL AS added
                    FROM incoming LEFT JOIN list_record AS known ON known.feed = :feed AND known.key = incoming.key
                    WHERE known.record IS NOT incoming.record
                    UNION ALL
                    SELECT key, NULL, 0 FROM list_record
                    WHERE feed = :feed AND record IS NOT NULL AND key NOT IN (SELECT key FROM incoming)
                """,
            arguments: arguments
        )
        let removed = try count("SELECT count(*) FROM difference WHERE record IS NULL")
        let added = try count("SELECT count(*) FROM difference WHERE added")
        let all = try count("SELECT count(*) FROM difference")
        let incoming = try count("SELECT count(*) FROM incoming")
        let base = try Int64.fetchOne(database, sql: "SELECT value FROM counter WHERE name = 'change'") ?? 0
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO list_record (change, feed, key, record)
                    SELECT :base + rowid, :feed, key, record FROM difference ORDER BY rowid
                """,
            arguments: ["base": base, "feed": feed.rawValue]
        )
        let upTo = base + Int64(all)
        try database.execute(sql: "UPDATE counter SET value = ? WHERE name = 'change'", arguments: [upTo])
        if all > 0 { try noteImport(upTo: upTo, in: database) }
        try database.execute(sql: "DROP TABLE difference")
        return ListImportOutcome(
            added: added,
            altered: all - added - removed,
            removed: removed,
            unchanged: incoming - (all - removed),
            upTo: upTo
        )
    }

    /// Names an import for ever. What lies further back than any vehicle stays away is forgotten: who comes from there
    /// loads the lists anew.
    static func noteImport(upTo: Int64, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO list_history (up_to, name) VALUES (?, ?)",
            arguments: [upTo, UUID().uuidString.lowercased()]
        )
        try database.execute(
            sql: """
                DELETE FROM list_history
                WHERE up_to <= (SELECT up_to FROM list_history ORDER BY up_to DESC LIMIT 1 OFFSET ?)
                """,
            arguments: [Records.importsNamed]
        )
    }

    /// A year of an import every five minutes.
    private static let importsNamed = 105_000

    /// Name of the import that a change belongs to.
    private static func history(of change: Int64, in database: Database) throws -> String? {
        try String.fetchOne(
            database,
            sql: "SELECT name FROM list_history WHERE up_to >= ? ORDER BY up_to LIMIT 1",
            arguments: [change]
        )
    }

    /// The answer to GET /sync/v1/changes, as the JSON of a `ChangesAnswer`.
    ///
    /// Put together from the texts that are stored: a first download of a million records then costs no decoding.
    /// - Parameters:
    ///   - after: the last change that the vehicle has; 0: it has none.
    ///   - history: what the answer that brought that change called it.
    /// - Throws: `BackOfficeError.conflict` for a vehicle whose changes are not those of this database.
    package func changes(after: Int64, history: String?, limit: Int, now: Date) async throws -> String {
        let encoder = WireCoding.encoder()
        return try await read { database in
            let newest = try Int64.fetchOne(database, sql: "SELECT value FROM counter WHERE name = 'change'") ?? 0
            let known = try Records.history(of: after, in: database)
            guard after == 0 || (after <= newest && known != nil && known == history) else {
                throw BackOfficeError(
                    .conflict,
                    "changes after \(after) were asked for, which is another change here (the newest is \(newest)): this "
                        + "back office was put back from an older copy; load the lists anew, from change 0"
                )
            }
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT change, feed, key, record FROM list_record WHERE change > ? ORDER BY change LIMIT ?",
                arguments: [after, limit + 1]
            )
            var items: [String] = []
            var upTo = newest
            for row in rows.prefix(limit) {
                let change: Int64 = row["change"]
                let key = String(decoding: try encoder.encode(row["key"] as String), as: UTF8.self)
                let record = (row["record"] as String?).map { ",\"record\":\($0)" } ?? ""
                items.append("{\"change\":\(change),\"feed\":\"\(row["feed"] as String)\",\"key\":\(key)\(record)}")
                if rows.count > limit { upTo = change }
            }
            let name = try Records.history(of: upTo, in: database).map { "\"history\":\"\($0)\"," } ?? ""
            let imports = try Row.fetchAll(database, sql: "SELECT feed, at FROM feed_import ORDER BY feed").map { row in
                "{\"at\":\"\(row["at"] as String)\",\"feed\":\"\(row["feed"] as String)\"}"
            }
            return "{\"asOf\":\"\(WireCoding.text(now))\",\"changes\":[\(items.joined(separator: ","))],\(name)"
                + "\"imported\":[\(imports.joined(separator: ","))],"
                + "\"more\":\(rows.count > limit),\"upTo\":\(upTo),\"version\":\(syncProtocolVersion)}"
        }
    }
}
