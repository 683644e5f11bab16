// What the lists hold: asked for a read's candidates, and changed by what the server sends.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

extension PatrolStore {
    /// Every record of any of the plates, from all lists in one moment; rights that ended more than a day before `time`
    /// are left out, those that ended since say how long ago.
    package func answer(for plates: [Plate], at time: Date) async throws -> [ListRecord] {
        if !filter.isBuilt { try await buildFilter() }
        let listed = filter.candidates(among: plates) ?? plates
        guard !listed.isEmpty else { return [] }
        let since = time.addingTimeInterval(-86_400).storedMilliseconds
        do {
            return try await listReader.records(of: listed, since: since)
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// Reads all plates of all lists; on the writer, so that nobody adds one meanwhile.
    private func buildFilter() async throws {
        try await maintain { [filter] db in
            guard !filter.isBuilt else { return }
            let count = try Int.fetchOne(db, sql: "SELECT sum(records) FROM feed_state") ?? 0
            try filter.build(expecting: count) { insert in
                for feed in Feed.allCases {
                    let plates = try String.fetchCursor(db, sql: "SELECT plate FROM \(ListTable(feed).name)")
                    while let plate = try plates.next() { insert(plate) }
                }
            }
        }
    }

    /// One state a feed, in the order of `Feed.allCases`.
    package func feedStates() async throws -> [FeedState] {
        try await read { db in
            try Feed.allCases.map { feed in
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT as_of, records FROM feed_state WHERE feed = ?",
                    arguments: [feed.rawValue]
                )
                let asOf: Int64? = row?["as_of"]
                return FeedState(
                    feed: feed,
                    asOf: asOf.map { Date(storedMilliseconds: $0) },
                    records: row?["records"] ?? 0
                )
            }
        }
    }

    /// The number to ask the server's changes after; 0 at first.
    package func changesCursor() async throws -> Int64 { try await read { try Setting.changesCursor.number($0) } }

    /// The same with what the server called the import that the change belongs to; nil: it never said.
    package func changesPlace() async throws -> (cursor: Int64, history: String?) {
        try await read { (try Setting.changesCursor.number($0), try Setting.changesHistory.text($0)) }
    }

    /// Begins all lists anew from change 0, for a server that is not as it was. What is here stays meanwhile, as of no
    /// time: nobody is ticketed by it, nor by the server's lists, until the city has imported them since.
    package func reloadLists() async throws {
        try await write { try PatrolStore.beginReload($0) }
    }

    static func beginReload(_ db: Database) throws {
        for feed in Feed.allCases {
            try db.execute(
                sql: """
                    UPDATE feed_state SET
                        reload_since = CASE WHEN reload_after IS NULL THEN as_of ELSE reload_since END, as_of = NULL,
                        reload_after = (SELECT coalesce(max(row), 0) FROM \(ListTable(feed).name)) WHERE feed = ?
                    """,
                arguments: [feed.rawValue]
            )
        }
        try Setting.changesCursor.set("0", db)
        try Setting.changesHistory.remove(db)
    }

    static func isReloading(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM feed_state WHERE reload_after IS NOT NULL)") ?? false
    }

    /// Takes the server's changes and the cursor behind them in one transaction; the same answer again changes nothing.
    /// With the last answer of a run (`more` is false) every list is known to be complete as of the server's time.
    /// - Throws: `PatrolStoreError.badAnswer` for another version, changes out of order, or a cursor that went back.
    package func apply(_ answer: ChangesAnswer) async throws {
        try await write { [filter] db in
            try PatrolStore.check(answer, cursor: try Setting.changesCursor.number(db))
            var writers: [Feed: ListWriter] = [:]
            for change in answer.changes {
                let writer = try writers[change.feed] ?? ListWriter(db, ListTable(change.feed), filter: filter)
                writers[change.feed] = writer
                try writer.remove(change.key)
                if let record = change.record { try writer.insert(record) }
            }
            for (feed, writer) in writers {
                try db.execute(
                    sql: "UPDATE feed_state SET records = records + ? WHERE feed = ?",
                    arguments: [writer.inserted - writer.removed, feed.rawValue]
                )
            }
            try Setting.changesCursor.set(String(answer.upTo), db)
            if let history = answer.history { try Setting.changesHistory.set(history, db) }
            if !answer.more { try PatrolStore.complete(answer, db) }
        }
    }

