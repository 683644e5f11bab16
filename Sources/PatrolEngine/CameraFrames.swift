// The pictures of one camera of a recording, one after the other.
internal import Foundation
internal import MediaFiles
internal import ParkingCore

/// One picture of one camera of a recording.
struct RecordedFrame {
    /// Seconds since the recording's start.
    let seconds: Double
    let picture: MediaPicture
}

/// Reads a camera's video or picture files. Decoding blocks: used on a thread of its own.
final class CameraFrames {
    private let camera: Recording.Camera
    private var files: ArraySlice<(file: URL, seconds: Double)> = []
    private var video: MediaSource?
    private var skippedStills = 0
    private var isStarted = false

    /// How many pictures there will be; nil where a video does not say how long it is.
    let expected: Int?

    /// - Throws: `MediaError` when a video cannot be opened.
    init(_ camera: Recording.Camera) throws {
        self.camera = camera
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

    /// Pictures that could not be decoded and were passed over.
    var undecodable: Int { skippedStills + (video?.skipped ?? 0) }

    /// - Throws: `MediaError`, or `EngineError` when nothing of the camera can be decoded.
    func next() throws -> RecordedFrame? {
        let frame = try video.map(nextOfVideo) ?? nextStill()
        if frame == nil, !isStarted {
            throw EngineError(.recording, "camera \(camera.camera): not one picture of it can be decoded")
        }
        isStarted = true
        return frame
    }

    private func nextOfVideo(_ video: MediaSource) throws -> RecordedFrame? {
        try video.next().map { RecordedFrame(seconds: $0.seconds + camera.startOffsetSeconds, picture: $0) }
    }

    private func nextStill() throws -> RecordedFrame? {
        while let row = files.popFirst() {
            do {
                guard let picture = try MediaSource(path: row.file.path).next() else { continue }
                return RecordedFrame(seconds: row.seconds + camera.startOffsetSeconds, picture: picture)
            } catch is MediaError {
                skippedStills += 1
            }
        }
        return nil
    }
}
