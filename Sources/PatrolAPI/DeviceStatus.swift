// How one device, or one part of the daemon, is: for the console's health bar, `patrol status` and the metrics.
package import struct Foundation.Date

/// One of: each camera, "gps", "clock", "printer", "server", "disk", "pipeline".
package struct DeviceStatus: Hashable, Sendable, Codable {
    /// good: it does its work; degraded: not as it should; absent: not at all.
    package enum State: String, Sendable, Codable { case good, degraded, absent }

    package enum Kind: String, Sendable, Codable, CaseIterable {
        case camera, position, clock, printer, server, disk, pipeline
    }

    package let name: String
    package let state: State
    /// A sentence for a technician.
    package let detail: String
    /// nil: not told, or of a kind that this version does not know.
    package let kind: Kind?
    /// The device's own word for its state: "streaming", "stalled", "noFix"; nil: not told.
    package let word: String?
    /// When that word began to hold.
    package let since: Date?
    /// Rates, counts and ages, unit last in the name: "framesTaken", "lastFrameAgeSeconds".
    package let figures: [String: Double]

    package init(
        name: String,
        state: State,
        detail: String,
        kind: Kind? = nil,
        word: String? = nil,
        since: Date? = nil,
        figures: [String: Double] = [:]
    ) {
        self.name = name
        self.state = state
        self.detail = detail
        self.kind = kind
        self.word = word
        self.since = since
        self.figures = figures
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        state = try container.decode(State.self, forKey: .state)
        detail = try container.decode(String.self, forKey: .detail)
        kind = try container.decodeIfPresent(String.self, forKey: .kind).flatMap(Kind.init(rawValue:))
        word = try container.decodeIfPresent(String.self, forKey: .word)
        since = try container.decodeIfPresent(Date.self, forKey: .since)
        figures = try container.decodeIfPresent([String: Double].self, forKey: .figures) ?? [:]
    }
}
