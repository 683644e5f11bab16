// Blocks of ticket serials: leased by the server or given by hand, used up one by one, never twice.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

extension PatrolStore {
    /// Takes a block of serials for later tickets; the same block again changes nothing. Serials of it that the ledger
    /// has are used already: a request from an older copy of the database was answered before.
    /// - Parameter request: the request that it answers, which is then no longer pending.
    /// - Throws: `PatrolStoreError.badNumberBlock` for an empty, absurd or overlapping block.
    package func addNumberBlock(_ block: NumberBlock, request: UUIDv7? = nil) async throws {
        _ = try requireVehicle()
        let ledger = ledger
        try await write { db in
            guard block.first <= block.last, TicketNumber.serials.contains(block.first),
                TicketNumber.serials.contains(block.last)
            else {
                throw PatrolStoreError.badNumberBlock(
                    detail: "\(block.first) to \(block.last) is no run within 1 to 9999999"
                )
            }
            let overlapping = try Row.fetchAll(
                db,
                sql: "SELECT first, last FROM number_block WHERE first <= ? AND last >= ?",
                arguments: [block.last, block.first]
            )
            if let known = overlapping.first {
                let first: Int = known["first"]
                let last: Int = known["last"]
                guard overlapping.count == 1, first == block.first, last == block.last else {
                    throw PatrolStoreError.badNumberBlock(
                        detail: "\(block.first) to \(block.last) overlaps \(first) to \(last), which is here already"
                    )
                }
            } else {
                let used = ledger?.highest(in: block.first...block.last)
                try db.execute(
                    sql: "INSERT INTO number_block (first, last, next) VALUES (?, ?, ?)",
                    arguments: [block.first, block.last, used.map { $0 + 1 } ?? block.first]
                )
            }
            if let request, try Setting.blockRequest.text(db)?.hasPrefix(request.description) == true {
                try Setting.blockRequest.remove(db)
            }
        }
    }

    /// The request for numbers that waits for its answer, or a new one, kept so that asking again gets the same block.
    package func pendingBlockRequest(size: Int, at time: Date) async throws -> NumberBlockRequest {
        let vehicle = try requireVehicle()
        let ledger = ledger
        return try await write { db in
            let leased = try Int.fetchOne(db, sql: "SELECT max(last) FROM number_block")
            let highest = [leased, ledger?.highest(in: TicketNumber.serials)].compactMap { $0 }.max()
            if let text = try Setting.blockRequest.text(db) {
                let parts = text.split(separator: " ")
                if parts.count == 2, let known = Int(parts[1]) {
                    let request = try UUIDv7(String(parts[0]))
                    return NumberBlockRequest(vehicle: vehicle, request: request, size: known, highest: highest)
                }
            }
            let request = UUIDv7(at: time)
            try Setting.blockRequest.set("\(request) \(size)", db)
            return NumberBlockRequest(vehicle: vehicle, request: request, size: size, highest: highest)
        }
    }

    /// Serials that can still be given out; those that a refused transaction cost are none of them.
    package func numbersLeft() async throws -> Int {
        let ledger = ledger
        return try await read { db in
            let blocks = try Row.fetchAll(db, sql: "SELECT next, last FROM number_block WHERE next <= last")
            var left = 0
            for block in blocks {
                let (next, last): (Int, Int) = (block["next"], block["last"])
                left += last - next + 1 - (ledger?.count(in: next...last) ?? 0)
            }
            return left
        }
    }

    /// Gives up every serial that is left: nobody can tell any more which of them are used. Once for as far as the
    /// server has the facts: a refusal that is repeated must not use up one block after the other.
    package func retireNumbers(onceAt acknowledged: Int64) async throws {
        try await write { db in
            guard try Setting.retiredAt.text(db) != String(acknowledged) else { return }
            try PatrolStore.retireNumbers(db)
            try Setting.retiredAt.set(String(acknowledged), db)
        }
    }

    /// Goes on after the facts that the server has, where this database is an older copy that never knew the last ones:
    /// their sequences count as erased here, and numbers that are left may stand on tickets among them.
    /// - Returns: how many there are; 0: the database knows as many facts as the server, or more.
    package func adopt(through sequence: Int64) async throws -> Int64 {
        _ = try requireVehicle()
        return try await write { db in
            let last = try PatrolStore.lastSequence(db)
            // What is recorded and not sent must be compared first.
            guard sequence > last, try Setting.acknowledged.number(db) == last else { return 0 }
            try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'fact'")
            try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('fact', ?)", arguments: [sequence])
            try PatrolStore.noteErased(run: last + 1, sequence, db)
            try Setting.acknowledged.set(String(sequence), db)
            try PatrolStore.retireNumbers(db)
            return sequence - last
        }
    }

    // MARK: Within a transaction

    /// Brings the blocks up to the ledger when the store is opened.
    /// - Returns: how many serials were given up, because the ledger is not the one that the database knew.
    static func reconcile(_ ledger: NumberLedger, _ db: Database) throws -> Int {
        let known = try Setting.ledger.text(db)
        try ledger.noteAll(try Int.fetchAll(db, sql: "SELECT serial FROM ticket"))
        var retired = 0
        if let known, known != ledger.name {
            retired = try retireNumbers(db)
        } else if case .doubtful = ledger.finding {
            retired = try retireNumbers(db)
        } else {
            let blocks = try Row.fetchAll(db, sql: "SELECT first, last FROM number_block WHERE next <= last")
            for block in blocks {
                let (first, last): (Int, Int) = (block["first"], block["last"])
                guard let used = ledger.highest(in: first...last) else { continue }
                try db.execute(
                    sql: "UPDATE number_block SET next = max(next, ?) WHERE first = ?",
                    arguments: [used + 1, first]
                )
            }
        }
        if known != ledger.name { try Setting.ledger.set(ledger.name, db) }
        return retired
    }

    @discardableResult
    static func retireNumbers(_ db: Database) throws -> Int {
        let left = try Int.fetchOne(db, sql: "SELECT coalesce(sum(last - next + 1), 0) FROM number_block") ?? 0
        try db.execute(sql: "UPDATE number_block SET next = last + 1")
        try Setting.blockRequest.remove(db)
        return left
    }

    /// The next serial; the block is moved on, the ledger not yet.
    static func takeNumber(_ ledger: NumberLedger?, _ db: Database) throws -> TicketNumber {
        while true {
            guard
                let serial = try Int.fetchOne(
                    db,
                    sql: "SELECT next FROM number_block WHERE next <= last ORDER BY first LIMIT 1"
                )
            else { throw PatrolStoreError.noNumberLeft }
            try db.execute(
                sql: "UPDATE number_block SET next = next + 1 WHERE first <= ? AND last >= ?",
                arguments: [serial, serial]
            )
            // Noted by a transaction that the disk then refused: the number is lost, not used twice.
            if ledger?.contains(serial) != true { return try TicketNumber(serial: serial) }
        }
    }
}
