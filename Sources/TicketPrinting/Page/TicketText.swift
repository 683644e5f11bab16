// The words and figures of a ticket in English and French.
internal import Foundation
internal import ParkingCore

/// Which language stands first; both always stand on the ticket.
package enum TicketLanguage: String, Hashable, Sendable, Codable, CaseIterable { case english, french }

struct TicketText {
    let first: TicketLanguage
    let zone: TimeZone

    /// - Throws: `TicketPrintError.unknownTimeZone`.
    init(first: TicketLanguage, timeZone: String) throws(TicketPrintError) {
        guard let zone = TimeZone(identifier: timeZone) else {
            throw TicketPrintError(
                .unknownTimeZone,
                "'\(timeZone.prefix(80))' is no time zone; write the city's as America/Toronto"
            )
        }
        self.first = first
        self.zone = zone
    }

    func ordered(_ text: LocalizedText) -> [String] { first == .english ? [text.en, text.fr] : [text.fr, text.en] }

    /// "Place / Lieu"; one word where both languages share it.
    func both(_ en: String, _ fr: String) -> String {
        let pair = ordered(LocalizedText(en: en, fr: fr))
        return pair[0] == pair[1] ? pair[0] : "\(pair[0]) / \(pair[1])"
    }

    /// "$65.00" and "65,00 $".
    func money(_ cents: Int) -> LocalizedText {
        let whole = abs(cents) / 100
        let part = abs(cents) % 100
        let digits = part < 10 ? "0\(part)" : "\(part)"
        let sign = cents < 0 ? "\u{2212}" : ""
        return LocalizedText(en: "\(sign)$\(whole).\(digits)", fr: "\(sign)\(whole),\(digits)\u{A0}$")
    }

    /// "2026-06-16", local: the order that Canada's standard for all-numeric dates has in both languages.
    func date(_ date: Date, daysLater: Int = 0) -> String {
        let later = calendar.date(byAdding: .day, value: daysLater, to: date) ?? date
        let parts = calendar.dateComponents([.year, .month, .day], from: later)
        return "\(digits(parts.year, 4))-\(digits(parts.month))-\(digits(parts.day))"
    }

    /// "10:05:32 (UTC-04:00)", local.
    func time(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute, .second], from: date)
        let offset = zone.secondsFromGMT(for: date) / 60
        let sign = offset < 0 ? "\u{2212}" : "+"
        return "\(digits(parts.hour)):\(digits(parts.minute)):\(digits(parts.second))"
            + " (UTC\(sign)\(digits(abs(offset) / 60)):\(digits(abs(offset) % 60)))"
    }

    func weekday(_ date: Date) -> LocalizedText {
        let english = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        let french = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]
        let index = min(max(calendar.component(.weekday, from: date) - 1, 0), 6)
        return LocalizedText(en: english[index], fr: french[index])
    }

    /// "43.48213 N, 79.71862 W": five decimals, some metre.
    func position(_ point: GeoPoint) -> String {
        func degrees(_ value: Double, _ positive: String, _ negative: String) -> String {
            let hundredThousandths = Int((abs(value) * 100_000).rounded())
            return "\(hundredThousandths / 100_000).\(digits(hundredThousandths % 100_000, 5))\u{B0} "
                + (value < 0 ? negative : positive)
        }
        return degrees(point.latitude, "N", "S") + ", " + degrees(point.longitude, "E", "W")
    }

    /// "ON" of "CA-ON"; with the country for what lies elsewhere.
    func region(_ code: String) -> String { code.hasPrefix("CA-") ? String(code.dropFirst(3)) : code }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    private func digits(_ value: Int?, _ width: Int = 2) -> String {
        let text = String(value ?? 0)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
