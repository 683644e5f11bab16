// A back office that was put back from an older copy: what it lost comes again, lists are loaded anew, no number is
// leased twice.
import BackOffice
import Foundation
import ParkingCore
import PatrolStore
import SyncClient
import SyncProtocol
import Testing

@Suite struct `A back office put back from an older copy` {
    private func session(_ name: String, _ plate: String, minutes: Double) throws -> ListRecord {
        let now = Date()
        return .session(
            ParkingSession(
                session: name,
                plate: try Plate(plate),
                zone: try ZoneID("M1"),
                validity: try TimeWindow(from: now.addingTimeInterval(-7200), to: now.addingTimeInterval(minutes * 60))
            )
        )
    }

    private func permit(_ name: String, _ plate: String) throws -> ListRecord {
        let window = try TimeWindow(from: Samples.start, to: Date().addingTimeInterval(86_400))
        return .permit(
            Permit(
                permit: name,
                plate: try Plate(plate),
                kind: .residential,
                zones: [try ZoneID("M1")],
                validity: window
            )
        )
    }

    private func give(_ server: BackOfficeServer, _ feed: Feed, _ records: [ListRecord]) throws {
        _ = try server.records.replace(feed: feed) { put in
            for (line, record) in records.enumerated() { _ = try put(record, line) }
        }
    }

    private func sync(_ vehicle: Vehicle, _ address: String) async throws -> SyncReport {
        let client = try vehicle.client(address)
        do {
            let report = try await client.syncOnce()
            await client.close()
            return report
        } catch {
            await client.close()
            throw error
        }
    }

    private func lease(_ name: String, _ index: Int, _ address: String, highest: Int? = nil) async throws -> NumberBlock
    {
        let request = NumberBlockRequest(
            vehicle: try VehicleID(name),
            request: Samples.id(index, kind: 5),
            size: 500,
            highest: highest
        )
        let answer = try await post(address + "/sync/v1/number-blocks", request)
        return try answer.decoded(NumberBlock.self)
    }

    /// Which lists are known to be complete, in the order of `Feed.allCases`.
    private func ages(_ vehicle: Vehicle) async throws -> [Bool] {
        try await vehicle.store.feedStates().map { $0.asOf != nil }
    }

    private func purge(_ store: PatrolStore) async throws {
        var next: PurgeRun? = PurgeRun(now: Date(), periods: .standard)
        while let step = next { next = try await store.purgeStep(step) }
    }

    @Test func `gets again what it lost, also where the vehicle has purged since, and gives its lists anew`()
        async throws
    {
        let folder = try TemporaryFolder()
        let (data, backup) = (folder.path + "/data", folder.path + "/backup")
        let vehicle = try Vehicle()
        try await vehicle.record(1...3)
        try await vehicle.recordClear(4...6)
        try await withBackOffice(data: data) { address, server in
            try give(server, .sessions, [session("S1", "AAA111", minutes: -5), session("S2", "BBB222", minutes: 60)])
            #expect(try await sync(vehicle, address).factsAcknowledged == 6)
        }
        try run("cp", "-r", data, backup)
        try await vehicle.recordClear(7...306)
        try await vehicle.record(307...309)
        try await withBackOffice(data: data) { address, server in
            try give(server, .sessions, [session("S2", "BBB222", minutes: 60), session("S3", "CCC333", minutes: 60)])
            try give(server, .permits, [permit("P1", "DDD444")])
            #expect(try await sync(vehicle, address).factsAcknowledged == 303)
        }
        try await purge(vehicle.store)
        try await vehicle.record(310...310)
        #expect(try await vehicle.store.check().erased == 303)

        try run("rm", "-r", data)
        try run("cp", "-r", backup, data)
        try await withBackOffice(data: data) { address, server in
            // Other changes come to the numbers that the vehicle has already.
            let later = try [session("S2", "BBB222", minutes: 60), session("S9", "EEE555", minutes: 60)]
            try give(server, .sessions, later)
            try give(server, .permits, [permit("P2", "FFF666"), permit("P3", "FFF777"), permit("P4", "FFF888")])
            let report = try await sync(vehicle, address)
            #expect(report.factsAcknowledged == 304 && report.photosSent == 4)
            #expect(server.counters.value(.factsStored) == 304)
            for seed in [307, 308, 309, 310] {
                let photo = Samples.photo(seed: seed)
                #expect(try await ask("GET", address + "/photos/" + Samples.digest(photo)).body == photo)
            }
            let plates = try ["AAA111", "BBB222", "CCC333", "DDD444", "EEE555", "FFF666"].map { try Plate($0) }
            // Both lists were imported since, and are the whole truth again.
            let listed = try await vehicle.store.answer(for: plates, at: Date()).map(\.key).sorted()
            #expect(listed == ["P2/FFF666", "S2", "S9"])
            #expect(try await vehicle.store.feedStates().map(\.records) == [3, 2, 0, 0, 0])
            #expect(try await ages(vehicle) == [true, true, false, false, false])
            #expect(try await sync(vehicle, address) == SyncReport())
            #expect(try await vehicle.store.unsentCount() == 0)
            #expect(try await vehicle.store.check().problems == [])
            // What stood for the purged ones is of no use any more.
            _ = try await vehicle.store.finishPurge(
                PurgeRun(now: Date(), periods: .standard),
                strayPhotos: 0,
                at: Date()
            )
            #expect(try await vehicle.store.check().problems == [])
            #expect(try await vehicle.store.check().erased == 303)
        }
    }

