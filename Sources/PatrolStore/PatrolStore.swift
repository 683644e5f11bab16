internal import Foundation
// The vehicle's one database: what the lists hold, and every fact that the vehicle records until the server has it.
//
// A fact is committed, synced to disk, before the call returns; whoever is told of it can rely on it.
internal import GRDB
package import ParkingCore

package final class PatrolStore: Sendable {
    package let path: String
    /// nil: opened for lists only.
    package let vehicle: VehicleID?
    /// Plates that no list holds are told from memory.
    let filter = PlateFilter()
    /// Answers the look-ups of reads.
    let listReader: ListReader
    private let pool: DatabasePool
    private let file: DatabaseFile
    /// nil: opened for lists only.
    let ledger: NumberLedger?
    /// Ticket serials that were given up at the opening: the database or its ledger is an older copy, and nobody can
    /// tell which of them are used. The server leases others.
    package let retiredNumbers: Int
    /// Signs facts before they are committed; nil: they are kept without evidence.
    private let sealer: (any FactSealer)?
    var seals: Bool { sealer != nil }

    /// Opens or makes the database.
    /// - Parameters:
    ///   - path: the file; its folder must exist.
    ///   - vehicle: whose facts are recorded; a database belongs to the first vehicle it was opened for.
    ///   - sealer: signs each fact that is evidence within its transaction; nil: none is signed.
    ///   - maximumPages: stands in for a full disk in tests; a page has 4,096 bytes.
    /// - Throws: `PatrolStoreError` for a file that is in use, damaged, of a newer version, of another vehicle, or that
    ///   cannot be written; what was there is left as it is.
    package init(
        path: String,
        vehicle: VehicleID?,
        sealer: (any FactSealer)? = nil,
        maximumPages: Int? = nil
    ) throws {
        self.path = path
        self.vehicle = vehicle
        self.sealer = sealer
        listReader = ListReader(path: path)
        file = try DatabaseFile(path: path)
        do {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            configuration.maximumReaderCount = 3
            configuration.busyMode = .timeout(5)
            configuration.label = "patrol"
            // What is deleted is overwritten; set on every connection, for it is a connection's and not the file's.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
            let pool = try DatabasePool(path: path, configuration: configuration)
            self.pool = pool
            // After the pool was made: entering WAL mode, it lowers `synchronous` to NORMAL by itself.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
            }
            let migrator = Schema.migrator
            if try pool.read({ try migrator.hasBeenSuperseded($0) }) { throw PatrolStoreError.newerVersion(path: path) }
            try migrator.migrate(pool)
            if let vehicle { try pool.write { try PatrolStore.claim($0, for: vehicle, path: path) } }
            let ledger = try vehicle.map { _ in try NumberLedger(path: path + ".numbers") }
            retiredNumbers = try ledger.map { ledger in try pool.write { try PatrolStore.reconcile(ledger, $0) } } ?? 0
            self.ledger = ledger
            if let maximumPages {
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
            }
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// Finishes what is running and lets the file go; the store must not be used any more.
    package func close() throws {
        listReader.close()
        do {
            // Folds the log into the file; where the disk is too full for that, the next opening does it.
            try? pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try pool.close()
            file.release()
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    private static func claim(_ db: Database, for vehicle: VehicleID, path: String) throws {
        guard let owner = try Setting.vehicle.text(db) else { return try Setting.vehicle.set(vehicle.text, db) }
        guard owner == vehicle.text else {
            throw PatrolStoreError.otherVehicle(path: path, owner: VehicleID(unchecked: owner), asked: vehicle)
        }
    }

    // MARK: Access for the other files of this target

    /// One transaction: all of it, or nothing. Facts that it adds are sealed before it commits.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let sealer = sealer
        do {
            return try await pool.write { db in
                guard let sealer else { return try body(db) }
                let before = try PatrolStore.lastSequence(db)
                let value = try body(db)
                try PatrolStore.seal(factsAfter: before, with: sealer, db)
                return value
            }
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// Outside a transaction, on the writer.
    func maintain(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        do {
            try await pool.writeWithoutTransaction(body)
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// The whole database into an empty file, in one snapshot, beside whoever writes.
    func copy(into path: String) async throws {
        do {
            try await pool.unsafeRead { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        } catch {
            throw PatrolStoreError.wrapping(error, path: path)
        }
    }

    /// - Throws: `PatrolStoreError.noVehicle` for a store that was opened for lists only.
    func requireVehicle() throws -> VehicleID {
        guard let vehicle else { throw PatrolStoreError.noVehicle(path: path) }
        return vehicle
    }
}

/// Times stand in the database as whole milliseconds since 1970 UTC.
extension Date {
    var storedMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
    init(storedMilliseconds: Int64) { self.init(timeIntervalSince1970: Double(storedMilliseconds) / 1000) }
}
