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
    /// Where the fact stands in the vehicle's signed chain of evidence; nil: it has no place there (a clear read).
    package let bundle: BundleReference?

    package init(id: UUIDv7, sequence: Int64, recordedAt: Date, body: FactBody, bundle: BundleReference? = nil) {
        self.id = id
        self.sequence = sequence
        self.recordedAt = recordedAt
        self.body = body
        self.bundle = bundle
    }
}

/// A bundle of evidence by its number and hash: whoever keeps it will notice a chain that was cut or written anew.
package struct BundleReference: Hashable, Sendable, Codable {
    /// 1, 2, 3 ... per vehicle.
    package let sequence: Int64
    /// SHA-256 of the bundle's header, 64 lower-case hex digits.
    package let sha256: String

    package init(sequence: Int64, sha256: String) {
        self.sequence = sequence
        self.sha256 = sha256
    }
}

/// On the wire an object whose `kind` says which one it is and whose `value` holds it.
package enum FactBody: Hashable, Sendable {
    case read(ReadFact)
    case decision(DecisionFact)
    case ticket(TicketFact)
    case void(VoidFact)
    case reprint(ReprintFact)
    case correction(CorrectionFact)
    case shiftStart(ShiftStartFact)
    case shiftEnd(ShiftEndFact)
    case purge(PurgeFact)
    case erased(ErasedFact)

    package var kind: FactKind {
        switch self {
        case .read: .read
        case .decision: .decision
        case .ticket: .ticket
        case .void: .void
        case .reprint: .reprint
        case .correction: .correction
        case .shiftStart: .shiftStart
        case .shiftEnd: .shiftEnd
        case .purge: .purge
        case .erased: .erased
        }
    }
}

package enum FactKind: String, Sendable, Codable, CaseIterable {
    case read, decision, ticket, void, reprint, correction, shiftStart, shiftEnd, purge, erased
}

extension FactBody: Codable {
    private enum CodingKeys: String, CodingKey { case kind, value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(FactKind.self, forKey: .kind) {
        case .read: self = .read(try container.decode(ReadFact.self, forKey: .value))
        case .decision: self = .decision(try container.decode(DecisionFact.self, forKey: .value))
        case .ticket: self = .ticket(try container.decode(TicketFact.self, forKey: .value))
        case .void: self = .void(try container.decode(VoidFact.self, forKey: .value))
        case .reprint: self = .reprint(try container.decode(ReprintFact.self, forKey: .value))
        case .correction: self = .correction(try container.decode(CorrectionFact.self, forKey: .value))
        case .shiftStart: self = .shiftStart(try container.decode(ShiftStartFact.self, forKey: .value))
        case .shiftEnd: self = .shiftEnd(try container.decode(ShiftEndFact.self, forKey: .value))
        case .purge: self = .purge(try container.decode(PurgeFact.self, forKey: .value))
        case .erased: self = .erased(try container.decode(ErasedFact.self, forKey: .value))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .read(let value): try container.encode(value, forKey: .value)
        case .decision(let value): try container.encode(value, forKey: .value)
        case .ticket(let value): try container.encode(value, forKey: .value)
        case .void(let value): try container.encode(value, forKey: .value)
        case .reprint(let value): try container.encode(value, forKey: .value)
        case .correction(let value): try container.encode(value, forKey: .value)
        case .shiftStart(let value): try container.encode(value, forKey: .value)
        case .shiftEnd(let value): try container.encode(value, forKey: .value)
        case .purge(let value): try container.encode(value, forKey: .value)
        case .erased(let value): try container.encode(value, forKey: .value)
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
    /// The stays beyond a time limit that the judgement rests on, with their first passes; nil: it rests on none. The
    /// photos of the first passes stand in `photos` behind the read's own.
    package let chalk: [ChalkFinding]?

    package init(
        read: PlateRead,
        fix: Fix?,
        zone: ZoneID?,
        judgement: Judgement,
        feeds: [FeedState],
        photos: [PhotoReference],
        sameCar: SameCar? = nil,
        place: PlaceAnswer? = nil,
        chalk: [ChalkFinding]? = nil
    ) {
        self.read = read
        self.fix = fix
        self.zone = zone
        self.judgement = judgement
        self.feeds = feeds
        self.photos = photos
        self.sameCar = sameCar
        self.place = place
        self.chalk = chalk
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
    package let read: UUIDv7
    package let verdict: OfficerVerdict
    /// Needed for a rejection.
    package let reason: String?
    package let officer: OfficerID

    package init(read: UUIDv7, verdict: OfficerVerdict, reason: String?, officer: OfficerID) {
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
    /// Of this upload, by growing sequence.
    package let setAside: [SetAsideFact]

    package init(acknowledged: Int64, missingPhotos: [String], setAside: [SetAsideFact] = []) {
        self.acknowledged = acknowledged
        self.missingPhotos = missingPhotos
        self.setAside = setAside
    }
}

/// A fact that the server keeps word for word, and that counts for nothing there until a clerk has looked into it.
package struct SetAsideFact: Hashable, Sendable, Codable {
    package let sequence: Int64
    /// A sentence that says what is wrong with the fact; it holds no plate.
    package let reason: String

    package init(sequence: Int64, reason: String) {
        self.sequence = sequence
        self.reason = reason
    }
}
