// A judgement in words, one sentence a reason, for the console, the evidence and the back office's pages.
internal import Foundation

extension Judgement {
    /// One sentence a reason, doubts first, then the alerts that they concern. Times are the city's local ones; zones
    /// are called by their names.
    package func explanation(language: Language, city: City) -> [String] {
        let words = Wording(language: language, city: city)
        switch self {
        case .clear(let reason): return [words.sentence(reason)]
        case .alert(let alerts): return alerts.map(words.sentence)
        case .secondLook(let reasons, let alerts): return reasons.map(words.sentence) + alerts.map(words.sentence)
        }
    }
}

extension Alert {
    package func explanation(language: Language, city: City) -> String {
        Wording(language: language, city: city).sentence(self)
    }
}

private struct Wording {
    let language: Language
    let city: City

    func sentence(_ reason: ClearReason) -> String {
        switch reason {
        case .session(let id, let until):
            say("Session \(id) is paid until \(time(until)).", "La session \(id) est payée jusqu’au \(time(until)).")
        case .permit(let id, let kind):
            say("Permit \(id) (\(name(kind))) is valid here.", "Le permis \(id) (\(name(kind))) est valable ici.")
        case .exemption(let id, let kind):
            say(
                "Exempt by \(id) (\(name(kind))).",
                "Véhicule exempté par \(id) (\(name(kind)))."
            )
        case .noRule:
            say(
                "No parking rule holds here at this hour.",
                "Aucune règle de stationnement ne s’applique ici à cette heure."
            )
        case .grace(let session, let minutes):
            say(
                "Session \(session) has just ended; \(minutes) minutes of grace are running.",
                "La session \(session) vient de se terminer ; le délai de grâce de \(minutes) minutes court."
            )
        case .repeated(_, let time):
            say(
                "Already raised for this plate at \(self.time(time)).",
                "Déjà signalé pour cette plaque le \(self.time(time))."
            )
        }
    }

    func sentence(_ alert: Alert) -> String {
        switch alert {
        case .noSession(let id, _, let ended):
            if let ended {
                say(
                    "No valid session in \(zone(id)); the last one ended \(time(ended)).",
                    "Aucune session valable dans \(zone(id)) ; la dernière s’est terminée le \(time(ended))."
                )
            } else {
                say("No session in \(zone(id)).", "Aucune session dans \(zone(id)).")
            }
        case .noPermit(let id, _):
            say("No valid permit for \(zone(id)).", "Aucun permis valable pour \(zone(id)).")
        case .scofflaw(let tickets, let cents, let action):
            say(
                "Scofflaw: \(tickets) unpaid tickets, \(money(cents)), eligible for \(action == .boot ? "boot" : "tow").",
                "Récidiviste : \(tickets) contraventions impayées, \(money(cents)), "
                    + "\(action == .boot ? "sabot" : "remorquage") permis."
            )
        case .watchlist(let entry, let reason):
            say(
                "Watchlist entry \(entry): \(reason). Report it, do not ticket for it.",
                "Liste de surveillance, fiche \(entry) : \(reason). À signaler, sans contravention à ce titre."
            )
        }
    }

    func sentence(_ reason: SecondLookReason) -> String {
        switch reason {
        case .unsureRead(let confidence):
            say(
                "The read is not sure (\(percent(confidence))): confirm the plate.",
                "La lecture n’est pas sûre (\(percent(confidence))) : confirmez la plaque."
            )
        case .nearMatch(let plate, let feed):
            say(
                "\(plate), one misread away, stands in the \(name(feed)): compare the characters.",
                "\(plate), à un caractère près, figure dans les \(name(feed)) : comparez les caractères."
            )
        case .noFix:
            say(
                "The position is not known, so neither is the zone.",
                "La position est inconnue, donc la zone aussi."
            )
        case .nearZoneEdge(let id, let error):
            say(
                "The edge of \(zone(id)) lies within the position's error of \(metres(error)): check where the car stands.",
                "La limite de \(zone(id)) est plus proche que l’erreur de position de \(metres(error)) : "
                    + "vérifiez où se trouve le véhicule."
            )
        case .staleFeed(let feed, let age):
            if let age {
                say(
                    "The \(name(feed)) are \(duration(age)) old: ask again before a ticket.",
                    "Les \(name(feed)) datent de \(duration(age)) : revérifiez avant toute contravention."
                )
            } else {
                say(
                    "The \(name(feed)) have never been loaded: load them before a ticket.",
                    "Les \(name(feed)) n’ont jamais été chargés : chargez-les avant toute contravention."
                )
            }
        case .clockUnknown:
            say(
                "The vehicle's clock is confirmed by neither satellites nor time servers: no ticket until it is.",
                "Ni les satellites ni les serveurs de temps ne confirment l’horloge du véhicule : "
                    + "aucune contravention d’ici là."
            )
        }
    }

    // MARK: Words

    private func say(_ english: String, _ french: String) -> String { language == .en ? english : french }

    private func zone(_ id: ZoneID) -> String {
        guard let zone = city.zone(id) else { return say("zone \(id)", "la zone \(id)") }
        return say("zone \(id) (\(zone.name))", "la zone \(id) (\(zone.name))")
    }

    private func name(_ feed: Feed) -> String {
        switch feed {
        case .permits: say("permits", "permis")
        case .sessions: say("sessions", "relevés de sessions")
        case .exemptions: say("exemptions", "registres d’exemptions")
        case .scofflaws: say("scofflaw lists", "relevés de récidivistes")
        case .watchlist: say("watchlists", "avis de surveillance")
        }
    }

    private func name(_ kind: PermitKind) -> String {
        switch kind {
        case .residential: say("residential", "résidentiel")
        case .commercial: say("commercial", "commercial")
        case .accessible: say("accessible", "accessible")
        case .event: say("event", "événement")
        }
    }

    private func name(_ kind: ExemptionKind) -> String {
        switch kind {
        case .municipal: say("municipal", "municipale")
        case .officer: say("officer", "agent")
        case .emergency: say("emergency", "urgence")
        }
    }

    private func time(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = city.clock
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func two(_ value: Int?) -> String {
            let text = String(value ?? 0)
            return text.count < 2 ? "0" + text : text
        }
        let day = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
        return say(
            "\(day) \(two(parts.hour)):\(two(parts.minute))",
            "\(day) à \(two(parts.hour)) h \(two(parts.minute))"
        )
    }

    private func money(_ cents: Int) -> String {
        let fraction = abs(cents % 100)
        let padded = fraction < 10 ? "0\(fraction)" : "\(fraction)"
        return say("$\(cents / 100).\(padded)", "\(cents / 100),\(padded) $")
    }

    private func percent(_ share: Double) -> String {
        guard share.isFinite else { return "?" }
        let value = Int((share * 100).rounded(.down))
        return say("\(value)%", "\(value) %")
    }

    private func metres(_ value: Double) -> String {
        guard value.isFinite, value < 1e6 else { return "?" }
        return "\(Int(value.rounded(.up))) m"
    }

    private func duration(_ seconds: Double) -> String {
        if seconds < 5400 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 48 * 3600 { return "\(Int((seconds / 3600).rounded())) h" }
        return say("\(Int((seconds / 86_400).rounded())) days", "\(Int((seconds / 86_400).rounded())) jours")
    }
}
