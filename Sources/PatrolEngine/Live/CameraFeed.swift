// The seam under a live camera: a V4L2 device in the vehicle; recorded JPEGs in tests and in the benchmark.
package import ParkingCore

/// What a feed says while it runs. All may be called from any thread and never wait.
package struct FeedEvents: Sendable {
    /// The feed's own thread lives: called at least once a second in every state, also while there is no device.
    package let alive: @Sendable () -> Void
    /// At each change of state at once, else about once a second.
    package let changed: @Sendable (DeviceReport) -> Void
}

/// One camera that may come and go; it never ends by itself.
package protocol CameraFeed: AnyObject, Sendable {
    var camera: CameraID { get }
    /// Where it looks, clockwise from straight ahead.
    var angleDegrees: Double { get }
    /// Begins to take frames, on a thread of its own.
    func start(_ events: FeedEvents)
    /// The oldest frame that waits, decoded; waits for one. Called on one thread.
    func take(timeoutSeconds: Double) -> FeedFrame
    /// Frames lost on the way: skipped by the driver, or dropped because the lane was slow.
    var dropped: Int { get }
    /// Frames that could not be decoded.
    var undecodable: Int { get }
    /// Ends the thread; returns at once.
    func stop()
}

package enum FeedFrame: Sendable {
    /// `seconds` are those of the monotonic clock at the exposure.
    case frame(LaneFrame)
    case undecodable
    case nothing
}

/// A feed as a lane reads it.
final class LiveSource: FrameSource {
    /// Without a frame for so long, the passes that were going on are over.
    private static let silentSeconds = 1.0
    private static let takeSeconds = 0.25

    private let feed: any CameraFeed
    private let isStopped: @Sendable () -> Bool
    private let alive: @Sendable () -> Void
    private var latest = monotonicSeconds()

    let expected: Int? = nil
    var dropped: Int { feed.dropped }
    var undecodable: Int { feed.undecodable }

    init(_ feed: any CameraFeed, alive: @escaping @Sendable () -> Void, isStopped: @escaping @Sendable () -> Bool) {
        self.feed = feed
        self.alive = alive
        self.isStopped = isStopped
    }

    func next() -> LaneInput {
        while !isStopped() {
            alive()
            switch feed.take(timeoutSeconds: Self.takeSeconds) {
            case .frame(let frame):
                latest = monotonicSeconds()
                return .frame(frame)
            case .undecodable: return .late(seconds: monotonicSeconds())
            case .nothing:
                if monotonicSeconds() - latest > Self.silentSeconds { return .silent }
            }
        }
        return .ended
    }
}
