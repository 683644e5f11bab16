// `patrold database bench`: whether the database stays fast as it grows: the same questions to a small and a large one.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

#if canImport(Glibc)
internal import Glibc
#endif

struct DatabaseBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times of the database's calls at few reads and at many, as ratios.",
        discussion: """
            Makes two databases in a temporary folder (about 2.3 KB a read) and takes them away again. The last line is \
            JSON; each figure is the median of many calls in milliseconds.
            """
    )

    @Option(help: "Reads in the large database.") var reads = 5_000_000
    @Option(help: "Reads in the small one, the baseline.") var baseline = 50_000

    private struct Figures: Encodable {
        struct Call: Encodable {
            let call: String
            let baselineMilliseconds: Double
            let milliseconds: Double
            let ratio: Double
        }
        let benchmark = "store"
        let reads: Int
        let baselineReads: Int
        let bytes: Int
        let calls: [Call]
    }

    func validate() throws {
        guard baseline >= 1000, reads >= baseline else { throw ValidationError("--reads and --baseline: 1000 or more") }
    }

    func run() async throws {
        let small = try await measure(reads: baseline)
        let large = try await measure(reads: reads)
        let calls = zip(small.times, large.times).map { small, large in
            Figures.Call(
                call: small.0,
                baselineMilliseconds: rounded(small.1),
                milliseconds: rounded(large.1),
                ratio: (large.1 / max(small.1, 0.000_001) * 100).rounded() / 100
            )
        }
        print("call                     \(baseline) reads   \(reads) reads   ratio")
        for call in calls {
            print(
                call.call.padding(toLength: 24, withPad: " ", startingAt: 0)
                    + String(
                        format: "%10.3f ms %12.3f ms %7.2f",
                        call.baselineMilliseconds,
                        call.milliseconds,
                        call.ratio
                    )
            )
        }
        let figures = Figures(reads: reads, baselineReads: baseline, bytes: large.bytes, calls: calls)
        print(String(decoding: try WireCoding.encoder().encode(figures), as: UTF8.self))
    }

    private func rounded(_ milliseconds: Double) -> Double { (milliseconds * 1000).rounded() / 1000 }

    private func measure(reads: Int) async throws -> (times: [(String, Double)], bytes: Int) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "patrold-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "patrol.sqlite").path
        let vehicle = try VehicleID("bench")
        let store = try PatrolStore(path: path, vehicle: vehicle)
        let sample = try SampleReads()
        try await store.fillForTrial(
            count: reads,
            clear: try sample.read("ZZZZ999", at: sample.start, isHit: false),
            alert: try sample.read("ZZZZ999", at: sample.start, isHit: true),
            until: sample.start
        ) { done in
            guard isatty(STDERR_FILENO) == 1 else { return }
            FileHandle.standardError.write(Data("\r\u{1B}[K\(done) of \(reads) reads".utf8))
        }
        if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        let times = try await times(of: store, sample)
        let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        try store.close()
        return (times, bytes)
    }

    private func times(of store: PatrolStore, _ sample: SampleReads) async throws -> [(String, Double)] {
        let plate = try Plate("ABCD123")
        let known = try await store.latestReads(limit: 1).first?.read.id
        func time(_ name: String, _ count: Int = 200, _ body: (Int) async throws -> Void) async throws -> (
            String, Double
        ) {
            var milliseconds: [Double] = []
            for index in 0..<count {
                let began = ContinuousClock.now
                try await body(index)
                milliseconds.append(began.duration(to: .now) / .milliseconds(1))
            }
            return (name, milliseconds.sorted()[count / 2])
        }
        let last = try await store.lastSequence()
        return [
            try await time("record a read") { index in
                let moment = sample.start.addingTimeInterval(Double(index + 1))
                try await store.record(
                    read: try sample.read("NEWR\(100 + index)", at: moment, isHit: index % 33 == 0),
                    at: moment
                )
            },
            try await time("earlier hits of a plate") { _ in
                _ = try await store.earlierAnswers(plate: plate, since: sample.start.addingTimeInterval(-3600))
            },
            try await time("a read by its name") { _ in if let known { _ = try await store.readFact(known) } },
            try await time("newest 50 reads", 50) { _ in _ = try await store.latestReads(limit: 50) },
            try await time("alerts that wait") { _ in _ = try await store.waitingAlerts() },
            try await time("counts for health") { _ in _ = try await store.counts() },
            try await time("200 facts to send", 50) { _ in _ = try await store.outbox(after: last) },
            try await time("purge of 50 reads", 20) { index in
                let run = PurgeRun(now: sample.start.addingTimeInterval(86_400), periods: .standard)
                _ = try await store.purgeStep(run, limit: 50)
            },
        ]
    }
}

/// Reads as long as real ones.
private struct SampleReads {
    let start = Date(timeIntervalSince1970: 1_781_600_000)
    let zone: ZoneID
    let camera: CameraID
    let point: GeoPoint

    init() throws {
        zone = try ZoneID("M1")
        camera = try CameraID("right")
        point = try GeoPoint(latitude: 43.65107, longitude: -79.34702)
    }

    func read(_ plate: String, at time: Date, isHit: Bool) throws -> ReadFact {
        let reading = PlateReading(
            plate: try Plate(plate),
            confidence: 0.981,
            characters: plate.map { CharacterReading(character: String($0), probability: 0.99) },
            alternates: (0..<4).map { PlateAlternate(plate: "ZZZZ99\($0)", probability: 0.012) },
            box: PixelBox(x: 400.5, y: 300.25, width: 130.125, height: 60.5),
            corners: [(400.0, 300.0), (530, 300), (530, 360), (400, 360)].map { PixelPoint(x: $0.0, y: $0.1) }
        )
        let judgement: Judgement =
            isHit ? .alert([.noSession(zone: zone, infraction: "P-12", lastSessionEnded: nil)]) : .clear(.noRule)
        return ReadFact(
            read: PlateRead(id: UUIDv7(at: time), camera: camera, time: time, frames: 9, reading: reading),
            fix: Fix(point: point, time: time, errorMetres: 3.2, speedMetresPerSecond: 8.1, headingDegrees: 74),
            zone: zone,
            judgement: judgement,
            feeds: Feed.allCases.map { FeedState(feed: $0, asOf: time, records: 1000) },
            photos: []
        )
    }
}
