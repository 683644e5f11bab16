import Foundation
import Imaging
import ParkingCore
import Testing

// Each format decoded to the brightness and colours that were put in; what is cut or lies is refused.
@testable import CameraCapture

private func frame(_ layout: FrameLayout, _ planes: [[UInt8]]) throws -> CapturedFrame {
    CapturedFrame(
        camera: try CameraID("test"),
        sequence: 1,
        layout: layout,
        monotonicNanoseconds: 5,
        wallTime: Date(timeIntervalSince1970: 0),
        planes: planes
    )
}

/// A slope of brightness, one colour everywhere.
private struct Slope {
    let width = 32
    let height = 8
    let blue: UInt8 = 90
    let red: UInt8 = 180

    func brightness(_ x: Int, _ y: Int) -> UInt8 { UInt8(16 + x * 6 + y) }

    func yuyv(padding: Int) -> [UInt8] {
        (0..<height).flatMap { y in
            (0..<width).flatMap { x in [brightness(x, y), x % 2 == 0 ? blue : red] }
                + [UInt8](repeating: 255, count: padding)
        }
    }

    func plane(padding: Int) -> [UInt8] {
        (0..<height).flatMap { y in
            (0..<width).map { brightness($0, y) } + [UInt8](repeating: 255, count: padding)
        }
    }

    func colours(padding: Int) -> [UInt8] {
        (0..<(height / 2)).flatMap { _ in
            (0..<width).map { $0 % 2 == 0 ? blue : red } + [UInt8](repeating: 255, count: padding)
        }
    }

    /// By the formulas of BT.601 for video levels.
    func rgb(_ x: Int, _ y: Int) -> [Double] {
        let level = (Double(brightness(x, y)) - 16) * 255 / 219
        let b = (Double(blue) - 128) * 255 / 224
        let r = (Double(red) - 128) * 255 / 224
        return [level + 1.402 * r, level - 0.344136 * b - 0.714136 * r, level + 1.772 * b].map { min(max($0, 0), 255) }
    }
}

@Suite struct FrameDecoderTests {
    private let slope = Slope()

    private func layouts(padding: Int) throws -> [(FrameLayout, [[UInt8]])] {
        let (width, height) = (slope.width, slope.height)
        return [
            (
                try FrameLayout(format: .yuyv, width: width, height: height, bytesPerLine: width * 2 + padding),
                [slope.yuyv(padding: padding)]
            ),
            (
                try FrameLayout(format: .grey, width: width, height: height, bytesPerLine: width + padding),
                [slope.plane(padding: padding)]
            ),
            (
                try FrameLayout(format: .nv12, width: width, height: height, bytesPerLine: width + padding),
                [slope.plane(padding: padding) + slope.colours(padding: padding)]
            ),
            (
                try FrameLayout(
                    format: .nv12,
                    width: width,
                    height: height,
                    bytesPerLine: width + padding,
                    colourBytesPerLine: width + padding
                ), [slope.plane(padding: padding), slope.colours(padding: padding)]
            ),
        ]
    }

    @Test(arguments: [0, 2, 64])
    func `brightness comes out of every raw format, whatever lies between the rows`(padding: Int) throws {
        for (layout, planes) in try layouts(padding: padding) {
            let image = try FrameDecoder.grey(try frame(layout, planes))
            #expect(image.width == slope.width && image.height == slope.height)
            for y in 0..<slope.height {
                for x in 0..<slope.width {
                    let wanted = Double(Int(slope.brightness(x, y)) - 16) * 255 / 219
                    #expect(abs(Double(image.pixels[y * slope.width + x]) - wanted) <= 1, "\(layout.format) \(x) \(y)")
                }
            }
        }
    }

    @Test(arguments: [0, 6])
    func `colours come out as BT point 601 has them`(padding: Int) throws {
        for (layout, planes) in try layouts(padding: padding) where layout.format != .grey {
            let image = try FrameDecoder.colour(try frame(layout, planes))
            for y in 0..<slope.height {
                for x in 0..<slope.width {
                    for (channel, wanted) in slope.rgb(x, y).enumerated() {
                        let found = Double(image.pixels[(y * slope.width + x) * 3 + channel])
                        #expect(abs(found - wanted) <= 2, "\(layout.format) \(x) \(y) \(channel)")
                    }
                }
            }
        }
    }

    @Test func `brightness of full range is taken as it is`() throws {
        let layout = try FrameLayout(format: .grey, width: 256, height: 1, isFullRange: true)
        let image = try FrameDecoder.grey(try frame(layout, [Array(0...255)]))
        #expect(image.pixels == Array(0...255))
    }

