// The text search against an enumeration of all alignments.
import Foundation
import Testing

@testable import PlateRecognition

@Suite struct CTCTests {
    private let symbols = 4

    /// Time steps with probabilities drawn from a seeded generator.
    private func steps(_ count: Int, seed: UInt64) -> TimeSteps {
        var state = seed
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31) + 0.01
        }
        var logs: [Float] = []
        for _ in 0..<count {
            let row = (0..<symbols).map { _ in next() * next() * next() }
            logs += row.map { Float(log($0 / row.reduce(0, +))) }
        }
        return TimeSteps(steps: count, symbols: symbols, logs: logs)
    }

    /// Probability of every text, by running through all paths.
    private func enumerate(_ steps: TimeSteps) -> [[UInt8]: Double] {
        var texts: [[UInt8]: Double] = [:]
        let paths = Int(pow(Double(symbols), Double(steps.steps)))
        for path in 0..<paths {
            var rest = path
            var text: [UInt8] = []
            var last = 0
            var probability = 1.0
            for step in 0..<steps.steps {
                let symbol = rest % symbols
                rest /= symbols
                probability *= exp(Double(steps.logs[step * symbols + symbol]))
                if symbol != 0, symbol != last { text.append(UInt8(symbol)) }
                last = symbol
            }
            texts[text, default: 0] += probability
        }
        return texts
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `the probability of a text is the sum over all its alignments`(seed: UInt64) {
        let steps = steps(6, seed: seed)
        let truth = enumerate(steps)
        #expect(abs(truth.values.reduce(0, +) - 1) < 1e-5)
        for (text, probability) in truth {
            #expect(abs(exp(steps.logProbability(text)) - probability) < 1e-5 * probability + 1e-9)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `the search finds the most probable text`(seed: UInt64) throws {
        let steps = steps(6, seed: seed)
        let best = try #require(enumerate(steps).max { $0.value < $1.value })
        #expect(steps.beam(width: 40, floor: -20).first == best.key)
    }

    @Test func `a text that does not fit into the steps is impossible`() {
        #expect(steps(2, seed: 9).logProbability([1, 1]) == -.infinity)
        #expect(steps(2, seed: 9).logProbability([1, 2, 3]) == -.infinity)
    }

    @Test func `only symbols that reach the floor are plausible`() {
        let logs: [Float] = [0.9, 0.09, 0.006, 0.004, 0.9, 0.001, 0.098, 0.001].map { Float(log($0)) }
        #expect(TimeSteps(steps: 2, symbols: 4, logs: logs).plausible(from: 0.005) == [1, 2])
    }
}
