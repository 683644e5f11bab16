// What a vehicle records and sends up: each fact once, in the order of its sequence.
package import ParkingCore

package import struct Foundation.Date

/// Version of the wire types; a server answers 426 to one that it does not speak.
package let syncProtocolVersion = 1

/// One thing that happened on a vehicle. `id` and (vehicle, `sequence`) each name it for ever.
package struct RecordedFact: Hashable, Sendable, Codable, Identifiable {
    package let id: UUIDv7
    /// 1, 2, 3 ... without a gap, per vehicle.
    package let sequence: Int64
    package let recordedAt: Date
    package let body: FactBody

    package init(id: UUIDv7, sequence: Int64, recordedAt: Date, body: FactBody) {
        self.id = id
        self.sequence = sequence
        self.recordedAt = recordedAt
        self.body = body
    }
}

/// On the wire an object whose `kind` says which one it is and whose `value` holds it.
package enum FactBody: Hashable, Sendable {
    case read(ReadFact)
    case decision(DecisionFact)
    case ticket(TicketFact)

    package var kind: FactKind {
        switch self {
        case .read: .read
        case .decision: .decision
        case .ticket: .ticket
        }
    }
}

package enum FactKind: String, Sendable, Codable, CaseIterable {
    case read, decision, ticket
}

extension FactBody: Codable {
    private enum CodingKeys: String, CodingKey { case kind, value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(FactKind.self, forKey: .kind) {
        case .read: self = .read(try container.decode(ReadFact.self, forKey: .value))
        case .decision: self = .decision(try container.decode(DecisionFact.self, forKey: .value))
        case .ticket: self = .ticket(try container.decode(TicketFact.self, forKey: .value))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .read(let value): try container.encode(value, forKey: .value)
        case .decision(let value): try container.encode(value, forKey: .value)
        case .ticket(let value): try container.encode(value, forKey: .value)
        }
    }
}

/// A read with where it was, what the lists answered, and the judgement.
package struct ReadFact: Hashable, Sendable, Codable {
    package let read: PlateRead
    package let fix: Fix?
    package let zone: ZoneID?
    package let judgement: Judgement
    package let feeds: [FeedState]
    /// Evidence photos; empty for a read that is clear, unless it is the second sighting of a car that is not.
    package let photos: [PhotoReference]
    /// nil: the first read of its car.
    package let sameCar: SameCar?
    /// Street address by the municipality's map; nil: no map, no fix, or no street in reach.
    package let place: PlaceAnswer?

    package init(
        read: PlateRead,
        fix: Fix?,
        zone: ZoneID?,
        judgement: Judgement,
        feeds: [FeedState],
        photos: [PhotoReference],
        sameCar: SameCar? = nil,
        place: PlaceAnswer? = nil
    ) {
        self.read = read
        self.fix = fix
        self.zone = zone
        self.judgement = judgement
        self.feeds = feeds
        self.photos = photos
        self.sameCar = sameCar
        self.place = place
    }
}

/// An earlier read of the same car at the same moment: of the same pass, or by another camera.
package struct SameCar: Hashable, Sendable, Codable {
    package let read: UUIDv7
    /// The new read takes the earlier one's place: what that one raised waits no longer. Else it is one more sighting.
    package let isReplaced: Bool

    package init(read: UUIDv7, isReplaced: Bool) {
        self.read = read
        self.isReplaced = isReplaced
    }
}

/// A photo by its content; the bytes travel apart.
package struct PhotoReference: Hashable, Sendable, Codable {
    package enum Role: String, Sendable, Codable { case closeUp, context }
    /// SHA-256 of the JPEG file, 64 lower-case hex digits.
    package let sha256: String
    package let role: Role
    package let bytes: Int

    package init(sha256: String, role: Role, bytes: Int) {
        self.sha256 = sha256
        self.role = role
        self.bytes = bytes
    }
}

/// What the officer decided on an alert, or on a second look.
package struct DecisionFact: Hashable, Sendable, Codable {
    package enum Verdict: String, Sendable, Codable { case accepted, rejected }
    package let read: UUIDv7
    package let verdict: Verdict
    /// Needed for a rejection.
    package let reason: String?
    package let officer: OfficerID

    package init(read: UUIDv7, verdict: Verdict, reason: String?, officer: OfficerID) {
        self.read = read
        self.verdict = verdict
        self.reason = reason
        self.officer = officer
    }
}

package struct TicketFact: Hashable, Sendable, Codable {
    package let ticket: Ticket
    package init(ticket: Ticket) { self.ticket = ticket }
}

/// POST /sync/v1/facts
package struct FactsUpload: Hashable, Sendable, Codable {
    package let version: Int
    package let vehicle: VehicleID
    /// At most `limit`, by growing sequence.
    package let facts: [RecordedFact]
    package static let limit = 200

    package init(vehicle: VehicleID, facts: [RecordedFact]) {
        version = syncProtocolVersion
        self.vehicle = vehicle
        self.facts = facts
    }
}

/// The answer: everything up to `acknowledged` is committed at the server; these photos it does not have yet.
package struct FactsReceipt: Hashable, Sendable, Codable {
    package let acknowledged: Int64
    package let missingPhotos: [String]

    package init(acknowledged: Int64, missingPhotos: [String]) {
        self.acknowledged = acknowledged
        self.missingPhotos = missingPhotos
    }
}
