// What is known of a vehicle at the curb: the patrol's position with its error, where it heads, which camera saw it.
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// How far a position may be off, as a normal distribution on the ground.
package enum PositionError: Hashable, Sendable {
    /// The true position lies within the radius in 68 of 100 cases.
    case radius(metres: Double)
    /// Standard deviations along two axes at right angles; the major one points to `bearingDegrees` from north.
    case ellipse(majorMetres: Double, minorMetres: Double, bearingDegrees: Double)

    /// Variances and covariance of east and north, in square metres; what is no number counts as 100 m.
    var covariance: (east: Double, north: Double, both: Double) {
        func held(_ metres: Double) -> Double { metres.isFinite ? min(max(abs(metres), 0.3), 1000) : 100 }
        switch self {
        case .radius(let metres):
            // 68 % of a round normal distribution in two dimensions lie within sqrt(-2 ln 0.32) = 1.51 deviations.
            let variance = held(metres) * held(metres) / 2.279
            return (variance, variance, 0)
        case .ellipse(let major, let minor, let bearing):
            let axis = Metres(bearingDegrees: bearing.isFinite ? bearing : 0)
            let a = held(major) * held(major)
            let b = held(minor) * held(minor)
            return (
                a * axis.east * axis.east + b * axis.north * axis.north,
                a * axis.north * axis.north + b * axis.east * axis.east, (a - b) * axis.east * axis.north
            )
        }
    }
}

package struct Sighting: Hashable, Sendable {
    package let point: GeoPoint
    package let error: PositionError
    /// Degrees clockwise from true north; nil: not known.
    package let headingDegrees: Double?
    package let speedMetresPerSecond: Double?
    /// Where the camera looks, degrees clockwise from straight ahead (90: to the right, -90 or 270: to the left).
    package let cameraAngleDegrees: Double?

    package init(
        point: GeoPoint,
        error: PositionError,
        headingDegrees: Double? = nil,
        speedMetresPerSecond: Double? = nil,
        cameraAngleDegrees: Double? = nil
    ) {
        self.point = point
        self.error = error
        self.headingDegrees = headingDegrees
        self.speedMetresPerSecond = speedMetresPerSecond
        self.cameraAngleDegrees = cameraAngleDegrees
    }

    package init(fix: Fix, cameraAngleDegrees: Double?) {
        self.init(
            point: fix.point,
            error: fix.errorEllipse.map {
                .ellipse(
                    majorMetres: $0.semiMajorMetres,
                    minorMetres: $0.semiMinorMetres,
                    bearingDegrees: $0.orientationDegrees
                )
            } ?? .radius(metres: fix.errorMetres),
            headingDegrees: fix.headingDegrees,
            speedMetresPerSecond: fix.speedMetresPerSecond,
            cameraAngleDegrees: cameraAngleDegrees
        )
    }

    /// Heading that can be gone by: below walking pace a receiver's course is chance.
    var steadyHeading: Double? {
        guard let headingDegrees, headingDegrees.isFinite else { return nil }
        guard let speedMetresPerSecond else { return headingDegrees }
        return speedMetresPerSecond >= 1.2 ? headingDegrees : nil
    }

    /// Standard deviation of the angle between heading and street: lane changes, a bend cut short, the course's noise.
    var headingSpreadDegrees: Double {
        let speed = max(1.2, speedMetresPerSecond ?? 5)
        return min(50, max(11, 55 / speed))
    }

    enum Side: Hashable, Sendable { case left, right }

    /// Side of the vehicle's way that the camera saw; nil: straight ahead, behind, or not known.
    var side: Side? {
        guard let cameraAngleDegrees, cameraAngleDegrees.isFinite else { return nil }
        let across = sin(cameraAngleDegrees * Double.pi / 180)
        return abs(across) < 0.15 ? nil : (across > 0 ? .right : .left)
    }

    /// How far ahead of the vehicle the parked one stands, in metres: where the camera's axis meets the parked row, some
    /// 3 m to the side of the vehicle's middle.
    var leadMetres: Double {
        guard let cameraAngleDegrees, cameraAngleDegrees.isFinite, side != nil else { return 0 }
        let radians = cameraAngleDegrees * Double.pi / 180
        return min(12, max(-12, 3 * cos(radians) / abs(sin(radians))))
    }
}
