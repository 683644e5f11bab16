// `simulate`: the judgement tried on towns that never were, against two baselines. A developer's tool, never installed.
internal import ArgumentParser
internal import Foundation
internal import Simulation

@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Tries the judgement on the streets of towns that never were.",
        discussion: """
            Each seed is one day of one town: zones of every kind of rule, cars with permits, payments that come late or \
            with a mistyped plate, officers who drive round and round. What is true of each car is known. Reads go \
            wrong as they were measured on photographs, positions as between houses; links, power and clocks fail. \
            The same reads are given to the judgement and to two baselines: exact match, and one character that \
            readers take for another allowed.

            Ends with one line of JSON. Exit code 1: a wrong ticket by our fault, or something \
            that the vehicle's database lost.
            """
    )

    @Option(help: "Seeds, such as 1,2,3 or 1-20.")
    var seeds = "1-20"

    @Option(help: "Cars of each seed, 100 to 1000000.")
    var cars = 50_000

    @Option(help: "Days that run side by side; 0: one a processor.")
    var workers = 0

    @Option(help: "Tell so many wrong alerts and missed violations in words; wrong tickets by our fault always are.")
    var cases = 0

    @Option(
        help: ArgumentHelp(
            "Other figures of how plates are misread, made by Training/reader/errors.py.",
            valueName: "file"
        )
    )
    var reads: String?

    func validate() throws {
        guard Self.parsed(seeds) != nil else {
            throw ValidationError("'\(seeds.prefix(80))' are no seeds: write whole numbers such as 1,2,3 or 1-20")
        }
        guard (100...1_000_000).contains(cars) else {
            throw ValidationError("\(cars) cars are not within 100 to 1000000")
        }
        guard (0...256).contains(workers) else { throw ValidationError("\(workers) workers are not within 0 to 256") }
    }

    func run() async throws {
        let began = Self.seconds()
        let results = try await Simulation.run(
            seeds: Self.parsed(seeds) ?? [],
            cars: cars,
            workers: workers == 0 ? ProcessInfo.processInfo.activeProcessorCount : workers,
            reads: reads.map { URL(fileURLWithPath: $0) },
            now: { Self.seconds() },
            progress: { Self.show($0) }
        )
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        let report = SimulationReport(results)
        for day in results { for text in day.wrongTickets { print("seed \(day.seed) \(text)") } }
        for text in results.flatMap(\.cases).prefix(max(0, cases)) { print(text) }
        print(report.table)
        print(try report.json(seconds: Self.seconds() - began))
        if report.wrongTicketsOurFault > 0 || !report.isStoreSound { throw ExitCode(1) }
    }

    /// Whole numbers and spans, at most 10,000; nil for anything else.
    static func parsed(_ text: String) -> [UInt64]? {
        var found: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                last - first < 10_000
            else { return nil }
            found += Array(first...last)
        }
        return found.isEmpty || found.count > 10_000 ? nil : found
    }

    private static func seconds() -> Double {
        let now = ContinuousClock.now - Self.start
        return Double(now.components.seconds) + Double(now.components.attoseconds) * 1e-18
    }

    private static let start = ContinuousClock.now

    private static func show(_ progress: SimulationProgress) {
        let percent = Int(progress.share * 100)
        let left = progress.remainingSeconds.map { $0 < 90 ? ", \(Int($0)) s left" : ", \(Int($0 / 60)) min left" }
        FileHandle.standardError.write(Data("\r\u{1B}[Ksimulate: \(percent) %\(left ?? "")".utf8))
    }
}
