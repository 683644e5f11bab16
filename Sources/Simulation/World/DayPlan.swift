// Which day a seed plays: ordinary ones, holidays, the two days on which the clocks change, and snow.
package import Foundation

package struct DayPlan: Sendable {
    package let day: CivilDay
    /// Local hour at which the shift begins, and how long it lasts.
    package let startHour: Double
    package let hours: Double
    package let isSnowy: Bool
    /// The town's holidays of that year.
    package let holidays: Set<CivilDay>

    package var start: Date { TownClock.instant(day, second: startHour * 3600) }
    package var end: Date { start.addingTimeInterval(hours * 3600) }

    /// Two seeds of ten play a night in which the clocks change, two a holiday, one a day of snow.
    package init(seed: UInt64) {
        var dice = Dice(seed: seed, for: "day")
        switch seed % 10 {
        case 3: self.init(CivilDay(year: 2026, month: 3, day: 8), startHour: 0, hours: 9)
        case 5: self.init(CivilDay(year: 2026, month: 11, day: 1), startHour: 0, hours: 9)
        case 7: self.init(CivilDay(year: 2026, month: 7, day: 1), startHour: 9, hours: 9)
        case 8: self.init(CivilDay(year: 2026, month: 9, day: 7), startHour: 8, hours: 9)
        case 9: self.init(CivilDay(year: 2026, month: 2, day: 10), startHour: 6, hours: 10, isSnowy: true)
        default:
            // A day of spring or autumn, Monday to Saturday.
            let first = CivilDay(year: 2026, month: 4, day: 13).advanced(by: 7 * dice.whole(0...26))
            self.init(
                first.advanced(by: dice.whole(0...5)),
                startHour: dice.chance(0.7) ? 7.5 : 10,
                hours: 10
            )
        }
    }

    private init(_ day: CivilDay, startHour: Double, hours: Double, isSnowy: Bool = false) {
        self.day = day
        self.startHour = startHour
        self.hours = hours
        self.isSnowy = isSnowy
        holidays = Self.holidays(in: day.parts.year)
    }

    /// Ontario's public holidays (Employment Standards Act, 2000, s. 1) that have a date or a fixed Monday.
    package static func holidays(in year: Int) -> Set<CivilDay> {
        func monday(_ which: Int, _ month: Int) -> CivilDay {
            let first = CivilDay(year: year, month: month, day: 1)
            return first.advanced(by: (8 - first.weekday) % 7 + 7 * (which - 1))
        }
        let queensDay = CivilDay(year: year, month: 5, day: 24)
        return [
            CivilDay(year: year, month: 1, day: 1), monday(3, 2), queensDay.advanced(by: 1 - queensDay.weekday),
            CivilDay(year: year, month: 7, day: 1), monday(1, 9), monday(2, 10),
            CivilDay(year: year, month: 12, day: 25), CivilDay(year: year, month: 12, day: 26),
        ]
    }
}
