// Judged passes on their way to the disk: whatever came while the last ones were written goes together.
internal import Synchronization

/// From one task to one other. Bounded by `PassQueue`, whose places are given back only when a pass is kept.
final class JudgedQueue: Sendable {
    struct Item: Sendable {
        let pass: JudgedPass
        let item: PassQueue.Item
        /// When the desk took it up, monotonic seconds.
        let begunSeconds: Double
    }

    private let items = Mutex<[Item]>([])
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func put(_ item: Item) {
        items.withLock { $0.append(item) }
        tell.yield()
    }

    /// No more comes; what is there is still taken.
    func end() { tell.finish() }

    /// All that came since the last call; waits for at least one.
    /// - Returns: nil: no more comes.
    func next() async -> [Item]? {
        var iterator = news.makeAsyncIterator()
        while true {
            let found = items.withLock { items in
                defer { items = [] }
                return items
            }
            if !found.isEmpty { return found }
            if await iterator.next() == nil, items.withLock({ $0.isEmpty }) { return nil }
        }
    }
}
