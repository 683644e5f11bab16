// The pictures of one camera of a recording, one after the other, as fast as it goes or when they are due.
internal import Foundation
internal import MediaFiles
internal import ParkingCore

/// Reads a camera's video or picture files. Decoding blocks: used on a thread of its own.
final class CameraFrames: FrameSource {
    /// Real pace: frames are handed out when they are due, `origin` being when second `firstDue` was.
    struct Pace: Sendable {
        let origin: ContinuousClock.Instant
        let firstDue: Double
    }

    private static let lateSeconds = 0.25

    private let camera: Recording.Camera
    private let start: Date
    private let pace: Pace?
    private var files: ArraySlice<(file: URL, seconds: Double)> = []
    private var video: MediaSource?
    private var skippedStills = 0
    private var isStarted = false

    let expected: Int?
    private(set) var dropped = 0

    /// - Parameters:
    ///   - start: of the recording, second 0.
    ///   - pace: nil: as fast as they are asked for.
    /// - Throws: `MediaError` when a video cannot be opened.
    init(_ camera: Recording.Camera, start: Date, pace: Pace?) throws {
        self.camera = camera
        self.start = start
        self.pace = pace
        switch camera.pictures {
        case .video(let file):
            let source = try MediaSource(path: file.path)
            video = source
            expected = source.expectedCount
        case .frames(let rows):
            files = rows[...]
            expected = rows.count
        }
    }

    var undecodable: Int { skippedStills + (video?.skipped ?? 0) }

    /// - Throws: `MediaError`, or `EngineError` when nothing of the camera can be decoded.
    func next() throws -> LaneInput {
        guard let frame = try video.map(nextOfVideo) ?? nextStill() else {
            guard isStarted else {
                throw EngineError(.recording, "camera \(camera.camera): not one picture of it can be decoded")
            }
            return .ended
        }
        isStarted = true
        if wait(until: frame.seconds) { return .frame(frame) }
        dropped += 1
        return .late(seconds: frame.seconds)
    }

    /// - Returns: false for a frame that comes too late to be worked on.
    private func wait(until due: Double) -> Bool {
        guard let pace else { return true }
        let left = due - pace.firstDue - pace.origin.duration(to: .now) / .seconds(1)
        if left > 0 { Thread.sleep(forTimeInterval: left) }
        return left >= -Self.lateSeconds
    }

    private func nextOfVideo(_ video: MediaSource) throws -> LaneFrame? {
        try video.next().map { frame($0, $0.seconds) }
    }

    private func nextStill() throws -> LaneFrame? {
        while let row = files.popFirst() {
            do {
                guard let picture = try MediaSource(path: row.file.path).next() else { continue }
                return frame(picture, row.seconds)
            } catch is MediaError {
                skippedStills += 1
            }
        }
        return nil
    }

    private func frame(_ picture: MediaPicture, _ seconds: Double) -> LaneFrame {
        let seconds = seconds + camera.startOffsetSeconds
        return LaneFrame(seconds: seconds, time: start.addingTimeInterval(seconds), picture: picture)
    }
}

extension MediaPicture: FramePicture {}
