// From a network's time steps to texts: connectionist temporal classification (Graves et al. 2006), with candidates.
#if canImport(Glibc)
internal import Glibc
#endif

/// Natural logarithms of the probabilities of each symbol at each step; symbol 0 is the blank.
struct TimeSteps: Sendable {
    let steps: Int
    let symbols: Int
    /// `steps * symbols` values, step by step.
    let logs: [Float]
    /// Their exponentials, for `logProbability`.
    private let probabilities: [Double]

    init(steps: Int, symbols: Int, logs: [Float]) {
        precondition(logs.count == steps * symbols, "\(logs.count) values are not \(steps) steps of \(symbols) symbols")
        self.steps = steps
        self.symbols = symbols
        self.logs = logs
        probabilities = logs.map { exp(Double($0)) }
    }

    /// Symbols that reach the probability at some step, the blank left out.
    func plausible(from probability: Double) -> Set<UInt8> {
        var found: Set<UInt8> = []
        for (index, value) in probabilities.enumerated() where value >= probability && index % symbols != 0 {
            found.insert(UInt8(index % symbols))
        }
        return found
    }

    /// Logarithm of the probability of a text (symbols, no blanks) summed over all its alignments; the forward
    /// algorithm, scaled at each step.
    func logProbability(_ text: [UInt8]) -> Double {
        let count = text.count * 2 + 1
        var alpha = [Double](repeating: 0, count: count)
        var next = alpha
        var total = 0.0
        alpha[0] = probabilities[0]
        if count > 1 { alpha[1] = probabilities[Int(text[0])] }
        for step in 0..<steps {
            if step > 0 {
                let base = step * symbols
                for state in 0..<count {
                    var sum = alpha[state]
                    if state > 0 { sum += alpha[state - 1] }
                    if state % 2 == 0 {
                        next[state] = sum * probabilities[base]
                    } else {
                        let symbol = text[state / 2]
                        if state > 1, text[state / 2 - 1] != symbol { sum += alpha[state - 2] }
                        next[state] = sum * probabilities[base + Int(symbol)]
                    }
                }
                swap(&alpha, &next)
            }
            let scale = alpha.reduce(0, +)
            guard scale > 0 else { return -.infinity }
            total += log(scale)
            for state in 0..<count { alpha[state] /= scale }
        }
        let end = alpha[count - 1] + (count > 1 ? alpha[count - 2] : 0)
        return end > 0 ? total + log(end) : -.infinity
    }

    /// Prefix beam search.
    /// - Parameters:
    ///   - width: prefixes kept at each step.
    ///   - floor: a symbol whose logarithm is not above it is not tried at that step.
    /// - Returns: texts (possibly the empty one), the most probable first.
    func beam(width: Int, floor: Float = -7) -> [[UInt8]] {
        var beams: [(prefix: [UInt8], blank: Double, ink: Double)] = [([], 0, -.infinity)]
        for step in 0..<steps {
            let row = logs[(step * symbols)..<((step + 1) * symbols)]
            let usable = row.indices.filter { logs[$0] > floor }.map { ($0 - row.startIndex, Double(logs[$0])) }
            var following: [[UInt8]: (blank: Double, ink: Double)] = [:]
            func add(_ prefix: [UInt8], blank: Double, ink: Double) {
                let old = following[prefix] ?? (-.infinity, -.infinity)
                following[prefix] = (TimeSteps.sum(old.blank, blank), TimeSteps.sum(old.ink, ink))
            }
            for beam in beams {
                let all = TimeSteps.sum(beam.blank, beam.ink)
                for (symbol, value) in usable {
                    if symbol == 0 {
                        add(beam.prefix, blank: all + value, ink: -.infinity)
                    } else if let last = beam.prefix.last, Int(last) == symbol {
                        add(beam.prefix, blank: -.infinity, ink: beam.ink + value)
                        add(beam.prefix + [UInt8(symbol)], blank: -.infinity, ink: beam.blank + value)
                    } else {
                        add(beam.prefix + [UInt8(symbol)], blank: -.infinity, ink: all + value)
                    }
                }
            }
            let ranked = following.map {
                ($0.key, $0.value.blank, $0.value.ink, TimeSteps.sum($0.value.blank, $0.value.ink))
            }
            // Equal ones in the order of their text: the answer must not hang on a dictionary's order.
            let best = ranked.sorted { $0.3 != $1.3 ? $0.3 > $1.3 : $0.0.lexicographicallyPrecedes($1.0) }
            beams = best.prefix(width).map { ($0.0, $0.1, $0.2) }
        }
        return beams.map(\.prefix)
    }

    /// log(exp(a) + exp(b))
    private static func sum(_ a: Double, _ b: Double) -> Double {
        let (high, low) = a > b ? (a, b) : (b, a)
        return low == -.infinity ? high : high + log1p(exp(low - high))
    }
}
