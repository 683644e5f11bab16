// One car, one read: the frames in which a plate is seen are joined to one pass, and its readings to one.
package import ParkingCore

/// One pass of one car before one camera.
package struct TrackedPlate: Sendable {
    /// Text, probabilities and confidence of all frames together; box and corners of the best frame.
    package let reading: PlateReading
    /// Index and time in seconds of the best frame: sharpest, largest, surest.
    package let bestFrame: Int
    package let bestSeconds: Double
    package let firstSeconds: Double
    package let lastSeconds: Double
    /// How many frames were fused.
    package let frames: Int
}

/// Joins the plates of successive frames of one camera. A pure value: the same observations give the same passes.
package struct PlateTracker: Sendable {
    package struct Settings: Sendable {
        /// Seconds without being seen after which a pass is over.
        package var goneSeconds = 1.0
        /// Seconds for which the same text, just told, is not told again: a plate that flickers is one pass.
        package var repeatSeconds = 8.0
        /// Confidence below which a text that is one character off a text just told is taken for the same car.
        package var ownCarConfidence = 0.9
        /// Confidence from which one frame alone is enough.
        package var soleFrameConfidence = 0.97
        /// Characters from which that holds: one or two in a single frame are nearly always a wheel, a lamp or a sign.
        package var soleFrameCharacters = 4
        /// Frames that a shorter text must be seen in, and how sure it must be.
        package var shortTextFrames = 6
        package var shortTextConfidence = 0.9
        /// Confidence below which a pass is not told at all.
        package var minimumConfidence = 0.2
        package init() {}
    }

    private let settings: Settings
    private var tracks: [Track] = []
    private var told: [(plate: Plate, seconds: Double)] = []

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Frames that are the best one of a pass that is still going on: their pictures must be kept.
    package var heldFrames: Set<Int> { Set(tracks.compactMap { $0.best?.frame }) }

    /// Where the plates of the passes that are going on should be by now: four corners each.
    package func expectedOutlines(at seconds: Double) -> [[PixelPoint]] {
        tracks.map { $0.expectedCorners(at: seconds) }
    }

    /// Takes one frame's plates (none is worth telling too).
    /// - Parameters:
    ///   - seconds: media time; must not run backwards.
    ///   - frame: the caller's number of the frame.
    /// - Returns: passes that are now over.
    package mutating func update(
        _ observations: [PlateObservation],
        at seconds: Double,
        frame: Int
    ) -> [TrackedPlate] {
        let over = expire(at: seconds)
        var free = Set(observations.indices)
        var waiting = Set(tracks.indices)
        let pairs = tracks.indices.flatMap { track in
            observations.indices.compactMap { observation -> (track: Int, observation: Int, score: Double)? in
                let score = tracks[track].score(observations[observation], at: seconds)
                return score > 0 ? (track, observation, score) : nil
            }
        }
        for pair in pairs.sorted(by: { $0.score > $1.score })
        where free.contains(pair.observation) && waiting.contains(pair.track) {
            free.remove(pair.observation)
            waiting.remove(pair.track)
            tracks[pair.track].add(observations[pair.observation], at: seconds, frame: frame)
        }
        for index in waiting { tracks[index].missed() }
        for index in free.sorted() { tracks.append(Track(observations[index], at: seconds, frame: frame)) }
        return tell(over)
    }

    /// Takes out the passes that ended before this instant. With frames far apart a pass goes on until a frame lacks
    /// its plate, or so long that it would be told again.
    private mutating func expire(at seconds: Double) -> [Track] {
        func isOver(_ track: Track) -> Bool {
            let unseen = seconds - track.lastSeconds
            return unseen > settings.repeatSeconds || (unseen > settings.goneSeconds && track.misses > 0)
        }
        defer { tracks.removeAll(where: isOver) }
        return tracks.filter(isOver)
    }

    private func isAgain(_ reading: PlateReading, of plate: Plate) -> Bool {
        if reading.plate == plate { return true }
        return reading.confidence < settings.ownCarConfidence
            && PlateTracker.areOneChangeApart(Array(reading.plate.text.utf8), Array(plate.text.utf8))
    }

    /// Whether one character replaced, put in or left out makes one text the other.
    private static func areOneChangeApart(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let (short, long) = one.count <= other.count ? (one, other) : (other, one)
        guard long.count - short.count <= 1 else { return false }
        let same = zip(short, long).prefix { $0 == $1 }.count
        return short.dropFirst(same + (long.count == short.count ? 1 : 0)).elementsEqual(long.dropFirst(same + 1))
    }

    /// The end of the recording: all passes are over.
    package mutating func finish() -> [TrackedPlate] {
        defer { tracks = [] }
        return tell(tracks)
    }

    private mutating func tell(_ over: [Track]) -> [TrackedPlate] {
        var passes: [TrackedPlate] = []
        for track in over {
            guard let pass = track.result(), pass.reading.confidence >= settings.minimumConfidence,
                isSeenEnough(pass)
            else { continue }
            told.removeAll { pass.firstSeconds - $0.seconds > settings.repeatSeconds }
            let again = told.firstIndex { isAgain(pass.reading, of: $0.plate) }
            if let again {
                told[again].seconds = pass.lastSeconds
            } else {
                told.append((pass.reading.plate, pass.lastSeconds))
                passes.append(pass)
            }
        }
        return passes
    }
}

