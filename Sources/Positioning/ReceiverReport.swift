// What gpsd says, before it is believed: its numbers come from a serial line and a socket, and each is looked at.
internal import Foundation
internal import ParkingCore

/// A TPV as it came. NaN: not said.
struct ReceiverReport {
    /// 0: not said, 1: no fix, 2: without height, 3: with height.
    var mode = 0
    var time: Date?
    var latitude = Double.nan
    var longitude = Double.nan
    var speedMetresPerSecond = Double.nan
    var headingDegrees = Double.nan
    /// That hold 95 of 100 positions (gpsd's error model): north, east, radius; metres.
    var northErrorMetres = Double.nan
    var eastErrorMetres = Double.nan
    var errorMetres = Double.nan
}

/// A GST as it came: one standard deviation each.
struct ReceiverErrors {
    var time: Date?
    var semiMajorMetres = Double.nan
    var semiMinorMetres = Double.nan
    var orientationDegrees = Double.nan

    var ellipse: ErrorEllipse? {
        guard semiMajorMetres > 0, semiMajorMetres <= ReceivedFix.mostErrorMetres else { return nil }
        return ErrorEllipse(
            alongMetres: semiMajorMetres,
            acrossMetres: semiMinorMetres,
            alongDegrees: orientationDegrees
        )
    }
}

/// A report that can be true.
struct ReceivedFix: Hashable {
    /// Radius that a report without an error is given: as bad as receivers get between houses.
    static let assumedErrorMetres = 15.0
    /// A position that may be farther off is of no use for a parked car.
    static let mostErrorMetres = 200.0
    /// Radius of 68 of 100 over that of 95 of 100, for a circular normal distribution: 1.510 / 2.448.
    static let share68of95 = 0.617
    /// 2020 to 2100: outside, a receiver has not found the week yet, or has lost it.
    static let believableTimes = Date(timeIntervalSince1970: 1_577_836_800)...Date(timeIntervalSince1970: 4_102_444_800)

    let gpsTime: Date
    let point: GeoPoint
    let errorMetres: Double
    let ellipse: ErrorEllipse?
    let speedMetresPerSecond: Double?
    let headingDegrees: Double?

    enum Verdict: Hashable {
        case noFix
        case noTime
        /// What is wrong, in words that follow "the receiver reports".
        case refused(String)
        case fix(ReceivedFix)
    }

    static func judge(_ report: ReceiverReport, errors: ReceiverErrors?) -> Verdict {
        guard report.mode == 2 || report.mode == 3 else {
            return report.mode == 0 || report.mode == 1 ? .noFix : .refused("a mode that does not exist")
        }
        guard let time = report.time else { return .noTime }
        guard believableTimes.contains(time) else { return .refused("a time outside the years 2020 to 2100") }
        guard let point = try? GeoPoint(latitude: report.latitude, longitude: report.longitude) else {
            return .refused("a fix without a position on Earth")
        }
        if abs(point.latitude) < 1e-6 && abs(point.longitude) < 1e-6 {
            return .refused("latitude 0, longitude 0, as receivers do that have no position")
        }
        let speed = known(report.speedMetresPerSecond)
        if let speed, speed < 0 || speed > Track.mostMetresPerSecond { return .refused("an impossible speed") }
        let heading = known(report.headingDegrees)
        if let heading, heading < 0 || heading > 360 { return .refused("an impossible heading") }
        let ellipse = ellipse(report, errors)
        let error = known(report.errorMetres).map { $0 * share68of95 } ?? ellipse?.radiusMetres ?? assumedErrorMetres
        guard error >= 0, error <= mostErrorMetres else { return .refused("an error of more than 200 m") }
        return .fix(
            ReceivedFix(
                gpsTime: time,
                point: point,
                // No receiver of a patrol vehicle knows better, whatever it says.
                errorMetres: max(0.5, error),
                ellipse: ellipse,
                speedMetresPerSecond: speed,
                headingDegrees: heading == 360 ? 0 : heading
            )
        )
    }

    /// The same instant told twice: gpsd sends what each sentence added, and leaves out what it did not repeat.
    func completed(by other: ReceivedFix) -> ReceivedFix {
        ReceivedFix(
            gpsTime: gpsTime,
            point: other.point,
            errorMetres: other.errorMetres,
            ellipse: other.ellipse ?? ellipse,
            speedMetresPerSecond: other.speedMetresPerSecond ?? speedMetresPerSecond,
            headingDegrees: other.headingDegrees ?? headingDegrees
        )
    }

    private static func known(_ value: Double) -> Double? { value.isFinite ? value : nil }

    private static func ellipse(_ report: ReceiverReport, _ errors: ReceiverErrors?) -> ErrorEllipse? {
        if let errors, let told = errors.time, let time = report.time, abs(told.timeIntervalSince(time)) < 1.5,
            let ellipse = errors.ellipse
        {
            return ellipse
        }
        guard report.northErrorMetres > 0, report.eastErrorMetres > 0 else { return nil }
        // 95 of 100 along one axis are 1.96 standard deviations.
        return ErrorEllipse(
            alongMetres: report.northErrorMetres / 1.96,
            acrossMetres: report.eastErrorMetres / 1.96,
            alongDegrees: 0
        )
    }
}
