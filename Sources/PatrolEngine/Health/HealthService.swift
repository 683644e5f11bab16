// Gathers what the devices say and tells the console: each change at once, figures once a second.
internal import Foundation
package import Logging
package import PatrolAPI
internal import ServiceLifecycle
internal import Synchronization

/// Where devices report, from any thread; never waits.
package final class Health: Sendable {
    private let board = Mutex(HealthBoard())
    private let logger: Logger
    /// A change happened.
    let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    package init(logger: Logger) {
        self.logger = logger
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func take(_ report: DeviceReport) {
        guard let change = board.withLock({ $0.take(report, at: Date(), seconds: monotonicSeconds()) }) else { return }
        logger.log(
            level: report.state == .good ? .notice : .warning,
            "\(change.name): \(change.before.map { "\($0) -> " } ?? "")\(change.after): \(change.detail)"
        )
        changed.yield()
    }

    package func devices() -> [DeviceStatus] {
        board.withLock { $0.devices(at: Date(), seconds: monotonicSeconds()) }
    }
}

/// Runs until graceful shutdown.
package struct HealthService: Service {
    private let health: Health
    private let desk: PatrolDesk
    private let beat: @Sendable () -> Void
    /// Asked once a second; each may take a moment.
    private let probes: [@Sendable () async -> DeviceReport?]

    /// - Parameter heartbeats: shows life as long as the desk answers.
    package init(
        health: Health,
        desk: PatrolDesk,
        heartbeats: Heartbeats,
        probes: [@Sendable () async -> DeviceReport?]
    ) {
        self.health = health
        self.desk = desk
        beat = heartbeats.expect("desk")
        self.probes = probes
    }

    package func run() async throws {
        let ticks = Task { [health, probes] in
            while !Task.isCancelled {
                for probe in probes {
                    if let report = await probe() { health.take(report) }
                }
                health.tick()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        defer { ticks.cancel() }
        for await _ in health.changes.cancelOnGracefulShutdown() {
            await desk.report(devices: health.devices())
            beat()
        }
    }
}

extension Health {
    /// Lets the figures be told, though nothing changed.
    fileprivate func tick() { changed.yield() }
}
