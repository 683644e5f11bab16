// What the live pipeline counts, for health: frames, passes, times, failures.
internal import Foundation
internal import PatrolAPI
internal import Synchronization

final class LiveState: Sendable {
    private struct Counts {
        var isStopped = false
        /// Frames worked on by each lane.
        var taken: [Int] = []
        var latency = LatencyMeter()
        var framesFailed = 0
        var failure: String?
        var failedAt = -Double.infinity
        var passesRetried = 0
        var passesRefused = 0
        /// Why the pass that is being kept is refused at present; nil: it is not.
        var refusal: String?
    }

    private let counts = Mutex(Counts())

    var isStopped: Bool { counts.withLock { $0.isStopped } }
    func stop() { counts.withLock { $0.isStopped = true } }

    /// A place for a lane's count.
    func counter() -> Int {
        counts.withLock {
            $0.taken.append(0)
            return $0.taken.count - 1
        }
    }

    func note(taken: Int, of lane: Int) { counts.withLock { $0.taken[lane] = taken } }

    /// - Returns: whether it is worth a line in the log: not the same failure within a minute.
    func failed(_ error: EngineError) -> Bool {
        counts.withLock { counts in
            let now = monotonicSeconds()
            let words = "\(error)"
            let isNew = counts.failure != words || now - counts.failedAt > 60
            counts.framesFailed += 1
            counts.failure = words
            counts.failedAt = now
            return isNew
        }
    }

    func kept(_ instants: PassInstants?) {
        counts.withLock {
            $0.refusal = nil
            if let instants { $0.latency.note(instants) }
        }
    }

    func retried(_ words: String) {
        counts.withLock {
            $0.passesRetried += 1
            $0.refusal = words
        }
    }

    func refused(_ words: String) {
        counts.withLock {
            $0.passesRefused += 1
            $0.refusal = nil
        }
    }

    func report(lost: Int, late: [(worker: String, seconds: Double)]) -> DeviceReport {
        let counts = counts.withLock { $0 }
        var figures = counts.latency.figures()
        figures["framesTaken"] = Double(counts.taken.reduce(0, +))
        figures["framesDropped"] = Double(lost)
        figures["framesFailed"] = Double(counts.framesFailed)
        figures["passes"] = Double(counts.latency.count)
        figures["passesRetried"] = Double(counts.passesRetried)
        figures["passesRefused"] = Double(counts.passesRefused)
        func report(_ state: DeviceStatus.State, _ word: String, _ detail: String) -> DeviceReport {
            DeviceReport("pipeline", .pipeline, state, word: word, detail: detail, figures: figures)
        }
        if let hung = late.first {
            return report(.degraded, "hung", "\(hung.worker) has shown no life for \(Int(hung.seconds)) s")
        }
        if let refusal = counts.refusal {
            return report(.degraded, "notKeeping", "a read waits to be kept: \(refusal)")
        }
        if let failure = counts.failure, monotonicSeconds() - counts.failedAt < 10 {
            return report(.degraded, "failing", failure)
        }
        let words = "\(counts.latency.count) passes" + (lost > 0 ? ", \(lost) frames lost" : "")
        return report(.good, "running", words)
    }
}
