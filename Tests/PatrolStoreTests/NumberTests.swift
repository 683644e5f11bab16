// A ticket number is given out once: over copies of the database put back, lost and copied ledgers, torn lines.
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("Ticket numbers")
struct NumberTests {
    private let names = ["patrol.db", "patrol.db-wal"]

    private func issue(_ van: Van, _ store: PatrolStore, _ count: Int, from seconds: Double) async throws -> [Int] {
        var serials: [Int] = []
        for index in 0..<count {
            let read = try await van.recordAlert(store, at: seconds + Double(index))
            serials.append(try await van.issue(store, read).number.serial)
        }
        return serials
    }

    /// A store with three tickets, a backup of it, and three tickets more.
    private func used(_ van: Van) async throws -> String {
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50))
        #expect(try await issue(van, store, 3, from: 0) == [1, 2, 3])
        let backup = van.folder.appending(path: "backup.db").path
        try await store.backUp(to: backup)
        #expect(try await issue(van, store, 3, from: 10) == [4, 5, 6])
        try store.close()
        return backup
    }

    private func restore(_ backup: String, in van: Van) throws {
        for name in names { try? FileManager.default.removeItem(at: van.folder.appending(path: name)) }
        try FileManager.default.copyItem(atPath: backup, toPath: van.path)
    }

    @Test("are not given out again when an older copy of the database is put in its place")
    func restored() async throws {
        let van = try Van()
        try restore(try await used(van), in: van)
        let store = try van.open()
        #expect(store.retiredNumbers == 0)
        #expect(try await store.numbersLeft() == 44)
        #expect(try await issue(van, store, 2, from: 20) == [7, 8])
    }

    @Test("are not given out again when the copy still waits for the block that it got later")
    func pending() async throws {
        let van = try Van()
        let backup = van.folder.appending(path: "backup.db").path
        let request: NumberBlockRequest
        do {
            let store = try van.open()
            request = try await store.pendingBlockRequest(size: 20, at: van.start)
            try await store.backUp(to: backup)
            try await store.addNumberBlock(NumberBlock(first: 1, last: 20), request: request.request)
            #expect(try await issue(van, store, 2, from: 0) == [1, 2])
            try store.close()
        }
        try restore(backup, in: van)
        let store = try van.open()
        let again = try await store.pendingBlockRequest(size: 20, at: van.start)
        #expect(again.request == request.request && again.size == 20)
        // The ledger knows more than the copy does.
        #expect(request.highest == nil && again.highest == 2)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 20), request: request.request)
        #expect(try await issue(van, store, 1, from: 20) == [3])
    }

    @Test("are not given out again when the database is lost and begun anew beside its ledger")
    func anew() async throws {
        let van = try Van()
        _ = try await used(van)
        for name in names { try? FileManager.default.removeItem(at: van.folder.appending(path: name)) }
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50))
        #expect(try await issue(van, store, 1, from: 20) == [7])
    }

    @Test("that are left are given up when the ledger is gone, was copied from elsewhere, or holds what is no number")
    func doubtful() async throws {
        for damage in 0..<4 {
            let van = try Van()
            let backup = try await used(van)
            let ledger = van.path + ".numbers"
            let content = try String(contentsOfFile: ledger, encoding: .utf8)
            switch damage {
            case 0: try FileManager.default.removeItem(atPath: ledger)
            // A new file beside, then the name: as an archive is unpacked.
            case 1:
                try content.write(toFile: ledger + ".copy", atomically: false, encoding: .utf8)
                try FileManager.default.removeItem(atPath: ledger)
                try FileManager.default.moveItem(atPath: ledger + ".copy", toPath: ledger)
            // The freed inode may well be given to the copy.
            case 2:
                try FileManager.default.removeItem(atPath: ledger)
                try content.write(toFile: ledger, atomically: false, encoding: .utf8)
            default: try (content + "rubbish!\n").write(toFile: ledger, atomically: false, encoding: .utf8)
            }
            try restore(backup, in: van)
            let store = try van.open()
            #expect(store.retiredNumbers == 47, "damage \(damage)")
            #expect(try await store.numbersLeft() == 0)
            let read = try await van.recordAlert(store, at: 30)
            await #expect(throws: PatrolStoreError.self) { try await van.issue(store, read) }
            // The server's next block is another one.
            try await store.addNumberBlock(NumberBlock(first: 101, last: 110))
            #expect(try await van.issue(store, read).number.serial == 101)
            try store.close()
            #expect(try van.open().retiredNumbers == 0)
        }
    }

    @Test("that are left are given up when the server has facts that an older copy never knew")
    func adopted() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50))
        #expect(try await issue(van, store, 1, from: 0) == [1])
        let last = try await store.lastSequence()
        try await store.acknowledge(through: last)
        #expect(try await store.adopt(through: last) == 0)
        #expect(try await store.numbersLeft() == 49)
        #expect(try await store.adopt(through: last + 3) == 3)
        #expect(try await store.numbersLeft() == 0)
    }

    @Test("lose one, and give none twice, when the power went between the ledger and the commit")
    func torn() async throws {
        let van = try Van()
        _ = try await used(van)
        let ledger = URL(filePath: van.path + ".numbers")
        // The ledger knows 7, whose ticket was never committed; the line of 8 is torn.
        let seven = try TicketNumber(serial: 7).text
        let eight = try TicketNumber(serial: 8).text.dropLast(3)
        let handle = try FileHandle(forWritingTo: ledger)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\(seven)\n\(eight)".utf8))
        try handle.close()
        let store = try van.open()
        #expect(store.retiredNumbers == 0)
        #expect(try await issue(van, store, 2, from: 20) == [8, 9])
        #expect(try await store.check().problems == [])
    }

    @Test("that a transaction noted and the disk then refused are passed over, and not counted as left")
    func passedOver() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 3))
        try store.ledger?.note(try TicketNumber(serial: 1))
        #expect(try await store.numbersLeft() == 2)
        #expect(try await issue(van, store, 2, from: 0) == [2, 3])
        #expect(try await store.numbersLeft() == 0)
    }

    @Test("are free again when what they were taken for is refused")
    func refused() async throws {
        struct Refusal: Error {}
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 50))
        let read = try await van.recordAlert(store)
        await #expect(throws: PatrolStoreError.self) {
            try await store.issueTicket(for: read, deciding: van.decision(read, .accepted), at: van.start) { _ in
                throw Refusal()
            }
        }
        #expect(try await van.issue(store, read).number.serial == 1)
    }
}
