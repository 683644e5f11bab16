// Where the plates are: a search of the picture proposes, a second look at each candidate's best scale decides.
internal import Imaging
internal import Inference
internal import ParkingCore

/// A plate's outline and the network's belief in it (0 to 1).
struct Detection: Sendable {
    let score: Double
    let quad: Quad
}

/// Finds plates from about 20 pixels wide to filling the picture: the scout (or the detector, at ten times the work)
/// searches, the detector looks closely at what is proposed and decides. The same steps as Training/detector/detect.py.
struct PlateDetector: Sendable {
    /// Plate widths believed in the network's input, pixels.
    private static let believed = 14.0...230.0
    private static let scouted = 8.0...185.0
    /// How far from the crop's centre the refined peak may lie, pixels.
    private static let reach = (x: 28.0, y: 20.0)
    /// How much wider a plate may come out of its second look; what changes more was something else.
    private static let growth = 0.4...2.5
    /// Least width in pixels of the picture: what is narrower cannot be read by anyone.
    private static let narrowest = 12.0
    /// Heat from which a peak in the second look is considered at all.
    private static let refineFloor = 0.02
    /// Second looks in one run of the network. Few different counts, because the network is prepared for each anew.
    private static let batches = [8, 4, 2, 1]

    let description: DetectorDescription
    private let scoutThreshold: Double
    private let levels: SearchLevels
    private let finder: PlateFinder
    private let scout: PlateFinder
    private let meter: StageMeter?

    /// - Throws: `RecognitionError` (`model`) when a network is not of its kind.
    init(
        _ detector: LoadedNetwork<DetectorDescription>,
        scout: LoadedNetwork<ScoutDescription>,
        meter: StageMeter? = nil
    ) throws(RecognitionError) {
        description = detector.description
        scoutThreshold = scout.description.proposalThreshold
        levels = SearchLevels(
            pyramid: detector.description.pyramid,
            frame: scout.description.frame,
            turn: scout.description.turn
        )
        finder = try PlateFinder(
            detector.network,
            stride: detector.description.stride,
            widths: PlateDetector.believed,
            kind: "a detector",
            file: detector.file,
            meter: meter
        )
        self.scout = try PlateFinder(
            scout.network,
            stride: scout.description.stride,
            widths: PlateDetector.scouted,
            kind: "a scout",
            file: scout.file,
            meter: meter
        )
        self.meter = meter
    }

    /// - Parameters:
    ///   - search: at which scales, and where.
    ///   - most: candidates that get a second look.
    ///   - recurs: whether pictures of this size come again and again, as a camera's do.
    /// - Returns: best first.
    func detect(
        _ picture: Mipmap,
        _ search: PlateSearch,
        most: Int,
        recurs: Bool
    ) throws(RecognitionError) -> [Detection] {
        let (searcher, proposalThreshold) =
            search == .everywhere ? (finder, description.proposalThreshold) : (scout, scoutThreshold)
        // In 8 bits the scout's heat differs by up to .003 between the two ways.
        let compiling: ShapeCompiling = search == .everywhere ? .whenItPays : recurs ? .atOnce : .never
        var found: [Detection] = []
        for view in search.views(width: picture.image.width, height: picture.image.height, levels) {
            found += try meter.measure(.searching) { () throws(RecognitionError) in
                try searcher.look(at: [view], of: picture, threshold: proposalThreshold, compiling: compiling)[0]
            }
        }
        let proposals = PlateDetector.suppressed(found).prefix(most)
        return try detect(picture, near: proposals.map(\.quad), threshold: description.threshold)
    }

    /// Only the second look, at places where plates are expected.
    /// - Returns: best first.
    func detect(
        _ picture: Mipmap,
        near candidates: [Quad],
        threshold: Double
    ) throws(RecognitionError) -> [Detection] {
        var refined: [Detection] = []
        var rest = candidates[...]
        while let count = PlateDetector.batches.first(where: { $0 <= rest.count }) {
            let some = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            for (candidate, better) in zip(some, try refine(picture, some)) {
                guard let better, better.score >= threshold else { continue }
                let growth = better.quad.width / max(candidate.width, 1e-3)
                let isBelieved = PlateDetector.growth.contains(growth) && better.quad.width >= PlateDetector.narrowest
                if isBelieved { refined.append(better) }
            }
        }
        return PlateDetector.suppressed(refined)
    }

    /// Each plate again, from a crop in which it has the size that the network knows best; nil if it is none.
    private func refine(_ picture: Mipmap, _ quads: [Quad]) throws(RecognitionError) -> [Detection?] {
        let (width, height) = (description.refine.width, description.refine.height)
        let (middleX, middleY) = (Double(width) / 2, Double(height) / 2)
        let views = quads.map { quad in
            let scale = description.refine.plateWidth / max(quad.width, 1e-3)
            let centre = quad.centre
            return PlateView(
                originX: centre.x - middleX / scale,
                originY: centre.y - middleY / scale,
                scaleX: scale,
                scaleY: scale,
                width: width,
                height: height
            )
        }
        let found = try meter.measure(.refining) { () throws(RecognitionError) in
            try finder.look(at: views, of: picture, threshold: PlateDetector.refineFloor)
        }
        return zip(views, found).map { view, peaks in
            let near = peaks.filter { peak in
                let centre = view.place(peak.quad.centre)
                return abs(centre.x - middleX) <= PlateDetector.reach.x
                    && abs(centre.y - middleY) <= PlateDetector.reach.y
            }
            return near.max { $0.score < $1.score }
        }
    }

    /// Best first; what overlaps a better one (a third of the union or two thirds of the smaller) is dropped.
    static func suppressed(_ found: [Detection]) -> [Detection] {
        joined([], found.sorted { $0.score > $1.score })
    }

    /// All of the first, and those of the others, in their order, that overlap none taken before.
    static func joined(_ first: [Detection], _ others: [Detection]) -> [Detection] {
        others.reduce(into: first) { kept, candidate in
            let isCovered = kept.contains { better in
                let overlap = candidate.quad.overlap(better.quad)
                return overlap.union >= 0.33 || overlap.smaller >= 0.66
            }
            if !isCovered { kept.append(candidate) }
        }
    }
}
