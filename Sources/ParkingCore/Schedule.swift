// When a sign holds: weekdays, hours, season, dates and holidays, as they are read off the wall's clock and calendar.
package import Foundation

/// "HH:MM" from 00:00 to 24:00.
package struct ClockTime: Hashable, Sendable, CustomStringConvertible {
    /// 0 ... 1440
    package let minutes: Int

    init(minutes: Int) { self.minutes = minutes }

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Digits.number(bytes[0..<2]),
            let minute = Digits.number(bytes[3..<5]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        minutes = hour * 60 + minute
    }

    package var description: String { "\(Digits.padded(minutes / 60, 2)):\(Digits.padded(minutes % 60, 2))" }
}

/// Hours of a day. An end at or before the start lies on the next day: 22:00 to 06:00 belongs to the day it starts on.
package struct HourSpan: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Minutes after midnight, 0 ..< 1440.
    package let fromMinute: Int
    /// Minutes after the same midnight, after `fromMinute` and at most a day later: 0 < to <= 2880.
    package let toMinute: Int

    package static let wholeDay = HourSpan(fromMinute: 0, toMinute: 1440)

    private init(fromMinute: Int, toMinute: Int) {
        self.fromMinute = fromMinute
        self.toMinute = toMinute
    }

    /// nil where both are the same, which would be no time at all (00:00 to 24:00 is the whole day).
    package init?(from: ClockTime, to: ClockTime) {
        guard from != to, from.minutes < 1440 else { return nil }
        self.init(fromMinute: from.minutes, toMinute: to.minutes > from.minutes ? to.minutes : to.minutes + 1440)
    }

    /// "08:00-18:00"; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = ClockTime(String(parts[0])), let to = ClockTime(String(parts[1])) else {
            return nil
        }
        self.init(from: from, to: to)
    }

    package var description: String {
        let end = toMinute > 1440 ? toMinute - 1440 : toMinute
        return "\(ClockTime(minutes: fromMinute))-\(ClockTime(minutes: end))"
    }
}

/// Days of the year from the first to the last, both included; may pass the new year.
package struct Season: Hashable, Sendable, Codable {
    package let first: MonthDay
    package let last: MonthDay

    package init(first: MonthDay, last: MonthDay) {
        self.first = first
        self.last = last
    }

    package func contains(month: Int, day: Int) -> Bool {
        let asked = (month, day)
        let (low, high) = ((first.month, first.day), (last.month, last.day))
        return low <= high ? low <= asked && asked <= high : asked >= low || asked <= high
    }
}

/// A day on which signs may read otherwise.
package struct Holiday: Hashable, Sendable, Codable {
    package enum Day: Hashable, Sendable, Codable {
        case date(LocalDay)
        case every(MonthDay)
    }
    package let day: Day
    package let name: LocalizedText

    package init(day: Day, name: LocalizedText) {
        self.day = day
        self.name = name
    }

    package func falls(on asked: LocalDay) -> Bool {
        switch day {
        case .date(let date): return date == asked
        case .every(let yearly):
            let civil = asked.civil
            return civil.month == yearly.month && civil.day == yearly.day
        }
    }
}

