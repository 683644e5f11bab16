// Retention on both sides of the link: what is purged is gone to the last byte, and the chains still fit together.
import BackOffice
import Foundation
import Logging
import ParkingCore
import PatrolStore
import SyncClient
import SyncProtocol
import Testing

@Suite struct RetentionAtBothEnds {
    private let now = Samples.start.addingTimeInterval(30 * 3600)

    private func plate(_ index: Int) -> String { "QX\(["B", "D", "F", "G"][index % 4])\(1000 + index)" }

    /// Files of a folder that hold the text, byte by byte.
    private func files(holding text: String, in folder: String) throws -> [String] {
        let wanted = Data(text.utf8)
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return false }
            return data.range(of: wanted) != nil
        }
    }

    /// 40 clear reads, each with a photo that bears its plate, and one alert.
    private func record(_ store: PatrolStore, photos: String) async throws -> [String] {
        for index in 1...40 {
            let photo = Samples.photo(seed: index) + Data(plate(index).utf8)
            let digest = Samples.digest(photo)
            let place = photos + "/" + digest.prefix(2)
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try photo.write(to: URL(filePath: "\(place)/\(digest).jpg"))
            let fact = try Samples.read(index, plate: plate(index), judgement: .clear(.noRule), photos: [photo])
            _ = try await store.record(read: fact, at: Samples.start)
        }
        let hit = try Samples.read(41, plate: "HIT4411")
        _ = try await store.record(read: hit, at: Samples.start)
        return (1...40).map(plate)
    }

    private func purgeVehicle(_ store: PatrolStore, photos: String) async throws {
        let run = PurgeRun(now: now, periods: .standard)
        var next: PurgeRun? = run
        while let step = next { next = try await store.purgeStep(step) }
        for name in try await store.photosToErase() {
            try FileManager.default.removeItem(atPath: "\(photos)/\(name.prefix(2))/\(name).jpg")
            try await store.notePhotosErased([name])
        }
        _ = try await store.finishPurge(run, strayPhotos: 0, at: now)
    }

    @Test func `no byte of a purged plate is left at the vehicle or at the back office, and the link goes on`()
        async throws
    {
        let (van, city) = (try TemporaryFolder(), try TemporaryFolder())
        let store = try PatrolStore(path: van.path + "/patrol.sqlite", vehicle: try VehicleID("unit-7"))
        let photos = van.path + "/photos"
        let plates = try await record(store, photos: photos)
        try await withBackOffice(data: city.path) { address, server in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let client = try SyncClient(
                store: store,
                settings: SyncSettings(server: address, photos: photos),
                logger: logger
            )
            try await client.syncOnce()
            for folder in [van.path, city.path] {
                for plate in plates { #expect(try !files(holding: plate, in: folder).isEmpty) }
            }
            try await purgeVehicle(store, photos: photos)
            let retention = server.retention
            let counts = try await retention.run(now: now)
            #expect(counts.reads == 40 && counts.photos == 40)
            #expect(try await retention.run(now: now).reads == 0)
            for folder in [van.path, city.path] {
                for plate in plates { #expect(try files(holding: plate, in: folder).isEmpty, "\(plate) in \(folder)") }
                #expect(try !files(holding: "HIT4411", in: folder).isEmpty)
            }
            // The record of the purge goes up, and both sides still agree.
            #expect(try await client.syncOnce().factsAcknowledged == 1)
            await client.close()
        }
    }

    @Test func `facts that were erased on either side before the other heard of it are taken as what they were`()
        async throws
    {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let vehicle = try VehicleID("unit-7")
            let facts = try (1...3).map { index in
                Samples.fact(Int64(index), .read(try Samples.read(index, judgement: .clear(.noRule))))
            }
            let erased = facts.map { Samples.fact($0.sequence, .erased(ErasedFact(was: .read))) }
            func send(_ facts: [RecordedFact]) async throws -> Int {
                try await post(address + "/sync/v1/facts", FactsUpload(vehicle: vehicle, facts: facts)).status
            }
            // The answer to the first upload was lost, and the vehicle's longer period ended.
            #expect(try await send([facts[0]]) == 200)
            #expect(try await send([erased[0], erased[1]]) == 200)
            // Here it is purged, and an older copy of the vehicle's database sends the whole read again.
            #expect(try await send([facts[2]]) == 200)
            _ = try await server.retention.run(now: now)
            #expect(try await send([facts[0]]) == 200)
            #expect(try await send([facts[1]]) == 200)
            // Another fact under the same number is refused as ever.
            let other = RecordedFact(id: Samples.id(99), sequence: 1, recordedAt: Samples.start, body: facts[0].body)
            #expect(try await send([other]) == 409)
        }
    }

    @Test func `a clear read that was set aside goes when its time is over, to the last byte; hits and tickets stay`()
        async throws
    {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let vehicle = try VehicleID("unit-7")
            let hit = Samples.id(2)
            let place = String(repeating: "x", count: 301)
            let ticket = try Samples.ticket(3, number: 12, plate: "TICKET1", place: place)
            let facts: [RecordedFact] = [
                Samples.fact(1, .read(try Samples.read(1, plate: "CLEAR11", judgement: .clear(.noRule), frames: 0))),
                Samples.fact(2, .read(try Samples.read(2, plate: "HIT2222", frames: 0))),
                // A second sighting of the car whose hit was set aside, itself sound, and one that is not.
                Samples.fact(
                    3,
                    .read(
                        try Samples.read(
                            3,
                            plate: "AGAIN33",
                            judgement: .clear(.repeated(read: hit, at: Samples.start))
                        )
                    )
                ),
                Samples.fact(
                    4,
                    .read(
                        try Samples.read(
                            4,
                            plate: "AGAIN44",
                            judgement: .clear(.repeated(read: hit, at: Samples.start)),
                            frames: 0
                        )
                    )
                ),
                Samples.fact(5, .ticket(TicketFact(ticket: ticket))),
                // The vehicle's clock stood in 1970: its time to be kept counts from the arrival.
                Samples.fact(6, .read(try Samples.read(6, plate: "CLOCK66", judgement: .clear(.noRule)))),
            ]
            let sent = String(
                decoding: try WireCoding.encoder().encode(FactsUpload(vehicle: vehicle, facts: facts)),
                as: UTF8.self
            )
            let last = try #require(sent.range(of: #""sequence":5"#)).upperBound
            let body = Data((sent[..<last] + sent[last...].replacing(#""time":"2026"#, with: #""time":"1970"#)).utf8)
            let answer = try await ask("POST", address + "/sync/v1/facts", body: body)
            #expect(try answer.decoded(FactsReceipt.self).setAside.map(\.sequence) == [1, 2, 4, 5, 6])

            let arrival = Date()
            let before = arrival.addingTimeInterval(-3600)
            #expect(try await server.records.purgePreview(before: before).reads == 1)
            #expect(try await server.retention.run(now: arrival.addingTimeInterval(23 * 3600)).reads == 1)
            #expect(try files(holding: "CLEAR11", in: folder.path).isEmpty)
            #expect(try !files(holding: "CLOCK66", in: folder.path).isEmpty)
            #expect(try await server.retention.run(now: arrival.addingTimeInterval(25 * 3600)).reads == 1)
            #expect(try files(holding: "CLOCK66", in: folder.path).isEmpty)
            for plate in ["HIT2222", "AGAIN33", "AGAIN44", "TICKET1"] {
                #expect(try !files(holding: plate, in: folder.path).isEmpty, "\(plate) is gone")
            }
            #expect(try await server.retention.run(now: arrival.addingTimeInterval(1e9)).reads == 0)
            let page = try await ask("GET", address + "/set-aside").text
            #expect(page.contains("3 facts set aside") && page.contains("HIT2222") && !page.contains("CLEAR11"))
            // Sent once more, whole: as what it was, and it does not come back.
            let again = try await ask("POST", address + "/sync/v1/facts", body: body)
            #expect(try again.decoded(FactsReceipt.self).setAside.map(\.sequence) == [2, 4, 5])
            #expect(try files(holding: "CLEAR11", in: folder.path).isEmpty)
        }
    }
}
