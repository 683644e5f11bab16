// The five lists that a read is matched against, as values. Columns of their CSV files: Fixtures/demo/lists.
package import struct Foundation.Date

/// Where a record came from; also the name of its CSV import and of its stream from the server.
package enum Feed: String, Hashable, Sendable, Codable, CaseIterable {
    case permits, sessions, exemptions, scofflaws, watchlist
}

/// A span of time, from included, to excluded.
package struct TimeWindow: Hashable, Sendable, Codable {
    package let from: Date
    package let to: Date
    /// - Throws: `ListError` unless `from` is before `to`.
    package init(from: Date, to: Date) throws(ListError) {
        guard from < to else { throw ListError(message: "the end of the time window is not after its start") }
        self.from = from
        self.to = to
    }
    package func contains(_ time: Date) -> Bool { from <= time && time < to }
}

package struct ListError: Error, CustomStringConvertible {
    package let message: String
    package init(message: String) { self.message = message }
    package var description: String { message }
}

/// A right to park bought or granted for some time, by plate.
package struct Permit: Hashable, Sendable, Codable {
    /// Record's key at its source; one permit of several plates is one record a plate with the same `permit`.
    package let permit: String
    package let plate: Plate
    package let kind: PermitKind
    /// Empty: every zone that honours the kind.
    package let zones: [ZoneID]
    package let validity: TimeWindow
    /// How many vehicles may stand by the permit at the same time, 1 or more; nil: as many as share it.
    package let vehiclesAtOnce: Int?

    package init(
        permit: String,
        plate: Plate,
        kind: PermitKind,
        zones: [ZoneID],
        validity: TimeWindow,
        vehiclesAtOnce: Int? = nil
    ) {
        self.permit = permit
        self.plate = plate
        self.kind = kind
        self.zones = zones
        self.validity = validity
        self.vehiclesAtOnce = vehiclesAtOnce
    }
}

package enum PermitKind: String, Hashable, Sendable, Codable, CaseIterable {
    case residential, commercial, accessible, event
}

/// A pay-by-plate parking session.
package struct ParkingSession: Hashable, Sendable, Codable {
    package let session: String
    package let plate: Plate
    package let zone: ZoneID
    package let validity: TimeWindow

    package init(session: String, plate: Plate, zone: ZoneID, validity: TimeWindow) {
        self.session = session
        self.plate = plate
        self.zone = zone
        self.validity = validity
    }
}

/// A vehicle that is never ticketed while the window lasts.
package struct Exemption: Hashable, Sendable, Codable {
    package let exemption: String
    package let plate: Plate
    package let kind: ExemptionKind
    package let validity: TimeWindow

    package init(exemption: String, plate: Plate, kind: ExemptionKind, validity: TimeWindow) {
        self.exemption = exemption
        self.plate = plate
        self.kind = kind
        self.validity = validity
    }
}

package enum ExemptionKind: String, Hashable, Sendable, Codable, CaseIterable {
    case municipal, officer, emergency
}

/// A vehicle with enough unpaid tickets to be booted or towed.
package struct Scofflaw: Hashable, Sendable, Codable {
    package let plate: Plate
    package let unpaidTickets: Int
    package let unpaidCents: Int
    package let eligibleFor: ScofflawAction

    package init(plate: Plate, unpaidTickets: Int, unpaidCents: Int, eligibleFor: ScofflawAction) {
        self.plate = plate
        self.unpaidTickets = unpaidTickets
        self.unpaidCents = unpaidCents
        self.eligibleFor = eligibleFor
    }
}

package enum ScofflawAction: String, Hashable, Sendable, Codable, CaseIterable {
    case boot, tow
}

/// A vehicle that security wants to hear of; seen by the officer, never ticketed for it.
package struct WatchlistEntry: Hashable, Sendable, Codable {
    package let entry: String
    package let plate: Plate
    package let reason: String

    package init(entry: String, plate: Plate, reason: String) {
        self.entry = entry
        self.plate = plate
        self.reason = reason
    }
}

/// One record of any list.
package enum ListRecord: Hashable, Sendable {
    case permit(Permit)
    case session(ParkingSession)
    case exemption(Exemption)
    case scofflaw(Scofflaw)
    case watchlist(WatchlistEntry)

    package var plate: Plate {
        switch self {
        case .permit(let record): record.plate
        case .session(let record): record.plate
        case .exemption(let record): record.plate
        case .scofflaw(let record): record.plate
        case .watchlist(let record): record.plate
        }
    }

    package var feed: Feed {
        switch self {
        case .permit: .permits
        case .session: .sessions
        case .exemption: .exemptions
        case .scofflaw: .scofflaws
        case .watchlist: .watchlist
        }
    }

    /// Unique within its feed.
    package var key: String {
        switch self {
        case .permit(let record): "\(record.permit)/\(record.plate)"
        case .session(let record): record.session
        case .exemption(let record): "\(record.exemption)/\(record.plate)"
        case .scofflaw(let record): record.plate.text
        case .watchlist(let record): record.entry
        }
    }
}

/// How current a feed is: an alert always says so.
package struct FeedState: Hashable, Sendable, Codable {
    package let feed: Feed
    /// When the vehicle last knew the feed to be complete; nil: never.
    package let asOf: Date?
    package let records: Int

    package init(feed: Feed, asOf: Date?, records: Int) {
        self.feed = feed
        self.asOf = asOf
        self.records = records
    }
}

/// On the wire an object whose `feed` says which record it is and whose `value` holds it.
extension ListRecord: Codable {
    private enum CodingKeys: String, CodingKey { case feed, value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Feed.self, forKey: .feed) {
        case .permits: self = .permit(try container.decode(Permit.self, forKey: .value))
        case .sessions: self = .session(try container.decode(ParkingSession.self, forKey: .value))
        case .exemptions: self = .exemption(try container.decode(Exemption.self, forKey: .value))
        case .scofflaws: self = .scofflaw(try container.decode(Scofflaw.self, forKey: .value))
        case .watchlist: self = .watchlist(try container.decode(WatchlistEntry.self, forKey: .value))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(feed, forKey: .feed)
        switch self {
        case .permit(let value): try container.encode(value, forKey: .value)
        case .session(let value): try container.encode(value, forKey: .value)
        case .exemption(let value): try container.encode(value, forKey: .value)
        case .scofflaw(let value): try container.encode(value, forKey: .value)
        case .watchlist(let value): try container.encode(value, forKey: .value)
        }
    }
}
