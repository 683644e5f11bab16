// Where the vehicle was at an instant, and how sure that is.
package import struct Foundation.Date

/// A position on the WGS 84 ellipsoid, in degrees.
package struct GeoPoint: Hashable, Sendable, Codable {
    package let latitude: Double
    package let longitude: Double

    /// - Throws: `FixError` outside -90...90 and -180...180, or for what is no number.
    package init(latitude: Double, longitude: Double) throws(FixError) {
        guard latitude.isFinite, longitude.isFinite, abs(latitude) <= 90, abs(longitude) <= 180 else {
            throw FixError(message: "latitude \(latitude), longitude \(longitude) is no position on Earth")
        }
        self.latitude = latitude
        self.longitude = longitude
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            latitude: try container.decode(Double.self, forKey: .latitude),
            longitude: try container.decode(Double.self, forKey: .longitude)
        )
    }

    /// Great-circle distance on a sphere of mean radius 6,371,008.8 m (IUGG); error under 0.6 % against the ellipsoid.
    package func distanceMetres(to other: GeoPoint) -> Double { Geodesy.distanceMetres(self, other) }
}

package struct FixError: Error, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}

/// A position for one instant. `nil` where a receiver did not say.
package struct Fix: Hashable, Sendable, Codable {
    package let point: GeoPoint
    /// The receiver's time (UTC) that the fix belongs to.
    package let time: Date
    /// Radius within which the true position lies in 68 of 100 cases.
    package let errorMetres: Double
    package let speedMetresPerSecond: Double?
    /// Degrees clockwise from true north, 0 ..< 360.
    package let headingDegrees: Double?

    package init(
        point: GeoPoint,
        time: Date,
        errorMetres: Double,
        speedMetresPerSecond: Double?,
        headingDegrees: Double?
    ) {
        self.point = point
        self.time = time
        self.errorMetres = errorMetres
        self.speedMetresPerSecond = speedMetresPerSecond
        self.headingDegrees = headingDegrees
    }
}
