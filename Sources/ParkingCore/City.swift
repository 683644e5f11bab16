// The by-law side of a municipality: who it is, its zones with their rules, its infractions, all as dated data.
package import Foundation

/// A municipality. Read from its hand-written file by `CityFiles`; Fixtures/harbourview is an example with every key.
package struct City: Hashable, Sendable {
    package let name: String
    /// IANA name; hours and dates are local to it.
    package let timeZone: String
    /// Which law tickets are issued under, from which day on; by day.
    package let regimes: [DatedRegime]
    /// What stands on the ticket: where to pay and to ask for a review, a sentence in each language.
    package let paymentAddress: String
    /// Where a ticket is paid online, with "{ticket}" for its number; printed as a QR symbol. nil: none is printed.
    package let paymentURL: String?
    package let reviewRights: LocalizedText
    package let holidays: [Holiday]
    /// Where zones overlap, the first that has a rule in force decides.
    package let zones: [Zone]
    /// Gravest first: of several that hold at once the first is ticketed.
    package let infractions: [ByLawInfraction]
    package let temporaryChanges: [TemporaryChange]
    /// Plates of other patterns are ticketed only once the officer has confirmed them; empty: all may be.
    package let plateSeries: [PlateSeries]
    private let zoneIndex: [ZoneID: Int]

    package init(
        name: String,
        timeZone: String,
        regimes: [DatedRegime],
        paymentAddress: String,
        reviewRights: LocalizedText,
        holidays: [Holiday] = [],
        zones: [Zone],
        infractions: [ByLawInfraction],
        temporaryChanges: [TemporaryChange] = [],
        paymentURL: String? = nil,
        plateSeries: [PlateSeries] = []
    ) {
        self.name = name
        self.timeZone = timeZone
        self.regimes = regimes.sorted { $0.from < $1.from }
        self.paymentAddress = paymentAddress
        self.paymentURL = paymentURL
        self.reviewRights = reviewRights
        self.holidays = holidays
        self.zones = zones
        self.infractions = infractions
        self.temporaryChanges = temporaryChanges
        self.plateSeries = plateSeries
        zoneIndex = Dictionary(zones.enumerated().map { ($1.zone, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A city whose law has always been the same.
    package init(
        name: String,
        timeZone: String,
        regime: LegalRegime,
        paymentAddress: String,
        reviewRights: LocalizedText,
        zones: [Zone],
        infractions: [Infraction],
        paymentURL: String? = nil,
        plateSeries: [PlateSeries] = []
    ) {
        self.init(
            name: name,
            timeZone: timeZone,
            regimes: [DatedRegime(from: LocalDay(number: 0), regime: regime)],
            paymentAddress: paymentAddress,
            reviewRights: reviewRights,
            zones: zones,
            infractions: infractions.map { infraction in
                ByLawInfraction(
                    code: infraction.code,
                    section: infraction.section,
                    title: infraction.title,
                    fines: [
                        DatedFine(
                            from: LocalDay(number: 0),
                            fineCents: infraction.fineCents,
                            earlyPaymentCents: infraction.earlyPaymentCents,
                            earlyPaymentDays: infraction.earlyPaymentDays
                        )
                    ]
                )
            },
            paymentURL: paymentURL,
            plateSeries: plateSeries
        )
    }

    /// The city's time zone.
    /// - Precondition: the city is valid.
    package var clock: TimeZone {
        guard let zone = TimeZone(identifier: timeZone) else {
            preconditionFailure("unknown time zone '\(timeZone)': validate the city first")
        }
        return zone
    }

    /// Where this ticket is paid online; nil: the city names no such place.
    package func paymentURL(of ticket: TicketNumber) -> String? {
        paymentURL?.replacing("{ticket}", with: ticket.text)
    }

    package func zone(_ id: ZoneID) -> Zone? { zoneIndex[id].map { zones[$0] } }

    /// Whether plates of this pattern are common on the city's streets.
    package func isUsual(_ plate: Plate) -> Bool {
        plateSeries.isEmpty || plateSeries.contains { $0.contains(plate) }
    }

    /// Whether a longer plate of a common pattern reads so where its first or last character does not show.
    package func mayBeCut(_ plate: Plate) -> Bool { plateSeries.contains { $0.containsCut(plate) } }

    /// A rule by its name, wherever it stands.
    package func rule(_ id: RuleID) -> ParkingRule? {
        for zone in zones {
            if let rule = zone.rules.first(where: { $0.id == id }) { return rule }
        }
        for change in temporaryChanges {
            if case .add(let rules) = change.effect, let rule = rules.first(where: { $0.id == id }) { return rule }
        }
        return nil
    }

    /// The law at an instant; before the first day that is known, that day's.
    package func regime(at time: Date) -> LegalRegime {
        let day = LocalTime(time, timeZone: clock).day
        return (regimes.last { $0.from <= day } ?? regimes.first)?.regime ?? .administrativePenalty
    }

    /// The infraction as a ticket of that instant names it; nil: unknown, or not yet (no fine holds that early).
    package func infraction(_ code: String, at time: Date) -> Infraction? {
        infractions.first { $0.code == code }?.infraction(on: LocalTime(time, timeZone: clock).day)
    }

    /// The by-law's order: 0 is the gravest; what it does not name comes last.
    package func gravity(of code: String) -> Int {
        infractions.firstIndex { $0.code == code } ?? infractions.count
    }
}

/// Ontario: administrative monetary penalties (O. Reg. 333/07) or Provincial Offences Act, Part II.
package enum LegalRegime: String, Hashable, Sendable, Codable, CaseIterable {
    case administrativePenalty, provincialOffence
}

package struct DatedRegime: Hashable, Sendable, Codable {
    package let from: LocalDay
    package let regime: LegalRegime

    package init(from: LocalDay, regime: LegalRegime) {
        self.from = from
        self.regime = regime
    }
}

package struct LocalizedText: Hashable, Sendable, Codable {
    package let en: String
    package let fr: String
    package init(en: String, fr: String) {
        self.en = en
        self.fr = fr
    }
}

package struct Zone: Hashable, Sendable, Codable {
    package let zone: ZoneID
    package let name: String
    /// A ring of at least three points, not closed again, that does not cross itself; the zone is its inside.
    package let outline: [GeoPoint]
    /// All that stands on its signs; none: parking is free.
    package let rules: [ParkingRule]

    package init(zone: ZoneID, name: String, outline: [GeoPoint], rules: [ParkingRule]) {
        self.zone = zone
        self.name = name
        self.outline = outline
        self.rules = rules
    }
}

/// An infraction of the by-law, with its fines by the day from which they hold.
package struct ByLawInfraction: Hashable, Sendable, Codable {
    /// Code that rules and tickets use, such as "P-12".
    package let code: String
    /// By-law and section, such as "2024-101 s. 5(2)".
    package let section: String
    package let title: LocalizedText
    package let fines: [DatedFine]

    package init(code: String, section: String, title: LocalizedText, fines: [DatedFine]) {
        self.code = code
        self.section = section
        self.title = title
        self.fines = fines.sorted { $0.from < $1.from }
    }

    /// nil before the first fine's day.
    package func infraction(on day: LocalDay) -> Infraction? {
        guard let fine = fines.last(where: { $0.from <= day }) else { return nil }
        return Infraction(
            code: code,
            section: section,
            title: title,
            fineCents: fine.fineCents,
            earlyPaymentCents: fine.earlyPaymentCents,
            earlyPaymentDays: fine.earlyPaymentDays
        )
    }
}

package struct DatedFine: Hashable, Sendable, Codable {
    package let from: LocalDay
    package let fineCents: Int
    package let earlyPaymentCents: Int?
    package let earlyPaymentDays: Int?

    package init(from: LocalDay, fineCents: Int, earlyPaymentCents: Int? = nil, earlyPaymentDays: Int? = nil) {
        self.from = from
        self.fineCents = fineCents
        self.earlyPaymentCents = earlyPaymentCents
        self.earlyPaymentDays = earlyPaymentDays
    }
}

/// An infraction with the fine of one day: what stands on a ticket.
package struct Infraction: Hashable, Sendable, Codable {
    package let code: String
    package let section: String
    package let title: LocalizedText
    package let fineCents: Int
    package let earlyPaymentCents: Int?
    package let earlyPaymentDays: Int?

    package init(
        code: String,
        section: String,
        title: LocalizedText,
        fineCents: Int,
        earlyPaymentCents: Int?,
        earlyPaymentDays: Int?
    ) {
        self.code = code
        self.section = section
        self.title = title
        self.fineCents = fineCents
        self.earlyPaymentCents = earlyPaymentCents
        self.earlyPaymentDays = earlyPaymentDays
    }
}
