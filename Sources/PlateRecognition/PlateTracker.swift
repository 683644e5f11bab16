// One car, one read: the frames in which a plate is seen are joined to one pass, which is told once, in time.
package import ParkingCore

/// One pass of one car before one camera.
package struct TrackedPlate: Sendable {
    /// Number of the pass, from 1. A correction has the number of what it corrects.
    package let pass: Int
    /// Takes the place of what was told of this pass before: then it was unsure, or later frames spoke against it.
    package let isCorrection: Bool
    /// Text, probabilities and confidence of the frames so far; box and corners of the best of them.
    package let reading: PlateReading
    /// Index and time in seconds of the best frame: sharpest, largest, squarest, surest.
    package let bestFrame: Int
    package let bestSeconds: Double
    package let firstSeconds: Double
    package let lastSeconds: Double
    /// The last frame that added anything, and the frame at which the pass is told.
    package let usefulSeconds: Double
    package let toldSeconds: Double
    /// How many frames were fused, and of what the confidence is made where they are several.
    package let frames: Int
    package let evidence: PassEvidence?
}

/// Joins the plates of successive frames of one camera. A pure value: the same observations give the same passes.
///
/// A pass is told `tellSeconds` after its last useful frame. A frame is useful when it changes the text, takes away a
/// quarter of the doubt or gives a picture better by a quarter; while the read is unsure, also every frame that is half
/// as good as the best. A plate that has left, is cut by the edge, grows smaller or shows the same once more adds
/// nothing. The frames after that still belong to the pass, so that no second read comes of it; one correction may.
package struct PlateTracker: Sendable {
    package struct Settings: Sendable {
        /// Seconds from the last useful frame until the pass is told.
        package var tellSeconds = 0.18
        /// Seconds for which frames of an unsure plate may follow each other without changing anything.
        package var patienceSeconds = 1.5
        /// Seconds without being seen after which a pass is over.
        package var goneSeconds = 1.0
        /// Seconds for which the same text, just told, is not told again: a plate that flickers is one pass.
        package var repeatSeconds = 8.0
        /// Confidence from which a read is sure: more frames are not waited for, and a text that is one character off a
        /// text just told is another car.
        package var sureConfidence = PlateReading.sureConfidence
        /// Confidence from which one frame alone is enough.
        package var soleFrameConfidence = 0.97
        /// Characters from which that holds: one or two in a single frame are nearly always a wheel, a lamp or a sign.
        package var soleFrameCharacters = 4
        /// Frames that a shorter text must be seen in, and how sure it must be.
        package var shortTextFrames = 6
        package var shortTextConfidence = 0.9
        /// Texts of fewer characters are told only where they are sure to `shortTextConfidence`: of 29 passes read as
        /// four characters and less surely, 27 were wrong, most of them plates half hidden (Training/reader/errors.py).
        package var leastCharacters = 5
        /// Confidence below which a pass is not told at all: most such are no plate, or a wrong text.
        package var minimumConfidence = 0.3
        /// Pixels of the plate's width in the best frame. The networks are made for plates from 40 pixels; a smaller one
        /// shows the same wrong text in frame after frame, so that many frames prove nothing.
        package var minimumWidth = 40.0
        /// Passes followed at once; beyond it those that were not seen for longest are over.
        package var mostPasses = 64
        package init() {}
    }

    /// A pass that was told, remembered for `repeatSeconds` after it was last seen.
    private struct Told {
        let pass: Int
        var reading: PlateReading
        var seconds: Double
        var isCorrected = false
    }

    private let settings: Settings
    private let calibration: PassCalibration?
    private var tracks: [PlateTrack] = []
    private var told: [Told] = []
    private var passes = 0
    private var latest = -Double.infinity
    /// Seconds between the last two frames.
    private var interval = 0.0

    /// - Parameter calibration: of passes of several frames; nil: `PassEvidence.uncalibrated`.
    package init(settings: Settings = Settings(), calibration: PassCalibration? = nil) {
        self.settings = settings
        self.calibration = calibration
    }

    /// Frames that are the best one of a pass that is still going on: their pictures must be kept.
    package var heldFrames: Set<Int> { Set(tracks.map(\.best.frame)) }

    /// Where the plates of the passes that are going on should be by now: four corners each.
    package func expectedOutlines(at seconds: Double) -> [[PixelPoint]] {
        tracks.map { $0.expectedCorners(at: seconds) }
    }

    /// From now on pictures have another size: what is known of places is brought to it.
    package mutating func rescale(x: Double, y: Double) {
        for index in tracks.indices { tracks[index].rescale(x: x, y: y) }
    }

    /// Takes one frame's plates (none is worth telling too).
    /// - Parameters:
    ///   - seconds: media time; a time before the last frame's counts as that frame's.
    ///   - frame: the caller's number of the frame.
    /// - Returns: passes to be told now, and corrections of passes told before.
    package mutating func update(
        _ observations: [PlateObservation],
        at seconds: Double,
        frame: Int
    ) -> [TrackedPlate] {
        let seconds = max(seconds, latest)
        interval = latest.isFinite ? seconds - latest : 0
        latest = seconds
        var output = tell(takeOver())
        let free = assign(observations, at: seconds, frame: frame)
        for index in free {
            passes += 1
            tracks.append(PlateTrack(passes, observations[index], at: seconds, frame: frame, with: calibration))
        }
        output += tell(takeSurplus())
        for index in tracks.indices where isDue(tracks[index]) {
            var track = tracks[index]
            if let pass = tell(&track) { output.append(pass) }
            tracks[index] = track
        }
        forget()
        return output
    }

    /// The clock was set back: all passes are over, and what was told before is of another time. Numbers go on.
    package mutating func restart() -> [TrackedPlate] {
        defer {
            told = []
            latest = -.infinity
        }
        return finish()
    }

    /// The end of the recording: all passes are over.
    package mutating func finish() -> [TrackedPlate] {
        defer { tracks = [] }
        return tell(tracks)
    }

    /// Gives each observation to the pass that it continues best.
    /// - Returns: the observations that continue none.
    private mutating func assign(_ observations: [PlateObservation], at seconds: Double, frame: Int) -> [Int] {
        var free = Set(observations.indices)
        var waiting = Set(tracks.indices)
        let pairs = tracks.indices.flatMap { track in
            observations.indices.compactMap { observation -> (track: Int, observation: Int, score: Double)? in
                let score = tracks[track].score(observations[observation], at: seconds)
                return score > 0 ? (track, observation, score) : nil
            }
        }
        let ranked = pairs.sorted {
            ($1.score, $0.track, $0.observation) < ($0.score, $1.track, $1.observation)
        }
        for pair in ranked where free.contains(pair.observation) && waiting.contains(pair.track) {
            free.remove(pair.observation)
            waiting.remove(pair.track)
            tracks[pair.track].add(
                observations[pair.observation],
                at: seconds,
                frame: frame,
                settings
            )
        }
        for index in waiting { tracks[index].missed() }
        return free.sorted()
    }

    /// Takes out the passes that ended before this instant. With frames far apart a pass goes on until a frame lacks
    /// its plate, or so long that it would be told again; with a clock that stands still, for a hundred frames.
    private mutating func takeOver() -> [PlateTrack] {
        func isOver(_ track: PlateTrack) -> Bool {
            let unseen = latest - track.lastSeconds
            return unseen > settings.repeatSeconds || (unseen > settings.goneSeconds && track.misses > 0)
                || track.misses > 100
        }
        defer { tracks.removeAll(where: isOver) }
        return tracks.filter(isOver)
    }

    private mutating func takeSurplus() -> [PlateTrack] {
        guard tracks.count > settings.mostPasses else { return [] }
        let order = tracks.indices.sorted { (tracks[$0].lastSeconds, $0) < (tracks[$1].lastSeconds, $1) }
        let surplus = Set(order.prefix(tracks.count - settings.mostPasses))
        defer { tracks = tracks.indices.filter { !surplus.contains($0) }.map { tracks[$0] } }
        return surplus.sorted().map { tracks[$0] }
    }

    /// Told texts last as long as their pass does, and a while longer.
    private mutating func forget() {
        let seen = Dictionary(tracks.map { ($0.pass, $0.lastSeconds) }, uniquingKeysWith: max)
        for index in told.indices {
            if let last = seen[told[index].pass] { told[index].seconds = max(told[index].seconds, last) }
        }
        told.removeAll { latest - $0.seconds > settings.repeatSeconds }
        told.removeFirst(max(0, told.count - 4 * settings.mostPasses))
    }
}

