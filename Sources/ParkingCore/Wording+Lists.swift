// Records, fines and answers in words, for whoever explains them.
package import Foundation

extension Wording {
    package func place(_ id: ZoneID) -> String { zone(id) }
    package func moment(_ date: Date) -> String { time(date) }

    /// "ALERT" and its kin.
    package func verdict(_ judgement: Judgement) -> String {
        switch judgement {
        case .clear: say("CLEAR", "EN RÈGLE")
        case .alert: say("ALERT", "ALERTE")
        case .secondLook: say("SECOND LOOK", "À VÉRIFIER")
        }
    }

    /// "H-10, 2019-44 s. 5(1): Parked without ...; $40.00, $30.00 if paid within 15 days."
    package func fine(_ infraction: Infraction) -> String {
        var text =
            "\(infraction.code), \(infraction.section): \(infraction.title[language]); \(money(infraction.fineCents))"
        if let cents = infraction.earlyPaymentCents, let days = infraction.earlyPaymentDays {
            text += say(
                ", \(money(cents)) if paid within \(days) days",
                ", \(money(cents)) si payé dans les \(days) jours"
            )
        }
        return text
    }

    /// All that stands on a zone's signs.
    package func signs(_ zone: Zone) -> String {
        zone.rules.isEmpty
            ? say("no rule", "aucune règle") : zone.rules.map { "\($0.id) (\(name($0)))" }.joined(separator: ", ")
    }

    package func record(_ record: ListRecord) -> String {
        switch record {
        case .permit(let permit):
            let zones = permit.zones.isEmpty ? say("every zone", "toutes les zones") : list(permit.zones.map(\.text))
            let atOnce = permit.vehiclesAtOnce.map { say(", \($0) at a time", ", \($0) à la fois") } ?? ""
            return say(
                "\(permit.plate): permit \(permit.permit) (\(name(permit.kind))), \(zones), \(window(permit.validity))\(atOnce)",
                "\(permit.plate) : permis \(permit.permit) (\(name(permit.kind))), \(zones), \(window(permit.validity))\(atOnce)"
            )
        case .session(let session):
            return say(
                "\(session.plate): session \(session.session), \(zone(session.zone)), \(window(session.validity))",
                "\(session.plate) : session \(session.session), \(zone(session.zone)), \(window(session.validity))"
            )
        case .exemption(let exemption):
            return say(
                "\(exemption.plate): exemption \(exemption.exemption) (\(name(exemption.kind))), \(window(exemption.validity))",
                "\(exemption.plate) : exemption \(exemption.exemption) (\(name(exemption.kind))), \(window(exemption.validity))"
            )
        case .scofflaw(let entry):
            return say(
                "\(entry.plate): \(entry.unpaidTickets) unpaid tickets, \(money(entry.unpaidCents))",
                "\(entry.plate) : \(entry.unpaidTickets) contraventions impayées, \(money(entry.unpaidCents))"
            )
        case .watchlist(let entry):
            return say(
                "\(entry.plate): watchlist entry \(entry.entry), \(entry.reason)",
                "\(entry.plate) : fiche de surveillance \(entry.entry), \(entry.reason)"
            )
        }
    }

    private func window(_ window: TimeWindow) -> String {
        say("\(time(window.from)) to \(time(window.to))", "du \(time(window.from)) au \(time(window.to))")
    }
}
