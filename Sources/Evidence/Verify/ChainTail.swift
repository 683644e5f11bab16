// The newest transaction of the chain as far as it was walked: what a power cut may have kept from the database.
//
// All bundles of a transaction are made with one reading of the clock, and only the first of one can withdraw others. A
// recording has no running clock; there the time of the facts stands for it, and two transactions of one instant
// cannot be told apart.
internal import ParkingCore

struct ChainTail {
    /// The newest transaction's first bundle.
    private(set) var first: Int64 = 0
    /// The first bundle that the database did not know when that transaction began.
    private var earliest: Int64 = 0
    private var last: ChainHeader?
    /// The newest tickets that were signed.
    private var tickets: [(bundle: Int64, number: String)] = []

    private static let mostTickets = 200

    mutating func take(_ header: ChainHeader, record: CanonicalJSON?) {
        if !isSameTransaction(header) {
            first = header.sequence
            earliest = header.withdraws ?? header.sequence
        }
        last = header
        guard header.kind == "ticket" else { return }
        if tickets.count >= ChainTail.mostTickets { tickets.removeFirst(ChainTail.mostTickets / 2) }
        tickets.append((header.sequence, record?["fact"]?["value"]?["ticket"]?["number"]?.text ?? "unknown"))
    }

    /// Whether a cut before a commit explains that the database knows nothing from this bundle on: all of the newest
    /// transaction, with those that it had found cut off itself.
    func isCut(from sequence: Int64) -> Bool {
        last?.clock.uptimeSeconds == nil ? sequence >= earliest : sequence == earliest
    }

    /// Whether a bundle is made by the same run of the program: nobody can put another database in place meanwhile.
    func isSameRun(_ header: ChainHeader) -> Bool { last?.clock.run == header.clock.run }

    /// Numbers of the tickets that bundles from this one on issue.
    func tickets(from sequence: Int64) -> [String] { tickets.filter { $0.bundle >= sequence }.map(\.number) }

    private func isSameTransaction(_ header: ChainHeader) -> Bool {
        guard let last, header.withdraws == nil, last.clock == header.clock else { return false }
        return header.clock.uptimeSeconds != nil || last.time == header.time
    }
}
