// Rules in words: what a sign says, and why it holds at an instant or does not.
internal import Foundation

extension RuleInForce {
    /// "Pay by plate: holds, Monday to Friday 08:00-18:00, until 18:00." One sentence, and one more of how a limit counts.
    package func explanation(language: Language, city: City) -> String {
        let words = Wording(language: language, city: city)
        let why = words.list(words.reasons(reasons, rule: rule))
        let name = "\(rule.id) (\(words.name(rule)))"
        guard isInForce else {
            return words.say("\(name) does not hold: \(why).", "\(name) ne s’applique pas : \(why).")
        }
        let end = until.map { words.say(", until \(words.time($0))", ", jusqu’au \(words.time($0))") } ?? ""
        let holds = words.say("\(name) holds: \(why)\(end).", "\(name) s’applique : \(why)\(end).")
        guard case .timeLimit(let limit) = rule.kind else { return holds }
        return holds + " " + words.counting(limit, of: rule)
    }
}

extension RuleFinding {
    /// What a rule means for a plate, in one sentence; nil for one that does not hold.
    package func explanation(language: Language, city: City) -> String? {
        let words = Wording(language: language, city: city)
        if let right { return words.sentence(right) }
        guard let violation else { return nil }
        return ([words.sentence(violation)] + doubts.map(words.sentence)).joined(separator: " ")
    }
}

extension TemporaryChange {
    /// "Snow event, from 2026-12-12 19:00 until 2026-12-13 07:00: snow is declared."
    package func explanation(language: Language) -> String {
        func say(_ english: String, _ french: String) -> String { language == .en ? english : french }
        let what =
            switch effect {
            case .declare(let word): say("'\(word)' is declared", "« \(word) » est déclaré")
            case .add(let rules):
                say("added: ", "ajouté : ") + rules.map(\.id.text).joined(separator: ", ")
            case .suspend(let rules):
                rules.isEmpty
                    ? say("no rule of these zones holds", "aucune règle de ces zones ne s’applique")
                    : say("suspended: ", "suspendu : ") + rules.map(\.text).joined(separator: ", ")
            }
        return say("\(name.en), from \(from) until \(until): \(what).", "\(name.fr), du \(from) au \(until) : \(what).")
    }
}

extension Wording {
    /// "2 h limit", "no stopping in the rush hour"
    func name(_ rule: ParkingRule) -> String {
        switch rule.kind {
        case .payByPlate: say("pay by plate", "paiement par plaque")
        case .permitOnly:
            say("permit only: ", "permis seulement : ") + rule.permits.map(name).joined(separator: ", ")
        case .timeLimit(let limit):
            say(
                length(minutes: limit.minutes).replacing(" days", with: "-day") + " limit",
                "limite de " + length(minutes: limit.minutes)
            )
        case .ban(let ban): name(ban)
        }
    }

    /// What time counts towards a limit, what ends it, and what follows a ticket. One sentence.
    func counting(_ limit: TimeLimit, of rule: ParkingRule) -> String {
        var parts = [
            limit.same == .position
                ? say("Time in one space counts", "Seul compte le temps passé à la même place")
                : say("Time anywhere in the zone counts", "Tout le temps passé dans la zone compte")
        ]
        if limit.countsOutsideHours, rule.schedules != [.always] {
            parts.append(say("hours in which it does not hold count too", "les autres heures comptent aussi"))
        }
        if let minutes = limit.returnAfterMinutes {
            let back = length(minutes: minutes)
            parts.append(
                say("who is back within \(back) has not left", "qui revient en moins de \(back) n’est pas parti")
            )
        }
        if rule.graceMinutes > 0 {
            let grace = length(minutes: rule.graceMinutes)
            parts.append(say("\(grace) of grace", "tolérance de \(grace)"))
        }
        if limit.mayRepeat {
            let next = length(minutes: limit.minutes)
            parts.append(
                say(
                    "who stays is ticketed again after another \(next)",
                    "qui reste est verbalisé de nouveau \(next) plus tard"
                )
            )
        }
        return parts.joined(separator: say("; ", " ; ")) + "."
    }

    /// Where none of several schedules covers the instant, the sign itself tells more than what each of them lacks.
    func reasons(_ reasons: [RuleReason], rule: ParkingRule) -> [String] {
        let isSign = rule.schedules.count > 1
        var told: [String] = []
        for reason in reasons {
            var text = self.reason(reason, rule: rule)
            if isSign, case .gap(let gap) = reason, gap.isOfTheHour {
                text = say("its times are ", "ses heures sont ") + sign(rule)
            }
            if !told.contains(text) { told.append(text) }
        }
        return told
    }

