internal import Foundation
// Where each list lies in the database, and its rows as records: one place that knows both.
//
// Bulk work (imports, changes from the server) goes through SQLite's own statements: a million rows leave a few
// microseconds each.
internal import GRDB
internal import GRDBSQLite
internal import ParkingCore

struct ListTable {
    let feed: Feed

    init(_ feed: Feed) { self.feed = feed }

    var name: String { feed.rawValue }

    /// Columns without `row`, in the order of `bind`.
    var columns: [String] {
        switch feed {
        case .permits: ["permit", "plate", "kind", "zones", "valid_from", "valid_to", "at_once"]
        case .sessions: ["session", "plate", "zone", "valid_from", "valid_to"]
        case .exemptions: ["exemption", "plate", "kind", "valid_from", "valid_to"]
        case .scofflaws: ["plate", "unpaid_tickets", "unpaid_cents", "eligible_for"]
        case .watchlist: ["entry", "plate", "reason"]
        }
    }

    /// Columns that name a record within its feed (`ListRecord.key`).
    var keyColumns: [String] {
        switch feed {
        case .permits: ["permit", "plate"]
        case .sessions: ["session"]
        case .exemptions: ["exemption", "plate"]
        case .scofflaws: ["plate"]
        case .watchlist: ["entry"]
        }
    }

    var hasWindow: Bool { feed != .scofflaws && feed != .watchlist }

    /// Rows of one plate; the second parameter, where the list has windows, leaves out what ended before.
    var lookUp: String { ListTable.lookUps[feed] ?? "" }

    private static let lookUps: [Feed: String] = Dictionary(
        uniqueKeysWithValues: Feed.allCases.map { feed in
            let table = ListTable(feed)
            return (
                feed,
                "SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name) WHERE plate = ?"
                    + (table.hasWindow ? " AND valid_to > ?" : "")
            )
        }
    )

    var keyIndex: String { "CREATE UNIQUE INDEX \(name)_key ON \(name) (\(keyColumns.joined(separator: ", ")))" }

    var createIndexes: [String] {
        feed == .scofflaws ? [keyIndex] : [keyIndex, "CREATE INDEX \(name)_plate ON \(name) (plate)"]
    }

    var dropIndexes: [String] {
        feed == .scofflaws ? ["DROP INDEX \(name)_key"] : ["DROP INDEX \(name)_key", "DROP INDEX \(name)_plate"]
    }

    /// Parameter 1 is the row number (NULL: any), then the columns.
    var insert: String {
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        return "INSERT INTO \(name) (row, \(columns.joined(separator: ", "))) VALUES (\(marks))"
    }

    var delete: String {
        "DELETE FROM \(name) WHERE " + keyColumns.map { "\($0) = ?" }.joined(separator: " AND ")
    }

    /// Splits `ListRecord.key` into the values of `keyColumns`; a plate holds no slash, a number may.
    func keyValues(_ key: String) -> [String]? {
        guard keyColumns.count == 2 else { return [key] }
        guard let slash = key.lastIndex(of: "/") else { return nil }
        return [String(key[..<slash]), String(key[key.index(after: slash)...])]
    }

    /// Binds the record's columns, from parameter 2 on.
    func bind(_ record: ListRecord, to statement: RawStatement) throws {
        switch record {
        case .permit(let value):
            try statement.bind(value.permit, at: 2)
            try statement.bind(value.plate.text, at: 3)
            try statement.bind(value.kind.rawValue, at: 4)
            try statement.bind(value.zones.map(\.text).joined(separator: "|"), at: 5)
            try statement.bind(value.validity, at: 6)
            if let atOnce = value.vehiclesAtOnce {
                try statement.bind(Int64(atOnce), at: 8)
            } else {
                try statement.bindNull(at: 8)
            }
        case .session(let value):
            try statement.bind(value.session, at: 2)
            try statement.bind(value.plate.text, at: 3)
            try statement.bind(value.zone.text, at: 4)
            try statement.bind(value.validity, at: 5)
        case .exemption(let value):
            try statement.bind(value.exemption, at: 2)
            try statement.bind(value.plate.text, at: 3)
            try statement.bind(value.kind.rawValue, at: 4)
            try statement.bind(value.validity, at: 5)
        case .scofflaw(let value):
            try statement.bind(value.plate.text, at: 2)
            try statement.bind(Int64(value.unpaidTickets), at: 3)
            try statement.bind(Int64(value.unpaidCents), at: 4)
            try statement.bind(value.eligibleFor.rawValue, at: 5)
        case .watchlist(let value):
            try statement.bind(value.entry, at: 2)
            try statement.bind(value.plate.text, at: 3)
            try statement.bind(value.reason, at: 4)
        }
    }

