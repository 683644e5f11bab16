// One camera of a recording on its thread: decode, recognise, follow, hand on.
internal import Foundation
internal import MediaFiles
internal import ParkingCore
internal import PlateRecognition

/// What a camera's thread says after each frame.
struct LaneReport: Sendable {
    enum Event: Sendable {
        /// Passes that this frame, or the end of the camera's frames, brought to be told.
        case passes([PlatePass])
        case failed(EngineError)
    }

    let camera: CameraID
    /// Media time of the frame, seconds since the recording's start.
    let seconds: Double
    let event: Event
    /// Frames worked on so far, those that came too late, those that could not be decoded.
    let taken: Int
    let dropped: Int
    let undecodable: Int
    /// How many frames there will be; nil: not known.
    let expected: Int?
    let isLast: Bool
}

/// Works on one camera's frames in their order; everything here runs on one thread.
final class CameraLane {
    /// Real pace: frames are worked on when they are due, `origin` being when second `firstDue` was. nil: as they come.
    struct Pace: Sendable {
        let origin: ContinuousClock.Instant
        let firstDue: Double
    }

    private static let lateSeconds = 0.25
    /// Passes whose reads' identifiers are remembered, for a correction.
    private static let mostReads = 1024

    private let recording: Recording
    private let camera: Recording.Camera
    private let recogniser: PlateRecogniser
    private let pace: Pace?
    private let put: (LaneReport) -> Bool
    private var passes: PassReader
    private var frames: CameraFrames?
    private var held: [Int: MediaPicture] = [:]
    private var reads: [Int: UUIDv7] = [:]
    private var seconds = 0.0
    private var taken = 0
    private var dropped = 0

    /// - Parameter put: may block; false stops the work.
    init(
        _ recording: Recording,
        _ camera: Recording.Camera,
        recogniser: PlateRecogniser,
        pace: Pace?,
        put: @escaping (LaneReport) -> Bool
    ) {
        self.recording = recording
        self.camera = camera
        self.recogniser = recogniser
        self.pace = pace
        self.put = put
        passes = PassReader(recogniser: recogniser)
    }

    /// Blocks until the frames end, fail, or `put` says stop.
    func run() {
        do {
            let frames = try CameraFrames(camera)
            self.frames = frames
            while let frame = try frames.next() {
                seconds = frame.seconds
                guard wait(until: frame.seconds) else {
                    dropped += 1
                    guard report(.passes([])) else { return }
                    continue
                }
                guard report(.passes(try take(frame))) else { return }
            }
            _ = report(.passes(try told(passes.finish())), isLast: true)
        } catch let error as EngineError {
            _ = report(.failed(error), isLast: true)
        } catch {
            let message = "the recording '\(recording.name)' cannot be read on: \(error)"
            _ = report(.failed(EngineError(.recording, message)), isLast: true)
        }
    }

    /// - Returns: false for a frame that comes too late to be worked on.
    private func wait(until due: Double) -> Bool {
        guard let pace else { return true }
        let left = due - pace.firstDue - pace.origin.duration(to: .now) / .seconds(1)
        if left > 0 { Thread.sleep(forTimeInterval: left) }
        return left >= -Self.lateSeconds
    }

    private func take(_ frame: RecordedFrame) throws -> [PlatePass] {
        taken += 1
        held[taken] = frame.picture
        let told = try told(passes.take(frame.picture.grey, at: frame.seconds, frame: taken))
        let needed = passes.heldFrames
        held = held.filter { needed.contains($0.key) }
        return told
    }

    private func told(_ passes: [TrackedPlate]) throws -> [PlatePass] {
        try passes.map { pass in
            guard let picture = held[pass.bestFrame] else {
                throw EngineError(
                    .recording,
                    "the best frame of a pass is not kept any more: this is a fault of the program"
                )
            }
            let time = recording.start.addingTimeInterval(pass.bestSeconds)
            let read = PlateRead(
                id: UUIDv7(at: time),
                camera: camera.camera,
                time: time,
                frames: pass.frames,
                reading: pass.reading,
                colour: try recogniser.colour(of: try picture.colour(), around: pass.reading.corners)
            )
            let corrected = pass.isCorrection ? reads[pass.pass] : nil
            reads[pass.pass] = read.id
            if reads.count > Self.mostReads { reads = reads.filter { $0.key > pass.pass - Self.mostReads / 2 } }
            return PlatePass(
                read: read,
                photo: try picture.jpeg(),
                cameraAngleDegrees: camera.angleDegrees,
                corrects: corrected
            )
        }
    }

    private func report(_ event: LaneReport.Event, isLast: Bool = false) -> Bool {
        put(
            LaneReport(
                camera: camera.camera,
                seconds: seconds,
                event: event,
                taken: taken,
                dropped: dropped,
                undecodable: frames?.undecodable ?? 0,
                expected: frames?.expected,
                isLast: isLast
            )
        )
    }
}

extension CameraSide {
    /// Clockwise from straight ahead.
    var angleDegrees: Double {
        switch self {
        case .front: 0
        case .right: 90
        case .rear: 180
        case .left: 270
        }
    }
}
