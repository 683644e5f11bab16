// Taking a list's CSV file into the database: all of it in one transaction, or nothing.
package import Foundation
internal import GRDB
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

package struct ListImportOptions: Hashable, Sendable {
    /// Take the good rows of a file that has bad ones.
    package var keepGood: Bool
    /// Add and replace records only; else the file is the whole list and what it does not name is gone.
    package var merge: Bool
    /// When the file was true.
    package var asOf: Date

    /// False: what looks like an export that failed is refused.
    package var mayShrink: Bool

    package init(keepGood: Bool, merge: Bool, mayShrink: Bool = true, asOf: Date) {
        self.keepGood = keepGood
        self.mayShrink = mayShrink
        self.merge = merge
        self.asOf = asOf
    }
}

package struct ListImportReport: Hashable, Sendable, Codable {
    package let feed: Feed
    package let goodRows: Int
    package let badRows: Int
    /// The first `shown` of them.
    package let problems: [RowProblem]
    package let recordsBefore: Int
    package let recordsAfter: Int
    package static let shown = 20
}

package struct ListImportProgress: Hashable, Sendable {
    package let bytes: Int
    package let totalBytes: Int
    package let rows: Int
}

extension PatrolStore {
    /// Imports a file; readers see the old list until the new one is complete.
    /// - Parameter progress: called about once a megabyte.
    /// - Throws: `PatrolStoreError.listFile` for what spoils the whole file; `.importRefused` for bad rows without
    ///   `keepGood`. Then the list is as before.
    package func importList(
        _ feed: Feed,
        from path: String,
        options: ListImportOptions,
        progress: @escaping @Sendable (ListImportProgress) -> Void = { _ in }
    ) async throws -> ListImportReport {
        let report = try await write { [filter] db in
            let run = try ListImportRun(db, feed: feed, path: path, options: options, filter: filter)
            try run.readFile(progress)
            return try run.finish()
        }
        // The import's pages go from the log into the file now rather than in the middle of a patrol. Where the disk
        // has no room for that they stay in the log, committed as they are.
        try? await maintain { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        return report
    }
}

/// One import, within its transaction.
private final class ListImportRun {
    private let db: Database
    private let table: ListTable
    private let path: String
    private let options: ListImportOptions
    private let before: Int
    private let writer: ListWriter
    /// Merging: keys of this file with their lines, to find doubles.
    private var seen: RawStatement?
    private var goodRows = 0
    private var badRows = 0
    private var problems: [RowProblem] = []

    init(
        _ db: Database,
        feed: Feed,
        path: String,
        options: ListImportOptions,
        filter: PlateFilter
    ) throws {
        self.db = db
        self.path = path
        self.options = options
        table = ListTable(feed)
        before = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)") ?? 0
        if options.merge {
            try db.execute(
                sql:
                    "CREATE TEMP TABLE IF NOT EXISTS import_seen (key TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM import_seen"
            )
            seen = try RawStatement(db, "INSERT INTO temp.import_seen (key) VALUES (?) ON CONFLICT DO NOTHING")
        } else {
            // Indexes are built at the end, sorted, which is several times faster than row by row.
            for sql in table.dropIndexes + ["DELETE FROM \(table.name)"] { try db.execute(sql: sql) }
        }
        writer = try ListWriter(db, table, filter: filter)
    }

    func readFile(_ progress: (ListImportProgress) -> Void) throws {
        let file = try InputFile(path: path)
        var csv = ListsCSV(feed: table.feed)
        var bytes = 0
        do {
            while let chunk = try file.next() {
                try csv.consume(chunk) { try take($1, line: $0) }
                bytes += chunk.count
                progress(ListImportProgress(bytes: bytes, totalBytes: file.size, rows: goodRows + badRows))
            }
            try csv.finish { try take($1, line: $0) }
        } catch let error as CSVError {
            throw PatrolStoreError.listFile(path: path, problem: error.description)
        }
    }

    private func take(_ result: Result<ListRecord, RowProblem>, line: Int) throws {
        switch result {
        case .failure(let problem): note(problem)
        case .success(let record):
            if let seen {
                try seen.bind(record.key, at: 1)
                guard try seen.run() == 1 else {
                    return note(.doubled(record.key, line: line, earlier: nil, column: table.keyColumns[0]))
                }
                try writer.remove(record.key)
                try writer.insert(record, row: nil)
            } else {
                try writer.insert(record, row: line)
            }
            goodRows += 1
        }
    }

    private func note(_ problem: RowProblem) {
        badRows += 1
        if problems.count < ListImportReport.shown { problems.append(problem) }
    }

    func finish() throws -> ListImportReport {
        if !options.merge { try buildIndexes() }
        let after = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)") ?? 0
        let report = ListImportReport(
            feed: table.feed,
            goodRows: goodRows,
            badRows: badRows,
            problems: problems.sorted { $0.line < $1.line },
            recordsBefore: before,
            recordsAfter: after
        )
        guard badRows == 0 || options.keepGood else { throw PatrolStoreError.importRefused(report) }
        if !options.mayShrink, !options.merge,
            let problem = table.feed.shrinkProblem(records: after, before: before)
        {
            throw PatrolStoreError.listFile(path: path, problem: problem)
        }
        try db.execute(
            sql: "UPDATE feed_state SET records = ? WHERE feed = ?",
            arguments: [after, table.name]
        )
        if !options.merge {
            // A merged file is news, not the whole list: it does not make the rest any fresher.
            try db.execute(
                sql: "UPDATE feed_state SET as_of = ? WHERE feed = ?",
                arguments: [options.asOf.storedMilliseconds, table.name]
            )
        }
        // Which of these rows the server has told of is not known any more.
        if try PatrolStore.isReloading(db) { try PatrolStore.beginReload(db) }
        return report
    }

    /// The index over the keys finds doubled records; the first row of each stays.
    private func buildIndexes() throws {
        do {
            try db.execute(sql: table.keyIndex)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            let keys = table.keyColumns.joined(separator: ", ")
            let doubles = """
                SELECT row, first, \(table.keyColumns.joined(separator: " || '/' || ")) AS key FROM
                (SELECT *, min(row) OVER (PARTITION BY \(keys)) AS first FROM \(table.name)) WHERE row <> first
                """
            let rows = try Row.fetchCursor(db, sql: doubles + " ORDER BY row")
            while let row = try rows.next() {
                let line: Int = row["row"]
                note(.doubled(row["key"], line: line, earlier: row["first"], column: table.keyColumns[0]))
                goodRows -= 1
            }
            try db.execute(sql: "DELETE FROM \(table.name) WHERE row IN (SELECT row FROM (\(doubles)))")
            try db.execute(sql: table.keyIndex)
        }
        for sql in table.createIndexes.dropFirst() { try db.execute(sql: sql) }
    }
}

/// Reads a file in chunks of a megabyte.
private final class InputFile {
    let size: Int
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer

    init(path: String) throws {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PatrolStoreError.listFile(path: path, problem: "cannot be read: \(DatabaseFile.words(errno))")
        }
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// The next bytes, valid until the next call; nil at the end.
    func next() throws -> UnsafeBufferPointer<UInt8>? {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                return UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
            }
            if count == 0 { return nil }
            let reason = errno
            if reason != EINTR {
                throw PatrolStoreError.listFile(path: path, problem: "cannot be read: \(DatabaseFile.words(reason))")
            }
        }
    }
}
