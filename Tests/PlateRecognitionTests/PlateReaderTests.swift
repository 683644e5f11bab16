// Readers side by side: each gets its own crops of every plate, and what they say comes back to the plate it was said of.
import Imaging
import Inference
import ParkingCore
import Testing

@testable import PlateRecognition

/// Stands for two readers: the one of the batch's first half says 'A' and a digit for the crop's grey, the other 'B'.
private final class TalkingNetwork: Network {
    let inputs = ["plates"]
    let outputs = ["logprobs"]

    func run<Answer>(
        _ input: String,
        shape: [Int],
        compiling: ShapeCompiling,
        fill: (UnsafeMutableBufferPointer<Float>) -> Void,
        use: ([NetworkOutput]) -> Answer
    ) throws(InferenceError) -> Answer {
        let (steps, symbols) = (8, 37)
        let size = shape.dropFirst().reduce(1, *)
        var crops = [Float](repeating: -1, count: shape[0] * size)
        crops.withUnsafeMutableBufferPointer { fill($0) }
        var logs = [Float](repeating: -12, count: shape[0] * steps * symbols)
        for row in 0..<shape[0] {
            let grey = crops[row * size + size / 2]
            let letter = row < shape[0] / 2 ? 10 : 11
            for step in 0..<steps {
                let symbol = step == 2 ? letter + 1 : step == 5 ? Int((grey / 25).rounded()) + 1 : 0
                logs[(row * steps + step) * symbols + symbol] = -0.001
            }
        }
        return logs.withUnsafeBufferPointer {
            use([NetworkOutput(name: "logprobs", shape: [shape[0], steps, symbols], values: $0)])
        }
    }
}

@Suite struct PlateReaderTests {
    @Test(arguments: [1, 2, 3, 6])
    func `each reader reads every plate, whatever else is in the batch`(crops: Int) throws {
        let description = try ModelFolder.builtIn().reader(.fp32).description
        try #require(description.readers == 2)
        let reader = try PlateReader(TalkingNetwork(), description, prior: nil, file: "talking")
        // Seven patches of one grey each.
        let (width, height) = (700, 60)
        let pixels = (0..<(width * height)).map { UInt8(25 * ($0 % width / 100 + 1)) }
        let picture = Mipmap(try GreyImage(width: width, height: height, pixels: pixels))
        let quads = (0..<7).map { patch in
            let (left, right) = (Double(patch) * 100 + 30, Double(patch) * 100 + 70)
            return Quad([
                PixelPoint(x: left, y: 20), PixelPoint(x: right, y: 20), PixelPoint(x: right, y: 40),
                PixelPoint(x: left, y: 40),
            ])
        }
        let texts = try reader.read(picture, quads, crops: crops)
        try #require(texts.count == 7)
        for (patch, text) in texts.enumerated() {
            let text = try #require(text)
            #expect(Set(text.candidates.prefix(2).map(\.text)) == ["A\(patch + 1)", "B\(patch + 1)"])
            #expect(abs(text.agreement - 0.5) < 1e-9)
        }
    }
}
