// What the simulation tells: a table for people, one line of JSON for programs.
internal import Foundation

package struct SimulationReport: Sendable {
    private let results: [DayResult]
    private let sums: [String: Tally]

    package init(_ results: [DayResult]) {
        self.results = results
        var sums: [String: Tally] = [:]
        for result in results {
            for (name, tally) in result.tallies { sums[name, default: Tally()] += tally }
        }
        self.sums = sums
    }

    package var cars: Int { results.reduce(0) { $0 + $1.cars } }

    /// Wrong tickets of ours that the town's data or the photo would have prevented.
    package var wrongTicketsOurFault: Int { sums[Trial.ours]?.wrongTicketsOurFault ?? 0 }

    private var store: StoreResult { results.reduce(into: StoreResult()) { $0 += $1.store } }

    /// Whether database and memory agreed and no power cut lost anything.
    package var isStoreSound: Bool { store.isSound }

    // MARK: For people

    package var table: String {
        var lines = ["\(results.count) days, \(cars) cars, \(results.reduce(0) { $0 + $1.passings }) cars passed by"]
        lines.append(row("per 10,000 cars", Trial.names.map(title)))
        func count(_ name: String, _ value: (Tally) -> Int) {
            lines.append(row(name, tallies.map { rate(value($0)) }))
        }
        count("wrong tickets") { $0.wrongTickets }
        count("  by our fault") { $0.wrongTicketsOurFault }
        count("wrong alerts") { $0.wrongAlerts }
        count("tickets that name another plate") { $0.wrongPlates }
        count("missed violations") { $0.missed }
        count("violations passed by") { $0.violations }
        count("second looks") { $0.secondLooks }
        count("withdrawn before the ticket") { $0.withdrawn }
        count("tickets") { $0.tickets }
        lines.append(row("alerted, of violations", tallies.map { percent($0.alerted, $0.violations) }))
        lines.append(
            row("found, with second looks", tallies.map { percent($0.alerted + $0.secondLooked, $0.violations) })
        )
        lines.append(row("second looks, of reads", tallies.map { percent($0.secondLooks, $0.reads) }))
        lines += causes("wrong alerts by cause", \.wrongAlertsByCause)
        lines += causes("wrong tickets by cause", \.wrongTicketsByCause)
        lines += causes("tickets that name another plate", \.wrongPlatesByCause)
        lines += causes("second looks by reason", \.secondLooksByReason)
        lines += causes("missed by reason", \.missedByReason)
        lines.append("")
        lines.append(
            "on the vehicle's database: \(store.reads) reads, \(store.tickets) tickets, \(store.powerCuts) power cuts;"
                + " \(store.lostFacts) facts lost, \(store.repeatedNumbers) numbers given twice,"
                + " \(store.disagreements) answers other than in memory"
        )
        return lines.joined(separator: "\n")
    }

    private var tallies: [Tally] { Trial.names.map { sums[$0] ?? Tally() } }

    private func title(_ name: String) -> String {
        switch name {
        case Trial.exact: "exact match"
        case Trial.market: "one OCR pair"
        default: "Curbside"
        }
    }

    private func causes(_ name: String, _ table: KeyPath<Tally, [String: Int]>) -> [String] {
        let keys = Set(tallies.flatMap { $0[keyPath: table].keys }).sorted()
        guard !keys.isEmpty else { return [] }
        return ["", row("\(name), in all", Trial.names.map(title))]
            + keys.map { key in row("  \(key)", tallies.map { String($0[keyPath: table][key] ?? 0) }) }
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        name.padding(toLength: max(36, name.count), withPad: " ", startingAt: 0)
            + cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }

    private func rate(_ count: Int) -> String {
        String(format: "%.2f", Double(count) * 10_000 / Double(max(1, cars)))
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        String(format: "%.2f %%", 100 * Double(part) / Double(max(1, whole)))
    }

    // MARK: For programs

    private struct Line: Encodable {
        struct Figures: Encodable {
            let reads: Int
            let alerts: Int
            let wrongTickets: Int
            let wrongTicketsOurFault: Int
            let wrongAlerts: Int
            let wrongPlates: Int
            let violations: Int
            let missedViolations: Int
            let alertedViolations: Int
            let secondLooks: Int
            let tickets: Int
            let withdrawn: Int

            init(_ tally: Tally) {
                reads = tally.reads
                alerts = tally.alerts
                wrongTickets = tally.wrongTickets
                wrongTicketsOurFault = tally.wrongTicketsOurFault
                wrongAlerts = tally.wrongAlerts
                wrongPlates = tally.wrongPlates
                violations = tally.violations
                missedViolations = tally.missed
                alertedViolations = tally.alerted
                secondLooks = tally.secondLooks
                tickets = tally.tickets
                withdrawn = tally.withdrawn
            }
        }

        let seeds: [UInt64]
        let cars: Int
        let baselines: [String: Figures]
        let ours: Figures
        let store: StoreResult
        let seconds: Double

        enum CodingKeys: String, CodingKey { case seeds, cars, baselines, store, seconds }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(seeds, forKey: .seeds)
            try container.encode(cars, forKey: .cars)
            try container.encode(baselines, forKey: .baselines)
            try container.encode(store, forKey: .store)
            try container.encode(seconds, forKey: .seconds)
            try ours.encode(to: encoder)
        }
    }

    /// One line; the figures of our judgement stand at its top level.
    /// - Parameter seconds: how long the run took.
    package func json(seconds: Double) throws -> String {
        let line = Line(
            seeds: results.map(\.seed),
            cars: cars,
            baselines: [Trial.exact, Trial.market].reduce(into: [:]) { $0[$1] = Line.Figures(sums[$1] ?? Tally()) },
            ours: Line.Figures(sums[Trial.ours] ?? Tally()),
            store: store,
            seconds: (seconds * 10).rounded() / 10
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }
}