// MARK: Telling

extension PlateTracker {
    /// Whether waiting for one more frame would make it too late.
    private func isDue(_ track: PlateTrack) -> Bool {
        guard track.usefulSeconds > track.answeredSeconds else { return false }
        let since = latest - track.usefulSeconds
        let isSettled = since > 0 && since + interval > settings.tellSeconds + 1e-6
        return isSettled || latest - track.changedSeconds > settings.patienceSeconds
    }

    private mutating func tell(_ over: [PlateTrack]) -> [TrackedPlate] {
        over.compactMap { track in
            var track = track
            return tell(&track)
        }
    }

    /// nil: there is nothing to tell, or nothing new.
    private mutating func tell(_ track: inout PlateTrack) -> TrackedPlate? {
        track.answered(at: latest)
        guard let pass = track.result(at: latest), pass.reading.confidence >= settings.minimumConfidence,
            isSeenEnough(pass), track.bestWidth >= settings.minimumWidth
        else { return nil }
        let known =
            told.firstIndex { $0.pass == track.pass } ?? told.firstIndex { isAgain(pass.reading, of: $0.reading.plate) }
        guard let known else {
            told.append(Told(pass: track.pass, reading: pass.reading, seconds: track.lastSeconds))
            return pass
        }
        track.pass = told[known].pass
        told[known].seconds = max(told[known].seconds, track.lastSeconds)
        guard !told[known].isCorrected, corrects(pass.reading, told[known].reading) else { return nil }
        told[known].isCorrected = true
        told[known].reading = pass.reading
        return track.result(at: latest, isCorrection: true)
    }

    /// Doubt has become certainty, or a sure text another, surer one.
    private func corrects(_ new: PlateReading, _ old: PlateReading) -> Bool {
        guard new.confidence >= settings.sureConfidence else { return false }
        return old.confidence < settings.sureConfidence
            || (old.plate != new.plate && new.confidence > old.confidence)
    }

    private func isAgain(_ reading: PlateReading, of plate: Plate) -> Bool {
        if reading.plate == plate { return true }
        return reading.confidence < settings.sureConfidence && reading.plate.isOneChange(from: plate)
    }

    private func isSeenEnough(_ pass: TrackedPlate) -> Bool {
        let characters = pass.reading.plate.text.utf8.count
        if characters < settings.leastCharacters, pass.reading.confidence < settings.shortTextConfidence {
            return false
        }
        if characters < settings.soleFrameCharacters {
            return pass.frames >= settings.shortTextFrames && pass.reading.confidence >= settings.shortTextConfidence
        }
        return pass.frames > 1 || pass.reading.confidence >= settings.soleFrameConfidence
    }
}