    @Test func `takes no right away, and is not believed, until its lists are imported again`() async throws {
        let folder = try TemporaryFolder()
        let vehicle = try Vehicle()
        let plates = try ["AAA111", "BBB222"].map { try Plate($0) }
        @Sendable func known() async throws -> [String] {
            try await vehicle.store.answer(for: plates, at: Date()).map(\.key).sorted()
        }
        try await withBackOffice(data: folder.path + "/one") { address, server in
            try give(server, .sessions, [session("S1", "AAA111", minutes: 60)])
            try give(server, .permits, [permit("P1", "BBB222")])
            _ = try await sync(vehicle, address)
            #expect(try await ages(vehicle) == [true, true, false, false, false])
        }
        // All that was there is lost.
        try await withBackOffice(data: folder.path + "/two") { address, server in
            for _ in 0..<2 {
                _ = try await sync(vehicle, address)
                #expect(try await known() == ["P1/BBB222", "S1"])
                #expect(try await ages(vehicle) == [false, false, false, false, false])
            }
            try give(server, .sessions, [session("S1", "AAA111", minutes: 90)])
            _ = try await sync(vehicle, address)
            #expect(try await known() == ["P1/BBB222", "S1"])
            #expect(try await ages(vehicle) == [false, true, false, false, false])
            try give(server, .permits, [])
            _ = try await sync(vehicle, address)
            #expect(try await known() == ["S1"])
            #expect(try await ages(vehicle) == [true, true, false, false, false])
            #expect(try await vehicle.store.feedStates().map(\.records) == [0, 1, 0, 0, 0])
        }
    }

    @Test func `changed for a better copy, it takes placeholders for what it has`() async throws {
        let folder = try TemporaryFolder()
        let (data, older, newer) = (folder.path + "/data", folder.path + "/older", folder.path + "/newer")
        let vehicle = try Vehicle()
        try await vehicle.record(1...1)
        try await withBackOffice(data: data) { address, _ in _ = try await sync(vehicle, address) }
        try run("cp", "-r", data, older)
        try await vehicle.recordClear(2...9)
        try await withBackOffice(data: data) { address, _ in _ = try await sync(vehicle, address) }
        try run("mv", data, newer)
        try await purge(vehicle.store)
        try await withBackOffice(data: older) { address, _ in
            let report = try await sync(vehicle, address)
            #expect(report.factsAcknowledged == 8)
        }
        try await vehicle.record(10...10)
        // Half of what it had sent, the vehicle sends again to one that has it already.
        try await vehicle.store.rewind(to: 4)
        try await withBackOffice(data: newer) { address, server in
            let report = try await sync(vehicle, address)
            #expect(report.factsAcknowledged == 6)
            #expect(server.counters.value(.factsStored) == 1)
            let check = try await vehicle.store.check()
            #expect(check.problems == [])
        }
    }

    @Test func `takes a placeholder once, whichever answers are lost`() async throws {
        let folder = try TemporaryFolder()
        let (data, backup) = (folder.path + "/data", folder.path + "/backup")
        let vehicle = try Vehicle()
        try await vehicle.record(1...1)
        try await withBackOffice(data: data) { address, _ in _ = try await sync(vehicle, address) }
        try run("cp", "-r", data, backup)
        try await vehicle.recordClear(2...9)
        try await withBackOffice(data: data) { address, _ in _ = try await sync(vehicle, address) }
        try await purge(vehicle.store)
        try run("rm", "-r", data)
        try run("mv", backup, data)
        try await withBackOffice(data: data) { address, server in
            // The vehicle went back and sent, and never got the receipt.
            try await vehicle.store.rewind(to: 1)
            try await vehicle.store.fillGaps(after: 1, limit: 4)
            let sent = try await vehicle.store.outbox(after: 1)
            #expect(sent.map(\.sequence) == [2, 3, 4, 5])
            let upload = FactsUpload(vehicle: try VehicleID("unit-7"), facts: sent)
            #expect(try await post(address + "/sync/v1/facts", upload).status == 200)
            #expect(try await sync(vehicle, address).factsAcknowledged == 8)
            #expect(server.counters.value(.factsStored) == 8 && server.counters.value(.factsRepeated) == 4)
            #expect(try await vehicle.store.check().problems == [])
        }
    }

