// The time of a replay: the recording's own, so that sessions, hours and ages are judged as they were then.
package import Foundation
internal import Synchronization

/// Says the time of the frame that is being worked on; never goes back.
package final class ReplayClock: PatrolClock {
    private let latest: Mutex<Date>

    package init(start: Date) { latest = Mutex(start) }

    package func now() -> Date { latest.withLock { $0 } }

    package func advance(to time: Date) { latest.withLock { $0 = max($0, time) } }
}

/// The machine's own clock.
package struct SystemClock: PatrolClock {
    package init() {}
    package func now() -> Date { Date() }
}
