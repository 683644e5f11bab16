// Several crops of one plate agree on a text: their candidates, weighed by what they show and by what plates look like.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// The crops' time steps of one plate, and the prior under which they are read. The same as Training/reader/vote.py.
struct TextVote: Sendable {
    /// A text that the plate could show.
    struct Candidate: Sendable {
        /// Symbols of the network: 1 and up.
        let symbols: [UInt8]
        /// Share of all candidates', the prior counted.
        let probability: Double
        /// The same from the picture alone.
        let visualProbability: Double
        /// Mean logarithm over the crops of the network's probability, not normalised.
        let fit: Double
    }

    /// Prefixes kept in each crop's search, and texts that each crop may propose.
    private static let beamWidth = 8
    private static let proposals = 4
    /// Least log probability that one crop may give a text: a single spoilt crop cannot veto.
    private static let floor = -25.0
    /// Texts this much (natural logarithm) less likely than the best are not varied.
    private static let variedWithin = 6.0
    /// Characters of one text that are exchanged for their likes at once, and texts that come of it in all.
    private static let exchanged = 4
    private static let mostTexts = 64

    private let crops: [TimeSteps]
    private let alphabet: [UInt8]
    private let prior: FormatPrior?
    /// By symbol: the symbol that looks like it, and how probable it is that their shape tells nothing.
    private let alike: [UInt8: (other: UInt8, confusion: Double)]
    /// Each crop's texts, the most probable first.
    private let beams: [[[UInt8]]]

    /// - Parameters:
    ///   - alphabet: ASCII of symbols 1, 2, ...
    ///   - prior: nil: the pictures alone decide.
    init(_ crops: [TimeSteps], alphabet: [UInt8], prior: FormatPrior?) {
        self.crops = crops
        self.alphabet = alphabet
        self.prior = prior
        var alike: [UInt8: (other: UInt8, confusion: Double)] = [:]
        for pair in prior?.alike ?? [] {
            guard let one = alphabet.firstIndex(of: pair.one), let other = alphabet.firstIndex(of: pair.other) else {
                continue
            }
            alike[UInt8(one + 1)] = (UInt8(other + 1), pair.confusion)
            alike[UInt8(other + 1)] = (UInt8(one + 1), pair.confusion)
        }
        self.alike = alike
        beams = crops.map { $0.beam(width: TextVote.beamWidth) }
    }

