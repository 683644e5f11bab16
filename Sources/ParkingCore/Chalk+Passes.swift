// Passes of a place at which a chalked car was not read: what else was read there tells that the patrol came by.
package import Foundation

/// One text read at a time and place, of whatever car.
package struct ChalkSighting: Hashable, Sendable {
    package let plate: Plate
    package let time: Date
    /// Where the patrol was.
    package let point: GeoPoint

    package init(plate: Plate, time: Date, point: GeoPoint) {
        self.plate = plate
        self.time = time
        self.point = point
    }

    /// What is read this near to each other is read in passing the same place.
    package static let passMetres = 30.0
    /// What is read this near in time belongs to one pass.
    package static let passSeconds = 120.0
}

/// When the patrol passed the place of a new mark, between the car's earlier marks, without reading any text of theirs.
/// - Parameters:
///   - sightings: what was read near the place since the oldest mark, in any order.
///   - marks: earlier marks of the plates that the car may have.
package func unseenPasses(_ sightings: [ChalkSighting], marks: [ChalkMark], new: ChalkMark) -> [Date] {
    guard let point = new.fix?.point, let oldest = marks.map(\.time).min() else { return [] }
    let own = Set(marks.map(\.plate)).union([new.plate])
    let seen = marks.map(\.time) + [new.time]
    let passes = sightings.filter { sighting in
        sighting.time > oldest && sighting.time < new.time && !own.contains(sighting.plate)
            && sighting.point.distanceMetres(to: point) < ChalkSighting.passMetres
    }
    var told: [Date] = []
    for pass in passes.map(\.time).sorted() {
        func isNear(_ time: Date) -> Bool { abs(time.timeIntervalSince(pass)) < ChalkSighting.passSeconds }
        if told.last.map(isNear) ?? false || seen.contains(where: isNear) { continue }
        told.append(pass)
    }
    return told
}
