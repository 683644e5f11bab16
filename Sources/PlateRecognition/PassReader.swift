// The pictures of one camera, one after the other, become passes: search now and then, follow in between.
package import Imaging

/// Recognition and tracking of one camera or video. The whole picture is searched every `searchSeconds`; in the frames
/// between only the plates that are already being followed are looked at again, and nothing is while nothing moves.
package struct PassReader {
    /// A car that passes at 40 km/h is in view for half a second and more: it is searched for at least four times.
    package static let searchSeconds = 0.12

    /// Frames that are the best one of a pass that is still going on: their pictures must be kept.
    package var heldFrames: Set<Int> { tracker.heldFrames }

    private let recogniser: PlateRecogniser
    private var tracker: PlateTracker
    private var searched: Double?
    private var searches = 0
    /// Whether anything has changed, and what was seen when it was searched last.
    private var still = StillWatch()
    private var seen: [PlateObservation] = []

    package init(recogniser: PlateRecogniser, settings: PlateTracker.Settings = PlateTracker.Settings()) {
        self.recogniser = recogniser
        tracker = PlateTracker(settings: settings)
    }

    /// Takes the next picture.
    /// - Parameters:
    ///   - seconds: media time; must not run backwards.
    ///   - frame: the caller's number of the picture.
    /// - Returns: passes that are now over.
    /// - Throws: `RecognitionError`.
    package mutating func take(
        _ grey: GreyImage,
        at seconds: Double,
        frame: Int
    ) throws(RecognitionError) -> [TrackedPlate] {
        let observations: [PlateObservation]
        if still.knows(grey, at: seconds) {
            observations = seen
        } else if let searched, seconds - searched < PassReader.searchSeconds - 1e-3 {
            observations = try recogniser.read(grey, near: tracker.expectedOutlines(at: seconds))
        } else {
            searched = seconds
            observations = try recogniser.read(grey, effort: .turn(searches))
            searches += 1
            still.searched(at: seconds)
            seen = observations
        }
        return tracker.update(observations, at: seconds, frame: frame)
    }

    /// The end of the recording: all passes are over.
    package mutating func finish() -> [TrackedPlate] { tracker.finish() }
}
