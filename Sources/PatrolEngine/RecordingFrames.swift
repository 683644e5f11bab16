// The pictures of all cameras of a recording, one after the other in the order of their times.
internal import Foundation
internal import MediaFiles
internal import ParkingCore

/// One picture of one camera of a recording.
struct RecordedFrame {
    let camera: CameraID
    /// Seconds since the recording's start.
    let seconds: Double
    let picture: MediaPicture
}

/// Merges the cameras by time. Decoding blocks: used on a thread of its own.
final class RecordingFrames {
    private struct Lane {
        let camera: Recording.Camera
        var files: ArraySlice<(file: URL, seconds: Double)>
        var video: MediaSource?
        var next: RecordedFrame?
        var skippedStills = 0
    }

    private var lanes: [Lane] = []
    private let expected: Int?
    private var taken = 0

    /// - Throws: `MediaError` when a video cannot be opened or nothing of a camera can be decoded.
    init(_ recording: Recording) throws {
        var expected: Int? = 0
        for camera in recording.cameras {
            var lane = Lane(camera: camera, files: [])
            switch camera.pictures {
            case .video(let file):
                let source = try MediaSource(path: file.path)
                lane.video = source
                expected = expected.flatMap { sum in source.expectedCount.map { sum + $0 } }
            case .frames(let rows):
                lane.files = rows[...]
                expected = expected.map { $0 + rows.count }
            }
            lane.next = try Self.advance(&lane)
            guard lane.next != nil else {
                throw EngineError(.recording, "camera \(camera.camera): not one picture of it can be decoded")
            }
            lanes.append(lane)
        }
        self.expected = expected
    }

    /// Pictures that could not be decoded and were passed over, of all cameras.
    var undecodable: Int { lanes.reduce(0) { $0 + $1.skippedStills + ($1.video?.skipped ?? 0) } }

    /// 0 to 1; nil where a video does not say how long it is.
    var progress: Double? { expected.map { min(1, Double(taken) / Double(max($0, 1))) } }

    func next() throws -> RecordedFrame? {
        let ready = lanes.indices.filter { lanes[$0].next != nil }
        guard let first = ready.min(by: { seconds($0) < seconds($1) }), let frame = lanes[first].next else {
            return nil
        }
        lanes[first].next = try Self.advance(&lanes[first])
        taken += 1
        return frame
    }

    private func seconds(_ lane: Int) -> Double { lanes[lane].next?.seconds ?? .infinity }

    private static func advance(_ lane: inout Lane) throws -> RecordedFrame? {
        let camera = lane.camera
        if let video = lane.video {
            guard let picture = try video.next() else { return nil }
            return RecordedFrame(
                camera: camera.camera,
                seconds: picture.seconds + camera.startOffsetSeconds,
                picture: picture
            )
        }
        while let row = lane.files.popFirst() {
            do {
                guard let picture = try MediaSource(path: row.file.path).next() else { continue }
                return RecordedFrame(
                    camera: camera.camera,
                    seconds: row.seconds + camera.startOffsetSeconds,
                    picture: picture
                )
            } catch is MediaError {
                lane.skippedStills += 1
            }
        }
        return nil
    }
}
