// Distances on the ground.
#if canImport(Glibc)
internal import Glibc
#endif

package enum Geodesy {
    /// Mean radius of the Earth, IUGG.
    package static let earthRadiusMetres = 6_371_008.8

    package static func distanceMetres(_ a: GeoPoint, _ b: GeoPoint) -> Double {
        let radians = Double.pi / 180
        let latitudeA = a.latitude * radians
        let latitudeB = b.latitude * radians
        let halfLatitude = sin((latitudeB - latitudeA) / 2)
        let halfLongitude = sin((b.longitude - a.longitude) * radians / 2)
        let chord = halfLatitude * halfLatitude + cos(latitudeA) * cos(latitudeB) * halfLongitude * halfLongitude
        return 2 * earthRadiusMetres * asin(min(1, chord.squareRoot()))
    }

    /// Where one comes from `point`, so many metres east and north: on a plane that touches there, good to 1 mm over
    /// 100 m outside the polar regions.
    package static func point(_ point: GeoPoint, eastMetres: Double, northMetres: Double) -> GeoPoint {
        let degrees = 180 / Double.pi / earthRadiusMetres
        let latitude = min(90, max(-90, point.latitude + northMetres * degrees))
        let parallel = max(1e-6, cos(point.latitude * .pi / 180))
        let longitude = (point.longitude + eastMetres * degrees / parallel).remainder(dividingBy: 360)
        return (try? GeoPoint(latitude: latitude, longitude: longitude)) ?? point
    }

    /// Metres east and north from one point to another, on the same plane.
    package static func offsetMetres(from origin: GeoPoint, to point: GeoPoint) -> (east: Double, north: Double) {
        let metres = Double.pi / 180 * earthRadiusMetres
        var easting = point.longitude - origin.longitude
        // Across the 180th meridian.
        if easting > 180 { easting -= 360 }
        if easting < -180 { easting += 360 }
        return (
            easting * metres * cos(origin.latitude * .pi / 180),
            (point.latitude - origin.latitude) * metres
        )
    }

    /// Where a stretch between two offsets comes nearest to where they start from: the share of the stretch (0 to 1),
    /// and how far away that is, in metres.
    static func nearest(
        from first: (east: Double, north: Double),
        to second: (east: Double, north: Double)
    ) -> (share: Double, metres: Double) {
        let along = (east: second.east - first.east, north: second.north - first.north)
        let squaredLength = along.east * along.east + along.north * along.north
        let share =
            squaredLength > 0
            ? min(1, max(0, -(first.east * along.east + first.north * along.north) / squaredLength)) : 0
        let away = (east: first.east + share * along.east, north: first.north + share * along.north)
        return (share, (away.east * away.east + away.north * away.north).squareRoot())
    }

    /// Metres east and north of one metre towards a heading (degrees clockwise from true north).
    package static func direction(_ headingDegrees: Double) -> (east: Double, north: Double) {
        (sin(headingDegrees * .pi / 180), cos(headingDegrees * .pi / 180))
    }

    /// The heading of an offset, 0 ..< 360 degrees clockwise from true north.
    package static func headingDegrees(east: Double, north: Double) -> Double {
        let heading = atan2(east, north) * 180 / .pi
        return heading < 0 ? heading + 360 : heading
    }
}
