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
