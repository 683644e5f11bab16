// Many days of many towns, some at a time, and the table that comes of them.
package import Foundation
package import ParkingCore
internal import Synchronization

/// What the command asks for, and how far it has come.
package struct SimulationProgress: Sendable {
    /// 0 to 1.
    package let share: Double
    /// nil at the very beginning.
    package let remainingSeconds: Double?
}

package enum Simulation {
    /// Runs all seeds, `workers` at a time.
    /// - Parameters:
    ///   - cars: of each seed.
    ///   - reads: how plates are misread; nil: `MeasuredReads.kept`.
    ///   - now: seconds of a steady clock, for what remains.
    /// - Throws: what a day throws; the others are given up then.
    package static func run(
        seeds: [UInt64],
        cars: Int,
        workers: Int,
        reads: URL? = nil,
        now: @escaping @Sendable () -> Double,
        progress: @escaping @Sendable (SimulationProgress) -> Void
    ) async throws -> [DayResult] {
        // A thousand commits a seed, each of them synced to the disk.
        let storeReads = 600
        let reader = try ReadModel(try reads.map { try MeasuredReads($0) } ?? MeasuredReads.kept())
        let meter = ProgressMeter(days: seeds.count, now: now, report: progress)
        return try await withThrowingTaskGroup(of: DayResult.self) { group in
            var waiting = seeds[...]
            var results: [DayResult] = []
            func start() {
                guard let seed = waiting.popFirst() else { return }
                group.addTask {
                    let day = try CityDay(seed: seed, cars: cars, reader: reader)
                    return try await day.run(storeReads: storeReads) { meter.note(seed, share: $0) }
                }
            }
            for _ in 0..<max(1, workers) { start() }
            while let result = try await group.next() {
                results.append(result)
                start()
            }
            return results.sorted { $0.seed < $1.seed }
        }
    }
}

/// The systems that are tried, by the names that tables and JSON give them.
package enum Trial {
    package static let ours = "ours"
    package static let exact = "exact"
    package static let market = "market"
    package static let names = [ours, exact, market]

    package static func systems(
        _ town: Town,
        _ city: City,
        _ history: ListHistory,
        _ vehicle: Int
    ) throws -> [(name: String, system: any TriedSystem)] {
        [
            (ours, Judged(city: city, history: history)),
            (exact, Baseline(.exact, town: town, history: history)),
            (market, Baseline(.oneEquivalent, town: town, history: history)),
        ]
    }
}

/// Adds up what the days that run side by side have done.
private final class ProgressMeter: Sendable {
    private struct State {
        var shares: [UInt64: Double] = [:]
    }

    private let state = Mutex(State())
    private let days: Double
    private let began: Double
    private let now: @Sendable () -> Double
    private let report: @Sendable (SimulationProgress) -> Void

    init(
        days: Int,
        now: @escaping @Sendable () -> Double,
        report: @escaping @Sendable (SimulationProgress) -> Void
    ) {
        self.days = Double(max(1, days))
        self.now = now
        self.report = report
        began = now()
    }

    func note(_ seed: UInt64, share: Double) {
        let done = state.withLock { state in
            state.shares[seed] = share
            return state.shares.values.reduce(0, +)
        }
        let share = done / days
        let spent = now() - began
        report(SimulationProgress(share: share, remainingSeconds: share > 0 ? spent / share - spent : nil))
    }
}
