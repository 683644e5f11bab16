// What stands on the town's signs: the by-law as the oracle reads it. The city file for the judgement is written from
// these values, and from then on the two share nothing.
package import Foundation

/// Days of a year that come back, such as 15 November to 15 April.
package struct Season: Hashable, Sendable {
    package let fromMonth: Int
    package let fromDay: Int
    package let untilMonth: Int
    package let untilDay: Int

    func holds(_ day: CivilDay) -> Bool {
        let (_, month, date) = day.parts
        let today = month * 100 + date
        let (from, until) = (fromMonth * 100 + fromDay, untilMonth * 100 + untilDay)
        return from <= until ? from <= today && today <= until : today >= from || today <= until
    }
}

/// One sign: what it asks, and when.
package struct PostedRule: Hashable, Sendable {
    package enum Demand: Hashable, Sendable {
        case payByPlate
        case permit
        /// How long one may stay at one place, or in all of the zone.
        case timeLimit(minutes: Int, wholeZone: Bool)
        case noParking
        case noStopping
    }

    package let name: String
    package let demand: Demand
    /// 1 (Monday) to 7 (Sunday).
    package let weekdays: Set<Int>
    /// Minutes of the local day; `toMinute` up to 1440; below `fromMinute`, it is one of the next day's.
    package let fromMinute: Int
    package let toMinute: Int
    package let season: Season?
    /// Only on these days; both included.
    package let days: ClosedRange<Int>?
    package let holdsOnHolidays: Bool
    package let graceMinutes: Int
    /// Kinds of permit that excuse.
    package let permits: Set<String>
    package let infraction: String

    package init(
        name: String,
        demand: Demand,
        weekdays: Set<Int> = [1, 2, 3, 4, 5, 6, 7],
        fromMinute: Int = 0,
        toMinute: Int = 1440,
        season: Season? = nil,
        days: ClosedRange<Int>? = nil,
        holdsOnHolidays: Bool = true,
        graceMinutes: Int = 0,
        permits: Set<String> = [],
        infraction: String
    ) {
        self.name = name
        self.demand = demand
        self.weekdays = weekdays
        self.fromMinute = fromMinute
        self.toMinute = toMinute
        self.season = season
        self.days = days
        self.holdsOnHolidays = holdsOnHolidays
        self.graceMinutes = graceMinutes
        self.permits = permits
        self.infraction = infraction
    }

    /// Whether the sign is obeyed at an instant: the hours that began today, or yesterday and reach past midnight.
    package func holds(at time: Date, holidays: Set<CivilDay>) -> Bool {
        let (day, second) = TownClock.local(time)
        let minute = second / 60
        if fromMinute < toMinute {
            return minute >= Double(fromMinute) && minute < Double(toMinute) && begins(on: day, holidays)
        }
        if minute >= Double(fromMinute) { return begins(on: day, holidays) }
        return minute < Double(toMinute) && begins(on: day.advanced(by: -1), holidays)
    }

    private func begins(on day: CivilDay, _ holidays: Set<CivilDay>) -> Bool {
        guard weekdays.contains(day.weekday), season?.holds(day) ?? true, days?.contains(day.number) ?? true else {
            return false
        }
        return holdsOnHolidays || !holidays.contains(day)
    }
}

/// A zone of the town: a stretch of a street with its signs.
package struct TownZone: Sendable {
    package let name: String
    /// Corners of the rectangle, metres east and north of the town's origin.
    package let west: Double
    package let south: Double
    package let east: Double
    package let north: Double
    package let rules: [PostedRule]
    /// In force on one day, in place of the zone's own rules or beside them.
    package let change: TemporaryChange?

    package struct TemporaryChange: Sendable {
        package let name: String
        package let rules: [PostedRule]
        /// The zone's own rules do not hold while it lasts.
        package let replaces: Bool
        package let from: Date
        package let until: Date
    }
}
