// From what is known of a read to one number: the probability that a plate stands there and shows exactly this text.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// What speaks for and against a read, before it becomes a confidence.
package struct ReadEvidence: Sendable, Hashable {
    /// Share of the text among all candidates, with the formats' prior, and from the picture alone.
    let share: Double
    let visualShare: Double
    /// Share of the crops whose own best text is this one.
    let agreement: Double
    /// Mean log probability of the text over the crops, per character.
    let fit: Double
    /// Probability of the least certain character.
    let weakest: Double
    /// Logarithm of how much likelier the text is as a plate than as any characters.
    let gain: Double
    /// The detector's belief, 0 to 1.
    let detector: Double
    /// Of the plate in the picture: width in pixels, width over height, sharpness (`Sharpness`).
    let width: Double
    let aspect: Double
    let sharpness: Double
    let length: Int
    /// Whether the plate seems to go on beyond the picture's left or right edge.
    let isCutAtSide: Bool
    /// Probability that the plate shows whole (`WholenessReader`); nil where nothing can tell.
    let whole: Double?

    /// The numbers that a calibration may weigh, by name; each bounded, so that nothing unheard of upsets the sum.
    package var features: [String: Double] {
        [
            "share": logit(share, 10), "visualShare": logit(visualShare, 10), "agreement": agreement,
            "fit": max(-3, fit), "weakest": logit(weakest, 8), "gain": min(max(gain, -4), 8),
            "detector": logit(detector, 6), "width": log(min(max(width, 16), 400) / 100),
            "aspect": abs(log(min(max(aspect, 1), 8) / 2.5)), "sharpness": log(min(max(sharpness, 0.01), 1000)),
            "short": Double(max(0, 5 - length)), "long": Double(max(0, length - 7)),
            "cut": isCutAtSide ? 1 : 0, "whole": whole.map { logit($0, 5) } ?? 0, "closeUp": whole == nil ? 1 : 0,
        ]
    }
}

/// How a reader's evidence becomes a confidence; fitted on photographs that the reader was not trained on.
package struct ConfidenceModel: Sendable, Decodable {
    /// "platt": of the fused probability p, 1 / (1 + exp(-(a + b * ln(p / (1 - p))))).
    /// "logistic": 1 / (1 + exp(-(intercept + sum of weights * features))).
    package let type: String
    package let a: Double?
    package let b: Double?
    package let intercept: Double?
    package let weights: [String: Double]?
    /// How probable it is that the plate shows whole; absent: certain. What is read of a half hidden plate can be as
    /// clear as it likes, so that this is a factor, not one more term of the sum.
    package let whole: WholenessModel?

    /// Whether all is there that the type needs.
    var isSound: Bool {
        switch type {
        case "platt": a != nil && b != nil
        case "logistic":
            intercept != nil && weights.map { !$0.isEmpty && $0.values.allSatisfy(\.isFinite) } ?? false
                && whole?.isSound != false
        default: false
        }
    }

    func confidence(_ evidence: ReadEvidence) -> Double {
        let features = evidence.features
        if let weights, let intercept, type == "logistic" {
            return (whole?.probability(features) ?? 1) / (1 + exp(-weighed(features, by: weights, from: intercept)))
        }
        // Hardly any jurisdiction issues a single character; what looks like one is mostly a plate too far away.
        let single = evidence.length == 1 ? 0.25 : 1
        let share = min(max(evidence.share, 1e-6), 1 - 1e-6)
        return single / (1 + exp(-((a ?? 0) + (b ?? 1) * log(share / (1 - share)))))
    }
}

/// How the wholeness network's answer, and whether the outline ends at the picture's side, become the probability that
/// the plate shows whole: its logarithmic odds are `intercept + whole * logit + cut`. Of a close-up nothing can be told.
package struct WholenessModel: Sendable, Decodable {
    package let intercept: Double
    package let whole: Double
    package let cut: Double

    var isSound: Bool { intercept.isFinite && whole > 0 && whole.isFinite && cut <= 0 && cut.isFinite }

    func probability(_ features: [String: Double]) -> Double {
        if features["closeUp"] == 1 { return 1 }
        return 1 / (1 + exp(-(intercept + whole * (features["whole"] ?? 0) + cut * (features["cut"] ?? 0))))
    }
}

/// What speaks for the text that the frames of a pass come to together, before it becomes a confidence.
package struct PassEvidence: Sendable, Hashable {
    /// Probability of the text, all frames' characters added up.
    let fused: Double
    /// Highest confidence of a frame that showed this very text; nil: none did.
    let best: Double?
    /// Mean of the frames' logarithmic odds, each frame weighed by its quality (`PlateTrack.quality`). A frame that shows
    /// another text counts as even odds.
    let mean: Double
    let length: Int

    /// Bound of a frame's logarithmic odds: one frame alone is never surer than .9975.
    static let oddsBound = 6.0
    /// What the best frame counts as, where none showed the text.
    private static let unshown = 1.0 / 3

    /// The numbers that a calibration may weigh, by name. None grows with the number of frames: what looks like another
    /// character does so in frame after frame.
    package var features: [String: Double] {
        [
            "fused": logit(fused, 10), "best": logit(best ?? PassEvidence.unshown, 8), "mean": mean,
            "short": Double(max(0, 5 - length)), "long": Double(max(0, length - 7)),
        ]
    }

    /// Without a calibration: frames share their errors, so that together they double the best one's odds at most.
    var uncalibrated: Double {
        let surest = best ?? PassEvidence.unshown
        return min(fused, 2 * surest / (1 + surest))
    }
}

/// How a pass's evidence becomes a confidence: 1 / (1 + exp(-(intercept + sum of weights * features))), fitted on passes
/// of cars that the reader was not trained on (Training/reader/passes.py).
package struct PassCalibration: Sendable, Decodable {
    let intercept: Double
    let weights: [String: Double]

    /// A surer pass must stay the surer one.
    var isSound: Bool {
        intercept.isFinite && !weights.isEmpty && weights.values.allSatisfy(\.isFinite)
            && ["fused", "best", "mean"].allSatisfy { weights[$0] ?? 0 >= 0 }
    }

    /// A text that no single frame showed is never likelier than not.
    func confidence(_ evidence: PassEvidence) -> Double {
        let sum = weighed(evidence.features, by: weights, from: intercept)
        return min(evidence.best == nil ? 0.5 : 1, 1 / (1 + exp(-sum)))
    }
}

/// Intercept and weighed features, added in the order of their names: the same sum to the last bit each time.
private func weighed(_ features: [String: Double], by weights: [String: Double], from intercept: Double) -> Double {
    weights.sorted { $0.key < $1.key }.reduce(intercept) { $0 + $1.value * (features[$1.key] ?? 0) }
}

/// Logarithm of the odds, bounded on both sides.
func logit(_ probability: Double, _ bound: Double) -> Double {
    let p = min(max(probability, 1e-12), 1 - 1e-12)
    return min(max(log(p / (1 - p)), -bound), bound)
}