package struct Schedule: Hashable, Sendable, Codable {
    package enum Holidays: String, Hashable, Sendable, Codable, CaseIterable { case included, excluded, only }

    /// Weekdays 1 (Monday) to 7; empty: every day.
    package let days: [Int]
    /// Which time the weekday comes in its month, 1 to 5; empty: every time.
    package let weeksOfMonth: [Int]
    /// Never empty in a valid city.
    package let hours: [HourSpan]
    /// nil: all the year.
    package let season: Season?
    /// First and last day; nil: without beginning, without end.
    package let firstDay: LocalDay?
    package let lastDay: LocalDay?
    package let holidays: Holidays

    package init(
        days: [Int] = [],
        weeksOfMonth: [Int] = [],
        hours: [HourSpan] = [.wholeDay],
        season: Season? = nil,
        firstDay: LocalDay? = nil,
        lastDay: LocalDay? = nil,
        holidays: Holidays = .included
    ) {
        self.days = days
        self.weeksOfMonth = weeksOfMonth
        self.hours = hours
        self.season = season
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.holidays = holidays
    }

    package static let always = Schedule()

    /// What keeps the schedule from holding on a day; nil: nothing, its hours decide.
    func obstacle(on day: LocalDay, holidays known: [Holiday]) -> ScheduleGap? {
        if let firstDay, day < firstDay { return .notYet(from: firstDay) }
        if let lastDay, day > lastDay { return .over(since: lastDay) }
        if let season {
            let civil = day.civil
            guard season.contains(month: civil.month, day: civil.day) else { return .outOfSeason(season) }
        }
        let holiday = holidays == .included ? nil : known.first { $0.falls(on: day) }
        switch holidays {
        case .included: break
        case .excluded: if let holiday { return .holiday(holiday.name) }
        case .only: if holiday == nil { return .noHoliday }
        }
        guard days.isEmpty || days.contains(day.weekday) else { return .otherDay }
        guard weeksOfMonth.isEmpty || weeksOfMonth.contains(day.weekOfMonth) else { return .otherWeek }
        return nil
    }

    /// nil: holds at that wall time; else why not, told for the day itself.
    ///
    /// Wall-clock time decides: an hour that the change to winter time repeats counts both times, one that the change
    /// to summer time leaves out never comes.
    func gap(at local: LocalTime, holidays known: [Holiday]) -> ScheduleGap? {
        let second = local.secondOfDay
        let today = obstacle(on: local.day, holidays: known)
        if today == nil, hours.contains(where: { $0.fromMinute * 60 <= second && second < $0.toMinute * 60 }) {
            return nil
        }
        let yesterday = LocalDay(number: local.day.number - 1)
        if hours.contains(where: { $0.fromMinute * 60 <= second + 86_400 && second + 86_400 < $0.toMinute * 60 }),
            obstacle(on: yesterday, holidays: known) == nil
        {
            return nil
        }
        return today ?? .outsideHours(hours)
    }

    /// Whether the schedule holds at an instant.
    package func holds(at time: Date, holidays: [Holiday], timeZone: TimeZone) -> Bool {
        gap(at: LocalTime(time, timeZone: timeZone), holidays: holidays) == nil
    }

    /// The spans within `range` in which the schedule holds, in order, none touching the next.
    package func spans(in range: Range<Date>, holidays: [Holiday], timeZone: TimeZone) -> [Range<Date>] {
        var found: [Range<Date>] = []
        for segment in OffsetSegment.covering(from: range.lowerBound, to: range.upperBound, in: timeZone) {
            let first = LocalTime(segment.from, timeZone: timeZone).day.number - 1
            let offset = Double(segment.offsetSeconds)
            // The segment's end as this segment's own clock would show it.
            let end = segment.to.timeIntervalSince1970 + offset
            var day = first
            while Double(day * 86_400) < end {
                if obstacle(on: LocalDay(number: day), holidays: holidays) == nil {
                    for span in hours {
                        let from = Double(day * 86_400 + span.fromMinute * 60) - offset
                        let to = Double(day * 86_400 + span.toMinute * 60) - offset
                        let low = max(from, segment.from.timeIntervalSince1970)
                        let high = min(to, segment.to.timeIntervalSince1970)
                        if low < high {
                            found.append(Date(timeIntervalSince1970: low)..<Date(timeIntervalSince1970: high))
                        }
                    }
                }
                day += 1
            }
        }
        return found.merged()
    }
}

/// Why a schedule does not hold.
package enum ScheduleGap: Hashable, Sendable, Codable {
    case notYet(from: LocalDay)
    case over(since: LocalDay)
    case outOfSeason(Season)
    case holiday(LocalizedText)
    case noHoliday
    case otherDay
    case otherWeek
    case outsideHours([HourSpan])
}

extension [Range<Date>] {
    /// The same time as spans in order that do not touch.
    func merged() -> [Range<Date>] {
        var result: [Range<Date>] = []
        for span in sorted(by: { $0.lowerBound < $1.lowerBound }) where !span.isEmpty {
            if let last = result.last, span.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<Swift.max(last.upperBound, span.upperBound)
            } else {
                result.append(span)
            }
        }
        return result
    }

    /// What lies in these and in those.
    func intersected(with others: [Range<Date>]) -> [Range<Date>] {
        flatMap { own in others.map { own.clamped(to: $0) }.filter { !$0.isEmpty } }.merged()
    }

    /// What lies in these and not in those.
    func subtracting(_ others: [Range<Date>]) -> [Range<Date>] {
        var rest = merged()
        for cut in others where !cut.isEmpty {
            rest = rest.flatMap { span -> [Range<Date>] in
                guard span.overlaps(cut) else { return [span] }
                var parts: [Range<Date>] = []
                if span.lowerBound < cut.lowerBound { parts.append(span.lowerBound..<cut.lowerBound) }
                if cut.upperBound < span.upperBound { parts.append(cut.upperBound..<span.upperBound) }
                return parts
            }
        }
        return rest
    }

    /// Seconds in all, for spans that do not overlap.
    package var seconds: Double { reduce(0) { $0 + $1.upperBound.timeIntervalSince($1.lowerBound) } }
}
