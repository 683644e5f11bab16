// What plates look like, as the program and the training know it: equal in both, and never forbidding.
import Foundation
import ParkingCore
import Testing

@testable import PlateRecognition

/// Written by Training/reader/golden.py.
private struct Golden: Decodable {
    struct Gain: Decodable {
        let text: String
        let gain: Double
    }

    struct Answer: Decodable {
        let text: String
        let probability: Double
    }

    struct Vote: Decodable {
        let shown: String
        let seed: UInt64
        let prior: Bool
        let answers: [Answer]
    }

    let gains: [Gain]
    let votes: [Vote]

    static func read() throws -> Golden {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/vote.json")
        return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: file))
    }
}

@Suite struct FormatPriorTests {
    private let alphabet = CharacterSlot.characters
    private let prior: FormatPrior

    init() throws { prior = try #require(try ModelFolder.builtIn().formats()) }

    private func gain(_ text: String) -> Double { prior.gain(Array(text.utf8)) }

    /// The same time steps as golden.py draws.
    private func crops(of text: String, seed: UInt64) -> [TimeSteps] {
        var state = seed
        func draw() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31) + 0.01
        }
        let places = Array(text.utf8).compactMap(CharacterSlot.place)
        return (0..<2).map { _ in
            var logs: [Float] = []
            for step in 0..<20 {
                var weights = (0...alphabet.count).map { _ in
                    let value = draw()
                    return value * value * value
                }
                let symbol = step % 2 == 0 && step / 2 < places.count ? places[step / 2] + 1 : 0
                weights[symbol] += 12 * draw()
                let total = weights.reduce(0, +)
                logs += weights.map { Float(log($0 / total)) }
            }
            return TimeSteps(steps: 20, symbols: alphabet.count + 1, logs: logs)
        }
    }

    @Test func `gains are those of the training's own code`() throws {
        let golden = try Golden.read()
        #expect(golden.gains.count > 10)
        for entry in golden.gains {
            #expect(abs(gain(entry.text) - entry.gain) < 1e-4, "\(entry.text)")
        }
    }

    @Test func `votes are those of the training's own code, with the prior and without`() throws {
        for entry in try Golden.read().votes {
            let crops = crops(of: entry.shown, seed: entry.seed)
            let vote = TextVote(crops, alphabet: alphabet, prior: entry.prior ? prior : nil)
            let found = vote.candidates().prefix(entry.answers.count).map {
                (String(decoding: $0.symbols.map { alphabet[Int($0) - 1] }, as: UTF8.self), $0.probability)
            }
            #expect(found.map(\.0) == entry.answers.map(\.text))
            for (own, other) in zip(found, entry.answers) {
                #expect(abs(own.1 - other.probability) < 1e-3, "\(entry.shown): \(own)")
            }
        }
    }

    @Test(arguments: [
        ("6MBV006", "6MBVO06"), ("CFAP012", "CFAPO12"), ("AF10557", "AFI0557"), ("GOALIE", "G0ALIE"),
        ("AB12CDE", "ABI2CDE"), ("BRA1B23", "BRAIB23"),
    ])
    func `a series or a word is likelier than what looks like it`(right: String, wrong: String) {
        #expect(gain(right) > gain(wrong) + 0.5)
    }

    @Test func `nothing is forbidden`() {
        for text in ["0", "OOOOOOOOOOOO", "1A1A1A1A1", "QQ0QQ", "ZZZZZZZZZZZZZZZZ"] {
            #expect(gain(text).isFinite && gain(text) > -6)
        }
    }

    @Test func `clear characters win against any format`() {
        var logs: [Float] = []
        let shown = Array("C0FFEE0".utf8).compactMap(CharacterSlot.place)
        for step in 0..<14 {
            let symbol = step % 2 == 0 ? shown[step / 2] + 1 : 0
            logs += (0...alphabet.count).map { $0 == symbol ? Float(log(0.9998)) : Float(log(0.0002 / 36)) }
        }
        let crop = TimeSteps(steps: 14, symbols: alphabet.count + 1, logs: logs)
        let best = TextVote([crop], alphabet: alphabet, prior: prior).candidates().first?.symbols ?? []
        let folded = best.map { alphabet[Int($0) - 1] == UInt8(ascii: "O") ? UInt8(ascii: "0") : alphabet[Int($0) - 1] }
        #expect(String(decoding: folded, as: UTF8.self) == "C0FFEE0")
    }

    @Test(arguments: [
        ("\"AAAA000\"", "\"AAAB000\"", "AAAB000"), ("\"strength\": ", "\"strength\": 9", "strength"),
        ("\"anything\": ", "\"anything\": 1", "shares"), ("\"series\": {", "\"serie\": {", "formats.json"),
    ])
    func `formats that cannot be right are refused by name`(old: String, new: String, named: String) throws {
        let file = try ModelFolder.builtIn().path + "/formats.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try #require(text.contains(old))
        let error = #expect(throws: RecognitionError.self) {
            _ = try FormatPrior(json: Data(text.replacing(old, with: new).utf8), file: "formats.json")
        }
        #expect(error?.message.contains(named) == true)
    }
}