extension PlateTracker {
    private func isSeenEnough(_ pass: TrackedPlate) -> Bool {
        if pass.reading.plate.text.utf8.count < settings.soleFrameCharacters {
            return pass.frames >= settings.shortTextFrames && pass.reading.confidence >= settings.shortTextConfidence
        }
        return pass.frames > 1 || pass.reading.confidence >= settings.soleFrameConfidence
    }
}

/// A pass that is going on.
private struct Track: Sendable {
    struct Best: Sendable {
        let reading: PlateReading
        let frame: Int
        let seconds: Double
        let quality: Double
    }

    private(set) var best: Best?
    private(set) var lastSeconds: Double
    private let firstSeconds: Double
    private var box: PixelBox
    private var corners: [PixelPoint]
    /// Pixels a second, smoothed.
    private var velocity = (x: 0.0, y: 0.0)
    private var fusion = TextFusion()
    private var frames = 0
    /// Updates without this plate since it was last seen.
    private(set) var misses = 0
    private var sole: PlateReading
    /// Highest confidence of a single frame by text, for the texts seen first.
    private var confidences: [Plate: Double] = [:]

    init(_ observation: PlateObservation, at seconds: Double, frame: Int) {
        firstSeconds = seconds
        lastSeconds = seconds
        box = observation.reading.box
        corners = observation.reading.corners
        sole = observation.reading
        add(observation, at: seconds, frame: frame)
    }

    mutating func add(_ observation: PlateObservation, at seconds: Double, frame: Int) {
        let reading = observation.reading
        let elapsed = seconds - lastSeconds
        if frames > 0, elapsed > 0 {
            let moved = Track.difference(reading.box, box)
            let share = frames == 1 ? 1 : 0.5
            velocity.x += (moved.x / elapsed - velocity.x) * share
            velocity.y += (moved.y / elapsed - velocity.y) * share
        }
        box = reading.box
        corners = reading.corners
        lastSeconds = seconds
        frames += 1
        misses = 0
        if confidences.count < 64 || confidences[reading.plate] != nil {
            let whole = observation.isCut ? reading.confidence / 2 : reading.confidence
            confidences[reading.plate] = max(confidences[reading.plate] ?? 0, whole)
        }
        // A plate at the picture's edge may lack characters: it counts for hardly anything.
        let wholeness = observation.isCut ? 0.02 : 1
        fusion.add(observation.slots, weight: max(0.05, reading.confidence) * wholeness)
        let size = (reading.box.width * reading.box.height).squareRoot()
        let quality = observation.sharpness * size * reading.confidence * wholeness
        if best.map({ quality > $0.quality }) ?? true {
            best = Best(reading: reading, frame: frame, seconds: seconds, quality: quality)
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
        let moved = Track.difference(next, expected)
        let distance = (moved.x * moved.x + moved.y * moved.y).squareRoot() / max(box.width, 1)
        let similarity = fusion.similarity(observation.slots)
        let sameText = similarity >= 0.7
        let isUnlike = similarity < 0.25 && observation.reading.confidence >= 0.5
        let samePlace = (distance < 0.5 && !isUnlike) || (distance < 1.5 && similarity >= 0.4)
        guard sameText || samePlace else { return 0 }
        return similarity + 1 / (1 + distance)
    }

    mutating func missed() { misses += 1 }

    func expectedCorners(at seconds: Double) -> [PixelPoint] {
        let elapsed = seconds - lastSeconds
        return corners.map { PixelPoint(x: $0.x + velocity.x * elapsed, y: $0.y + velocity.y * elapsed) }
    }

    func result() -> TrackedPlate? {
        guard let best else { return nil }
        let fused: PlateReading
        if frames == 1 {
            fused = sole
        } else {
            guard let sum = fusion.result(), let plate = try? Plate(sum.text) else { return nil }
            fused = PlateReading(
                plate: plate,
                confidence: min(sum.probability, mostConfidence(in: plate)),
                characters: sum.characters,
                alternates: sum.others,
                box: best.reading.box,
                corners: best.reading.corners
            )
        }
        return TrackedPlate(
            reading: fused,
            bestFrame: best.frame,
            bestSeconds: best.seconds,
            firstSeconds: firstSeconds,
            lastSeconds: lastSeconds,
            frames: frames
        )
    }

    /// Frames of one car share their errors, so that together they take away half of the surest one's doubt at
    /// most; a text that no single frame showed is never likelier than not.
    private func mostConfidence(in plate: Plate) -> Double {
        confidences[plate].map { 1 - (1 - $0) / 2 } ?? 0.5
    }

    /// From the middle of the second box to that of the first.
    private static func difference(_ a: PixelBox, _ b: PixelBox) -> (x: Double, y: Double) {
        (a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2)
    }
}
