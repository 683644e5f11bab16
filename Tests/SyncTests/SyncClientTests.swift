// The client between a real vehicle database and a real back office over loopback.
import BackOffice
import Foundation
import Logging
import ParkingCore
import PatrolStore
import SyncClient
import SyncProtocol
import Synchronization
import Testing

/// A vehicle with its database and photos in a folder of its own.
struct Vehicle: Sendable {
    let folder: TemporaryFolder
    let store: PatrolStore
    var photos: String { folder.path + "/photos" }

    init(_ name: String = "unit-7") throws {
        folder = try TemporaryFolder()
        store = try PatrolStore(path: folder.path + "/patrol.sqlite", vehicle: try VehicleID(name))
    }

    func client(_ server: String, pace: SyncPace = SyncPace(), warnings: Warnings? = nil) throws -> SyncClient {
        var logger = Logger(label: "test") { _ in warnings ?? Warnings() }
        logger.logLevel = warnings == nil ? .critical : .warning
        return try SyncClient(
            store: store,
            settings: SyncSettings(server: server, photos: photos, pace: pace),
            logger: logger
        )
    }

    /// Records reads `range` that are clear and have no photos.
    func recordClear(_ range: ClosedRange<Int>) async throws {
        for index in range {
            _ = try await store.record(read: try Samples.read(index, judgement: .clear(.noRule)), at: Samples.start)
        }
    }

    /// Records reads `range`, each with one photo whose file lies in the folder unless `keepingFiles` is false.
    func record(_ range: ClosedRange<Int>, keepingFiles: Bool = true, frames: Int = 9) async throws {
        for index in range {
            let photo = Samples.photo(seed: index)
            let digest = Samples.digest(photo)
            if keepingFiles {
                let place = photos + "/" + digest.prefix(2)
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                try photo.write(to: URL(filePath: "\(place)/\(digest).jpg"))
            }
            _ = try await store.record(
                read: try Samples.read(index, frames: frames, photos: [photo]),
                at: Samples.start.addingTimeInterval(Double(index))
            )
        }
    }
}

/// A log handler that keeps what was logged, metadata and all.
struct Warnings: LogHandler {
    private let kept = LockedLines()
    var lines: [String] { kept.lines }
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { kept.add("\(event.message) \(event.metadata ?? [:])") }

    private final class LockedLines: Sendable {
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        func add(_ line: String) { kept.withLock { $0.append(line) } }
    }
}

@Suite struct Syncing {
    @Test func `one round brings everything through and the next one moves nothing`() async throws {
        let vehicle = try Vehicle()
        let folder = try TemporaryFolder()
        try await vehicle.record(1...20)
        try await vehicle.recordClear(21...250)
        try await withBackOffice(data: folder.path) { address, server in
            let lists = try server.records.replace(feed: .watchlist) { put in
                for index in 1...30 {
                    let entry = WatchlistEntry(entry: "W\(index)", plate: try Plate("W\(index)"), reason: "look")
                    _ = try put(.watchlist(entry), index)
                }
            }
            let client = try vehicle.client(address)
            let first = try await client.syncOnce()
            #expect(first.factsAcknowledged == 250 && first.photosSent == 20)
            #expect(first.changesApplied == 30 && first.numbersLeased == 500)
            #expect(try await vehicle.store.unsentCount() == 0)
            #expect(try await vehicle.store.changesCursor() == lists.upTo)
            #expect(try await vehicle.store.answer(for: [try Plate("W7")], at: Samples.start).count == 1)
            #expect(try await vehicle.store.numbersLeft() == 500)
            let second = try await client.syncOnce()
            #expect(second == SyncReport())
            #expect(server.counters.value(.factsStored) == 250)
            let served = try await ask("GET", address + "/photos/" + Samples.digest(Samples.photo(seed: 20)))
            #expect(served.body == Samples.photo(seed: 20))
            await client.close()
        }
    }

