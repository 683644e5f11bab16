// The answer to one read, with its reasons as data.
package import struct Foundation.Date

package enum Judgement: Hashable, Sendable {
    /// Nothing to do; why.
    case clear(ClearReason)
    /// The officer decides; every alert kind that holds, gravest first.
    case alert([Alert])
    /// Looks like a violation but is not certain enough to be ticketed from the read alone.
    case secondLook([SecondLookReason], alerts: [Alert])

    /// The read with a hit of whose car a clear one is only another sighting.
    package var repeats: UUIDv7? {
        if case .clear(.repeated(let read, _)) = self { read } else { nil }
    }

    /// The first pass of a car that stood too long.
    package var restsOn: UUIDv7? {
        for case .overtime(_, _, let first, _, _) in alerts { return first }
        return nil
    }
}

package enum ClearReason: Hashable, Sendable {
    case session(id: String, until: Date)
    case permit(id: String, kind: PermitKind)
    case exemption(id: String, kind: ExemptionKind)
    /// No zone contains the fix, or no rule holds at this hour.
    case noRule
    /// Read less than the grace period after its session ended.
    case grace(session: String, minutes: Int)
    /// Read less than the grace period after its permit ended.
    case permitGrace(permit: String, minutes: Int)
    /// Paid soon after the read: the driver was on the way to the meter.
    case paidOnArrival(session: String, from: Date)
    /// The rule has held for less than its grace period.
    case ruleJustBegan(rule: RuleID, since: Date)
    /// Not seen there for longer than the limit.
    case withinLimit(zone: ZoneID, limitMinutes: Int)
    /// The read is not sure, and this plate, which it could well mean, has a right to park.
    case nearMatch(plate: String, feed: Feed)
    /// The same was raised for this plate a short while ago, for that read.
    case repeated(read: UUIDv7, at: Date)
}

extension ClearReason {
    /// Whether a list gives a right to park, rather than the place or the hour none to forbid it.
    package var isRight: Bool {
        switch self {
        case .session, .permit, .exemption, .grace, .permitGrace, .paidOnArrival, .nearMatch: true
        case .noRule, .ruleJustBegan, .withinLimit, .repeated: false
        }
    }
}

package enum Alert: Hashable, Sendable {
    /// No valid session in a pay-by-plate zone; `lastSession` ended before now, if there was one.
    case noSession(zone: ZoneID, infraction: String, lastSessionEnded: Date?)
    case noPermit(zone: ZoneID, infraction: String)
    /// Stayed longer than the zone allows, counted from the first pass.
    case overtime(zone: ZoneID, infraction: String, firstRead: UUIDv7, firstSeen: Date, limitMinutes: Int)
    /// Parked or stopped where nobody may at this hour.
    case banned(zone: ZoneID, infraction: String, rule: RuleID, ban: Ban)
    /// The permit is in use by as many other vehicles as it allows at once.
    case sharedPermit(zone: ZoneID, infraction: String, permit: String, atOnce: Int, others: [PermitUse])
    case scofflaw(unpaidTickets: Int, unpaidCents: Int, eligibleFor: ScofflawAction)
    case watchlist(entry: String, reason: String)

    /// The infraction a ticket would name; nil for what is never ticketed.
    package var infraction: String? {
        switch self {
        case .noSession(_, let infraction, _), .noPermit(_, let infraction), .overtime(_, let infraction, _, _, _),
            .banned(_, let infraction, _, _), .sharedPermit(_, let infraction, _, _, _):
            infraction
        case .scofflaw, .watchlist: nil
        }
    }

    /// The zone whose rule is broken; nil for what holds everywhere.
    package var zone: ZoneID? {
        switch self {
        case .noSession(let zone, _, _), .noPermit(let zone, _), .overtime(let zone, _, _, _, _),
            .banned(let zone, _, _, _), .sharedPermit(let zone, _, _, _, _):
            zone
        case .scofflaw, .watchlist: nil
        }
    }
}

