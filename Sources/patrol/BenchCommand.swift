// patrol bench: what recognition costs, stage by stage, against the search of every frame as a photograph.
internal import ArgumentParser
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import PlateRecognition

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Measures recognition on a video's frames (see .ci/bench-recognition, which also counts allocations).",
        discussion: """
            Some frames of the video are taken, and a camera that pans over each of them at 30 frames a second is drawn,
            at 1280x720 and 1920x1080. The last line is JSON. Processor time is of the whole process; each figure is also
            a ratio to the baseline, because a busy machine slows both. Frames a second are wall time.
            """,
        shouldDisplay: false
    )

    @Argument(help: "A video, such as Fixtures/demo/recording/left.mp4.")
    var video: String

    @Option(help: "Scenes taken from the video.")
    var scenes = 6

    @Option(help: "Frames of each scene.")
    var frames = 24

    @Option(help: ArgumentHelp("Folder with other networks than the built-in ones.", valueName: "dir"))
    var models: String?

    func validate() throws {
        guard (1...100).contains(scenes), (1...1000).contains(frames) else {
            throw ValidationError("--scenes is a count from 1 to 100, --frames from 1 to 1000")
        }
    }

    func run() throws {
        let pictures = try chosen()
        var runs: [BenchRun] = []
        for (width, height) in [(1280, 720), (1920, 1080)] {
            let shots = pictures.map { PannedScene($0, width: width, height: height, count: frames) }
            let baseline = try BenchRun(.photograph, .fp32, shots, models)
            runs.append(baseline.compared(to: baseline))
            for precision in try precisions() {
                for mode in [BenchRun.Mode.frame, .tracked] {
                    runs.append(try BenchRun(mode, precision, shots, models).compared(to: baseline))
                }
            }
        }
        let shots = pictures.map { PannedScene($0, width: 1280, height: 720, count: frames) }
        let precision = try precisions().last ?? .fp32
        let rates = try [1, 2].map { try framesPerSecond(shots, threads: $0, precision) }
        let report = BenchReport(
            benchmark: "recognition",
            baseline: "every frame as a photograph, fp32",
            runs: runs,
            framesPerSecond: .init(precision: precision.rawValue, oneThread: rates[0], twoThreads: rates[1])
        )
        report.write()
    }

    private func precisions() throws -> [NetworkPrecision] {
        let folder = if let models { ModelFolder(path: models) } else { try ModelFolder.builtIn() }
        return folder.defaultPrecision == .int8 ? [.fp32, .int8] : [.fp32]
    }

    /// Frames at even distances.
    private func chosen() throws -> [GreyImage] {
        let source = try MediaSource(path: video)
        let step = max(1, (source.expectedCount ?? scenes) / scenes)
        var pictures: [GreyImage] = []
        while let picture = try source.next(), pictures.count < scenes {
            if picture.index % step == step / 2 { pictures.append(picture.grey) }
        }
        guard !pictures.isEmpty else { throw ValidationError("\(video) holds no frame") }
        return pictures
    }

    /// Tracked, each thread with scenes and a pass reader of its own; wall time.
    private func framesPerSecond(
        _ shots: [PannedScene],
        threads: Int,
        _ precision: NetworkPrecision
    ) throws -> Double {
        let recogniser = try PlateRecogniser(
            models: models,
            precision: precision,
            callers: threads,
            usesThatPay: 1
        )
        for shot in shots { try BenchRun.track(shot, recogniser) }
        let start = Clock.now()
        let failures = FailureBox()
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            do {
                for index in stride(from: thread, to: shots.count, by: threads) {
                    try BenchRun.track(shots[index], recogniser)
                }
            } catch {
                failures.keep(error)
            }
        }
        if let error = failures.first { throw error }
        return Double(shots.count * frames) / Clock.milliseconds(since: start) * 1000
    }
}

/// The first error of several threads.
private final class FailureBox: @unchecked Sendable {
    private let lock = NSLock()
    private var error: (any Error)?

    var first: (any Error)? { lock.withLock { error } }

    func keep(_ error: any Error) { lock.withLock { self.error = self.error ?? error } }
}

/// A picture over which a camera pans: the same frames at every run.
struct PannedScene: Sendable {
    let frames: [GreyImage]

    /// - Parameters:
    ///   - picture: seen a tenth larger than it is, so that there is room to pan.
    ///   - count: frames, 3 pixels (of 1280) apart.
    init(_ picture: GreyImage, width: Int, height: Int, count: Int) {
        let mipmap = Mipmap(picture)
        let scale = Double(width) / Double(picture.width) * 1.1
        let room = Double(picture.width) - Double(width) / scale
        frames = (0..<count).compactMap { index in
            var values = [Float](repeating: 0, count: width * height)
            // To and fro, so that it never leaves the picture.
            let way = (Double(index) * 3).truncatingRemainder(dividingBy: room * 2)
            let origin = way <= room ? way : room * 2 - way
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                mipmap.sample(
                    originX: origin,
                    originY: room * 9 / 32,
                    scaleX: scale,
                    scaleY: scale,
                    width: width,
                    height: height,
                    into: base,
                    rowLength: width,
                    outside: 114
                )
            }
            return try? GreyImage(width: width, height: height, pixels: values.map { UInt8($0 + 0.5) })
        }
    }
}
