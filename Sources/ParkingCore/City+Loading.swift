// Reading `city.json`: a city that exists is valid; what is wrong in the file is named with its place and the cure.
package import Foundation

package struct CityError: Error, Hashable, CustomStringConvertible {
    /// Where in the file, such as `zones[2].from`.
    package let place: String
    package let problem: String
    package var description: String { place.isEmpty ? "city file: \(problem)" : "city file, \(place): \(problem)" }
}

extension City {
    /// Reads and checks the whole file.
    /// - Throws: `CityError` for the first thing that is wrong.
    package static func load(json: Data) throws(CityError) -> City {
        do {
            return try WireCoding.decoder().decode(City.self, from: json)
        } catch let error as CityError {
            throw error
        } catch let error as DecodingError {
            throw CityError(error)
        } catch {
            throw CityError(place: "", problem: "\(error)")
        }
    }

    /// Decodes and validates, so that no invalid city comes from outside.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            timeZone: try container.decode(String.self, forKey: .timeZone),
            regime: try container.decode(LegalRegime.self, forKey: .regime),
            paymentAddress: try container.decode(String.self, forKey: .paymentAddress),
            reviewRights: try container.decode(LocalizedText.self, forKey: .reviewRights),
            zones: try container.decode([Zone].self, forKey: .zones),
            infractions: try container.decode([Infraction].self, forKey: .infractions),
            paymentURL: try container.decodeIfPresent(String.self, forKey: .paymentURL)
        )
        try validate()
    }

    /// The city's time zone.
    /// - Precondition: the city was decoded, or passed `validate`.
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

    package func zone(_ id: ZoneID) -> Zone? { zones.first { $0.zone == id } }
    package func infraction(_ code: String) -> Infraction? { infractions.first { $0.code == code } }

    /// - Throws: `CityError` for the first rule of the file that is broken.
    package func validate() throws(CityError) {
        guard !name.isEmpty else { throw CityError(place: "name", problem: "is empty; give the municipality's name") }
        guard TimeZone(identifier: timeZone) != nil else {
            throw CityError(
                place: "timeZone",
                problem: "'\(timeZone)' is unknown; give an IANA name such as America/Toronto"
            )
        }
        try validatePaymentURL()
        var codes: Set<String> = []
        for (index, infraction) in infractions.enumerated() {
            try infraction.validate(place: "infractions[\(index)]")
            guard codes.insert(infraction.code).inserted else {
                throw CityError(
                    place: "infractions[\(index)].code",
                    problem: "'\(infraction.code)' is defined twice; give each infraction a code of its own"
                )
            }
        }
        var names: Set<ZoneID> = []
        for (index, zone) in zones.enumerated() {
            try zone.validate(place: "zones[\(index)]", infractions: codes)
            guard names.insert(zone.zone).inserted else {
                throw CityError(
                    place: "zones[\(index)].zone",
                    problem: "'\(zone.zone)' is defined twice; give each zone a name of its own"
                )
            }
        }
    }
}

extension City {
    fileprivate func validatePaymentURL() throws(CityError) {
        guard let paymentURL else { return }
        let sample = paymentURL.replacing("{ticket}", with: "00000000")
        guard paymentURL.contains("{ticket}"), paymentURL.utf8.count <= 200,
            paymentURL.utf8.allSatisfy({ (33...126).contains($0) }), let url = URL(string: sample),
            url.scheme == "https", url.host?.isEmpty == false
        else {
            throw CityError(
                place: "paymentURL",
                problem:
                    "'\(paymentURL.prefix(80))' is no address for paying a ticket: write https://..., with {ticket}"
                    + " where its number stands, at most 200 characters"
            )
        }
    }
}

extension Infraction {
    fileprivate func validate(place: String) throws(CityError) {
        guard !code.isEmpty else {
            throw CityError(place: "\(place).code", problem: "is empty; give a code such as P-12")
        }
        guard fineCents >= 0 else {
            throw CityError(place: "\(place).fineCents", problem: "\(fineCents) is negative; give the fine in cents")
        }
        switch (earlyPaymentCents, earlyPaymentDays) {
        case (nil, nil): break
        case (let cents?, let days?):
            guard (0...fineCents).contains(cents), days > 0 else {
                throw CityError(
                    place: "\(place).earlyPaymentCents",
                    problem: "\(cents) cents within \(days) days is no early payment: give 0 to \(fineCents) cents"
                        + " and at least one day"
                )
            }
        default:
            throw CityError(
                place: "\(place).earlyPaymentCents",
                problem: "stands without its other half; give earlyPaymentCents and earlyPaymentDays, or neither"
            )
        }
    }
}

extension Zone {
    fileprivate func validate(place: String, infractions: Set<String>) throws(CityError) {
        guard Set(outline).count >= 3 else {
            throw CityError(
                place: "\(place).outline",
                problem: "has \(Set(outline).count) different points; a ring needs at least three"
            )
        }
        guard rule.infraction.isEmpty == false, infractions.contains(rule.infraction) else {
            throw CityError(
                place: "\(place).rule",
                problem: "infraction '\(rule.infraction)' is not defined; add it to infractions or correct its code"
            )
        }
        for (field, text) in [("from", from), ("to", to)] where ClockTime(text) == nil {
            throw CityError(
                place: "\(place).\(field)",
                problem: "'\(text)' is no hour; write HH:MM from 00:00 to 24:00"
            )
        }
        guard ClockTime(from) != ClockTime(to) else {
            throw CityError(
                place: "\(place).to",
                problem: "equals from, so the rule would never hold; write 00:00 to 24:00 for the whole day"
            )
        }
        if let day = days.first(where: { !(1...7).contains($0) }) {
            throw CityError(place: "\(place).days", problem: "\(day) is no weekday; use 1 (Monday) to 7 (Sunday)")
        }
        guard (0...1440).contains(graceMinutes) else {
            throw CityError(
                place: "\(place).graceMinutes",
                problem: "\(graceMinutes) is not within 0 to 1440 minutes"
            )
        }
    }
}

extension ZoneRule {
    /// The infraction that a vehicle without the right commits.
    package var infraction: String {
        switch self {
        case .payByPlate(let infraction, _), .permitOnly(let infraction, _): infraction
        }
    }

    /// The permit kinds that the zone honours.
    package var permits: [PermitKind] {
        switch self {
        case .payByPlate(_, let permits), .permitOnly(_, let permits): permits
        }
    }
}

extension CityError {
    init(_ error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String {
            var text = ""
            for key in keys {
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += (text.isEmpty ? "" : ".") + key.stringValue
                }
            }
            return text
        }
        switch error {
        case .keyNotFound(let key, let context):
            self.init(place: path(context.codingPath + [key]), problem: "is missing; add it")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init(place: path(context.codingPath), problem: "is no \(type); \(context.debugDescription)")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self.init(place: "", problem: "is no JSON (\(context.debugDescription))")
        case .dataCorrupted(let context):
            self.init(place: path(context.codingPath), problem: context.debugDescription)
        @unknown default:
            self.init(place: "", problem: "\(error)")
        }
    }
}
