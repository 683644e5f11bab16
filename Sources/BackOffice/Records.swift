// The city's records in one SQLite file: opened, guarded, migrated. What is stored stands in the extensions.
internal import Foundation
internal import GRDB

/// One owner of the database: writes go through one connection, pages read beside it (write-ahead log).
package final class Records: Sendable {
    let database: DatabasePool
    private let folder: DataFolder
    var numbersFolder: String { folder.numbers }

    /// Opens the database of the folder, or makes it, and brings its schema up to date.
    /// - Throws: `BackOfficeError` for a file that is damaged, of another program, or of a newer version.
    package init(folder: DataFolder) throws(BackOfficeError) {
        self.folder = folder
        let path = folder.database
        if !FileManager.default.fileExists(atPath: path) {
            // The log and its index inherit the mode of the file.
            guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw BackOfficeError(.data, "'\(path)' cannot be made; is the folder writable and the disk free?") }
        }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        // What is deleted is overwritten; a connection's setting, not the file's.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // FULL: a commit that was answered survives loss of power. Set here, for opening the pool lowers it to NORMAL.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
            }
            let migrator = Records.migrations()
            let state = try pool.read { database in
                (
                    application: try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
                    tables: try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0,
                    newer: try migrator.hasBeenSuperseded(database)
                )
            }
            if state.tables > 0 && state.application != Records.applicationID {
                throw BackOfficeError(
                    .data,
                    "'\(path)' is a database of another program; give another --data folder"
                )
            }
            if state.newer {
                throw BackOfficeError(
                    .data,
                    "'\(path)' was written by a newer back office than this one; install that version"
                )
            }
            try migrator.migrate(pool)
            database = pool
        } catch let error as BackOfficeError {
            throw error
        } catch {
            throw Records.explain(error, path: path)
        }
    }

    /// Words for what SQLite reports, with the cure.
    static func explain(_ error: any Error, path: String) -> BackOfficeError {
        guard let error = error as? DatabaseError else {
            return BackOfficeError(.data, "'\(path)' cannot be used: \(error)")
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            return BackOfficeError(
                .full,
                "no room left on the disk of '\(path)': free some; earlier records are intact"
            )
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return BackOfficeError(
                .data,
                "'\(path)' is no database or is damaged: put a backup in its place, or move it away"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return BackOfficeError(
                .data,
                "'\(path)' cannot be written: check the owner and the mode of the file and of its folder"
            )
        default:
            return BackOfficeError(
                .data,
                "the database '\(path)' refused: \(error.message ?? "no reason given") (\(error.resultCode))"
            )
        }
    }

    /// Runs one transaction on the writing connection; all of it is kept, or nothing.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await database.write(body)
        } catch let error as DatabaseError {
            throw Records.explain(error, path: folder.database)
        }
    }

    /// Reads one snapshot beside the writer.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await database.read(body)
        } catch let error as DatabaseError {
            throw Records.explain(error, path: folder.database)
        }
    }
}