@Suite struct ConfidenceTests {
    private func evidence(share: Double, length: Int = 7, isCutAtSide: Bool = false, whole: Double = 0.99)
        -> ReadEvidence
    {
        ReadEvidence(
            share: share,
            visualShare: share,
            agreement: 1,
            fit: -0.1,
            weakest: share,
            gain: 4,
            detector: 0.9,
            width: 120,
            aspect: 2,
            sharpness: 0.1,
            length: length,
            isCutAtSide: isCutAtSide,
            whole: whole
        )
    }

    @Test func `a plate that goes on beyond the picture's side edge is doubted`() throws {
        let shipped = try ModelFolder.builtIn().reader(.int8).description.calibration
        let whole = shipped.confidence(evidence(share: 0.99, whole: 0.5))
        #expect(shipped.confidence(evidence(share: 0.99, isCutAtSide: true, whole: 0.5)) < whole - 0.01)
    }

    @Test func `a plate of which a part does not show is doubted however clear the rest`() throws {
        let shipped = try ModelFolder.builtIn().reader(.int8).description.calibration
        let (whole, hidden) = (
            shipped.confidence(evidence(share: 0.999)), shipped.confidence(evidence(share: 0.999, whole: 0.02))
        )
        #expect(hidden < 0.9 && hidden < whole - 0.1)
    }

    private func model(_ json: String) throws -> ConfidenceModel {
        try JSONDecoder().decode(ConfidenceModel.self, from: Data(json.utf8))
    }

    @Test func `a description of the older kind still works`() throws {
        let platt = try model(#"{"type": "platt", "a": 0, "b": 1}"#)
        #expect(platt.isSound)
        #expect(abs(platt.confidence(evidence(share: 0.8)) - 0.8) < 1e-9)
        #expect(abs(platt.confidence(evidence(share: 0.8, length: 1)) - 0.2) < 1e-9)
    }

    @Test func `features are weighed by name, unknown ones not at all`() throws {
        let logistic = try model(
            #"{"type": "logistic", "intercept": 0.5, "weights": {"share": 1, "agreement": 2, "moon": 9}}"#
        )
        #expect(logistic.isSound)
        let sum = 0.5 + log(0.8 / 0.2) + 2
        #expect(abs(logistic.confidence(evidence(share: 0.8)) - 1 / (1 + exp(-sum))) < 1e-9)
    }

    @Test(arguments: [#"{"type": "platt", "a": 1}"#, #"{"type": "logistic", "intercept": 1}"#, #"{"type": "magic"}"#])
    func `a description that lacks something is not sound`(json: String) throws {
        #expect(try !model(json).isSound)
    }

    @Test func `every feature stays bounded`() {
        for value in evidence(share: 1).features.values { #expect(abs(value) <= 10) }
        for value in evidence(share: 0).features.values { #expect(abs(value) <= 10) }
    }
}
