// The true answer: whether a vehicle may stand where it stands, by the town's state and the words of its signs. Written
// apart from the judgement, whose code it never calls.
package import Foundation

/// One sign that a vehicle breaks.
package struct Violation: Hashable, Sendable {
    package let rule: PostedRule
    /// Overtime: when the clock began.
    package let since: Date?
    /// A shared permit is in use: the other vehicle, and whether that one came first. By the by-law's words each of two
    /// that stand there at once breaks the permit's terms; a patrol can find out by the second one that it meets.
    package let sharer: Sharer?

    package struct Sharer: Hashable, Sendable {
        package let vehicle: Int
        package let cameFirst: Bool
    }

    init(rule: PostedRule, since: Date? = nil, sharer: Sharer? = nil) {
        self.rule = rule
        self.since = since
        self.sharer = sharer
    }

    package var infraction: String { rule.infraction }
    package var isOvertime: Bool { since != nil }
}

package struct Oracle: Sendable {
    private let town: Town

    package init(town: Town) { self.town = town }

    /// Every sign that a parked vehicle breaks at an instant; none: it had the right to stand there.
    package func violations(by stay: Stay, at time: Date) -> [Violation] {
        let vehicle = town.vehicles[stay.vehicle]
        guard !vehicle.isExempt else { return [] }
        let zone = town.streets.spaces[stay.space].zone
        return town.zones[zone].rules(at: time, holidays: town.plan.holidays).compactMap { rule in
            let began = begin(of: rule, in: town.zones[zone], at: time)
            let permit = permit(of: stay, in: zone, by: rule, at: time)
            if case .covers = permit { return nil }
            var sharer: Violation.Sharer?
            if case .inUse(let other) = permit { sharer = other }
            // Time is given to who stands there when the hours begin.
            if !rule.isLimit, time.timeIntervalSince(began) < rule.graceSeconds { return nil }
            switch rule.demand {
            case .noParking, .noStopping, .permit:
                return Violation(rule: rule, sharer: sharer)
            case .payByPlate:
                return hasPaid(stay.vehicle, in: zone, rule, at: time) ? nil : Violation(rule: rule, sharer: sharer)
            case .timeLimit(let minutes, let wholeZone):
                let since = max(clockStart(of: stay, wholeZone: wholeZone), began)
                let allowed = Double(minutes + rule.graceMinutes) * 60
                guard time.timeIntervalSince(since) > allowed else { return nil }
                return Violation(rule: rule, since: since, sharer: sharer)
            }
        }
    }

    private enum PermitAnswer {
        case none
        case covers
        case inUse(Violation.Sharer)
    }

    /// A permit of a kind that the sign honours, for this zone, valid now; of several vehicles one may stand by it.
    private func permit(of stay: Stay, in zone: Int, by rule: PostedRule, at time: Date) -> PermitAnswer {
        guard let index = town.vehicles[stay.vehicle].grant else { return .none }
        let grant = town.grants[index]
        guard rule.permits.contains(grant.kind), grant.zone == zone, grant.from <= time, time < grant.until else {
            return .none
        }
        for other in grant.vehicles where other != stay.vehicle {
            let standing = town.staysOfVehicle[other].first {
                $0.from <= time && time < $0.until && town.streets.spaces[$0.space].zone == zone
            }
            guard let standing else { continue }
            return .inUse(Violation.Sharer(vehicle: other, cameFirst: standing.from < stay.from))
        }
        return .covers
    }

    /// Paid for the very zone, or until less than the grace ago. What was typed does not matter here: the driver paid.
    package func hasPaid(_ vehicle: Int, in zone: Int, _ rule: PostedRule, at time: Date) -> Bool {
        let grace = rule.graceSeconds
        return town.purchasesOfVehicle[vehicle].contains { purchase in
            guard purchase.zone == zone, let span = purchase.span(asOf: time) else { return false }
            return span.from <= time && time < max(span.until, span.until + grace)
        }
    }

    /// When the vehicle came, to this block or to the zone; who comes back sooner than the time of return has not left.
    private func clockStart(of stay: Stay, wholeZone: Bool) -> Date {
        let zone = town.streets.spaces[stay.space].zone
        var start = stay.from
        for earlier in town.staysOfVehicle[stay.vehicle].reversed() where earlier.from < start {
            let place = town.streets.spaces[earlier.space]
            let same = wholeZone ? place.zone == zone : place.segment == town.streets.spaces[stay.space].segment
            guard same, start.timeIntervalSince(earlier.until) < ByLawWords.returnAfterMinutes * 60 else { continue }
            start = earlier.from
        }
        return start
    }

    /// When the hours in which the sign holds began; hours that follow each other without a gap are one.
    private func begin(of rule: PostedRule, in zone: TownZone, at time: Date) -> Date {
        var (day, second) = TownClock.local(time)
        if rule.fromMinute >= rule.toMinute, second < Double(rule.fromMinute) * 60 { day = day.advanced(by: -1) }
        var start = TownClock.instant(day, second: Double(rule.fromMinute) * 60)
        for _ in 0..<3 where rule.holds(at: start.addingTimeInterval(-1), holidays: town.plan.holidays) {
            day = day.advanced(by: -1)
            start = TownClock.instant(day, second: Double(rule.fromMinute) * 60)
        }
        second = zone.change.map { $0.rules.contains(rule) ? $0.from.timeIntervalSince(start) : 0 } ?? 0
        return start.addingTimeInterval(max(0, second))
    }
}

/// What the by-law says of all signs alike.
enum ByLawWords {
    /// A vehicle that was away for less has not left.
    static let returnAfterMinutes = 60.0
    /// Nobody is held to the minute.
    static let leastGraceSeconds = 60.0
}

extension PostedRule {
    var isLimit: Bool { if case .timeLimit = demand { true } else { false } }

    /// Given to whom a right or a free hour has just ended.
    var graceSeconds: Double { max(Double(graceMinutes) * 60, ByLawWords.leastGraceSeconds) }
}
