// Where the plates are: an image pyramid proposes, a second look at each candidate's best scale decides.
internal import Imaging
internal import Inference
internal import ParkingCore

/// A plate's outline and the network's belief in it (0 to 1).
struct Detection: Sendable {
    let score: Double
    let quad: Quad
}

/// Finds plates from about 20 pixels wide to filling the picture. The same steps as Training/detector/detect.py.
struct PlateDetector: Sendable {
    /// Grey beyond the picture.
    private static let outside: Float = 114
    /// Plate widths believed in the network's input, pixels.
    private static let believed = 14.0...230.0
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
    private let network: any Network
    private let meter: StageMeter?

    init(
        _ network: any Network,
        _ description: DetectorDescription,
        file: String,
        meter: StageMeter? = nil
    ) throws(RecognitionError) {
        try network.require("image", ["heat", "corners"], of: "a detector", file: file)
        self.network = network
        self.description = description
        self.meter = meter
    }

    /// - Parameters:
    ///   - search: at which scales, and where.
    ///   - most: candidates that get a second look.
    /// - Returns: best first.
    func detect(_ picture: Mipmap, _ search: PlateSearch, most: Int) throws(RecognitionError) -> [Detection] {
        var found: [Detection] = []
        for view in search.views(width: picture.image.width, height: picture.image.height, description.pyramid) {
            found += try meter.measure(.searching) { () throws(RecognitionError) in
                try look(at: [view], of: picture, threshold: description.proposalThreshold)[0]
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
            try look(at: views, of: picture, threshold: PlateDetector.refineFloor)
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

    /// One run of the network on parts of the picture that have the same size.
    /// - Returns: for each view the peaks in it, in pixels of the picture.
    private func look(
        at views: [PlateView],
        of picture: Mipmap,
        threshold: Double
    ) throws(RecognitionError) -> [[Detection]] {
        guard let first = views.first else { return [] }
        let (rows, columns) = (first.height / description.stride, first.width / description.stride)
        let found: [[Detection]]?
        do throws(InferenceError) {
            found = try network.run("image", shape: [views.count, 1, first.height, first.width]) { buffer in
                meter.measure(.sampling) { sample(views, of: picture, into: buffer) }
            } use: { outputs in
                guard let heat = outputs.first(where: { $0.name == "heat" }),
                    let corners = outputs.first(where: { $0.name == "corners" }),
                    heat.shape == [views.count, 1, rows, columns], corners.shape == [views.count, 8, rows, columns]
                else { return nil }
                let map = HeatMap(heat.values, corners.values, rows, columns, stride: description.stride)
                return meter.measure(.outlining) {
                    views.enumerated().map { index, view in
                        map.peaks(of: index, threshold: threshold, widths: PlateDetector.believed).map {
                            Detection(score: $0.score, quad: $0.quad.mapped(view.picturePoint))
                        }
                    }
                }
            }
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        guard let found else {
            throw RecognitionError(
                .model,
                "the detector's outputs for an input of \(first.width) x \(first.height) pixels do not have a stride of "
                    + "\(description.stride)"
            )
        }
        return found
    }

    /// The views, one after the other.
    private func sample(_ views: [PlateView], of picture: Mipmap, into buffer: UnsafeMutableBufferPointer<Float>) {
        guard let base = buffer.baseAddress else { return }
        for (index, view) in views.enumerated() {
            picture.sample(
                originX: view.originX,
                originY: view.originY,
                scaleX: view.scaleX,
                scaleY: view.scaleY,
                width: view.width,
                height: view.height,
                into: base + index * view.width * view.height,
                rowLength: view.width,
                outside: PlateDetector.outside
            )
        }
    }

    /// Best first; what overlaps a better one (a third of the union or two thirds of the smaller) is dropped.
    static func suppressed(_ found: [Detection]) -> [Detection] {
        var kept: [Detection] = []
        for candidate in found.sorted(by: { $0.score > $1.score }) {
            let covered = kept.contains { better in
                let overlap = candidate.quad.overlap(better.quad)
                return overlap.union >= 0.33 || overlap.smaller >= 0.66
            }
            if !covered { kept.append(candidate) }
        }
        return kept
    }
}
