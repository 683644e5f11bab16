// Which signs stand where: every kind of rule that the by-law knows, and what holds for this one day only.
package import Foundation

/// The town's infractions, by the names that tickets use.
enum Offence {
    static let unpaid = "P-12"
    static let noPermit = "P-20"
    static let overtime = "P-31"
    static let noParking = "P-40"
    static let noStopping = "P-41"
    static let all = [unpaid, noPermit, overtime, noParking, noStopping]
}

struct SignMaker {
    private var dice: Dice
    private let plan: DayPlan
    private static let workdays: Set<Int> = [1, 2, 3, 4, 5]
    private static let shopping: Set<Int> = [1, 2, 3, 4, 5, 6]
    private static let winter = Season(fromMonth: 12, fromDay: 1, untilMonth: 3, untilDay: 31)

    init(seed: UInt64, plan: DayPlan) {
        dice = Dice(seed: seed, for: "signs")
        self.plan = plan
    }

    mutating func zone(_ index: Int, _ outline: (west: Double, south: Double, east: Double, north: Double)) -> TownZone
    {
        var rules: [PostedRule] = []
        if dice.chance(0.12) { rules += rushHours() }
        if dice.chance(0.25) { rules.append(winterNights()) }
        rules += standing()
        return TownZone(
            name: "z\(index)",
            west: outline.west,
            south: outline.south,
            east: outline.east,
            north: outline.north,
            rules: rules,
            change: change()
        )
    }

    private mutating func standing() -> [PostedRule] {
        switch dice.place(by: [0.40, 0.08, 0.07, 0.24, 0.10, 0.11]) {
        case 0: [payByPlate()]
        case 1: [permitOnly(by: "day", days: Self.workdays, from: 7 * 60, to: 19 * 60)]
        case 2: [permitOnly(by: "night", days: [1, 2, 3, 4, 5, 6, 7], from: 22 * 60, to: 7 * 60)]
        case 3: [timeLimit(wholeZone: false)]
        case 4: [timeLimit(wholeZone: true)]
        default: []
        }
    }

    private mutating func payByPlate() -> PostedRule {
        // Some streets are paid for at night as well, so that the nights of the changing clocks have something to show.
        let isLong = dice.chance(0.3)
        return PostedRule(
            name: "pay",
            demand: .payByPlate,
            weekdays: isLong ? [1, 2, 3, 4, 5, 6, 7] : Self.shopping,
            fromMinute: isLong ? 0 : 8 * 60,
            toMinute: isLong ? 1440 : 21 * 60,
            holdsOnHolidays: isLong,
            graceMinutes: [0, 5, 10][dice.place(by: [0.2, 0.5, 0.3])],
            permits: ["commercial"],
            infraction: Offence.unpaid
        )
    }

    private func permitOnly(by name: String, days: Set<Int>, from: Int, to: Int) -> PostedRule {
        PostedRule(
            name: "permit-\(name)",
            demand: .permit,
            weekdays: days,
            fromMinute: from,
            toMinute: to,
            permits: ["residential"],
            infraction: Offence.noPermit
        )
    }

    private mutating func timeLimit(wholeZone: Bool) -> PostedRule {
        let isAlways = dice.chance(0.35)
        return PostedRule(
            name: wholeZone ? "limit-zone" : "limit",
            demand: .timeLimit(minutes: [60, 120, 180][dice.whole(0...2)], wholeZone: wholeZone),
            weekdays: isAlways ? [1, 2, 3, 4, 5, 6, 7] : Self.shopping,
            fromMinute: isAlways ? 0 : 8 * 60,
            toMinute: isAlways ? 1440 : 18 * 60,
            holdsOnHolidays: isAlways,
            graceMinutes: 10,
            permits: ["residential"],
            infraction: Offence.overtime
        )
    }

    private func rushHours() -> [PostedRule] {
        [("morning", 7 * 60, 9 * 60), ("evening", 16 * 60, 18 * 60)].map { name, from, to in
            PostedRule(
                name: "rush-\(name)",
                demand: .noStopping,
                weekdays: Self.workdays,
                fromMinute: from,
                toMinute: to,
                holdsOnHolidays: false,
                infraction: Offence.noStopping
            )
        }
    }

    private func winterNights() -> PostedRule {
        PostedRule(
            name: "winter",
            demand: .noParking,
            fromMinute: 2 * 60,
            toMinute: 6 * 60,
            season: Self.winter,
            infraction: Offence.noParking
        )
    }

    private mutating func change() -> TownZone.TemporaryChange? {
        guard dice.chance(plan.isSnowy ? 0.2 : 0.06) else { return nil }
        func noParking(_ name: String, from: Double, until: Double, replaces: Bool) -> TownZone.TemporaryChange {
            let rule = PostedRule(name: name, demand: .noParking, infraction: Offence.noParking)
            return TownZone.TemporaryChange(
                name: name,
                rules: [rule],
                replaces: replaces,
                from: TownClock.instant(plan.day, second: from * 3600),
                until: TownClock.instant(plan.day, second: until * 3600)
            )
        }
        if plan.isSnowy { return noParking("snow", from: 4, until: 14, replaces: false) }
        if dice.chance(0.5) { return noParking("cleaning", from: 9, until: 12, replaces: false) }
        // A feast for which nothing is asked.
        return TownZone.TemporaryChange(
            name: "feast",
            rules: [],
            replaces: true,
            from: TownClock.instant(plan.day, second: 10 * 3600),
            until: TownClock.instant(plan.day, second: 22 * 3600)
        )
    }
}

extension TownZone {
    /// The signs that are obeyed at an instant.
    package func rules(at time: Date, holidays: Set<CivilDay>) -> [PostedRule] {
        var posted = rules
        if let change, time >= change.from, time < change.until {
            posted = change.replaces ? change.rules : change.rules + rules
        }
        return posted.filter { $0.holds(at: time, holidays: holidays) }
    }
}