    /// - Throws: what the value types say of a row that they cannot hold (a file that another program wrote).
    func record(_ row: RawRow) throws -> ListRecord {
        switch feed {
        case .permits:
            return .permit(
                Permit(
                    permit: row.text(0),
                    plate: try Plate(row.text(1)),
                    kind: try choice(row.text(2)),
                    zones: try row.text(3).split(separator: "|").map { try ZoneID(String($0)) },
                    validity: try row.window(4),
                    vehiclesAtOnce: row.number(6).map { Int($0) }
                )
            )
        case .sessions:
            return .session(
                ParkingSession(
                    session: row.text(0),
                    plate: try Plate(row.text(1)),
                    zone: try ZoneID(row.text(2)),
                    validity: try row.window(3)
                )
            )
        case .exemptions:
            return .exemption(
                Exemption(
                    exemption: row.text(0),
                    plate: try Plate(row.text(1)),
                    kind: try choice(row.text(2)),
                    validity: try row.window(3)
                )
            )
        case .scofflaws:
            return .scofflaw(
                Scofflaw(
                    plate: try Plate(row.text(0)),
                    unpaidTickets: Int(row.number(1) ?? 0),
                    unpaidCents: Int(row.number(2) ?? 0),
                    eligibleFor: try choice(row.text(3))
                )
            )
        case .watchlist:
            return .watchlist(
                WatchlistEntry(entry: row.text(0), plate: try Plate(row.text(1)), reason: row.text(2))
            )
        }
    }

    private func choice<Choice: RawRepresentable>(_ text: String) throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else { throw ListError(message: "'\(text)' is no \(Choice.self)") }
        return choice
    }
}

/// The row that a statement stands on; gone with its next step.
struct RawRow {
    fileprivate let statement: OpaquePointer

    /// Empty for NULL.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// nil for NULL.
    func number(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }

    /// Start and end at `column` and the one after it.
    func window(_ column: Int32) throws -> TimeWindow {
        try TimeWindow(
            from: Date(storedMilliseconds: sqlite3_column_int64(statement, column)),
            to: Date(storedMilliseconds: sqlite3_column_int64(statement, column + 1))
        )
    }
}

/// A prepared statement of SQLite: of one connection, ended before it, used where the connection may be and nowhere else.
final class RawStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    convenience init(_ db: Database, _ sql: String) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        try self.init(connection, sql)
    }

    init(_ connection: OpaquePointer, _ sql: String) throws {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw RawStatement.error(code, connection) }
        self.connection = connection
        self.statement = statement
    }

    deinit { sqlite3_finalize(statement) }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw RawStatement.error(code, connection) }
    }

    func bind(_ text: String, at index: Int32) throws {
        var text = text
        // SQLite copies the bytes (SQLITE_TRANSIENT, which C writes as a cast of -1).
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        try check(
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // An empty string may have no address; without one SQLite would store NULL.
                    $0.isEmpty
                        ? sqlite3_bind_text(statement, index, "", 0, copied)
                        : sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), copied)
                }
            }
        )
    }

    func bind(_ value: Int64, at index: Int32) throws { try check(sqlite3_bind_int64(statement, index, value)) }

    func bindNull(at index: Int32) throws { try check(sqlite3_bind_null(statement, index)) }

    /// Binds start and end at `index` and the one after it.
    func bind(_ window: TimeWindow, at index: Int32) throws {
        try bind(window.from.storedMilliseconds, at: index)
        try bind(window.to.storedMilliseconds, at: index + 1)
    }

    /// Runs to its end and hands over each row.
    func forEachRow(_ body: (RawRow) throws -> Void) throws {
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(RawRow(statement: statement))
            case SQLITE_DONE: return
            case let code: throw RawStatement.error(code, connection)
            }
        }
    }

    /// Runs to its end; for statements without rows.
    /// - Returns: how many rows were changed.
    @discardableResult
    func run() throws -> Int {
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else {
            let error = RawStatement.error(code, connection)
            sqlite3_reset(statement)
            throw error
        }
        let changed = Int(sqlite3_changes(connection))
        try check(sqlite3_reset(statement))
        return changed
    }
}
