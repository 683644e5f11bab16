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
    /// The error by direction; nil: known as a radius only.
    package let errorEllipse: ErrorEllipse?

    package init(
        point: GeoPoint,
        time: Date,
        errorMetres: Double,
        speedMetresPerSecond: Double?,
        headingDegrees: Double?,
        errorEllipse: ErrorEllipse? = nil
    ) {
        self.point = point
        self.time = time
        self.errorMetres = errorMetres
        self.speedMetresPerSecond = speedMetresPerSecond
        self.headingDegrees = headingDegrees
        self.errorEllipse = errorEllipse
    }
}

/// How far a position may be off, by direction: one standard deviation along each axis.
package struct ErrorEllipse: Hashable, Sendable, Codable {
    package let semiMajorMetres: Double
    package let semiMinorMetres: Double
    /// Of the major axis, degrees clockwise from true north, 0 ..< 180.
    package let orientationDegrees: Double

    /// Takes the axes in either order; nil for what is no length.
    package init?(alongMetres: Double, acrossMetres: Double, alongDegrees: Double) {
        guard alongMetres.isFinite, acrossMetres.isFinite, alongDegrees.isFinite, alongMetres >= 0, acrossMetres >= 0
        else { return nil }
        let turned = alongMetres < acrossMetres ? alongDegrees + 90 : alongDegrees
        let rest = turned.truncatingRemainder(dividingBy: 180)
        semiMajorMetres = max(alongMetres, acrossMetres)
        semiMinorMetres = min(alongMetres, acrossMetres)
        orientationDegrees = rest < 0 ? (rest + 180).truncatingRemainder(dividingBy: 180) : rest
    }

    /// Radius that holds 68 of 100 positions. Exact for a circle (1.5096 standard deviations, Rayleigh distribution);
    /// for a long thin ellipse 7 % on the careful side.
    package var radiusMetres: Double {
        1.5096 * ((semiMajorMetres * semiMajorMetres + semiMinorMetres * semiMinorMetres) / 2).squareRoot()
    }
}
