// Schedules against a slow oracle that asks Foundation's calendar minute by minute, over clock changes and leap days.
import Foundation
import Testing

@testable import ParkingCore

/// A small generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Schedules")
struct ScheduleTests {
    private static let zones = ["America/Toronto", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Europe/Dublin"]

    /// What the schedule means, told as slowly as one can: each hour span of today and of yesterday, by the calendar.
    private struct Oracle {
        let schedule: Schedule
        let holidays: [Holiday]
        var calendar: Calendar

        init(_ schedule: Schedule, holidays: [Holiday], timeZone: TimeZone) {
            self.schedule = schedule
            self.holidays = holidays
            calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = timeZone
        }

        func holds(_ time: Date) -> Bool {
            let now = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: time)
            guard let year = now.year, let month = now.month, let day = now.day, let hour = now.hour,
                let minute = now.minute
            else { return false }
            var utc = Calendar(identifier: .gregorian)
            utc.timeZone = .gmt
            guard let midnight = utc.date(from: DateComponents(year: year, month: month, day: day)) else {
                return false
            }
            let clock = hour * 60 + minute
            for back in 0...1 {
                guard let start = utc.date(byAdding: .day, value: -back, to: midnight) else { continue }
                let parts = utc.dateComponents([.year, .month, .day, .weekday, .weekdayOrdinal], from: start)
                guard allows(parts) else { continue }
                let asked = clock + back * 1440
                if schedule.hours.contains(where: { $0.fromMinute <= asked && asked < $0.toMinute }) { return true }
            }
            return false
        }

        private func allows(_ parts: DateComponents) -> Bool {
            guard let year = parts.year, let month = parts.month, let day = parts.day, let weekday = parts.weekday,
                let ordinal = parts.weekdayOrdinal
            else { return false }
            func civil(_ day: LocalDay) -> (Int, Int, Int) { (day.year, day.month, day.day) }
            let asked = (year, month, day)
            if let first = schedule.firstDay, asked < civil(first) { return false }
            if let last = schedule.lastDay, asked > civil(last) { return false }
            if let season = schedule.season {
                let (low, high) = ((season.first.month, season.first.day), (season.last.month, season.last.day))
                let (after, before) = ((month, day) >= low, (month, day) <= high)
                guard low <= high ? after && before : after || before else { return false }
            }
            let isHoliday = holidays.contains {
                switch $0.day {
                case .date(let date): civil(date) == asked
                case .every(let yearly): (yearly.month, yearly.day) == (month, day)
                }
            }
            if schedule.holidays == .excluded && isHoliday || schedule.holidays == .only && !isHoliday { return false }
            let monday = (weekday + 5) % 7 + 1
            return (schedule.days.isEmpty || schedule.days.contains(monday))
                && (schedule.weeksOfMonth.isEmpty || schedule.weeksOfMonth.contains(ordinal))
        }
    }

