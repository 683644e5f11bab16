// How drivers pay: in time, late, not at all; extended, ended early; with a plate typed wrongly; and how long it takes
// until the town's server knows.
internal import Foundation

struct PaymentMaker {
    /// Shares and delays. Mistyped O, 0, I and 1: so many that they cause about the 4 % of voided tickets that one city
    /// counted. All others are assumed.
    private enum Share {
        static let pays = 0.92
        static let paysLate = 0.05
        static let mistypes = 0.02
        static let mistypesOtherwise = 0.002
        static let typesOtherCar = 0.0005
        static let extends = 0.6
        static let endsEarly = 0.08
    }

    private var dice: Dice
    private let plan: DayPlan
    /// A while in which no payment reaches the server; all arrive when it ends.
    private let outage: ClosedRange<Date>?

    init(seed: UInt64, plan: DayPlan) {
        dice = Dice(seed: seed, for: "payments")
        self.plan = plan
        let begin = plan.start.addingTimeInterval(dice.between(1, plan.hours - 1) * 3600)
        let length = dice.between(10, 40) * 60
        outage = dice.chance(0.3) ? begin...begin.addingTimeInterval(length) : nil
    }

    /// - Parameter others: plates of vehicles nearby, one of which a driver may type instead.
    /// - Returns: nil where nothing is to be paid or nothing is.
    mutating func purchases(
        for plate: String,
        of vehicle: Int,
        stay: Stay,
        in zone: Int,
        rules: TownZone,
        others: [String]
    ) -> Purchase? {
        guard let span = paidHours(of: stay, rules), dice.chance(Share.pays) else { return nil }
        let delay =
            dice.chance(Share.paysLate) ? dice.between(8, 25) * 60 : 15 + min(dice.exponential(mean: 90), 400)
        // Who comes before the hour begins may pay at once for when it begins.
        let bought = max(stay.from.addingTimeInterval(delay), span.from.addingTimeInterval(-1800))
        guard bought < stay.until else { return nil }
        let from = max(bought, span.from)
        let planned = stay.until.timeIntervalSince(from) * (dice.chance(0.15) ? dice.between(0.5, 1) : 1.1)
        let until = from.addingTimeInterval(max(1, (planned / 900).rounded(.up)) * 900)
        let (typed, slip) = typed(plate, others)
        var purchase = Purchase(vehicle: vehicle, zone: zone, typed: typed, slip: slip, steps: [])
        purchase.steps.append(step(at: bought, from: from, until: until))
        if until < min(stay.until, span.until) {
            if dice.chance(Share.extends) {
                let when = until.addingTimeInterval(-dice.between(-120, 600))
                let longer = until.addingTimeInterval(dice.chance(0.9) ? 3600 : 900)
                if when > bought { purchase.steps.append(step(at: when, from: from, until: longer)) }
            }
        } else if until > stay.until.addingTimeInterval(600), dice.chance(Share.endsEarly) {
            // The whole minute: what is sold is sold by minutes.
            let end = stay.until.addingTimeInterval(-20)
            if end > from.addingTimeInterval(60) {
                purchase.steps.append(step(at: stay.until.addingTimeInterval(-15), from: from, until: end))
            }
        }
        return purchase
    }

    /// The part of a stay for which the signs ask for payment; its end may be five minutes late.
    private func paidHours(of stay: Stay, _ zone: TownZone) -> (from: Date, until: Date)? {
        func asks(_ time: Date) -> Bool {
            zone.rules(at: time, holidays: plan.holidays).contains { $0.demand == .payByPlate }
        }
        var first: Date?
        var last = stay.from
        var time = stay.from
        while time <= stay.until {
            if asks(time) {
                first = first ?? time
                last = time
            }
            time += 300
        }
        guard let first else { return nil }
        // What is paid ahead holds from the very second in which the hour begins.
        let begin = first > stay.from ? PaymentMaker.first(from: first - 300, to: first, where: asks) : first
        return (begin, last.addingTimeInterval(300))
    }

    /// The first instant at which it is so, half a second late at most: not yet at the one end, and so at the other.
    private static func first(from no: Date, to yes: Date, where isSo: (Date) -> Bool) -> Date {
        guard yes.timeIntervalSince(no) > 0.5 else { return yes }
        let middle = no.addingTimeInterval(yes.timeIntervalSince(no) / 2)
        return isSo(middle) ? first(from: no, to: middle, where: isSo) : first(from: middle, to: yes, where: isSo)
    }

    private mutating func typed(_ plate: String, _ others: [String]) -> (String, Purchase.Slip) {
        let characters = Array(plate)
        let alike: [Character: Character] = ["O": "0", "0": "O", "I": "1", "1": "I"]
        let places = characters.indices.filter { alike[characters[$0]] != nil }
        if !places.isEmpty, dice.chance(Share.mistypes) {
            // Most type the other one all through, some once.
            let chosen = dice.chance(0.6) ? places : [dice.pick(places)]
            var copy = characters
            for place in chosen { copy[place] = alike[copy[place]] ?? copy[place] }
            return (String(copy), .alike)
        }
        if dice.chance(Share.mistypesOtherwise) {
            var copy = characters
            let place = dice.whole(0...(copy.count - 1))
            if copy.count > 2, dice.chance(0.4) {
                copy.swapAt(place, place == 0 ? 1 : place - 1)
            } else {
                copy[place] = dice.pick(Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
            }
            return (String(copy), copy == characters ? .none : .alike)
        }
        if !others.isEmpty, dice.chance(Share.typesOtherCar) { return (dice.pick(others), .other) }
        return (plate, .none)
    }

    private mutating func step(at time: Date, from: Date, until: Date) -> Purchase.Step {
        let seconds =
            switch dice.place(by: [0.92, 0.06, 0.02]) {
            case 0: dice.between(0.5, 6)
            case 1: dice.between(6, 90)
            default: dice.between(90, 600)
            }
        var arrives = time.addingTimeInterval(seconds)
        if let outage, outage.contains(arrives) { arrives = outage.upperBound }
        return Purchase.Step(time: time, atServer: arrives, from: from, until: until)
    }
}
