// A connection of its own that reads the lists and nothing else: the look-ups of a read have to be over in microseconds.
//
// It only reads, so that it is no second writer and no second checkpointer; between two questions it holds no lock.
internal import Dispatch
internal import GRDB
internal import GRDBSQLite
internal import ParkingCore

/// Unchecked: the C handle and its statements are touched on the queue alone.
final class ListReader: @unchecked Sendable {
    private let path: String
    private let queue = DispatchQueue(label: "patrol.lists")
    private var connection: OpaquePointer?
    private var begin: RawStatement?
    private var end: RawStatement?
    private var lookUps: [Feed: RawStatement] = [:]

    init(path: String) { self.path = path }

    deinit { release() }

    /// Every record of the plates, from all lists in one moment.
    /// - Parameter since: rights that ended by then are left out; milliseconds since 1970.
    /// - Throws: `DatabaseError`, or what the value types say of a row that they cannot hold.
    func records(of plates: [Plate], since: Int64) async throws -> [ListRecord] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.read(plates, since: since) }) }
        }
    }

    /// Lets the file go; the next question opens it again.
    func close() { queue.sync { release() } }

    private func release() {
        begin = nil
        end = nil
        lookUps = [:]
        if let connection { sqlite3_close(connection) }
        connection = nil
    }

    private func read(_ plates: [Plate], since: Int64) throws -> [ListRecord] {
        let connection = try opened()
        if begin == nil {
            begin = try RawStatement(connection, "BEGIN")
            end = try RawStatement(connection, "COMMIT")
        }
        try begin?.run()
        // The transaction ends also where a row cannot be read; nothing was written that could be lost.
        defer { _ = try? end?.run() }
        var records: [ListRecord] = []
        for feed in Feed.allCases {
            let table = ListTable(feed)
            let statement = try lookUps[feed] ?? RawStatement(connection, table.lookUp)
            lookUps[feed] = statement
            for plate in plates {
                try statement.bind(plate.text, at: 1)
                if table.hasWindow { try statement.bind(since, at: 2) }
                try statement.forEachRow { records.append(try table.record($0)) }
            }
        }
        return records
    }

    private func opened() throws -> OpaquePointer {
        if let connection { return connection }
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            if let handle { sqlite3_close(handle) }
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: "the lists cannot be opened for reading"
            )
        }
        sqlite3_busy_timeout(handle, 5000)
        connection = handle
        return handle
    }
}
