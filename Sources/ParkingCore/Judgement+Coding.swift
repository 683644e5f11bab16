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
        case kind, session, until, permit, permitKind, exemption, exemptionKind, minutes, read, at, from, rule, since
        case zone, limitMinutes, plate, feed
    }
    private enum Kind: String, Codable {
        case session, permit, exemption, noRule, grace, permitGrace, paidOnArrival, ruleJustBegan, withinLimit
        case nearMatch, repeated
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String { try container.decode(String.self, forKey: key) }
        func date(_ key: CodingKeys) throws -> Date { try container.decode(Date.self, forKey: key) }
        func number(_ key: CodingKeys) throws -> Int { try container.decode(Int.self, forKey: key) }
        switch try container.decode(Kind.self, forKey: .kind) {
        case .session: self = .session(id: try text(.session), until: try date(.until))
        case .permit:
            self = .permit(id: try text(.permit), kind: try container.decode(PermitKind.self, forKey: .permitKind))
        case .exemption:
            self = .exemption(
                id: try text(.exemption),
                kind: try container.decode(ExemptionKind.self, forKey: .exemptionKind)
            )
        case .noRule: self = .noRule
        case .grace: self = .grace(session: try text(.session), minutes: try number(.minutes))
        case .permitGrace: self = .permitGrace(permit: try text(.permit), minutes: try number(.minutes))
        case .paidOnArrival: self = .paidOnArrival(session: try text(.session), from: try date(.from))
        case .ruleJustBegan:
            self = .ruleJustBegan(rule: try container.decode(RuleID.self, forKey: .rule), since: try date(.since))
        case .withinLimit:
            self = .withinLimit(
                zone: try container.decode(ZoneID.self, forKey: .zone),
                limitMinutes: try number(.limitMinutes)
            )
        case .nearMatch:
            self = .nearMatch(plate: try text(.plate), feed: try container.decode(Feed.self, forKey: .feed))
        case .repeated:
            self = .repeated(read: try container.decode(UUIDv7.self, forKey: .read), at: try date(.at))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func kind(_ kind: Kind) throws { try container.encode(kind, forKey: .kind) }
        func put(_ value: some Encodable, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        switch self {
        case .session(let session, let until):
            try kind(.session)
            try put(session, .session)
            try put(until, .until)
        case .permit(let permit, let permitKind):
            try kind(.permit)
            try put(permit, .permit)
            try put(permitKind, .permitKind)
        case .exemption(let exemption, let exemptionKind):
            try kind(.exemption)
            try put(exemption, .exemption)
            try put(exemptionKind, .exemptionKind)
        case .noRule: try kind(.noRule)
        case .grace(let session, let minutes):
            try kind(.grace)
            try put(session, .session)
            try put(minutes, .minutes)
        case .permitGrace(let permit, let minutes):
            try kind(.permitGrace)
            try put(permit, .permit)
            try put(minutes, .minutes)
        case .paidOnArrival(let session, let from):
            try kind(.paidOnArrival)
            try put(session, .session)
            try put(from, .from)
        case .ruleJustBegan(let rule, let since):
            try kind(.ruleJustBegan)
            try put(rule, .rule)
            try put(since, .since)
        case .withinLimit(let zone, let limitMinutes):
            try kind(.withinLimit)
            try put(zone, .zone)
            try put(limitMinutes, .limitMinutes)
        case .nearMatch(let plate, let feed):
            try kind(.nearMatch)
            try put(plate, .plate)
            try put(feed, .feed)
        case .repeated(let read, let time):
            try kind(.repeated)
            try put(read, .read)
            try put(time, .at)
        }
    }
}
