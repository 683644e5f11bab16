// What could stand at one place of a plate: the unit in which frames of one pass are added up.
#if canImport(Glibc)
internal import Glibc
#endif

/// Natural logarithms of the probabilities of A to Z, 0 to 9 and 'no character' at one place, summing to 1.
package struct CharacterSlot: Sendable, Hashable {
    /// Least probability of anything: what was not seen in one frame may be seen in the next.
    static let least = 1e-4
    /// The characters that can stand in a slot, and in their midst the gap.
    static let characters: [UInt8] = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    /// Place of 'no character' in `logs`.
    static let gap = characters.count

    /// In the order of `characters`, then the gap.
    let logs: [Double]

    /// - Parameters:
    ///   - scores: log scores by symbol of the network; 0 stands for no character.
    ///   - alphabet: ASCII of symbols 1, 2, ...
    init(scores: [UInt8: Double], alphabet: [UInt8]) {
        let top = scores.values.max() ?? 0
        var weights = [Double](repeating: 0, count: CharacterSlot.characters.count + 1)
        for (symbol, score) in scores {
            let place = symbol == 0 ? CharacterSlot.gap : CharacterSlot.place(alphabet[Int(symbol) - 1])
            if let place { weights[place] += exp(score - top) }
        }
        self.init(weights: weights)
    }

    /// - Parameter weights: not negative, in the order of `logs`; normalised, and none below `least`.
    init(weights: [Double]) {
        let total = max(weights.reduce(0, +), 1e-300)
        let floored = weights.map { max($0 / total, CharacterSlot.least) }
        let sum = floored.reduce(0, +)
        logs = floored.map { log($0 / sum) }
    }

    /// One character with a given probability, the rest shared by all others.
    init(character: UInt8, probability: Double) {
        var weights = [Double](
            repeating: (1 - probability) / Double(CharacterSlot.characters.count),
            count: CharacterSlot.characters.count + 1
        )
        if let place = CharacterSlot.place(character) { weights[place] = probability }
        self.init(weights: weights)
    }

    /// The same with nothing below one in a hundred: a frame that is wrong and sure of it must not outvote many.
    var softened: CharacterSlot { CharacterSlot(weights: logs.map { max(exp($0), 0.01) }) }

    /// The most probable entry of `logs`.
    var best: Int { logs.indices.max { logs[$0] < logs[$1] } ?? CharacterSlot.gap }

    func probability(_ place: Int) -> Double { exp(logs[place]) }

    static func place(_ character: UInt8) -> Int? {
        switch character {
        case 48...57: Int(character) - 48
        case 65...90: Int(character) - 65 + 10
        default: nil
        }
    }
}
