// Who is expected to show life, and who has not for too long: the watchdog is fed only while there is nobody.
internal import Dispatch
internal import Synchronization

/// A pure value: beats and times in, names out.
package struct ProgressWatch: Sendable {
    private let limitSeconds: Double
    private var heard: [String: Double] = [:]

    /// - Parameter limitSeconds: from which on silence is a hang.
    package init(limitSeconds: Double) { self.limitSeconds = limitSeconds }

    /// Shows that a worker lives; the first beat makes it one that is expected.
    package mutating func beat(_ worker: String, at seconds: Double) {
        heard[worker] = max(seconds, heard[worker] ?? seconds)
    }

    /// A worker that has ended on purpose is expected no longer.
    package mutating func end(_ worker: String) { heard[worker] = nil }

    /// Who hangs, by name, with the seconds since the last beat.
    package func late(at seconds: Double) -> [(worker: String, seconds: Double)] {
        heard.filter { seconds - $0.value > limitSeconds }.map { ($0.key, seconds - $0.value) }.sorted { $0.0 < $1.0 }
    }
}

/// The watch as threads use it.
package final class Heartbeats: Sendable {
    private let watch: Mutex<ProgressWatch>

    package init(limitSeconds: Double) { watch = Mutex(ProgressWatch(limitSeconds: limitSeconds)) }

    /// From now on the worker is expected; it shows life by calling what is returned, from its own thread.
    package func expect(_ worker: String) -> @Sendable () -> Void {
        let beat: @Sendable () -> Void = { [weak self] in
            self?.watch.withLock { $0.beat(worker, at: monotonicSeconds()) }
        }
        beat()
        return beat
    }

    package func end(_ worker: String) { watch.withLock { $0.end(worker) } }

    package func late() -> [(worker: String, seconds: Double)] {
        watch.withLock { $0.late(at: monotonicSeconds()) }
    }
}

/// CLOCK_MONOTONIC, the clock of the cameras' time stamps, in seconds: libdispatch's uptime on Linux.
package func monotonicSeconds() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
