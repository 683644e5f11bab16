// Live cameras that come and go, with real pictures, real recognition, a real desk and database.
import Foundation
import Imaging
import Logging
import MediaFiles
import ParkingCore
import PatrolAPI
import PlateRecognition
import ServiceLifecycle
import Synchronization
import Testing

@testable import PatrolEngine

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

private struct FakePicture: FramePicture {
    let grey: GreyImage
    let bytes: [UInt8]
    func jpeg() throws -> [UInt8] { bytes }
    func colour() throws -> ColourImage { try JPEG.decodeColour(bytes).image }
}

/// A camera that does what the test says: JPEG bytes at the time they are to have, silence, or nothing at all. Its frames
/// bear the times of a camera that exposes them evenly, however late a busy machine takes them.
private final class FakeFeed: CameraFeed {
    private static let frameSeconds = 1.0 / 15

    enum Step: Sendable {
        case jpeg([UInt8])
        case broken
        /// Frames stop for a while, and the camera says so.
        case gap(word: String, seconds: Double)
    }

    let camera: CameraID
    let angleDegrees: Double
    private let patrolTime: Date
    private let state: Mutex<(steps: ArraySlice<Step>, broken: Int, started: Double, resume: Double, due: Double)>
    private let events = Mutex<FeedEvents?>(nil)
    /// What the lane asked for after the last step.
    let isDrained = Mutex(false)

    init(_ name: String, _ side: CameraSide, at time: Date, _ steps: [Step]) throws {
        camera = try CameraID(name)
        angleDegrees = side.angleDegrees
        patrolTime = time
        state = Mutex((steps[...], 0, monotonicSeconds(), 0, 0))
    }

    func start(_ events: FeedEvents) {
        self.events.withLock { $0 = events }
        say("streaming", .good)
    }

    func take(timeoutSeconds: Double) -> FeedFrame {
        let now = monotonicSeconds()
        let step = state.withLock { state -> Step? in
            guard now >= state.resume, let step = state.steps.popFirst() else { return nil }
            if case .gap(_, let seconds) = step { (state.resume, state.due) = (now + seconds, 0) }
            return step
        }
        switch step {
        case .jpeg(let bytes):
            guard let grey = try? JPEG.decodeGrey(bytes).image else { return .undecodable }
            if state.withLock({ $0.resume > 0 }) { say("streaming", .good) }
            let (seconds, started) = state.withLock { state in
                state.due = (state.due > 0 ? state.due : now) + Self.frameSeconds
                return (state.due, state.started)
            }
            Thread.sleep(forTimeInterval: max(0, seconds - monotonicSeconds()))
            let time = patrolTime.addingTimeInterval(seconds - started)
            return .frame(LaneFrame(seconds: seconds, time: time, picture: FakePicture(grey: grey, bytes: bytes)))
        case .broken:
            state.withLock { $0.broken += 1 }
            return .undecodable
        case .gap(let word, _):
            say(word, .absent)
            return .nothing
        case nil:
            if state.withLock({ $0.steps.isEmpty && now >= $0.resume }) { isDrained.withLock { $0 = true } }
            Thread.sleep(forTimeInterval: 0.05)
            return .nothing
        }
    }

    private func say(_ word: String, _ state: DeviceStatus.State) {
        let events = events.withLock { $0 }
        events?.changed(DeviceReport(camera.text, .camera, state, word: word, detail: word))
        events?.alive()
    }

    var dropped: Int { 0 }
    var undecodable: Int { state.withLock { $0.broken } }
    func stop() {}
}

@Suite struct LivePatrolTests {
    /// JPEG frames of one of the demonstration's cameras.
    private func frames(_ camera: String, _ range: ClosedRange<Int>) throws -> [FakeFeed.Step] {
        let source = try MediaSource(
            path: Patrol.root.appending(path: "Fixtures/demo/recording/\(camera).mp4").path
        )
        var steps: [FakeFeed.Step] = []
        while let picture = try source.next(), picture.index <= range.upperBound {
            if range.contains(picture.index) { steps.append(.jpeg(try JPEG.encode(picture.grey))) }
        }
        return steps
    }

    private struct Run {
        let patrol: Patrol
        let health: Health
        let live: LivePatrol
        let passes: @Sendable () -> Int
    }

