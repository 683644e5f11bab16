// The JSON form of a judgement, which the vehicle's database, the console and the server keep for years: an object
// with `kind` and named fields.
internal import struct Foundation.Date

extension Judgement: Codable {
    private enum CodingKeys: String, CodingKey { case kind, reason, reasons, alerts }
    private enum Kind: String, Codable { case clear, alert, secondLook }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .clear: self = .clear(try container.decode(ClearReason.self, forKey: .reason))
        case .alert: self = .alert(try container.decode([Alert].self, forKey: .alerts))
        case .secondLook:
            self = .secondLook(
                try container.decode([SecondLookReason].self, forKey: .reasons),
                alerts: try container.decode([Alert].self, forKey: .alerts)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .clear(let reason):
            try container.encode(Kind.clear, forKey: .kind)
            try container.encode(reason, forKey: .reason)
        case .alert(let alerts):
            try container.encode(Kind.alert, forKey: .kind)
            try container.encode(alerts, forKey: .alerts)
        case .secondLook(let reasons, let alerts):
            try container.encode(Kind.secondLook, forKey: .kind)
            try container.encode(reasons, forKey: .reasons)
            try container.encode(alerts, forKey: .alerts)
        }
    }
}

extension ClearReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, session, until, permit, permitKind, exemption, exemptionKind, minutes, read, at
    }
    private enum Kind: String, Codable { case session, permit, exemption, noRule, grace, repeated }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .session:
            self = .session(
                id: try container.decode(String.self, forKey: .session),
                until: try container.decode(Date.self, forKey: .until)
            )
        case .permit:
            self = .permit(
                id: try container.decode(String.self, forKey: .permit),
                kind: try container.decode(PermitKind.self, forKey: .permitKind)
            )
        case .exemption:
            self = .exemption(
                id: try container.decode(String.self, forKey: .exemption),
                kind: try container.decode(ExemptionKind.self, forKey: .exemptionKind)
            )
        case .noRule: self = .noRule
        case .grace:
            self = .grace(
                session: try container.decode(String.self, forKey: .session),
                minutes: try container.decode(Int.self, forKey: .minutes)
            )
        case .repeated:
            self = .repeated(
                read: try container.decode(UUIDv7.self, forKey: .read),
                at: try container.decode(Date.self, forKey: .at)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .session(let id, let until):
            try container.encode(Kind.session, forKey: .kind)
            try container.encode(id, forKey: .session)
            try container.encode(until, forKey: .until)
        case .permit(let id, let kind):
            try container.encode(Kind.permit, forKey: .kind)
            try container.encode(id, forKey: .permit)
            try container.encode(kind, forKey: .permitKind)
        case .exemption(let id, let kind):
            try container.encode(Kind.exemption, forKey: .kind)
            try container.encode(id, forKey: .exemption)
            try container.encode(kind, forKey: .exemptionKind)
        case .noRule:
            try container.encode(Kind.noRule, forKey: .kind)
        case .grace(let session, let minutes):
            try container.encode(Kind.grace, forKey: .kind)
            try container.encode(session, forKey: .session)
            try container.encode(minutes, forKey: .minutes)
        case .repeated(let read, let time):
            try container.encode(Kind.repeated, forKey: .kind)
            try container.encode(read, forKey: .read)
            try container.encode(time, forKey: .at)
        }
    }
}

