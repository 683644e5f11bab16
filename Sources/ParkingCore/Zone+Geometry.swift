// Is a position inside a zone, and how far is it from the zone's edge?
#if canImport(Glibc)
internal import Glibc
#endif

extension Zone {
    /// True inside the ring. A point exactly on the edge may count either way: `edgeDistanceMetres` tells that case.
    package func contains(_ point: GeoPoint) -> Bool {
        let ring = outline.map { LocalMetres(of: $0, around: point) }
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

    /// Shortest distance in metres from the point to the ring, from inside or outside.
    package func edgeDistanceMetres(from point: GeoPoint) -> Double {
        let ring = outline.map { LocalMetres(of: $0, around: point) }
        guard var previous = ring.last else { return .infinity }
        var nearest = Double.infinity
        for corner in ring {
            nearest = min(nearest, LocalMetres.distanceFromOrigin(toSegment: previous, corner))
            previous = corner
        }
        return nearest
    }
}

/// East and north of a reference point in metres, on a plane that touches there: good to 0.1 % within some kilometres,
/// also across the 180th meridian.
private struct LocalMetres {
    let east: Double
    let north: Double

    init(of point: GeoPoint, around reference: GeoPoint) {
        let metresPerDegree = Geodesy.earthRadiusMetres * Double.pi / 180
        var longitude = point.longitude - reference.longitude
        if longitude > 180 { longitude -= 360 }
        if longitude < -180 { longitude += 360 }
        east = longitude * metresPerDegree * cos(reference.latitude * Double.pi / 180)
        north = (point.latitude - reference.latitude) * metresPerDegree
    }

    static func distanceFromOrigin(toSegment a: LocalMetres, _ b: LocalMetres) -> Double {
        let alongEast = b.east - a.east
        let alongNorth = b.north - a.north
        let squaredLength = alongEast * alongEast + alongNorth * alongNorth
        var share = 0.0
        if squaredLength > 0 {
            share = min(1, max(0, -(a.east * alongEast + a.north * alongNorth) / squaredLength))
        }
        let east = a.east + share * alongEast
        let north = a.north + share * alongNorth
        return (east * east + north * north).squareRoot()
    }
}
