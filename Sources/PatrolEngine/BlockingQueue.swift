// A bounded queue between two threads that may both wait.
internal import Dispatch
internal import Synchronization

/// First in, first out; whoever puts waits while it is full, whoever takes waits while it is empty.
final class BlockingQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let places = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) {
        // Signalled up from 0: libdispatch traps when a semaphore goes away below the value it was made with.
        for _ in 0..<max(1, capacity) { places.signal() }
    }

    /// - Returns: false: the queue was stopped, nobody takes any more.
    func put(_ element: Element) -> Bool {
        places.wait()
        let isTaken = state.withLock { state in
            if !state.isStopped { state.elements.append(element) }
            return !state.isStopped
        }
        (isTaken ? filled : places).signal()
        return isTaken
    }

    /// - Returns: nil: the queue was stopped.
    func take() -> Element? {
        filled.wait()
        let element = state.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
        (element == nil ? filled : places).signal()
        return element
    }

    /// Wakes all who wait; what was not taken yet is lost.
    func stop() {
        state.withLock {
            $0.isStopped = true
            $0.elements = []
        }
        places.signal()
        filled.signal()
    }
}
