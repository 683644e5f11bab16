// The networks and the files around them: refused when changed, sound on any picture, right on a drawn plate.
import Crypto
import Foundation
import Imaging
import Inference
import ParkingCore
import Testing

@testable import PlateRecognition

/// A copy of the built-in networks that a test may spoil.
final class ModelCopy {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("curbside-models-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: try ModelFolder.builtIn().path, toPath: folder.path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Takes the 8-bit networks away, so that the 32-bit ones are run.
    func withoutInt8() throws {
        for name in ["detector-int8", "scout-int8", "reader-int8"] {
            for ending in ["json", "onnx"] {
                try FileManager.default.removeItem(at: folder.appendingPathComponent("\(name).\(ending)"))
            }
        }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    func write(_ bytes: [UInt8], as name: String) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }

    /// Makes the description name the file that lies there.
    func sign(_ name: String) throws {
        let digest = SHA256.hash(data: try bytes("\(name).onnx"))
        let sum = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let text = String(decoding: try bytes("\(name).json"), as: UTF8.self)
        let signed = text.replacing(try Regex("\"sha256\": *\"[0-9a-f]*\""), with: "\"sha256\": \"\(sum)\"")
        try write(Array(signed.utf8), as: "\(name).json")
    }

    func failure() throws -> String {
        try #require(throws: RecognitionError.self) { _ = try PlateRecogniser(models: folder.path) }.message
    }
}

@Suite struct ModelFolderTests {
    let copy: ModelCopy

    init() throws { copy = try ModelCopy() }

    @Test(arguments: ["reader", "scout", "wholeness", "reader-int8", "detector-int8", "scout-int8"])
    func `a network of which one byte was changed is refused by name`(name: String) throws {
        if !name.hasSuffix("int8") { try copy.withoutInt8() }
        var bytes = try copy.bytes("\(name).onnx")
        bytes[bytes.count / 2] ^= 1
        try copy.write(bytes, as: "\(name).onnx")
        let message = try copy.failure()
        #expect(message.contains("\(name).onnx") && message.contains("SHA-256"))
    }

    @Test func `a missing file is named`() throws {
        try copy.withoutInt8()
        try FileManager.default.removeItem(at: copy.folder.appendingPathComponent("detector.onnx"))
        #expect(try copy.failure().contains("detector.onnx"))
        #expect(throws: RecognitionError.self) { _ = try PlateRecogniser(models: "/nowhere") }
    }

    @Test func `a reader that counts on wholeness is refused without it`() throws {
        try FileManager.default.removeItem(at: copy.folder.appendingPathComponent("wholeness.json"))
        #expect(try copy.failure().contains("wholeness.json"))
    }

    @Test func `another network in the reader's place is refused by its inputs`() throws {
        try copy.withoutInt8()
        try copy.write(try copy.bytes("detector.onnx"), as: "reader.onnx")
        try copy.sign("reader")
        #expect(try copy.failure().contains("'plates'"))
    }

    @Test func `a file that is no network is refused`() throws {
        try copy.withoutInt8()
        try copy.write(Array("this is a letter".utf8), as: "detector.onnx")
        try copy.sign("detector")
        #expect(try copy.failure().contains("detector.onnx"))
    }

    @Test(arguments: [
        ("detector", "\"stride\": 8", "\"stride\": 7"), ("detector", "\"stride\"", "\"strife\""),
        ("reader", "\"readers\": 2", "\"readers\": 0"), ("reader", "\"readers\": 2", "\"readers\": 4"),
    ])
    func `a description that cannot be right is refused`(name: String, old: String, new: String) throws {
        let text = String(decoding: try copy.bytes("\(name).json"), as: UTF8.self)
        try #require(text.contains(old))
        try copy.write(Array(text.replacing(old, with: new).utf8), as: "\(name).json")
        #expect(try copy.failure().contains("\(name).json"))
    }
}

@Suite struct InferenceTests {
    @Test func `a wrong name and a wrong shape are refused, and the network still works`() throws {
        let file = try ModelFolder.builtIn().path + "/detector.onnx"
        let network = try OpenVINOEngine().load(file)
        #expect(network.inputs == ["image"] && Set(network.outputs) == ["heat", "corners"])
        func heat(_ shape: [Int], of input: String) throws(InferenceError) -> [Float] {
            try network.run(input, shape: shape) {
                $0.update(repeating: 90)
            } use: { outputs in
                outputs.first { $0.name == "heat" && $0.shape.count == 4 }.map { Array($0.values) } ?? []
            }
        }
        let name = try #require(throws: InferenceError.self) { _ = try heat([1, 1, 64, 96], of: "picture") }
        #expect(name.code == .tensor && name.message.contains("'picture'"))
        let shape = try #require(throws: InferenceError.self) { _ = try heat([64, 96], of: "image") }
        #expect(shape.code == .tensor)
        let good = try heat([1, 1, 64, 96], of: "image")
        #expect(good.count == 8 * 12 && good.allSatisfy { (0...1).contains($0) })
    }

