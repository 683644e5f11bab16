package import ParkingCore

// How a camera is, for the officer, the technician and the metrics.
package import struct Foundation.Date

package enum CameraState: String, Sendable, Codable, Hashable, CaseIterable {
    /// Being opened, or open and no picture yet.
    case starting
    case streaming
    /// No such device: unplugged or without power.
    case absent
    /// Open, but no good picture comes.
    case stalled
    /// The driver reported a failure.
    case failed
    /// Rights are missing, or another program holds it.
    case refused
    /// Another camera answers under this name; it is not used.
    case wrongDevice
    /// It gives other pictures than asked for: used if they can be decoded (then `framesPerSecond` is not 0).
    case wrongFormat
}

package struct CameraHealth: Sendable, Codable, Hashable {
    package var id: CameraID
    package var device: String
    /// The device node behind it while open, such as /dev/video2.
    package var node: String?
    package var state: CameraState
    /// Wall time at which `state` began.
    package var since: Date
    /// What it is and what to do, for people.
    package var words: String
    package var format: CameraPixelFormat?
    package var width: Int?
    package var height: Int?
    /// Measured over the last second or so.
    package var framesPerSecond: Double = 0
    package var framesTaken = 0
    /// Lost before they reached us: gaps in the driver's sequence numbers.
    package var framesLost = 0
    /// Dropped by the mailbox because the pipeline was slower.
    package var framesPassedOver = 0
    /// Flagged as damaged by the driver, cut, or not what they claim to be.
    package var framesBad = 0
    /// Left over from before the stream began.
    package var framesStale = 0
    /// How often pictures came again after they had stopped.
    package var reconnects = 0
    /// Age of the newest good picture; nil: there was none yet.
    package var lastFrameAgeSeconds: Double?
    /// Age of the worker's last turn: a worker that hangs in a driver grows old here, a missing camera does not.
    package var lastTurnAgeSeconds: Double = 0
}
