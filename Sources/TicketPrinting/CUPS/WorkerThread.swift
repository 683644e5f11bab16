// A thread of its own for C calls that wait: they must not hold the threads that Swift's tasks share.
internal import Foundation
internal import Synchronization

/// Runs what it is given, one after the other, until it goes away.
final class WorkerThread: Sendable {
    private final class Box: Sendable {
        let work = Mutex<[@Sendable () -> Void]>([])
        let isEnded = Mutex(false)
        let given = DispatchSemaphore(value: 0)
    }

    private let box = Box()

    init(name: String) {
        let thread = Thread { [box] in
            Thread.current.name = name
            while true {
                box.given.wait()
                guard let next = box.work.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                    if box.isEnded.withLock({ $0 }) { return }
                    continue
                }
                next()
            }
        }
        thread.start()
    }

    deinit {
        box.isEnded.withLock { $0 = true }
        box.given.signal()
    }

    func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            box.work.withLock { $0.append { continuation.resume(returning: body()) } }
            box.given.signal()
        }
    }
}
