// The seam between the worker and a device: what a stream of pictures is, so that a scripted one can stand in for it.

enum StreamEvent {
    case picture(CapturedFrame)
    case stale(String)
    case bad(String)
    /// Nothing came in time.
    case silence
}

/// What a camera gives, fixed while its stream is open.
struct StreamDescription: Equatable, Sendable {
    let node: String
    let layout: FrameLayout
    let isAsAsked: Bool
    /// What was asked, what the camera gives, and what could not be set.
    let words: String
}

/// Used by one thread. What it throws ends the stream but for `close`.
protocol CameraStream: AnyObject {
    var description: StreamDescription { get }
    /// Pictures that the driver lost so far.
    var lost: Int { get }
    func next(milliseconds: Int) throws(CameraError) -> StreamEvent
    func restart() throws(CameraError)
    func close()
}

protocol CameraOpener: Sendable {
    func open(_ settings: CameraSettings) throws(CameraError) -> any CameraStream
}
