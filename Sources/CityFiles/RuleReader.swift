// The rules of the file: kinds, schedules, limits, whom they let off.
internal import ParkingCore

struct RuleReader {
    /// Rules by their names; those that were faulty are known by name, so that zones may name them without another note.
    struct Rules {
        var rules: [RuleID: ParkingRule] = [:]
        var names: Set<String> = []

        /// The rules that a list names; unknown names are noted.
        func named(_ item: CityItem) -> [ParkingRule] {
            item.oneOrMore("rules").compactMap { item in
                guard let name = item.shortName(RuleID.self) else { return nil }
                if let rule = rules[name] { return rule }
                if !names.contains(name.text) {
                    item.add(
                        "'\(name)' is not among the rules; add it there, or correct its name"
                            + Spelling.suggestion(for: name.text, among: names)
                    )
                }
                return nil
            }
        }
    }

    private enum Kind: String, CaseIterable { case payByPlate, permitOnly, timeLimit, noParking, noStopping }

    private static let keys = [
        "kind", "infraction", "when", "permits", "grace", "payWithin", "limit", "cause", "declared",
    ]

    func rules(_ item: CityItem?) -> Rules {
        var found = Rules()
        for (name, item) in item?.entries("of rule names to rules") ?? [] {
            found.names.insert(name)
            let id: RuleID?
            do throws(ShortNameError) {
                id = try RuleID(name)
            } catch {
                item.add(error.description)
                id = nil
            }
            if let rule = rule(item, id: id ?? RuleID(unchecked: "unnamed")), let id { found.rules[id] = rule }
        }
        return found
    }

    private func rule(_ item: CityItem, id: RuleID) -> ParkingRule? {
        let members = item.members(Self.keys)
        let kind = members.required("kind")?.choice(Kind.self)
        let schedules = members.required("when", "give its hours, or write always").map(schedules) ?? [.always]
        let infraction = members.required("infraction", "name the code of an infraction")?.text("an infraction's code")
        let permits = members["permits"]?.oneOrMore("permit kinds").compactMap { $0.choice(PermitKind.self) }
        let grace = members["grace"]?.number("minutes", 0...1440)
        let arrival = members["payWithin"]?.number("minutes", 0...1440)
        let declared = members["declared"]?.text("a word such as snow", longest: 64)
        refuse(members, kind)
        guard let kind, let infraction, let ruleKind = ruleKind(kind, members) else { return nil }
        return ParkingRule(
            id: id,
            kind: ruleKind,
            infraction: infraction,
            schedules: schedules,
            permits: permits ?? [],
            graceMinutes: grace ?? 0,
            arrivalMinutes: arrival,
            declaration: declared
        )
    }

    /// Keys that mean nothing for the kind.
    private func refuse(_ members: CityMembers, _ kind: Kind?) {
        guard let kind else { return }
        func only(_ key: String, _ kinds: [Kind]) {
            guard let item = members[key], !kinds.contains(kind) else { return }
            item.add(
                "means nothing for \(kind.rawValue); it goes with \(kinds.map(\.rawValue).joined(separator: ", "))"
            )
        }
        only("limit", [.timeLimit])
        only("cause", [.noParking, .noStopping])
        only("payWithin", [.payByPlate])
    }

    private func ruleKind(_ kind: Kind, _ members: CityMembers) -> RuleKind? {
        let cause = members["cause"].map { $0.choice(Ban.Cause.self) ?? .sign } ?? .sign
        switch kind {
        case .payByPlate: return .payByPlate
        case .permitOnly: return .permitOnly
        case .noParking: return .ban(Ban(act: .parking, cause: cause))
        case .noStopping: return .ban(Ban(act: .stopping, cause: cause))
        case .timeLimit:
            return members.required("limit", "give such as {minutes: 120}").flatMap(limit).map { .timeLimit($0) }
        }
    }

