// The vehicle's colour: cut out as in training, right on drawn cars, and silent where a picture has no colour.
import Foundation
import Imaging
import Inference
import ParkingCore
import Testing

@testable import PlateRecognition

/// A picture by formula.
private func picture(
    _ width: Int,
    _ height: Int,
    _ colour: (_ x: Int, _ y: Int) -> (Int, Int, Int)
) throws -> ColourImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
        for x in 0..<width {
            let (red, green, blue) = colour(x, y)
            pixels += [red, green, blue].map { UInt8(min(max($0, 0), 255)) }
        }
    }
    return try ColourImage(width: width, height: height, pixels: pixels)
}

private func quad(_ corners: [(Double, Double)]) -> Quad { Quad(corners.map { PixelPoint(x: $0.0, y: $0.1) }) }

/// The rear of a car on a road: sky, window, body, lamps, bumper, plate; light falls off downwards, and paint has grain.
private func car(_ paint: (Int, Int, Int)) throws -> (picture: ColourImage, plate: Quad) {
    let image = try picture(640, 480) { x, y in
        let grain = (x * 7 + y * 13) % 5 - 2
        let (across, light) = (abs(x - 320), 1.12 - Double(y) / 1600)
        func shade(_ colour: (Int, Int, Int)) -> (Int, Int, Int) {
            let lit = [colour.0, colour.1, colour.2].map { Int(Double($0) * light) + grain }
            return (lit[0], lit[1], lit[2])
        }
        if across < 50, (250..<276).contains(y) { return (y + x) % 9 < 3 ? (40, 44, 60) : (226, 228, 224) }
        if across < 190, (120..<385).contains(y) {
            if (135..<205).contains(y), across < 150 { return shade((34, 40, 44)) }
            if (225..<262).contains(y), across > 145 { return shade((168, 22, 26)) }
            if y >= 345 { return shade((42, 42, 44)) }
            return shade(paint)
        }
        return y < 170 ? (172 + y / 8, 190 + y / 10, 214) : shade((118, 116, 112))
    }
    return (image, quad([(270, 250), (370, 250), (370, 276), (270, 276)]))
}

@Suite struct ColourReaderTests {
    private let reader: ColourReader

    init() throws {
        let colour = try ModelFolder.builtIn().colour()
        let (file, description) = try #require(colour)
        reader = try ColourReader(OpenVINOEngine(threads: 1, callers: 1).load(file), description, file: file)
    }

    @Test func `what is cut out is what the network was trained on`() throws {
        let slopes = try picture(400, 300) { x, y in (x * 255 / 400, y * 255 / 300, 255 - (x + y) * 255 / 700) }
        let outline = quad([(170, 165), (230, 173), (228, 200), (168, 192)])
        let planes = try #require(reader.surroundings(slopes, outline))
        #expect(planes.count == 7 * 28 * 32)
        // As Training/colour/data.py makes them of the same picture: (plane, row, column), value.
        let trained: [(Int, Int, Int, Float)] = [
            (0, 14, 16, 0.524), (1, 14, 16, 0.423), (2, 14, 16, 0.517), (3, 14, 16, 1), (0, 0, 0, 0), (3, 0, 0, 0),
            (3, 0, 31, 1), (1, 0, 31, 0.022), (0, 1, 24, 0.768), (0, 27, 3, 0.156), (1, 27, 3, 0.799),
            (2, 27, 3, 0.568), (3, 4, 30, 1), (2, 4, 30, 0.415), (4, 9, 9, 0.497), (5, 9, 9, 0.497), (6, 9, 9, 0.503),
        ]
        for (plane, row, column, value) in trained {
            let found = planes[(plane * 28 + row) * 32 + column]
            #expect(abs(found - value) < 0.01, "plane \(plane), row \(row), column \(column): \(found)")
        }
    }

    @Test func `a picture without colour, or in one lamp's light, proposes none`() throws {
        let (red, plate) = try car((170, 24, 30))
        for tint in [[1, 1, 1], [1, 0.74, 0.38], [0.6, 0.5, 0.9]] {
            let grey = try ColourImage(
                width: red.width,
                height: red.height,
                pixels: stride(from: 0, to: red.pixels.count, by: 3).flatMap { at in
                    tint.map { UInt8(Double(red.pixels[at + 1]) * $0) }
                }
            )
            #expect(try reader.probabilities(grey, plate) == nil)
            #expect(try reader.propose(grey, plate) == nil)
        }
    }

    @Test func `outlines that make no sense are answered`() throws {
        let (image, _) = try car((170, 24, 30))
        for outline in [
            [(5.0, 5.0), (5, 5), (5, 5), (5, 5)], [(0, 0), (9e9, 0), (9e9, 9e9), (0, 9e9)],
            [(.nan, 0), (10, 0), (10, 10), (0, 10)], [(-900, -900), (-800, -900), (-800, -870), (-900, -870)],
            [(100, 60), (0, 60), (0, 0), (100, 0)], [(0, 0), (1e300, 0), (1e300, 1e300), (0, 1e300)],
        ] {
            guard let shares = try reader.probabilities(image, quad(outline)) else { continue }
            #expect(shares.allSatisfy { (0...1).contains($0.confidence) })
            #expect(shares.map(\.confidence).reduce(0, +) <= 1.0001)
        }
        let dot = try ColourImage(width: 1, height: 1, pixels: [200, 10, 10])
        #expect(try reader.propose(dot, quad([(0, 0), (1, 0), (1, 1), (0, 1)])) == nil)
    }
}

@Suite struct ColourModelTests {
    let copy: ModelCopy

    init() throws { copy = try ModelCopy() }

    @Test func `a folder without a colour network reads plates and proposes no colour`() throws {
        try FileManager.default.removeItem(at: copy.folder.appendingPathComponent("colour.json"))
        let (image, plate) = try car((170, 24, 30))
        #expect(try PlateRecogniser(models: copy.folder.path).colour(of: image, around: plate.corners) == nil)
    }

    @Test func `a colour network of which one byte was changed is refused by name`() throws {
        var bytes = try copy.bytes("colour.onnx")
        bytes[bytes.count / 2] ^= 1
        try copy.write(bytes, as: "colour.onnx")
        #expect(try copy.failure().contains("colour.onnx"))
    }

    @Test func `another network in the colour network's place is refused by its inputs`() throws {
        try copy.write(try copy.bytes("detector.onnx"), as: "colour.onnx")
        try copy.sign("colour")
        #expect(try copy.failure().contains("'surroundings'"))
    }

    @Test func `a description that cannot be right is refused`() throws {
        let text = String(decoding: try copy.bytes("colour.json"), as: UTF8.self)
        let spoilt = text.replacing(try Regex("\"proposeFrom\": *[0-9.]+"), with: "\"proposeFrom\": 7")
        try copy.write(Array(spoilt.utf8), as: "colour.json")
        #expect(try copy.failure().contains("colour.json"))
    }
}
