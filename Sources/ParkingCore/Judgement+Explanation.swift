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

extension Wording {
    func sentence(_ reason: ClearReason) -> String {
        switch reason {
        case .session(let id, let until):
            say("Session \(id) is paid until \(time(until)).", "La session \(id) est payée jusqu’au \(time(until)).")
        case .permit(let id, let kind):
            say("Permit \(id) (\(name(kind))) is valid here.", "Le permis \(id) (\(name(kind))) est valable ici.")
        case .exemption(let id, let kind):
            say("Exempt by \(id) (\(name(kind))).", "Véhicule exempté par \(id) (\(name(kind))).")
        case .noRule:
            say(
                "No parking rule holds here at this hour.",
                "Aucune règle de stationnement ne s’applique ici à cette heure."
            )
        case .grace(let session, let minutes):
            say(
                "Session \(session) has just ended; its grace period of \(minutes) min is running.",
                "La session \(session) vient de se terminer ; son délai de grâce de \(minutes) min court."
            )
        case .permitGrace(let permit, let minutes):
            say(
                "Permit \(permit) has just ended; its grace period of \(length(minutes: minutes)) is running.",
                "Le permis \(permit) vient d’expirer ; son délai de grâce de \(length(minutes: minutes)) court."
            )
        case .paidOnArrival(let session, let from):
            say(
                "Session \(session) was paid from \(time(from)), just after the car was seen: the driver was paying.",
                "La session \(session) a été payée à partir du \(time(from)), juste après le passage : "
                    + "le conducteur était en train de payer."
            )
        case .ruleJustBegan(_, let since):
            say(
                "The rule has held only since \(time(since)); its grace period is running.",
                "La règle ne s’applique que depuis le \(time(since)) ; son délai de grâce court."
            )
        case .withinLimit(let id, let limit):
            say(
                "Not seen in \(zone(id)) for longer than its limit of \(length(minutes: limit)).",
                "Non observé dans \(zone(id)) au-delà de sa limite de \(length(minutes: limit))."
            )
        case .nearMatch(let plate, let feed):
            say(
                "The read is not sure and may well be \(plate), which stands in the \(name(feed)) with a right to park here.",
                "La lecture n’est pas sûre et pourrait bien être \(plate), qui figure dans les \(name(feed)) avec le "
                    + "droit de stationner ici."
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
        case .overtime(let id, _, _, let firstSeen, let limit):
            say(
                "Parked in \(zone(id)) for longer than the \(length(minutes: limit)) allowed: first seen \(time(firstSeen)).",
                "Stationné dans \(zone(id)) au-delà de la durée permise de \(length(minutes: limit)) : "
                    + "vu pour la première fois le \(time(firstSeen))."
            )
        case .banned(let id, _, _, let ban):
            say(
                "\(zone(id)): \(name(ban)), in force now.".capitalizedStart,
                "\(zone(id)) : \(name(ban)), en vigueur en ce moment.".capitalizedStart
            )
        case .sharedPermit(let id, _, let permit, let atOnce, let others): sharedPermit(id, permit, atOnce, others)
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

    private func sharedPermit(_ id: ZoneID, _ permit: String, _ atOnce: Int, _ others: [PermitUse]) -> String {
        let seen = list(
            others.map { use in
                say("\(use.plate) (seen \(hour(use.lastSeen)))", "\(use.plate) (vu à \(hour(use.lastSeen)))")
            }
        )
        return say(
            "Permit \(permit) covers \(atOnce) \(atOnce == 1 ? "vehicle" : "vehicles") at a time in \(zone(id)), and"
                + " is in use by \(seen).",
            "Le permis \(permit) couvre \(atOnce) \(atOnce == 1 ? "véhicule" : "véhicules") à la fois dans \(zone(id)) ;"
                + " il sert déjà à \(seen)."
        )
    }

    func sentence(_ reason: SecondLookReason) -> String {
        switch reason {
        case .unsureRead(let confidence):
            say(
                "The read is not sure (\(percent(confidence))): confirm the plate.",
                "La lecture n’est pas sûre (\(percent(confidence))) : confirmez la plaque."
            )
        case .unusualPlate:
            say(
                "The plate fits no series that is common here: confirm each character, O or 0, I or 1.",
                "La plaque ne suit aucune série courante ici : confirmez chaque caractère, O ou 0, I ou 1."
            )
        case .mayBeCut:
            say(
                "A longer plate reads so where its first or last character is hidden: look at both ends.",
                "Une plaque plus longue se lit ainsi si son premier ou dernier caractère est caché : "
                    + "vérifiez les deux bouts."
            )
        case .nearMatch(let plate, let feed):
            say(
                "\(plate), one misread away, stands in the \(name(feed)): compare the characters.",
                "\(plate), à un caractère près, figure dans les \(name(feed)) : comparez les caractères."
            )
        case .noFix:
            say("The position is not known, so neither is the zone.", "La position est inconnue, donc la zone aussi.")
        case .nearZoneEdge(let id, let error, _):
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
                    "The \(name(feed)) are not known to be complete: have the city import them before a ticket.",
                    "Rien ne dit que les \(name(feed)) soient complets : la ville doit les importer avant toute contravention."
                )
            }
        case .unknownZone(let feed, let zone):
            say(
                "It stands in the \(name(feed)) for zone \(zone), which the city's rules do not have: "
                    + "no ticket until somebody has compared the zones.",
                "Il figure dans les \(name(feed)) pour la zone \(zone), que le règlement de la ville ne connaît pas : "
                    + "aucune contravention avant vérification des zones."
            )
        case .clockUnknown:
            say(
                "The vehicle's clock is confirmed by neither satellites nor time servers: no ticket until it is.",
                "Ni les satellites ni les serveurs de temps ne confirment l’horloge du véhicule : "
                    + "aucune contravention d’ici là."
            )
        case .mayHaveMoved(let probability):
            say(
                "It may have left and come back (\(percent(probability)) that it stayed): compare the two photos.",
                "Le véhicule a pu partir et revenir (\(percent(probability)) qu’il soit resté) : comparez les deux photos."
            )
        case .stoodElsewhere(let distance):
            say(
                "It stood \(metres(distance)) away at an earlier pass: compare the two photos, is it the same car?",
                "Il se trouvait à \(metres(distance)) de là à un passage précédent : comparez les deux photos, "
                    + "est-ce le même véhicule ?"
            )
        case .earlierPassDiffers(let plate):
            say(
                "The earlier pass read \(plate): compare the two photos.",
                "Au premier passage, la lecture était \(plate) : comparez les deux photos."
            )
        case .mayHaveLeft(let plate, let lastSeen):
            say(
                "\(plate) was last seen \(time(lastSeen)) and may have left since: look whether it still stands there.",
                "\(plate) a été vu le \(time(lastSeen)) et a pu partir depuis : vérifiez s’il s’y trouve encore."
            )
        case .otherUnsure(let plate, let confidence):
            say(
                "The other vehicle, \(plate), may be misread (\(percent(confidence)) sure): look at its plate.",
                "L’autre véhicule, \(plate), a pu être mal lu (sûr à \(percent(confidence))) : regardez sa plaque."
            )
        }
    }
}