    @Test func `without a server everything waits and goes through once there is one`() async throws {
        let vehicle = try Vehicle()
        try await vehicle.record(1...3)
        let lost = try vehicle.client("http://127.0.0.1:1")
        let error = await #expect(throws: SyncError.self) { try await lost.syncOnce() }
        #expect(error?.code == .unreachable)
        #expect(await lost.state.problem?.contains("no answer from the back office") == true)
        #expect(try await vehicle.store.unsentCount() == 3)
        await lost.close()
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let client = try vehicle.client(address)
            let report = try await client.syncOnce()
            #expect(report.factsAcknowledged == 3)
            #expect(await client.state.problem == nil)
            await client.close()
        }
    }

    @Test func `a new fact wakes the running client long before its interval is over`() async throws {
        let vehicle = try Vehicle()
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let client = try vehicle.client(address, pace: SyncPace(interval: .seconds(600), longest: .seconds(600)))
            let running = Task { try await client.run() }
            while await client.state.lastSuccess == nil { try await Task.sleep(for: .milliseconds(10)) }
            try await vehicle.record(1...1)
            client.wake()
            for _ in 1...500 where try await vehicle.store.unsentCount() > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(server.counters.value(.factsStored) == 1)
            running.cancel()
            _ = await running.result
        }
    }

    @Test func `a photo whose file is gone is named and the others go through`() async throws {
        let vehicle = try Vehicle()
        let folder = try TemporaryFolder()
        try await vehicle.record(1...1, keepingFiles: false)
        try await vehicle.record(2...4)
        try await withBackOffice(data: folder.path) { address, server in
            let client = try vehicle.client(address)
            let error = await #expect(throws: SyncError.self) { try await client.syncOnce() }
            #expect(error?.message.contains(Samples.digest(Samples.photo(seed: 1))) == true)
            #expect(server.counters.value(.photosStored) == 3)
            #expect(try await vehicle.store.unsentCount() == 0)
            await client.close()
        }
    }

    @Test func `two vehicles of one name are told apart by what they recorded`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let one = try Vehicle()
            try await one.record(1...2)
            let other = try Vehicle()
            try await other.record(11...12)
            let first = try one.client(address)
            try await first.syncOnce()
            let second = try other.client(address)
            let error = await #expect(throws: SyncError.self) { try await second.syncOnce() }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("two vehicles share this name") == true)
            #expect(server.counters.value(.factsStored) == 2)
            await first.close()
            await second.close()
        }
    }

    @Test func `an older copy of the database goes on after what the server has, and reuses no number`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let vehicle = try Vehicle()
            let client = try vehicle.client(address)
            try await vehicle.record(1...3)
            try await client.syncOnce()
            let backup = vehicle.folder.path + "/backup.sqlite"
            try await vehicle.store.backUp(to: backup)
            try await vehicle.record(4...6)
            #expect(try await client.syncOnce().factsAcknowledged == 3)
            await client.close()
            // The copy alone, on another computer: its ledger of numbers is not there either.
            let restored = try PatrolStore(path: backup, vehicle: try VehicleID("unit-7"))
            #expect(restored.retiredNumbers == 500)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let settings = SyncSettings(server: address, photos: vehicle.photos)
            let again = try SyncClient(store: restored, settings: settings, logger: logger)
            #expect(try await again.syncOnce().numbersLeased == 500)
            #expect(try await restored.lastSequence() == 6)
            let fact = try await restored.record(read: try Samples.read(7), at: Samples.start)
            #expect(fact.sequence == 7)
            #expect(try await again.syncOnce().factsAcknowledged == 1)
            #expect(try await restored.check().problems == [])
            #expect(server.counters.value(.factsStored) == 7)
            await again.close()
        }
    }

    @Test(arguments: ["", "localhost:8311", "ftp://127.0.0.1", "http://", "http://127.0.0.1/path", "http://h?x=1"])
    func `an address that cannot be one is refused at once`(server: String) throws {
        let vehicle = try Vehicle()
        #expect(throws: SyncError.self) { try vehicle.client(server) }
    }

    @Test func `waits grow to their bound while nothing goes through and shrink at once when it does`() {
        var generator = SeededGenerator(seed: 4)
        var pace = SyncPace(interval: .milliseconds(500), longest: .seconds(30))
        let waits = (1...12).map { _ in pace.afterFailure(using: &generator) }
        #expect(waits.allSatisfy { $0 >= .milliseconds(500) && $0 <= .seconds(30) })
        #expect(waits.suffix(5).allSatisfy { $0 >= .seconds(15) })
        #expect(Set(waits.suffix(5)).count == 5)
        #expect(pace.afterSuccess() == .milliseconds(500))
        #expect(pace.afterFailure(using: &generator) <= .seconds(1))
    }
}
