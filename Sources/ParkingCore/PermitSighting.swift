// Vehicles of one shared permit: where and when each was seen parked by it.
package import struct Foundation.Date

/// One read of a vehicle that stood by a permit.
package struct PermitSighting: Hashable, Sendable {
    package let permit: String
    package let plate: Plate
    package let read: UUIDv7
    package let time: Date
    package let point: GeoPoint?
    /// Of the read.
    package let confidence: Double

    package init(permit: String, plate: Plate, read: UUIDv7, time: Date, point: GeoPoint?, confidence: Double) {
        self.permit = permit
        self.plate = plate
        self.read = read
        self.time = time
        self.point = point
        self.confidence = confidence
    }
}

extension PermitUse {
    /// One use a permit and plate, from its first sighting to its last.
    package static func uses(of sightings: [PermitSighting]) -> [PermitUse] {
        Dictionary(grouping: sightings) { [$0.permit, $0.plate.text] }.values.compactMap { group in
            let ordered = group.sorted { $0.time < $1.time }
            guard let first = ordered.first, let last = ordered.last else { return nil }
            return PermitUse(
                permit: last.permit,
                plate: last.plate,
                read: last.read,
                firstSeen: first.time,
                lastSeen: last.time,
                point: last.point,
                confidence: group.map(\.confidence).max()
            )
        }.sorted { ($0.firstSeen, $0.plate) < ($1.firstSeen, $1.plate) }
    }
}

extension Judgement {
    /// The permit by which the vehicle stood there, or tried to; nil: by none.
    package var permitInUse: String? {
        if case .clear(.permit(let id, _)) = self { return id }
        for case .sharedPermit(_, _, let permit, _, _) in alerts { return permit }
        return nil
    }
}

extension [ListRecord] {
    /// Permits of the plate that limit how many of their vehicles may stand at once.
    package func sharedPermits(of plate: Plate) -> [String] {
        compactMap { record in
            guard case .permit(let permit) = record, permit.plate == plate, permit.vehiclesAtOnce != nil else {
                return nil
            }
            return permit.permit
        }
    }
}
