// The last minutes of good fixes on the monotonic clock, and the fix for any instant among them or shortly after.
internal import Foundation
internal import ParkingCore

struct FixHistory {
    /// Fixes at most so far apart are joined, and the last one holds so long: as for recorded tracks.
    static let reachNanoseconds = Int64(Track.reachSeconds * 1e9)
    /// Frames ask seconds after they were taken; minutes leave room for a machine that is behind.
    static let keptNanoseconds: Int64 = 300_000_000_000
    static let mostFixes = 4096

    private struct Entry {
        let instant: Int64
        var fix: Fix
    }

    /// By growing instant.
    private var entries: [Entry] = []

    var last: Fix? { entries.last?.fix }
    var lastInstant: Int64? { entries.last?.instant }
    var count: Int { entries.count }

    /// - Returns: false, and nothing is kept, for an instant that is not after the last one.
    mutating func add(_ fix: Fix, at instant: Int64) -> Bool {
        if let lastInstant, instant <= lastInstant { return false }
        entries.append(Entry(instant: instant, fix: fix))
        let oldest = instant - Self.keptNanoseconds
        // In one sweep now and then: taking single ones from the front would move all the others.
        if entries.count > Self.mostFixes || entries[0].instant < oldest - Self.keptNanoseconds / 4 {
            entries.removeAll { $0.instant < oldest }
            entries.removeFirst(max(0, entries.count - Self.mostFixes * 3 / 4))
        }
        return true
    }

    mutating func replaceLast(_ fix: Fix) {
        guard !entries.isEmpty else { return }
        entries[entries.count - 1].fix = fix
    }

    mutating func removeAll() { entries = [] }

    /// - Parameters:
    ///   - instant: monotonic nanoseconds.
    ///   - time: the same instant on the wall clock, for the answer.
    func fix(at instant: Int64, time: Date) -> Fix? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].instant <= instant { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let before = entries[low - 1]
        if low < entries.count, entries[low].instant - before.instant <= Self.reachNanoseconds {
            let share = Double(instant - before.instant) / Double(entries[low].instant - before.instant)
            return Track.between(before.fix, entries[low].fix, share: share, at: time)
        }
        let elapsed = instant - before.instant
        guard elapsed <= Self.reachNanoseconds else { return nil }
        return Self.ahead(of: before.fix, seconds: Double(elapsed) / 1e9, at: time)
    }

    /// Straight on at the speed of the fix. The error grows by a quarter of the way (the vehicle may turn) and by what
    /// hard braking or starting off (4 m/s each second) changes.
    static func ahead(of fix: Fix, seconds: Double, at time: Date) -> Fix {
        var point = fix.point
        var error = fix.errorMetres + 2 * seconds * seconds
        let speed = fix.speedMetresPerSecond
        if let speed, let heading = fix.headingDegrees {
            let way = speed * seconds
            let direction = Geodesy.direction(heading)
            point = Geodesy.point(point, eastMetres: direction.east * way, northMetres: direction.north * way)
            error += way / 4
        } else {
            // Somewhere around: 14 m/s is 50 km/h.
            error += (speed ?? 14) * seconds
        }
        let growth = error / max(0.1, fix.errorMetres)
        return Fix(
            point: point,
            time: time,
            errorMetres: error,
            speedMetresPerSecond: speed,
            headingDegrees: fix.headingDegrees,
            errorEllipse: fix.errorEllipse.flatMap {
                ErrorEllipse(
                    alongMetres: $0.semiMajorMetres * growth,
                    acrossMetres: $0.semiMinorMetres * growth,
                    alongDegrees: $0.orientationDegrees
                )
            }
        )
    }
}
