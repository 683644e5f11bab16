// The fix for a frame's instant: between fixes, shortly after the last, and while the vehicle stands.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite struct FixesForInstants {
    @Test func `between two fixes the position is interpolated`() throws {
        var drive = Drive()
        drive.drive(1...5)
        for tenth in 10...50 {
            let second = Double(tenth) / 10
            #expect(Drive.offMetres(drive.fix(at: second), second * 10, 0) < 0.05)
        }
        #expect(drive.fix(at: 0.9) == nil)
    }

    @Test func `up to two seconds after the last fix it goes on along the heading with the error grown`() throws {
        var drive = Drive()
        drive.drive(1...5)
        let one = try #require(drive.fix(at: 6))
        let two = try #require(drive.fix(at: 6.99))
        #expect(Drive.offMetres(one, 60, 0) < 0.05)
        #expect(Drive.offMetres(two, 69.9, 0) < 0.05)
        #expect(abs(one.errorMetres - (6.17 + 2 + 2.5)) < 0.01)
        #expect(two.errorMetres > one.errorMetres + 5)
        #expect(drive.fix(at: 7.01) == nil)
    }

    @Test func `where the clock is not kept, the instant is known to the receiver's delay`() {
        var drive = Drive()
        drive.isSynchronised = false
        drive.wallOffsetSeconds = 37
        drive.latencySeconds = 0.35
        drive.drive(1...12)
        // Assumed are 0.2 s of delay; 0.15 s at 10 m/s are 1.5 m.
        #expect(Drive.offMetres(drive.fix(at: 11.5), 115, 0) < 1.6)
    }

    @Test func `the error ellipse of GST is kept, turned as the receiver says`() throws {
        var drive = Drive()
        var errors = ReceiverErrors()
        errors.time = Drive.start.addingTimeInterval(1)
        (errors.semiMajorMetres, errors.semiMinorMetres, errors.orientationDegrees) = (6, 2, 200)
        drive.take(.errors(errors), at: 1.1)
        var report = drive.report(1, 0, 0)
        report.errorMetres = .nan
        drive.take(report, of: 1)
        let fix = try #require(drive.receiver.history.last)
        let ellipse = try #require(fix.errorEllipse)
        #expect(ellipse.semiMajorMetres == 6)
        #expect(ellipse.semiMinorMetres == 2)
        #expect(ellipse.orientationDegrees == 20)
        #expect(fix.errorMetres > 6 && fix.errorMetres < 7)
        let json = try WireCoding.encoder().encode(fix)
        #expect(try WireCoding.decoder().decode(Fix.self, from: json).errorEllipse == ellipse)
    }

    @Test func `without GST the ellipse stands on north and east`() throws {
        var drive = Drive()
        var report = drive.report(1, 0, 0)
        report.northErrorMetres = 9.8
        report.eastErrorMetres = 19.6
        drive.take(report, of: 1)
        let ellipse = try #require(drive.receiver.history.last?.errorEllipse)
        #expect(abs(ellipse.semiMajorMetres - 10) < 1e-9)
        #expect(ellipse.orientationDegrees == 90)
    }

    @Test func `questions come on the wall clock, and one that was set moves them`() {
        let start = Drive().moment(0)
        let position = LivePosition(clock: ClockWatch(now: start), now: start)
        var drive = Drive()
        for second in 1...5 {
            let report = drive.report(Double(second), Double(second) * 10, 0)
            _ = position.take(.report(report), at: drive.moment(Double(second) + 0.2))
        }
        #expect(Drive.offMetres(position.fix(at: drive.wall(4.5)), 45, 0) < 2.1)
        drive.wallOffsetSeconds = 600
        _ = position.take(.quiet, at: drive.moment(5.4))
        #expect(Drive.offMetres(position.fix(at: drive.wall(4.5)), 45, 0) < 2.1)
        #expect(position.fix(at: .distantPast) == nil)
        #expect(position.fix(at: .distantFuture) == nil)
    }

    @Test func `the history stays bounded`() {
        var history = FixHistory()
        let fix = Fix(
            point: Drive.origin,
            time: Drive.start,
            errorMetres: 3,
            speedMetresPerSecond: nil,
            headingDegrees: nil
        )
        var kept = 0
        for tenth in 0..<100_000 where history.add(fix, at: Int64(tenth) * 100_000_000) { kept += 1 }
        #expect(kept == 100_000)
        #expect(history.count <= FixHistory.mostFixes)
        #expect(history.fix(at: 99_999 * 100_000_000, time: Drive.start) != nil)
        #expect(history.fix(at: (99_999 - 2990) * 100_000_000, time: Drive.start) != nil)
    }
}

