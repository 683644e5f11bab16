// Keeps a vehicle that stands where it stands: receivers wander by metres, and point anywhere, while nothing moves.
internal import Foundation
internal import ParkingCore

/// Below a walking pace the position is held at the mean of the fixes since the stop, with the heading of the last
/// movement. Fixes go in by growing time.
struct MotionFilter {
    /// Slower stands; a receiver's Doppler speed is good to some 0.1 m/s.
    static let standingMetresPerSecond = 0.5
    /// What stood drives again from here on: higher, so that it does not flutter.
    static let drivingMetresPerSecond = 1.0
    /// Below, a receiver's heading is noise.
    static let headingMetresPerSecond = 1.5
    /// Fixes that a held mean remembers.
    static let memory = 120.0

    private struct Hold {
        let origin: GeoPoint
        var east = 0.0
        var north = 0.0
        var weight = 0.0

        var point: GeoPoint { Geodesy.point(origin, eastMetres: east, northMetres: north) }

        mutating func add(_ point: GeoPoint) {
            let offset = Geodesy.offsetMetres(from: origin, to: point)
            weight = min(weight + 1, MotionFilter.memory)
            east += (offset.east - east) / weight
            north += (offset.north - north) / weight
        }
    }

    private var hold: Hold?
    private var heading: Double?
    private var last: (fix: ReceivedFix, time: Date)?

    var isStanding: Bool { hold != nil }

    /// - Parameter time: on the machine's wall clock.
    mutating func take(_ received: ReceivedFix, at time: Date) -> Fix {
        let speed = received.speedMetresPerSecond ?? derivedSpeed(to: received, at: time)
        last = (received, time)
        if stands(speed, received) {
            var hold = hold ?? Hold(origin: received.point)
            hold.add(received.point)
            self.hold = hold
            return fix(received, at: time, point: hold.point, speed: 0)
        }
        hold = nil
        if let told = received.headingDegrees, (speed ?? 0) >= Self.headingMetresPerSecond || heading == nil {
            heading = told
        }
        return fix(received, at: time, point: received.point, speed: speed)
    }

    private func fix(_ received: ReceivedFix, at time: Date, point: GeoPoint, speed: Double?) -> Fix {
        Fix(
            point: point,
            time: time,
            errorMetres: received.errorMetres,
            speedMetresPerSecond: speed,
            headingDegrees: heading,
            errorEllipse: received.ellipse
        )
    }

    private func stands(_ speed: Double?, _ received: ReceivedFix) -> Bool {
        guard let speed else { return hold != nil }
        guard let hold else { return speed < Self.standingMetresPerSecond }
        guard speed < Self.drivingMetresPerSecond else { return false }
        // A tow truck, or a receiver that never reports a speed: the position alone tells.
        return hold.point.distanceMetres(to: received.point) <= max(10, 3 * received.errorMetres)
    }

    /// For receivers that say none; nil for the first fix.
    private func derivedSpeed(to received: ReceivedFix, at time: Date) -> Double? {
        guard let last else { return nil }
        let elapsed = time.timeIntervalSince(last.time)
        guard elapsed > 0.05, elapsed < 5 else { return nil }
        return last.fix.point.distanceMetres(to: received.point) / elapsed
    }
}
