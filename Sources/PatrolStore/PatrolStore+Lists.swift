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
    private let filter: PlateFilter
    private let insertion: RawStatement
    private let deletion: RawStatement
    private(set) var inserted = 0
    private(set) var removed = 0

    init(_ db: Database, _ table: ListTable, filter: PlateFilter) throws {
        self.table = table
        self.filter = filter
        insertion = try RawStatement(db, table.insert)
        deletion = try RawStatement(db, table.delete)
    }

    /// - Parameter row: the row's number; nil: the next one.
    func insert(_ record: ListRecord, row: Int?) throws {
        filter.insert(record.plate)
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
