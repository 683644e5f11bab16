// The metrics are what Prometheus' format says, and hold no plate.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolEngine

@Suite struct MetricsTests {
    private func status() throws -> PatrolStatus {
        let now = Date(timeIntervalSince1970: 1_795_269_785)
        return PatrolStatus(
            phase: .running,
            source: "live",
            vehicle: try VehicleID("car-07"),
            officer: try OfficerID("4412"),
            progress: nil,
            framesTaken: 120,
            framesDropped: 3,
            reads: 7,
            alertsWaiting: 1,
            tickets: 2,
            unsent: 5,
            devices: [
                DeviceStatus(
                    name: "left",
                    state: .good,
                    detail: "a \"quoted\" word",
                    kind: .camera,
                    word: "streaming",
                    since: now - 60,
                    figures: ["framesPerSecond": 14.9, "framesTaken": 100, "lastFrameAgeSeconds": 0.07]
                ),
                DeviceStatus(name: "ri\"ght\n", state: .absent, detail: "", kind: .camera, word: "absent", since: now),
            ],
            feeds: [
                FeedState(feed: .sessions, asOf: now - 12, records: 4096),
                FeedState(feed: .permits, asOf: nil, records: 0),
            ],
            now: now
        )
    }

    @Test func `every sample has its type, grouped by metric`() throws {
        let lines = metricsText(try status()).split(separator: "\n").map(String.init)
        #expect(lines.contains("curbside_frames_taken_total 120"))
        #expect(lines.contains("curbside_device_frames_taken_total{device=\"left\",kind=\"camera\"} 100"))
        #expect(lines.contains("curbside_device_frames_per_second{device=\"left\",kind=\"camera\"} 14.9"))
        #expect(lines.contains("curbside_device_state{device=\"left\",kind=\"camera\",state=\"streaming\"} 1"))
        #expect(lines.contains("curbside_device_state_age_seconds{device=\"left\",kind=\"camera\"} 60"))
        #expect(lines.contains("curbside_device_health{device=\"ri\\\"ght\\n\",kind=\"camera\"} 0"))
        #expect(lines.contains("curbside_list_age_seconds{list=\"sessions\"} 12"))
        var seen: [String] = []
        for line in lines where !line.hasPrefix("#") {
            let name = String(line.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }, "\(name)")
            #expect(line.wholeMatch(of: /[a-z_0-9]+(\{.*\})? -?[0-9.e+-]+/) != nil, "\(line)")
            if seen.last != name {
                #expect(!seen.contains(name), "\(name) is not in one piece")
                seen.append(name)
            }
        }
        #expect(seen.count > 10)
    }
}