    private func random(_ generator: inout SeededGenerator) throws -> Schedule {
        func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }
        func clock() -> String {
            let minute = [0, 15, 30, 59].randomElement(using: &generator) ?? 0
            return String(format: "%02d:%02d", Int.random(in: 0..<24, using: &generator), minute)
        }
        var hours: [HourSpan] = []
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
            hours.append(chance(5) ? .wholeDay : HourSpan("\(clock())-\(clock())") ?? .wholeDay)
        }
        let seasons = ["02-29 to 03-08", "10-25 to 11-03", "03-01 to 10-31", "12-01 to 02-29"]
        let season = (seasons.randomElement(using: &generator) ?? "").split(separator: " ")
        return Schedule(
            days: chance(2) ? [] : (1...7).filter { _ in Bool.random(using: &generator) },
            weeksOfMonth: chance(3) ? [1, 3] : [],
            hours: hours,
            season: chance(3)
                ? Season(
                    first: try #require(MonthDay(String(season[0]))),
                    last: try #require(MonthDay(String(season[2])))
                ) : nil,
            firstDay: chance(4) ? LocalDay("2024-03-09") : nil,
            lastDay: chance(4) ? LocalDay("2024-11-03") : nil,
            holidays: Schedule.Holidays.allCases.randomElement(using: &generator) ?? .included
        )
    }

    @Test("hold as a slow oracle says, minute by minute over clock changes and leap days", arguments: 0..<40)
    func oracle(seed: Int) throws {
        var generator = SeededGenerator(state: UInt64(seed) &* 7919 &+ 1)
        let zone = try #require(TimeZone(identifier: Self.zones[seed % Self.zones.count]))
        let holidays = [
            Holiday(day: .date(try #require(LocalDay("2024-11-03"))), name: LocalizedText(en: "", fr: "")),
            Holiday(day: .every(try #require(MonthDay("02-29"))), name: LocalizedText(en: "", fr: "")),
            Holiday(day: .every(try #require(MonthDay("03-10"))), name: LocalizedText(en: "", fr: "")),
        ]
        let schedule = try random(&generator)
        let oracle = Oracle(schedule, holidays: holidays, timeZone: zone)
        let starts = ["2024-02-28T00:00:00Z", "2024-03-09T12:00:00Z", "2024-11-02T12:00:00Z", "2024-04-06T00:00:00Z"]
        let start = try #require(WireCoding.date(starts[(seed / 5) % starts.count]))
        let minutes = 3 * 1440
        let range = start..<start.addingTimeInterval(Double(minutes) * 60)
        let spans = schedule.spans(in: range, holidays: holidays, timeZone: zone)
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        var wrong = 0
        for minute in stride(from: 0, to: minutes, by: 1) {
            let time = start.addingTimeInterval(Double(minute) * 60)
            let expected = oracle.holds(time)
            if schedule.holds(at: time, holidays: holidays, timeZone: zone) != expected { wrong += 1 }
            if spans.contains(where: { $0.contains(time) }) != expected { wrong += 1 }
        }
        #expect(wrong == 0, "\(schedule)")
    }

    @Test("days count as the calendar does, from 1900 to 2199")
    func days() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var generator = SeededGenerator(state: 4)
        for _ in 0..<2000 {
            let number = Int.random(in: -25_567...83_900, using: &generator)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday, .weekdayOrdinal],
                from: Date(timeIntervalSince1970: Double(number) * 86_400)
            )
            let day = LocalDay(number: number)
            #expect(day.civil == (parts.year, parts.month, parts.day) as (Int?, Int?, Int?))
            #expect(day.weekday == ((parts.weekday ?? 0) + 5) % 7 + 1)
            #expect(day.weekOfMonth == parts.weekdayOrdinal)
            #expect(LocalDay(day.description) == day)
        }
        for text in ["2023-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-4-1", "26-04-01", "2026-04-31", ""] {
            #expect(LocalDay(text) == nil)
        }
        #expect(LocalDay("2024-02-29") != nil)
        #expect(MonthDay("02-30") == nil)
    }

    @Test("hours are read as signs write them")
    func hours() {
        #expect(HourSpan("22:00-06:00")?.toMinute == 1800)
        #expect(HourSpan("00:00-24:00") == .wholeDay)
        #expect(HourSpan("00:00-24:00")?.description == "00:00-24:00")
        for text in [
            "8:00-18:00", "08:00", "08:00-08:00", "24:00-08:00", "08:00-24:01", "08:00-18:00-20:00", "08.00-18.00",
        ] {
            #expect(HourSpan(text) == nil, "\(text)")
        }
    }

    @Test("a wall time that comes twice has two instants, one that never comes has that of the change")
    func instants() throws {
        let toronto = try #require(TimeZone(identifier: "America/Toronto"))
        func instants(_ text: String) throws -> [String] {
            let found = try #require(LocalMoment(text)).instants(in: toronto)
            return [found.first, found.last].map { WireCoding.text($0) }
        }
        #expect(try instants("2026-11-01 01:30") == ["2026-11-01T05:30:00.000Z", "2026-11-01T06:30:00.000Z"])
        #expect(try instants("2026-03-08 02:30") == ["2026-03-08T07:00:00.000Z", "2026-03-08T07:00:00.000Z"])
        #expect(try instants("2026-06-16 24:00") == ["2026-06-17T04:00:00.000Z", "2026-06-17T04:00:00.000Z"])
    }

    @Test("a limit's time over a night counts only the hours in which it holds")
    func seconds() throws {
        let toronto = try #require(TimeZone(identifier: "America/Toronto"))
        let schedule = Schedule(hours: [try #require(HourSpan("08:00-18:00"))])
        func seconds(_ from: String, _ to: String) throws -> Double {
            let range = try #require(WireCoding.date(from))..<(try #require(WireCoding.date(to)))
            return schedule.spans(in: range, holidays: [], timeZone: toronto).seconds
        }
        #expect(try seconds("2026-06-16T17:30:00-04:00", "2026-06-17T09:00:00-04:00") == 5400)
        // Over both changes of the clocks a sign's ten hours stay ten hours.
        #expect(try seconds("2026-03-07T20:00:00-05:00", "2026-03-08T20:00:00-04:00") == 36_000)
        #expect(try seconds("2026-10-31T20:00:00-04:00", "2026-11-01T20:00:00-05:00") == 36_000)
        let night = Schedule(hours: [try #require(HourSpan("00:00-06:00"))])
        let range =
            try #require(
                WireCoding.date("2026-11-01T00:00:00-04:00")
            )..<(try #require(WireCoding.date("2026-11-01T12:00:00-05:00")))
        #expect(night.spans(in: range, holidays: [], timeZone: toronto).seconds == 7 * 3600)
    }
}
