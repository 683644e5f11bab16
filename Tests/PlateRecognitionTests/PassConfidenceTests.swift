// What makes several frames of one car sure: how sure each was alone, and that they showed the same.
import Foundation
import ParkingCore
import Testing

@testable import PlateRecognition

@Suite struct PassConfidenceTests {
    private func shipped() throws -> PassCalibration {
        try #require(try ModelFolder.builtIn().reader(.int8).description.passCalibration)
    }

    private func evidence(fused: Double = 0.999, best: Double? = 0.98, mean: Double = 3, length: Int = 7)
        -> PassEvidence
    {
        PassEvidence(fused: fused, best: best, mean: mean, length: length)
    }

    /// The last word on frames whose text and confidence are given, by the shipped calibration.
    private func pass(_ frames: [(text: String, confidence: Double)]) throws -> PlateReading {
        var tracker = PlateTracker(calibration: try shipped())
        var told: [TrackedPlate] = []
        for (index, frame) in frames.enumerated() {
            let seen = try seen(
                frame.text,
                x: 400 - Double(index) * 2,
                sure: 0.97,
                confidence: frame.confidence
            )
            told += tracker.update([seen], at: Double(index) / 15, frame: index)
        }
        told += tracker.finish()
        return try #require(told.last).reading
    }

    @Test func `each piece of evidence makes a pass surer or leaves it as sure`() throws {
        let calibration = try shipped()
        let least = calibration.confidence(evidence(fused: 0.5, best: 0.4, mean: 0))
        for more in [
            evidence(fused: 0.9, best: 0.4, mean: 0), evidence(fused: 0.5, best: 0.9, mean: 0),
            evidence(fused: 0.5, best: 0.4, mean: 2),
        ] { #expect(calibration.confidence(more) >= least) }
        #expect(calibration.confidence(evidence()) > least + 0.2)
    }

    @Test func `one sure frame among unsure ones is not as good as frames that agree`() throws {
        let alone = try pass([("ABCD123", 0.98)] + Array(repeating: ("ABCD128", 0.4), count: 6))
        let together = try pass(Array(repeating: ("ABCD123", 0.98), count: 7))
        #expect(together.plate.text == "ABCD123" && together.confidence >= 0.95)
        #expect(alone.confidence < 0.9 && alone.confidence < together.confidence - 0.05)
    }

    @Test func `the same doubtful text in frame after frame does not become sure`() throws {
        let surer = try pass(Array(repeating: ("ABCD123", 0.9), count: 3))
        let many = try pass(Array(repeating: ("ABCD123", 0.6), count: 60))
        let more = try pass(Array(repeating: ("ABCD123", 0.6), count: 600))
        #expect(many.confidence < 0.9 && many.confidence < surer.confidence)
        #expect(abs(more.confidence - many.confidence) < 0.01)
    }

    @Test func `a text that no frame showed is never likelier than not`() throws {
        #expect(try shipped().confidence(evidence(best: nil, mean: 6)) <= 0.5)
        let generous = PassCalibration(intercept: 9, weights: ["fused": 1])
        #expect(generous.confidence(evidence(best: nil)) == 0.5)
    }

    @Test(arguments: [
        #"{"intercept": 1, "weights": {}}"#, #"{"intercept": 1, "weights": {"mean": -0.1}}"#,
        #"{"intercept": 1, "weights": {"fused": 0.3, "best": -1}}"#,
    ])
    func `a calibration by which surer frames make a pass less sure is not sound`(json: String) throws {
        #expect(try !JSONDecoder().decode(PassCalibration.self, from: Data(json.utf8)).isSound)
    }

    @Test func `every feature stays bounded`() {
        for value in [0.0, 0.5, 1] {
            for one in evidence(fused: value, best: value, mean: 6, length: 40).features.values {
                #expect(abs(one) <= 40)
            }
        }
    }

    @Test func `without a calibration the frames double the best one's odds at most`() {
        #expect(abs(evidence(fused: 1, best: 0.5).uncalibrated - 2.0 / 3) < 1e-12)
        #expect(evidence(fused: 0.3, best: 0.9).uncalibrated == 0.3)
    }
}