    /// All that the server has is here. A list that it never imported stays unknown; one that is loaded anew stays so, with
    /// all that was here before, until the server imported it after what was here was complete: a server that was put back
    /// from an older copy does not know whom it has forgotten.
    private static func complete(_ answer: ChangesAnswer, _ db: Database) throws {
        for feed in Feed.allCases {
            let asOf = answer.asOf.storedMilliseconds
            if let imported = answer.imported {
                guard let last = imported.first(where: { $0.feed == feed }) else { continue }
                let isDue = try Bool.fetchOne(
                    db,
                    sql: "SELECT reload_after IS NULL OR ? > coalesce(reload_since, 0) FROM feed_state WHERE feed = ?",
                    arguments: [last.at.storedMilliseconds, feed.rawValue]
                )
                guard isDue == true else { continue }
            }
            try endReload(feed, db)
            try db.execute(
                sql: "UPDATE feed_state SET as_of = max(coalesce(as_of, 0), ?) WHERE feed = ?",
                arguments: [asOf, feed.rawValue]
            )
        }
    }

    /// Takes away what a reload did not bring again.
    private static func endReload(_ feed: Feed, _ db: Database) throws {
        let table = ListTable(feed).name
        let sql = "SELECT reload_after FROM feed_state WHERE feed = ?"
        guard let last = try Int64.fetchOne(db, sql: sql, arguments: [feed.rawValue]) else { return }
        try db.execute(sql: "DELETE FROM \(table) WHERE row <= ?", arguments: [last])
        try db.execute(
            sql: """
                UPDATE feed_state SET reload_after = NULL, reload_since = NULL,
                    records = (SELECT count(*) FROM \(table)) WHERE feed = ?
                """,
            arguments: [feed.rawValue]
        )
    }

    private static func check(_ answer: ChangesAnswer, cursor: Int64) throws {
        func refuse(_ detail: String) -> PatrolStoreError { .badAnswer(detail: detail) }
        guard answer.version == syncProtocolVersion else {
            throw refuse(
                "it speaks version \(answer.version) of the protocol, this program speaks \(syncProtocolVersion)"
            )
        }
        guard answer.upTo >= cursor else {
            throw refuse(
                "it ends at change \(answer.upTo), and \(cursor) was applied already; was the server restored?"
            )
        }
        var last = Int64.min
        for change in answer.changes {
            guard change.change > last, change.change <= answer.upTo else {
                throw refuse("change \(change.change) stands out of order")
            }
            last = change.change
            if let record = change.record, record.feed != change.feed || record.key != change.key {
                throw refuse("change \(change.change) is for \(change.feed) \(change.key), its record is another")
            }
            guard ListTable(change.feed).keyValues(change.key) != nil else {
                throw refuse("change \(change.change) names no record of \(change.feed)")
            }
        }
    }
}

/// Writes records of one list within one transaction, and counts them.
final class ListWriter {
    private let table: ListTable
    private let filter: PlateFilter
    private let insertion: RawStatement
    private let deletion: RawStatement
    /// Highest row that was ever given while the list is loaded anew; nil: SQLite chooses.
    private var lastRow: Int64?
    private(set) var inserted = 0
    private(set) var removed = 0

    init(_ db: Database, _ table: ListTable, filter: PlateFilter) throws {
        self.table = table
        self.filter = filter
        insertion = try RawStatement(db, table.insert)
        deletion = try RawStatement(db, table.delete)
        // A freed row must not be given again: what is loaded anew is told by its number from what was there.
        lastRow = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(reload_after, (SELECT coalesce(max(row), 0) FROM \(table.name))) FROM feed_state
                WHERE feed = ? AND reload_after IS NOT NULL
                """,
            arguments: [table.feed.rawValue]
        )
    }

    /// - Parameter row: the row's number; nil: the next one.
    func insert(_ record: ListRecord, row: Int? = nil) throws {
        filter.insert(record.plate)
        if let lastRow { self.lastRow = lastRow + 1 }
        if let number = row.map({ Int64($0) }) ?? lastRow {
            try insertion.bind(number, at: 1)
        } else {
            try insertion.bindNull(at: 1)
        }
        try table.bind(record, to: insertion)
        inserted += try insertion.run()
    }

    func remove(_ key: String) throws {
        guard let values = table.keyValues(key) else { return }
        for (index, value) in values.enumerated() { try deletion.bind(value, at: Int32(index + 1)) }
        removed += try deletion.run()
    }
}
