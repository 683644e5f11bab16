// A network that finds plates, run on parts of a picture: the scout over whole frames, the detector over all else.
internal import Imaging
internal import Inference
internal import ParkingCore

/// A network with what is known of it.
struct LoadedNetwork<Description: Sendable>: Sendable {
    let network: any Network
    let description: Description
    /// Where it came from, for errors.
    let file: String
}

/// Heat and outlines from views of a picture.
struct PlateFinder: Sendable {
    /// Grey beyond the picture.
    private static let outside: Float = 114

    private let network: any Network
    private let stride: Int
    /// Plate widths believed in the network's input, pixels.
    private let widths: ClosedRange<Double>
    private let meter: StageMeter?

    /// - Parameters:
    ///   - kind: "a detector" or "a scout", for errors.
    ///   - file: where the network came from, for errors.
    init(
        _ network: any Network,
        stride: Int,
        widths: ClosedRange<Double>,
        kind: String,
        file: String,
        meter: StageMeter?
    ) throws(RecognitionError) {
        try network.require("image", ["heat", "corners"], of: kind, file: file)
        self.network = network
        self.stride = stride
        self.widths = widths
        self.meter = meter
    }

    /// One run of the network on parts of the picture that have the same size.
    /// - Parameter compiling: when the network is compiled for the views' size.
    /// - Returns: for each view the peaks in it, in pixels of the picture.
    func look(
        at views: [PlateView],
        of picture: Mipmap,
        threshold: Double,
        compiling: ShapeCompiling = .whenItPays
    ) throws(RecognitionError) -> [[Detection]] {
        guard let first = views.first else { return [] }
        let (rows, columns) = (first.height / stride, first.width / stride)
        let found: [[Detection]]?
        do throws(InferenceError) {
            let shape = [views.count, 1, first.height, first.width]
            found = try network.run("image", shape: shape, compiling: compiling) { buffer in
                meter.measure(.sampling) { sample(views, of: picture, into: buffer) }
            } use: { outputs in
                guard let heat = outputs.first(where: { $0.name == "heat" }),
                    let corners = outputs.first(where: { $0.name == "corners" }),
                    heat.shape == [views.count, 1, rows, columns], corners.shape == [views.count, 8, rows, columns]
                else { return nil }
                let map = HeatMap(heat.values, corners.values, rows, columns, stride: stride)
                return meter.measure(.outlining) {
                    views.enumerated().map { index, view in
                        map.peaks(of: index, threshold: threshold, widths: self.widths).map {
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
                "the network's outputs for an input of \(first.width) x \(first.height) pixels do not have a stride of "
                    + "\(stride)"
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
                outside: PlateFinder.outside
            )
        }
    }
}
