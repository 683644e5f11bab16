// Runs recognition over a still, a folder or a video, and hands on what was read.
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import ParkingCore
internal import PlateRecognition

/// What was read in one picture, or in one video whose frames were joined.
struct RecogniseResult {
    /// A read, and for a video's pass where it was seen best.
    struct Read {
        let reading: PlateReading
        let pass: TrackedPlate?
        /// Of what the confidence was made, by name; nil for a pass of one frame.
        let features: [String: Double]?
        /// Of the vehicle, in the picture or in the pass's best frame; nil: not sure enough, or not asked for.
        var colour: ColourProposal?
    }

    let image: String
    /// Decoding and recognition, wall time.
    let milliseconds: Double
    let reads: [Read]
    /// The picture that was read; nil for a video as a whole.
    let picture: MediaPicture?
    /// The best frame of each pass of a video, by its index.
    let bestFrames: [Int: MediaPicture]
    /// Frames of a video (nil for a picture), and how many of them could not be decoded.
    let frames: Int?
    let skipped: Int
    /// Presentation time of a single frame of a video.
    let seconds: Double?
}

struct RecogniseWork {
    let recogniser: PlateRecogniser
    /// nil: what the product tells; a tenth for a picture, for a pass see `PlateTracker.Settings`.
    let minimumConfidence: Double?
    let everyFrame: Bool
    /// Whether the vehicles' colours are asked for; `milliseconds` does not hold what they take.
    let colours: Bool

    var stillConfidence: Double { minimumConfidence ?? 0.1 }

    /// - Throws: `MediaError`, `RecognitionError`, or what `handle` throws.
    func run(_ path: String, handle: (RecogniseResult) throws -> Void) throws {
        let source = try MediaSource(path: path)
        let progress = source.expectedCount ?? 0 > 1 ? ProgressBar(total: source.expectedCount, of: path) : nil
        defer { progress?.finish() }
        if source.kind == .video, !everyFrame {
            try handle(try passes(of: source, progress: progress))
        } else {
            while let result = try next(of: source) {
                progress?.advance()
                try handle(result)
            }
        }
        if source.skipped > 0 {
            progress?.finish()
            Terminal.complain(
                "\(path): \(source.skipped) pictures could not be decoded and were left out; the first: "
                    + (source.complaints.first ?? "no reason given")
            )
        }
    }

    /// One picture, with its reads.
    private func next(of source: MediaSource) throws -> RecogniseResult? {
        let start = Clock.now()
        guard let picture = try source.next() else { return nil }
        let effort: Effort = source.kind == .video ? .frame : .still
        let found = try recogniser.read(picture.grey, effort: effort)
        let kept = found.filter { $0.reading.confidence >= stillConfidence }
        let milliseconds = Clock.milliseconds(since: start)
        let paint = colours && !kept.isEmpty ? try picture.colour() : nil
        return RecogniseResult(
            image: picture.name,
            milliseconds: milliseconds,
            reads: try kept.map {
                RecogniseResult.Read(
                    reading: $0.reading,
                    pass: nil,
                    features: $0.evidence?.features,
                    colour: try colour(around: $0.reading, in: paint)
                )
            },
            picture: picture,
            bestFrames: [:],
            frames: nil,
            skipped: 0,
            seconds: source.kind == .video ? picture.seconds : nil
        )
    }

    private func colour(around reading: PlateReading, in picture: ColourImage?) throws -> ColourProposal? {
        try picture.flatMap { try recogniser.colour(of: $0, around: reading.corners) }
    }

    /// All frames of a video, joined to passes. Only pictures that are the best of a pass are kept in memory.
    private func passes(of source: MediaSource, progress: ProgressBar?) throws -> RecogniseResult {
        let start = Clock.now()
        var settings = PlateTracker.Settings()
        settings.minimumConfidence = minimumConfidence ?? settings.minimumConfidence
        var reader = PassReader(recogniser: recogniser, settings: settings)
        var passes: [TrackedPlate] = []
        var held: [Int: MediaPicture] = [:]
        var frames = 0
        while let picture = try source.next() {
            frames += 1
            progress?.advance()
            held[picture.index] = picture
            join(try reader.take(picture.grey, at: picture.seconds, frame: picture.index), to: &passes)
            let needed = reader.heldFrames.union(passes.map(\.bestFrame))
            held = held.filter { needed.contains($0.key) }
        }
        join(reader.finish(), to: &passes)
        let milliseconds = Clock.milliseconds(since: start)
        return RecogniseResult(
            image: source.path,
            milliseconds: milliseconds,
            reads: try passes.sorted { $0.bestSeconds < $1.bestSeconds }.map { pass in
                let paint = colours ? try held[pass.bestFrame]?.colour() : nil
                return RecogniseResult.Read(
                    reading: pass.reading,
                    pass: pass,
                    features: pass.evidence?.features,
                    colour: try colour(around: pass.reading, in: paint)
                )
            },
            picture: nil,
            bestFrames: held,
            frames: frames,
            skipped: source.skipped,
            seconds: nil
        )
    }
}

/// A correction stands in the place of what it corrects.
private func join(_ told: [TrackedPlate], to passes: inout [TrackedPlate]) {
    for pass in told {
        if pass.isCorrection { passes.removeAll { $0.pass == pass.pass } }
        passes.append(pass)
    }
}

/// Wall time on the monotonic clock, and the processor time of this process.
enum Clock {
    static func now() -> ContinuousClock.Instant { ContinuousClock.now }

    static func milliseconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15
    }
}
