// The database's file: who may read it, who may open it, and what a bad one is answered.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("The database file")
struct FileTests {
    private func refusal(_ van: Van, vehicle: VehicleID? = nil) -> String {
        do {
            _ = try PatrolStore(path: van.path, vehicle: vehicle ?? van.vehicle)
            return "opened"
        } catch { return "\(error)" }
    }

    @Test("is readable by its owner only, with its log, and every commit is synced")
    func mode() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.record(read: try van.readFact(), at: van.start)
        for name in ["patrol.db", "patrol.db-wal", "patrol.db.lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: van.folder.appending(path: name).path)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        try await store.maintain { (db: Database) throws in
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
        }
    }

    @Test("is held by one opener at a time")
    func lock() throws {
        let van = try Van()
        var store: PatrolStore? = try van.open()
        #expect(refusal(van).contains("is in use by another process"))
        try store?.close()
        store = nil
        #expect(refusal(van) == "opened")
    }

    @Test("belongs to one vehicle; without a vehicle it takes lists and no facts")
    func vehicle() async throws {
        let van = try Van()
        try van.open().close()
        #expect(refusal(van, vehicle: try VehicleID("van-2")).contains("belongs to vehicle van-1, not to van-2"))
        let lists = try PatrolStore(path: van.path, vehicle: nil)
        await #expect(throws: PatrolStoreError.self) { try await lists.record(read: try van.readFact(), at: van.start) }
    }

    @Test("of a newer version is refused and left as it is")
    func newer() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.maintain { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
        try await store.record(read: try van.readFact(), at: van.start)
        try store.close()
        /// Schema and rows, as text.
        func content() throws -> [String] {
            try DatabaseQueue(path: van.path).read { db in
                try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
                    + String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")
                    + String.fetchAll(db, sql: "SELECT body FROM fact")
            }
        }
        let before = try content()
        #expect(before.contains("99 from the future"))
        #expect(refusal(van).contains("newer version"))
        #expect(try content() == before)
    }

    @Test("that is cut, no database, a folder, or in no folder gets a sentence with its name")
    func bad() async throws {
        let van = try Van()
        let store = try van.open()
        for index in 0..<50 { try await store.record(read: try van.readFact(at: Double(index)), at: van.start) }
        try store.close()
        let whole = try Data(contentsOf: URL(filePath: van.path))
        try whole.prefix(whole.count / 2 / 4096 * 4096).write(to: URL(filePath: van.path))
        #expect(refusal(van).contains("damaged"))
        try Data("plate,zone\nABC,1\n".utf8 + [UInt8](repeating: 65, count: 5000)).write(to: URL(filePath: van.path))
        #expect(refusal(van).contains("\(van.path) is damaged or no database"))
        try FileManager.default.removeItem(atPath: van.path)
        try FileManager.default.createDirectory(atPath: van.path, withIntermediateDirectories: false)
        #expect(refusal(van).contains("cannot be opened"))
        #expect(throws: PatrolStoreError.self) {
            try PatrolStore(path: van.folder.appending(path: "none/patrol.db").path, vehicle: nil)
        }
    }

    @Test("that was emptied is refused beside its ledger of numbers or its evidence, and good where it is new")
    func emptied() throws {
        for trace in ["patrol.db.numbers", "evidence/chain/000000000001.jsonl"] {
            let van = try Van()
            try Data().write(to: URL(filePath: van.path))
            let file = van.folder.appending(path: trace)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            // As a start leaves it that was cut before anything was recorded.
            try Data().write(to: file)
            #expect(refusal(van) == "opened")
            try Data().write(to: URL(filePath: van.path))
            try Data("used\n".utf8).write(to: file)
            let sentence = refusal(van)
            #expect(sentence.contains("\(van.path) is empty") && sentence.contains("backup"), "\(sentence)")
            #expect(sentence.contains("begin anew"), "\(sentence)")
            #expect(try Data(contentsOf: URL(filePath: van.path)).isEmpty)
        }
    }

    @Test("holds what was committed when the process is gone without closing")
    func crash() async throws {
        let van = try Van()
        let store = try van.open()
        for index in 0..<20 { try await store.record(read: try van.readFact(at: Double(index)), at: van.start) }
        // What a cut leaves behind: the file and its log as they are at this moment, nobody closing them.
        let copy = try Van()
        for name in ["patrol.db", "patrol.db-wal"] {
            try FileManager.default.copyItem(
                at: van.folder.appending(path: name),
                to: copy.folder.appending(path: name)
            )
        }
        let found = try copy.open()
        #expect(try await found.outbox(after: 0).map(\.sequence) == Array(1...20))
        #expect(try await found.record(read: try van.readFact(at: 21), at: van.start).sequence == 21)
    }
}
