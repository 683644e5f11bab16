// The daemon's status as a plain table, for `patrol status`.
internal import Foundation
internal import ParkingCore
package import PatrolAPI

/// Lines for a person; ages are against the daemon's own clock.
package func statusTable(_ status: PatrolStatus) -> String {
    let words = Wording(language: .en, timeZone: .gmt)
    var rows: [(String, String)] = [
        ("source", status.source), ("phase", words.phase(status.phase).text), ("vehicle", status.vehicle.text),
        ("officer", status.officer.text),
    ]
    if let progress = status.progress { rows.append(("progress", words.percent(progress))) }
    rows += [
        ("frames", "\(status.framesTaken) taken, \(status.framesDropped) lost"), ("reads", "\(status.reads)"),
        ("alerts waiting", "\(status.alertsWaiting)"), ("tickets", "\(status.tickets)"),
        ("unsent", "\(status.unsent)"), ("time", WireCoding.text(status.now)),
    ]
    for device in status.devices {
        rows.append(
            (device.name, device.detail.isEmpty ? device.state.rawValue : "\(device.state.rawValue): \(device.detail)")
        )
    }
    for feed in status.feeds {
        let age = feed.asOf.map { words.age(seconds: status.now.timeIntervalSince($0)) + " old" }
        rows.append((feed.feed.rawValue, "\(feed.records) records, \(age ?? "never complete")"))
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0 + String(repeating: " ", count: width + 2 - $0.0.count) + $0.1 }.joined(separator: "\n")
}
