// Passes on their way from the cameras' threads to the desk: none is dropped, a full queue makes a lane wait.
internal import Dispatch
internal import Synchronization

/// First in, first out, from several threads to one task.
final class PassQueue: Sendable {
    struct Item: Sendable {
        let pass: PlatePass
        /// When recognition was done with it, monotonic seconds.
        let handedSeconds: Double
    }

    let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let places = DispatchSemaphore(value: 0)
    private let isStopped = Mutex(false)
    private let waiting = Mutex(0)

    init(capacity: Int) {
        (items, continuation) = AsyncStream.makeStream()
        // Signalled up from 0: libdispatch traps when a semaphore goes away below the value it was made with.
        for _ in 0..<capacity { places.signal() }
    }

    var count: Int { waiting.withLock { $0 } }

    /// Waits for a place; `alive` is called meanwhile: a disk that keeps the desk waiting is no hang of the lane.
    /// - Returns: false: nobody takes any more.
    func put(_ pass: PlatePass, alive: () -> Void) -> Bool {
        while places.wait(timeout: .now() + .milliseconds(500)) == .timedOut {
            alive()
            if isStopped.withLock({ $0 }) { return false }
        }
        guard !isStopped.withLock({ $0 }) else { return false }
        waiting.withLock { $0 += 1 }
        continuation.yield(Item(pass: pass, handedSeconds: monotonicSeconds()))
        return true
    }

    /// Called once an item has been dealt with.
    func done() {
        waiting.withLock { $0 -= 1 }
        places.signal()
    }

    /// No more comes; what is there is still taken.
    func end() { continuation.finish() }

    /// Lets go whoever waits to put.
    func stop() { isStopped.withLock { $0 = true } }
}
