// What the lists hold: asked for a read's candidates, and changed by what the server sends.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

extension PatrolStore {
    /// Every record of any of the plates, from all lists in one moment; rights that ended more than a day before `time`
    /// are left out, those that ended since say how long ago.
    package func answer(for plates: [Plate], at time: Date) async throws -> [ListRecord] {
        let wanted = String(decoding: try JSONEncoder().encode(plates.map(\.text)), as: UTF8.self)
        let since = time.addingTimeInterval(-86_400).storedMilliseconds
        return try await read { db in
            var records: [ListRecord] = []
            for feed in Feed.allCases {
                let table = ListTable(feed)
                let hasWindow = table.columns.contains("valid_to")
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name)
                        WHERE plate IN (SELECT value FROM json_each(?))\(hasWindow ? " AND valid_to > ?" : "")
                        """
                )
                let arguments: StatementArguments = hasWindow ? [wanted, since] : [wanted]
                let rows = try Row.fetchCursor(statement, arguments: arguments)
                while let row = try rows.next() { records.append(try table.record(row)) }
            }
            return records
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

    /// Takes the server's changes and the cursor behind them in one transaction; the same answer again changes nothing.
    /// With the last answer of a run (`more` is false) every list is known to be complete as of the server's time.
    /// - Throws: `PatrolStoreError.badAnswer` for another version, changes out of order, or a cursor that went back.
    package func apply(_ answer: ChangesAnswer) async throws {
        try await write { db in
            try PatrolStore.check(answer, cursor: try Setting.changesCursor.number(db))
            var writers: [Feed: ListWriter] = [:]
            for change in answer.changes {
                let writer = try writers[change.feed] ?? ListWriter(db, ListTable(change.feed))
                writers[change.feed] = writer
                try writer.remove(change.key)
                if let record = change.record { try writer.insert(record, row: nil) }
            }
            for (feed, writer) in writers {
                try db.execute(
                    sql: "UPDATE feed_state SET records = records + ? WHERE feed = ?",
                    arguments: [writer.inserted - writer.removed, feed.rawValue]
                )
            }
            try Setting.changesCursor.set(String(answer.upTo), db)
            if !answer.more {
                try db.execute(
                    sql: "UPDATE feed_state SET as_of = max(coalesce(as_of, 0), ?)",
                    arguments: [answer.asOf.storedMilliseconds]
                )
            }
        }
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
    private let insertion: RawStatement
    private let deletion: RawStatement
    private(set) var inserted = 0
    private(set) var removed = 0

    init(_ db: Database, _ table: ListTable) throws {
        self.table = table
        insertion = try RawStatement(db, table.insert)
        deletion = try RawStatement(db, table.delete)
    }

    /// - Parameter row: the row's number; nil: the next one.
    func insert(_ record: ListRecord, row: Int?) throws {
        if let row { try insertion.bind(Int64(row), at: 1) } else { try insertion.bindNull(at: 1) }
        try table.bind(record, to: insertion)
        inserted += try insertion.run()
    }

    func remove(_ key: String) throws {
        guard let values = table.keyValues(key) else { return }
        for (index, value) in values.enumerated() { try deletion.bind(value, at: Int32(index + 1)) }
        removed += try deletion.run()
    }
}
