// Chance that a seed repeats, for trials on made-up streets.
#if canImport(Glibc)
internal import Glibc
#endif

/// SplitMix64 (Steele, Lea, Flood 2014).
struct TrialChance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func happens(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

    /// By a normal distribution (Box and Muller).
    mutating func normal(_ deviation: Double = 1) -> Double {
        let radius = (-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self))).squareRoot()
        return deviation * radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &self))
    }

    /// Distance by the exponential law, on either side of 0.
    mutating func laplace(_ mean: Double) -> Double {
        let size = -mean * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self))
        return happens(0.5) ? size : -size
    }

    mutating func element<Element>(_ choices: [Element], or fallback: Element) -> Element {
        choices.randomElement(using: &self) ?? fallback
    }
}
