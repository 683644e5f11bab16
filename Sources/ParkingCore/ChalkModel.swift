// How probable it is that a car seen twice was not moved between: the figures and the densities behind it.
//
// Two hypotheses explain where a car seems to stand at two passes. It stayed: the two places differ by the errors of
// both fixes and of reckoning the car beside the vehicle. Or it was moved and parked again: somewhere along the street,
// on either side, sometimes in the very same space. How often the second happens is a figure of the city's; the rest is
// geometry. The figures below are assumptions, written here to be changed where a city has counted.
#if canImport(Glibc)
internal import Glibc
#endif

package struct ChalkModel: Hashable, Sendable, Codable {
    /// From this probability that it stayed a car may be ticketed.
    package var ticketProbability = 0.98
    /// Below this it is not even worth a second look: of those from 0.5 on that were not certain, one in fourteen was
    /// overtime (`make simulate`).
    package var lookProbability = 0.65
    /// Two reads at least so sure, of different texts, are two cars.
    package var sureConfidence = PlateReading.sureConfidence
    /// Of cars that are seen again near, how many are moved in an hour: 1 in 40. In a day that is every second one.
    package var movedPerHour = 0.025
    /// Of cars that were moved and came back near, how many stand in the very same space again.
    package var sameSpaceShare = 0.05
    /// Of the others, mean distance along the street to the earlier space, in metres.
    package var reparkMetres = 70.0
    /// Length of a block, in metres, where no map tells it.
    package var blockMetres = 100.0
    /// Mean absence of a car that came back, in minutes.
    package var absenceMinutes = 60.0
    /// Of cars moved within a zone, how many left the zone on the way.
    package var leavesZoneShare = 0.3
    /// Receivers claim too little between tall houses: their error is taken this many times as large.
    package var claimFactor = 1.3
    /// Degrees of freedom of the errors' distribution (Student's t in two dimensions): 4 has tails that large errors fit.
    package var tailFreedom = 4.0
    /// No fix is better than this standard deviation along each axis, in metres.
    package var leastDeviationMetres = 1.5
    /// Errors of two fixes near in time are alike: share of the variance that wanders slowly, and in how many seconds.
    package var wanderingShare = 0.7
    package var wanderingSeconds = 240.0
    /// Of passes of a car that stands there, how many do not read it: 663 passes of held-out plates from 110 pixels wide
    /// on, 24 to 30 of them not read, by the version of the confidence (Training/reader/errors.py).
    package var unreadShare = 0.04
    /// Of those, how many are not read at the next pass either: what is dirty stays dirty. From the same passes.
    package var unreadAgainShare = 0.38
    /// How often the side of the street is mistaken: a heading that is wrong, a car seen across a corner.
    package var wrongSideShare = 0.008

    package static let standard = ChalkModel()
    package init() {}

    /// Whether both texts were read surely, so that two different ones are two cars.
    func areBothSure(_ a: ChalkMark, _ b: ChalkMark) -> Bool {
        a.confidence >= sureConfidence && b.confidence >= sureConfidence
    }
}

/// Where a car stands, as reckoned from where the patrol was and where its camera looked.
struct ChalkSpot {
    let point: GeoPoint
    /// Square metres: what the receiver is unsure of, and what reckoning the car beside the vehicle adds.
    let receiver: Covariance
    let beside: Covariance
    /// Along the street, degrees; nil: not known.
    let headingDegrees: Double?
    /// From the patrol to the car, degrees clockwise from north, where the camera looked to a side; nil: not known.
    let bearingDegrees: Double?

    struct Covariance {
        var east: Double
        var north: Double
        var both: Double

        static func + (a: Covariance, b: Covariance) -> Covariance {
            Covariance(east: a.east + b.east, north: a.north + b.north, both: a.both + b.both)
        }

        static func * (a: Covariance, factor: Double) -> Covariance {
            Covariance(east: a.east * factor, north: a.north * factor, both: a.both * factor)
        }

        /// Deviations along a direction and at right angles to it.
        init(along: Double, across: Double, direction: (east: Double, north: Double)) {
            let (a, b) = (along * along, across * across)
            east = a * direction.east * direction.east + b * direction.north * direction.north
            north = a * direction.north * direction.north + b * direction.east * direction.east
            both = (a - b) * direction.east * direction.north
        }

        init(east: Double, north: Double, both: Double) {
            self.east = east
            self.north = north
            self.both = both
        }

        func variance(along direction: (east: Double, north: Double)) -> Double {
            east * direction.east * direction.east + north * direction.north * direction.north
                + 2 * both * direction.east * direction.north
        }
    }

    /// nil: no usable position.
    init?(_ mark: ChalkMark, model: ChalkModel) {
        guard let fix = mark.fix, fix.errorMetres.isFinite, fix.errorMetres >= 0 else { return nil }
        receiver = ChalkSpot.covariance(of: fix, model: model)
        // A course at walking pace is chance.
        let isMoving = (fix.speedMetresPerSecond ?? 5) >= 1.2
        guard let heading = fix.headingDegrees, heading.isFinite, isMoving else {
            point = fix.point
            beside = Covariance(east: 25, north: 25, both: 0)
            headingDegrees = nil
            bearingDegrees = nil
            return
        }
        headingDegrees = heading
        let ahead = Geodesy.direction(heading)
        let angle = mark.cameraAngleDegrees.flatMap { $0.isFinite ? $0 * Double.pi / 180 : nil }
        guard let angle, abs(sin(angle)) >= 0.15 else {
            // Ahead or behind, on either side.
            let lead = angle.map { cos($0) > 0 ? 8.0 : -8.0 } ?? 0
            point = Geodesy.point(fix.point, eastMetres: lead * ahead.east, northMetres: lead * ahead.north)
            beside = Covariance(along: 5, across: 4.5, direction: ahead)
            bearingDegrees = nil
            return
        }
        let isRight = sin(angle) > 0
        // The nearer row is a lane away; across the street another lane lies between, except on one-way streets.
        let across = isRight ? 3.0 : -5.0
        let lead = min(12, max(-12, abs(across) * cos(angle) / abs(sin(angle))))
        point = Geodesy.point(
            fix.point,
            eastMetres: lead * ahead.east + across * ahead.north,
            northMetres: lead * ahead.north - across * ahead.east
        )
        beside = Covariance(along: 2 + 0.3 * abs(lead), across: isRight ? 1.2 : 2, direction: ahead)
        bearingDegrees = heading + (isRight ? 90 : -90)
    }

