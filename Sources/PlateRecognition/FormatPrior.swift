// How likely a text is as a plate, before any picture is looked at: formats of jurisdictions, and personalised plates.
internal import Foundation

/// The mixture that `formats.json` describes: series of jurisdictions, personalised plates, runs of letters and digits,
/// and a floor, so that no text is forbidden. The same as Training/reader/formats.py.
struct FormatPrior: Sendable {
    /// Characters that look alike on many plates, and how probable it is that their shape tells nothing.
    struct Alike: Sendable {
        let one: UInt8
        let other: UInt8
        let confusion: Double
    }

    private struct Series: Sendable {
        /// Share among all plates.
        let weight: Double
        /// Probability of each character (in the order of `CharacterSlot.characters`) at each place.
        let places: [[Double]]
    }

    private static let longest = 10.0
    private static let personalisedLengths = 2...8
    private static let count = CharacterSlot.characters.count

    /// Exponent with which the prior enters beside the picture; 0: not at all.
    let strength: Double
    let alike: [Alike]
    private let shares: Description.Shares
    private let chain: Description.Personalised
    private let runs: Description.Runs
    /// Places of the letters that runs seldom hold.
    private let seldom: Set<Int>
    /// By number of characters.
    private let series: [Int: [Series]]
    /// Probability of a letter after a letter; row 26: at the start of a run.
    private let pairs: [[Double]]

    /// Logarithm of how much likelier a text is as a plate than as any characters of its length.
    /// - Parameter text: ASCII of A to Z and 0 to 9.
    func gain(_ text: [UInt8]) -> Double {
        let places = text.compactMap(CharacterSlot.place)
        guard places.count == text.count, !places.isEmpty else { return 0 }
        let anything = pow(Double(FormatPrior.count), -Double(places.count)) / FormatPrior.longest
        let probability =
            shares.series * inSeries(places) + shares.personalised * personalised(places) + shares.runs * inRuns(places)
            + shares.anything * anything
        return log(probability / anything)
    }

    private func inSeries(_ text: [Int]) -> Double {
        var total = 0.0
        for series in series[text.count] ?? [] {
            var probability = series.weight
            for (index, character) in text.enumerated() {
                probability *= series.places[index][character]
                if probability == 0 { break }
            }
            total += probability
        }
        return total
    }

    private func personalised(_ text: [Int]) -> Double {
        guard FormatPrior.personalisedLengths.contains(text.count) else { return 0 }
        var probability = 1 / Double(FormatPrior.personalisedLengths.count)
        var before: Int?
        for character in text {
            let isDigit = character < 10
            let digitShare =
                switch before {
                case nil: chain.startsWithDigit
                case .some(let last) where last < 10: 1 - chain.letterAfterDigit
                case .some: chain.digitAfterLetter
                }
            probability *= isDigit ? digitShare / 10 : 1 - digitShare
            if !isDigit {
                let row = before.map { $0 < 10 ? 26 : $0 - 10 } ?? 26
                probability *= (1 - chain.smoothing) * pairs[row][character - 10] + chain.smoothing / 26
            }
            before = character
        }
        return probability
    }

    private func inRuns(_ text: [Int]) -> Double {
        let letters = 26 - Double(seldom.count) * (1 - runs.share)
        var probability = 1 / FormatPrior.longest
        var before: Bool?
        for character in text {
            let isDigit = character < 10
            probability *= before.map { $0 == isDigit ? 1 - runs.change : runs.change } ?? 0.5
            probability *= isDigit ? 0.1 : (seldom.contains(character) ? runs.share : 1) / letters
            before = isDigit
        }
        return probability
    }
}

extension FormatPrior {
    /// `formats.json`; its field "about" says what the others mean.
    private struct Description: Decodable {
        struct Shares: Decodable, Sendable {
            let series: Double
            let personalised: Double
            let runs: Double
            let anything: Double
        }

        struct Runs: Decodable, Sendable {
            let change: Double
            let seldom: String
            let share: Double
        }

        struct Personalised: Decodable, Sendable {
            let startsWithDigit: Double
            let digitAfterLetter: Double
            let letterAfterDigit: Double
            let smoothing: Double
            let pairs: [String: [Double]]
        }

        struct Jurisdiction: Decodable {
            let code: String
            let weight: Double
            let without: String
            let series: [String: Double]
        }

        struct Pair: Decodable {
            let one: String
            let other: String
            let confusion: Double
        }

        let strength: Double
        let shares: Shares
        let alike: [Pair]
        let runs: Runs
        let personalised: Personalised
        let jurisdictions: [Jurisdiction]
    }

