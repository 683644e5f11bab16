// Checks and backups: what is whole passes, what is not is named, and a copy made meanwhile is whole.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("A database's check and backup")
struct CheckTests {
    private func filled(_ van: Van, reads: Int = 30) async throws -> PatrolStore {
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50))
        for index in 0..<reads { try await store.record(read: try van.readFact(at: Double(index)), at: van.start) }
        _ = try await van.issue(store, try await van.recordAlert(store, at: 100))
        return store
    }

    @Test("finds nothing in a whole one, purged or not")
    func whole() async throws {
        let van = try Van()
        let store = try await filled(van)
        let before = try await store.check()
        #expect(before.problems == [] && before.facts == 33 && before.lastSequence == 33 && before.tickets == 1)
        try await store.acknowledge(through: 20)
        _ = try await purge(store, now: van.time(2 * 86_400))
        let after = try await store.check()
        #expect(after.problems == [] && after.erased == 20 && after.facts == 14)
    }

    @Test(
        "names what does not add up",
        arguments: [
            ("DELETE FROM fact WHERE sequence = 31", "reference: row"),
            ("DELETE FROM plate_read WHERE sequence = 3; DELETE FROM fact WHERE sequence = 3", "chain: 32 facts"),
            ("INSERT INTO erased VALUES (1, 2)", "chain: 2 facts are there though"),
            ("UPDATE number_block SET next = 1", "numbers: ticket serial 1 is used"),
            (
                "UPDATE setting SET value = '99' WHERE name = 'acknowledged'",
                "chain: the back office has facts up to 99"
            ),
            ("UPDATE fact SET body = '{\"kind\":\"purge\"}' WHERE sequence = 2", "chain: fact 2 is no read"),
        ]
    )
    func faults(sql: String, expected: String) async throws {
        let van = try Van()
        let store = try await filled(van)
        try await store.acknowledge(through: 1)
        try await store.maintain { try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + sql) }
        let problems = try await store.check().problems.map(\.description)
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(problems)")
    }

    @Test("finds a page that was overwritten, and says which file to replace when nothing can be read")
    func garbage() async throws {
        let van = try Van()
        try await filled(van, reads: 300).close()
        let url = URL(filePath: van.path)
        let whole = try Data(contentsOf: url)
        var damaged = whole
        let middle = whole.count / 4096 / 2 * 4096
        damaged.replaceSubrange(middle..<(middle + 8192), with: [UInt8](repeating: 0xA5, count: 8192))
        try damaged.write(to: url)
        do {
            let store = try van.open()
            let check = try await store.check()
            #expect(check.problems.contains { $0.kind == .file }, "\(check)")
        } catch let error as PatrolStoreError {
            #expect("\(error)".contains("put a backup in its place"), "\(error)")
        }
        damaged = whole
        damaged.replaceSubrange(100..<4096, with: [UInt8](repeating: 0xA5, count: 3996))
        try damaged.write(to: url)
        let error = #expect(throws: PatrolStoreError.self) { try van.open() }
        #expect(error.map { "\($0)" }?.contains("put a backup in its place") == true)
    }

    @Test("copies all of one moment while facts are recorded, and nothing that was purged")
    func backup() async throws {
        let van = try Van()
        let store = try await filled(van)
        try await store.record(read: try van.readFact("GONE777", at: -90_000), at: van.start)
        try await store.acknowledge(through: try await store.lastSequence())
        _ = try await purge(store, now: van.time(300))
        let target = van.folder.appending(path: "copy.db").path
        async let recording: Void = {
            for index in 0..<50 {
                try await store.record(read: try van.readFact(at: 1000 + Double(index)), at: van.start)
            }
        }()
        try await store.backUp(to: target)
        try await recording
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try Data(contentsOf: URL(filePath: target)).range(of: Data("GONE777".utf8)) == nil)
        let copy = try PatrolStore(path: target, vehicle: van.vehicle)
        let check = try await copy.check()
        #expect(check.problems == [] && (35...85).contains(check.lastSequence))
        let error = await #expect(throws: PatrolStoreError.self) { try await store.backUp(to: target) }
        #expect(error.map { "\($0)" }?.contains("is there already") == true)
        await #expect(throws: PatrolStoreError.self) { try await store.backUp(to: "/nowhere/copy.db") }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: van.folder.path).allSatisfy {
                !$0.contains("unfinished")
            }
        )
    }
}
