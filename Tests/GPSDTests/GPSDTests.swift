// The receiver's thread against a real gpsd that listens to a receiver on a pseudo terminal.
import Foundation
import ParkingCore
import Synchronization
import Testing

@testable import Positioning

@Suite(.serialized, .timeLimit(.minutes(3))) struct GPSDTests {
    @Test func `a fix comes, is lost, and comes back; the clock is confirmed`() async throws {
        let bed = try TestBed()
        let receiver = try FakeReceiver(device: bed.device)
        try bed.startDaemon()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.reaches(.fix))
        #expect(try await listener.holds { $0.health.counters.fixes >= 15 })
        let now = Date()
        let fix = try #require(listener.position.fix(at: now))
        // At 8 m/s, the delay that is assumed may be 0.3 s off; the machine may be busy.
        #expect(fix.point.distanceMetres(to: receiver.point(at: now)) < 8)
        #expect(abs((fix.headingDegrees ?? 0) - 90) < 1)
        #expect(abs((fix.speedMetresPerSecond ?? 0) - 8) < 0.2)
        let ellipse = try #require(fix.errorEllipse)
        #expect(ellipse.semiMajorMetres > ellipse.semiMinorMetres)
        let past = now.addingTimeInterval(-1)
        #expect(try #require(listener.position.fix(at: past)).point.distanceMetres(to: receiver.point(at: past)) < 8)
        #expect(listener.clock.isTrusted)
        #expect(abs(try #require(listener.clock.health().offsetSeconds)) < 1.5)
        receiver.behave(.noFix)
        #expect(try await listener.reaches(.lost))
        receiver.behave(.fix)
        #expect(try await listener.reaches(.fix))
        #expect(listener.position.finishTrack().count >= 2)
        await listener.end()
        receiver.unplug()
    }

    /// A udev rule tells gpsd; without one the worker asks gpsd to look again. gpsd 3.22 then may take its time: it keeps
    /// the second from which it looks again as a 32-bit float, which in 2026 tells seconds apart by 128 only.
    @Test(arguments: [true, false])
    func `a receiver that is pulled out and plugged in again is found again`(_ isTold: Bool) async throws {
        let bed = try TestBed()
        let receiver = try FakeReceiver(device: bed.device)
        try bed.startDaemon()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.reaches(.fix))
        let pulled = Date()
        receiver.unplug()
        #expect(try await listener.reaches(.noReceiver))
        print("pulled out: told after \(Date().timeIntervalSince(pulled)) s: \(listener.health.words)")
        let plugged = Date()
        let again = try FakeReceiver(device: bed.device)
        if isTold {
            try bed.tellDaemon("-" + bed.device)
            try bed.tellDaemon("+" + bed.device)
        }
        #expect(try await listener.reaches(.fix, seconds: isTold ? 20 : 80))
        print("plugged in, gpsd told: \(isTold): a fix after \(Date().timeIntervalSince(plugged)) s")
        #expect(listener.health.counters.reconnects == 0)
        await listener.end()
        again.unplug()
    }

    @Test func `gpsd killed is told, and once restarted its fixes come again`() async throws {
        let bed = try TestBed()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.holds { $0.health.words.contains("does not answer") })
        #expect(listener.position.fix(at: Date()) == nil)
        let receiver = try FakeReceiver(device: bed.device)
        try bed.startDaemon()
        #expect(try await listener.reaches(.fix))
        for round in 1...2 {
            let killed = Date()
            bed.stopDaemon()
            #expect(try await listener.reaches(.noDaemon))
            print("gpsd killed: told after \(Date().timeIntervalSince(killed)) s")
            let started = Date()
            try bed.startDaemon()
            #expect(try await listener.reaches(.fix))
            print("gpsd started: a fix after \(Date().timeIntervalSince(started)) s")
            #expect(listener.health.counters.reconnects == round)
        }
        await listener.end()
        receiver.unplug()
    }

    @Test func `garbage at 115200 baud leads to no wrong fix, and the next good line counts`() async throws {
        let bed = try TestBed()
        let receiver = try FakeReceiver(device: bed.device)
        try bed.startDaemon()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.reaches(.fix))
        receiver.behave(.garbage)
        let before = receiver.state.withLock { $0.bytesWritten }
        for _ in 0..<60 {
            try await Task.sleep(for: .milliseconds(100))
            guard let fix = listener.position.fix(at: Date()) else { continue }
            #expect(fix.point.distanceMetres(to: receiver.point(at: fix.time)) < 50)
        }
        let bytes = receiver.state.withLock { $0.bytesWritten } - before
        print("garbage: \(bytes) bytes in 6 s, \(listener.health.counters)")
        #expect(bytes > 20_000)
        receiver.behave(.fix)
        #expect(try await listener.holds { $0.health.state == .fix && ($0.health.ageSeconds ?? 9) < 1 })
        await listener.end()
        receiver.unplug()
    }

    @Test func `a receiver's clock that jumps by an hour is noticed and not believed`() async throws {
        let bed = try TestBed()
        let receiver = try FakeReceiver(device: bed.device)
        try bed.startDaemon()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.holds { $0.clock.isTrusted && $0.health.counters.fixes > 5 })
        receiver.state.withLock { $0.clockSeconds = 3600 }
        #expect(try await listener.holds { $0.health.counters.timeJumps == 1 })
        #expect(try await listener.reaches(.fix))
        #expect(listener.states.contains(.implausible))
        #expect(try await listener.holds { $0.clock.health().receiverTimesRefused > 0 })
        #expect(listener.clock.isTrusted)
        let now = Date()
        let fix = try #require(listener.position.fix(at: now))
        #expect(fix.point.distanceMetres(to: receiver.point(at: now)) < 16)
        await listener.end()
        receiver.unplug()
    }

    @Test func `a leap second passes without a lost or wrong fix`() async throws {
        let bed = try TestBed()
        let receiver = try FakeReceiver(device: bed.device)
        // The receiver shows 23:59:52 on the last day of 2026 when it is switched on.
        let leap = try #require(WireCoding.date("2027-01-01T00:00:00Z"))
        receiver.state.withLock {
            $0.clockSeconds = leap.addingTimeInterval(-8).timeIntervalSinceNow
            $0.leapAt = leap
        }
        try bed.startDaemon()
        let listener = try Listener(port: bed.port)
        #expect(try await listener.reaches(.fix, seconds: 7))
        let passed = try await listener.holds(seconds: 20) { _ in
            receiver.state.withLock { Date().addingTimeInterval($0.clockSeconds) } > leap.addingTimeInterval(5)
        }
        #expect(passed)
        #expect(try await listener.holds { $0.health.state == .fix && ($0.health.ageSeconds ?? 9) < 1.5 })
        #expect(listener.health.counters.timeJumps == 0)
        let now = Date()
        let fix = try #require(listener.position.fix(at: now))
        #expect(fix.point.distanceMetres(to: receiver.point(at: now)) < 24)
        print("leap second: \(listener.states), \(listener.health.counters)")
        await listener.end()
        receiver.unplug()
    }
}