    /// One for all tests: to load the networks keeps a thread of all tests for seconds.
    private static let recogniser = Result { try PlateRecogniser(callers: 2) }

    private func run(
        _ feeds: (Date) throws -> [FakeFeed],
        until isDone: @escaping (Run, [FakeFeed]) async throws -> Bool
    ) async throws -> Run {
        let patrol = try await Patrol()
        let health = Health(logger: quiet)
        let heartbeats = Heartbeats(limitSeconds: 30)
        let made = try feeds(patrol.time)
        let counter = Counter()
        let live = LivePatrol(
            feeds: made,
            recogniser: try Self.recogniser.get(),
            desk: patrol.desk,
            health: health,
            heartbeats: heartbeats,
            logger: quiet,
            kept: { _ in counter.add() }
        )
        let service = HealthService(
            health: health,
            desk: patrol.desk,
            heartbeats: heartbeats,
            probes: [{ live.report() }]
        )
        let group = ServiceGroup(services: [service, live], logger: quiet)
        let running = Task { try await group.run() }
        let result = Run(patrol: patrol, health: health, live: live, passes: { counter.value })
        let deadline = monotonicSeconds() + 120
        while monotonicSeconds() < deadline, try await !isDone(result, made) {
            try await Task.sleep(for: .milliseconds(50))
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return result
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    private func device(_ status: PatrolStatus, _ name: String) -> DeviceStatus? {
        status.devices.first { $0.name == name }
    }

    @Test func `two cameras are read into the database, broken frames counted`() async throws {
        let run = try await run { time in
            [
                try FakeFeed("left", .left, at: time, try frames("left", 62...79)),
                try FakeFeed("right", .right, at: time, [.broken] + (try frames("right", 21...38)) + [.broken]),
            ]
        } until: { run, feeds in
            feeds.allSatisfy { $0.isDrained.withLock { $0 } } && run.passes() >= 3
        }
        let reads = try await run.patrol.desk.latestReads(limit: 10)
        #expect(Set(reads.map { "\($0.camera) \($0.plate)" }) == ["left DHKS714", "right CKFT482", "right DBRN937"])
        let report = run.live.report()
        #expect(report.figures["framesTaken"] == 36 && report.figures["framesDropped"] == 2)
        #expect(report.figures["passes"] == 3 && report.figures["passesRefused"] == 0)
        let answer = try #require(report.figures["exposureToAnswerP50Milliseconds"])
        #expect(answer > 0)
        #expect(try await run.patrol.desk.status().phase == .finished)
    }

    @Test func `a camera that goes is told within two seconds, and what it saw before is kept then`() async throws {
        let seen = Mutex<Double?>(nil)
        let run = try await run { time in
            let pictures = try frames("right", 21...38)
            return [
                try FakeFeed(
                    "right",
                    .right,
                    at: time,
                    pictures + [.gap(word: "absent", seconds: 3)] + pictures.prefix(3)
                )
            ]
        } until: { run, feeds in
            let status = try await run.patrol.desk.status()
            let camera = status.devices.first { $0.name == "right" }
            if camera?.word == "absent", let since = camera?.since, seen.withLock({ $0 }) == nil {
                seen.withLock { $0 = Date().timeIntervalSince(since) }
                return false
            }
            return feeds[0].isDrained.withLock { $0 } && run.passes() >= 2
        }
        let delay = try #require(seen.withLock { $0 }, "the absence was never shown")
        #expect(delay < 2)
        let status = try await run.patrol.desk.status()
        let camera = try #require(device(status, "right"))
        #expect(camera.word == "streaming" && camera.figures["stateChanges"] == 2)
        #expect(status.reads >= 2 && run.live.report().figures["framesTaken"] == 21)
    }

    @Test func `a camera that never comes does not keep another from working`() async throws {
        let run = try await run { time in
            [
                try FakeFeed("rear", .rear, at: time, [.gap(word: "absent", seconds: 3600)]),
                try FakeFeed("left", .left, at: time, try frames("left", 62...79)),
            ]
        } until: { run, _ in
            run.passes() >= 1
        }
        #expect(try await run.patrol.desk.latestReads(limit: 10).map(\.plate) == ["DHKS714"])
        #expect(device(try await run.patrol.desk.status(), "rear")?.state == .absent)
    }
}
