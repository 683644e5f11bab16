// The colour of the vehicle around a plate, as a proposal: a small network of ours over the plate's surroundings.
internal import Imaging
internal import Inference
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// Proposes a vehicle's colour. The same steps as Training/colour/data.py.
struct ColourReader: Sendable {
    /// Pixels of the picture that are averaged for one cell, each way, at most.
    private static let mostSamples = 8
    /// Places, across and down, at which the light of the whole scene is measured.
    private static let scenePlaces = (x: 32, y: 24)
    /// Mean sum of the differences of red, green and blue from what the scene's one tint would make of them (0...765).
    /// Below it a picture is grey, or grey seen through a coloured filter or by one lamp's light: nothing is proposed.
    private static let leastColour = 2.0

    let description: ColourDescription
    private let network: any Network

    init(_ network: any Network, _ description: ColourDescription, file: String) throws(RecognitionError) {
        try network.require("surroundings", ["probabilities"], of: "a colour network", file: file)
        self.network = network
        self.description = description
    }

    /// - Returns: nil when no colour is sure enough, the picture is grey, or the plate has no area.
    func propose(_ picture: ColourImage, _ plate: Quad) throws(RecognitionError) -> ColourProposal? {
        guard let best = try probabilities(picture, plate)?.max(by: { $0.confidence < $1.confidence }),
            best.confidence >= description.proposeFrom
        else { return nil }
        return best
    }

    /// Each colour with its probability; what is missing to 1 is that nobody could tell.
    func probabilities(_ picture: ColourImage, _ plate: Quad) throws(RecognitionError) -> [ColourProposal]? {
        guard let planes = surroundings(picture, plate) else { return nil }
        let shape = [1, 7, description.inputHeight, description.inputWidth]
        let shares: [Float]
        do throws(InferenceError) {
            shares = try network.run("surroundings", shape: shape) { buffer in
                _ = buffer.update(fromContentsOf: planes)
            } use: { outputs in
                outputs.first { $0.name == "probabilities" }.map { Array($0.values) } ?? []
            }
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        guard shares.count == description.colours.count + 1 else {
            throw RecognitionError(
                .model,
                "the colour network does not answer with \(description.colours.count) colours and 'unknown', "
                    + "as its description says"
            )
        }
        return zip(description.colours, shares.dropFirst()).map {
            ColourProposal(colour: $0, confidence: Double(min(max($1, 0), 1)))
        }
    }

    /// What lies around the plate, in units of the square root of its area (some 0.22 m, North American or European
    /// plate alike), along the plate's own horizontal.
    /// - Returns: planes of 0...1, last dimension fastest: red, green, blue (each times how much of the cell lies in the
    ///   picture), how much that is, and the mean red, green and blue of the whole scene; nil when the plate has no area
    ///   or the picture no colour.
    func surroundings(_ picture: ColourImage, _ plate: Quad) -> [Float]? {
        let (columns, rows) = (description.inputWidth, description.inputHeight)
        let scene = Scene(picture, across: ColourReader.scenePlaces.x, down: ColourReader.scenePlaces.y)
        guard scene.colour >= ColourReader.leastColour, let window = Window(plate, description) else { return nil }
        let cells = columns * rows
        var values = [Float](repeating: 0, count: 7 * cells)
        let samples = min(max(Int(window.pixelsPerCell.rounded(.up)), 1), ColourReader.mostSamples)
        for row in 0..<rows {
            for column in 0..<columns {
                let mean = window.mean(picture, column: column, row: row, samples: samples)
                let cell = row * columns + column
                for channel in 0..<4 { values[channel * cells + cell] = mean[channel] }
            }
        }
        for channel in 0..<3 {
            let first = (4 + channel) * cells
            for cell in first..<(first + cells) { values[cell] = Float(scene.mean[channel] / 255) }
        }
        return values
    }
}

/// The light of a whole picture, by places spread evenly over it.
private struct Scene {
    /// Red, green, blue, 0...255.
    let mean: SIMD4<Double>
    /// How far the places differ from one tint, see `ColourReader.leastColour`.
    let colour: Double

    init(_ picture: ColourImage, across: Int, down: Int) {
        var places: [SIMD4<Double>] = []
        for y in 0..<down {
            for x in 0..<across {
                let row = (2 * y + 1) * picture.height / (2 * down)
                let column = (2 * x + 1) * picture.width / (2 * across)
                places.append(SIMD4(picture.colour(x: column, y: row)))
            }
        }
        let sum = places.reduce(.zero, +)
        let tint = sum / max(sum.sum(), 1)
        let differences = places.map { place in
            let difference = place - tint * place.sum()
            return difference.replacing(with: -difference, where: difference .< 0).sum()
        }
        mean = sum / Double(places.count)
        colour = differences.reduce(0, +) / Double(places.count)
    }
}

extension ColourImage {
    /// Red, green, blue and 0 of a pixel inside the picture.
    fileprivate func colour(x: Int, y: Int) -> SIMD4<Int32> {
        let pixel = (y * width + x) * 3
        return SIMD4(Int32(pixels[pixel]), Int32(pixels[pixel + 1]), Int32(pixels[pixel + 2]), 0)
    }
}

/// The rectangle around a plate that the network looks at, cut into cells.
private struct Window {
    let centre: PixelPoint
    /// Pixels of the picture for one cell, along and across the plate's horizontal.
    let along: (x: Double, y: Double)
    let pixelsPerCell: Double
    let left: Double
    let top: Double

    /// - Returns: nil when the plate has no area, or an absurd one.
    init?(_ plate: Quad, _ description: ColourDescription) {
        let corners = plate.corners
        let unit = plate.area.squareRoot()
        let across = (
            x: corners[1].x - corners[0].x + corners[2].x - corners[3].x,
            y: corners[1].y - corners[0].y + corners[2].y - corners[3].y
        )
        let length = (across.x * across.x + across.y * across.y).squareRoot()
        guard (4...100_000).contains(unit), length > 0, length.isFinite else { return nil }
        centre = plate.centre
        pixelsPerCell = unit * description.cell
        along = (across.x / length * pixelsPerCell, across.y / length * pixelsPerCell)
        left = -Double(description.inputWidth) / 2
        top = -description.above / description.cell
    }

    /// Mean red, green and blue (0...1, times the share) of the cell's pixels that lie in the picture, and their share.
    func mean(_ picture: ColourImage, column: Int, row: Int, samples: Int) -> SIMD4<Float> {
        var sum = SIMD4<Int32>.zero
        let step = 1 / Double(samples)
        for subrow in 0..<samples {
            let v = top + Double(row) + (Double(subrow) + 0.5) * step
            for subcolumn in 0..<samples {
                let u = left + Double(column) + (Double(subcolumn) + 0.5) * step
                let x = (centre.x + u * along.x - v * along.y).rounded(.down)
                let y = (centre.y + u * along.y + v * along.x).rounded(.down)
                guard x >= 0, y >= 0, x < Double(picture.width), y < Double(picture.height) else { continue }
                sum &+= picture.colour(x: Int(x), y: Int(y)) &+ SIMD4(0, 0, 0, 255)
            }
        }
        return SIMD4<Float>(sum) / Float(255 * samples * samples)
    }
}
