// A prepared statement of SQLite itself: a million rows leave it a microsecond each.
internal import GRDB
internal import GRDBSQLite

/// For one connection and one closure: never stored beyond it, never shared.
final class BulkStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ db: Database, _ sql: String) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw BulkStatement.error(code, connection) }
        self.connection = connection
        self.statement = statement
    }

    deinit { sqlite3_finalize(statement) }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw BulkStatement.error(code, connection) }
    }

    func bind(_ value: Int?, at index: Int32) throws {
        guard let value else { return try check(sqlite3_bind_null(statement, index)) }
        try check(sqlite3_bind_int64(statement, index, Int64(value)))
    }

    func bind(_ value: Double?, at index: Int32) throws {
        guard let value else { return try check(sqlite3_bind_null(statement, index)) }
        try check(sqlite3_bind_double(statement, index, value))
    }

    /// SQLite copies the bytes (SQLITE_TRANSIENT, which C writes as a cast of -1).
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    func bind(_ text: String, at index: Int32) throws {
        try check(sqlite3_bind_text(statement, index, text, -1, BulkStatement.copied))
    }

    func bind(_ bytes: [UInt8], at index: Int32) throws {
        try check(
            bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), BulkStatement.copied)
            }
        )
    }

    /// Runs a statement without rows to its end.
    /// - Returns: how many rows were changed.
    @discardableResult
    func run() throws -> Int {
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else {
            let error = BulkStatement.error(code, connection)
            sqlite3_reset(statement)
            throw error
        }
        let changed = Int(sqlite3_changes(connection))
        try check(sqlite3_reset(statement))
        return changed
    }

    /// Calls `each` for every row.
    func rows(_ each: (BulkStatement) throws -> Void) throws {
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try each(self)
            case SQLITE_DONE: return
            case let code: throw BulkStatement.error(code, connection)
            }
        }
    }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
    func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }
    func text(_ column: Int32) -> String {
        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
    }
}
