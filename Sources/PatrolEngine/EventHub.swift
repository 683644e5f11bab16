// Tells what happens to everyone who listens (console, curl), without ever waiting for a slow listener.
package import PatrolAPI

/// Fans events out to subscribers. A subscriber that does not keep up loses its oldest events, which are counted; it can
/// ask for the state anew at any time.
package actor EventHub {
    private let capacity: Int
    private var subscribers: [Int: AsyncStream<PatrolEvent>.Continuation] = [:]
    private var nextSubscriber = 0
    package private(set) var dropped = 0

    package init(capacity: Int = 256) { self.capacity = capacity }

    package func subscribe() -> AsyncStream<PatrolEvent> {
        let number = nextSubscriber
        nextSubscriber += 1
        let (stream, continuation) = AsyncStream.makeStream(
            of: PatrolEvent.self,
            bufferingPolicy: .bufferingNewest(capacity)
        )
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unsubscribe(number) }
        }
        subscribers[number] = continuation
        return stream
    }

    package func publish(_ event: PatrolEvent) {
        for continuation in subscribers.values {
            if case .dropped = continuation.yield(event) { dropped += 1 }
        }
    }

    /// Ends every subscription: listeners see the stream close.
    package func close() {
        for continuation in subscribers.values { continuation.finish() }
        subscribers = [:]
    }

    private func unsubscribe(_ number: Int) { subscribers[number] = nil }
}
