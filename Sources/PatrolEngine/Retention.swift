// Personal data that no violation needs goes when its time is over: a step at a time, so that the patrol never waits.
internal import Dispatch
package import Evidence
package import Foundation
package import Logging
internal import ParkingCore
package import PatrolStore
internal import ServiceLifecycle
package import SyncProtocol

/// One run takes all that is due: rows in small transactions, then photo files, then the record of it.
package struct Retention: Sendable {
    package let store: PatrolStore
    package let photos: EvidenceFolder
    /// What its bundles name is evidence, and no stray, even where an older database has been put in place.
    package let chain: ChainFolder
    package let periods: RetentionPeriods

    /// Reads that one transaction takes: some milliseconds.
    private static let step = 50
    private let files = DispatchQueue(label: "retention-files")

    package init(
        store: PatrolStore,
        photos: EvidenceFolder,
        chain: ChainFolder,
        periods: RetentionPeriods
    ) {
        self.store = store
        self.photos = photos
        self.chain = chain
        self.periods = periods
    }

    /// - Parameters:
    ///   - rest: how many times as long as a step takes is waited after it; 0: none.
    ///   - progress: told after each step how many reads are gone at most.
    /// - Returns: what is recorded of it; nil: nothing was due.
    /// - Throws: what the store or the folder say. What is gone by then is recorded by the next run.
    package func run(
        now: Date,
        rest: Double = 0,
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> PurgeFact? {
        let run = PurgeRun(now: now, periods: periods)
        var next: PurgeRun? = run
        var taken = 0
        while let current = next {
            let began = ContinuousClock.now
            next = try await store.purgeStep(current, limit: Self.step)
            taken += Self.step
            progress(taken)
            if rest > 0 { try await Task.sleep(for: (ContinuousClock.now - began) * rest) }
        }
        try await eraseFiles(rest: rest)
        let strays = try await eraseStrays(before: run.readsBefore)
        return try await store.finishPurge(run, strayPhotos: strays, at: now)
    }

    private func eraseFiles(rest: Double) async throws {
        while true {
            let names = try await store.photosToErase()
            if names.isEmpty { return }
            let began = ContinuousClock.now
            try await erase(names)
            try await store.notePhotosErased(names)
            if rest > 0 { try await Task.sleep(for: (ContinuousClock.now - began) * rest) }
        }
    }

    /// Photos are written before their read is kept: where the disk was full, or the power cut, some belong to none.
    private func eraseStrays(before time: Date) async throws -> Int {
        let names = try await onFiles { photos.photos(before: time) }
        var unknown: Set<String> = []
        for start in stride(from: 0, to: names.count, by: 500) {
            unknown.formUnion(try await store.strayPhotos(among: Array(names[start..<min(names.count, start + 500)])))
        }
        let strays = try await onFiles { [unknown] in unknown.subtracting(try chain.photosNamed(among: unknown)) }
        try await erase(strays.sorted())
        return strays.count
    }

    private func erase(_ names: [String]) async throws {
        try await onFiles { for name in names { try photos.erase(name) } }
    }

    /// Disks make wait: not on a thread that others need.
    private func onFiles<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            files.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// Looks for what is due every ten minutes.
package struct RetentionService: Service {
    private let retention: Retention
    private let clock: any PatrolClock
    /// By a clock that nothing vouches for nothing is erased.
    private let isClockTrusted: @Sendable () -> Bool
    /// A record waits to be sent.
    private let recorded: @Sendable () -> Void
    private let interval: Duration
    private let logger: Logger
    /// Four fifths of the time the store is left alone.
    private static let rest = 4.0

    package init(
        retention: Retention,
        clock: any PatrolClock,
        isClockTrusted: @escaping @Sendable () -> Bool,
        recorded: @escaping @Sendable () -> Void,
        interval: Duration = .seconds(600),
        logger: Logger
    ) {
        self.retention = retention
        self.clock = clock
        self.isClockTrusted = isClockTrusted
        self.recorded = recorded
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if isClockTrusted() { await look() }
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func look() async {
        do {
            guard let record = try await retention.run(now: clock.now(), rest: Self.rest) else { return }
            logger.notice(
                "reads past their time are erased",
                metadata: ["reads": "\(record.counts.reads)", "photos": "\(record.counts.photos)"]
            )
            recorded()
        } catch is CancellationError {
            // The patrol ends; the next run goes on.
        } catch {
            logger.error("reads past their time could not be erased", metadata: ["reason": "\(error)"])
        }
    }
}
