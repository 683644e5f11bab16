// `patrold lists bench`: how long all look-ups of one read take in full lists, beside those of the exact plate alone.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore

struct ListsBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "How long all candidate look-ups of one read take in full lists.",
        discussion: """
            Made-up lists go through the real import into a real database. A read has some 100 candidates, and \
            some 540 before anything is raised. The baseline asks for the plate as read and for nothing else. The last \
            line is JSON.
            """
    )

    @Option(help: "Records.") var sessions = 1_000_000
    @Option(help: "Records.") var permits = 300_000
    @Option(help: "Records.") var scofflaws = 50_000
    @Option(help: "Reads of each kind.") var reads = 5_000
    @Option(help: "Another seed, other plates.") var seed: UInt64 = 7

    private struct Outcome: Encodable {
        let benchmark = "look-ups"
        let sessions: Int
        let permits: Int
        let scofflaws: Int
        let reads: Int
        let candidatesSure: Double
        let candidatesDoubted: Double
        let candidatesWide: Double
        let candidatesLast: Double
        let sureMicroseconds: Times
        let doubtedMicroseconds: Times
        let wideMicroseconds: Times
        let lastMicroseconds: Times
        let judgedMicroseconds: Times
        let baseline = "exact plate only"
        let baselineMicroseconds: Times
        let ratioOfMedians: Double
    }

    private struct Times: Encodable {
        let median: Double
        let p99: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            func at(_ share: Double) -> Double {
                guard !sorted.isEmpty else { return 0 }
                return (sorted[Int(Double(sorted.count - 1) * share)] * 10).rounded() / 10
            }
            median = at(0.5)
            p99 = at(0.99)
        }
    }

    func validate() throws {
        for count in [sessions, permits, scofflaws, reads] where !(1...10_000_000).contains(count) {
            throw ValidationError("each count takes 1 to 10000000")
        }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lists-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var chance = Chance(state: seed)
        let now = Date(timeIntervalSince1970: 1_781_618_700)
        let path = folder.appending(path: "patrol.sqlite").path
        let store = try PatrolStore(path: path, vehicle: nil)
        let plates = try await fill(store, folder: folder, now: now, chance: &chance)
        print("\(sessions) sessions, \(permits) permits, \(scofflaws) scofflaws imported")

        let sure = try questions(plates, chance: &chance, probability: 0.999)
        let doubted = try questions(plates, chance: &chance, probability: 0.9)
        _ = try await measure(store, sure.prefix(200).map { $0.plates }, now: now)
        let exact = try await measure(store, sure.map { [$0.read] }, now: now)
        let whole = try await measure(store, sure.map(\.plates), now: now)
        let ends = try await measure(store, doubted.map(\.plates), now: now)
        let wider = try questions(plates, chance: &chance, probability: 0.999, reach: .wide)
        let widened = try await measure(store, wider.map(\.plates), now: now)
        let last = try questions(plates, chance: &chance, probability: 0.999, reach: .last)
        let lastAsked = try await measure(store, last.map(\.plates), now: now)
        let judged = try await measureJudgement(store, sure, now: now)
        func mean(_ questions: [Candidates]) -> Double {
            Double(questions.reduce(0) { $0 + $1.others.count }) / Double(max(1, questions.count))
        }
        let outcome = Outcome(
            sessions: sessions,
            permits: permits,
            scofflaws: scofflaws,
            reads: reads,
            candidatesSure: mean(sure).rounded(),
            candidatesDoubted: mean(doubted).rounded(),
            candidatesWide: mean(wider).rounded(),
            candidatesLast: mean(last).rounded(),
            sureMicroseconds: Times(whole),
            doubtedMicroseconds: Times(ends),
            wideMicroseconds: Times(widened),
            lastMicroseconds: Times(lastAsked),
            judgedMicroseconds: Times(judged),
            baselineMicroseconds: Times(exact),
            ratioOfMedians: (Times(whole).median / max(Times(exact).median, 0.1) * 100).rounded() / 100
        )
        print(
            "look-ups of a sure read (\(Int(outcome.candidatesSure)) candidates): median"
                + " \(outcome.sureMicroseconds.median) us, p99 \(outcome.sureMicroseconds.p99) us; with doubted ends"
                + " (\(Int(outcome.candidatesDoubted))): median \(outcome.doubtedMicroseconds.median) us, p99"
                + " \(outcome.doubtedMicroseconds.p99) us; before anything is raised"
                + " (\(Int(outcome.candidatesWide))): median \(outcome.wideMicroseconds.median) us; before a ticket"
                + " (\(Int(outcome.candidatesLast))): median \(outcome.lastMicroseconds.median) us; exact plate only:"
                + " median \(outcome.baselineMicroseconds.median) us"
        )
        FileHandle.standardOutput.write(try WireCoding.encoder().encode(outcome) + Data("\n".utf8))
    }

    private func fill(
        _ store: PatrolStore,
        folder: URL,
        now: Date,
        chance: inout Chance
    ) async throws -> [Plate] {
        var plates: [Plate] = []
        plates.reserveCapacity(sessions + permits)
        func write(_ feed: Feed, _ count: Int, _ row: (Int, Plate) -> String) async throws {
            var text = feed.columns.filter { !$0.isOptional }.map(\.name).joined(separator: ",") + "\n"
            for index in 0..<count {
                let plate = try chance.plate()
                if feed != .scofflaws { plates.append(plate) }
                text += row(index, plate) + "\n"
            }
            let file = folder.appending(path: "\(feed.rawValue).csv")
            try Data(text.utf8).write(to: file)
            _ = try await store.importList(
                feed,
                from: file.path,
                options: ListImportOptions(keepGood: true, merge: false, asOf: now)
            )
        }
        let (from, to) = (WireCoding.text(now.addingTimeInterval(-1800)), WireCoding.text(now.addingTimeInterval(3600)))
        try await write(.sessions, sessions) { "S-\($0),\($1),zone-\($0 % 40),\(from),\(to)" }
        try await write(.permits, permits) { "R-\($0),\($1),residential,zone-\($0 % 40),\(from),\(to)" }
        try await write(.scofflaws, scofflaws) { "\($1),\($0 % 9 + 1),\($0 % 1000 * 100),boot" }
        return plates
    }

    /// Every second read is of a listed plate, as on a street.
    private func questions(
        _ plates: [Plate],
        chance: inout Chance,
        probability: Double,
        reach: Candidates.Reach = .near
    ) throws -> [Candidates] {
        try (0..<reads).map { index in
            let known = plates[Int(chance.next() % UInt64(plates.count))]
            let plate = index.isMultiple(of: 2) ? known : try chance.plate()
            return Candidates(
                of: PlateReading(
                    plate: plate,
                    confidence: 0.97,
                    characters: plate.text.map { CharacterReading(character: String($0), probability: probability) },
                    alternates: [],
                    box: PixelBox(x: 0, y: 0, width: 0, height: 0),
                    corners: []
                ),
                reach: reach
            )
        }
    }

    private func measure(_ store: PatrolStore, _ questions: [[Plate]], now: Date) async throws -> [Double] {
        var times: [Double] = []
        for plates in questions {
            let start = ContinuousClock.now
            _ = try await store.answer(for: plates, at: now)
            times.append(start.duration(to: .now) / .microseconds(1))
        }
        return times
    }

    /// The judgement alone, on what the look-ups found, in a city of forty zones.
    private func measureJudgement(_ store: PatrolStore, _ questions: [Candidates], now: Date) async throws -> [Double] {
        let city = try ListsBenchCommand.city()
        let point = try GeoPoint(latitude: 43.0005, longitude: -78.9995)
        let feeds = Feed.allCases.map { FeedState(feed: $0, asOf: now, records: 1) }
        var times: [Double] = []
        for candidates in questions {
            let records = try await store.answer(for: candidates.plates, at: now)
            let read = PlateRead(
                id: UUIDv7(at: now),
                camera: CameraID(unchecked: "bench"),
                time: now,
                frames: 3,
                reading: PlateReading(
                    plate: candidates.read,
                    confidence: 0.97,
                    characters: [],
                    alternates: [],
                    box: PixelBox(x: 0, y: 0, width: 0, height: 0),
                    corners: []
                )
            )
            let start = ContinuousClock.now
            _ = judge(
                read: read,
                fix: Fix(point: point, time: now, errorMetres: 4, speedMetresPerSecond: 8, headingDegrees: 90),
                candidates: candidates,
                records: records,
                feeds: feeds,
                earlier: [],
                city: city
            )
            times.append(start.duration(to: .now) / .microseconds(1))
        }
        return times
    }

    private static func city() throws -> City {
        let rules = [
            ParkingRule(
                id: try RuleID("pay"),
                kind: .payByPlate,
                infraction: "P-1",
                schedules: [Schedule(days: [1, 2, 3, 4, 5], hours: [HourSpan("08:00-18:00") ?? .wholeDay])],
                permits: [.residential],
                graceMinutes: 5
            ),
            ParkingRule(
                id: try RuleID("rush"),
                kind: .ban(Ban(act: .stopping, cause: .rushHour)),
                infraction: "P-1",
                schedules: [Schedule(days: [1, 2, 3, 4, 5], hours: [HourSpan("16:00-18:00") ?? .wholeDay])]
            ),
        ]
        return City(
            name: "Bench",
            timeZone: "America/Toronto",
            regime: .administrativePenalty,
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            zones: try (0..<40).map { index in
                let south = 43 + Double(index) / 1000
                return Zone(
                    zone: try ZoneID("zone-\(index)"),
                    name: "Zone \(index)",
                    outline: try [(0.0, 0.0), (0.0, 0.001), (0.001, 0.001), (0.001, 0.0)].map {
                        try GeoPoint(latitude: south + $0.0, longitude: -79 + $0.1)
                    },
                    rules: rules
                )
            },
            infractions: []
        )
    }

    /// A small generator that gives the same plates for the same seed (SplitMix64).
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        /// Four letters and three digits, as Ontario issues them.
        mutating func plate() throws -> Plate {
            var bytes: [UInt8] = []
            for _ in 0..<4 { bytes.append(65 + UInt8(next() % 26)) }
            for _ in 0..<3 { bytes.append(48 + UInt8(next() % 10)) }
            return try Plate(String(decoding: bytes, as: UTF8.self))
        }
    }
}
