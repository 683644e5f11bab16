// A thinned track covers what the full one covered: at each instant, and for each parking space along the way.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite struct ThinnedTracks {
    /// Twenty minutes at 1 Hz around blocks of 120 by 80 m, with stops, turns and a little noise.
    private static func patrol() -> [Fix] {
        var fixes: [Fix] = []
        var (east, north, heading, second) = (0.0, 0.0, 90.0, 0.0)
        var state: UInt64 = 11
        func noise() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31) - 0.5
        }
        func add(_ speed: Double) {
            let direction = Geodesy.direction(heading)
            east += direction.east * speed
            north += direction.north * speed
            second += 1
            fixes.append(
                Fix(
                    point: Drive.point(east + noise() * 0.6, north + noise() * 0.6),
                    time: Drive.start.addingTimeInterval(second),
                    errorMetres: 4,
                    speedMetresPerSecond: speed,
                    headingDegrees: heading
                )
            )
        }
        for leg in 0..<48 {
            let length = leg % 2 == 0 ? 120.0 : 80.0
            var driven = 0.0
            while driven < length {
                // Speeds up, and brakes before the corner.
                let speed = min(8, 2 + driven / 8, 2 + (length - driven) / 6)
                add(speed)
                driven += speed
            }
            if leg % 3 == 0 { for _ in 0..<8 { add(0) } }
            heading = (heading + (leg % 8 < 4 ? 90 : 270)).truncatingRemainder(dividingBy: 360)
        }
        return fixes
    }

    private func thinned(_ fixes: [Fix], _ settings: TrackThinner.Settings = .init()) -> [TrackPoint] {
        var thinner = TrackThinner(settings: settings)
        return fixes.flatMap { thinner.add($0) } + thinner.finish()
    }

    /// Where the kept track was at a time; nil in a gap.
    private func position(_ points: [TrackPoint], at time: Date) -> GeoPoint? {
        guard let next = points.firstIndex(where: { $0.fix.time >= time }) else { return nil }
        if points[next].fix.time == time { return points[next].fix.point }
        guard next > 0, !points[next].startsSegment else { return nil }
        let (a, b) = (points[next - 1].fix, points[next].fix)
        let share = time.timeIntervalSince(a.time) / b.time.timeIntervalSince(a.time)
        return Track.between(a, b, share: share, at: time).point
    }

    /// Metres from a place to the nearest point of the way between the points, joined by straight lines.
    private func nearestMetres(_ place: GeoPoint, to track: [GeoPoint]) -> Double {
        var nearest = Double.infinity
        var from = Geodesy.offsetMetres(from: place, to: track[0])
        for point in track.dropFirst() {
            let to = Geodesy.offsetMetres(from: place, to: point)
            let way = (east: to.east - from.east, north: to.north - from.north)
            let length = way.east * way.east + way.north * way.north
            let share = length > 0 ? -(from.east * way.east + from.north * way.north) / length : 0
            let east = from.east + way.east * min(1, max(0, share))
            let north = from.north + way.north * min(1, max(0, share))
            nearest = min(nearest, (east * east + north * north).squareRoot())
            from = to
        }
        return nearest
    }

    @Test func `at every instant the kept track is within the tolerance, with a fraction of the points`() throws {
        let fixes = Self.patrol()
        let kept = thinned(fixes)
        var worst = 0.0
        for fix in fixes {
            let point = try #require(position(kept, at: fix.time))
            worst = max(worst, point.distanceMetres(to: fix.point))
        }
        print("track: \(fixes.count) fixes, \(kept.count) kept, at most \(worst) m off")
        #expect(worst <= 2.001)
        #expect(kept.count * 3 < fixes.count)
    }

    @Test func `coverage of the parking spaces is that of the full track within the tolerance`() {
        let fixes = Self.patrol()
        let full = fixes.map(\.point)
        let kept = thinned(fixes).map(\.fix.point)
        // A space each 6 m on both sides of every street of the grid.
        let spaces = stride(from: -500.0, through: 500, by: 6).flatMap { along in
            stride(from: -240.0, through: 240, by: 80).map { Drive.point(along, $0 + 5) }
        }
        var passed = (full: 0, kept: 0)
        var worst = 0.0
        for space in spaces {
            let nearFull = nearestMetres(space, to: full)
            let nearKept = nearestMetres(space, to: kept)
            guard nearFull < 30 else { continue }
            worst = max(worst, abs(nearFull - nearKept))
            if nearFull < 10 { passed.full += 1 }
            if nearKept < 10 { passed.kept += 1 }
        }
        print("coverage: \(passed.full) spaces passed, \(passed.kept) by the kept track, nearest pass \(worst) m off")
        #expect(passed.full > 50)
        #expect(worst <= 2.001)
        #expect(abs(passed.full - passed.kept) * 20 <= passed.full)
    }

    @Test func `a standing vehicle is kept each thirty seconds`() {
        let fixes = (0..<300).map { second in
            Fix(
                point: Drive.origin,
                time: Drive.start.addingTimeInterval(Double(second)),
                errorMetres: 4,
                speedMetresPerSecond: 0,
                headingDegrees: 0
            )
        }
        let kept = thinned(fixes)
        #expect(kept.count == 11)
        for (a, b) in zip(kept, kept.dropFirst()) { #expect(b.fix.time.timeIntervalSince(a.fix.time) <= 30) }
    }

    @Test func `a gap without fixes, or a clock set back, starts a segment`() {
        let fixes = [0.0, 1, 2, 10, 11, 5, 6].map { second in
            Fix(
                point: Drive.point(second * 10, 0),
                time: Drive.start.addingTimeInterval(second),
                errorMetres: 4,
                speedMetresPerSecond: 10,
                headingDegrees: 90
            )
        }
        let kept = thinned(fixes)
        #expect(kept.map(\.startsSegment) == [true, false, true, false, true, false])
        #expect(kept.map(\.fix.time).map { $0.timeIntervalSince(Drive.start) } == [0, 2, 10, 11, 5, 6])
    }

    @Test func `the live position thins what it keeps and hands each point over once`() {
        var drive = Drive()
        drive.drive(1...100)
        let kept = drive.receiver.takeTrackPoints() + drive.receiver.finishTrack()
        #expect(kept.count >= 4 && kept.count <= 6)
        #expect(kept.first?.startsSegment == true)
        #expect(kept.last.map { Drive.offMetres($0.fix, 1000, 0) < 0.1 } == true)
        #expect(drive.receiver.takeTrackPoints().isEmpty)
    }
}
