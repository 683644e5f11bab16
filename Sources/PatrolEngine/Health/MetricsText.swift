// The daemon's state in Prometheus' text format, version 0.0.4 (prometheus.io, "Exposition formats"). No plates in it.
internal import Foundation
internal import ParkingCore
package import PatrolAPI

/// One sample a line, grouped by metric, each with its help and type.
package func metricsText(_ status: PatrolStatus) -> String {
    var metrics = MetricsWriter()
    metrics.add("curbside_up", .gauge, "The daemon answers.", 1)
    metrics.add("curbside_reads_total", .counter, "Cars read since the start.", Double(status.reads))
    metrics.add("curbside_frames_taken_total", .counter, "Frames worked on.", Double(status.framesTaken))
    metrics.add("curbside_frames_lost_total", .counter, "Frames lost.", Double(status.framesDropped))
    metrics.add("curbside_alerts_waiting", .gauge, "Alerts that wait for a decision.", Double(status.alertsWaiting))
    metrics.add("curbside_tickets", .gauge, "Tickets in the vehicle's database.", Double(status.tickets))
    metrics.add("curbside_facts_unsent", .gauge, "Facts not yet acknowledged.", Double(status.unsent))
    for feed in status.feeds {
        let labels = [("list", feed.feed.rawValue)]
        metrics.add("curbside_list_records", .gauge, "Records of a list.", Double(feed.records), labels)
        guard let asOf = feed.asOf else { continue }
        let age = max(0, status.now.timeIntervalSince(asOf))
        metrics.add("curbside_list_age_seconds", .gauge, "Since a list was last complete.", age, labels)
    }
    for device in status.devices {
        let labels = [("device", device.name), ("kind", device.kind?.rawValue ?? "other")]
        let value: Double =
            switch device.state {
            case .good: 1
            case .degraded: 0.5
            case .absent: 0
            }
        metrics.add("curbside_device_health", .gauge, "1 good, 0.5 degraded, 0 absent.", value, labels)
        if let word = device.word {
            metrics.add("curbside_device_state", .gauge, "1 for its state.", 1, labels + [("state", word)])
        }
        if let since = device.since {
            let age = max(0, status.now.timeIntervalSince(since))
            metrics.add("curbside_device_state_age_seconds", .gauge, "Since when it is so.", age, labels)
        }
        for (figure, value) in device.figures.sorted(by: { $0.key < $1.key }) {
            let name = "curbside_device_" + snakeCase(figure)
            // A figure that counts says so in its name's last word: it has no unit.
            let isCount = countedFigures.contains(figure)
            metrics.add(isCount ? name + "_total" : name, isCount ? .counter : .gauge, "\(figure).", value, labels)
        }
    }
    return metrics.text
}

/// Figures that only grow; all others go up and down.
let countedFigures: Set<String> = [
    "framesTaken", "framesDropped", "framesBad", "framesFailed", "reconnects", "stateChanges", "passes",
    "passesRetried",
    "passesRefused", "jumps", "timesRefused", "fixes", "refused", "impossibleJumps", "timeJumps", "unreadable",
    "trackPointsDropped", "printed", "holds", "framesLostByDriver", "framesPassedOver",
]

/// "lastFrameAgeSeconds" is "last_frame_age_seconds".
private func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase { result += "_" }
        result += character.lowercased()
    }
    return result
}

private struct MetricsWriter {
    enum Kind: String { case counter, gauge }

    private var order: [String] = []
    private var heads: [String: String] = [:]
    private var samples: [String: [String]] = [:]

    var text: String { order.map { (heads[$0] ?? "") + (samples[$0] ?? []).joined() }.joined() }

    mutating func add(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        _ value: Double,
        _ labels: [(String, String)] = []
    ) {
        if heads[name] == nil {
            order.append(name)
            heads[name] = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        }
        let inner = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        samples[name, default: []].append("\(name)\(inner.isEmpty ? "" : "{\(inner)}") \(Self.number(value))\n")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
