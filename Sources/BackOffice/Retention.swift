// Erases reads without a hit and their photos when their time is over, while the back office serves.
package import Foundation
internal import Logging
internal import ServiceLifecycle

package struct Retention: Sendable {
    package let records: Records
    package let photos: PhotoArchive
    /// How long a read without a hit is kept.
    package let readsSeconds: Double

    package init(records: Records, photos: PhotoArchive, readsSeconds: Double) {
        self.records = records
        self.photos = photos
        self.readsSeconds = readsSeconds
    }

    /// Takes all that is due.
    /// - Parameter rest: how many times as long as a step takes is waited after it, so that requests go between.
    /// - Throws: `BackOfficeError`; what is gone by then stays gone, the next run goes on.
    package func run(now: Date, rest: Double = 0) async throws -> PurgeCounts {
        let before = now.addingTimeInterval(-readsSeconds)
        var all = PurgeCounts()
        while true {
            let began = ContinuousClock.now
            let step = try await records.purgeStep(before: before)
            if step.reads == 0 { break }
            all.reads += step.reads
            all.photos += step.photos
            if rest > 0 { try await Task.sleep(for: (ContinuousClock.now - began) * rest) }
        }
        while true {
            let names = try await records.photosToErase()
            if names.isEmpty { break }
            for name in names { try await photos.erase(name) }
            try await records.notePhotosErased(names)
        }
        if all.reads > 0 { try await records.finishPurge(before: before, now: now, counts: all) }
        return all
    }
}

/// Looks for what is due every ten minutes, the first time ten minutes after the start.
struct RetentionService: Service {
    let retention: Retention
    let counters: Counters
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                try? await Task.sleep(for: .seconds(600))
                if Task.isCancelled { return }
                do {
                    let counts = try await retention.run(now: Date(), rest: 4)
                    counters.add(counts.reads, to: .readsErased)
                } catch {
                    logger.error("reads past their time could not be erased", metadata: ["reason": "\(error)"])
                }
            }
        }
    }
}
