// Crops, scales and perspective: what the networks see is where the picture has it.
import Imaging
import Testing

@Suite struct ScalingTests {
    /// A picture whose value is linear in both directions: bilinear sampling must return it exactly.
    private func ramp(width: Int, height: Int) throws -> GreyImage {
        var pixels: [UInt8] = []
        for y in 0..<height { for x in 0..<width { pixels.append(UInt8(x + 2 * y)) } }
        return try GreyImage(width: width, height: height, pixels: pixels)
    }

    @Test(arguments: [(64, 64), (65, 33), (127, 70), (3, 200)])
    func `halving keeps the mean`(width: Int, height: Int) throws {
        let picture = try chequers(width: width, height: height, side: 5)
        let half = picture.halved()
        #expect(half.width == max(1, width / 2) && half.height == max(1, height / 2))
        func mean(_ image: GreyImage) -> Double {
            Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
        }
        #expect(abs(mean(picture) - mean(half)) < 3)
    }

    @Test func `scaling down by thirds averages areas`() throws {
        let picture = try GreyImage(
            width: 6,
            height: 3,
            pixels: [0, 0, 0, 90, 90, 90] + [0, 0, 0, 90, 90, 90] + [0, 0, 90, 90, 90, 180]
        )
        let small = picture.scaledDown(width: 2, height: 1)
        #expect(small.pixels == [10, 100])
    }

    @Test func `a sample at full size is the picture, and grey beyond its edge`() throws {
        let picture = try ramp(width: 40, height: 30)
        var sampled = [Float](repeating: -1, count: 50 * 40)
        Mipmap(picture).sample(
            originX: -5,
            originY: -5,
            scaleX: 1,
            scaleY: 1,
            width: 50,
            height: 40,
            into: &sampled,
            rowLength: 50,
            outside: 114
        )
        #expect(sampled[0] == 114 && sampled[4 * 50 + 4] == 114 && sampled[35 * 50 + 44 + 1] == 114)
        #expect(sampled[5 * 50 + 5] == 0)
        #expect(sampled[(5 + 29) * 50 + 5 + 39] == Float(39 + 58))
    }

    @Test func `a shifted and stretched sample follows the picture's own coordinates`() throws {
        let picture = try ramp(width: 60, height: 40)
        var sampled = [Float](repeating: -1, count: 20 * 10)
        Mipmap(picture).sample(
            originX: 10,
            originY: 8,
            scaleX: 2,
            scaleY: 2,
            width: 20,
            height: 10,
            into: &sampled,
            rowLength: 20,
            outside: 0
        )
        // The middle of output pixel (7, 4) is at 10 + 7.5 / 2, 8 + 4.5 / 2; a ramp is x - 0.5 + 2 (y - 0.5) there.
        #expect(abs(sampled[4 * 20 + 7] - Float(13.75 - 0.5 + 2 * (10.25 - 0.5))) < 1e-3)
    }

    @Test func `rectifying a tilted quadrilateral brings its corners to the corners`() throws {
        // A white plate with a black left half, seen at an angle.
        let corners = [(x: 40.0, y: 30.0), (x: 150.0, y: 50.0), (x: 145.0, y: 100.0), (x: 38.0, y: 90.0)]
        let homography = try #require(Homography(unitSquareTo: corners))
        var pixels = [UInt8](repeating: 128, count: 200 * 130)
        for step in 0..<400 {
            for line in 0..<200 {
                guard let point = homography(Double(step) / 400, Double(line) / 200) else { continue }
                pixels[Int(point.y) * 200 + Int(point.x)] = step < 200 ? 0 : 255
            }
        }
        var plate = [Float](repeating: -1, count: 32 * 16)
        #expect(
            Mipmap(try GreyImage(width: 200, height: 130, pixels: pixels)).rectify(
                corners,
                width: 32,
                height: 16,
                into: &plate
            )
        )
        #expect((2..<14).allSatisfy { row in (1..<14).allSatisfy { plate[row * 32 + $0] < 40 } })
        #expect((2..<14).allSatisfy { row in (18..<31).allSatisfy { plate[row * 32 + $0] > 215 } })
    }

    @Test func `a quadrilateral without an area is refused`() throws {
        let line = [(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 2.0), (x: 3.0, y: 3.0)]
        var plate = [Float](repeating: 7, count: 4)
        #expect(!Mipmap(try ramp(width: 8, height: 8)).rectify(line, width: 2, height: 2, into: &plate))
        #expect(plate == [7, 7, 7, 7])
    }

    @Test func `a large plate shrinks without aliasing`() throws {
        // Stripes of one pixel must become grey, not coarser stripes.
        let fine = try chequers(width: 800, height: 400, side: 1)
        var plate = [Float](repeating: 0, count: 160 * 64)
        let corners = [(x: 0.0, y: 0.0), (x: 800.0, y: 0.0), (x: 800.0, y: 400.0), (x: 0.0, y: 400.0)]
        #expect(Mipmap(fine).rectify(corners, width: 160, height: 64, into: &plate))
        #expect(plate.allSatisfy { abs($0 - 125) < 8 })
    }

    @Test func `a blurred picture measures as less sharp`() throws {
        let sharp = try chequers(width: 96, height: 48, side: 6)
        var blurred = [UInt8]()
        for y in 0..<48 {
            for x in 0..<96 {
                let row = (max(0, x - 3)...min(95, x + 3)).map { Int(sharp.pixels[y * 96 + $0]) }
                blurred.append(UInt8(row.reduce(0, +) / row.count))
            }
        }
        let soft = try GreyImage(width: 96, height: 48, pixels: blurred)
        let before = Sharpness.measure(sharp, x: 0, y: 0, width: 96, height: 48)
        let after = Sharpness.measure(soft, x: 0, y: 0, width: 96, height: 48)
        #expect(before > 1.2 * after && after > 0)
        #expect(Sharpness.measure(sharp, x: 200, y: 0, width: 10, height: 10) == 0)
    }

    @Test(arguments: [(0, 5), (-1, 5), (20_000, 1), (16_000, 16_000)])
    func `absurd sizes are refused`(width: Int, height: Int) {
        #expect(throws: ImagingError.self) { try GreyImage.checkSize(width: width, height: height) }
    }

    @Test func `an annotation is drawn where the plate is and leaves the rest alone`() throws {
        let picture = ColourImage(try GreyImage(width: 300, height: 200, pixels: [UInt8](repeating: 90, count: 60_000)))
        let drawn = try picture.annotated([
            Annotation(corners: [(100, 120), (180, 120), (180, 150), (100, 150)], label: "ABCD 123", certainty: 1)
        ])
        func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(drawn.pixels[((y * 300 + x) * 3)..<((y * 300 + x) * 3 + 3)]) }
        #expect(pixel(140, 120)[1] > 150 && pixel(140, 120)[0] < 120)
        #expect(pixel(140, 135) == [90, 90, 90])
        #expect(pixel(20, 20) == [90, 90, 90])
        #expect((95..<118).contains { y in (100..<170).contains { x in pixel(x, y)[0] > 200 } })
    }
}
