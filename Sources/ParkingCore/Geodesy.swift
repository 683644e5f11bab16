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
}
