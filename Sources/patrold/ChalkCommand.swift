// `patrold chalk`: how far digital chalk's probabilities can be trusted, and how fast marks are found.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

struct ChalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chalk",
        abstract: "Digital chalk: whether its probabilities hold, and how fast marks are found.",
        subcommands: [ChalkPrecision.self, ChalkBench.self, ChalkExercise.self]
    )
}

struct ChalkPrecision: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precision",
        abstract: "How often 'the car stayed' is right, on made-up streets whose truth is known.",
        discussion: """
            Cars stay, leave, or are moved and come back (also to the very same space); a patrol passes three times with \
            a receiver that is off as between tall houses, claims less than that, and misreads a character now and then. \
            Beside it: five characters in order, four adjacent, within a fixed radius. The last line is JSON.

            EXAMPLE
              patrold chalk precision --cars 50000 --seed 3
              patrold chalk precision --moved-per-hour 0.05     cars move twice as often as is assumed
            """
    )

    @Option(help: "About so many different cars.") var cars = 50_000
    @Option(help: "Another seed, other streets.") var seed: UInt64 = 7
    @Option(help: "The time limit in minutes.") var limit = 60
    @Option(help: "What the receiver claims of its true error: 0.5 for one that thinks twice too well of itself.")
    var claimed = 0.85
    @Option(help: "Share of the cars seen again that are moved in an hour, in truth.")
    var movedPerHour = ChalkModel.standard.movedPerHour
    @Option(help: "The baseline's radius in metres.") var radius = 20.0

    func validate() throws {
        guard (100...5_000_000).contains(cars) else { throw ValidationError("--cars takes 100 to 5000000") }
        guard (1...1440).contains(limit) else { throw ValidationError("--limit takes 1 to 1440 minutes") }
        guard claimed > 0, claimed.isFinite else { throw ValidationError("--claimed takes a factor above 0") }
        guard (0...10).contains(movedPerHour) else { throw ValidationError("--moved-per-hour takes 0 to 10") }
        guard (1...500).contains(radius) else { throw ValidationError("--radius takes 1 to 500 m") }
    }

    func run() async throws {
        var settings = ChalkTrial.Settings()
        settings.cars = cars
        settings.seed = seed
        settings.limitMinutes = limit
        settings.claimedShare = claimed
        settings.movedPerHour = movedPerHour
        settings.radiusMetres = radius
        var trial = ChalkTrial(settings)
        let outcome = try trial.run()
        tell(outcome)
        try PlacesCommand.printJSON(outcome)
    }

    private func tell(_ outcome: ChalkTrial.Outcome) {
        func left(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        func share(_ count: Int, _ whole: Int) -> String {
            whole == 0 ? "-" : "\(Double(Int((Double(count) / Double(whole) * 10_000).rounded())) / 100) %"
        }
        print("stated         pairs   mean stated   held")
        for bin in outcome.bins where bin.links > 0 {
            let mean = (bin.stated / Double(bin.links) * 1000).rounded() / 1000
            print(
                left("\(bin.from) to \(bin.to)", 15) + left("\(bin.links)", 8) + left("\(mean)", 14)
                    + share(bin.held, bin.links)
            )
        }
        print("calibration error \((outcome.calibrationError * 10_000).rounded() / 100) %")
        print(
            "\(outcome.cars) cars, \(outcome.overtime) overtime: \(outcome.tickets) certain, of these"
                + " \(outcome.wrongTickets) wrong (\(share(outcome.wrongTickets, outcome.tickets)); stated"
                + " \(outcome.statedWrongTickets.rounded()); \(outcome.wrongInSameSpace) had come back to the very"
                + " same space); second looks \(outcome.secondLooks), of these"
                + " \(outcome.wrongSecondLooks) wrong; missed \(outcome.missed)"
                + " (\(share(outcome.missed, outcome.overtime)))"
        )
        let baseline = outcome.baseline
        print(
            "five in order, four adjacent, within \(baseline.radiusMetres) m: \(baseline.alerts) alerts, of these"
                + " \(baseline.wrongAlerts) wrong (\(share(baseline.wrongAlerts, baseline.alerts))); missed"
                + " \(baseline.missed) (\(share(baseline.missed, outcome.overtime)))"
        )
    }
}

/// Reads with their marks, made up, for benchmarks and tests.
private struct SampleMarks {
    let zone: ZoneID
    let camera: CameraID
    let origin: GeoPoint

    init() throws {
        zone = try ZoneID("limit")
        camera = try CameraID("right")
        origin = try GeoPoint(latitude: 43.65, longitude: -79.38)
    }

    /// Plate number `index` of some millions, on streets over 20 km.
    func plate(_ index: Int) throws -> Plate {
        let letters = Array("ABCDEFGHJKLMNPRSTVWXYZ").map(String.init)
        let head = (0..<4).map { letters[(index / [1, 7, 61, 211][$0] + index * [3, 5, 11, 17][$0]) % letters.count] }
        return try Plate(head.joined() + String(1000 + index % 1000).dropFirst())
    }

