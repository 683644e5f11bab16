// One camera on its thread: take a picture, recognise, follow, hand on. Recorded and live cameras go the same way.
internal import Foundation
internal import Imaging
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
    /// As in `LaneFrame`, of the latest frame.
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
    /// Passes whose reads' identifiers are remembered, for a correction.
    private static let mostReads = 1024

    private let camera: CameraID
    private let angleDegrees: Double
    private let recogniser: PlateRecogniser
    /// Whether the first error ends the lane: right for a recording, never for a camera.
    private let endsOnFailure: Bool
    private let open: () throws -> any FrameSource
    private let put: (LaneReport) -> Bool
    private var passes: PassReader
    private var source: (any FrameSource)?
    private var held: [Int: LaneFrame] = [:]
    private var reads: [Int: UUIDv7] = [:]
    private var seconds = 0.0
    private var taken = 0
    private var isSilent = true

    /// - Parameters:
    ///   - angleDegrees: where it looks, clockwise from straight ahead.
    ///   - open: called on the lane's thread.
    ///   - put: may block; false stops the work.
    init(
        _ camera: CameraID,
        angleDegrees: Double,
        recogniser: PlateRecogniser,
        settings: PlateTracker.Settings = PlateTracker.Settings(),
        endsOnFailure: Bool = true,
        open: @escaping () throws -> any FrameSource,
        put: @escaping (LaneReport) -> Bool
    ) {
        self.camera = camera
        self.angleDegrees = angleDegrees
        self.recogniser = recogniser
        self.endsOnFailure = endsOnFailure
        self.open = open
        self.put = put
        passes = PassReader(recogniser: recogniser, settings: settings)
    }

    /// Blocks until the frames end, fail, or `put` says stop.
    func run() {
        do {
            let source = try open()
            self.source = source
            while try step(source) {}
        } catch {
            _ = report(.failed(words(error)), isLast: true)
        }
    }

    /// - Returns: false: it is over.
    private func step(_ source: any FrameSource) throws -> Bool {
        do {
            switch try source.next() {
            case .frame(let frame): return report(.passes(try take(frame)))
            case .late(let seconds):
                self.seconds = seconds
                return report(.passes([]))
            case .silent: return report(.passes(try fallSilent()))
            case .ended:
                _ = report(.passes(try told(passes.finish())), isLast: true)
                return false
            }
        } catch  where !endsOnFailure {
            return report(.failed(words(error)))
        }
    }

    private func words(_ error: any Error) -> EngineError {
        error as? EngineError ?? EngineError(.camera, "camera \(camera): a frame could not be worked on", cause: error)
    }

    private func take(_ frame: LaneFrame) throws -> [PlatePass] {
        seconds = frame.seconds
        isSilent = false
        taken += 1
        held[taken] = frame
        let told = try told(passes.take(frame.picture.grey, at: frame.seconds, frame: taken))
        let needed = passes.heldFrames
        held = held.filter { needed.contains($0.key) }
        return told
    }

    /// What was seen before a camera fell silent is told then, not when it comes back.
    private func fallSilent() throws -> [PlatePass] {
        guard !isSilent else { return [] }
        isSilent = true
        defer { held = [:] }
        return try told(passes.finish())
    }

    private func told(_ passes: [TrackedPlate]) throws -> [PlatePass] {
        try passes.map { pass in
            guard let frame = held[pass.bestFrame] else {
                throw EngineError(
                    .camera,
                    "the best frame of a pass is not kept any more: this is a fault of the program"
                )
            }
            // A colour is a proposal: a picture that gives none costs the read nothing.
            let colour = try? recogniser.colour(of: try frame.picture.colour(), around: pass.reading.corners)
            let read = PlateRead(
                id: UUIDv7(at: frame.time),
                camera: camera,
                time: frame.time,
                frames: pass.frames,
                reading: pass.reading,
                colour: colour ?? nil
            )
            let corrected = pass.isCorrection ? reads[pass.pass] : nil
            reads[pass.pass] = read.id
            if reads.count > Self.mostReads { reads = reads.filter { $0.key > pass.pass - Self.mostReads / 2 } }
            return PlatePass(
                read: read,
                photo: try frame.picture.jpeg(),
                cameraAngleDegrees: angleDegrees,
                corrects: corrected,
                timing: PassTiming(usefulSeconds: pass.usefulSeconds, toldSeconds: seconds)
            )
        }
    }

    private func report(_ event: LaneReport.Event, isLast: Bool = false) -> Bool {
        put(
            LaneReport(
                camera: camera,
                seconds: seconds,
                event: event,
                taken: taken,
                dropped: source?.dropped ?? 0,
                undecodable: source?.undecodable ?? 0,
                expected: source?.expected,
                isLast: isLast
            )
        )
    }
}
