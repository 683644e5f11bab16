// Stills that say how the camera was held: each of the eight ways comes out as the scene was.
import Foundation
import Imaging
import MediaFiles
import Testing

/// The standard's own table: where the stored picture's first row and first column lie in the scene.
private let sides: [(orientation: Int, row: Character, column: Character)] = [
    (1, "T", "L"), (2, "T", "R"), (3, "B", "R"), (4, "B", "L"), (5, "L", "T"), (6, "R", "T"), (7, "R", "B"),
    (8, "L", "B"),
]

/// Grey of the scene's quarters by the sides that they lie at.
private let quarters: [Set<Character>: UInt8] = [["T", "L"]: 40, ["T", "R"]: 100, ["B", "L"]: 160, ["B", "R"]: 220]

private func opposite(_ side: Character) -> Character { ["T": "B", "B": "T", "L": "R", "R": "L"][side] ?? side }

/// The scene, 64 wide and 32 high, as a camera held that way stores it.
private func stored(row: Character, column: Character) throws -> GreyImage {
    let isTurned = row == "L" || row == "R"
    let (width, height) = isTurned ? (32, 64) : (64, 32)
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            let vertical = y < height / 2 ? row : opposite(row)
            let horizontal = x < width / 2 ? column : opposite(column)
            pixels.append(try #require(quarters[[vertical, horizontal]]))
        }
    }
    return try GreyImage(width: width, height: height, pixels: pixels)
}

/// A JPEG with an EXIF block of one entry in front of everything else.
private func marked(_ jpeg: [UInt8], orientation: Int, little: Bool) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
        let bytes = (0..<size).map { UInt8(value >> (8 * $0) & 255) }
        return little ? bytes : bytes.reversed()
    }
    let head = Array((little ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
    let entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2)
    let exif = Array("Exif\0\0".utf8) + head + number(1, 2) + entry + number(0, 4)
    let length = exif.count + 2
    return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + exif + jpeg[2...]
}

@Suite struct OrientationTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: 0..<8, [true, false])
    func `a still is turned as its EXIF block says`(index: Int, little: Bool) throws {
        let (orientation, row, column) = sides[index]
        let bytes = try JPEG.encode(try stored(row: row, column: column), quality: 95)
        let path = try scratch.write(marked(bytes, orientation: orientation, little: little), as: "a.jpg")
        let picture = try #require(try MediaSource(path: path).next())
        let colour = try picture.colour()
        let again = try JPEG.decodeGrey(try picture.jpeg()).image
        for image in [picture.grey, colour.grey, again] {
            #expect(image.width == 64 && image.height == 32)
            for (place, quarter) in quarters {
                let x = place.contains("L") ? 16 : 48
                let y = place.contains("T") ? 8 : 24
                #expect(abs(Int(image.pixels[y * 64 + x]) - Int(quarter)) < 8)
            }
        }
    }

    @Test func `an upright still keeps its own bytes`() throws {
        let bytes = marked(try JPEG.encode(try waves(width: 64, height: 32)), orientation: 1, little: true)
        let picture = try #require(try MediaSource(path: try scratch.write(bytes, as: "a.jpg")).next())
        #expect(try picture.jpeg() == bytes)
    }

    @Test func `an EXIF block that makes no sense turns nothing`() throws {
        let plain = try JPEG.encode(try waves(width: 64, height: 32))
        let good = marked(plain, orientation: 6, little: false)
        #expect(Orientation(ofJPEG: good) == .turnedLeft)
        #expect(Orientation(ofJPEG: plain) == .upright)
        for value in [0, 9, 65_535] {
            #expect(Orientation(ofJPEG: marked(plain, orientation: value, little: true)) == .upright)
        }
        // Every cut, and every byte of the block spoilt: no crash, and some answer.
        for end in 0..<60 { #expect(Orientation.allCases.contains(Orientation(ofJPEG: Array(good[..<end])))) }
        for place in 2..<50 {
            var spoilt = good
            spoilt[place] = 0xFF
            #expect(Orientation.allCases.contains(Orientation(ofJPEG: spoilt)))
        }
    }
}