    @Test func `a JPEG keeps its own bytes and decodes to its own picture`() throws {
        let picture = try GreyImage(width: 64, height: 48, pixels: (0..<64 * 48).map { UInt8($0 % 64 * 3) })
        let bytes = try JPEG.encode(picture)
        let jpeg = try frame(try FrameLayout(format: .mjpeg, width: 64, height: 48), [bytes])
        #expect(try FrameDecoder.jpeg(jpeg) == bytes)
        #expect(try FrameDecoder.grey(jpeg) == JPEG.decodeGrey(bytes).image)
        #expect(try FrameDecoder.colour(jpeg).width == 64)
    }

    @Test func `raw pictures become JPEG files of their size`() throws {
        for (layout, planes) in try layouts(padding: 4) {
            let bytes = try FrameDecoder.jpeg(try frame(layout, planes))
            let size = try JPEG.size(bytes)
            #expect(size.width == slope.width && size.height == slope.height)
        }
    }

    @Test func `cut pictures are refused, one byte short is enough`() throws {
        for (layout, planes) in try layouts(padding: 4) {
            for plane in planes.indices {
                let least = try #require(layout.leastBytes(ofPlane: plane))
                var cut = planes
                cut[plane] = Array(planes[plane].prefix(least))
                _ = try FrameDecoder.colour(try frame(layout, cut))
                cut[plane] = Array(planes[plane].prefix(least - 1))
                for decode in [Self.grey, Self.colour, Self.jpeg] {
                    let error = try #require(throws: CameraError.self) { try decode(try frame(layout, cut)) }
                    #expect(error.code == .frame)
                }
            }
        }
    }

    private static func grey(_ frame: CapturedFrame) throws { _ = try FrameDecoder.grey(frame) }
    private static func colour(_ frame: CapturedFrame) throws { _ = try FrameDecoder.colour(frame) }
    private static func jpeg(_ frame: CapturedFrame) throws { _ = try FrameDecoder.jpeg(frame) }

    @Test func `a JPEG of another size than agreed is refused, one rounded up to blocks is not`() throws {
        let bytes = try JPEG.encode(try GreyImage(width: 64, height: 48, pixels: [UInt8](repeating: 9, count: 3072)))
        for (width, height, isFine) in [(64, 48, true), (64, 40, true), (128, 48, false), (32, 24, false)] {
            let jpeg = try frame(try FrameLayout(format: .mjpeg, width: width, height: height), [bytes])
            if isFine {
                _ = try FrameDecoder.grey(jpeg)
            } else {
                #expect(throws: CameraError.self) { _ = try FrameDecoder.grey(jpeg) }
            }
        }
    }

    @Test func `garbage is refused in every format and never crashes`() throws {
        var generator = SeededBytes(state: 42)
        let good = try JPEG.encode(
            try GreyImage(width: 64, height: 48, pixels: (0..<3072).map { UInt8($0 % 251) })
        )
        let layout = try FrameLayout(format: .mjpeg, width: 64, height: 48)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<20 { bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(generator.next() & 255) }
            // Damaged: an error or a picture of the agreed size, nothing else.
            if let image = try? FrameDecoder.colour(try frame(layout, [bytes])) { #expect(image.width >= 64) }
        }
        for count in [0, 1, 2, 3, 4, 5, 1000] {
            let bytes = (0..<count).map { _ in UInt8(generator.next() & 255) }
            #expect(throws: CameraError.self) { _ = try FrameDecoder.grey(try frame(layout, [bytes])) }
        }
        #expect(throws: CameraError.self) { _ = try FrameDecoder.grey(try frame(layout, [])) }
    }

    @Test func `a layout whose rows overlap or whose sides are absurd is refused`() {
        for (format, width, height, line) in [
            (CameraPixelFormat.yuyv, 64, 8, 100), (.grey, 64, 8, 63), (.nv12, 64, 7, 64), (.nv12, 63, 8, 64),
            (.yuyv, 63, 8, 126), (.grey, 0, 8, 8), (.grey, 8, 100_000, 8), (.grey, 8, 8, 1 << 30),
        ] {
            #expect(throws: CameraError.self) {
                _ = try FrameLayout(format: format, width: width, height: height, bytesPerLine: line)
            }
        }
    }

    @Test func `a picture that was given back has no bytes any more`() throws {
        let given = try frame(try FrameLayout(format: .grey, width: 2, height: 1), [[1, 2]])
        #expect(given.withBytes { Array($0) } == [1, 2])
        given.giveBack()
        #expect(given.withBytes { $0.isEmpty })
        #expect(throws: CameraError.self) { _ = try FrameDecoder.grey(given) }
    }
}

/// Chance that is the same in each run (xorshift).
struct SeededBytes: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
