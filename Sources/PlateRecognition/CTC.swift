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
        return probabilities.withUnsafeBufferPointer { rows in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count * 2) { buffer in
                buffer.initialize(repeating: 0)
                return forward(text, rows, buffer, count)
            }
        }
    }

    /// - Parameter buffer: twice `count` zeros: the states at a step and at the next.
    private func forward(
        _ text: [UInt8],
        _ rows: UnsafeBufferPointer<Double>,
        _ buffer: UnsafeMutableBufferPointer<Double>,
        _ count: Int
    ) -> Double {
        var (now, next) = (0, count)
        var total = 0.0
        // The scales of several steps, whose logarithm is taken only before they underflow.
        var scales = 1.0
        buffer[0] = rows[0]
        if count > 1 { buffer[1] = rows[Int(text[0])] }
        for step in 0..<steps {
            if step > 0 {
                let base = step * symbols
                for state in 0..<count {
                    var sum = buffer[now + state]
                    if state > 0 { sum += buffer[now + state - 1] }
                    if state % 2 == 0 {
                        buffer[next + state] = sum * rows[base]
                    } else {
                        let symbol = text[state / 2]
                        if state > 1, text[state / 2 - 1] != symbol { sum += buffer[now + state - 2] }
                        buffer[next + state] = sum * rows[base + Int(symbol)]
                    }
                }
                swap(&now, &next)
            }
            var scale = 0.0
            for state in 0..<count { scale += buffer[now + state] }
            guard scale > 0 else { return -.infinity }
            for state in 0..<count { buffer[now + state] /= scale }
            scales *= scale
            if scales < 1e-100 {
                total += log(scales)
                scales = 1
            }
        }
        let end = buffer[now + count - 1] + (count > 1 ? buffer[now + count - 2] : 0)
        return end > 0 ? total + log(scales) + log(end) : -.infinity
    }

    /// Prefix beam search.
    /// - Parameters:
    ///   - width: prefixes kept at each step.
    ///   - floor: a symbol whose logarithm is not above it is not tried at that step.
    /// - Returns: texts (possibly the empty one), the most probable first.
    func beam(width: Int, floor: Float = -7) -> [[UInt8]] {
        var tree = PrefixTree()
        var beams: [(prefix: Int, blank: Double, ink: Double)] = [(PrefixTree.root, 0, -.infinity)]
        var following: [(prefix: Int, blank: Double, ink: Double)] = []
        var usable: [(symbol: UInt8, value: Double)] = []
        for step in 0..<steps {
            usable.removeAll(keepingCapacity: true)
            for symbol in 0..<symbols where logs[step * symbols + symbol] > floor {
                usable.append((UInt8(symbol), Double(logs[step * symbols + symbol])))
            }
            following.removeAll(keepingCapacity: true)
            func add(_ prefix: Int, blank: Double, ink: Double) {
                if let place = tree.place(of: prefix, at: step) {
                    following[place].blank = TimeSteps.sum(following[place].blank, blank)
                    following[place].ink = TimeSteps.sum(following[place].ink, ink)
                } else {
                    tree.setPlace(following.count, of: prefix, at: step)
                    following.append((prefix, blank, ink))
                }
            }
            for beam in beams {
                let all = TimeSteps.sum(beam.blank, beam.ink)
                let last = tree.symbol(of: beam.prefix)
                for (symbol, value) in usable {
                    if symbol == 0 {
                        add(beam.prefix, blank: all + value, ink: -.infinity)
                    } else if last == symbol {
                        add(beam.prefix, blank: -.infinity, ink: beam.ink + value)
                        add(tree.child(of: beam.prefix, symbol), blank: -.infinity, ink: beam.blank + value)
                    } else {
                        add(tree.child(of: beam.prefix, symbol), blank: -.infinity, ink: all + value)
                    }
                }
            }
            let totals = following.map { TimeSteps.sum($0.blank, $0.ink) }
            // Equal ones in the order of their text: the answer must not hang on the order in which they were found.
            let ranked = following.indices.sorted {
                totals[$0] != totals[$1]
                    ? totals[$0] > totals[$1]
                    : tree.text(of: following[$0].prefix).lexicographicallyPrecedes(tree.text(of: following[$1].prefix))
            }
            beams = ranked.prefix(width).map { following[$0] }
        }
        return beams.map { tree.text(of: $0.prefix) }
    }

    /// log(exp(a) + exp(b))
    private static func sum(_ a: Double, _ b: Double) -> Double {
        let (high, low) = a > b ? (a, b) : (b, a)
        return low == -.infinity ? high : high + log1p(exp(low - high))
    }
}

/// All prefixes that a beam search has met, each one symbol longer than its parent: compared by number, not by text.
private struct PrefixTree {
    private struct Node {
        let parent: Int
        let symbol: UInt8
        var firstChild = -1
        var nextSibling = -1
        /// Where it stands in the list of one step.
        var place = -1
        var step = -1
    }

    /// The empty prefix.
    static let root = 0

    private var nodes = [Node(parent: -1, symbol: 0)]

    /// The last symbol; 0 for the empty prefix.
    func symbol(of prefix: Int) -> UInt8 { nodes[prefix].symbol }

    /// The prefix with one more symbol.
    mutating func child(of prefix: Int, _ symbol: UInt8) -> Int {
        var child = nodes[prefix].firstChild
        while child >= 0, nodes[child].symbol != symbol { child = nodes[child].nextSibling }
        if child >= 0 { return child }
        var node = Node(parent: prefix, symbol: symbol)
        node.nextSibling = nodes[prefix].firstChild
        nodes[prefix].firstChild = nodes.count
        nodes.append(node)
        return nodes.count - 1
    }

    func place(of prefix: Int, at step: Int) -> Int? {
        nodes[prefix].step == step ? nodes[prefix].place : nil
    }

    mutating func setPlace(_ place: Int, of prefix: Int, at step: Int) {
        nodes[prefix].place = place
        nodes[prefix].step = step
    }

    func text(of prefix: Int) -> [UInt8] {
        var text: [UInt8] = []
        var node = prefix
        while node != PrefixTree.root {
            text.append(nodes[node].symbol)
            node = nodes[node].parent
        }
        return text.reversed()
    }
}
