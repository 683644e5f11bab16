// One instant by both clocks of the machine: the monotonic one for durations, the wall clock for what people read.
internal import CGPS  // its headers are where the compiler finds struct timespec first
package import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

package struct Moment: Hashable, Sendable {
    /// CLOCK_MONOTONIC: never set, never jumps.
    package let monotonicNanoseconds: Int64
    /// CLOCK_REALTIME: set by hand, by time servers, or by nobody.
    package let wall: Date

    package init(monotonicNanoseconds: Int64, wall: Date) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wall = wall
    }

    package static func now() -> Moment {
        Moment(monotonicNanoseconds: nanoseconds(of: CLOCK_MONOTONIC), wall: wallTime())
    }

    /// Seconds on the monotonic clock.
    func seconds(since earlier: Moment) -> Double {
        Double(monotonicNanoseconds - earlier.monotonicNanoseconds) / 1e9
    }

    var monotonicSeconds: Double { Double(monotonicNanoseconds) / 1e9 }

    private static func wallTime() -> Date {
        Date(timeIntervalSince1970: Double(nanoseconds(of: CLOCK_REALTIME)) / 1e9)
    }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        // Cannot fail: both clocks exist and the address is valid.
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
