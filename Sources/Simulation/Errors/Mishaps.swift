// What goes wrong in a shift: the link is cut, the power fails, the clock jumps.
package import Foundation
package import ParkingCore

package struct Mishaps: Sendable {
    /// While these last nothing comes from the server and nothing can be asked of it.
    package let linkDown: [ClosedRange<Date>]
    /// The vehicle's computer is off; nothing is read.
    package let powerOff: [ClosedRange<Date>]
    /// The clock is wrong by so many seconds, and nothing vouches for it.
    package let clockOff: [(span: ClosedRange<Date>, seconds: Double)]

    package init(plan: DayPlan, dice: inout Dice) {
        var power: [ClosedRange<Date>] = []
        var clock: [(span: ClosedRange<Date>, seconds: Double)] = []
        func spans(every meanSeconds: Double, lasting: (inout Dice) -> Double) -> [ClosedRange<Date>] {
            var out: [ClosedRange<Date>] = []
            var time = plan.start.addingTimeInterval(dice.exponential(mean: meanSeconds))
            while time < plan.end {
                let end = time.addingTimeInterval(lasting(&dice))
                out.append(time...end)
                time = end.addingTimeInterval(1 + dice.exponential(mean: meanSeconds))
            }
            return out
        }
        var link = spans(every: 2400) { min(1500, $0.exponential(mean: 90)) }
        // One vehicle in twelve loses its link for hours.
        if dice.chance(1.0 / 12) {
            let begin = plan.start.addingTimeInterval(dice.between(0, plan.hours * 3600))
            link.append(begin...begin.addingTimeInterval(dice.between(3600, 7200)))
        }
        for span in spans(every: 3 * 3600, lasting: { $0.between(40, 120) }) {
            power.append(span)
            // Until satellites vouch for it again, the clock is what the board's battery kept: seconds or years off.
            let off = dice.chance(0.2) ? dice.pick([-315_360_000.0, 315_360_000, -7200, 3600]) : dice.normal() * 3
            let until = span.upperBound.addingTimeInterval(dice.between(15, 45))
            clock.append((span.upperBound...until, off))
        }
        for span in spans(every: 5 * 3600, lasting: { $0.between(5, 40) }) {
            clock.append((span, dice.pick([-3600.0, 3600, -86_400, 40, -40])))
        }
        linkDown = link
        powerOff = power
        clockOff = clock
    }

    /// No mishaps at all.
    package init() {
        linkDown = []
        powerOff = []
        clockOff = []
    }

    package func hasPower(at time: Date) -> Bool { !powerOff.contains { $0.contains(time) } }

    package func hasLink(at time: Date) -> Bool {
        hasPower(at: time) && !linkDown.contains { $0.contains(time) }
    }

    /// What the vehicle takes for the time, and whether anything vouches for it.
    package func clock(at time: Date) -> (shown: Date, isTrusted: Bool) {
        guard let off = clockOff.last(where: { $0.span.contains(time) }) else { return (time, true) }
        return (time.addingTimeInterval(off.seconds), false)
    }

    /// The machine's own clock: it counts from the last boot.
    package func moment(at time: Date) -> ChalkMoment {
        let boots = powerOff.filter { $0.upperBound < time }
        let boot = boots.map(\.upperBound).max() ?? .distantPast
        return ChalkMoment(boot: String(boots.count), seconds: time.timeIntervalSince(boot))
    }

    /// Up to when the vehicle has the server's changes: it asks every second while it can.
    package func knownUpTo(_ time: Date) -> Date {
        var known = time.addingTimeInterval(-1)
        func before(_ span: ClosedRange<Date>) -> Date { span.lowerBound.addingTimeInterval(-1) }
        // Spans may touch or overlap: each one that still holds it takes it further back.
        while let span = (linkDown + powerOff).first(where: {
            ($0.contains(known) || $0.contains(known + 1)) && before($0) < known
        }) {
            known = before(span)
        }
        return known
    }
}
