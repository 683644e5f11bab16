// Whether a plate shows whole: a small network of ours over the plate and what is close beside it.
internal import Imaging
internal import Inference
internal import ParkingCore

/// Tells plates of which something hides a part, or the picture's edge, from whole ones. What the reader reads of them
/// is read as surely, but it is not what the plate says.
struct WholenessReader: Sendable {
    let description: WholenessDescription
    private let network: any Network

    init(_ network: any Network, _ description: WholenessDescription, file: String) throws(RecognitionError) {
        try network.require("plates", ["whole"], of: "a wholeness network", file: file)
        self.network = network
        self.description = description
    }

    /// - Returns: for each outline the probability that its plate shows whole; nil where the outline spans no area.
    /// - Throws: `RecognitionError` (`inference`, `model`).
    func probabilities(_ picture: Mipmap, _ quads: [Quad]) throws(RecognitionError) -> [Double?] {
        guard !quads.isEmpty else { return [] }
        let (width, height) = (description.inputWidth, description.inputHeight)
        var spansArea = [Bool](repeating: false, count: quads.count)
        let found: [Float]
        do throws(InferenceError) {
            found = try network.run("plates", shape: [quads.count, 1, height, width]) { buffer in
                guard let base = buffer.baseAddress else { return }
                base.update(repeating: 0, count: quads.count * width * height)
                for (index, quad) in quads.enumerated() {
                    let outline = quad.enlarged(byWidth: description.margin[0], height: description.margin[1])
                    spansArea[index] = picture.rectify(
                        outline.corners.map { (x: $0.x, y: $0.y) },
                        width: width,
                        height: height,
                        into: base + index * width * height
                    )
                }
            } use: { outputs in
                outputs.first { $0.name == "whole" }.map { Array($0.values) } ?? []
            }
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        guard found.count == quads.count else {
            throw RecognitionError(.model, "the wholeness network answers \(found.count) plates of \(quads.count)")
        }
        return zip(found, spansArea).map { $1 ? Double(min(max($0, 0), 1)) : nil }
    }
}
