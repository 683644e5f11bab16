// What makes a city sound: every fault is named with its place and the cure, all of them at once.
internal import Foundation

/// One fault of a city.
package struct CityProblem: Hashable, Sendable, CustomStringConvertible {
    /// Keys from the top of the file, such as `["rules", "pay", "grace"]`; items of a list by their number from 1.
    package let path: [String]
    /// What is wrong, and what to do.
    package let problem: String

    package init(_ path: [String], _ problem: String) {
        self.path = path
        self.problem = problem
    }

    package var place: String { path.joined(separator: ".") }
    package var description: String { place.isEmpty ? problem : "\(place): \(problem)" }
}

package struct CityError: Error, Hashable, CustomStringConvertible {
    package let problems: [CityProblem]
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension City {
    /// - Throws: `CityError` with everything that is wrong.
    package func validate() throws(CityError) {
        let problems = problems()
        guard problems.isEmpty else { throw CityError(problems: problems) }
    }

    /// Everything that is wrong, in the order of the file.
    /// - Parameter spare: rules of the file that no zone and no temporary change names: one day they will be.
    package func problems(spare: [ParkingRule] = []) -> [CityProblem] {
        var found: [CityProblem] = []
        if name.isEmpty { found.append(CityProblem(["city"], "is empty; give the municipality's name")) }
        // EST, UTC-5 and their like name an offset that knows no summer time: every sign would be an hour off.
        if TimeZone(identifier: timeZone) == nil || !timeZone.contains("/") {
            found.append(
                CityProblem(
                    ["timeZone"],
                    "'\(timeZone.prefix(60))' is unknown; give an IANA name such as America/Toronto"
                )
            )
        }
        if regimes.isEmpty {
            found.append(CityProblem(["regime"], "names no law; give administrativePenalty or provincialOffence"))
        }
        if Set(regimes.map(\.from)).count < regimes.count {
            found.append(CityProblem(["regime"], "gives one day twice; from each day on one law holds"))
        }
        found += paymentProblems()
        found += infractionProblems()
        found += ruleProblems(allRules + spare)
        found += zoneProblems()
        found += changeProblems()
        return found
    }

    /// Every rule once, with where it stands first.
    package var allRules: [ParkingRule] {
        let added = temporaryChanges.flatMap(\.addedRules)
        var seen: Set<RuleID> = []
        return (zones.flatMap(\.rules) + added).filter { seen.insert($0.id).inserted }
    }

    private func paymentProblems() -> [CityProblem] {
        guard let paymentURL else { return [] }
        let sample = paymentURL.replacing("{ticket}", with: "00000000")
        guard paymentURL.contains("{ticket}"), paymentURL.utf8.count <= 200,
            paymentURL.utf8.allSatisfy({ (33...126).contains($0) }), let url = URL(string: sample),
            url.scheme == "https", url.host?.isEmpty == false
        else {
            return [
                CityProblem(
                    ["payment", "url"],
                    "'\(paymentURL.prefix(80))' is no address for paying a ticket: write https://..., with {ticket}"
                        + " where its number stands, at most 200 characters"
                )
            ]
        }
        return []
    }

    private func infractionProblems() -> [CityProblem] {
        var found: [CityProblem] = []
        var codes: Set<String> = []
        for infraction in infractions {
            let path = ["infractions", infraction.code]
            func add(_ key: String?, _ problem: String) {
                found.append(CityProblem(path + (key.map { [$0] } ?? []), problem))
            }
            if infraction.code.isEmpty { add(nil, "has no code; give one such as P-12") }
            if !codes.insert(infraction.code).inserted {
                add(nil, "is defined twice; give each infraction a code of its own")
            }
            if infraction.fines.isEmpty {
                add("fines", "is empty; give at least one fine with the day from which it holds")
            }
            if Set(infraction.fines.map(\.from)).count < infraction.fines.count {
                add("fines", "gives one day twice; from each day on one fine holds")
            }
            for fine in infraction.fines {
                if !(0...10_000_000).contains(fine.fineCents) {
                    add("fines", "\(fine.fineCents) cents from \(fine.from) on is no fine; give 0 to 10,000,000 cents")
                }
                switch (fine.earlyPaymentCents, fine.earlyPaymentDays) {
                case (nil, nil): break
                case (let cents?, let days?):
                    if !(0...max(0, fine.fineCents)).contains(cents) || !(1...3660).contains(days) {
                        add(
                            "fines",
                            "\(cents) cents within \(days) days from \(fine.from) on is no early payment: give 0 to"
                                + " \(fine.fineCents) cents and 1 to 3660 days"
                        )
                    }
                default:
                    add(
                        "fines",
                        "has an early payment without its other half from \(fine.from) on; give cents and days, or neither"
                    )
                }
            }
        }
        return found
    }

    private func ruleProblems(_ rules: [ParkingRule]) -> [CityProblem] {
        let codes = Set(infractions.map(\.code))
        return rules.flatMap { rule -> [CityProblem] in
            var found: [CityProblem] = []
            func add(_ key: String, _ problem: String) {
                found.append(CityProblem(["rules", rule.id.text, key], problem))
            }
            if !codes.contains(rule.infraction) {
                add(
                    "infraction",
                    "'\(rule.infraction.prefix(60))' is not defined; add it to infractions, or correct its code"
                        + Spelling.suggestion(for: rule.infraction, among: codes)
                )
            }
            for (key, minutes) in [("grace", rule.graceMinutes), ("payWithin", rule.arrivalMinutes)]
            where !(0...1440).contains(minutes) {
                add(key, "\(minutes) is not within 0 to 1440 minutes")
            }
            if rule.kind == .permitOnly, rule.permits.isEmpty {
                add("permits", "is empty, so that nobody could ever park there; name the kinds that may")
            }
            if case .timeLimit(let limit) = rule.kind {
                if !(1...43_200).contains(limit.minutes) {
                    add("limit", "\(limit.minutes) minutes is no limit; give 1 to 43200 (30 days)")
                }
                if let back = limit.returnAfterMinutes, !(1...43_200).contains(back) {
                    add("limit", "a return after \(back) minutes is none; give 1 to 43200 minutes")
                }
            }
            if rule.schedules.isEmpty { add("when", "is empty, so that the rule would never hold; give its hours") }
            for schedule in rule.schedules { for problem in schedule.problems { add("when", problem) } }
            return found
        }
    }

    private func zoneProblems() -> [CityProblem] {
        var found: [CityProblem] = []
        var names: Set<ZoneID> = []
        for zone in zones {
            func add(_ key: String?, _ problem: String) {
                found.append(CityProblem(["zones", zone.zone.text] + (key.map { [$0] } ?? []), problem))
            }
            if !names.insert(zone.zone).inserted { add(nil, "is defined twice; give each zone a name of its own") }
            let points = Set(zone.outline).count
            if points < 3 {
                add("outline", "has \(points) different points; a ring needs at least three")
            } else if zone.outline.count > 2000 {
                add("outline", "has \(zone.outline.count) points; at most 2000 are taken")
            } else if let (first, second) = zone.crossing {
                add(
                    "outline",
                    "crosses itself: its edges after points \(first + 1) and \(second + 1) meet; list the corners in the"
                        + " order in which one walks round the zone"
                )
            }
            if Set(zone.rules.map(\.id)).count < zone.rules.count { add("rules", "names a rule twice") }
        }
        var known: [RuleID: ParkingRule] = [:]
        for rule in zones.flatMap(\.rules) {
            if let other = known.updateValue(rule, forKey: rule.id), other != rule {
                found.append(
                    CityProblem(["rules", rule.id.text], "means two different rules; give each a name of its own")
                )
            }
        }
        return found
    }

    private func changeProblems() -> [CityProblem] {
        let zoneNames = Set(zones.map(\.zone))
        let rules = allRules
        let ruleNames = Set(rules.map(\.id))
        let declarations = Set(rules.compactMap(\.declaration))
        let added = temporaryChanges.flatMap(\.addedRules)
        var found: [CityProblem] = []
        for (index, change) in temporaryChanges.enumerated() {
            func add(_ key: String, _ problem: String) {
                found.append(CityProblem(["temporary", String(index + 1), key], problem))
            }
            if change.until <= change.from {
                add("until", "\(change.until) is not after \(change.from)")
            } else if let clock = TimeZone(identifier: timeZone), change.span(in: clock).isEmpty {
                add("until", "\(change.until) is the same instant as \(change.from); the change would never run")
            }
            let concerned = zones.filter { change.concerns($0.zone) }.flatMap(\.rules)
            for zone in change.zones where !zoneNames.contains(zone) {
                add(
                    "zones",
                    "'\(zone)' is no zone of this file"
                        + Spelling.suggestion(for: zone.text, among: zoneNames.map(\.text))
                )
            }
            switch change.effect {
            case .declare(let word):
                if !declarations.contains(word) {
                    add(
                        "declare",
                        "no rule waits for '\(word.prefix(60))'; write the word that stands after 'declared:' in the rule"
                            + Spelling.suggestion(for: word, among: declarations)
                    )
                } else if !(concerned + added).contains(where: { $0.declaration == word }) {
                    add(
                        "declare",
                        "no rule of its zones waits for '\(word)', so that nothing would change; name others"
                    )
                }
            case .add(let rules): if rules.isEmpty { add("add", "names no rule") }
            case .suspend(let rules):
                for rule in rules where !ruleNames.contains(rule) {
                    add(
                        "suspend",
                        "'\(rule)' is no rule of any zone"
                            + Spelling.suggestion(for: rule.text, among: ruleNames.map(\.text))
                    )
                }
                for rule in rules where ruleNames.contains(rule) {
                    guard !(concerned + added).contains(where: { $0.id == rule }) else { continue }
                    add("suspend", "none of its zones has '\(rule)', so that nothing would change; name others")
                }
            }
        }
        return found
    }
}

extension Schedule {
    fileprivate var problems: [String] {
        var found: [String] = []
        if hours.isEmpty { found.append("has no hours; write such as 08:00-18:00, or 00:00-24:00 for the whole day") }
        if let day = days.first(where: { !(1...7).contains($0) }) {
            found.append("\(day) is no weekday; use 1 (Monday) to 7 (Sunday)")
        }
        if let week = weeksOfMonth.first(where: { !(1...5).contains($0) }) {
            found.append("\(week) is no week of a month; use 1 to 5")
        }
        if let firstDay, let lastDay, lastDay < firstDay {
            found.append("ends on \(lastDay), before it begins on \(firstDay)")
        }
        return found
    }
}

/// What a person may have meant who wrote a word that is not known.
package enum Spelling {
    /// "; did you mean 'zones'?", or nothing where no known word is near.
    package static func suggestion(for word: String, among known: some Sequence<String>) -> String {
        let asked = Array(word.lowercased().unicodeScalars.prefix(60))
        let reach = max(1, min(3, asked.count / 3))
        let near = known.map { (word: $0, distance: distance(asked, Array($0.lowercased().unicodeScalars.prefix(60)))) }
            .filter { $0.distance <= reach }.min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        return near.map { "; did you mean '\($0.word)'?" } ?? ""
    }

    /// Characters put in, left out or replaced to come from one word to the other.
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var row = Array(0...other.count)
        for (index, scalar) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let cost = min(row[column + 1] + 1, row[column] + 1, diagonal + (scalar == other[column] ? 0 : 1))
                diagonal = row[column + 1]
                row[column + 1] = cost
            }
        }
        return row[other.count]
    }
}
