// Each trouble of a receiver as a state with its age, and which of its fixes are believed.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite struct ReceiverStates {
    @Test func `from no gpsd to a fix, each step is a state with its beginning`() {
        var drive = Drive()
        #expect(drive.health(at: 0).state == .noDaemon)
        drive.take(.openFailed("127.0.0.1:2947, refused"), at: 1)
        #expect(drive.health(at: 1).words.contains("127.0.0.1:2947"))
        #expect(drive.health(at: 1).since == drive.wall(0))
        drive.take(.opened, at: 2)
        #expect(drive.actions == [.stateChanged])
        #expect(drive.health(at: 2).state == .noReceiver)
        drive.take(.devices([]), at: 2.1)
        #expect(drive.health(at: 2.1).words.contains("gpsd has no receiver"))
        drive.take(.devices(["/dev/receiver"]), at: 3)
        drive.take(.sky(used: 0, visible: 4), at: 3.5)
        #expect(drive.health(at: 3.5).state == .noFix)
        var searching = ReceiverReport()
        searching.mode = 1
        drive.take(searching, of: 4)
        #expect(drive.health(at: 4.2).since == drive.wall(3.5))
        drive.drive(5...5)
        let health = drive.health(at: 5.7)
        #expect(health.state == .fix)
        #expect(health.since == drive.wall(5.2))
        #expect(abs((health.ageSeconds ?? 0) - 0.7) < 0.01)
        #expect(health.satellitesVisible == 4)
        #expect(abs((health.errorMetres ?? 0) - 6.17) < 1e-9)
    }

    @Test func `a lost fix is told, with its age, and comes back`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        var none = ReceiverReport()
        none.mode = 1
        drive.take(none, of: 5.1)
        #expect(drive.health(at: 5.3).state == .fix)
        drive.take(none, of: 7)
        #expect(drive.health(at: 7.2).state == .lost)
        #expect(drive.health(at: 9).ageSeconds == 4)
        #expect(drive.fix(at: 7.1) == nil)
        drive.drive(20...20)
        #expect(drive.health(at: 20.3).state == .fix)
    }

    @Test func `silence is a receiver pulled out, and gpsd is asked to try again`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.take(.devices(["/dev/receiver"]), at: 0.1)
        drive.take(.sky(used: 9, visible: 9), at: 1)
        drive.drive(1...5)
        drive.take(.quiet, at: 7)
        #expect(drive.health(at: 7).state == .fix)
        drive.take(.quiet, at: 8.3)
        #expect(drive.health(at: 8.3).state == .noReceiver)
        #expect(drive.health(at: 8.3).satellitesUsed == nil)
        #expect(drive.actions == [.stateChanged, .askAgain(["/dev/receiver"])].reversed())
        drive.take(.quiet, at: 11)
        #expect(drive.actions.isEmpty)
        drive.take(.quiet, at: 13.4)
        #expect(drive.actions == [.askAgain(["/dev/receiver"])])
        drive.drive(25...26)
        #expect(drive.health(at: 26.3).state == .fix)
    }

    @Test func `gpsd that says a receiver has gone is believed at once`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...2)
        drive.take(.device(isActive: false), at: 2.5)
        #expect(drive.health(at: 2.5).state == .noReceiver)
        #expect(drive.health(at: 2.5).words.contains("lost the receiver"))
    }

    @Test func `gpsd restarted is counted, and the fixes from before stay`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        drive.take(.closed(nil), at: 5.5)
        #expect(drive.health(at: 5.5).state == .noDaemon)
        #expect(drive.fix(at: 4.5) != nil)
        drive.take(.opened, at: 7)
        drive.drive(8...9)
        #expect(drive.health(at: 9.5).counters.reconnects == 1)
        #expect(Drive.offMetres(drive.fix(at: 8.5), 85, 0) < 0.1)
    }

    @Test func `several reports of one instant make one fix with what each of them said`() throws {
        var drive = Drive()
        drive.take(.opened, at: 0)
        for second in 1...3 {
            var first = drive.report(Double(second), Double(second) * 10, 0)
            first.speedMetresPerSecond = .nan
            first.headingDegrees = .nan
            drive.take(first, of: Double(second))
            drive.take(drive.report(Double(second), Double(second) * 10, 0), of: Double(second) + 0.01)
        }
        let counters = drive.health(at: 4).counters
        #expect(counters.fixes == 3)
        #expect(counters.repeats == 3)
        let fix = try #require(drive.fix(at: 3))
        #expect(fix.speedMetresPerSecond == 10)
        #expect(fix.headingDegrees == 90)
    }

    @Test func `a position without a time is no fix`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        var report = drive.report(1, 0, 0)
        report.time = nil
        drive.take(report, of: 1)
        #expect(drive.health(at: 1.3).state == .noFix)
        #expect(drive.health(at: 1.3).words.contains("time"))
        #expect(drive.health(at: 1.3).counters.withoutTime == 1)
        #expect(drive.fix(at: 1) == nil)
    }

    @Test func `a receiver whose clock stands still is told`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...3)
        for second in 4...7 { drive.take(drive.report(3, 30, 0), of: Double(second)) }
        #expect(drive.health(at: 7.5).state == .implausible)
        #expect(drive.health(at: 7.5).words.contains("stands still"))
    }
}

