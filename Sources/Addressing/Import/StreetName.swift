// Names of streets, so that "Mill Street", "MILL ST" and "Mill St." are one.

enum StreetName {
    /// Ways of writing the last words of a name in Canada: types of streets and directions.
    private static let short: [String: String] = [
        "STREET": "ST", "AVENUE": "AVE", "AV": "AVE", "ROAD": "RD", "BOULEVARD": "BLVD", "DRIVE": "DR",
        "CRESCENT": "CRES", "CR": "CRES", "CRS": "CRES", "COURT": "CRT", "CT": "CRT", "LANE": "LN", "PLACE": "PL",
        "TERRACE": "TERR", "TER": "TERR", "TRAIL": "TRL", "CIRCLE": "CIR", "CRCL": "CIR", "SQUARE": "SQ",
        "PARKWAY": "PKWY", "PKY": "PKWY", "HIGHWAY": "HWY", "HEIGHTS": "HTS", "GARDENS": "GDNS", "GROVE": "GRV",
        "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "SAINT": "ST",
    ]

    /// A name as it is told: without stray spaces, at most 120 characters.
    static func told(_ name: String) -> String { String(name.trimmedSpaces.prefix(120)) }

    /// Capitals without points, types and directions as Canada Post shortens them.
    static func key(_ name: String) -> String {
        let words = name.uppercased().split { $0.isWhitespace || $0 == "." || $0 == "," }
        return words.map { short[String($0)] ?? String($0) }.joined(separator: " ")
    }
}

/// A civic number as it stands on a house.
enum CivicNumber {
    /// "14", "14A", "14 1/2", "14-16", also at the head of a whole address; nil where no number leads.
    static func parse(_ text: String, suffix: String?) -> (number: Int, suffix: String)? {
        let text = text.trimmedSpaces
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...6).contains(digits.count), let number = Int(digits), number > 0 else {
            // "14.0", as a table of real numbers writes it, leads with digits too; "N/A" does not.
            return nil
        }
        var rest = String(text.dropFirst(digits.count))
        if rest.hasPrefix(".") { rest = rest.hasPrefix(".0") ? "" : rest }
        // The street after the number of a whole address is none of its suffix; a fraction is.
        if rest.hasPrefix(" "), rest.dropFirst().first?.isNumber != true { rest = "" }
        if rest.hasPrefix(" "), let end = rest.dropFirst().firstIndex(of: " ") { rest = String(rest[..<end]) }
        if let end = rest.dropFirst().firstIndex(of: " ") { rest = String(rest[..<end]) }
        if let suffix = suffix?.trimmedSpaces, !suffix.isEmpty, !rest.uppercased().hasSuffix(suffix.uppercased()) {
            rest += suffix.first?.isNumber == true ? " \(suffix)" : suffix
        }
        return (number, String(rest.uppercased().prefix(12)))
    }
}