    private func limit(_ item: CityItem) -> TimeLimit? {
        let members = item.members(["minutes", "hours", "days", "same", "returnAfter", "clock", "ticket"])
        let units = [("minutes", 1, 43_200), ("hours", 60, 720), ("days", 1440, 30)].filter { members[$0.0] != nil }
        guard units.count == 1, let unit = units.first else {
            item.add("needs exactly one of 'minutes', 'hours' and 'days'")
            return nil
        }
        let same = members["same"].map { $0.choice(TimeLimit.Sameness.self) ?? .position } ?? .position
        let back = members["returnAfter"]?.number("minutes", 1...43_200)
        let goesOn = members["clock"]?.choice([("whileInForce", false), ("always", true)]) ?? false
        let mayRepeat = members["ticket"]?.choice([("once", false), ("eachLimit", true)]) ?? false
        guard let count = members[unit.0]?.number(unit.0, 1...unit.2) else { return nil }
        return TimeLimit(
            minutes: count * unit.1,
            same: same,
            returnAfterMinutes: back,
            countsOutsideHours: goesOn,
            mayRepeat: mayRepeat
        )
    }

    // MARK: Schedules

    private func schedules(_ item: CityItem) -> [Schedule] {
        if item.word == "always" { return [.always] }
        let items = item.oneOrMore("schedules")
        if item.isEmptyList { item.add("is empty, so that the rule would never hold; give its hours") }
        // A faulty schedule is noted; `always` in its place keeps the rule itself readable.
        return items.map { schedule($0) ?? .always }
    }

    private func schedule(_ item: CityItem) -> Schedule? {
        guard item.isMapping else {
            item.add("is no schedule; write always, or such as {days: mon-fri, hours: 08:00-18:00}")
            return nil
        }
        let members = item.members(["days", "weeks", "hours", "season", "from", "until", "holidays"])
        // An emptied list would mean every day, or the whole day: none is written without the key.
        for key in ["days", "weeks", "hours"] {
            guard let member = members[key], member.isEmptyList else { continue }
            let every = key == "hours" ? "write all-day for the whole day" : "leave the key out for all"
            member.add("is empty; name at least one, or \(every)")
        }
        let hours = members.required("hours", "write such as 08:00-18:00, or all-day")?.oneOrMore("hours").compactMap(
            hours
        )
        return Schedule(
            days: members["days"]?.oneOrMore("days").flatMap(days) ?? [],
            weeksOfMonth: members["weeks"]?.oneOrMore("weeks").compactMap {
                $0.number("which time the weekday comes in its month", 1...5)
            } ?? [],
            hours: hours.map { $0.isEmpty ? [.wholeDay] : $0 } ?? [.wholeDay],
            season: members["season"]?.parsed("such as 12-01 to 03-31", season),
            firstDay: members["from"]?.day(),
            lastDay: members["until"]?.day(),
            holidays: members["holidays"]?.choice(Schedule.Holidays.self) ?? .included
        )
    }

    private func hours(_ item: CityItem) -> HourSpan? {
        if item.word == "all-day" { return .wholeDay }
        return item.parsed(
            "hours such as 08:00-18:00, from 00:00 to 24:00; 22:00-06:00 ends on the next day; all-day for the whole day"
        ) { HourSpan($0) }
    }

    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// "mon-fri", "sat"; a span may pass Sunday.
    private func days(_ item: CityItem) -> [Int] {
        item.parsed("days such as mon-fri, or mon, tue, wed, thu, fri, sat, sun") { text -> [Int]? in
            let ends = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
                .map { Self.weekdays.firstIndex(of: String($0)) }
            guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else {
                return nil
            }
            let length = (last - first + 7) % 7
            return (0...length).map { (first + $0) % 7 + 1 }
        } ?? []
    }

    private func season(_ text: String) -> Season? {
        let parts = text.split(separator: " ")
        guard parts.count == 3, parts[1] == "to", let first = MonthDay(String(parts[0])),
            let last = MonthDay(String(parts[2]))
        else { return nil }
        return Season(first: first, last: last)
    }
}
