// What a system did over a day, counted.

/// Why an alert was raised on a vehicle that had the right to stand there.
package enum Cause: String, Sendable, Codable, CaseIterable {
    /// What was read is no plate.
    case ghost
    /// One character or more was read wrongly.
    case misread
    /// Only O for 0 or I for 1, which no reader can see.
    case alike
    /// Something stood before a part of the plate.
    case covered
    /// The position was taken for another zone's.
    case position
    /// Another car, or the same one after it had left, was taken for one that stayed.
    case chalk
    /// The driver typed the plate wrongly by a slip that shows.
    case typed
    /// The driver paid for another vehicle's plate.
    case typedOther
    /// The server had the payment, the vehicle did not.
    case staleList
    /// The payment had not reached the server.
    case latePayment
    /// The signs were read wrongly.
    case byLaw

    /// Neither the town's own data, once synced, nor the photo would have shown the right.
    package var isNobodysFault: Bool { self == .latePayment || self == .typedOther }
}

package struct Tally: Sendable, Codable {
    package var reads = 0
    package var alerts = 0
    package var wrongAlerts = 0
    package var secondLooks = 0
    package var tickets = 0
    /// On a vehicle that had the right to stand there; all, and those that are nobody's fault.
    package var wrongTickets = 0
    package var wrongTicketsNobodysFault = 0
    /// The vehicle was in violation, but the ticket names another plate.
    package var wrongPlates = 0
    package var wrongPlatesByCause: [String: Int] = [:]
    /// Alerts taken back by the question just before the ticket.
    package var withdrawn = 0
    /// True violations that were passed by; of these alerted, and found by a second look alone.
    package var violations = 0
    package var alerted = 0
    package var secondLooked = 0
    package var wrongAlertsByCause: [String: Int] = [:]
    package var wrongTicketsByCause: [String: Int] = [:]
    package var secondLooksByReason: [String: Int] = [:]
    package var missedByReason: [String: Int] = [:]

    package init() {}

    package var missed: Int { violations - alerted - secondLooked }
    package var wrongTicketsOurFault: Int { wrongTickets - wrongTicketsNobodysFault }

    package static func += (sum: inout Tally, other: Tally) {
        for path in counters { sum[keyPath: path] += other[keyPath: path] }
        for path in tables { sum[keyPath: path].merge(other[keyPath: path], uniquingKeysWith: +) }
    }

    private static var counters: [WritableKeyPath<Tally, Int>] {
        [
            \.reads, \.alerts, \.wrongAlerts, \.secondLooks, \.tickets, \.wrongTickets, \.wrongTicketsNobodysFault,
            \.wrongPlates, \.withdrawn, \.violations, \.alerted, \.secondLooked,
        ]
    }

    private static var tables: [WritableKeyPath<Tally, [String: Int]>] {
        [
            \.wrongAlertsByCause, \.wrongTicketsByCause, \.wrongPlatesByCause, \.secondLooksByReason, \.missedByReason,
        ]
    }
}
