// One instant on both clocks: durations are measured on the one, people are told the other.
internal import CV4L2

package import struct Foundation.Date

#if canImport(Glibc)
internal import Glibc
#endif

/// An instant: nanoseconds of CLOCK_MONOTONIC (V4L2's time stamps count so), and the wall clock at the same time.
package struct Moment: Sendable, Hashable {
    package let nanoseconds: UInt64
    package let wall: Date

    package init(nanoseconds: UInt64, wall: Date) {
        self.nanoseconds = nanoseconds
        self.wall = wall
    }

    package static func now() -> Moment {
        Moment(nanoseconds: monotonicNanoseconds(), wall: Date())
    }

    package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Seconds from `earlier` to here on the monotonic clock; 0 when it is later.
    package func seconds(since earlier: UInt64) -> Double {
        nanoseconds > earlier ? Double(nanoseconds - earlier) / 1e9 : 0
    }

    /// The wall time of an instant of the monotonic clock, by the distance of both from here.
    package func wallTime(ofNanoseconds other: UInt64) -> Date {
        let distance = Double(Int64(bitPattern: nanoseconds &- other)) / 1e9
        return wall.addingTimeInterval(-distance)
    }
}
