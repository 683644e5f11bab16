// A camera feed over a mailbox that keeps the newest frames: a V4L2 device's, or any driver that offers frames.
package import CameraCapture
internal import Imaging
package import ParkingCore
internal import PatrolAPI
internal import Synchronization

/// What puts frames into the mailbox. Runs on a thread of its own from `start` to `stop`.
package protocol FrameDriver: AnyObject, Sendable {
    func start(_ mailbox: FrameMailbox, _ events: FeedEvents)
    /// Frames that were lost before they came into the mailbox.
    var lost: Int { get }
    /// Returns at once.
    func stop()
}

package final class MailboxFeed: CameraFeed {
    package let camera: CameraID
    package let angleDegrees: Double
    private let driver: any FrameDriver
    private let mailbox: FrameMailbox
    private let bad = Mutex(0)

    /// - Parameter waiting: frames that may wait; each is a buffer that the driver cannot fill, and older news.
    package init(_ camera: CameraID, angleDegrees: Double, driver: any FrameDriver, waiting: Int = 2) {
        self.camera = camera
        self.angleDegrees = angleDegrees
        self.driver = driver
        mailbox = FrameMailbox(capacity: waiting)
    }

    package var dropped: Int { driver.lost + mailbox.passedOver }
    package var undecodable: Int { bad.withLock { $0 } }

    package func start(_ events: FeedEvents) { driver.start(mailbox, events) }

    package func stop() {
        driver.stop()
        mailbox.stop()
    }

    package func take(timeoutSeconds: Double) -> FeedFrame {
        guard let lent = mailbox.take(timeoutSeconds: timeoutSeconds) else { return .nothing }
        // A frame may be kept for seconds as a pass's best one; the driver's few buffers may not.
        let frame = CapturedFrame(
            camera: lent.camera,
            sequence: lent.sequence,
            layout: lent.layout,
            monotonicNanoseconds: lent.monotonicNanoseconds,
            wallTime: lent.wallTime,
            planes: lent.withPlanes { $0.map { [UInt8]($0) } }
        )
        lent.giveBack()
        do {
            let picture = CapturedPicture(grey: try FrameDecoder.grey(frame), frame: frame)
            let seconds = Double(frame.monotonicNanoseconds) / 1e9
            return .frame(LaneFrame(seconds: seconds, time: frame.wallTime, picture: picture))
        } catch {
            bad.withLock { $0 += 1 }
            return .undecodable
        }
    }
}

/// A frame with bytes of its own.
private struct CapturedPicture: FramePicture {
    let grey: GreyImage
    let frame: CapturedFrame

    func jpeg() throws -> [UInt8] { try FrameDecoder.jpeg(frame) }
    func colour() throws -> ColourImage { try FrameDecoder.colour(frame) }
}

/// A V4L2 device.
package final class CameraDriver: FrameDriver {
    private let settings: CameraSettings
    private let worker = Mutex<CameraWorker?>(nil)

    package init(_ settings: CameraSettings) { self.settings = settings }

    package var lost: Int { worker.withLock { $0 }?.health.framesLost ?? 0 }

    package func start(_ mailbox: FrameMailbox, _ events: FeedEvents) {
        let worker = CameraWorker(settings: settings, mailbox: mailbox) { health in
            // The worker's own thread says so in every state, once a second and more.
            events.alive()
            events.changed(DeviceReport(health))
        }
        self.worker.withLock { $0 = worker }
        worker.start()
    }

    package func stop() { _ = worker.withLock { $0 }?.stop(timeoutSeconds: 0) }
}

extension DeviceReport {
    init(_ health: CameraHealth) {
        var figures: [String: Double] = [
            "framesPerSecond": health.framesPerSecond,
            "framesTaken": Double(health.framesTaken),
            "framesDropped": Double(health.framesLost + health.framesPassedOver),
            "framesLostByDriver": Double(health.framesLost),
            "framesPassedOver": Double(health.framesPassedOver),
            "framesBad": Double(health.framesBad),
            "reconnects": Double(health.reconnects),
        ]
        figures["lastFrameAgeSeconds"] = health.lastFrameAgeSeconds
        let state: DeviceStatus.State =
            switch health.state {
            case .streaming: .good
            case .absent: .absent
            case .starting, .stalled, .failed, .refused, .wrongDevice, .wrongFormat: .degraded
            }
        self.init(
            health.id.text,
            .camera,
            state,
            word: health.state.rawValue,
            detail: health.words,
            figures: figures,
            since: health.since
        )
    }
}
