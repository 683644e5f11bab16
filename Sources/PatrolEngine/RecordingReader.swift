// A recording's frames turned into passes: decoding, recognition and tracking on one thread of their own.
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import ParkingCore
internal import PatrolAPI
internal import PlateRecognition

/// What the reader hands to the desk, in the order of media time.
enum ReaderOutput: Sendable {
    case pass(PlatePass)
    case progress(Double?, taken: Int, dropped: Int, cameras: [DeviceStatus])
    case failed(EngineError)
    case finished
}

/// Reads a recording to its end. Everything here runs on one thread; what it hands on waits in a buffer of 64, and the
/// thread waits while that is full, so that no pass is ever dropped.
final class RecordingReader {
    private let recording: Recording
    /// Frames are shown when they are due; a frame more than `lateSeconds` late is dropped and counted.
    private let atRealPace: Bool
    private let clock: ReplayClock
    private let deliver: (ReaderOutput) -> Bool

    private static let lateSeconds = 0.25
    /// A pass that is more likely wrong than right says nothing about a car: it can neither clear nor accuse it.
    private static let tracking = {
        var settings = PlateTracker.Settings()
        settings.minimumConfidence = 0.5
        return settings
    }()
    /// Media seconds between two reports of progress.
    private static let reportSeconds = 1.0

    private struct CameraState {
        let camera: Recording.Camera
        var passes: PassReader
        var frame = 0
        var held: [Int: MediaPicture] = [:]
        var taken = 0
    }

    private var cameras: [CameraID: CameraState] = [:]
    private var dropped = 0
    private var lastReport = -Double.infinity

    /// - Parameter deliver: called on the reader's thread, may block it; false stops the reading.
    init(
        _ recording: Recording,
        recogniser: PlateRecogniser,
        atRealPace: Bool,
        clock: ReplayClock,
        deliver: @escaping (ReaderOutput) -> Bool
    ) {
        self.recording = recording
        self.atRealPace = atRealPace
        self.clock = clock
        self.deliver = deliver
        for camera in recording.cameras {
            cameras[camera.camera] = CameraState(
                camera: camera,
                passes: PassReader(recogniser: recogniser, settings: Self.tracking)
            )
        }
    }

    /// Blocks until the recording ends, fails, or `deliver` says stop.
    func run() {
        do {
            let frames = try RecordingFrames(recording)
            let began = ContinuousClock.now
            var first: Double?
            while let frame = try frames.next() {
                let due = frame.seconds - (first ?? frame.seconds)
                first = first ?? frame.seconds
                if atRealPace, !wait(until: due, since: began) { continue }
                guard try take(frame), report(frames, at: frame.seconds) else { return }
            }
            for (id, state) in cameras.sorted(by: { $0.key < $1.key }) {
                var state = state
                guard try hand(state.passes.finish(), of: &state, camera: id) else { return }
            }
            guard report(frames, at: .infinity) else { return }
            _ = deliver(.finished)
        } catch let error as EngineError {
            _ = deliver(.failed(error))
        } catch {
            _ = deliver(
                .failed(EngineError(.recording, "the recording '\(recording.name)' cannot be read on: \(error)"))
            )
        }
    }

    /// - Returns: false for a frame that comes too late to be worked on.
    private func wait(until due: Double, since began: ContinuousClock.Instant) -> Bool {
        let now = began.duration(to: .now) / .seconds(1)
        if now > due + Self.lateSeconds {
            dropped += 1
            return false
        }
        if due > now { Thread.sleep(forTimeInterval: due - now) }
        return true
    }

    private func take(_ frame: RecordedFrame) throws -> Bool {
        guard var state = cameras[frame.camera] else { return true }
        clock.advance(to: recording.start.addingTimeInterval(frame.seconds))
        state.frame += 1
        state.taken += 1
        let over = try state.passes.take(frame.picture.grey, at: frame.seconds, frame: state.frame)
        if state.passes.heldFrames.contains(state.frame) { state.held[state.frame] = frame.picture }
        let carriesOn = try hand(over, of: &state, camera: frame.camera)
        let held = state.passes.heldFrames
        state.held = state.held.filter { held.contains($0.key) }
        cameras[frame.camera] = state
        return carriesOn
    }

    private func hand(_ passes: [TrackedPlate], of state: inout CameraState, camera: CameraID) throws -> Bool {
        for pass in passes {
            guard let picture = state.held[pass.bestFrame] else {
                throw EngineError(
                    .recording,
                    "the best frame of a pass is not kept any more: this is a fault of the program"
                )
            }
            let time = recording.start.addingTimeInterval(pass.bestSeconds)
            let read = PlateRead(
                id: UUIDv7(at: time),
                camera: camera,
                time: time,
                frames: pass.frames,
                reading: pass.reading
            )
            let whole = PlatePass(
                read: read,
                photo: try picture.jpeg(),
                cameraAngleDegrees: state.camera.side.angleDegrees
            )
            guard deliver(.pass(whole)) else { return false }
        }
        return true
    }

    private func report(_ frames: RecordingFrames, at seconds: Double) -> Bool {
        guard seconds - lastReport >= Self.reportSeconds else { return true }
        lastReport = seconds
        let devices = cameras.sorted { $0.key < $1.key }.map { id, state in
            DeviceStatus(name: id.text, state: .good, detail: "\(state.taken) frames")
        }
        let taken = cameras.values.reduce(0) { $0 + $1.taken }
        return deliver(
            .progress(frames.progress, taken: taken, dropped: dropped + frames.undecodable, cameras: devices)
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