    private func sign(_ rule: ParkingRule) -> String {
        if rule.schedules == [.always] { return say("at any hour", "à toute heure") }
        let shared = Set(rule.schedules.map(\.holidays)).count == 1 ? rule.schedules.first?.holidays : nil
        let spans = rule.schedules.map { words($0, tellsHolidays: shared == nil) }.joined(separator: say("; ", " ; "))
        return spans + (shared.map(words) ?? "")
    }

    func reason(_ reason: RuleReason, rule: ParkingRule) -> String {
        switch reason {
        case .schedule:
            return sign(rule)
        case .declared(let name, let until):
            return say("\(name.en) is declared until \(time(until))", "\(name.fr), en vigueur jusqu’au \(time(until))")
        case .added(let name, let until):
            return say("added for \(name.en) until \(time(until))", "ajoutée pour \(name.fr) jusqu’au \(time(until))")
        case .suspended(let name, let until):
            return say(
                "suspended for \(name.en) until \(time(until))",
                "suspendue pour \(name.fr) jusqu’au \(time(until))"
            )
        case .notDeclared(let word):
            return say("'\(word)' is not declared", "« \(word) » n’est pas déclaré")
        case .gap(let gap): return words(gap, rule: rule)
        }
    }

    private func words(_ gap: ScheduleGap, rule: ParkingRule) -> String {
        switch gap {
        case .notYet(let day): return say("it begins on \(day)", "elle commence le \(day)")
        case .over(let day): return say("it ended with \(day)", "elle a pris fin le \(day)")
        case .outOfSeason(let season): return say("it holds ", "elle ne vaut que ") + words(season) + say(" only", "")
        case .holiday(let name): return say("today is a holiday, \(name.en)", "c’est un jour férié, \(name.fr)")
        case .noHoliday: return say("it holds on holidays only", "elle ne vaut que les jours fériés")
        case .otherDay: return say("it does not hold on this weekday", "elle ne vaut pas ce jour de la semaine")
        case .otherWeek:
            return say("it does not hold in this week of the month", "elle ne vaut pas cette semaine du mois")
        case .outsideHours(let hours):
            return say("its hours are ", "ses heures sont ") + list(hours.map(\.description))
        }
    }

    /// "Monday to Friday 08:00-18:00, not on holidays"
    private func words(_ schedule: Schedule, tellsHolidays: Bool) -> String {
        var parts: [String] = []
        if !schedule.weeksOfMonth.isEmpty {
            parts.append(
                list(
                    schedule.weeksOfMonth.map {
                        say(["1st", "2nd", "3rd", "4th", "5th"][($0 + 4) % 5], $0 == 1 ? "1er" : "\($0)e")
                    }
                )
            )
        }
        if !schedule.days.isEmpty { parts.append(days(schedule.days)) }
        parts.append(
            schedule.hours == [.wholeDay] ? say("all day", "toute la journée") : list(schedule.hours.map(\.description))
        )
        var text = parts.joined(separator: " ")
        if let season = schedule.season { text += " " + words(season) }
        if tellsHolidays { text += words(schedule.holidays) }
        if let last = schedule.lastDay { text += say(", through \(last)", ", jusqu’au \(last) inclus") }
        return text
    }

    private func words(_ holidays: Schedule.Holidays) -> String {
        switch holidays {
        case .included: ""
        case .excluded: say(", not on holidays", ", sauf les jours fériés")
        case .only: say(", on holidays only", ", les jours fériés seulement")
        }
    }

    /// "from 15 November to 15 April"
    private func words(_ season: Season) -> String {
        say(
            "from \(words(season.first)) to \(words(season.last))",
            "du \(words(season.first)) au \(words(season.last))"
        )
    }

    private func words(_ day: MonthDay) -> String {
        let english = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        let french = [
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
            "novembre", "décembre",
        ]
        return say(
            "\(day.day) \(english[day.month - 1])",
            "\(day.day == 1 ? "1er" : "\(day.day)") \(french[day.month - 1])"
        )
    }

    private func days(_ days: [Int]) -> String {
        let names =
            language == .en
            ? ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            : ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
        let sorted = Set(days).filter { (1...7).contains($0) }.sorted()
        guard let first = sorted.first, let last = sorted.last else { return "" }
        if sorted.count > 2, last - first == sorted.count - 1 {
            return say("\(names[first - 1]) to \(names[last - 1])", "du \(names[first - 1]) au \(names[last - 1])")
        }
        return list(sorted.map { names[$0 - 1] })
    }
}

extension ScheduleGap {
    /// Not today's hour or weekday, while the rule as such is of this time of the year.
    fileprivate var isOfTheHour: Bool {
        switch self {
        case .otherDay, .otherWeek, .outsideHours: true
        case .notYet, .over, .outOfSeason, .holiday, .noHoliday: false
        }
    }
}
