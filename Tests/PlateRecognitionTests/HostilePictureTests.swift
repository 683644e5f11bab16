// Pictures that nobody would take: any size, nothing in them, too much in them. Answers stay sane, memory bounded.
import Foundation
import Imaging
import ParkingCore
import Testing

@testable import PlateRecognition

/// Grey pictures of ffmpeg's drawing.
private func drawn(_ source: String, _ filters: String, width: Int, height: Int) throws -> GreyImage {
    let target = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pgm")
    defer { try? FileManager.default.removeItem(at: target) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
        "ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, "-vf", filters, "-frames:v", "1",
        "-pix_fmt", "gray", target.path,
    ]
    try process.run()
    process.waitUntilExit()
    let bytes = [UInt8](try Data(contentsOf: target))
    return try GreyImage(width: width, height: height, pixels: Array(bytes.suffix(width * height)))
}

private let font = "fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"

/// Bytes of memory that this process holds.
private func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }) * 1024
}

/// Numbers that are the same in every run (Numerical Recipes' 64-bit generator).
private struct Noise {
    var state: UInt64
    mutating func byte() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56)
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct HostilePictureTests {
    private let recogniser: PlateRecogniser

    init() throws { recogniser = try PlateRecogniser() }

    /// All that must hold of any reads of any picture.
    private func expectSane(_ reads: [PlateObservation], in image: GreyImage) {
        for reading in reads.map(\.reading) {
            #expect((0...1).contains(reading.confidence) && !reading.plate.text.isEmpty)
            #expect(reading.confidence + reading.alternates.map(\.probability).reduce(0, +) <= 1 + 1e-6)
            #expect(reading.box.x >= 0 && reading.box.x + reading.box.width <= Double(image.width))
            #expect(reading.box.y >= 0 && reading.box.y + reading.box.height <= Double(image.height))
            #expect(reading.corners.allSatisfy { $0.x.isFinite && $0.y.isFinite })
        }
    }

    @Test(arguments: [
        (1, 1), (1, 16_384), (16_384, 1), (2, 3), (7, 5), (31, 33), (641, 479), (1279, 721), (3, 4321), (7680, 4320),
    ])
    func `black, white and noise of any size give no sure read`(width: Int, height: Int) throws {
        var noise = Noise(state: UInt64(width) << 20 + UInt64(height))
        let count = width * height
        for pixels in [
            [UInt8](repeating: 0, count: count), [UInt8](repeating: 255, count: count),
            (0..<count).map { _ in noise.byte() },
        ] {
            let image = try GreyImage(width: width, height: height, pixels: pixels)
            for effort in [Effort.still, .frame] {
                let reads = try recogniser.read(image, effort: effort)
                expectSane(reads, in: image)
                #expect(reads.allSatisfy { $0.reading.confidence < 0.5 })
            }
        }
    }

    @Test(arguments: 0..<4)
    func `noise as coarse as letters gives no sure read`(power: Int) throws {
        // Squares of 2, 4, 8 and 16 pixels, softened: the spectrum that letters have.
        let side = 2 << power
        let scale = "noise=alls=100:all_seed=\(power + 7),scale=1280:720:flags=bicubic"
        let image = try drawn("color=c=gray:size=\(1280 / side)x\(720 / side)", scale, width: 1280, height: 720)
        let reads = try recogniser.read(image)
        expectSane(reads, in: image)
        #expect(reads.allSatisfy { $0.reading.confidence < 0.9 })
    }

    @Test(arguments: [
        (14, "black", "white"), (24, "white", "0x204060"), (40, "black", "white"), (72, "white", "0x204060"),
    ])
    func `a wall of text gives no sure read`(size: Int, ink: String, ground: String) throws {
        let words = "PAY HERE 24 HOURS NO STOPPING ANY TIME SUITE 12B SALE 50 OFF CALL 555 0199 BYLAW 2024 101 EXIT "
            .split(
                separator: " "
            )
        // Every line of a page, each of other words, no farther from the next than letters are high.
        let lines = (0..<(700 / (size * 5 / 4))).map { line in
            let text = (0..<(1400 / size)).map { words[($0 * 7 + line * 5) % words.count] }.joined(separator: " ")
            return "drawtext=\(font):text='\(text)':fontsize=\(size):fontcolor=\(ink):x=8:y=\(8 + line * size * 5 / 4)"
        }
        let page = try drawn("color=c=\(ground):size=1280x720", lines.joined(separator: ","), width: 1280, height: 720)
        let reads = try recogniser.read(page)
        expectSane(reads, in: page)
        #expect(reads.allSatisfy { $0.reading.confidence < 0.5 })
    }

    @Test func `a thousand plates in one picture are bounded work, and what is read of them is there`() throws {
        // A wall of plates, 106 pixels wide each, and one that is near and stands free. The wall itself looks like no car's
        // plate: hardly one of a thousand is found.
        let near =
            "drawbox=x=1800:y=400:w=1500:h=800:color=0x585858:t=fill,drawbox=x=2190:y=630:w=720:h=340:color=0x303030:t=fill,"
            + "drawbox=x=2210:y=650:w=680:h=300:color=0xE8E8E8:t=fill,"
            + "drawtext=\(font):text='ABC1000':fontsize=136:fontcolor=0x202060:x=2550-tw/2:y=800-th/2"
        let plate =
            "drawbox=x=8:y=6:w=112:h=52:color=0x303030:t=fill,drawbox=x=11:y=9:w=106:h=46:color=0xE8E8E8:t=fill,"
            + "drawtext=\(font):text='ABC%{eif\\:n+1\\:d\\:4}':fontsize=21:fontcolor=0x202060:x=(w-tw)/2:y=(h-th)/2"
        let image = try drawn(
            "color=c=0x585858:size=128x64:rate=1000",
            plate + ",tile=40x29," + near,
            width: 5120,
            height: 1856
        )
        let before = try residentBytes()
        let reads = try recogniser.read(image)
        expectSane(reads, in: image)
        #expect((1...48).contains(reads.count))
        let sure = reads.map(\.reading).filter { $0.confidence >= 0.9 }
        #expect(sure.contains { $0.plate.text.wholeMatch(of: /ABC1[0O]{3}/) != nil })
        #expect(sure.allSatisfy { $0.plate.text.wholeMatch(of: /ABC[01O][0-9OI]{3}/) != nil })
        #expect(try residentBytes() - before < 1_000_000_000)
    }

    @Test func `a hundred frames of noise leave the memory as it was`() throws {
        var noise = Noise(state: 5)
        let image = try GreyImage(width: 640, height: 360, pixels: (0..<(640 * 360)).map { _ in noise.byte() })
        for _ in 0..<20 { _ = try recogniser.read(image, effort: .frame) }
        let before = try residentBytes()
        for _ in 0..<100 { _ = try recogniser.read(image, effort: .frame) }
        #expect(try residentBytes() - before < 40_000_000)
    }
}
