// One pass while it goes on: where its plate should be next, and what all its frames say together.
internal import ParkingCore

/// A pass that is going on.
struct PlateTrack: Sendable {
    struct Best: Sendable {
        let reading: PlateReading
        let frame: Int
        let seconds: Double
        let quality: Double
    }

    /// What the frames that showed one text said of it.
    private struct Shown {
        /// Highest confidence.
        var best = 0.0
        /// Sum of logarithmic odds, each times its frame's quality.
        var odds = 0.0
    }

    /// Shares from which a frame counts as news: of the doubt that it takes away, of the picture that it betters.
    private static let newsShare = 0.25
    /// Share of the best picture's quality below which a frame of an unsure plate is not waited for.
    private static let fairQuality = 0.5
    /// Least doubt: below it one frame more or less is no news.
    private static let leastDoubt = 0.02
    /// Most texts of which it is kept what frames said.
    private static let mostTexts = 64

    var pass: Int
    private(set) var best: Best
    private(set) var lastSeconds: Double
    /// Updates without this plate since it was last seen.
    private(set) var misses = 0
    private(set) var frames = 0
    /// The last frame that was worth waiting for, and the last one that changed anything.
    private(set) var usefulSeconds: Double
    private(set) var changedSeconds: Double
    /// When it was last decided what to tell of it.
    private(set) var answeredSeconds = -Double.infinity
    private let calibration: PassCalibration?
    private let firstSeconds: Double
    private var box: PixelBox
    private var corners: [PixelPoint]
    /// Pixels a second, smoothed.
    private var velocity = (x: 0.0, y: 0.0)
    private var fusion = TextFusion()
    private let sole: PlateReading
    /// What the frames said of each text, for the texts seen first, and the sum of all frames' qualities.
    private var shown: [Plate: Shown] = [:]
    private var qualities = 0.0
    private var lastConfidence: Double
    /// What was known at the last change: text, doubt, quality of the best picture.
    private var known: (text: String, doubt: Double, quality: Double)

    init(
        _ pass: Int,
        _ observation: PlateObservation,
        at seconds: Double,
        frame: Int,
        with calibration: PassCalibration?
    ) {
        let reading = observation.reading
        self.pass = pass
        self.calibration = calibration
        firstSeconds = seconds
        lastSeconds = seconds
        usefulSeconds = seconds
        changedSeconds = seconds
        box = reading.box
        corners = reading.corners
        sole = reading
        lastConfidence = reading.confidence
        let quality = PlateTrack.quality(observation)
        best = Best(reading: reading, frame: frame, seconds: seconds, quality: quality)
        known = (reading.plate.text, 1 - reading.confidence, quality)
        fuse(observation, quality)
    }

    mutating func add(
        _ observation: PlateObservation,
        at seconds: Double,
        frame: Int,
        _ settings: PlateTracker.Settings
    ) {
        let reading = observation.reading
        let elapsed = seconds - lastSeconds
        if elapsed > 1e-3 {
            let moved = PlateTrack.difference(reading.box, box)
            let share = frames == 1 ? 1 : 0.5
            velocity.x += (moved.x / elapsed - velocity.x) * share
            velocity.y += (moved.y / elapsed - velocity.y) * share
        }
        box = reading.box
        corners = reading.corners
        lastSeconds = seconds
        misses = 0
        let quality = PlateTrack.quality(observation)
        fuse(observation, quality)
        if quality > best.quality { best = Best(reading: reading, frame: frame, seconds: seconds, quality: quality) }
        weigh(quality, at: seconds, settings)
    }

    private mutating func fuse(_ observation: PlateObservation, _ quality: Double) {
        let reading = observation.reading
        frames += 1
        qualities += quality
        if shown.count < PlateTrack.mostTexts || shown[reading.plate] != nil {
            let whole = observation.isCut ? reading.confidence / 2 : reading.confidence
            var text = shown[reading.plate] ?? Shown()
            text.best = max(text.best, whole)
            text.odds += quality * logit(reading.confidence, PassEvidence.oddsBound)
            shown[reading.plate] = text
        }
        fusion.add(observation.slots, weight: max(0.05, reading.confidence) * PlateTrack.wholeness(observation))
    }

    /// Notes whether a frame was worth waiting for.
    private mutating func weigh(_ quality: Double, at seconds: Double, _ settings: PlateTracker.Settings) {
        let (text, confidence) = fused() ?? ("", 0)
        let doubt = max(1 - confidence, PlateTrack.leastDoubt)
        // However little it adds: what could not be told before can be told now, or told as sure.
        let isTellable =
            frames == 2 || frames == settings.shortTextFrames
            || [settings.minimumConfidence, settings.sureConfidence].contains {
                lastConfidence < $0 && confidence >= $0
            }
        lastConfidence = confidence
        let isNews =
            isTellable || text != known.text
            || doubt < max(known.doubt, PlateTrack.leastDoubt) * (1 - PlateTrack.newsShare)
            || best.quality > known.quality * (1 + PlateTrack.newsShare)
        if isNews {
            known = (text, doubt, best.quality)
            changedSeconds = seconds
        }
        if isNews || (confidence < settings.sureConfidence && quality >= best.quality * PlateTrack.fairQuality) {
            usefulSeconds = seconds
        }
    }

