// What an officer has to know of the zones for the hour that begins: limits, bans, what changes for a while.
package import Foundation

/// One zone in the hour after an instant.
package struct ZoneHour: Hashable, Sendable, Codable {
    package let zone: ZoneID
    package let name: String
    /// Rules that hold at the instant.
    package let rules: [RuleInForce]
    /// Rules that begin or end within the hour.
    package let turns: [RuleTurn]
    /// Temporary changes that run, or start within the hour.
    package let changes: [TemporaryChange]
}

package struct RuleTurn: Hashable, Sendable, Codable {
    package let rule: ParkingRule
    package let begins: Bool
    package let at: Date
}

extension City {
    /// - Parameters:
    ///   - zones: in the order asked for; unknown ones are left out.
    ///   - seconds: how far ahead to look.
    package func hour(of zones: [ZoneID], at time: Date, seconds: Double = 3600) -> [ZoneHour] {
        let range = time..<time.addingTimeInterval(max(1, seconds))
        return zones.compactMap { id in
            guard let zone = zone(id) else { return nil }
            let changes = changes(in: id, at: time, within: seconds)
            let added = changes.flatMap { change -> [ParkingRule] in
                if case .add(let rules) = change.effect { rules } else { [] }
            }
            var seen: Set<RuleID> = []
            let all = (zone.rules + added).filter { seen.insert($0.id).inserted }
            let turns = all.flatMap { rule -> [RuleTurn] in
                spans(of: rule, in: id, within: range).flatMap { span -> [RuleTurn] in
                    var turns: [RuleTurn] = []
                    if span.lowerBound > range.lowerBound {
                        turns.append(RuleTurn(rule: rule, begins: true, at: span.lowerBound))
                    }
                    if span.upperBound < range.upperBound {
                        turns.append(RuleTurn(rule: rule, begins: false, at: span.upperBound))
                    }
                    return turns
                }
            }
            return ZoneHour(
                zone: id,
                name: zone.name,
                rules: rules(in: id, at: time).filter(\.isInForce),
                turns: turns.sorted { $0.at < $1.at },
                changes: changes
            )
        }
    }
}

extension ZoneHour {
    /// One sentence a matter; empty: nothing holds and nothing changes.
    package func explanation(language: Language, city: City) -> [String] {
        let words = Wording(language: language, city: city)
        return changes.map { $0.explanation(language: language) }
            + rules.map { $0.explanation(language: language, city: city) }
            + turns.map { turn in
                let name = "\(turn.rule.id) (\(words.name(turn.rule)))"
                return turn.begins
                    ? words.say(
                        "\(name) begins at \(words.hour(turn.at)).",
                        "\(name) commence à \(words.hour(turn.at))."
                    )
                    : words.say(
                        "\(name) ends at \(words.hour(turn.at)).",
                        "\(name) prend fin à \(words.hour(turn.at))."
                    )
            }
    }
}