    /// - Parameter file: named in errors.
    /// - Throws: `RecognitionError` (`model`) naming the field that cannot be right.
    init(json: Data, file: String) throws(RecognitionError) {
        let description: Description
        do {
            description = try JSONDecoder().decode(Description.self, from: json)
        } catch {
            throw RecognitionError(.model, "\(file): these are no formats of plates: \(error)")
        }
        func unsound(_ what: String) -> RecognitionError {
            RecognitionError(.model, "\(file): \(what) cannot be right; correct it, or put the original file back")
        }
        let shares = description.shares
        let all = [shares.series, shares.personalised, shares.runs, shares.anything]
        guard all.allSatisfy({ $0 >= 0 }), shares.anything > 0, abs(all.reduce(0, +) - 1) < 1e-6 else {
            throw unsound("shares (they sum to 1, and 'anything' is above 0)")
        }
        guard (0...2).contains(description.strength) else { throw unsound("strength (0 to 2)") }
        strength = description.strength
        self.shares = shares
        runs = description.runs
        seldom = Set(runs.seldom.utf8.compactMap(CharacterSlot.place))
        chain = description.personalised
        alike = try description.alike.map { pair throws(RecognitionError) in
            guard let one = pair.one.utf8.first, let other = pair.other.utf8.first, one != other,
                CharacterSlot.place(one) != nil, CharacterSlot.place(other) != nil,
                pair.confusion > 0, pair.confusion <= 0.5
            else { throw unsound("alike (two characters, and a share of at most 0.5)") }
            return Alike(one: one, other: other, confusion: pair.confusion)
        }
        pairs = try "ABCDEFGHIJKLMNOPQRSTUVWXYZ_".map { row throws(RecognitionError) in
            let counts = description.personalised.pairs[String(row)] ?? []
            let sum = counts.reduce(0, +)
            guard counts.count == 26, sum > 0, counts.allSatisfy({ $0 >= 0 }) else { throw unsound("pairs of \(row)") }
            return counts.map { $0 / sum }
        }
        let everywhere = description.jurisdictions.map(\.weight).reduce(0, +)
        guard everywhere > 0 else { throw unsound("weight of the jurisdictions") }
        var series: [Int: [Series]] = [:]
        for place in description.jurisdictions {
            let total = place.series.values.reduce(0, +)
            for (pattern, share) in place.series.sorted(by: { $0.key < $1.key }) {
                guard let places = FormatPrior.places(of: pattern, without: place.without), share >= 0, total > 0,
                    place.weight >= 0
                else { throw unsound("'\(pattern)' of \(place.code)") }
                let weight = place.weight / everywhere * share / total
                series[places.count, default: []].append(Series(weight: weight, places: places))
            }
        }
        self.series = series
    }

    /// What may stand at each place of a pattern; nil when it cannot be understood.
    ///
    /// A letter that the jurisdiction does not issue keeps a fiftieth: the list of letters may be wrong.
    private static func places(of pattern: String, without: String) -> [[Double]]? {
        let excluded = Set(without.utf8)
        var found: [[Double]] = []
        var rest = Array(pattern.utf8)[...]
        while let first = rest.popFirst() {
            var place = [Double](repeating: 0, count: count)
            switch first {
            case UInt8(ascii: "0"):
                for digit in 0..<10 { place[digit] = 0.1 }
            case UInt8(ascii: "A"):
                let share = excluded.isEmpty ? 1 : 0.98
                for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") {
                    let isIssued = !excluded.contains(letter)
                    place[Int(letter) - 55] =
                        isIssued ? share / Double(26 - excluded.count) : 0.02 / Double(excluded.count)
                }
            case UInt8(ascii: "["):
                guard let end = rest.firstIndex(of: UInt8(ascii: "]")),
                    let chosen = characters(in: rest[rest.startIndex..<end])
                else { return nil }
                for character in chosen { place[character] = 1 / Double(chosen.count) }
                rest = rest[(end + 1)...]
            default: return nil
            }
            found.append(place)
        }
        return found.isEmpty ? nil : found
    }

    /// Places of the characters and ranges ("BDF", "A-H", "1-9") that stand in brackets.
    private static func characters(in inside: ArraySlice<UInt8>) -> Set<Int>? {
        var chosen: Set<Int> = []
        var rest = inside
        while let first = rest.popFirst() {
            var last = first
            if rest.count > 1, rest.first == UInt8(ascii: "-") {
                last = rest[rest.startIndex + 1]
                rest = rest.dropFirst(2)
            }
            guard let low = CharacterSlot.place(first), let high = CharacterSlot.place(last), low <= high else {
                return nil
            }
            chosen.formUnion(low...high)
        }
        return chosen.isEmpty ? nil : chosen
    }
}
