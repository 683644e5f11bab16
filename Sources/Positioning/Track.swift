// Where the vehicle went: fixes in the order of time, and the fix for any instant between them.
package import Foundation
package import ParkingCore

package struct Track: Sendable {
    /// Neighbours at most so far apart are joined, and a fix holds so long after it: seconds.
    static let reachSeconds = 2.0
    /// Faster is no patrol vehicle but a wrong fix: metres a second.
    static let mostMetresPerSecond = 70.0

    /// By growing time.
    package let fixes: [Fix]

    /// The fix for an instant: interpolated between neighbours at most 2 s apart; up to 2 s after a last one, that one
    /// with the error grown by the way driven since; nil else.
    package func fix(at time: Date) -> Fix? {
        var low = 0
        var high = fixes.count
        while low < high {
            let middle = (low + high) / 2
            if fixes[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        // Before the first fix there is nothing to go by.
        guard low > 0 else { return nil }
        let before = fixes[low - 1]
        let since = time.timeIntervalSince(before.time)
        if low < fixes.count, fixes[low].time.timeIntervalSince(before.time) <= Self.reachSeconds {
            let share = since / fixes[low].time.timeIntervalSince(before.time)
            return Self.between(before, fixes[low], share: share, at: time)
        }
        guard since <= Self.reachSeconds else { return nil }
        return Fix(
            point: before.point,
            time: time,
            errorMetres: before.errorMetres + (before.speedMetresPerSecond ?? 14) * since,
            speedMetresPerSecond: before.speedMetresPerSecond,
            headingDegrees: before.headingDegrees
        )
    }

    /// - Parameter share: of the way from the one to the other, 0 to 1.
    static func between(_ a: Fix, _ b: Fix, share: Double, at time: Date) -> Fix {
        func mix(_ x: Double, _ y: Double) -> Double { x + (y - x) * share }
        var easting = b.point.longitude - a.point.longitude
        if easting > 180 { easting -= 360 } else if easting < -180 { easting += 360 }
        var longitude = a.point.longitude + easting * share
        if longitude > 180 { longitude -= 360 } else if longitude < -180 { longitude += 360 }
        let point = try? GeoPoint(latitude: mix(a.point.latitude, b.point.latitude), longitude: longitude)
        return Fix(
            point: point ?? a.point,
            time: time,
            errorMetres: mix(a.errorMetres, b.errorMetres),
            speedMetresPerSecond: a.speedMetresPerSecond.flatMap { x in b.speedMetresPerSecond.map { mix(x, $0) } },
            headingDegrees: a.headingDegrees.flatMap { x in b.headingDegrees.map { heading(x, $0, share) } },
            errorEllipse: share < 0.5 ? a.errorEllipse : b.errorEllipse
        )
    }

    /// Along the shorter arc.
    private static func heading(_ a: Double, _ b: Double, _ share: Double) -> Double {
        let turn = (b - a + 540).truncatingRemainder(dividingBy: 360) - 180
        return (a + turn * share + 360).truncatingRemainder(dividingBy: 360)
    }

    /// Takes fixes as they come; leaves out, and counts, what cannot be.
    struct Builder {
        private var fixes: [Fix] = []
        private(set) var outOfOrder = 0
        private(set) var impossibleJumps = 0
        /// Jumps to about the same place, one after the other: then the fixes before were the wrong ones.
        private var elsewhere: [Fix] = []

        mutating func add(_ fix: Fix) {
            guard let last = fixes.last else { return fixes.append(fix) }
            let elapsed = fix.time.timeIntervalSince(last.time)
            guard elapsed > 0 else { return outOfOrder += 1 }
            if Self.possible(from: last, to: fix) {
                elsewhere = []
                return fixes.append(fix)
            }
            impossibleJumps += 1
            if let other = elsewhere.last, !Self.possible(from: other, to: fix) { elsewhere = [] }
            elsewhere.append(fix)
            if elsewhere.count >= 5 {
                fixes += elsewhere
                elsewhere = []
            }
        }

        func track() -> Track { Track(fixes: fixes) }

        private static func possible(from a: Fix, to b: Fix) -> Bool {
            let elapsed = b.time.timeIntervalSince(a.time)
            let slack = a.errorMetres + b.errorMetres
            return elapsed > 0 && a.point.distanceMetres(to: b.point) - slack <= Track.mostMetresPerSecond * elapsed
        }
    }
}
