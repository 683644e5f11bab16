// The answer to one read, with its reasons as data.
package import struct Foundation.Date

package enum Judgement: Hashable, Sendable {
    /// Nothing to do; why.
    case clear(ClearReason)
    /// The officer decides; every alert kind that holds, gravest first.
    case alert([Alert])
    /// Looks like a violation but is not certain enough to be ticketed from the read alone.
    case secondLook([SecondLookReason], alerts: [Alert])
}

package enum ClearReason: Hashable, Sendable {
    case session(id: String, until: Date)
    case permit(id: String, kind: PermitKind)
    case exemption(id: String, kind: ExemptionKind)
    /// No zone contains the fix, or no rule holds at this hour.
    case noRule
    /// Read less than the grace period after its session ended.
    case grace(session: String, minutes: Int)
    /// The same was raised for this plate a short while ago, for that read.
    case repeated(read: UUIDv7, at: Date)
}

package enum Alert: Hashable, Sendable {
    /// No valid session in a pay-by-plate zone; `lastSession` ended before now, if there was one.
    case noSession(zone: ZoneID, infraction: String, lastSessionEnded: Date?)
    case noPermit(zone: ZoneID, infraction: String)
    case scofflaw(unpaidTickets: Int, unpaidCents: Int, eligibleFor: ScofflawAction)
    case watchlist(entry: String, reason: String)

    /// The infraction a ticket would name; nil for what is never ticketed.
    package var infraction: String? {
        switch self {
        case .noSession(_, let infraction, _), .noPermit(_, let infraction): infraction
        case .scofflaw, .watchlist: nil
        }
    }
}

package enum SecondLookReason: Hashable, Sendable {
    /// Confidence below what the city asks for.
    case unsureRead(confidence: Double)
    /// This plate, one misread away, has a right to park.
    case nearMatch(plate: String, feed: Feed)
    case noFix
    /// The fix's error reaches past the zone's edge.
    case nearZoneEdge(zone: ZoneID, errorMetres: Double)
    case staleFeed(Feed, ageSeconds: Double?)
    /// Neither time servers nor satellites vouch for the clock that the read's time came from.
    case clockUnknown
}