@Suite struct ReceiverLies {
    /// What a hostile or broken receiver may say, each to be refused.
    static let absurd: [(name: String, change: @Sendable (inout ReceiverReport) -> Void)] = [
        ("latitude 91", { $0.latitude = 91 }), ("longitude -181", { $0.longitude = -181 }),
        ("no latitude", { $0.latitude = .nan }), ("infinite longitude", { $0.longitude = .infinity }),
        ("0, 0", { ($0.latitude, $0.longitude) = (0, 0) }), ("speed 1e9", { $0.speedMetresPerSecond = 1e9 }),
        ("speed -5", { $0.speedMetresPerSecond = -5 }), ("heading 1e300", { $0.headingDegrees = 1e300 }),
        ("error 1e30", { $0.errorMetres = 1e30 }), ("error -1", { $0.errorMetres = -1 }),
        ("year 1980", { $0.time = Date(timeIntervalSince1970: 316_000_000) }),
        ("year 9999", { $0.time = Date(timeIntervalSince1970: 253_370_764_800) }), ("mode 77", { $0.mode = 77 }),
    ]

    @Test(arguments: absurd.indices)
    func `absurd values are refused, counted and told`(_ index: Int) {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...3)
        var report = drive.report(4, 40, 0)
        Self.absurd[index].change(&report)
        drive.take(report, of: 4)
        let health = drive.health(at: 4.3)
        #expect(health.state == .implausible, "\(Self.absurd[index].name)")
        #expect(health.counters.refused == 1)
        #expect(health.counters.fixes == 3)
        drive.drive(5...5)
        #expect(drive.health(at: 5.3).state == .fix)
    }

    @Test func `values that are no numbers leave a fix without them`() throws {
        var drive = Drive()
        drive.take(.opened, at: 0)
        var report = drive.report(1, 0, 0)
        report.speedMetresPerSecond = .nan
        report.headingDegrees = .infinity
        report.errorMetres = .nan
        drive.take(report, of: 1)
        let fix = try #require(drive.receiver.history.last)
        #expect(fix.speedMetresPerSecond == nil)
        #expect(fix.headingDegrees == nil)
        #expect(fix.errorMetres == ReceivedFix.assumedErrorMetres)
    }

    @Test func `a jump of a kilometre is not believed, five that agree are`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        drive.take(drive.report(6, 60, 1000), of: 6)
        #expect(drive.health(at: 6.3).state == .implausible)
        drive.drive(7...7)
        #expect(drive.health(at: 7.3).state == .fix)
        #expect(Drive.offMetres(drive.fix(at: 6), 60, 0) < 0.1)
        for second in 8...11 { drive.take(drive.report(Double(second), 0, 5000), of: Double(second)) }
        #expect(drive.fix(at: 10) == nil)
        drive.take(drive.report(12, 0, 5000), of: 12)
        #expect(drive.health(at: 12.3).state == .fix)
        #expect(Drive.offMetres(drive.fix(at: 12), 0, 5000) < 0.1)
        #expect(drive.health(at: 12.3).counters.impossibleJumps == 6)
    }

    @Test(arguments: [3600.0, -3600, 619_315_200])
    func `a clock that jumps is not followed until it holds still`(_ jump: Double) {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        for second in 6...14 {
            let time = Double(second)
            var report = drive.report(time, time * 10, 0)
            report.time = Drive.start.addingTimeInterval(time + jump)
            if abs(jump) > 1e8 { report.time = Drive.start.addingTimeInterval(time - jump / 8) }
            drive.take(report, of: time)
            let expected: PositionHealth.State = second < 10 ? .implausible : .fix
            #expect(drive.health(at: time + 0.3).state == expected, "second \(second)")
        }
        #expect(drive.health(at: 15).counters.timeJumps == 1)
        // The instants are the machine's: the jump of the receiver's clock moves no fix.
        #expect(Drive.offMetres(drive.fix(at: 13.5), 135, 0) < 2.1)
    }

    @Test(arguments: [-1.0, 1.0])
    func `a leap second moves no fix by more than the way of a second`(_ leap: Double) {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        for second in 6...25 {
            let time = Double(second)
            var report = drive.report(time, time * 10, 0)
            report.time = Drive.start.addingTimeInterval(time + leap)
            drive.take(report, of: time)
            #expect(drive.health(at: time + 0.3).state == .fix)
            if let fix = drive.fix(at: time) { #expect(Drive.offMetres(fix, time * 10, 0) < 12.5) }
        }
        #expect(drive.health(at: 26).counters.timeJumps == 0)
        // The machine's clock was not set, so that the receiver's lags by a second from now on.
        #expect(Drive.offMetres(drive.fix(at: 20), 200, 0) < 12.5)
    }

    @Test func `a report that comes late is laid where it belongs`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...10)
        drive.take(.report(drive.report(11, 110, 0)), at: 12.1)
        drive.take(.report(drive.report(12, 120, 0)), at: 12.3)
        #expect(Drive.offMetres(drive.fix(at: 11.5), 115, 0) < 0.1)
    }

    @Test func `an older report than the last is left out`() {
        var drive = Drive()
        drive.take(.opened, at: 0)
        drive.drive(1...5)
        drive.take(drive.report(4.5, 45, 0), of: 5.1)
        #expect(drive.health(at: 6).counters.outOfOrder == 1)
        #expect(drive.health(at: 6).state == .fix)
    }
}
