// What the vehicle's database says of the chain, as the verification asks for it: some rows at a time.
package import ParkingCore

/// A bundle as the database notes it.
package struct LedgerRow: Hashable, Sendable {
    package let point: ChainPoint
    package let fact: Fact

    package enum Fact: Hashable, Sendable {
        /// The bundle never became a fact.
        case none
        case there(id: UUIDv7, json: String)
        /// The row that the note points to is gone.
        case missing
    }

    package init(point: ChainPoint, fact: Fact) {
        self.point = point
        self.fact = fact
    }
}

package protocol EvidenceLedger: Sendable {
    /// Rows above `sequence` in order, at most `limit`.
    func rows(after sequence: Int64, limit: Int) throws -> [LedgerRow]
    /// Sequence of the first fact that should have a bundle and has none; nil: there is none such.
    func unsealedFact() throws -> Int64?
    /// Sequence of the first fact that was given out, and is neither there nor purged; nil: there is none such.
    func missingFact() throws -> Int64?
    /// How many facts from before the first signed one should have a bundle by their kind: they were kept before the
    /// vehicle signed anything, or put in since.
    func factsBeforeSigning() throws -> Int
    /// Whether the database has a fact of this identifier.
    func hasFact(_ id: UUIDv7) throws -> Bool
}

/// The database is there and cannot be read (further).
struct LedgerFailure: Error {
    let words: String
}

/// Tells what a database cannot answer apart from what does not hold.
struct GuardedLedger: EvidenceLedger {
    let ledger: any EvidenceLedger

    func rows(after sequence: Int64, limit: Int) throws -> [LedgerRow] {
        try attempt { try ledger.rows(after: sequence, limit: limit) }
    }
    func unsealedFact() throws -> Int64? { try attempt { try ledger.unsealedFact() } }
    func missingFact() throws -> Int64? { try attempt { try ledger.missingFact() } }
    func factsBeforeSigning() throws -> Int { try attempt { try ledger.factsBeforeSigning() } }
    func hasFact(_ id: UUIDv7) throws -> Bool { try attempt { try ledger.hasFact(id) } }

    private func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw LedgerFailure(words: "\(error)")
        }
    }
}

/// Walks through a ledger beside the chain, with few rows in memory.
struct LedgerWalk {
    private let ledger: any EvidenceLedger
    private var rows: ArraySlice<LedgerRow> = []
    private var last: Int64 = 0
    private static let page = 500

    init(_ ledger: any EvidenceLedger) { self.ledger = ledger }

    /// The next row, left in place.
    mutating func peek() throws -> LedgerRow? {
        if rows.isEmpty {
            rows = try ledger.rows(after: last, limit: LedgerWalk.page)[...]
            last = rows.last?.point.sequence ?? last
        }
        return rows.first
    }

    mutating func next() throws -> LedgerRow? {
        let row = try peek()
        if row != nil { rows.removeFirst() }
        return row
    }
}
