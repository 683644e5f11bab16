// Is a position inside a zone, and how far is it from the zone's edge?
#if canImport(Glibc)
internal import Glibc
#endif

extension Zone {
    /// True inside the ring. A point exactly on the edge may count either way: `edgeDistanceMetres` tells that case.
    package func contains(_ point: GeoPoint) -> Bool {
        let ring = outline.map { Geodesy.offsetMetres(from: point, to: $0) }
        guard var previous = ring.last else { return false }
        var inside = false
        for corner in ring {
            // A ray from the point to the east crosses the edge: even-odd rule.
            if (corner.north > 0) != (previous.north > 0) {
                let share = corner.north / (corner.north - previous.north)
                if corner.east + share * (previous.east - corner.east) > 0 { inside.toggle() }
            }
            previous = corner
        }
        return inside
    }

    /// A point inside, as far from the edges as a coarse grid finds; nil for an outline that has no inside.
    package var innerPoint: GeoPoint? {
        guard let reference = outline.first else { return nil }
        let ring = outline.map { Geodesy.offsetMetres(from: reference, to: $0) }
        guard let west = ring.map(\.east).min(), let east = ring.map(\.east).max(),
            let south = ring.map(\.north).min(), let north = ring.map(\.north).max()
        else { return nil }
        var best: (point: GeoPoint, metres: Double)?
        for column in 1..<24 {
            for row in 1..<24 {
                let point = Geodesy.point(
                    reference,
                    eastMetres: west + (east - west) * Double(column) / 24,
                    northMetres: south + (north - south) * Double(row) / 24
                )
                let metres = edgeDistanceMetres(from: point)
                if metres > best?.metres ?? 0, contains(point) { best = (point, metres) }
            }
        }
        return best?.point
    }

    /// The axis of a zone that is at least 2.5 times as long as it is wide, a street that is: that of the longer axis of
    /// its area's second moments. nil: a zone of another shape.
    var streetAxis: StreetAxis? {
        guard let reference = outline.first, outline.count >= 3 else { return nil }
        let ring = outline.map { Geodesy.offsetMetres(from: reference, to: $0) }
        var (area, east, north, eastEast, northNorth, eastNorth) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for (index, b) in ring.enumerated() {
            let a = ring[index == 0 ? ring.count - 1 : index - 1]
            let cross = a.east * b.north - b.east * a.north
            area += cross / 2
            east += (a.east + b.east) * cross / 6
            north += (a.north + b.north) * cross / 6
            eastEast += (a.east * a.east + a.east * b.east + b.east * b.east) * cross / 12
            northNorth += (a.north * a.north + a.north * b.north + b.north * b.north) * cross / 12
            eastNorth +=
                (a.east * b.north + 2 * a.east * a.north + 2 * b.east * b.north + b.east * a.north) * cross / 24
        }
        guard abs(area) > 1 else { return nil }
        let (middleEast, middleNorth) = (east / area, north / area)
        let (ee, nn) = (eastEast / area - middleEast * middleEast, northNorth / area - middleNorth * middleNorth)
        let en = eastNorth / area - middleEast * middleNorth
        let root = ((ee - nn) * (ee - nn) / 4 + en * en).squareRoot()
        let (long, short) = ((ee + nn) / 2 + root, (ee + nn) / 2 - root)
        // Second moments go with the square of the length.
        guard short > 0, long >= 2.5 * 2.5 * short else { return nil }
        return StreetAxis(
            middle: Geodesy.point(reference, eastMetres: middleEast, northMetres: middleNorth),
            degrees: (450 - atan2(2 * en, ee - nn) / 2 * 180 / .pi).truncatingRemainder(dividingBy: 180)
        )
    }

    /// Shortest distance in metres from the point to the ring, from inside or outside.
    package func edgeDistanceMetres(from point: GeoPoint) -> Double {
        let ring = outline.map { Geodesy.offsetMetres(from: point, to: $0) }
        guard var previous = ring.last else { return .infinity }
        var nearest = Double.infinity
        for corner in ring {
            nearest = min(nearest, Geodesy.nearest(from: previous, to: corner).metres)
            previous = corner
        }
        return nearest
    }
}

/// Middle and direction of a zone that is a street.
struct StreetAxis {
    let middle: GeoPoint
    /// Clockwise from north, 0 ..< 180.
    let degrees: Double

    /// Whether a vehicle with this fix drives across the street rather than along it; false without a heading.
    func isCrossed(by fix: Fix) -> Bool {
        guard let heading = fix.headingDegrees, heading.isFinite else { return false }
        return abs((heading - degrees).remainder(dividingBy: 180)) > 55
    }

    /// The point of the axis that is nearest.
    func foot(of point: GeoPoint) -> GeoPoint {
        let offset = Geodesy.offsetMetres(from: middle, to: point)
        let direction = Geodesy.direction(degrees)
        let along = offset.east * direction.east + offset.north * direction.north
        return Geodesy.point(middle, eastMetres: along * direction.east, northMetres: along * direction.north)
    }
}
