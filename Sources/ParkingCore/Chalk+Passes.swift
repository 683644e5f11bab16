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
///   - track: the way driven since then, in order; empty where it is not known.
///   - cameraAngles: of the patrol's cameras, degrees clockwise from straight ahead.
///   - marks: earlier marks of the plates that the car may have, its own and others.
package func unseenPasses(
    _ sightings: [ChalkSighting],
    track: [TrackPoint] = [],
    cameraAngles: [Double] = [],
    marks: [ChalkMark],
    new: ChalkMark,
    model: ChalkModel = .standard
) -> [Date] {
    guard let point = new.fix?.point, let oldest = marks.map({ $0.time(by: new) }).min() else { return [] }
    // A text much like this one is another car where both are sure, or where one pass read both: it may stand in the
    // very same space, or in the next one while this one is empty.
    let beside = platesBeside(new, marks)
    let ofCar = marks.filter { mark in
        mark.plate == new.plate || !(model.areBothSure(mark, new) || beside.contains(mark.plate))
    }
    let own = Set(ofCar.map(\.plate)).union([new.plate])
    // What else was read in a pass has the time that its clock showed, right or wrong.
    let seen = ofCar.flatMap { [$0.time, $0.time(by: new)] } + [new.time]
    let others = sightings.filter { sighting in
        !own.contains(sighting.plate) && sighting.point.distanceMetres(to: point) < ChalkSighting.passMetres
    }
    let driven = DrivenPast(new, cameraAngles: cameraAngles)?.times(track) ?? []
    let passes = (others.map(\.time) + driven).filter { $0 > oldest && $0 < new.time }
    var told: [Date] = []
    for pass in passes.sorted() {
        func isNear(_ time: Date) -> Bool { abs(time.timeIntervalSince(pass)) < ChalkSighting.passSeconds }
        if told.last.map(isNear) ?? false || seen.contains(where: isNear) { continue }
        told.append(pass)
    }
    return told
}

/// Other texts that one pass read beside the text of `new`.
private func platesBeside(_ new: ChalkMark, _ marks: [ChalkMark]) -> Set<Plate> {
    let own = marks.filter { $0.plate == new.plate }.map(\.time) + [new.time]
    let others = marks.filter { mark in
        mark.plate != new.plate && own.contains { abs(mark.time.timeIntervalSince($0)) < ChalkSighting.passSeconds }
    }
    return Set(others.map(\.plate))
}

/// Finds where a driven way came past a parked car, along its street and with a camera on its side. An empty space
/// reads nothing: only the way tells that the patrol looked at it.
private struct DrivenPast {
    /// A way at a greater angle to the street crosses it.
    private static let alongDegrees = 35.0
    /// Where the receiver claimed no better than this, nobody knows which street was driven.
    private static let mostErrorMetres = 30.0

    private let point: GeoPoint
    private let headingDegrees: Double
    /// Sides of the vehicle that cameras look at.
    private let views: Set<ViewSide>
    /// The side on which the car was at the new pass; nil: ahead or behind, on either side.
    private let side: ViewSide?

    /// - Returns: nil for a mark without position or heading.
    init?(_ new: ChalkMark, cameraAngles: [Double]) {
        guard let fix = new.fix, let heading = fix.headingDegrees, heading.isFinite else { return nil }
        point = fix.point
        headingDegrees = heading
        views = Set(cameraAngles.compactMap { ViewSide(cameraAngleDegrees: $0) })
        let view = new.cameraAngleDegrees.flatMap { ViewSide(cameraAngleDegrees: $0) }
        side = view == .left || view == .right ? view : nil
    }

    /// When the way came nearest to the place, once for each stretch that passes it.
    func times(_ track: [TrackPoint]) -> [Date] {
        zip(track, track.dropFirst()).compactMap { first, second in
            let error = max(first.fix.errorMetres, second.fix.errorMetres)
            return second.startsSegment || error > Self.mostErrorMetres ? nil : time(from: first.fix, to: second.fix)
        }
    }

    private func time(from first: Fix, to second: Fix) -> Date? {
        let a = Geodesy.offsetMetres(from: point, to: first.point)
        let b = Geodesy.offsetMetres(from: point, to: second.point)
        let along = (east: b.east - a.east, north: b.north - a.north)
        let squared = along.east * along.east + along.north * along.north
        let (share, metres) = Geodesy.nearest(from: a, to: b)
        guard squared > 0, metres < ChalkSighting.passMetres else { return nil }
        // Over some metres the two positions' own errors turn the way about.
        let course = squared < 400 ? second.headingDegrees : nil
        let direction = course ?? atan2(along.east, along.north) * 180 / .pi
        guard sees(turnedBy: abs((direction - headingDegrees).remainder(dividingBy: 360))) else { return nil }
        return first.time.addingTimeInterval(share * second.time.timeIntervalSince(first.time))
    }

    private func sees(turnedBy degrees: Double) -> Bool {
        let isSameWay = degrees <= Self.alongDegrees
        guard isSameWay || degrees >= 180 - Self.alongDegrees else { return false }
        guard let side else { return !views.isEmpty }
        let needed: ViewSide = (side == .right) == isSameWay ? .right : .left
        return views.contains(needed) || views.contains(.ahead) || views.contains(.behind)
    }
}