    /// All crops' proposals and what looks like them, the most probable first; probabilities sum to 1.
    func candidates() -> [Candidate] {
        var fits: [[UInt8]: Double] = [:]
        for text in Set(beams.flatMap { $0.prefix(TextVote.proposals) }) where isPlate(text) { fits[text] = fit(text) }
        guard let best = fits.values.max() else { return [] }
        let varied = fits.filter { $0.value > best - TextVote.variedWithin }.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
        }
        for text in varied.map(\.key) {
            for variant in variants(of: text) where fits[variant] == nil && fits.count < TextVote.mostTexts {
                fits[variant] = fit(variant)
            }
        }
        let texts = fits.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let visual = texts.map { fits[$0] ?? TextVote.floor }
        let scores = zip(texts, confused(texts, visual)).map { $1 + weighedGain($0) }
        let ranked = zip(zip(texts, visual), zip(TextVote.shares(scores), TextVote.shares(visual))).map {
            Candidate(symbols: $0.0, probability: $1.0, visualProbability: $1.1, fit: $0.1)
        }
        return ranked.sorted {
            $0.probability != $1.probability
                ? $0.probability > $1.probability : $0.symbols.lexicographicallyPrecedes($1.symbols)
        }
    }

    /// For each character of the text: what else could stand there, all others given.
    func slots(_ text: [UInt8]) -> [CharacterSlot] {
        var plausible: Set<UInt8> = []
        for crop in crops { plausible.formUnion(crop.plausible(from: 0.003)) }
        return text.indices.map { index in
            var symbols = plausible.union([text[index]])
            for symbol in symbols { if let pair = alike[symbol] { symbols.insert(pair.other) } }
            var visual = [UInt8: Double]()
            var changed = text
            for symbol in symbols {
                changed[index] = symbol
                visual[symbol] = fit(changed)
            }
            var scores = [UInt8: Double]()
            for (symbol, own) in visual {
                changed[index] = symbol
                var score = own
                if let pair = alike[symbol], let other = visual[pair.other] {
                    score = TextVote.sum(own + log(1 - pair.confusion), other + log(pair.confusion))
                }
                scores[symbol] = score + weighedGain(changed)
            }
            changed.remove(at: index)
            scores[0] = fit(changed) + weighedGain(changed)
            return CharacterSlot(scores: scores, alphabet: alphabet)
        }
    }

    /// Share of the crops whose own best text is this one, characters of one shape not told apart.
    func agreement(_ text: [UInt8]) -> Double {
        let own = folded(text)
        let agreeing = beams.count { beam in beam.first.map { folded($0) == own } ?? false }
        return Double(agreeing) / Double(max(beams.count, 1))
    }

    /// How much likelier (natural logarithm) the text is as a plate than as any characters; 0 without a prior.
    func gain(_ text: [UInt8]) -> Double { prior?.gain(text.map { alphabet[Int($0) - 1] }) ?? 0 }

    private func weighedGain(_ text: [UInt8]) -> Double {
        guard let prior, prior.strength > 0, !text.isEmpty else { return 0 }
        return prior.strength * gain(text)
    }

    private func isPlate(_ text: [UInt8]) -> Bool { !text.isEmpty && text.count <= Plate.maximumLength }

    private func fit(_ text: [UInt8]) -> Double {
        crops.map { max($0.logProbability(text), TextVote.floor) }.reduce(0, +) / Double(crops.count)
    }

    /// The text with each choice of its first few ambiguous characters exchanged for what looks like them.
    private func variants(of text: [UInt8]) -> [[UInt8]] {
        let places = text.indices.filter { alike[text[$0]] != nil }.prefix(TextVote.exchanged)
        return (0..<(1 << places.count)).dropFirst().map { choice in
            var variant = text
            for (bit, place) in places.enumerated() where choice >> bit & 1 == 1 {
                variant[place] = alike[text[place]]?.other ?? text[place]
            }
            return variant
        }
    }

    private func folded(_ text: [UInt8]) -> [UInt8] { text.map { min($0, alike[$0]?.other ?? $0) } }

    /// What the picture says of each text when a character may have been drawn in its like's shape.
    private func confused(_ texts: [[UInt8]], _ visual: [Double]) -> [Double] {
        guard !alike.isEmpty else { return visual }
        var confused = visual
        for group in Dictionary(grouping: texts.indices, by: { folded(texts[$0]) }).values {
            for index in group {
                confused[index] = group.sorted().reduce(-.infinity) { total, other in
                    TextVote.sum(total, visual[other] + confusion(texts[index], texts[other]))
                }
            }
        }
        return confused
    }

    /// Logarithm of the probability that a text's ambiguous characters take the shapes that another has.
    private func confusion(_ text: [UInt8], _ shown: [UInt8]) -> Double {
        zip(text, shown).reduce(0) { total, pair in
            guard let confusion = alike[pair.0]?.confusion else { return total }
            return total + log(pair.0 == pair.1 ? 1 - confusion : confusion)
        }
    }

    private static func shares(_ scores: [Double]) -> [Double] {
        let top = scores.max() ?? 0
        let weights = scores.map { exp($0 - top) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// log(exp(a) + exp(b))
    private static func sum(_ a: Double, _ b: Double) -> Double {
        let (high, low) = a > b ? (a, b) : (b, a)
        return low == -.infinity ? high : high + log1p(exp(low - high))
    }
}
