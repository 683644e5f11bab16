// The words that sentences about judgements and rules are made of, in each language: names, times, money, shares.
internal import Foundation

package struct Wording: Sendable {
    let language: Language
    let city: City

    package init(language: Language, city: City) {
        self.language = language
        self.city = city
    }

    func say(_ english: String, _ french: String) -> String { language == .en ? english : french }

    func zone(_ id: ZoneID) -> String {
        guard let zone = city.zone(id) else { return say("zone \(id)", "la zone \(id)") }
        return say("zone \(id) (\(zone.name))", "la zone \(id) (\(zone.name))")
    }

    func name(_ feed: Feed) -> String {
        switch feed {
        case .permits: say("permits", "permis")
        case .sessions: say("sessions", "relevés de sessions")
        case .exemptions: say("exemptions", "registres d’exemptions")
        case .scofflaws: say("scofflaw lists", "relevés de récidivistes")
        case .watchlist: say("watchlists", "avis de surveillance")
        }
    }

    func name(_ kind: PermitKind) -> String {
        switch kind {
        case .residential: say("residential", "résidentiel")
        case .commercial: say("commercial", "commercial")
        case .accessible: say("accessible", "accessible")
        case .event: say("event", "événement")
        }
    }

    func name(_ kind: ExemptionKind) -> String {
        switch kind {
        case .municipal: say("municipal", "municipale")
        case .officer: say("officer", "agent")
        case .emergency: say("emergency", "urgence")
        }
    }

    /// "no stopping (rush hour)"
    func name(_ ban: Ban) -> String {
        let act =
            ban.act == .stopping ? say("no stopping", "arrêt interdit") : say("no parking", "stationnement interdit")
        switch ban.cause {
        case .sign: return act
        case .rushHour: return act + say(" in the rush hour", " aux heures de pointe")
        case .snowRoute: return act + say(" on a snow route", " sur un itinéraire de déneigement")
        case .streetCleaning: return act + say(" for street cleaning", " pour le nettoyage des rues")
        case .event: return act + say(" for an event", " pour un événement")
        }
    }

    /// "2 h", "90 min", "1 h 30 min", "3 days"
    func length(minutes: Int) -> String {
        if minutes % 1440 == 0, minutes >= 1440 {
            let days = minutes / 1440
            return say(days == 1 ? "24 h" : "\(days) days", days == 1 ? "24 h" : "\(days) jours")
        }
        guard minutes >= 60 else { return "\(minutes) min" }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// "2026-06-16 10:05", "2026-06-16 à 10 h 05", local to the city.
    func time(_ date: Date) -> String {
        let local = LocalTime(date, timeZone: city.clock)
        return say("\(local.day) \(hour(date))", "\(local.day) à \(hour(date))")
    }

    /// "10:05", "10 h 05"
    func hour(_ date: Date) -> String {
        let minute = LocalTime(date, timeZone: city.clock).minuteOfDay
        let (hours, minutes) = (Digits.padded(minute / 60, 2), Digits.padded(minute % 60, 2))
        return say("\(hours):\(minutes)", "\(hours) h \(minutes)")
    }

    func money(_ cents: Int) -> String {
        let fraction = Digits.padded(abs(cents % 100), 2)
        return say("$\(cents / 100).\(fraction)", "\(cents / 100),\(fraction) $")
    }

    func percent(_ share: Double) -> String {
        guard share.isFinite else { return "?" }
        let value = Int((share * 100).rounded(.down))
        return say("\(value)%", "\(value) %")
    }

    func metres(_ value: Double) -> String {
        guard value.isFinite, value < 1e6 else { return "?" }
        return "\(Int(value.rounded(.up))) m"
    }

    func duration(_ seconds: Double) -> String {
        if seconds < 5400 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 48 * 3600 { return "\(Int((seconds / 3600).rounded())) h" }
        return say("\(Int((seconds / 86_400).rounded())) days", "\(Int((seconds / 86_400).rounded())) jours")
    }

    /// "a, b and c"
    func list(_ items: [String]) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + say(" and ", " et ") + last
    }
}

extension String {
    /// With a capital first letter.
    var capitalizedStart: String { prefix(1).uppercased() + dropFirst() }
}
