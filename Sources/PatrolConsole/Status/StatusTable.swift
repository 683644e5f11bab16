// The daemon's status as plain tables, for `patrol status`.
internal import Foundation
internal import ParkingCore
package import PatrolAPI

/// Lines for a person; ages are against the daemon's own clock.
package func statusTable(_ status: PatrolStatus) -> String {
    let words = Wording(language: .en, timeZone: .gmt)
    var rows: [[String]] = [
        ["source", status.source], ["phase", words.phase(status.phase).text], ["vehicle", status.vehicle.text],
        ["officer", status.officer.text],
    ]
    if let progress = status.progress { rows.append(["progress", words.percent(progress)]) }
    rows += [
        ["frames", "\(status.framesTaken) taken, \(status.framesDropped) lost"], ["reads", "\(status.reads)"],
        ["alerts waiting", "\(status.alertsWaiting)"], ["tickets", "\(status.tickets)"],
        ["unsent", "\(status.unsent)"], ["time", WireCoding.text(status.now)],
    ]
    for feed in status.feeds {
        let age = feed.asOf.map { words.age(seconds: status.now.timeIntervalSince($0)) + " old" }
        rows.append([feed.feed.rawValue, "\(feed.records) records, \(age ?? "never complete")"])
    }
    var devices = [["device", "health", "state", "for", "what it says"]]
    for device in status.devices {
        let age = device.since.map { words.age(seconds: status.now.timeIntervalSince($0)) }
        devices.append([
            device.name, device.state.rawValue, device.word ?? "-", age ?? "-",
            ([device.detail] + figures(device)).filter { !$0.isEmpty }.joined(separator: "; "),
        ])
    }
    return columns(rows) + "\n\n" + columns(devices)
}

/// What a person wants to see of a device's figures; the rest is in the JSON and the metrics.
private func figures(_ device: DeviceStatus) -> [String] {
    func figure(_ name: String, _ words: (String) -> String) -> String? {
        device.figures[name].map { value in
            let rounded = (value * 10).rounded() / 10
            return words(rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)")
        }
    }
    let all: [String?] =
        switch device.kind {
        case .camera:
            [
                figure("framesPerSecond") { "\($0) frames/s" }, figure("framesTaken") { "\($0) taken" },
                figure("framesDropped") { "\($0) dropped" }, figure("framesBad") { "\($0) bad" },
                figure("reconnects") { "\($0) times back" }, figure("lastFrameAgeSeconds") { "last \($0) s ago" },
            ]
        case .position:
            [
                figure("errorMetres") { "error \($0) m" }, figure("satellitesUsed") { "\($0) satellites" },
                figure("ageSeconds") { "\($0) s old" },
            ]
        case .clock: [figure("offsetMilliseconds") { "offset \($0) ms" }, figure("jumps") { "\($0) jumps" }]
        case .pipeline:
            [
                figure("exposureToAnswerP50Milliseconds") { "answer after \($0) ms" },
                figure("exposureToAnswerP99Milliseconds") { "at most \($0) ms" },
            ]
        case .printer: [figure("waiting") { "\($0) wait" }]
        case .server, .disk, nil: []
        }
    return all.compactMap { $0 }
}

/// Each column as wide as its longest cell, the last as it comes.
private func columns(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
        row.enumerated().map { column, cell in
            column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] + 2 - cell.count)
        }.joined()
    }.joined(separator: "\n")
}