    @Test func `the same input gives the same answer whatever shape ran before, however often`() throws {
        let network = try OpenVINOEngine().load(try ModelFolder.builtIn().path + "/detector.onnx")
        func heat(width: Int, height: Int) throws -> [Float] {
            try network.run("image", shape: [1, 1, height, width]) { buffer in
                for place in buffer.indices { buffer[place] = Float(place % 251) }
            } use: { outputs in
                outputs.first { $0.name == "heat" }.map { Array($0.values) } ?? []
            }
        }
        let before = try heat(width: 64, height: 32)
        try #require(before.count == 32)
        let other = try heat(width: 320, height: 160)
        #expect(other.count == 800)
        // A shape that comes often gets a model of its own.
        for _ in 0..<500 {
            let after = try heat(width: 64, height: 32)
            #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test(arguments: [
        ("detector-int8", "image", [2, 1, 128, 192]), ("reader-int8", "plates", [4, 1, 64, 160]),
        ("wholeness", "plates", [3, 1, 32, 80]),
    ])
    func `what is compiled for a shape only once it pays answers the same to the last bit before and after`(
        name: String,
        input: String,
        shape: [Int]
    ) throws {
        let network = try OpenVINOEngine(usesThatPay: 3).load(try ModelFolder.builtIn().path + "/\(name).onnx")
        func answer() throws -> [[Float]] {
            try network.run(input, shape: shape) { buffer in
                for place in buffer.indices { buffer[place] = Float(place * 7919 % 65521) / 257 }
            } use: { outputs in
                outputs.map { Array($0.values) }
            }
        }
        let before = try answer()
        try #require(before.contains { !$0.isEmpty })
        for _ in 0..<4 { #expect(try answer() == before) }
    }

    @Test func `what the scout answers depends on what it is asked for, not on what was asked before`() throws {
        let scout = try OpenVINOEngine(usesThatPay: 2).load(try ModelFolder.builtIn().path + "/scout-int8.onnx")
        // One noise in ten falls on the edge of a rounding.
        func answers(_ compiling: ShapeCompiling) throws -> [[Float]] {
            try (1...40).flatMap { seed -> [[Float]] in
                var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
                return try scout.run("image", shape: [1, 1, 192, 320], compiling: compiling) { buffer in
                    for place in buffer.indices {
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        buffer[place] = Float(state >> 40) / 65_793
                    }
                } use: { outputs in
                    outputs.map { Array($0.values) }
                }
            }
        }
        let (pictures, frames) = (try answers(.never), try answers(.atOnce))
        try #require(pictures.contains { !$0.isEmpty })
        #expect(try answers(.never) == pictures)
        #expect(try answers(.atOnce) == frames)
    }

    @Test func `two threads get the answers that one gets`() async throws {
        let network = try OpenVINOEngine(callers: 2).load(try ModelFolder.builtIn().path + "/detector.onnx")
        func heat(_ grey: Float) throws -> [Float] {
            try network.run("image", shape: [1, 1, 64, 96]) {
                $0.update(repeating: grey)
            } use: { outputs in
                outputs.first { $0.name == "heat" }.map { Array($0.values) } ?? []
            }
        }
        let alone = (try heat(20), try heat(200))
        try #require(alone.0 != alone.1)
        async let first = (0..<50).allSatisfy { _ in try heat(20) == alone.0 }
        async let second = (0..<50).allSatisfy { _ in try heat(200) == alone.1 }
        let same = try await (first, second)
        #expect(same == (true, true))
    }
}

@Suite struct PlateRecogniserTests {
    /// A street-grey picture with a white plate, black frame and black letters.
    private func drawnPlate(_ text: String) throws -> GreyImage {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pgm")
        defer { try? FileManager.default.removeItem(at: target) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let font = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"
        let drawing =
            "noise=alls=18:allf=t,boxblur=2,drawbox=x=250:y=170:w=180:h=92:color=0x303030:t=fill,"
            + "drawbox=x=254:y=174:w=172:h=84:color=0xE8E8E8:t=fill,"
            + "drawtext=fontfile=\(font):text='\(text)':fontsize=30:fontcolor=0x202060:x=340-tw/2:y=216-th/2,boxblur=1"
        process.arguments = [
            "ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "color=c=0x585858:size=640x400", "-frames:v",
            "1",
            "-vf", drawing, "-pix_fmt", "gray", target.path,
        ]
        try process.run()
        process.waitUntilExit()
        // A PGM as ffmpeg writes it: three lines, then the pixels.
        let bytes = [UInt8](try Data(contentsOf: target))
        return try GreyImage(width: 640, height: 400, pixels: Array(bytes.suffix(640 * 400)))
    }

    @Test func `a drawn plate is found and read`() throws {
        let found = try PlateRecogniser().read(try drawnPlate("CURB 472"))
        let best = try #require(found.first)
        #expect(best.reading.plate.text == "CURB472")
        #expect(best.reading.confidence > 0.3)
        #expect(best.reading.characters.map(\.character).joined() == "CURB472")
        let box = best.reading.box
        #expect(
            abs(box.x - 250) < 20 && abs(box.y - 170) < 20 && abs(box.width - 180) < 30 && abs(box.height - 92) < 30
        )
        #expect(best.reading.confidence + best.reading.alternates.map(\.probability).reduce(0, +) <= 1 + 1e-6)
        #expect(!best.isCut && best.sharpness > 0)
        let again = try PlateRecogniser().read(try drawnPlate("CURB 472"), near: [best.reading.corners])
        #expect(again.first?.reading.plate.text == "CURB472")
    }

    @Test(arguments: [(1, 1), (1, 700), (33, 9), (2000, 3), (640, 480)])
    func `a picture without a plate gives none, whatever its size`(width: Int, height: Int) throws {
        let recogniser = try PlateRecogniser()
        let flat = try GreyImage(width: width, height: height, pixels: [UInt8](repeating: 127, count: width * height))
        #expect(try recogniser.read(flat).isEmpty)
        #expect(try recogniser.read(flat, effort: .frame).isEmpty)
        #expect(try recogniser.read(flat, effort: .turn(3)).isEmpty)
        #expect(try recogniser.read(flat, near: []).isEmpty)
    }
}
