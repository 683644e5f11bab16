// What every device said last, and since when it says so. A pure value: reports and times in, states out.
package import Foundation
package import PatrolAPI

/// What a device, or a part of the daemon, says of itself at this moment.
package struct DeviceReport: Hashable, Sendable {
    package let name: String
    package let kind: DeviceStatus.Kind
    package let state: DeviceStatus.State
    /// The device's own word for its state; a change of it is a change of state.
    package let word: String
    package let detail: String
    package let figures: [String: Double]
    /// When the word began to hold; nil: when it was first reported.
    package let since: Date?

    package init(
        _ name: String,
        _ kind: DeviceStatus.Kind,
        _ state: DeviceStatus.State,
        word: String,
        detail: String,
        figures: [String: Double] = [:],
        since: Date? = nil
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.word = word
        self.detail = detail
        self.figures = figures
        self.since = since
    }
}

/// A device's state became another one.
package struct HealthChange: Hashable, Sendable {
    package let name: String
    /// nil: it is the first that is heard of it.
    package let before: String?
    package let after: String
    package let detail: String
}

package struct HealthBoard: Sendable {
    /// Whoever reports does so about once a second; silence for so long is a state of its own.
    static let silentSeconds = 5.0

    private struct Row {
        var report: DeviceReport
        var since: Date
        /// Monotonic seconds.
        var heard: Double
        var changes: Int
    }

    private var rows: [Row] = []

    package init() {}

    /// Takes a report. Devices stand in the order in which they were first heard of.
    /// - Parameters:
    ///   - date: wall time, for `since`.
    ///   - seconds: monotonic time, for silence.
    /// - Returns: what changed, if the word did.
    package mutating func take(_ report: DeviceReport, at date: Date, seconds: Double) -> HealthChange? {
        guard let index = rows.firstIndex(where: { $0.report.name == report.name }) else {
            rows.append(Row(report: report, since: report.since ?? date, heard: seconds, changes: 0))
            return HealthChange(name: report.name, before: nil, after: report.word, detail: report.detail)
        }
        let before = rows[index].report.word
        rows[index].report = report
        rows[index].heard = seconds
        if let since = report.since { rows[index].since = since }
        guard before != report.word else { return nil }
        if report.since == nil { rows[index].since = date }
        rows[index].changes += 1
        return HealthChange(name: report.name, before: before, after: report.word, detail: report.detail)
    }

    /// All devices as they are; one that has fallen silent is degraded, whatever it said last.
    package func devices(at date: Date, seconds: Double) -> [DeviceStatus] {
        rows.map { row in
            let report = row.report
            var figures = report.figures
            figures["stateChanges"] = Double(row.changes)
            let silent = seconds - row.heard
            guard silent <= Self.silentSeconds else {
                return DeviceStatus(
                    name: report.name,
                    state: report.state == .absent ? .absent : .degraded,
                    detail: "has not reported for \(Int(silent)) s; it last said: \(report.detail)",
                    kind: report.kind,
                    word: "silent",
                    since: date.addingTimeInterval(-silent),
                    figures: figures
                )
            }
            return DeviceStatus(
                name: report.name,
                state: report.state,
                detail: report.detail,
                kind: report.kind,
                word: report.word,
                since: row.since,
                figures: figures
            )
        }
    }
}
