// Chance that can be repeated: everything that happens in a simulated city is drawn from its seed.
internal import Foundation

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and good enough for a city. The same seed gives the same city on
/// every machine.
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A stream of its own for one purpose, so that drawing more for one thing changes nothing else.
    package init(seed: UInt64, for purpose: String) {
        var mixed = Dice(seed: seed)
        state = purpose.utf8.reduce(mixed.next()) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        _ = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 included, 1 excluded.
    package mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    package mutating func chance(_ probability: Double) -> Bool { share() < probability }

    package mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * share() }

    /// Both included.
    package mutating func whole(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(share() * Double(range.count))
    }

    /// Mean 0, standard deviation 1 (Box and Muller).
    package mutating func normal() -> Double {
        (-2 * log(1 - share())).squareRoot() * cos(2 * .pi * share())
    }

    package mutating func exponential(mean: Double) -> Double { -mean * log(1 - share()) }

    /// - Precondition: `items` is not empty.
    package mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(share() * Double(items.count))] }

    /// A place of `weights`, in proportion; the last one where rounding leaves nothing.
    /// - Precondition: `weights` is not empty and holds no negative number.
    package mutating func place(by weights: [Double]) -> Int {
        var left = share() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.count - 1
    }
}
