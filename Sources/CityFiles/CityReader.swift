// From the file's top level to a city: who it is, its law, its fines, its zones and what changes for a while.
internal import ParkingCore

struct CityReader {
    let root: CityItem

    static let keys = [
        "city", "timeZone", "regime", "payment", "reviewRights", "holidays", "infractions", "rules", "zones",
        "temporary", "plateSeries",
    ]

    /// What could be read, and the rules that nothing names; faults are noted. nil where the file is no mapping at all.
    func city() -> (city: City, spare: [ParkingRule])? {
        guard root.isMapping else {
            root.add("is no mapping of keys to values; its keys are \(Self.keys.joined(separator: ", "))")
            return nil
        }
        let top = root.members(Self.keys)
        let payment = payment(top["payment"])
        let rules = RuleReader().rules(top.required("rules", "name the rules that its zones have"))
        let city = City(
            name: top.required("city", "give the municipality's name")?.text("the municipality's name") ?? "",
            timeZone: top.required("timeZone", "give an IANA name such as America/Toronto")?
                .text("an IANA name such as America/Toronto") ?? "",
            regimes: regimes(top.required("regime", "say under which law tickets are issued")),
            paymentAddress: payment.address,
            reviewRights: top["reviewRights"]?.localized("a sentence", longest: 2000) ?? LocalizedText(en: "", fr: ""),
            holidays: top["holidays"]?.list("holidays").compactMap(holiday) ?? [],
            zones: zones(top.required("zones", "name the city's zones"), rules: rules),
            infractions: infractions(top.required("infractions", "list them, the gravest first")),
            temporaryChanges: top["temporary"]?.list("changes").compactMap { change($0, rules: rules) } ?? [],
            paymentURL: payment.url,
            plateSeries: top["plateSeries"].map(series) ?? PlateSeries.usual
        )
        let named = Set(city.allRules.map(\.id))
        return (city, rules.rules.values.filter { !named.contains($0.id) })
    }

    private func series(_ item: CityItem) -> [PlateSeries] {
        item.list("patterns of plates").compactMap { item in
            item.parsed("a pattern such as AAAA000 or [G][V]AA000 without GIOQU (A a letter, 0 a digit)") {
                PlateSeries($0)
            }
        }
    }

    // MARK: Law and money

    private func regimes(_ item: CityItem?) -> [DatedRegime] {
        guard let item else { return [] }
        if item.isText {
            return item.choice(LegalRegime.self).map { [DatedRegime(from: LocalDay(number: 0), regime: $0)] } ?? []
        }
        return item.list("laws with their first day").compactMap { item in
            let members = item.members(["from", "law"])
            guard let from = members.required("from")?.day(),
                let law = members.required("law")?.choice(LegalRegime.self)
            else { return nil }
            return DatedRegime(from: from, regime: law)
        }
    }

    private func payment(_ item: CityItem?) -> (address: String, url: String?) {
        let members = item?.members(["address", "url"])
        return (
            members?["address"]?.text("where to pay, in a sentence", longest: 1000) ?? "",
            members?["url"]?.text("https://..., with {ticket} where its number stands")
        )
    }

    private func infractions(_ item: CityItem?) -> [ByLawInfraction] {
        item?.entries("of codes to infractions").map { code, item in
            let members = item.members(["section", "title", "fines"])
            if code.unicodeScalars.count > 40 { item.add("has a code of more than 40 characters; shorten it") }
            return ByLawInfraction(
                code: code,
                section: members.required("section", "give by-law and section, such as 2024-101 s. 5(2)")?
                    .text("by-law and section, such as 2024-101 s. 5(2)") ?? "",
                title: members.required("title", "give it in English and French")?.localized("the title")
                    ?? LocalizedText(en: "", fr: ""),
                fines: members.required("fines", "give the fine and the day from which it holds")?
                    .oneOrMore("fines").compactMap(fine) ?? []
            )
        } ?? []
    }

    private func fine(_ item: CityItem) -> DatedFine? {
        let members = item.members(["from", "cents", "early"])
        let from = members.required("from", "give the day from which it holds")?.day()
        let cents = members.required("cents", "give the fine in cents")?.number("the fine in cents", 0...10_000_000)
        let early = members["early"]?.members(["cents", "days"])
        let earlyCents = early?.required("cents")?.number("the early payment in cents", 0...10_000_000)
        let earlyDays = early?.required("days")?.number("days from the ticket's date", 1...3660)
        guard let from, let cents else { return nil }
        return DatedFine(from: from, fineCents: cents, earlyPaymentCents: earlyCents, earlyPaymentDays: earlyDays)
    }

