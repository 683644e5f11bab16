// Retention on a real file: what goes, what stays, and that the bytes of what went are nowhere any more.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

/// Runs a purge to its end without photo files.
func purge(
    _ store: PatrolStore,
    now: Date,
    periods: RetentionPeriods = .standard,
    limit: Int = 7
) async throws -> PurgeFact? {
    let run = PurgeRun(now: now, periods: periods)
    var next: PurgeRun? = run
    while let step = next { next = try await store.purgeStep(step, limit: limit) }
    return try await store.finishPurge(run, strayPhotos: 0, at: now)
}

@Suite("A purge")
struct PurgeTests {
    private let day = 86_400.0

    private func plates(_ store: PatrolStore) async throws -> [String] {
        try await store.read { try String.fetchAll($0, sql: "SELECT plate FROM plate_read ORDER BY sequence") }
    }

    private func runs(_ store: PatrolStore) async throws -> [ClosedRange<Int64>] {
        try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT first, last FROM erased ORDER BY first").map { row in
                (row["first"] as Int64)...(row["last"] as Int64)
            }
        }
    }

    @Test("takes sent reads without a hit once their period is over, and leaves a record of how many")
    func due() async throws {
        let van = try Van()
        let store = try van.open()
        for index in 0..<20 {
            let photos = index == 3 ? [String(repeating: "a", count: 64)] : []
            let fact = try van.readFact("OLD\(index)", at: Double(index), photos: photos)
            try await store.record(read: fact, at: van.start)
        }
        try await store.record(read: try van.readFact("NEW1", at: day), at: van.start)
        try await store.acknowledge(through: 21)
        let now = van.time(day + 10.5)
        let preview = try await store.purgePreview(PurgeRun(now: now, periods: .standard))
        #expect(preview.reads == 11 && preview.photos == 1 && preview.unsentReads == 0)
        let record = try #require(try await purge(store, now: now))
        #expect(record.counts == preview)
        #expect(try await plates(store) == (11..<20).map { "OLD\($0)" } + ["NEW1"])
        #expect(try await runs(store) == [1...11])
        #expect(try await store.photosToErase() == [String(repeating: "a", count: 64)])
        let sent = try await store.outbox(after: 21)
        #expect(sent.map(\.body) == [.purge(record)] && sent.map(\.sequence) == [22])
        #expect(try await purge(store, now: now) == nil)
        #expect(try await store.unsentCount() == 1)
        try await store.acknowledge(through: 22)
    }

    @Test("keeps what hit, decided or not, and later sightings of its car, also where a better read took its place")
    func hits() async throws {
        let van = try Van()
        let store = try van.open()
        let hit = try await van.recordAlert(store, "HIT1", at: 0)
        _ = try await van.issueNumbers(store, for: hit)
        let again = try van.readFact("HIT1", .clear(.repeated(read: hit, at: van.start)), at: 5)
        try await store.record(read: again, at: van.start)
        let doubtful = try van.readFact("D0UBT", .secondLook([.noFix], alerts: []), at: 6)
        try await store.record(read: doubtful, at: van.start)
        let plain = try van.readFact("DOUBT", at: 7)
        let better = ReadFact(
            read: plain.read,
            fix: nil,
            zone: nil,
            judgement: .clear(.noRule),
            feeds: [],
            photos: [],
            sameCar: SameCar(read: doubtful.read.id, isReplaced: true)
        )
        try await store.record(read: better, at: van.start)
        let first = try van.readFact("STAYED", at: 8)
        try await store.record(read: first, at: van.start)
        let overtime = Alert.overtime(
            zone: try ZoneID("pay"),
            infraction: "P-2",
            firstRead: first.read.id,
            firstSeen: van.time(8),
            limitMinutes: 120
        )
        try await store.record(read: try van.readFact("STAYED", .alert([overtime]), at: 9000), at: van.start)
        try await store.acknowledge(through: try await store.lastSequence())
        let record = try #require(try await purge(store, now: van.time(400 * day)))
        #expect(record.counts.reads == 1)
        #expect(try await plates(store) == ["HIT1", "HIT1", "D0UBT", "STAYED", "STAYED"])
        #expect(try await store.waitingAlerts().map(\.read.reading.plate.text) == ["STAYED"])
        await #expect(throws: PatrolStoreError.self) {
            try await store.record(decision: van.decision(doubtful.read.id, .accepted), at: van.start)
        }
        #expect(try await store.ticket(ofRead: hit) != nil)
    }

    @Test("leaves what the server lacks until the longer period is over, then sends its place without content")
    func unsent() async throws {
        let van = try Van()
        let store = try van.open()
        for index in 0..<4 {
            try await store.record(read: try van.readFact("CAR\(index)", at: Double(index)), at: van.start)
        }
        try await store.acknowledge(through: 2)
        #expect(try await purge(store, now: van.time(2 * day))?.counts.reads == 2)
        let ids = try await store.outbox(after: 2).map(\.id)
        let record = try #require(try await purge(store, now: van.time(8 * day)))
        #expect(record.counts.reads == 2 && record.counts.unsentReads == 2)
        let waiting = try await store.outbox(after: 2)
        #expect(waiting.map(\.sequence) == [3, 4, 5, 6] && waiting.map(\.id) == ids + waiting.suffix(1).map(\.id))
        #expect(waiting[0].body == .erased(ErasedFact(was: .read)) && waiting[1].body == waiting[0].body)
        try await store.acknowledge(through: 6)
        _ = try await purge(store, now: van.time(8 * day))
        #expect(try await runs(store) == [1...4])
        #expect(try await store.outbox(after: 0).map(\.sequence) == [5, 6])
    }

    @Test("that is cut goes on where it was, and its record counts what was taken before the cut")
    func cut() async throws {
        let van = try Van()
        do {
            let store = try van.open()
            for index in 0..<9 {
                try await store.record(read: try van.readFact("CAR\(index)", at: Double(index)), at: van.start)
            }
            try await store.acknowledge(through: 9)
            _ = try await store.purgeStep(PurgeRun(now: van.time(2 * day), periods: .standard), limit: 4)
            try store.close()
        }
        let store = try van.open()
        #expect(try await plates(store).count == 5)
        #expect(try await purge(store, now: van.time(2 * day))?.counts.reads == 9)
        #expect(try await runs(store) == [1...9])
    }

    @Test("takes reads of a clock that ran ahead, whose age cannot be told")
    func future() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.record(read: try van.readFact("AHEAD", at: 3650 * day), at: van.start)
        try await store.record(read: try van.readFact("NOW", at: 0), at: van.start)
        try await store.acknowledge(through: 2)
        #expect(try await purge(store, now: van.time(60))?.counts.reads == 1)
        #expect(try await plates(store) == ["NOW"])
    }

    @Test("leaves not one byte of a purged plate in any file, also while it goes on beside the patrol")
    func bytes() async throws {
        let van = try Van()
        let store = try van.open()
        var cars = Cars(seed: 7)
        var recorded: [(seconds: Double, plate: String)] = []
        var hits: Set<String> = []
        // 25 hours at 100 reads an hour, a purge each hour from the second on.
        let periods = RetentionPeriods(readsSeconds: 3600 * 6, unsentSeconds: 3600 * 6)
        for hour in 0..<25 {
            for index in 0..<100 {
                let seconds = Double(hour * 3600 + index * 30)
                let plate = cars.plate()
                let isHit = cars.chance() < 0.05
                if isHit { hits.insert(plate) } else { recorded.append((seconds, plate)) }
                let fact = try van.readFact(plate, isHit ? try van.alert : .clear(.noRule), at: seconds)
                try await store.record(read: fact, at: van.time(seconds))
            }
            try await store.acknowledge(through: try await store.lastSequence())
            _ = try await purge(store, now: van.time(Double(hour + 1) * 3600), periods: periods, limit: 20)
        }
        let end = 25 * 3600.0
        let kept = hits.union(recorded.filter { $0.seconds >= end - 6 * 3600 }.map(\.plate))
        let gone = Set(recorded.map(\.plate)).subtracting(kept)
        #expect(gone.count > 1500)
        let found = try platesFound(in: van.folder)
        #expect(found.isSuperset(of: kept))
        #expect(found.isDisjoint(with: gone))
        try await store.rewrite()
        #expect(try platesFound(in: van.folder).isDisjoint(with: gone))
    }
}

/// Plates that no other text looks like: four letters without vowels, three digits.
private struct Cars {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    mutating func chance() -> Double { Double(next() % 10_000) / 10_000 }

    mutating func plate() -> String {
        let letters = Array("BCDFGHJKLMNPRSTVWXZ")
        return String((0..<4).map { _ in letters[Int(next() % 19)] }) + String(1000 + next() % 1000).dropFirst()
    }
}

/// Every text of that form, byte by byte, in every file of the folder.
private func platesFound(in folder: URL) throws -> Set<String> {
    var found: Set<String> = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
        guard bytes.count >= 7 else { continue }
        for start in 0...(bytes.count - 7) where bytes[start] >= 66 && bytes[start] <= 90 {
            let window = bytes[start..<(start + 7)]
            guard window.prefix(4).allSatisfy({ $0 >= 66 && $0 <= 90 }),
                window.suffix(3).allSatisfy({ $0 >= 48 && $0 <= 57 })
            else { continue }
            found.insert(String(decoding: window, as: UTF8.self))
        }
    }
    return found
}