    func read(_ index: Int, at time: Date) throws -> (fact: ReadFact, chalk: ChalkRecord) {
        let reading = PlateReading(
            plate: try plate(index),
            confidence: 0.98,
            characters: [],
            alternates: [],
            box: PixelBox(x: 0, y: 0, width: 100, height: 50),
            corners: []
        )
        let read = PlateRead(id: UUIDv7(at: time), camera: camera, time: time, frames: 4, reading: reading)
        let fix = Fix(
            point: Geodesy.point(
                origin,
                eastMetres: Double(index % 3200) * 6.25,
                northMetres: Double(index / 3200) * 80
            ),
            time: time,
            errorMetres: 5,
            speedMetresPerSecond: 6,
            headingDegrees: 90
        )
        let mark = ChalkMark(
            read: read.id,
            stay: read.id,
            plate: reading.plate,
            confidence: reading.confidence,
            time: time,
            moment: nil,
            isClockTrusted: true,
            fix: fix,
            cameraAngleDegrees: 90,
            place: nil,
            zone: zone,
            photos: []
        )
        let rule = ChalkRule(rule: "limit", basis: .position, limitMinutes: 120)
        let chalk = ChalkRecord(
            mark: mark,
            dueAt: rule.dueAt(since: time),
            limitMinutes: rule.limitMinutes,
            expiresAt: rule.expiresAt(seen: time)
        )
        return (ReadFact(read: read, fix: fix, zone: zone, judgement: .clear(.noRule), feeds: [], photos: []), chalk)
    }
}

struct ChalkBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "How long looking marks up takes among very many, beside reading them all.",
        discussion: "The last line is JSON."
    )

    @Option(help: "So many living marks.") var marks = 100_000
    @Option(help: "So many look-ups.") var questions = 2000

    private struct Outcome: Encodable {
        let benchmark = "chalk look-up"
        let marks: Int
        let questions: Int
        let candidates: Int
        let platesMicroseconds: Double
        let placeMicroseconds: Double
        let dueMicroseconds: Double
        let baseline = "look-up of the same candidates in the empty lists"
        let baselineMicroseconds: Double
        let ratio: Double
    }

    func validate() throws {
        guard (100...2_000_000).contains(marks) else { throw ValidationError("--marks takes 100 to 2000000") }
        guard (10...100_000).contains(questions) else { throw ValidationError("--questions takes 10 to 100000") }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "curbside-chalk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try PatrolStore(path: folder.appending(path: "patrol.sqlite").path, vehicle: try VehicleID("bench"))
        let samples = try SampleMarks()
        let start = Date(timeIntervalSince1970: 1_781_600_000)
        for first in stride(from: 0, to: marks, by: 1000) {
            let batch = try (first..<min(marks, first + 1000)).map { index in
                try samples.read(index, at: start.addingTimeInterval(Double(index) * 0.1))
            }
            try await store.record(reads: batch.map(\.fact), chalk: batch.map(\.chalk), at: start)
        }
        let asked = try (0..<questions).map { try samples.read($0 * 7919 % marks, at: start) }
        let candidates = asked.map { Candidates(of: $0.fact.read.reading).plates }
        var found = 0
        let plates = try await microseconds { index in
            found += try await store.chalkMarks(of: candidates[index]).count
        }
        let place = try await microseconds { index in
            let mark = asked[index].chalk.mark
            guard let point = mark.fix?.point else { return }
            _ = try await store.chalkMarks(near: point, withinMetres: 60, like: mark.plate)
        }
        let due = try await microseconds { index in
            let from = start.addingTimeInterval(7200 + Double(index))
            _ = try await store.chalkDue(from: from, to: from.addingTimeInterval(300))
        }
        let baseline = try await microseconds { index in
            _ = try await store.answer(for: candidates[index], at: start)
        }
        try store.close()
        guard found >= questions else {
            throw ValidationError("\(found) marks found for \(questions) cars that have one")
        }
        let mean = candidates.reduce(0) { $0 + $1.count } / questions
        print(
            "\(marks) marks, \(mean) candidates a read: by plate \(plates) us, by place \(place) us, due soon \(due) us;"
                + " the same candidates in the lists \(baseline) us"
        )
        try PlacesCommand.printJSON(
            Outcome(
                marks: marks,
                questions: questions,
                candidates: mean,
                platesMicroseconds: plates,
                placeMicroseconds: place,
                dueMicroseconds: due,
                baselineMicroseconds: baseline,
                ratio: ((plates / baseline) * 1000).rounded() / 1000
            )
        )
    }

    private func microseconds(_ body: (Int) async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        for index in 0..<questions { try await body(index) }
        let each = start.duration(to: .now) / .microseconds(1) / Double(questions)
        return (each * 10).rounded() / 10
    }
}

/// Hidden: marks cars without end and tells each once it is kept, so that tests can kill it at any instant.
struct ChalkExercise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise",
        abstract: "Keep made-up marks and tell each once it is kept; for tests of power cuts.",
        discussion:
            "With --check the marks that standard input names are looked for instead; the last line counts them.",
        shouldDisplay: false
    )

    @Option var database: String
    @Flag var check = false
    @Option var from = 0

    func run() async throws {
        let store = try PatrolStore(path: database, vehicle: try VehicleID("exercise"))
        let samples = try SampleMarks()
        if check {
            var told = 0
            var kept = 0
            while let line = readLine() {
                guard let index = Int(line) else { continue }
                told += 1
                let marks = try await store.chalkMarks(of: [try samples.plate(index)])
                kept += marks.isEmpty ? 0 : 1
            }
            try store.close()
            return print("told \(told) kept \(kept) marks \(told == kept ? "whole" : "lost")")
        }
        var index = from
        while true {
            let sample = try samples.read(index, at: Date())
            try await store.record(reads: [sample.fact], chalk: [sample.chalk], at: Date())
            FileHandle.standardOutput.write(Data("\(index)\n".utf8))
            index += 1
        }
    }
}