extension Alert: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, zone, infraction, lastSessionEnded, unpaidTickets, unpaidCents, eligibleFor, entry, reason
    }
    private enum Kind: String, Codable { case noSession, noPermit, scofflaw, watchlist }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .noSession:
            self = .noSession(
                zone: try container.decode(ZoneID.self, forKey: .zone),
                infraction: try container.decode(String.self, forKey: .infraction),
                lastSessionEnded: try container.decodeIfPresent(Date.self, forKey: .lastSessionEnded)
            )
        case .noPermit:
            self = .noPermit(
                zone: try container.decode(ZoneID.self, forKey: .zone),
                infraction: try container.decode(String.self, forKey: .infraction)
            )
        case .scofflaw:
            self = .scofflaw(
                unpaidTickets: try container.decode(Int.self, forKey: .unpaidTickets),
                unpaidCents: try container.decode(Int.self, forKey: .unpaidCents),
                eligibleFor: try container.decode(ScofflawAction.self, forKey: .eligibleFor)
            )
        case .watchlist:
            self = .watchlist(
                entry: try container.decode(String.self, forKey: .entry),
                reason: try container.decode(String.self, forKey: .reason)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .noSession(let zone, let infraction, let lastSessionEnded):
            try container.encode(Kind.noSession, forKey: .kind)
            try container.encode(zone, forKey: .zone)
            try container.encode(infraction, forKey: .infraction)
            try container.encodeIfPresent(lastSessionEnded, forKey: .lastSessionEnded)
        case .noPermit(let zone, let infraction):
            try container.encode(Kind.noPermit, forKey: .kind)
            try container.encode(zone, forKey: .zone)
            try container.encode(infraction, forKey: .infraction)
        case .scofflaw(let unpaidTickets, let unpaidCents, let eligibleFor):
            try container.encode(Kind.scofflaw, forKey: .kind)
            try container.encode(unpaidTickets, forKey: .unpaidTickets)
            try container.encode(unpaidCents, forKey: .unpaidCents)
            try container.encode(eligibleFor, forKey: .eligibleFor)
        case .watchlist(let entry, let reason):
            try container.encode(Kind.watchlist, forKey: .kind)
            try container.encode(entry, forKey: .entry)
            try container.encode(reason, forKey: .reason)
        }
    }
}

extension SecondLookReason: Codable {
    private enum CodingKeys: String, CodingKey { case kind, confidence, plate, feed, zone, errorMetres, ageSeconds }
    private enum Kind: String, Codable { case unsureRead, nearMatch, noFix, nearZoneEdge, staleFeed, clockUnknown }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .unsureRead:
            self = .unsureRead(confidence: try container.decode(Double.self, forKey: .confidence))
        case .nearMatch:
            self = .nearMatch(
                plate: try container.decode(String.self, forKey: .plate),
                feed: try container.decode(Feed.self, forKey: .feed)
            )
        case .noFix: self = .noFix
        case .nearZoneEdge:
            self = .nearZoneEdge(
                zone: try container.decode(ZoneID.self, forKey: .zone),
                errorMetres: try container.decode(Double.self, forKey: .errorMetres)
            )
        case .staleFeed:
            self = .staleFeed(
                try container.decode(Feed.self, forKey: .feed),
                ageSeconds: try container.decodeIfPresent(Double.self, forKey: .ageSeconds)
            )
        case .clockUnknown: self = .clockUnknown
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .unsureRead(let confidence):
            try container.encode(Kind.unsureRead, forKey: .kind)
            try container.encode(confidence, forKey: .confidence)
        case .nearMatch(let plate, let feed):
            try container.encode(Kind.nearMatch, forKey: .kind)
            try container.encode(plate, forKey: .plate)
            try container.encode(feed, forKey: .feed)
        case .noFix:
            try container.encode(Kind.noFix, forKey: .kind)
        case .nearZoneEdge(let zone, let errorMetres):
            try container.encode(Kind.nearZoneEdge, forKey: .kind)
            try container.encode(zone, forKey: .zone)
            try container.encode(errorMetres, forKey: .errorMetres)
        case .staleFeed(let feed, let ageSeconds):
            try container.encode(Kind.staleFeed, forKey: .kind)
            try container.encode(feed, forKey: .feed)
            try container.encodeIfPresent(ageSeconds, forKey: .ageSeconds)
        case .clockUnknown:
            try container.encode(Kind.clockUnknown, forKey: .kind)
        }
    }
}
