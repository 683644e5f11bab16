// What the receiver's track gains reaches the database, the last stretch at the end too.
import Foundation
import Logging
import ParkingCore
import PatrolStore
import Testing

@testable import PatrolEngine
@testable import Positioning

@Suite struct TrackRecorders {
    /// North at 10 m/s, one report a second.
    private func drive(_ position: LivePosition, from start: Moment, seconds: ClosedRange<Int>) throws {
        let origin = try GeoPoint(latitude: 43.65, longitude: -79.39)
        for second in seconds {
            let time = start.wall.addingTimeInterval(Double(second))
            let point = Geodesy.point(origin, eastMetres: 0, northMetres: Double(second) * 10)
            var report = ReceiverReport()
            report.mode = 3
            report.time = time
            (report.latitude, report.longitude) = (point.latitude, point.longitude)
            (report.speedMetresPerSecond, report.headingDegrees) = (10, 0)
            let arrival = Moment(
                monotonicNanoseconds: start.monotonicNanoseconds + Int64(second) * 1_000_000_000,
                wall: time
            )
            _ = position.take(.report(report), at: arrival)
        }
    }

    @Test func `points are stored while the patrol runs, and the rest when it ends`() async throws {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "track-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try PatrolStore(path: folder.appending(path: "patrol.db").path, vehicle: try VehicleID("van-1"))
        let start = Moment(monotonicNanoseconds: 0, wall: Date(timeIntervalSince1970: 1_790_000_000))
        let position = LivePosition(clock: ClockWatch(now: start), now: start)
        let recorder = TrackRecorder(
            position: position,
            store: store,
            interval: .milliseconds(50),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let running = Task { try await recorder.run() }
        try drive(position, from: start, seconds: 1...100)
        func stored() async throws -> [TrackPoint] { try await store.track(from: .distantPast, to: .distantFuture) }
        let deadline = ContinuousClock.now + .seconds(20)
        while try await stored().isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        let before = try await stored()
        #expect(before.first?.startsSegment == true)
        running.cancel()
        try await running.value
        let points = try await stored()
        #expect(Array(points.prefix(before.count)) == before)
        let last = try #require(points.last).fix
        let way = try #require(points.first).fix.point.distanceMetres(to: last.point)
        #expect(abs(way - 990) < 1)
        #expect(points.count < 10)
        try store.close()
    }
}
