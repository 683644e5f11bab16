// Metres around a place: all geometry of streets is done on a plane that touches the Earth there.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// East and north in metres.
struct Metres: Hashable, Sendable {
    var east: Double
    var north: Double

    static func - (a: Metres, b: Metres) -> Metres { Metres(east: a.east - b.east, north: a.north - b.north) }
    static func + (a: Metres, b: Metres) -> Metres { Metres(east: a.east + b.east, north: a.north + b.north) }
    static func * (a: Metres, factor: Double) -> Metres { Metres(east: a.east * factor, north: a.north * factor) }

    var length: Double { (east * east + north * north).squareRoot() }
    func dot(_ other: Metres) -> Double { east * other.east + north * other.north }
    /// Positive where `other` lies to the left of this direction.
    func cross(_ other: Metres) -> Double { east * other.north - north * other.east }
    /// A quarter turn clockwise: the right side of a direction.
    var right: Metres { Metres(east: north, north: -east) }
    /// Degrees clockwise from north, 0 ..< 360.
    var bearingDegrees: Double {
        let degrees = atan2(east, north) * 180 / Double.pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    init(east: Double, north: Double) {
        self.east = east
        self.north = north
    }

    /// Unit vector of a bearing.
    init(bearingDegrees: Double) {
        let radians = bearingDegrees * Double.pi / 180
        self.init(east: sin(radians), north: cos(radians))
    }
}

/// An equirectangular plane: good to 0.1 % within some ten kilometres of its origin.
struct MetricPlane: Sendable {
    let latitude: Double
    let longitude: Double
    private let metresPerLatitude = Geodesy.earthRadiusMetres * Double.pi / 180
    private let metresPerLongitude: Double

    init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
        // Never quite zero, so that degrees can be had back at a pole.
        metresPerLongitude = metresPerLatitude * max(1e-6, cos(latitude * Double.pi / 180))
    }

    func metres(latitude: Double, longitude: Double) -> Metres {
        Metres(
            east: (longitude - self.longitude) * metresPerLongitude,
            north: (latitude - self.latitude) * metresPerLatitude
        )
    }

    /// Latitude and longitude in degrees.
    func degrees(_ point: Metres) -> (latitude: Double, longitude: Double) {
        (latitude + point.north / metresPerLatitude, longitude + point.east / metresPerLongitude)
    }

    /// Degrees that cover a distance: (of latitude, of longitude).
    func reach(metres: Double) -> (latitude: Double, longitude: Double) {
        (metres / metresPerLatitude, metres / metresPerLongitude)
    }
}