    /// How well an observation continues this pass; 0: not at all.
    ///
    /// The same text is the same car wherever it moved to; another text must lie where this plate is expected.
    func score(_ observation: PlateObservation, at seconds: Double) -> Double {
        let next = observation.reading.box
        let growth = (next.width * next.height / max(box.width * box.height, 1e-6)).squareRoot()
        guard (0.5...2).contains(growth) else { return 0 }
        let elapsed = seconds - lastSeconds
        let expected = PixelBox(
            x: box.x + velocity.x * elapsed,
            y: box.y + velocity.y * elapsed,
            width: box.width,
            height: box.height
        )
        let moved = PlateTrack.difference(next, expected)
        let distance = (moved.x * moved.x + moved.y * moved.y).squareRoot() / max(box.width, 1)
        let similarity = fusion.similarity(observation.slots)
        let sameText = similarity >= 0.7
        let isUnlike = similarity < 0.25 && observation.reading.confidence >= 0.5
        let samePlace = (distance < 0.5 && !isUnlike) || (distance < 1.5 && similarity >= 0.4)
        guard sameText || samePlace else { return 0 }
        return similarity + 1 / (1 + distance)
    }

    /// Of the plate in the best frame, pixels.
    var bestWidth: Double {
        let reading = best.reading
        return reading.corners.count == 4 ? Quad(reading.corners).width : reading.box.width
    }

    mutating func missed() { misses += 1 }
    mutating func answered(at seconds: Double) { answeredSeconds = seconds }

    mutating func rescale(x: Double, y: Double) {
        box = PixelBox(x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y)
        corners = corners.map { PixelPoint(x: $0.x * x, y: $0.y * y) }
        velocity = (velocity.x * x, velocity.y * y)
    }

    func expectedCorners(at seconds: Double) -> [PixelPoint] {
        let elapsed = seconds - lastSeconds
        return corners.map { PixelPoint(x: $0.x + velocity.x * elapsed, y: $0.y + velocity.y * elapsed) }
    }
}

// MARK: What is known of the plate

extension PlateTrack {
    func result(at seconds: Double, isCorrection: Bool = false) -> TrackedPlate? {
        guard let (reading, evidence) = reading() else { return nil }
        return TrackedPlate(
            pass: pass,
            isCorrection: isCorrection,
            reading: reading,
            bestFrame: best.frame,
            bestSeconds: best.seconds,
            firstSeconds: firstSeconds,
            lastSeconds: lastSeconds,
            usefulSeconds: usefulSeconds,
            toldSeconds: seconds,
            frames: frames,
            evidence: evidence
        )
    }

    /// What all frames say together, and of what its confidence is made; nil for the latter where there is one frame.
    private func reading() -> (PlateReading, PassEvidence?)? {
        if frames == 1 { return (sole, nil) }
        guard let sum = fusion.result(), let plate = try? Plate(sum.text) else { return nil }
        let evidence = evidence(of: sum.text, sum.probability)
        let confidence = confidence(evidence)
        // What calibration makes of the doubt is shared among the others as the frames weighed them.
        let share = sum.probability < 1 ? min(1, (1 - confidence) / (1 - sum.probability)) : 0
        let reading = PlateReading(
            plate: plate,
            confidence: confidence,
            characters: sum.characters,
            alternates: sum.others.map { PlateAlternate(plate: $0.plate, probability: $0.probability * share) },
            box: best.reading.box,
            corners: best.reading.corners
        )
        return (reading, evidence)
    }

    /// Text and confidence of all frames so far.
    private func fused() -> (text: String, confidence: Double)? {
        if frames == 1 { return (sole.plate.text, sole.confidence) }
        return fusion.summary().map { ($0.text, confidence(evidence(of: $0.text, $0.probability))) }
    }

    private func confidence(_ evidence: PassEvidence) -> Double {
        calibration?.confidence(evidence) ?? evidence.uncalibrated
    }

    private func evidence(of text: String, _ probability: Double) -> PassEvidence {
        let own = (try? Plate(text)).flatMap { shown[$0] }
        return PassEvidence(
            fused: probability,
            best: own?.best,
            mean: qualities > 0 ? (own?.odds ?? 0) / qualities : 0,
            length: text.utf8.count
        )
    }

    /// Evidence is worth as much as its plate is sharp, large, seen squarely and surely read.
    private static func quality(_ observation: PlateObservation) -> Double {
        let reading = observation.reading
        let size = (reading.box.width * reading.box.height).squareRoot()
        let squareness = reading.corners.count == 4 ? Quad(reading.corners).squareness : 1
        return observation.sharpness * size * squareness * reading.confidence * wholeness(observation)
    }

    /// A plate at the picture's edge may lack characters: it counts for hardly anything.
    private static func wholeness(_ observation: PlateObservation) -> Double { observation.isCut ? 0.02 : 1 }

    /// From the middle of the second box to that of the first.
    private static func difference(_ a: PixelBox, _ b: PixelBox) -> (x: Double, y: Double) {
        (a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2)
    }
}