    private func holiday(_ item: CityItem) -> Holiday? {
        let members = item.members(["date", "every", "name"])
        let name = members.required("name")?.localized("the holiday's name")
        let day: Holiday.Day?
        switch (members["date"], members["every"]) {
        case (let date?, nil): day = date.day().map { .date($0) }
        case (nil, let every?):
            day = every.parsed("a day of the year such as 12-25") { MonthDay($0) }.map { .every($0) }
        default:
            item.add("needs either 'date' (2026-04-03) or 'every' (12-25)")
            day = nil
        }
        guard let name, let day else { return nil }
        return Holiday(day: day, name: name)
    }

    // MARK: Zones

    private func zones(_ item: CityItem?, rules: RuleReader.Rules) -> [Zone] {
        item?.entries("of zone names to zones").compactMap { name, item in
            let members = item.members(["name", "outline", "rules"])
            let title = members.required("name", "say what people call it")?.text("the zone's name")
            let points = members.required("outline", "list its corners as [latitude, longitude]")?
                .list("corners as [latitude, longitude]")
            var outline = points?.compactMap(corner) ?? []
            if outline.count > 1, outline.first == outline.last { outline.removeLast() }
            let named = members["rules"].map { rules.named($0) } ?? []
            guard let zone = zoneID(name, item) else { return nil }
            return Zone(zone: zone, name: title ?? name, outline: outline, rules: named)
        } ?? []
    }

    private func zoneID(_ text: String, _ item: CityItem) -> ZoneID? {
        do throws(ShortNameError) {
            return try ZoneID(text)
        } catch {
            item.add(error.description)
            return nil
        }
    }

    private func corner(_ item: CityItem) -> GeoPoint? {
        let numbers = item.isList ? item.list("latitude and longitude") : []
        guard numbers.count == 2 else {
            item.add("is no corner; write [latitude, longitude], such as [43.70115, -81.05310]")
            return nil
        }
        let values = numbers.compactMap { $0.parsed("degrees such as 43.70115") { Double($0) } }
        guard values.count == 2 else { return nil }
        do throws(FixError) {
            return try GeoPoint(latitude: values[0], longitude: values[1])
        } catch {
            item.add("\(error.message); write [latitude, longitude] in degrees, west negative")
            return nil
        }
    }

    // MARK: Changes

    private func change(_ item: CityItem, rules: RuleReader.Rules) -> TemporaryChange? {
        let members = item.members(["name", "from", "until", "zones", "declare", "add", "suspend"])
        let name = members.required("name", "say what residents are told")?.localized("what residents are told")
        let what = "a local time such as 2026-12-12 19:00"
        let from = members.required("from")?.parsed(what) { LocalMoment($0) }
        let until = members.required("until")?.parsed(what) { LocalMoment($0) }
        let zones = members.required("zones", "list them, or write all").map(zoneList) ?? []
        let effect = effect(members, rules: rules)
        guard let name, let from, let until, let effect else { return nil }
        return TemporaryChange(name: name, zones: zones, from: from, until: until, effect: effect)
    }

    private func zoneList(_ item: CityItem) -> [ZoneID] {
        if item.word == "all" { return [] }
        let items = item.oneOrMore("zones, or all")
        if item.isEmptyList { item.add("is empty; list zones, or write all") }
        return items.compactMap { $0.shortName(ZoneID.self) }
    }

    private func effect(_ members: CityMembers, rules: RuleReader.Rules) -> TemporaryChange.Effect? {
        switch (members["declare"], members["add"], members["suspend"]) {
        case (let word?, nil, nil): return word.text("the word that rules wait for").map { .declare($0) }
        case (nil, let names?, nil): return .add(rules.named(names))
        case (nil, nil, let names?):
            if names.word == "all" { return .suspend([]) }
            let items = names.oneOrMore("rules, or all")
            if names.isEmptyList { names.add("is empty; list rules, or write all") }
            let suspended = items.compactMap { $0.shortName(RuleID.self) }
            return suspended.isEmpty ? nil : .suspend(suspended)
        default:
            if members.item.isMapping {
                members.item.add("needs exactly one of 'declare', 'add' and 'suspend'; split it into several changes")
            }
            return nil
        }
    }
}
