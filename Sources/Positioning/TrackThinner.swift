internal import Foundation
// Leaves out the points of a track that say nothing new, so that a shift takes kilobytes and not megabytes.
package import ParkingCore

/// Opening-window thinning on position and time together: a point is left out only while the vehicle, driving evenly
/// from the last kept point to the newest one, would at that point's own time have been within the tolerance of it.
/// So turns, stops and every metre passed are kept, and at any instant the kept track is within the tolerance.
///
/// (Meratnia and de By, "Spatiotemporal Compression Techniques for Moving Point Objects", EDBT 2004.)
package struct TrackThinner: Sendable {
    package struct Settings: Sendable {
        /// A third of a parked car's length: far under what a receiver knows.
        package var toleranceMetres = 2.0
        /// A point at least so often, so that a standing vehicle is known to have stood.
        package var mostGapSeconds = 30.0
        /// Longer without a fix is a gap: nothing is known in between.
        package var lossSeconds = 2.5

        package init() {}
    }

    /// Bounds the work a point takes, at receivers of 10 Hz too.
    private static let mostWaiting = 300

    private let settings: Settings
    private var anchor: Fix?
    /// Since the anchor, by growing time; the last of them is the newest fix.
    private var waiting: [Fix] = []

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// - Returns: the points to keep, by growing time; mostly none.
    package mutating func add(_ fix: Fix) -> [TrackPoint] {
        guard let anchor, let last = waiting.last ?? self.anchor else { return start(at: fix) }
        let elapsed = fix.time.timeIntervalSince(last.time)
        // The clock was set back, or fixes were missing.
        guard elapsed > 0, elapsed <= settings.lossSeconds else { return finish() + start(at: fix) }
        var kept: [TrackPoint] = []
        if waiting.count >= Self.mostWaiting || !holds(from: anchor, to: fix) { kept += keep(last) }
        waiting.append(fix)
        if let anchor = self.anchor, fix.time.timeIntervalSince(anchor.time) >= settings.mostGapSeconds {
            kept += keep(fix)
        }
        return kept
    }

    /// - Returns: the newest point, if it is not kept already; the next one starts a segment.
    package mutating func finish() -> [TrackPoint] {
        let rest = waiting.last.map { [TrackPoint(fix: $0, startsSegment: false)] } ?? []
        anchor = nil
        waiting = []
        return rest
    }

    private mutating func start(at fix: Fix) -> [TrackPoint] {
        anchor = fix
        waiting = []
        return [TrackPoint(fix: fix, startsSegment: true)]
    }

    private mutating func keep(_ fix: Fix) -> [TrackPoint] {
        anchor = fix
        waiting = []
        return [TrackPoint(fix: fix, startsSegment: false)]
    }

    private func holds(from anchor: Fix, to end: Fix) -> Bool {
        let seconds = end.time.timeIntervalSince(anchor.time)
        let way = Geodesy.offsetMetres(from: anchor.point, to: end.point)
        return waiting.allSatisfy { fix in
            let share = fix.time.timeIntervalSince(anchor.time) / seconds
            let offset = Geodesy.offsetMetres(from: anchor.point, to: fix.point)
            let east = offset.east - way.east * share
            let north = offset.north - way.north * share
            return east * east + north * north <= settings.toleranceMetres * settings.toleranceMetres
        }
    }
}
