// The town's signs as the city file that a judgement goes by: from the oracle's words into the product's own types.
internal import Foundation
package import ParkingCore

extension Town {
    /// The city whose signs are the town's.
    /// - Throws: `CityError` or an error of a name: a town has none that are wrong.
    package func city() throws -> City {
        var changes: [TemporaryChange] = []
        let zones = try self.zones.map { zone in
            let id = try ZoneID(zone.name)
            if let change = zone.change { changes += try temporaryChanges(change, zone: id) }
            return Zone(
                zone: id,
                name: zone.name,
                outline: try [
                    Spot(east: zone.west, north: zone.south), Spot(east: zone.east, north: zone.south),
                    Spot(east: zone.east, north: zone.north), Spot(east: zone.west, north: zone.north),
                ].map { try Streets.point($0) },
                rules: try zone.rules.map { try $0.parkingRule(zone: zone.name) }
            )
        }
        let city = City(
            name: "Nowhere",
            timeZone: TownClock.zoneName,
            regimes: [DatedRegime(from: LocalDay(number: 0), regime: .administrativePenalty)],
            paymentAddress: "Town Hall",
            reviewRights: LocalizedText(en: "Ask for a review.", fr: "Demandez une révision."),
            holidays: plan.holidays.sorted().map { day in
                Holiday(day: .date(LocalDay(number: day.number)), name: LocalizedText(en: "holiday", fr: "jour férié"))
            },
            zones: zones,
            infractions: Offence.gravestFirst.map { code in
                ByLawInfraction(
                    code: code,
                    section: "2026-1 s. \(code)",
                    title: LocalizedText(en: code, fr: code),
                    fines: [DatedFine(from: LocalDay(number: 0), fineCents: 5000)]
                )
            },
            temporaryChanges: changes,
            plateSeries: PlateSeries.usual
        )
        try city.validate()
        return city
    }

    private func temporaryChanges(_ change: TownZone.TemporaryChange, zone: ZoneID) throws -> [TemporaryChange] {
        let name = LocalizedText(en: change.name, fr: change.name)
        func made(_ effect: TemporaryChange.Effect) -> TemporaryChange {
            TemporaryChange(
                name: name,
                zones: [zone],
                from: Self.moment(change.from),
                until: Self.moment(change.until),
                effect: effect
            )
        }
        var madeChanges: [TemporaryChange] = []
        if change.replaces { madeChanges.append(made(.suspend([]))) }
        let rules = try change.rules.map { try $0.parkingRule(zone: zone.text) }
        if !rules.isEmpty { madeChanges.append(made(.add(rules))) }
        return madeChanges
    }

    private static func moment(_ time: Date) -> LocalMoment {
        let (day, second) = TownClock.local(time)
        return LocalMoment(day: LocalDay(number: day.number), minute: Int((second / 60).rounded()))
    }
}

extension Offence {
    /// Of several at once the first is ticketed.
    static let gravestFirst = [noStopping, noParking, noPermit, unpaid, overtime]
}

extension PostedRule {
    /// The sign in the product's words.
    /// - Throws: an error for hours or a season that are none.
    fileprivate func parkingRule(zone: String) throws -> ParkingRule {
        ParkingRule(
            id: try RuleID("\(zone).\(name)"),
            kind: kind,
            infraction: infraction,
            schedules: [
                Schedule(
                    days: weekdays.count == 7 ? [] : weekdays.sorted(),
                    hours: [try hours()],
                    season: try productSeason(),
                    firstDay: days.map { LocalDay(number: $0.lowerBound) },
                    lastDay: days.map { LocalDay(number: $0.upperBound) },
                    holidays: holdsOnHolidays ? .included : .excluded
                )
            ],
            permits: permits.sorted().compactMap { PermitKind(rawValue: $0) },
            graceMinutes: graceMinutes
        )
    }

    private var kind: RuleKind {
        switch demand {
        case .payByPlate: .payByPlate
        case .permit: .permitOnly
        case .timeLimit(let minutes, let wholeZone):
            .timeLimit(
                TimeLimit(
                    minutes: minutes,
                    same: wholeZone ? .zone : .position,
                    returnAfterMinutes: Int(ByLawWords.returnAfterMinutes)
                )
            )
        case .noParking: .ban(Ban(act: .parking, cause: .sign))
        case .noStopping: .ban(Ban(act: .stopping, cause: .rushHour))
        }
    }

    private func hours() throws -> HourSpan {
        func clock(_ minute: Int) -> String {
            let (hour, rest) = (minute / 60, minute % 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
        }
        let text = "\(clock(fromMinute))-\(clock(toMinute))"
        guard let span = HourSpan(text) else { throw SimulationError("'\(text)' are no hours") }
        return span
    }

    private func productSeason() throws -> ParkingCore.Season? {
        guard let season else { return nil }
        func day(_ month: Int, _ day: Int) -> MonthDay? {
            MonthDay("\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)")
        }
        guard let first = day(season.fromMonth, season.fromDay), let last = day(season.untilMonth, season.untilDay)
        else { throw SimulationError("a season that is none") }
        return ParkingCore.Season(first: first, last: last)
    }
}
