// The pictures of one camera, one after the other, become passes: search now and then, follow in between.
package import Imaging

/// Recognition and tracking of one camera or video. The whole picture is searched every `searchSeconds`; in the frames
/// between only the plates that are already being followed are looked at again, and nothing is while nothing moves.
package struct PassReader {
    /// A car that passes at 40 km/h is in view for half a second and more: it is searched for at least four times.
    package static let searchSeconds = 0.12
    /// Seconds by which time may step back (frames out of order) before it counts as a clock that was set anew.
    private static let disorderSeconds = 0.5

    /// Frames that are the best one of a pass that is still going on: their pictures must be kept.
    package var heldFrames: Set<Int> { tracker.heldFrames }

    private let recogniser: PlateRecogniser
    private var tracker: PlateTracker
    private var searched: Double?
    private var searches = 0
    /// Whether anything has changed, and what was seen when it was searched last.
    private var still = StillWatch()
    private var seen: [PlateObservation] = []
    private var last: (seconds: Double, width: Int, height: Int)?

    package init(recogniser: PlateRecogniser, settings: PlateTracker.Settings = PlateTracker.Settings()) {
        self.recogniser = recogniser
        tracker = PlateTracker(settings: settings, calibration: recogniser.passCalibration)
    }

    /// Takes the next picture. It may have another size than the one before.
    /// - Parameters:
    ///   - seconds: media time. A small step back, or what is no number, counts as no step; after a large step back all
    ///     passes are over and others begin.
    ///   - frame: the caller's number of the picture.
    /// - Returns: passes to be told now, and corrections of passes told before.
    /// - Throws: `RecognitionError`.
    package mutating func take(
        _ grey: GreyImage,
        at seconds: Double,
        frame: Int
    ) throws(RecognitionError) -> [TrackedPlate] {
        var output: [TrackedPlate] = []
        var now = seconds.isFinite ? seconds : last?.seconds ?? 0
        if let last {
            if now < last.seconds - PassReader.disorderSeconds {
                output = tracker.restart()
                searched = nil
            } else {
                now = max(now, last.seconds)
            }
            if grey.width != last.width || grey.height != last.height {
                tracker.rescale(
                    x: Double(grey.width) / Double(last.width),
                    y: Double(grey.height) / Double(last.height)
                )
                searched = nil
            }
        }
        last = (now, grey.width, grey.height)
        let observations: [PlateObservation]
        if still.knows(grey, at: now) {
            observations = seen
        } else if let searched, now - searched < PassReader.searchSeconds - 1e-3 {
            observations = try recogniser.read(grey, near: tracker.expectedOutlines(at: now))
        } else {
            searched = now
            observations = try recogniser.read(grey, effort: .turn(searches))
            searches += 1
            still.searched(at: now)
            seen = observations
        }
        return output + tracker.update(observations, at: now, frame: frame)
    }

    /// The end of the recording: all passes are over.
    package mutating func finish() -> [TrackedPlate] { tracker.finish() }
}
