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
            let judged = JudgedQueue()
            async let keeping: Void = {
                while let batch = await judged.next() {
                    await keep(batch)
                    for _ in batch { queue.done() }
                }
            }()
            for await item in queue.items {
                let begun = monotonicSeconds()
                if let pass = await judge(item) {
                    judged.put(JudgedQueue.Item(pass: pass, item: item, begunSeconds: begun))
                } else {
                    queue.done()
                }
            }
            judged.end()
            await keeping
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
                Thread.current.name = "reader \(feed.camera)"
                lane(feed, queue, alive).run()
                heartbeats.end(worker)
                heartbeats.end(name)
                running.leave()
            }
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

    // MARK: The desk

    /// Has the desk judge a pass, again and again while the disk refuses to be asked: a read is never dropped for that.
    /// - Returns: nil: its picture proves nothing, or the daemon was stopped.
    private func judge(_ item: PassQueue.Item) async -> JudgedPass? {
        while true {
            do {
                return try await desk.judged(item.pass)
            } catch let error as EvidenceError where Self.isPermanent(error) {
                // The picture proves nothing, so no ticket may come of it; what else was read of the car is kept.
                refuse("\(error)")
                return nil
            } catch {
                guard await mayTryAgain(error) else {
                    refuse(Self.stopped)
                    return nil
                }
            }
        }
    }

    /// Has the desk keep judged passes in their order, again and again while the disk refuses them.
    private func keep(_ batch: [JudgedQueue.Item]) async {
        var waiting = batch[...]
        while !waiting.isEmpty {
            let results = await desk.keep(waiting.map(\.pass))
            var refusal: (any Error)?
            for result in results {
                switch result {
                case .kept(let fact): note(waiting.removeFirst(), isAlert: fact.judgement.answer != .clear)
                case .refused(let error): refusal = refusal ?? error
                }
            }
            guard let refusal, let refused = waiting.first else { continue }
            if case PatrolStoreError.alreadyRecorded = refusal {
                // It was kept in an attempt that was not heard to succeed.
                await desk.forget(refused.pass)
                waiting.removeFirst()
            } else if await !mayTryAgain(refusal) {
                for item in waiting {
                    await desk.forget(item.pass)
                    refuse(Self.stopped)
                }
                return
            }
        }
    }

    private func note(_ kept: JudgedQueue.Item, isAlert: Bool) {
        let instants = kept.item.pass.timing.map {
            PassInstants(
                useful: $0.usefulSeconds,
                toldFrame: $0.toldSeconds,
                handed: kept.item.handedSeconds,
                begun: kept.begunSeconds,
                done: monotonicSeconds()
            )
        }
        state.kept(instants)
        if let instants { self.kept(PassRecord(instants, isAlert: isAlert)) }
    }

    /// Waits a second; false once the daemon is stopped, which alone ends the trying.
    private func mayTryAgain(_ error: any Error) async -> Bool {
        state.retried("\(error)")
        guard !state.isStopped else { return false }
        try? await Task.sleep(for: .seconds(1))
        return true
    }

    private static let stopped = "the daemon was stopped while its disk refused a read"

    private static func isPermanent(_ error: EvidenceError) -> Bool {
        switch error.code {
        case .damagedFrame, .boxOutside, .closeUpFailed, .metadataFailed, .notAHash: true
        case .unknownTimeZone, .changedPhoto, .notCanonical, .key, .keyList, .chain, .notFound, .exportFailed: false
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
