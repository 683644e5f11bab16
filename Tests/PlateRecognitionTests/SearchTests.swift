// Where videos are searched, when nothing is, which networks run, and how their time is counted.
import Foundation
import Imaging
import ParkingCore
import Testing

@testable import PlateRecognition

@Suite struct PlateSearchTests {
    private let levels = SearchLevels(pyramid: [1280, 640, 320, 160], frame: [640, 240, 140], turn: [280, 140])

    @Test(arguments: [(1280, 720), (1920, 1080), (720, 1280)])
    func `the turns together search all of the picture at the finest scale`(width: Int, height: Int) {
        let longest = Double(max(width, height))
        func strip(_ turn: Int) -> PlateView {
            PlateSearch.turn(turn).views(width: width, height: height, levels)[0]
        }
        let strips = (0..<8).map(strip)
        let scale = 640 / longest
        var covered = 0.0
        for strip in strips {
            #expect(abs(strip.scaleX - scale) < 1e-3 && abs(strip.scaleY - scale) < 2e-3)
            let start = width >= height ? strip.originX : strip.originY
            let end = start + Double(width >= height ? strip.width : strip.height) / scale
            // A plate of 64 pixels on the seam lies whole in one of the two.
            #expect(start <= max(covered - 64 / scale, 0) + 1e-6)
            covered = end
        }
        #expect(covered >= longest)
        #expect(Set(strips).count == 8)
        #expect(strip(8) == strips[0])
    }

    @Test(arguments: [(1, 1), (33, 9), (200, 150), (640, 480), (1280, 720), (8000, 10)])
    func `views have sides that the network takes, and frames cost less than photographs`(width: Int, height: Int) {
        func pixels(_ search: PlateSearch) -> Int {
            let views = search.views(width: width, height: height, levels)
            #expect(!views.isEmpty && views.allSatisfy { $0.width % 32 == 0 && $0.height % 32 == 0 && $0.width > 0 })
            return views.map { $0.width * $0.height }.reduce(0, +)
        }
        let all = pixels(.everywhere)
        #expect(pixels(.frame) <= 4 * all && pixels(.turn(2)) <= 4 * all)
        if width == 1280 { #expect(pixels(.frame) * 3 < all && pixels(.turn(2)) * 8 < all) }
    }

    @Test func `a point of a view and its place in the picture are each other's reverse`() {
        let view = PlateSearch.everywhere.views(width: 1280, height: 720, levels)[1]
        let corner = view.picturePoint(PixelPoint(x: 16, y: 16))
        #expect(abs(corner.x) < 1e-9 && abs(corner.y) < 1e-9)
        let back = view.place(view.picturePoint(PixelPoint(x: 100, y: 7)))
        #expect(abs(back.x - 100) < 1e-9 && abs(back.y - 7) < 1e-9)
    }
}

@Suite struct StillWatchTests {
    private func frame(noise seed: UInt64, plateAt x: Int) throws -> GreyImage {
        var state = seed
        var pixels = (0..<(320 * 240)).map { place -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(90 + place / 320 / 4 + Int(state >> 61))
        }
        for row in 100..<112 { for column in x..<(x + 40) { pixels[row * 320 + column] = 220 } }
        return try GreyImage(width: 320, height: 240, pixels: pixels)
    }

    @Test func `a still picture is known once it was searched eight times, for a second`() throws {
        var watch = StillWatch()
        for turn in 0..<8 {
            let seconds = Double(turn) * 0.12
            #expect(!watch.knows(try frame(noise: UInt64(turn), plateAt: 100), at: seconds))
            watch.searched(at: seconds)
        }
        #expect(watch.knows(try frame(noise: 9, plateAt: 100), at: 1))
        #expect(!watch.knows(try frame(noise: 9, plateAt: 100), at: 1.9))
        #expect(watch.knows(try frame(noise: 9, plateAt: 100), at: 1.1))
    }

    @Test func `a plate that moved, and a picture of another size, must be searched anew`() throws {
        var watch = StillWatch()
        for turn in 0..<9 {
            _ = watch.knows(try frame(noise: 1, plateAt: 100), at: 0)
            if turn < 8 { watch.searched(at: 0) }
        }
        #expect(watch.knows(try frame(noise: 2, plateAt: 100), at: 0.1))
        #expect(!watch.knows(try frame(noise: 3, plateAt: 103), at: 0.1))
        #expect(!watch.knows(try frame(noise: 3, plateAt: 103), at: 0.2))
        #expect(!watch.knows(try GreyImage(width: 1, height: 1, pixels: [9]), at: 0.2))
    }
}

@Suite struct PrecisionTests {
    let copy: ModelCopy

    init() throws {
        copy = try ModelCopy()
        try copy.withoutInt8()
    }

    /// Puts the 32-bit network in the place of the 8-bit one: what is tested is which file is taken.
    private func putIn(_ name: String, madeOf sum: String?) throws {
        let text = String(decoding: try copy.bytes("\(name).json"), as: UTF8.self)
        let own = try #require(text.firstMatch(of: try Regex("\"sha256\": *\"([0-9a-f]*)\""))?.output[1].substring)
        try copy.write(try copy.bytes("\(name).onnx"), as: "\(name)-int8.onnx")
        let json = "{\"quantised\": {\"from\": \"\(sum ?? String(own))\"}, \"sha256\": \"\(own)\"}"
        try copy.write(Array(json.utf8), as: "\(name)-int8.json")
    }

    @Test func `8 bits are taken where all networks are there so, 32 when asked for`() throws {
        #expect(try PlateRecogniser(models: copy.folder.path).modelNames.contains("fp32"))
        try putIn("detector", madeOf: nil)
        #expect(try PlateRecogniser(models: copy.folder.path).modelNames.contains("fp32"))
        try putIn("reader", madeOf: nil)
        #expect(try PlateRecogniser(models: copy.folder.path).modelNames.contains("fp32"))
        try putIn("scout", madeOf: nil)
        #expect(try PlateRecogniser(models: copy.folder.path).modelNames.contains("int8"))
        #expect(try PlateRecogniser(models: copy.folder.path, precision: .fp32).modelNames.contains("fp32"))
    }

    @Test func `8 bits that are not there, or were made of another network, are refused by name`() throws {
        let missing = try #require(throws: RecognitionError.self) {
            _ = try PlateRecogniser(models: copy.folder.path, precision: .int8)
        }
        #expect(missing.message.contains("detector-int8.json"))
        try putIn("detector", madeOf: nil)
        try putIn("scout", madeOf: nil)
        try putIn("reader", madeOf: "00")
        #expect(try copy.failure().contains("reader-int8.json"))
    }
}

@Suite struct StageMeterTests {
    @Test func `a stage is charged what it spends outside the stages within`() {
        let ticks = Ticks()
        let meter = StageMeter(counters: { StageMeter.Cost(seconds: ticks.now) })
        meter.measure(.searching) {
            ticks.spend(2)
            meter.measure(.sampling) { ticks.spend(5) }
            ticks.spend(1)
        }
        ticks.spend(100)
        meter.measure(.searching) { ticks.spend(4) }
        #expect(meter.costs[.searching]?.seconds == 7 && meter.costs[.sampling]?.seconds == 5)
        #expect(meter.costs[.reading] == nil)
    }
}

/// A clock that goes on when told to.
private final class Ticks: @unchecked Sendable {
    private(set) var now = 0.0
    func spend(_ seconds: Double) { now += seconds }
}
