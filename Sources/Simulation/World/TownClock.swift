// The town's clock and calendar by the words of Ontario's law, reckoned here anew: the oracle must not share a mistake
// about time zones with the judgement that it checks.
package import Foundation

/// A civil day as its number since 1 January 1970 (that day is 0).
package struct CivilDay: Hashable, Sendable, Comparable, Strideable {
    package let number: Int

    package init(number: Int) { self.number = number }

    /// Of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
    package init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// 1 (Monday) to 7 (Sunday); 1 January 1970 was a Thursday.
    package var weekday: Int { ((number + 3) % 7 + 7) % 7 + 1 }

    package func advanced(by days: Int) -> CivilDay { CivilDay(number: number + days) }
    package func distance(to other: CivilDay) -> Int { other.number - number }
    package static func < (a: CivilDay, b: CivilDay) -> Bool { a.number < b.number }

    /// "2026-11-02".
    package var text: String {
        let (year, month, day) = parts
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

/// Eastern time as Ontario keeps it (Time Act, R.S.O. 1990, c. T.9): five hours behind UTC; one hour less from the
/// second Sunday of March, 2:00 standard time, to the first Sunday of November, 2:00 daylight time.
package enum TownClock {
    package static let zoneName = "America/Toronto"
    private static let standardSeconds = -5 * 3600

    /// Local day and second of the day as wall clocks show them.
    package static func local(_ time: Date) -> (day: CivilDay, second: Double) {
        let local = time.timeIntervalSince1970 + Double(offsetSeconds(at: time))
        let day = (local / 86_400).rounded(.down)
        return (CivilDay(number: Int(day)), local - day * 86_400)
    }

    package static func offsetSeconds(at time: Date) -> Int {
        let year = CivilDay(number: Int((time.timeIntervalSince1970 / 86_400).rounded(.down))).parts.year
        let (start, end) = daylightTime(in: year)
        return time >= start && time < end ? standardSeconds + 3600 : standardSeconds
    }

    /// "14:05" as wall clocks show it.
    package static func text(_ time: Date) -> String {
        let minute = Int(local(time).second / 60)
        return "\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
    }

    /// The instant at which wall clocks show a time of day. An hour that the spring change leaves out counts as the
    /// hour after it; of one that autumn shows twice the first is meant.
    package static func instant(_ day: CivilDay, second: Double) -> Date {
        let wall = Double(day.number) * 86_400 + second
        let early = Date(timeIntervalSince1970: wall - Double(standardSeconds + 3600))
        if offsetSeconds(at: early) == standardSeconds + 3600 { return early }
        return Date(timeIntervalSince1970: wall - Double(standardSeconds))
    }

    private static func daylightTime(in year: Int) -> (start: Date, end: Date) {
        let start = sunday(2, year: year, month: 3)
        let end = sunday(1, year: year, month: 11)
        return (
            Date(timeIntervalSince1970: Double(start.number * 86_400 + 7 * 3600)),
            Date(timeIntervalSince1970: Double(end.number * 86_400 + 6 * 3600))
        )
    }

    private static func sunday(_ which: Int, year: Int, month: Int) -> CivilDay {
        let first = CivilDay(year: year, month: month, day: 1)
        return first.advanced(by: 7 - first.weekday + 7 * (which - 1))
    }
}
