// Which of a city's time limits chalk is asked about for one read, and in which hours their time counts.
package import Foundation

/// A time limit at the place of a read.
package struct ChalkLimit: Hashable, Sendable {
    package let zone: ZoneID
    /// Code of the infraction that a stay beyond it is.
    package let infraction: String
    package let isInForce: Bool
    package let rule: ChalkRule
}

extension City {
    /// Hours are looked up so far back at most, and so far ahead, in seconds.
    private static let chalkPastSeconds = 10 * 86_400.0
    private static let chalkAheadSeconds = 3 * 86_400.0

    /// The time limits of every zone that the position may lie in, in force or not at that instant.
    /// - Parameter since: the oldest mark's time; hours are told from there on.
    package func chalkLimits(around fix: Fix, at time: Date, since: Date) -> [ChalkLimit] {
        let past = max(min(since, time), time.addingTimeInterval(-City.chalkPastSeconds))
        let range = past..<time.addingTimeInterval(City.chalkAheadSeconds)
        return zones(within: fix).flatMap { zone in
            rules(in: zone.zone, at: time).compactMap { state in
                guard case .timeLimit(let limit) = state.rule.kind else { return nil }
                let hours = limit.countsOutsideHours ? nil : spans(of: state.rule, in: zone.zone, within: range)
                return ChalkLimit(
                    zone: zone.zone,
                    infraction: state.rule.infraction,
                    isInForce: state.isInForce,
                    rule: ChalkRule(
                        rule: state.rule.id.text,
                        zone: zone.zone,
                        basis: limit.same == .position ? .position : .zone,
                        limitMinutes: limit.minutes,
                        graceMinutes: max(ParkingRule.leastGraceMinutes, state.rule.graceMinutes),
                        returnAfterMinutes: limit.returnAfterMinutes,
                        hours: hours,
                        mayRepeat: limit.mayRepeat
                    )
                )
            }
        }
    }
}
