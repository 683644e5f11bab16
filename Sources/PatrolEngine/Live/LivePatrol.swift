// A patrol with live cameras: one recognition thread a camera, one desk, and no end but a stop.
internal import Dispatch
internal import Evidence
internal import Foundation
internal import Imaging
package import Logging
internal import ParkingCore
internal import PatrolAPI
internal import PatrolStore
package import PlateRecognition
internal import ServiceLifecycle
internal import SyncProtocol
internal import Synchronization

/// Runs until graceful shutdown; devices that are missing or fail never end it.
package struct LivePatrol: Service {
    private let feeds: [any CameraFeed]
    private let recogniser: PlateRecogniser
    private let settings: PlateTracker.Settings
    private let desk: PatrolDesk
    private let health: Health
    private let heartbeats: Heartbeats
    private let logger: Logger
    private let state = LiveState()
    /// Told each pass that is kept, with its times; for measurements.
    private let kept: @Sendable (PassRecord) -> Void

    /// Passes that may wait for the desk before the lanes wait.
    private static let capacity = 64

    package init(
        feeds: [any CameraFeed],
        recogniser: PlateRecogniser,
        settings: PlateTracker.Settings = PlateTracker.Settings(),
        desk: PatrolDesk,
        health: Health,
        heartbeats: Heartbeats,
        logger: Logger,
        kept: @escaping @Sendable (PassRecord) -> Void = { _ in }
    ) {
        self.feeds = feeds
        self.recogniser = recogniser
        self.settings = settings
        self.desk = desk
        self.health = health
        self.heartbeats = heartbeats
        self.logger = logger
        self.kept = kept
    }

    package func run() async throws {
        let queue = PassQueue(capacity: Self.capacity)
        await desk.report(.running)
        start(queue)
        await withTaskCancellationOrGracefulShutdownHandler {
            for await item in queue.items {
                await keep(item)
                queue.done()
            }
        } onCancelOrGracefulShutdown: {
            state.stop()
            queue.stop()
            for feed in feeds { feed.stop() }
        }
        await desk.report(.finished)
    }

    /// How the pipeline does, for health; asked about once a second.
    package func report() -> DeviceReport {
        state.report(lost: feeds.reduce(0) { $0 + $1.dropped + $1.undecodable }, late: heartbeats.late())
    }

    /// A thread for each camera; the last one to end ends the queue.
    private func start(_ queue: PassQueue) {
        let running = DispatchGroup()
        for feed in feeds {
            running.enter()
            let name = "camera \(feed.camera)"
            let events = FeedEvents(alive: heartbeats.expect(name), changed: { [health] in health.take($0) })
            let worker = "recognition of \(feed.camera)"
            let alive = heartbeats.expect(worker)
            feed.start(events)
            let thread = Thread { [self] in
                lane(feed, queue, alive).run()
                heartbeats.end(worker)
                heartbeats.end(name)
                running.leave()
            }
            thread.name = name
            thread.stackSize = 4 << 20
            thread.start()
        }
        running.notify(queue: .global()) { queue.end() }
    }

    private func lane(
        _ feed: any CameraFeed,
        _ queue: PassQueue,
        _ alive: @escaping @Sendable () -> Void
    ) -> CameraLane {
        let counter = state.counter()
        return CameraLane(
            feed.camera,
            angleDegrees: feed.angleDegrees,
            recogniser: recogniser,
            settings: settings,
            endsOnFailure: false,
            open: { [state] in LiveSource(feed, alive: alive, isStopped: { state.isStopped }) },
            put: { [state, logger] report in
                state.note(taken: report.taken, of: counter)
                switch report.event {
                case .passes(let passes): return passes.allSatisfy { queue.put($0, alive: alive) }
                case .failed(let error):
                    if state.failed(error) { logger.error("\(error)") }
                    return true
                }
            }
        )
    }

    // MARK: Keeping

    /// Hands a pass to the desk, again and again while the disk refuses it: a read is never dropped for want of room.
    private func keep(_ item: PassQueue.Item) async {
        let begun = monotonicSeconds()
        while true {
            do {
                let fact = try await desk.handle(item.pass)
                let instants = item.pass.timing.map {
                    PassInstants(
                        useful: $0.usefulSeconds,
                        toldFrame: $0.toldSeconds,
                        handed: item.handedSeconds,
                        begun: begun,
                        done: monotonicSeconds()
                    )
                }
                state.kept(instants)
                if let instants { kept(PassRecord(instants, isAlert: fact.judgement.answer != .clear)) }
                return
            } catch let error as EvidenceError where Self.isPermanent(error) {
                // The picture proves nothing, so no ticket may come of it; what else was read of the car is kept.
                return refuse("\(error)")
            } catch let error as PatrolStoreError {
                if case .alreadyRecorded = error { return }
                state.retried("\(error)")
            } catch {
                state.retried("\(error)")
            }
            if state.isStopped { return refuse("the daemon was stopped while its disk refused a read") }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private static func isPermanent(_ error: EvidenceError) -> Bool {
        switch error.code {
        case .damagedFrame, .boxOutside, .closeUpFailed, .metadataFailed, .notAHash: true
        case .unknownTimeZone, .changedPhoto: false
        }
    }

    private func refuse(_ words: String) {
        state.refused(words)
        logger.error("a pass could not be kept", metadata: ["reason": "\(words)"])
    }
}

/// When a pass that was kept was seen and told, in seconds of the monotonic clock, for measurements.
package struct PassRecord: Sendable {
    package let usefulSeconds: Double
    package let toldFrameSeconds: Double
    package let handedSeconds: Double
    package let begunSeconds: Double
    package let doneSeconds: Double
    /// An alert or a second look; else the car was clear.
    package let isAlert: Bool

    init(_ instants: PassInstants, isAlert: Bool) {
        usefulSeconds = instants.useful
        toldFrameSeconds = instants.toldFrame
        handedSeconds = instants.handed
        begunSeconds = instants.begun
        doneSeconds = instants.done
        self.isAlert = isAlert
    }
}