    private static func covariance(of fix: Fix, model: ChalkModel) -> Covariance {
        func held(_ metres: Double) -> Double {
            min(1000, max(model.leastDeviationMetres, model.claimFactor * (metres.isFinite ? metres : 100)))
        }
        if let ellipse = fix.errorEllipse {
            return Covariance(
                along: held(ellipse.semiMajorMetres),
                across: held(ellipse.semiMinorMetres),
                direction: Geodesy.direction(ellipse.orientationDegrees)
            )
        }
        // 68 of 100 positions of a round normal distribution lie within 1.5096 deviations.
        let deviation = held(fix.errorMetres / 1.5096)
        return Covariance(east: deviation * deviation, north: deviation * deviation, both: 0)
    }
}

/// Two passes of a car, in time order, and what they say of the time between.
struct ChalkGap {
    let distanceMetres: Double
    /// That the car was not moved between.
    let unmovedProbability: Double
    /// Deviation of the difference of the two places, along its greater axis, in metres.
    let deviationMetres: Double

    /// - Parameter seconds: between the passes.
    init(_ first: ChalkSpot, _ second: ChalkSpot, seconds: Double, model: ChalkModel) {
        let offset = Geodesy.offsetMetres(from: first.point, to: second.point)
        distanceMetres = (offset.east * offset.east + offset.north * offset.north).squareRoot()
        let alike = model.wanderingShare * exp(-seconds / model.wanderingSeconds)
        let spread = (first.receiver + second.receiver) * (1 - alike) + first.beside + second.beside
        deviationMetres = max(spread.east, spread.north).squareRoot()
        let sides = ChalkGap.sides(first, second, model: model)
        let stayed = ChalkGap.stayedDensity(offset, spread, model: model) * sides.stayed
        let elsewhere = ChalkGap.reparkedDensity(offset, spread, second.headingDegrees, model: model) * sides.moved
        let moved = model.sameSpaceShare * stayed + (1 - model.sameSpaceShare) * elsewhere
        let movedBefore = 1 - exp(-model.movedPerHour * max(0, seconds) / 3600)
        let forStayed = (1 - movedBefore) * stayed
        let forMoved = movedBefore * moved
        unmovedProbability = forStayed + forMoved > 0 ? forStayed / (forStayed + forMoved) : 0
    }

    /// How well each hypothesis explains on which side of the vehicle's way the car was.
    private static func sides(
        _ first: ChalkSpot,
        _ second: ChalkSpot,
        model: ChalkModel
    ) -> (stayed: Double, moved: Double) {
        guard let a = first.bearingDegrees, let b = second.bearingDegrees else { return (1, 1) }
        switch abs((a - b).remainder(dividingBy: 360)) {
        case ...60: return (1 - model.wrongSideShare, 0.6)
        case 120...: return (model.wrongSideShare, 0.4)
        // Round a corner, or on a crossing street.
        default: return (0.2, 0.5)
        }
    }

    /// Student's t in two dimensions whose spread matrix is `spread`, per square metre.
    private static func stayedDensity(
        _ offset: (east: Double, north: Double),
        _ spread: ChalkSpot.Covariance,
        model: ChalkModel
    ) -> Double {
        let determinant = max(1e-6, spread.east * spread.north - spread.both * spread.both)
        let squared =
            (offset.east * offset.east * spread.north - 2 * offset.east * offset.north * spread.both
                + offset.north * offset.north * spread.east) / determinant
        let freedom = model.tailFreedom
        return pow(1 + squared / freedom, -(freedom + 2) / 2) / (2 * Double.pi * determinant.squareRoot())
    }

    /// Along the street by Laplace's law, across it within the street's width, per square metre.
    private static func reparkedDensity(
        _ offset: (east: Double, north: Double),
        _ spread: ChalkSpot.Covariance,
        _ headingDegrees: Double?,
        model: ChalkModel
    ) -> Double {
        let distance = (offset.east * offset.east + offset.north * offset.north).squareRoot()
        let direction: (east: Double, north: Double) =
            headingDegrees.map(Geodesy.direction)
            ?? (distance > 0 ? (offset.east / distance, offset.north / distance) : (0, 1))
        let along = offset.east * direction.east + offset.north * direction.north
        let across = offset.east * direction.north - offset.north * direction.east
        let streetWidth = 6.0
        let variance = spread.variance(along: (direction.north, -direction.east)) + streetWidth * streetWidth
        let acrossDensity = exp(-0.5 * across * across / variance) / (2 * Double.pi * variance).squareRoot()
        // A tail across as well: a car may come back round the corner.
        let scale = model.reparkMetres
        let corner = 0.05 * exp(-distance / scale) / (2 * Double.pi * scale * scale)
        return 0.95 * acrossDensity * exp(-abs(along) / scale) / (2 * scale) + corner
    }
}
