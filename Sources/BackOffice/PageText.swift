// How values look on the pages: local times, money, names in English.
internal import Foundation
internal import Mustache
internal import ParkingCore
internal import SyncProtocol

struct PageText: Sendable {
    let city: City
    private let calendar: Calendar

    init(city: City) {
        self.city = city
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = city.clock
        self.calendar = calendar
    }

    /// "2026-06-16" in the city's local time.
    func day(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    }

    /// "10:05:12 EDT" in the city's local time.
    func hour(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute, .second], from: date)
        let offset = city.clock.secondsFromGMT(for: date) / 60
        let zone = city.clock.localizedName(
            for: city.clock.isDaylightSavingTime(for: date) ? .shortDaylightSaving : .shortStandard,
            locale: Locale(identifier: "en_CA")
        )
        // What locale data knows no short name for is told by its distance from UTC.
        let plain = "UTC" + (offset == 0 ? "" : "\(offset < 0 ? "−" : "+")\(abs(offset) / 60):\(two(abs(offset) % 60))")
        let shown = zone.flatMap { $0.hasPrefix("GMT") ? nil : $0 } ?? plain
        return "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) \(shown)"
    }

    func money(_ cents: Int) -> String { "$\(cents / 100).\(two(cents % 100))" }

    func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded(.down))
        return "\(tenths / 10).\(tenths % 10)%"
    }

    /// "43.65107 N, 79.34702 W"
    func position(_ point: GeoPoint) -> String {
        let north = String(format: "%.5f", abs(point.latitude)) + (point.latitude < 0 ? " S" : " N")
        return north + ", " + String(format: "%.5f", abs(point.longitude)) + (point.longitude < 0 ? " W" : " E")
    }

    /// "on Main Street (M1)" or the zone's own short name when the city file does not have it.
    func zone(_ id: ZoneID) -> String {
        guard let zone = city.zone(id) else { return id.text }
        return "\(zone.name) (\(id))"
    }

    func name(_ feed: Feed) -> String {
        switch feed {
        case .permits: "Permits"
        case .sessions: "Sessions"
        case .exemptions: "Exemptions"
        case .scofflaws: "Scofflaws"
        case .watchlist: "Watchlist"
        }
    }

    func name(_ role: PhotoReference.Role) -> String {
        switch role {
        case .closeUp: "Close-up"
        case .context: "Context"
        }
    }

    /// "12 s", "7 min", "3 h", "5 days": how old a feed was.
    func age(_ seconds: Double) -> String {
        let seconds = max(0, min(seconds, 1e10))
        if seconds < 100 { return "\(Int(seconds)) s" }
        if seconds < 6000 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 172_800 { return "\(Int((seconds / 3600).rounded())) h" }
        return "\(Int((seconds / 86_400).rounded())) days"
    }

    private func two(_ value: Int?) -> String {
        let value = value ?? 0
        return value < 10 ? "0\(value)" : "\(value)"
    }
}

/// HTML escaping scalar by scalar.
///
/// The engine's own goes character by character, and a quotation mark followed by a combining accent is another
/// character than a quotation mark: it would end an attribute.
struct ScalarEscaping: MustacheContentType {
    static let name = "PAGE"

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "`": escaped.append(contentsOf: "&#96;".unicodeScalars)
            // Control characters and those that turn the direction of writing would let a text pose as another.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}"..."\u{9F}",
                "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                escaped.append("\u{FFFD}")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
