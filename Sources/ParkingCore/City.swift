// The by-law side of a municipality as one JSON file: who it is, its zones and its infractions.

/// A municipality: read from `city.json`; `Fixtures/demo/city.json` is a commented example.
package struct City: Hashable, Sendable, Codable {
    package let name: String
    /// IANA name; hours in zones are local to it.
    package let timeZone: String
    package let regime: LegalRegime
    /// What stands on the ticket: where to pay and to ask for a review, a sentence in each language.
    package let paymentAddress: String
    /// Where a ticket is paid online, with "{ticket}" for its number; printed as a QR symbol. nil: none is printed.
    package let paymentURL: String?
    package let reviewRights: LocalizedText
    package let zones: [Zone]
    package let infractions: [Infraction]

    enum CodingKeys: String, CodingKey {
        case name, timeZone, regime, paymentAddress, paymentURL, reviewRights, zones, infractions
    }

    package init(
        name: String,
        timeZone: String,
        regime: LegalRegime,
        paymentAddress: String,
        reviewRights: LocalizedText,
        zones: [Zone],
        infractions: [Infraction],
        paymentURL: String? = nil
    ) {
        self.name = name
        self.timeZone = timeZone
        self.regime = regime
        self.paymentAddress = paymentAddress
        self.paymentURL = paymentURL
        self.reviewRights = reviewRights
        self.zones = zones
        self.infractions = infractions
    }
}

/// Ontario: administrative monetary penalties (O. Reg. 333/07) or Provincial Offences Act, Part II.
package enum LegalRegime: String, Hashable, Sendable, Codable {
    case administrativePenalty, provincialOffence
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
    /// A ring of at least three points, not closed again; the zone is its inside.
    package let outline: [GeoPoint]
    package let rule: ZoneRule
    /// Weekdays 1 (Monday) to 7; empty: every day.
    package let days: [Int]
    /// Local hours during which the rule holds, "HH:MM"; `to` may be "24:00".
    package let from: String
    package let to: String
    package let graceMinutes: Int

    package init(
        zone: ZoneID,
        name: String,
        outline: [GeoPoint],
        rule: ZoneRule,
        days: [Int],
        from: String,
        to: String,
        graceMinutes: Int
    ) {
        self.zone = zone
        self.name = name
        self.outline = outline
        self.rule = rule
        self.days = days
        self.from = from
        self.to = to
        self.graceMinutes = graceMinutes
    }
}

/// In JSON an object with one member, named after the rule: `{"permitOnly": {"infraction": "P-2", "permits": [...]}}`.
package enum ZoneRule: Hashable, Sendable, Codable {
    /// A pay-by-plate session is needed; permits of these kinds do as well.
    case payByPlate(infraction: String, permits: [PermitKind])
    /// A permit of one of these kinds is needed.
    case permitOnly(infraction: String, permits: [PermitKind])

    enum CodingKeys: String, CodingKey { case payByPlate, permitOnly }
    enum PayByPlateCodingKeys: String, CodingKey { case infraction, permits }
    enum PermitOnlyCodingKeys: String, CodingKey { case infraction, permits }
}

package struct Infraction: Hashable, Sendable, Codable {
    /// Code that rules and tickets use, such as "P-12".
    package let code: String
    /// By-law and section, such as "2024-101 s. 5(2)".
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
