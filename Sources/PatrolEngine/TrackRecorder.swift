// Stores the way the vehicle drives, some points at a time.
package import Logging
internal import ParkingCore
package import PatrolStore
package import Positioning
internal import ServiceLifecycle

/// Every ten seconds what the receiver's thinned track has gained, in one transaction; the rest at the shutdown.
package struct TrackRecorder: Service {
    private let position: LivePosition
    private let store: PatrolStore
    private let interval: Duration
    private let logger: Logger

    /// A shift at one fix a second, should the disk be full for so long.
    private static let mostWaiting = 20_000

    package init(
        position: LivePosition,
        store: PatrolStore,
        interval: Duration = .seconds(10),
        logger: Logger
    ) {
        self.position = position
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        let waiting = await cancelWhenGracefulShutdown {
            var waiting: [TrackPoint] = []
            while true {
                try? await Task.sleep(for: interval)
                if Task.isCancelled { return waiting }
                waiting += position.takeTrackPoints()
                waiting = await stored(waiting)
            }
        }
        // A task of its own: the database does nothing for one that is cancelled.
        await Task { _ = await stored(waiting + position.finishTrack()) }.value
    }

    /// - Returns: what is still to be stored.
    private func stored(_ points: [TrackPoint]) async -> [TrackPoint] {
        do {
            try await store.record(track: points)
            return []
        } catch {
            logger.warning(
                "the track could not be stored",
                metadata: ["points": "\(points.count)", "reason": "\(error)"]
            )
            return points.suffix(Self.mostWaiting)
        }
    }
}
