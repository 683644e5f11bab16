// Between a camera's worker, which never waits, and the pipeline, which may be slower than the camera.
internal import Dispatch
internal import Synchronization

/// Keeps the newest pictures; an older one that nobody took in time is dropped, given back to the driver, and counted.
package final class FrameMailbox: Sendable {
    private struct State {
        var frames: [CapturedFrame] = []
        var passedOver = 0
        var isStopped = false
    }

    private let capacity: Int
    private let state = Mutex(State())
    /// As many signals as frames wait, and one more once stopped.
    private let filled = DispatchSemaphore(value: 0)

    /// - Parameter capacity: 1 or more; each waiting picture is a buffer that the driver cannot fill.
    package init(capacity: Int = 2) { self.capacity = max(1, capacity) }

    /// Pictures dropped because newer ones came before they were taken.
    package var passedOver: Int { state.withLock { $0.passedOver } }

    /// Never waits.
    package func offer(_ frame: CapturedFrame) {
        let (dropped, isMore) = state.withLock { state -> (CapturedFrame?, Bool) in
            if state.isStopped { return (frame, false) }
            state.frames.append(frame)
            guard state.frames.count > capacity else { return (nil, true) }
            state.passedOver += 1
            return (state.frames.removeFirst(), false)
        }
        dropped?.giveBack()
        if isMore { filled.signal() }
    }

    /// The oldest picture that waits. Blocks its thread: not for the cooperative pool.
    /// - Returns: nil: none came in time, or the mailbox was stopped.
    package func take(timeoutSeconds: Double) -> CapturedFrame? {
        guard filled.wait(timeout: .now() + timeoutSeconds) == .success else { return nil }
        let frame = state.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
        if frame == nil { filled.signal() }
        return frame
    }

    /// Wakes who waits and gives all waiting pictures back.
    package func stop() {
        let frames = state.withLock { state in
            state.isStopped = true
            defer { state.frames = [] }
            return state.frames
        }
        for frame in frames { frame.giveBack() }
        filled.signal()
    }
}
