// Where the time of recognition goes: what the benchmark prints stage by stage.
internal import Synchronization

/// Sums processor time and allocations by stage. For one thread at a time; recognition runs without one otherwise.
package final class StageMeter: Sendable {
    package enum Stage: String, CaseIterable, Sendable {
        /// Copies of half the size.
        case halving
        /// Inputs of the detector, cut from those copies.
        case sampling
        /// The detector over the picture, and over each candidate again.
        case searching, refining
        /// Outlines from the detector's answers.
        case outlining
        /// Plates brought upright.
        case rectifying
        case reading
        /// Texts and characters from the reader's answers.
        case wording
        /// All else: suppression, tracking, fusing.
        case rest
    }

    /// A state of the process's counters, or a difference of two.
    package struct Cost: Sendable {
        package var seconds = 0.0
        package var allocations = 0
        package var bytes = 0

        package init(seconds: Double = 0, allocations: Int = 0, bytes: Int = 0) {
            self.seconds = seconds
            self.allocations = allocations
            self.bytes = bytes
        }

        package static func + (a: Cost, b: Cost) -> Cost {
            Cost(seconds: a.seconds + b.seconds, allocations: a.allocations + b.allocations, bytes: a.bytes + b.bytes)
        }

        package static func - (a: Cost, b: Cost) -> Cost {
            Cost(seconds: a.seconds - b.seconds, allocations: a.allocations - b.allocations, bytes: a.bytes - b.bytes)
        }
    }

    private struct State {
        var running: [Stage] = []
        var last = Cost()
        var costs: [Stage: Cost] = [:]

        /// What was spent since the last change belongs to the innermost stage.
        mutating func settle(_ now: Cost) {
            if let stage = running.last { costs[stage] = (costs[stage] ?? Cost()) + (now - last) }
            last = now
        }
    }

    private let counters: @Sendable () -> Cost
    private let state = Mutex(State())

    /// - Parameter counters: of the process, growing.
    package init(counters: @escaping @Sendable () -> Cost) { self.counters = counters }

    /// By stage, without the stages within.
    package var costs: [Stage: Cost] { state.withLock { $0.costs } }

    package func measure<Answer, Failure: Error>(
        _ stage: Stage,
        _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let before = counters()
        state.withLock { state in
            state.settle(before)
            state.running.append(stage)
        }
        defer {
            let after = counters()
            state.withLock { state in
                state.settle(after)
                state.running.removeLast()
            }
        }
        return try body()
    }
}

extension Optional where Wrapped == StageMeter {
    func measure<Answer, Failure: Error>(
        _ stage: StageMeter.Stage,
        _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        guard let meter = self else { return try body() }
        return try meter.measure(stage, body)
    }
}
