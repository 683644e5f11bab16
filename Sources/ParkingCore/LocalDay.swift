// Days and moments on the city's calendar: by-laws speak of dates and hours as the wall shows them, not of instants.
package import Foundation

/// A day of the Gregorian calendar.
package struct LocalDay: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// Days since 1 January 1970.
    package let number: Int

    package init(number: Int) { self.number = number }

    /// nil for a day that its month does not have (29 February in a common year), or outside 1900 to 2199.
    package init?(year: Int, month: Int, day: Int) {
        guard (1900...2199).contains(year), (1...12).contains(month), day >= 1,
            day <= LocalDay.days(inMonth: month, year: year)
        else { return nil }
        number = Int(InstantText.daysSince1970(year: Int64(year), month: Int64(month), day: Int64(day)))
    }

    /// "2026-12-24"; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Digits.number(bytes[0..<4]), let month = Digits.number(bytes[5..<7]),
            let day = Digits.number(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// 1 (Monday) to 7 (Sunday). 1 January 1970 was a Thursday.
    package var weekday: Int { ((number + 3) % 7 + 7) % 7 + 1 }

    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var day: Int { civil.day }

    /// Which time in its month this weekday comes: 1 to 5.
    package var weekOfMonth: Int { (day - 1) / 7 + 1 }

    /// Year, month and day at once; counted from March, so that the leap day comes last.
    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    static func days(inMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = LocalDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text.prefix(40))' is no day")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (a: LocalDay, b: LocalDay) -> Bool { a.number < b.number }
    package var description: String {
        let civil = civil
        return "\(Digits.padded(civil.year, 4))-\(Digits.padded(civil.month, 2))-\(Digits.padded(civil.day, 2))"
    }
}

/// A day that comes every year; 29 February only in leap years.
package struct MonthDay: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let month: Int
    package let day: Int

    /// "12-24"; nil for what is in no year.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: "-"), let month = Digits.number(bytes[0..<2]),
            let day = Digits.number(bytes[3..<5]), (1...12).contains(month), day >= 1,
            day <= LocalDay.days(inMonth: month, year: 2000)
        else { return nil }
        self.month = month
        self.day = day
    }

    package static func < (a: MonthDay, b: MonthDay) -> Bool { (a.month, a.day) < (b.month, b.day) }
    package var description: String { "\(Digits.padded(month, 2))-\(Digits.padded(day, 2))" }
}

/// Day and minute as a clock on the city's wall shows them.
package struct LocalMoment: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let day: LocalDay
    /// 0 ... 1440
    package let minute: Int

    package init(day: LocalDay, minute: Int) {
        self.day = day
        self.minute = minute
    }

    /// "2026-12-24 19:00"; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = LocalDay(String(parts[0])), let clock = ClockTime(String(parts[1])) else {
            return nil
        }
        self.init(day: day, minute: clock.minutes)
    }

    /// The instants that the wall shows this at: one, two where the clocks are set back, none where they are set ahead
    /// (then the instant of that change).
    /// - Returns: the first and the last.
    package func instants(in timeZone: TimeZone) -> (first: Date, last: Date) {
        let local = day.number * 86_400 + minute * 60
        // Offsets a day before and after bracket every change: no zone changes twice within two days.
        let before = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local - 86_400)))
        let after = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local + 86_400)))
        let found = Set([before, after]).map { Date(timeIntervalSince1970: Double(local - $0)) }
            .filter { date in Int(date.timeIntervalSince1970) + timeZone.secondsFromGMT(for: date) == local }
            .sorted()
        if let first = found.first, let last = found.last { return (first, last) }
        let change = OffsetSegment.change(
            after: Date(timeIntervalSince1970: Double(local - max(before, after))),
            before: Date(timeIntervalSince1970: Double(local - min(before, after))),
            in: timeZone
        )
        return (change, change)
    }

    package static func < (a: LocalMoment, b: LocalMoment) -> Bool { (a.day, a.minute) < (b.day, b.minute) }
    package var description: String { "\(day) \(ClockTime(minutes: minute))" }
}

/// A stretch of time with one offset from UTC: within it wall time and instants run in step.
struct OffsetSegment {
    let from: Date
    let to: Date
    let offsetSeconds: Int

    /// The stretches that make up a span; none for an empty one.
    static func covering(from: Date, to: Date, in timeZone: TimeZone) -> [OffsetSegment] {
        var segments: [OffsetSegment] = []
        var start = from
        while start < to {
            let offset = timeZone.secondsFromGMT(for: start)
            var end = to
            var probe = start
            // Offsets hold for weeks at least; a step of a week misses no change that lasts.
            while probe < to {
                let next = min(probe.addingTimeInterval(7 * 86_400), to)
                if timeZone.secondsFromGMT(for: next) != offset {
                    end = change(after: probe, before: next, in: timeZone)
                    break
                }
                probe = next
            }
            segments.append(OffsetSegment(from: start, to: end, offsetSeconds: offset))
            start = end
        }
        return segments
    }

    /// The first instant of the offset that holds at `before`, to the second.
    static func change(after: Date, before: Date, in timeZone: TimeZone) -> Date {
        let offset = timeZone.secondsFromGMT(for: after)
        var low = after.timeIntervalSince1970.rounded(.down)
        var high = before.timeIntervalSince1970.rounded(.up)
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            if timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: middle)) == offset {
                low = middle
            } else {
                high = middle
            }
        }
        return Date(timeIntervalSince1970: high)
    }
}

/// What a clock on the city's wall shows at an instant.
package struct LocalTime: Hashable, Sendable {
    package let day: LocalDay
    package let secondOfDay: Int

    package init(_ time: Date, timeZone: TimeZone) {
        let seconds = Int(time.timeIntervalSince1970.rounded(.down)) + timeZone.secondsFromGMT(for: time)
        secondOfDay = (seconds % 86_400 + 86_400) % 86_400
        day = LocalDay(number: (seconds - secondOfDay) / 86_400)
    }

    package var minuteOfDay: Int { secondOfDay / 60 }
}

enum Digits {
    static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte) - 48
        }
        return bytes.isEmpty ? nil : value
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
