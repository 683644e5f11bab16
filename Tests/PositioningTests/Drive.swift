// A receiver on a made-up drive: reports with the moments they come, for the receiver's state machine.
import Foundation
import ParkingCore

@testable import Positioning

struct Drive {
    /// The patrol begins when the monotonic clock shows 1,000 s.
    static let start = Date(timeIntervalSince1970: 1_790_000_000)
    static let origin = point(0, 0)

    var receiver = Receiver(since: start)
    var isSynchronised = true
    /// From the instant to its report's arrival.
    var latencySeconds = 0.2
    /// The machine's clock less the true time.
    var wallOffsetSeconds = 0.0
    var actions: [Receiver.Action] = []

    /// Metres east and north of the start.
    static func point(_ east: Double, _ north: Double) -> GeoPoint {
        guard let origin = try? GeoPoint(latitude: 43.65, longitude: -79.39) else { fatalError("no origin") }
        return Geodesy.point(origin, eastMetres: east, northMetres: north)
    }

    static func instant(_ seconds: Double) -> Int64 { Int64(((1000 + seconds) * 1e9).rounded()) }

    func moment(_ seconds: Double) -> Moment {
        Moment(
            monotonicNanoseconds: Self.instant(seconds),
            wall: Self.start.addingTimeInterval(seconds + wallOffsetSeconds)
        )
    }

    func wall(_ seconds: Double) -> Date { moment(seconds).wall }

    func report(_ seconds: Double, _ east: Double, _ north: Double, speed: Double = 10, heading: Double = 90)
        -> ReceiverReport
    {
        let point = Self.point(east, north)
        var report = ReceiverReport()
        report.mode = 3
        report.time = Self.start.addingTimeInterval(seconds)
        report.latitude = point.latitude
        report.longitude = point.longitude
        report.speedMetresPerSecond = speed
        report.headingDegrees = heading
        report.errorMetres = 10
        return report
    }

    mutating func take(_ event: Receiver.Event, at seconds: Double) {
        actions = receiver.take(event, at: moment(seconds), wallIsSynchronised: isSynchronised)
    }

    /// The report comes its latency after its instant.
    mutating func take(_ report: ReceiverReport, of seconds: Double) {
        take(.report(report), at: seconds + latencySeconds)
    }

    /// East at 10 m/s, one report a second, from the first to the last second.
    mutating func drive(_ seconds: ClosedRange<Int>) {
        for second in seconds { take(report(Double(second), Double(second) * 10, 0), of: Double(second)) }
    }

    func fix(at seconds: Double) -> Fix? {
        receiver.history.fix(at: Self.instant(seconds), time: wall(seconds))
    }

    func health(at seconds: Double) -> PositionHealth { receiver.health(at: moment(seconds)) }

    /// Distance of a fix from metres east and north.
    static func offMetres(_ fix: Fix?, _ east: Double, _ north: Double) -> Double {
        fix.map { $0.point.distanceMetres(to: point(east, north)) } ?? .infinity
    }
}
