// A patrol made of samples, for exercises that are cut at any instant: the database alone says which step is next.
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

/// Records one step at a time; the database alone says which one is next.
struct SamplePatrol: Sendable {
    let store: PatrolStore
    let folder: EvidenceFolder
    let vehicle: VehicleID

    /// - Returns: false when every pass has its ticket.
    func step(of passes: Int) async throws -> Bool {
        if let waiting = try await store.waitingAlerts().first {
            guard try await store.numbersLeft() > 0 else { return true }
            try await ticket(waiting)
            return true
        }
        let reads = try await store.readCount()
        guard reads < passes else { return false }
        try await record(pass: reads)
        return true
    }

    private func record(pass: Int) async throws {
        let now = Date()
        let zone = try ZoneID("M1")
        let stored = try [EvidencePhoto.Role.closeUp, .context].map { role in
            try folder.store(EvidencePhoto(role: role, jpeg: Self.picture(pass: pass, role: role)))
        }
        let plate = try Plate("SAMP\(pass % 10_000)")
        let reading = PlateReading(
            plate: plate,
            confidence: 0.99,
            characters: [],
            alternates: [],
            box: PixelBox(x: 10, y: 10, width: 120, height: 40),
            corners: []
        )
        let fact = ReadFact(
            read: PlateRead(id: UUIDv7(at: now), camera: try CameraID("right"), time: now, frames: 5, reading: reading),
            fix: nil,
            zone: zone,
            judgement: .alert([.noSession(zone: zone, infraction: "P-12", lastSessionEnded: nil)]),
            feeds: try await store.feedStates(),
            photos: stored.map {
                PhotoReference(
                    sha256: $0.sha256,
                    role: $0.role == .closeUp ? .closeUp : .context,
                    bytes: $0.bytes
                )
            }
        )
        _ = try await store.record(read: fact, at: now)
    }

    private func ticket(_ fact: ReadFact) async throws {
        let now = Date()
        let officer = try OfficerID("0000")
        let decision = DecisionFact(read: fact.read.id, verdict: .accepted, reason: nil, officer: officer)
        let zone = try ZoneID("M1")
        let vehicle = vehicle
        _ = try await store.issueTicket(for: fact.read.id, deciding: decision, at: now) { number in
            .sample(
                number,
                for: fact,
                zone: zone,
                vehicle: vehicle,
                officer: officer,
                at: now,
                photos: fact.photos.map(\.sha256)
            )
        }
    }

    /// Starts and ends as a JPEG file does; 20 to 60 KB that differ for each pass.
    private static func picture(pass: Int, role: EvidencePhoto.Role) -> [UInt8] {
        let size = 20_000 + pass * 7919 % 40_000
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ pass &* 17) }
        return [0xFF, 0xD8, 0xFF, 0xE0] + Array("\(role.rawValue) of pass \(pass)".utf8) + body + [0xFF, 0xD9]
    }
}

extension Ticket {
    /// What an exercise writes.
    static func sample(
        _ number: TicketNumber,
        for fact: ReadFact,
        zone: ZoneID,
        vehicle: VehicleID,
        officer: OfficerID,
        at time: Date,
        photos: [String]
    ) -> Ticket {
        Ticket(
            id: UUIDv7(at: time),
            number: number,
            read: fact.read.id,
            issuedAt: time,
            plate: fact.read.reading.plate,
            region: nil,
            vehicle: vehicle,
            officer: officer,
            zone: zone,
            place: "sample street",
            point: nil,
            infraction: Infraction(
                code: "P-12",
                section: "sample",
                title: LocalizedText(en: "sample", fr: "exemple"),
                fineCents: 4000,
                earlyPaymentCents: nil,
                earlyPaymentDays: nil
            ),
            photos: photos
        )
    }
}
