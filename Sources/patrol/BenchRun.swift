// One way of recognising, measured over the same frames; and the report of all.
internal import Foundation
internal import Imaging
internal import PlateRecognition

#if canImport(Glibc)
internal import Glibc
#endif

/// Costs a frame.
struct BenchRun: Encodable {
    enum Mode: String, Encodable {
        /// Each frame as a photograph, at all scales and margins: the baseline.
        case photograph = "as a photograph"
        /// Each frame for itself.
        case frame = "every frame for itself"
        /// Searched every 0.12 s, plates followed in between.
        case tracked
    }

    struct Stage: Encodable {
        let name: String
        let milliseconds: Double
        let allocations: Int?
        let bytes: Int?
    }

    let mode: Mode
    let precision: String
    let size: String
    let frames: Int
    let milliseconds: Double
    let reads: Double
    /// Processor time against that of the baseline.
    private(set) var ratio = 1.0
    let stages: [Stage]

    init(_ mode: Mode, _ precision: NetworkPrecision, _ scenes: [PannedScene], _ models: String?) throws {
        let meter = StageMeter(counters: AllocationCounter.now)
        // As after some minutes of a patrol: the networks are compiled for the shapes that come again.
        let recogniser = try PlateRecogniser(models: models, precision: precision, usesThatPay: 1, meter: meter)
        // Every sixth frame is enough where each is searched; the first round is for warming up.
        let step = mode == .tracked ? 1 : 6
        var count = 0
        var reads = 0
        var before = meter.costs
        for (number, scene) in (scenes + scenes).enumerated() {
            if number == scenes.count { (count, reads, before) = (0, 0, meter.costs) }
            var passes = PassReader(recogniser: recogniser)
            for (index, frame) in scene.frames.enumerated() where index % step == 0 {
                count += 1
                try meter.measure(.rest) {
                    switch mode {
                    case .photograph: reads += try recogniser.read(frame, effort: .still).count
                    case .frame: reads += try recogniser.read(frame, effort: .frame).count
                    case .tracked: reads += try passes.take(frame, at: Double(index) / 30, frame: index).count
                    }
                }
            }
            if mode == .tracked { reads += passes.finish().count }
        }
        let after = meter.costs
        let isCounted = AllocationCounter.isThere
        let frames = count
        stages = StageMeter.Stage.allCases.map { stage in
            let cost = (after[stage] ?? .init()) - (before[stage] ?? .init())
            return Stage(
                name: stage.rawValue,
                milliseconds: cost.seconds * 1000 / Double(frames),
                allocations: isCounted ? cost.allocations / frames : nil,
                bytes: isCounted ? cost.bytes / frames : nil
            )
        }
        self.mode = mode
        self.precision = precision.rawValue
        self.frames = frames
        self.reads = Double(reads) / Double(frames)
        size = scenes.first?.frames.first.map { "\($0.width)x\($0.height)" } ?? ""
        milliseconds = stages.map(\.milliseconds).reduce(0, +)
    }

    func compared(to baseline: BenchRun) -> BenchRun {
        var run = self
        run.ratio = milliseconds / max(baseline.milliseconds, 1e-9)
        return run
    }

    /// One scene as a video.
    static func track(_ scene: PannedScene, _ recogniser: PlateRecogniser) throws {
        var passes = PassReader(recogniser: recogniser)
        for (index, frame) in scene.frames.enumerated() {
            _ = try passes.take(frame, at: Double(index) / 30, frame: index)
        }
        _ = passes.finish()
    }
}

/// The process's processor time; and its allocations, where `.ci/bench-recognition` has put its counter in.
private enum AllocationCounter {
    private typealias Read = @convention(c) (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void

    private static let read: Read? = dlsym(nil, "curbside_allocations").map { unsafeBitCast($0, to: Read.self) }

    static var isThere: Bool { read != nil }

    static func now() -> StageMeter.Cost {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        var (count, bytes): (UInt64, UInt64) = (0, 0)
        read?(&count, &bytes)
        return StageMeter.Cost(
            seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9,
            allocations: Int(count),
            bytes: Int(bytes)
        )
    }
}

struct BenchReport: Encodable {
    struct Rates: Encodable {
        let precision: String
        let oneThread: Double
        let twoThreads: Double
    }

    let benchmark: String
    let baseline: String
    let runs: [BenchRun]
    let framesPerSecond: Rates

    func write() {
        for (index, run) in runs.enumerated() {
            if index == 0 || runs[index - 1].size != run.size { writeHeader(run) }
            writeRow(run)
        }
        Terminal.say("")
        Terminal.say(
            String(
                format: "tracked, 1280x720, %@: %.1f frames a second with one thread, %.1f with two",
                framesPerSecond.precision,
                framesPerSecond.oneThread,
                framesPerSecond.twoThreads
            )
        )
        RecogniseOutput.writeLine(self)
    }

    private func writeHeader(_ run: BenchRun) {
        Terminal.say("")
        Terminal.say("\(run.size), processor ms a frame (allocations, KiB)")
    }

    private func writeRow(_ run: BenchRun) {
        Terminal.say(
            String(
                format: "%@, %@: %.1f ms, ratio %.2f, reads a frame %.2f",
                run.mode.rawValue,
                run.precision,
                run.milliseconds,
                run.ratio,
                run.reads
            )
        )
        let parts = run.stages.map { stage in
            String(format: "%@ %.2f", stage.name, stage.milliseconds)
                + (stage.allocations.map { " (\($0), \((stage.bytes ?? 0) / 1024))" } ?? "")
        }
        Terminal.say("    " + parts.joined(separator: ", "))
    }
}