    @Test func `gets nothing where its past is another one`() async throws {
        let folder = try TemporaryFolder()
        let vehicle = try Vehicle()
        try await vehicle.record(1...5)
        try await withBackOffice(data: folder.path + "/one") { address, _ in _ = try await sync(vehicle, address) }
        let namesake = try Vehicle()
        try await namesake.record(11...12)
        try await withBackOffice(data: folder.path + "/two") { address, server in
            _ = try await sync(namesake, address)
            let error = await #expect(throws: SyncError.self) { try await sync(vehicle, address) }
            #expect(error?.code == .conflict)
            #expect(server.counters.value(.factsStored) == 2)
            #expect(try await vehicle.store.acknowledgedSequence() == 5)
            // Its numbers are given up for others.
            #expect(try await vehicle.store.numbersLeft() == 500)
            let next = try await vehicle.store.pendingBlockRequest(size: 1, at: Date())
            #expect(next.highest == 1000)
        }
    }

    @Test func `begun anew from nothing, it is told everything`() async throws {
        let folder = try TemporaryFolder()
        let vehicle = try Vehicle()
        try await vehicle.record(1...3)
        try await withBackOffice(data: folder.path + "/one") { address, _ in _ = try await sync(vehicle, address) }
        try await vehicle.record(4...5)
        try await withBackOffice(data: folder.path + "/two") { address, server in
            let report = try await sync(vehicle, address)
            #expect(report.factsAcknowledged == 5 && report.photosSent == 5)
            #expect(server.counters.value(.photosStored) == 5)
            #expect(try await vehicle.store.unsentCount() == 0)
        }
    }

    /// How the older copy came back, and whether many numbers are then passed over.
    private static let restores = [
        ("cp backup/backoffice.sqlite data/backoffice.sqlite", false), ("cp -a backup/. data", false),
        ("rm -r data; cp -a backup data", true),
    ]

    @Test(arguments: restores) func `leases no number twice`(command: String, passesOver: Bool) async throws {
        let folder = try TemporaryFolder()
        let (data, backup) = (folder.path + "/data", folder.path + "/backup")
        let first = try await withBackOffice(data: data) { address, _ in try await lease("unit-1", 1, address) }
        #expect(first == NumberBlock(first: 1, last: 500))
        try run("cp", "-a", data, backup)
        let lost = try await withBackOffice(data: data) { address, _ in try await lease("unit-2", 2, address) }
        #expect(lost == NumberBlock(first: 501, last: 1000))
        try run("sh", "-c", "cd '\(folder.path)' && \(command)")
        try await withBackOffice(data: data) { address, _ in
            let next = try await lease("unit-3", 3, address)
            let start = passesOver ? 500 + Records.numbersPassedOver : 1000
            #expect(next == NumberBlock(first: start + 1, last: start + 500))
            // Once: the mark is this folder's own again.
            #expect(try await lease("unit-4", 4, address) == NumberBlock(first: start + 501, last: start + 1000))
            #expect(try await lease("unit-3", 3, address) == next)
        }
    }

    @Test func `leases above what the vehicle knows of and what tickets tell`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path + "/data") { address, _ in
            let one = try await lease("unit-1", 1, address, highest: 7000)
            #expect(one.first == 7001 + Records.numbersPassedOver)
            let ticket = RecordedFact(
                id: Samples.id(1, kind: 2),
                sequence: 1,
                recordedAt: Samples.start,
                body: .ticket(TicketFact(ticket: try Samples.ticket(1, number: 150_000)))
            )
            let upload = FactsUpload(vehicle: try VehicleID("unit-7"), facts: [ticket])
            #expect(try await post(address + "/sync/v1/facts", upload).status == 200)
            let two = try await lease("unit-1", 2, address, highest: one.last)
            #expect(two.first == 150_001)
            // Given by hand, far from what is leased: no reason to have none left.
            #expect(try await lease("unit-1", 3, address, highest: 9_900_500).first == two.last + 1)
            let absurd = NumberBlockRequest(
                vehicle: try VehicleID("unit-1"),
                request: Samples.id(9, kind: 5),
                size: 5,
                highest: 10_000_000
            )
            #expect(try await post(address + "/sync/v1/number-blocks", absurd).status == 400)
        }
    }
}
