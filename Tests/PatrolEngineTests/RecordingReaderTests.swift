// A recording read by a thread for each camera: nothing lost, always in the same order.
import Foundation
import Imaging
import MediaFiles
import ParkingCore
import PlateRecognition
import Synchronization
import Testing

@testable import PatrolEngine

/// A short recording in a scratch folder: frames of the demonstration's two videos, as JPEG files.
private final class ShortRecording {
    let folder: URL

    init(offset: Double = 0) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "recording-\(UUID().uuidString)")
        for (camera, frames) in [("left", 62...79), ("right", 21...38)] {
            let pictures = folder.appending(path: camera)
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            let video = Patrol.root.appending(path: "Fixtures/demo/recording/\(camera).mp4")
            let source = try MediaSource(path: video.path)
            var rows = "frame,seconds\n"
            while let picture = try source.next(), picture.index <= frames.upperBound {
                guard frames.contains(picture.index) else { continue }
                let name = "\(picture.index).jpg"
                try Data(try JPEG.encode(picture.grey)).write(to: pictures.appending(path: name))
                rows += "\(name),\(Double(picture.index - frames.lowerBound) / 15)\n"
            }
            try Data(rows.utf8).write(to: folder.appending(path: "\(camera).csv"))
        }
        let manifest = """
            {"version": 1, "name": "short", "vehicle": "patrol-1", "officer": "412", "start": "2026-06-16T14:05:00.000Z",
             "cameras": [
               {"camera": "right", "side": "right", "frames": "right", "times": "right.csv"},
               {"camera": "left", "side": "left", "frames": "left", "times": "left.csv", "startOffsetSeconds": \(offset)}
             ]}
            """
        try Data(manifest.utf8).write(to: folder.appending(path: "manifest.json"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Camera and plate of each pass, in the order they were handed on; and the last progress.
    func read(stopAfter limit: Int = .max) throws -> (passes: [String], end: String) {
        let recording = try Recording(folder: folder)
        let seen = Seen()
        RecordingReader(
            recording,
            recogniser: try PlateRecogniser(callers: 2),
            atRealPace: false,
            clock: ReplayClock(start: recording.start),
            deliver: { seen.note($0, limit: limit) }
        ).run()
        return (seen.passes.withLock { $0 }, seen.end.withLock { $0 })
    }

    private final class Seen: Sendable {
        let passes = Mutex<[String]>([])
        let end = Mutex("")

        func note(_ output: ReaderOutput, limit: Int) -> Bool {
            switch output {
            case .pass(let pass):
                passes.withLock { $0.append("\(pass.read.camera) \(pass.read.reading.plate)") }
            case .progress(_, let taken, let dropped, _): end.withLock { $0 = "\(taken) \(dropped)" }
            case .failed(let error): end.withLock { $0 = error.message }
            case .finished: end.withLock { $0 += " finished" }
            }
            return passes.withLock { $0.count } < limit
        }
    }
}

@Suite struct RecordingReaderTests {
    @Test func `each camera's cars are read, in the order of media time, the same each time`() throws {
        let recording = try ShortRecording()
        let first = try recording.read()
        #expect(Set(first.passes) == ["left DHKS714", "right CKFT482", "right DBRN937"])
        #expect(first.passes.count == 3 && first.end == "36 0 finished")
        for _ in 0..<2 { #expect(try recording.read().passes == first.passes) }
    }

    @Test func `a camera that starts later hands on later`() throws {
        #expect(try ShortRecording(offset: 60).read().passes.last == "left DHKS714")
    }

    @Test func `whoever stops is obeyed, with cameras still waiting to hand on`() throws {
        #expect(try ShortRecording().read(stopAfter: 1).passes.count == 1)
    }

    @Test func `a camera of which nothing can be decoded fails the reading with its name`() throws {
        let recording = try ShortRecording()
        let left = recording.folder.appending(path: "left")
        for name in try FileManager.default.contentsOfDirectory(atPath: left.path) {
            try Data("no picture".utf8).write(to: left.appending(path: name))
        }
        #expect(try recording.read().end.contains("camera left"))
    }
}
