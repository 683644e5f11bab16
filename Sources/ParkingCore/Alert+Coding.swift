// The JSON form of alerts and of what makes a second look: objects with `kind` and named fields, kept for years.
internal import struct Foundation.Date

extension Alert: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, zone, infraction, lastSessionEnded, firstRead, firstSeen, limitMinutes, rule, ban, permit, atOnce
        case others, unpaidTickets, unpaidCents, eligibleFor, entry, reason
    }
    private enum Kind: String, Codable {
        case noSession, noPermit, overtime, banned, sharedPermit, scofflaw, watchlist
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func take<Value: Decodable>(_ key: CodingKeys, as type: Value.Type = Value.self) throws -> Value {
            try container.decode(type, forKey: key)
        }
        switch try take(.kind, as: Kind.self) {
        case .noSession:
            self = .noSession(
                zone: try take(.zone),
                infraction: try take(.infraction),
                lastSessionEnded: try container.decodeIfPresent(Date.self, forKey: .lastSessionEnded)
            )
        case .noPermit: self = .noPermit(zone: try take(.zone), infraction: try take(.infraction))
        case .overtime:
            self = .overtime(
                zone: try take(.zone),
                infraction: try take(.infraction),
                firstRead: try take(.firstRead),
                firstSeen: try take(.firstSeen),
                limitMinutes: try take(.limitMinutes)
            )
        case .banned:
            self = .banned(
                zone: try take(.zone),
                infraction: try take(.infraction),
                rule: try take(.rule),
                ban: try take(.ban)
            )
        case .sharedPermit:
            self = .sharedPermit(
                zone: try take(.zone),
                infraction: try take(.infraction),
                permit: try take(.permit),
                atOnce: try take(.atOnce),
                others: try take(.others)
            )
        case .scofflaw:
            self = .scofflaw(
                unpaidTickets: try take(.unpaidTickets),
                unpaidCents: try take(.unpaidCents),
                eligibleFor: try take(.eligibleFor)
            )
        case .watchlist: self = .watchlist(entry: try take(.entry), reason: try take(.reason))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func put(_ value: some Encodable, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        func place(_ kind: Kind, _ zone: ZoneID, _ infraction: String) throws {
            try put(kind, .kind)
            try put(zone, .zone)
            try put(infraction, .infraction)
        }
        switch self {
        case .noSession(let zone, let infraction, let lastSessionEnded):
            try place(.noSession, zone, infraction)
            try container.encodeIfPresent(lastSessionEnded, forKey: .lastSessionEnded)
        case .noPermit(let zone, let infraction): try place(.noPermit, zone, infraction)
        case .overtime(let zone, let infraction, let firstRead, let firstSeen, let limitMinutes):
            try place(.overtime, zone, infraction)
            try put(firstRead, .firstRead)
            try put(firstSeen, .firstSeen)
            try put(limitMinutes, .limitMinutes)
        case .banned(let zone, let infraction, let rule, let ban):
            try place(.banned, zone, infraction)
            try put(rule, .rule)
            try put(ban, .ban)
        case .sharedPermit(let zone, let infraction, let permit, let atOnce, let others):
            try place(.sharedPermit, zone, infraction)
            try put(permit, .permit)
            try put(atOnce, .atOnce)
            try put(others, .others)
        case .scofflaw(let unpaidTickets, let unpaidCents, let eligibleFor):
            try put(Kind.scofflaw, .kind)
            try put(unpaidTickets, .unpaidTickets)
            try put(unpaidCents, .unpaidCents)
            try put(eligibleFor, .eligibleFor)
        case .watchlist(let entry, let reason):
            try put(Kind.watchlist, .kind)
            try put(entry, .entry)
            try put(reason, .reason)
        }
    }
}

extension SecondLookReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, confidence, plate, feed, zone, errorMetres, probability, ageSeconds, lastSeen, metres
    }
    private enum Kind: String, Codable {
        case unsureRead, nearMatch, noFix, nearZoneEdge, staleFeed, clockUnknown, mayHaveMoved, earlierPassDiffers
        case mayHaveLeft, otherUnsure, unusualPlate, mayBeCut, unknownZone, stoodElsewhere
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func take<Value: Decodable>(_ key: CodingKeys, as type: Value.Type = Value.self) throws -> Value {
            try container.decode(type, forKey: key)
        }
        switch try take(.kind, as: Kind.self) {
        case .unsureRead: self = .unsureRead(confidence: try take(.confidence))
        case .nearMatch: self = .nearMatch(plate: try take(.plate), feed: try take(.feed))
        case .noFix: self = .noFix
        case .nearZoneEdge:
            self = .nearZoneEdge(
                zone: try take(.zone),
                errorMetres: try take(.errorMetres),
                probability: try container.decodeIfPresent(Double.self, forKey: .probability)
            )
        case .staleFeed:
            self = .staleFeed(
                try take(.feed),
                ageSeconds: try container.decodeIfPresent(Double.self, forKey: .ageSeconds)
            )
        case .unknownZone: self = .unknownZone(feed: try take(.feed), zone: try take(.zone))
        case .clockUnknown: self = .clockUnknown
        case .stoodElsewhere: self = .stoodElsewhere(metres: try take(.metres))
        case .mayHaveMoved: self = .mayHaveMoved(probability: try take(.probability))
        case .earlierPassDiffers: self = .earlierPassDiffers(plate: try take(.plate))
        case .mayHaveLeft: self = .mayHaveLeft(plate: try take(.plate), lastSeen: try take(.lastSeen))
        case .otherUnsure: self = .otherUnsure(plate: try take(.plate), confidence: try take(.confidence))
        case .unusualPlate: self = .unusualPlate
        case .mayBeCut: self = .mayBeCut
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func kind(_ kind: Kind) throws { try container.encode(kind, forKey: .kind) }
        func put(_ value: some Encodable, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        switch self {
        case .unsureRead(let confidence):
            try kind(.unsureRead)
            try put(confidence, .confidence)
        case .nearMatch(let plate, let feed):
            try kind(.nearMatch)
            try put(plate, .plate)
            try put(feed, .feed)
        case .noFix: try kind(.noFix)
        case .nearZoneEdge(let zone, let errorMetres, let probability):
            try kind(.nearZoneEdge)
            try put(zone, .zone)
            try put(errorMetres, .errorMetres)
            try container.encodeIfPresent(probability, forKey: .probability)
        case .staleFeed(let feed, let ageSeconds):
            try kind(.staleFeed)
            try put(feed, .feed)
            try container.encodeIfPresent(ageSeconds, forKey: .ageSeconds)
        case .unknownZone(let feed, let zone):
            try kind(.unknownZone)
            try put(feed, .feed)
            try put(zone, .zone)
        case .clockUnknown: try kind(.clockUnknown)
        case .stoodElsewhere(let metres):
            try kind(.stoodElsewhere)
            try put(metres, .metres)
        case .mayHaveMoved(let probability):
            try kind(.mayHaveMoved)
            try put(probability, .probability)
        case .earlierPassDiffers(let plate):
            try kind(.earlierPassDiffers)
            try put(plate, .plate)
        case .mayHaveLeft(let plate, let lastSeen):
            try kind(.mayHaveLeft)
            try put(plate, .plate)
            try put(lastSeen, .lastSeen)
        case .otherUnsure(let plate, let confidence):
            try kind(.otherUnsure)
            try put(plate, .plate)
            try put(confidence, .confidence)
        case .unusualPlate: try kind(.unusualPlate)
        case .mayBeCut: try kind(.mayBeCut)
        }
    }
}
