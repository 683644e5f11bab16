// Does a zone's rule hold at an instant? Decided on the wall clock of the city, as the signs are read.
package import Foundation

extension Zone {
    /// Whether the rule holds then. Hours such as 22:00 to 06:00 pass midnight and belong to the day they start on.
    ///
    /// Wall-clock time decides, so an hour that the change to winter time repeats counts both times, and one that
    /// the change to summer time leaves out never comes.
    package func isInForce(at time: Date, timeZone: TimeZone) -> Bool {
        guard let from = ClockTime(from), let to = ClockTime(to) else { return false }
        let local = LocalTime(time, timeZone: timeZone)
        let yesterday = local.weekday == 1 ? 7 : local.weekday - 1
        let minute = local.minuteOfDay
        if from.minutes < to.minutes {
            return holds(on: local.weekday) && minute >= from.minutes && minute < to.minutes
        }
        return (holds(on: local.weekday) && minute >= from.minutes) || (holds(on: yesterday) && minute < to.minutes)
    }

    private func holds(on weekday: Int) -> Bool { days.isEmpty || days.contains(weekday) }
}

/// "HH:MM" from 00:00 to 24:00.
package struct ClockTime: Hashable, Sendable {
    /// 0 ... 1440
    package let minutes: Int

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        var digits: [Int] = []
        for index in [0, 1, 3, 4] {
            guard (48...57).contains(bytes[index]) else { return nil }
            digits.append(Int(bytes[index]) - 48)
        }
        let hour = digits[0] * 10 + digits[1]
        let minute = digits[2] * 10 + digits[3]
        guard minute < 60, hour * 60 + minute <= 1440 else { return nil }
        minutes = hour * 60 + minute
    }
}

/// What a clock on the city's wall shows at an instant.
struct LocalTime {
    /// 1 (Monday) to 7
    let weekday: Int
    let minuteOfDay: Int

    init(_ time: Date, timeZone: TimeZone) {
        let seconds = Int(time.timeIntervalSince1970.rounded(.down)) + timeZone.secondsFromGMT(for: time)
        let secondOfDay = (seconds % 86_400 + 86_400) % 86_400
        let day = (seconds - secondOfDay) / 86_400
        // 1 January 1970 was a Thursday, day 4.
        weekday = ((day + 3) % 7 + 7) % 7 + 1
        minuteOfDay = secondOfDay / 60
    }
}
