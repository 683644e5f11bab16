// Plates as they come by in an Ontario street: Ontario's series, its personalised ones, and neighbours'. No two
// vehicles share one, but many differ from another's by one character that is easily taken for it.

/// How a plate's text came about: it says whether its format tells a letter from a digit.
package enum PlateKind: String, Sendable, CaseIterable {
    case passenger, olderPassenger, commercial, personalised, quebec, newYork, michigan, manitoba
}

struct PlateMaker {
    private var dice: Dice
    private var taken: Set<String> = []

    /// Letters that Ontario's series use: neither G, I, O, Q nor U.
    private static let series = Array("ABCDEFHJKLMNPRSTVWXYZ")
    private static let neighbours = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    private static let shares: [(PlateKind, Double)] = [
        (.passenger, 0.68), (.olderPassenger, 0.06), (.commercial, 0.10), (.personalised, 0.05), (.quebec, 0.05),
        (.newYork, 0.03), (.michigan, 0.02), (.manitoba, 0.01),
    ]
    /// Pieces that owners choose for themselves, many with the letters and digits that look alike.
    private static let words = [
        "GO", "LEAFS", "BOO", "IM", "ILUV", "OO", "LOL", "PIZZA", "TAXI", "HOME", "DOC", "KOI", "ZOO", "BIO", "IOU",
        "SOS",
    ]

    init(seed: UInt64) { dice = Dice(seed: seed, for: "plates") }

    mutating func next() -> (text: String, kind: PlateKind) {
        while true {
            let kind = Self.shares[dice.place(by: Self.shares.map(\.1))].0
            let text = make(kind)
            if text.utf8.count >= 2, text.utf8.count <= 8, taken.insert(text).inserted { return (text, kind) }
        }
    }

    /// A plate that differs from `text` in one character that is easily taken for the other; nil where none is free.
    mutating func twin(of text: String) -> (text: String, kind: PlateKind)? {
        let characters = Array(text)
        var choices: [String] = []
        for (index, character) in characters.enumerated() {
            for pair in Alike.pairs where pair.contains(character) {
                var other = characters
                other[index] = pair[0] == character ? pair[1] : pair[0]
                choices.append(String(other))
            }
        }
        let free = choices.filter { !taken.contains($0) }
        guard !free.isEmpty else { return nil }
        let twin = dice.pick(free)
        taken.insert(twin)
        return (twin, .personalised)
    }

    private mutating func make(_ kind: PlateKind) -> String {
        switch kind {
        case .passenger: String(dice.pick(Array("ABCD"))) + run(3, of: Self.series) + digits(3)
        case .olderPassenger:
            dice.chance(0.5) ? run(3, of: Self.series) + digits(3) : digits(3) + run(3, of: Self.series)
        case .commercial: run(2, of: Self.series) + digits(5)
        case .personalised: personalised()
        case .quebec: run(1, of: Self.neighbours) + digits(2) + run(3, of: Self.neighbours)
        case .newYork: run(3, of: Self.neighbours) + digits(4)
        case .michigan: run(3, of: Self.neighbours) + digits(4)
        case .manitoba: run(3, of: Self.neighbours) + digits(3)
        }
    }

    private mutating func personalised() -> String {
        let word = dice.pick(Self.words)
        switch dice.whole(0...3) {
        case 0: return word + digits(dice.whole(1...3))
        case 1: return run(dice.whole(1...3), of: Self.letters) + word
        case 2: return digits(dice.whole(1...2)) + word + run(1, of: Self.letters)
        default: return run(dice.whole(3...8), of: Self.letters)
        }
    }

    private mutating func run(_ count: Int, of set: [Character]) -> String {
        String((0..<count).map { _ in dice.pick(set) })
    }

    private mutating func digits(_ count: Int) -> String { run(count, of: Array("0123456789")) }
}

/// Pairs of characters that people and readers take for each other.
enum Alike {
    static let pairs: [[Character]] = [
        ["O", "0"], ["I", "1"], ["B", "8"], ["S", "5"], ["Z", "2"], ["G", "6"], ["D", "0"], ["Q", "O"], ["U", "V"],
        ["V", "Y"], ["M", "N"], ["H", "N"], ["E", "F"], ["P", "R"], ["K", "X"], ["T", "7"], ["A", "4"], ["C", "G"],
    ]

    /// With letters and digits of one shape written alike.
    static func folded(_ text: String) -> String {
        String(text.map { $0 == "O" ? "0" : $0 == "I" ? "1" : $0 })
    }
}
