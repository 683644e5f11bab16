// Watches the machine's clock for everyone: the receiver's thread tells it the satellites' time, whoever issues tickets
// asks whether it is trusted.
internal import CGPS
internal import Foundation
internal import Synchronization

package final class ClockWatch: Sendable {
    private let judge: Mutex<ClockJudge>

    package init(now: Moment = .now()) { judge = Mutex(ClockJudge(since: now.wall)) }

    /// False: no ticket is possible.
    package var isTrusted: Bool { judge.withLock { $0.isTrusted } }

    /// Time servers keep the clock.
    var isSynchronised: Bool { judge.withLock { $0.isSynchronised } }

    package func health(at now: Moment = .now()) -> ClockHealth { judge.withLock { $0.health(at: now) } }

    /// A look at the clocks, to be taken about once a second: the receiver's thread does; without one, somebody must.
    package func look(at now: Moment = .now(), kernel: KernelClock? = .read()) {
        judge.withLock { $0.look(now, kernel: kernel) }
    }

    func take(gpsTime: Date, at now: Moment) { judge.withLock { $0.take(gpsTime: gpsTime, at: now) } }
}

extension KernelClock {
    /// nil where the kernel refuses to say (a sandbox without the call).
    package static func read() -> KernelClock? {
        var clock = patrol_kernel_clock()
        guard patrol_kernel_clock_read(&clock) else { return nil }
        return KernelClock(
            isSynchronised: clock.is_synchronised,
            maximumErrorSeconds: clock.maximum_error_seconds
        )
    }
}