/// One vehicle of a shared permit, seen parked by it.
package struct PermitUse: Hashable, Sendable, Codable {
    package let permit: String
    package let plate: Plate
    /// The last read of it.
    package let read: UUIDv7
    package let firstSeen: Date
    package let lastSeen: Date
    /// Where the patrol was at the last read; nil: not known.
    package let point: GeoPoint?
    /// Of its surest read; nil: not kept by the version that wrote it.
    package let confidence: Double?

    package init(
        permit: String,
        plate: Plate,
        read: UUIDv7,
        firstSeen: Date,
        lastSeen: Date,
        point: GeoPoint?,
        confidence: Double?
    ) {
        self.permit = permit
        self.plate = plate
        self.read = read
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.point = point
        self.confidence = confidence
    }
}

package enum SecondLookReason: Hashable, Sendable {
    /// Confidence below what the city asks for.
    case unsureRead(confidence: Double)
    /// The text fits no series of plates that is common here: chosen by its owner, from far away, or misread.
    case unusualPlate
    /// A longer plate of a series that is common here reads so where its first or last character does not show.
    case mayBeCut
    /// This plate, one misread away, has a right to park.
    case nearMatch(plate: String, feed: Feed)
    case noFix
    /// The fix's error reaches past the zone's edge; `probability` is that of the alert's rule holding where the car
    /// stands, nil where an older version did not say.
    case nearZoneEdge(zone: ZoneID, errorMetres: Double, probability: Double?)
    case staleFeed(Feed, ageSeconds: Double?)
    /// A record of the plate names a zone that the city does not have: by another spelling it may be this one.
    case unknownZone(feed: Feed, zone: ZoneID)
    /// Neither time servers nor satellites vouch for the clock that the read's time came from.
    case clockUnknown
    /// The car may have left and come back; `probability` is that of its having stayed.
    case mayHaveMoved(probability: Double)
    /// At an earlier pass it stood so far away, where the limit holds too: another car may have a plate much like it.
    case stoodElsewhere(metres: Double)
    /// The earlier pass read another text, which may be the same plate.
    case earlierPassDiffers(plate: String)
    /// The other vehicle of the shared permit may have left since it was seen.
    case mayHaveLeft(plate: String, lastSeen: Date)
    /// The other vehicle of the shared permit was read without certainty, or its text fits no series of the city's plates
    /// or may be a longer one's: another car may have been taken for it. Or both were read side by side.
    case otherUnsure(plate: String, confidence: Double)

    /// Whether what the lists say, and nothing about plate, place or clock, gives the doubt.
    var isOfLists: Bool {
        switch self {
        case .nearMatch, .staleFeed, .unknownZone: true
        case .unsureRead, .unusualPlate, .mayBeCut, .noFix, .nearZoneEdge, .clockUnknown, .mayHaveMoved,
            .stoodElsewhere, .earlierPassDiffers, .mayHaveLeft, .otherUnsure:
            false
        }
    }
}

extension Judgement {
    package var isClear: Bool { if case .clear = self { true } else { false } }
}

/// What a judgement rests on, as data: for the evidence, and for the clerk who has to explain it.
package struct JudgementGrounds: Hashable, Sendable, Codable {
    /// Zones that the position may lie in, most probable first; empty: no position.
    package let zones: [ZoneChance]
    /// Every rule of these zones, in force or not, and what it means for the plate.
    package let rules: [RuleFinding]
    /// Each list with its age at the read.
    package let feeds: [FeedAge]
    /// How many plates were looked up besides the one read.
    package let candidates: Int
    /// Those of them that have a right where the car stands.
    package let nearMatches: [NearMatch]
}

package struct RuleFinding: Hashable, Sendable, Codable {
    package let zone: ZoneID
    package let rule: RuleID
    package let isInForce: Bool
    /// Why it holds or does not.
    package let reasons: [RuleReason]
    /// Why the plate may stand there by this rule; nil: it may not, or the rule does not hold.
    package let right: ClearReason?
    /// nil: not broken, or the rule does not hold.
    package let violation: Alert?
    /// What the violation alone leaves in doubt.
    package let doubts: [SecondLookReason]
}

package struct FeedAge: Hashable, Sendable, Codable {
    package let feed: Feed
    /// Before the read; nil: never loaded.
    package let ageSeconds: Double?
    package let records: Int
}

package struct NearMatch: Hashable, Sendable, Codable {
    package let candidate: Candidate
    package let feed: Feed
}
