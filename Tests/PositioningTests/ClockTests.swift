// Which clock is believed, and when a ticket may rest on it.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite struct Clocks {
    private static let kept = KernelClock(isSynchronised: true, maximumErrorSeconds: 0.05)
    private static let free = KernelClock(isSynchronised: false, maximumErrorSeconds: 16)

    /// A machine with a clock that may be set, and a receiver that may be wrong.
    private struct Machine {
        var judge = ClockJudge(since: Drive.start)
        /// The machine's clock less the true time.
        var wallSeconds = 0.0
        /// The receiver's less the true time; nil: none.
        var receiverSeconds: Double? = 0
        var kernel = Clocks.free
        var second = 0

        var now: Moment { moment(Double(second)) }
        var health: ClockHealth { judge.health(at: now) }

        func moment(_ seconds: Double) -> Moment {
            Moment(
                monotonicNanoseconds: Drive.instant(seconds),
                wall: Drive.start.addingTimeInterval(seconds + wallSeconds)
            )
        }

        mutating func run(_ seconds: Int) {
            for _ in 0..<seconds {
                second += 1
                judge.look(now, kernel: kernel)
                guard let receiverSeconds else { continue }
                let told = Drive.start.addingTimeInterval(Double(second) - 0.3 + receiverSeconds)
                judge.take(gpsTime: told, at: now)
            }
        }
    }

    @Test func `without time servers and without a receiver no clock is trusted`() {
        var machine = Machine(receiverSeconds: nil)
        machine.run(10)
        #expect(!machine.judge.isTrusted)
        #expect(machine.health.source == .none)
        #expect(machine.health.words.contains("no ticket"))
        #expect(machine.health.offsetSeconds == nil)
    }

    @Test func `five times of a receiver that agrees make the clock trusted, with its offset`() throws {
        var machine = Machine(wallSeconds: 0.8)
        machine.run(4)
        #expect(!machine.judge.isTrusted)
        machine.run(1)
        #expect(machine.judge.isTrusted)
        #expect(machine.health.source == .gpsd)
        #expect(machine.health.since == machine.now.wall)
        #expect(abs(try #require(machine.health.offsetSeconds) - 0.9) < 0.001)
    }

    @Test func `a receiver's word holds for an hour after it fell silent`() {
        var machine = Machine()
        machine.run(10)
        machine.receiverSeconds = nil
        machine.run(3590)
        #expect(machine.judge.isTrusted)
        machine.run(20)
        #expect(!machine.judge.isTrusted)
    }

    @Test(arguments: [37.0, -7200, 400_000])
    func `a machine's clock that differs from the receiver's is not trusted, and the words say by how much`(
        _ offset: Double
    ) {
        var machine = Machine(wallSeconds: offset)
        machine.run(20)
        #expect(!machine.judge.isTrusted)
        #expect(machine.health.words.contains(offset > 0 ? "behind" : "ahead"))
        #expect(machine.health.words.contains("set the clock"))
    }

    @Test func `time servers come before the receiver: a week rollover or a jump is not believed`() throws {
        var machine = Machine(kernel: Self.kept)
        machine.run(20)
        #expect(machine.health.source == .ntp)
        // 1,024 weeks, as an old receiver falls back.
        machine.receiverSeconds = -619_315_200
        machine.run(20)
        #expect(machine.judge.isTrusted)
        #expect(machine.health.source == .ntp)
        #expect(machine.health.receiverTimesRefused >= 5)
        #expect(machine.health.words.contains("not believed"))
        #expect(try #require(machine.health.offsetSeconds) > 600_000_000)
    }

    @Test func `a receiver that confirmed the clock and then jumps does not take its word back`() {
        var machine = Machine()
        machine.run(20)
        machine.receiverSeconds = 3600
        machine.run(20)
        #expect(machine.judge.isTrusted)
        #expect(machine.health.source == .gpsd)
        #expect(machine.health.receiverTimesRefused > 0)
    }

    @Test(arguments: [-1.0, 1.0])
    func `a leap second of the receiver shakes no trust`(_ leap: Double) {
        var machine = Machine()
        machine.run(20)
        machine.receiverSeconds = leap
        machine.run(30)
        #expect(machine.judge.isTrusted)
        #expect(machine.health.receiverTimesRefused == 0)
    }

    @Test(arguments: [0.6, -3600.0])
    func `a clock that is set is noticed, counted, and must be confirmed again`(_ step: Double) throws {
        var machine = Machine()
        machine.run(20)
        machine.wallSeconds = step
        machine.run(1)
        #expect(!machine.judge.isTrusted)
        #expect(machine.health.jumps == 1)
        #expect(abs(try #require(machine.health.lastJumpSeconds) - step) < 0.001)
        machine.run(10)
        #expect(machine.judge.isTrusted == (abs(step) < 2))
        #expect(machine.health.jumps == 1)
    }

    @Test func `slow slewing is no jump`() {
        var machine = Machine()
        for _ in 0..<600 {
            machine.wallSeconds += 0.08
            machine.run(1)
        }
        #expect(machine.health.jumps == 0)
    }

    @Test func `health survives JSON`() throws {
        var machine = Machine()
        machine.run(10)
        let json = try WireCoding.encoder().encode(machine.health)
        let back = try WireCoding.decoder().decode(ClockHealth.self, from: json)
        #expect(back.source == .gpsd)
        #expect(back.isTrusted)
    }

    @Test func `the kernel can be asked`() {
        let kernel = KernelClock.read()
        if let kernel { #expect(kernel.maximumErrorSeconds >= 0) }
        let clock = ClockWatch()
        clock.look()
        #expect(clock.isTrusted == (kernel?.isSynchronised ?? false))
    }
}
