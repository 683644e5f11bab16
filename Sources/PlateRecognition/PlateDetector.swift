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
    /// Pixels of it left of and above the picture in a pyramid level.
    private static let border = 16
    /// Plate widths believed in the network's input, pixels.
    private static let believed = 14.0...230.0
    /// A level that would enlarge the picture by more is left out (the smallest level never is).
    private static let mostEnlarged = 1.1
    /// How far from the crop's centre the refined peak may lie, pixels.
    private static let reach = (x: 28.0, y: 20.0)
    /// How much wider a plate may come out of its second look; what changes more was something else.
    private static let growth = 0.4...2.5
    /// Least width in pixels of the picture: what is narrower cannot be read by anyone.
    private static let narrowest = 12.0
    /// Heat from which a peak in the second look is considered at all.
    private static let refineFloor = 0.02

    let description: DetectorDescription
    private let network: any Network

    init(_ network: any Network, _ description: DetectorDescription, file: String) throws(RecognitionError) {
        guard network.inputs.contains("image"), Set(network.outputs).isSuperset(of: ["heat", "corners"]) else {
            throw RecognitionError(
                .model,
                "\(file): a detector has the input 'image' and the outputs 'heat' and 'corners', this has "
                    + "\(network.inputs.joined(separator: ", ")) and \(network.outputs.joined(separator: ", "))"
            )
        }
        self.network = network
        self.description = description
    }

    /// - Parameters:
    ///   - pyramid: long sides in pixels at which the picture is searched.
    ///   - most: candidates that get a second look.
    /// - Returns: best first.
    func detect(_ picture: Mipmap, pyramid: [Int], most: Int) throws(RecognitionError) -> [Detection] {
        let proposals = PlateDetector.suppressed(try propose(picture, pyramid: pyramid)).prefix(most)
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
        for candidate in candidates {
            guard let better = try refine(picture, candidate), better.score >= threshold else { continue }
            let growth = better.quad.width / max(candidate.width, 1e-3)
            let isBelieved = PlateDetector.growth.contains(growth) && better.quad.width >= PlateDetector.narrowest
            if isBelieved { refined.append(better) }
        }
        return PlateDetector.suppressed(refined)
    }

    /// Candidates of all pyramid levels, in pixels of the picture.
    private func propose(_ picture: Mipmap, pyramid: [Int]) throws(RecognitionError) -> [Detection] {
        let (fullWidth, fullHeight) = (picture.image.width, picture.image.height)
        let border = PlateDetector.border
        let levels = pyramid.sorted(by: >)
        var found: [Detection] = []
        for level in levels {
            let scale = Double(level) / Double(max(fullWidth, fullHeight))
            if scale > PlateDetector.mostEnlarged, level != levels.last { continue }
            let width = max(1, Int((Double(fullWidth) * scale).rounded()))
            let height = max(1, Int((Double(fullHeight) * scale).rounded()))
            let (paddedWidth, paddedHeight) = (
                (width + 2 * border + 31) / 32 * 32, (height + 2 * border + 31) / 32 * 32
            )
            let scaleX = Double(width) / Double(fullWidth)
            let scaleY = Double(height) / Double(fullHeight)
            var input = Tensor(
                shape: [1, 1, paddedHeight, paddedWidth],
                values: [Float](repeating: PlateDetector.outside, count: paddedWidth * paddedHeight)
            )
            input.values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                picture.sample(
                    originX: 0,
                    originY: 0,
                    scaleX: scaleX,
                    scaleY: scaleY,
                    width: width,
                    height: height,
                    into: base + border * paddedWidth + border,
                    rowLength: paddedWidth,
                    outside: PlateDetector.outside
                )
            }
            for peak in try peaks(input, threshold: description.proposalThreshold) {
                let quad = peak.quad.mapped {
                    PixelPoint(x: ($0.x - Double(border)) / scaleX, y: ($0.y - Double(border)) / scaleY)
                }
                found.append(Detection(score: peak.score, quad: quad))
            }
        }
        return found
    }

    /// The plate again, from a crop in which it has the size that the network knows best; nil if it is none.
    private func refine(_ picture: Mipmap, _ quad: Quad) throws(RecognitionError) -> Detection? {
        let (width, height) = (description.refine.width, description.refine.height)
        let scale = description.refine.plateWidth / max(quad.width, 1e-3)
        let (middleX, middleY) = (Double(width) / 2, Double(height) / 2)
        let centre = quad.centre
        let (originX, originY) = (centre.x - middleX / scale, centre.y - middleY / scale)
        var input = Tensor(shape: [1, 1, height, width], values: [Float](repeating: 0, count: width * height))
        input.values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            picture.sample(
                originX: originX,
                originY: originY,
                scaleX: scale,
                scaleY: scale,
                width: width,
                height: height,
                into: base,
                rowLength: width,
                outside: PlateDetector.outside
            )
        }
        let near = try peaks(input, threshold: PlateDetector.refineFloor).filter { peak in
            let centre = peak.quad.centre
            return abs(centre.x - middleX) <= PlateDetector.reach.x && abs(centre.y - middleY) <= PlateDetector.reach.y
        }
        guard let best = near.max(by: { $0.score < $1.score }) else { return nil }
        let again = best.quad.mapped { PixelPoint(x: $0.x / scale + originX, y: $0.y / scale + originY) }
        return Detection(score: best.score, quad: again)
    }

    /// Cells above the threshold that no neighbour exceeds, with their quads in input pixels.
    private func peaks(_ input: Tensor, threshold: Double) throws(RecognitionError) -> [Detection] {
        let answer: [String: Tensor]
        do throws(InferenceError) {
            answer = try network.run(input, as: "image")
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        let rows = input.shape[2] / description.stride
        let columns = input.shape[3] / description.stride
        guard let heat = answer["heat"], let corners = answer["corners"], heat.shape == [1, 1, rows, columns],
            corners.shape == [1, 8, rows, columns]
        else {
            throw RecognitionError(
                .model,
                "the detector's outputs for the input \(input.shape) do not have a stride of \(description.stride)"
            )
        }
        var found: [Detection] = []
        let floor = Float(threshold)
        for row in 0..<rows {
            for column in 0..<columns {
                let value = heat.values[row * columns + column]
                guard value >= floor, isHighest(value, heat.values, row, column, rows, columns) else { continue }
                let quad = self.quad(corners.values, row, column, rows, columns)
                if PlateDetector.believed.contains(quad.width) {
                    found.append(Detection(score: Double(value), quad: quad))
                }
            }
        }
        return found
    }

    private func isHighest(_ value: Float, _ heat: [Float], _ row: Int, _ column: Int, _ rows: Int, _ columns: Int)
        -> Bool
    {
        for y in max(0, row - 1)...min(rows - 1, row + 1) {
            for x in max(0, column - 1)...min(columns - 1, column + 1) where heat[y * columns + x] > value {
                return false
            }
        }
        return true
    }

    /// The offsets at a cell, added to its centre.
    private func quad(_ corners: [Float], _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Quad {
        let plane = rows * columns
        let cell = row * columns + column
        let centreX = (Double(column) + 0.5) * Double(description.stride)
        let centreY = (Double(row) + 0.5) * Double(description.stride)
        return Quad(
            (0..<4).map { corner in
                PixelPoint(
                    x: centreX + Double(corners[(corner * 2) * plane + cell]),
                    y: centreY + Double(corners[(corner * 2 + 1) * plane + cell])
                )
            }
        )
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