@Suite struct StandingVehicles {
    /// The same wander in each run: some 4 m around the true place.
    private struct Wander {
        var state: UInt64 = 7

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 33) / Double(1 << 31) - 0.5) * 14
        }
    }

    @Test func `standing still does not wander and keeps the heading of the last movement`() throws {
        var drive = Drive()
        var wander = Wander()
        drive.drive(1...10)
        var farthest = 0.0
        var farthestRaw = 0.0
        for second in 11...130 {
            let (east, north) = (100 + wander.next(), wander.next())
            var report = drive.report(Double(second), east, north, speed: 0.1, heading: 360 * Double(second % 7) / 7)
            if second % 2 == 0 { report.headingDegrees = .nan }
            drive.take(report, of: Double(second))
            let fix = try #require(drive.receiver.history.last)
            #expect(fix.headingDegrees == 90)
            #expect(fix.speedMetresPerSecond == 0)
            guard second > 20 else { continue }
            farthest = max(farthest, Drive.offMetres(fix, 100, 0))
            farthestRaw = max(farthestRaw, Drive.point(east, north).distanceMetres(to: Drive.point(100, 0)))
        }
        #expect(farthestRaw > 6)
        #expect(farthest < 3)
        #expect(drive.health(at: 130.3).isStanding)
        // It drives off: the next fix is its own again.
        drive.take(drive.report(131, 104, 0, speed: 4, heading: 80), of: 131)
        #expect(Drive.offMetres(drive.receiver.history.last, 104, 0) < 0.1)
        #expect(drive.receiver.history.last?.headingDegrees == 80)
    }

    @Test func `a vehicle that is towed away leaves its place though its receiver says it stands`() {
        var drive = Drive()
        for second in 1...5 { drive.take(drive.report(Double(second), 0, 0, speed: 0), of: Double(second)) }
        for second in 6...20 {
            drive.take(drive.report(Double(second), Double(second - 5) * 5, 0, speed: 0), of: Double(second))
        }
        #expect(Drive.offMetres(drive.receiver.history.last, 75, 0) < 20)
    }
}

@Suite struct CameraViews {
    private func fix(heading: Double?) -> Fix {
        Fix(
            point: Drive.origin,
            time: Drive.start,
            errorMetres: 3,
            speedMetresPerSecond: 8,
            headingDegrees: heading
        )
    }

    @Test(arguments: [(90.0, 90.0, 180.0), (350, 90, 80), (10, -90, 280), (0, 450, 90)])
    func `heading and camera angle give the bearing of the view`(_ heading: Double, _ angle: Double, _ view: Double) {
        #expect(fix(heading: heading).viewDegrees(cameraAngleDegrees: angle) == view)
        #expect(fix(heading: nil).viewDegrees(cameraAngleDegrees: angle) == nil)
    }

    @Test(arguments: [(0.0, ViewSide.ahead), (90, .right), (-90, .left), (270, .left), (180, .behind), (-45, .left)])
    func `the side of the vehicle follows from the angle`(_ angle: Double, _ side: ViewSide) {
        #expect(ViewSide(cameraAngleDegrees: angle) == side)
    }

    @Test func `the side of the street follows from heading, street and camera`() {
        // East along a street that runs east, and back.
        #expect(fix(heading: 92).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: 90) == .right)
        #expect(fix(heading: 272).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: 90) == .left)
        #expect(fix(heading: 272).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: -90) == .right)
        // Across the street, without a heading, or with a camera that looks ahead: not known.
        #expect(fix(heading: 0).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: 90) == nil)
        #expect(fix(heading: nil).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: 90) == nil)
        #expect(fix(heading: 90).sideOfStreet(streetDegrees: 90, cameraAngleDegrees: 0) == nil)
    }
}
