// Facts, photos and numbers over real HTTP into a real database: taken once, in order, or refused with a sentence.
import BackOffice
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@Suite struct FactIntake {
    @Test func `facts are acknowledged once and sending them again changes nothing`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let upload = FactsUpload(
                vehicle: try VehicleID("unit-7"),
                facts: try (1...5).map { Samples.fact(Int64($0), .read(try Samples.read($0))) }
            )
            let first = try await post(address + "/sync/v1/facts", upload)
            #expect(first.status == 200)
            #expect(try first.decoded(FactsReceipt.self).acknowledged == 5)
            let again = try await post(address + "/sync/v1/facts", upload)
            #expect(again.body == first.body)
            #expect(server.counters.value(.factsStored) == 5)
            #expect(server.counters.value(.factsRepeated) == 5)
        }
    }

    @Test func `after a gap nothing is taken`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let facts = try [1, 2, 4, 5].map { Samples.fact(Int64($0), .read(try Samples.read($0))) }
            let upload = FactsUpload(vehicle: try VehicleID("unit-7"), facts: facts)
            let answer = try await post(address + "/sync/v1/facts", upload)
            #expect(try answer.decoded(FactsReceipt.self).acknowledged == 2)
            #expect(server.counters.value(.factsStored) == 2)
        }
    }

    @Test func `a sequence with another content is refused by name and nothing of the upload is kept`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let vehicle = try VehicleID("unit-7")
            _ = try await post(
                address + "/sync/v1/facts",
                FactsUpload(vehicle: vehicle, facts: [Samples.fact(1, .read(try Samples.read(1)))])
            )
            let other = FactsUpload(
                vehicle: vehicle,
                facts: [
                    Samples.fact(1, .read(try Samples.read(1, plate: "XYZ789"))),
                    Samples.fact(2, .read(try Samples.read(2))),
                ]
            )
            let answer = try await post(address + "/sync/v1/facts", other)
            #expect(answer.status == 409)
            #expect(answer.sentence.contains("fact 1 of vehicle 'unit-7'"))
            #expect(server.counters.value(.factsStored) == 1)
        }
    }

    @Test func `a fact's place in the chain of evidence is kept with it, and nonsense is set aside`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            func send(_ bundle: Int64, _ sha256: String, as sequence: Int64 = 4) async throws -> Answer {
                let plain = Samples.fact(sequence, .read(try Samples.read(Int(sequence))))
                let fact = RecordedFact(
                    id: plain.id,
                    sequence: sequence,
                    recordedAt: plain.recordedAt,
                    body: plain.body,
                    bundle: BundleReference(sequence: bundle, sha256: sha256)
                )
                let upload = FactsUpload(vehicle: try VehicleID("unit-7"), facts: [fact])
                return try await post(address + "/sync/v1/facts", upload)
            }
            let hash = String(repeating: "ab", count: 32)
            let nonsense: [(Int64, String)] = [(1, "nonsense"), (1, hash.uppercased()), (0, hash)]
            for (index, (bundle, sha256)) in nonsense.enumerated() {
                let receipt = try await send(bundle, sha256, as: Int64(index + 1)).decoded(FactsReceipt.self)
                #expect(receipt.setAside.map(\.sequence) == [Int64(index + 1)])
                #expect(receipt.setAside.allSatisfy { $0.reason.contains("evidence bundle") }, "\(receipt)")
            }
            #expect(try await send(7, hash).decoded(FactsReceipt.self).setAside.isEmpty)
            #expect(try await ask("GET", address + "/reads").text.components(separatedBy: "<tr>").count == 3)
            #expect(try await send(7, hash).status == 200)
            // The same fact at another place: the chain was written anew.
            #expect(try await send(8, hash).status == 409)
            #expect(try await send(7, String(repeating: "cd", count: 32)).status == 409)
        }
    }

    @Test func `an identifier of another vehicle's fact is refused`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let facts = [Samples.fact(1, .read(try Samples.read(1)))]
            _ = try await post(
                address + "/sync/v1/facts",
                FactsUpload(vehicle: try VehicleID("unit-7"), facts: facts)
            )
            let answer = try await post(
                address + "/sync/v1/facts",
                FactsUpload(vehicle: try VehicleID("unit-8"), facts: facts)
            )
            #expect(answer.status == 409)
            #expect(answer.sentence.contains("belongs to fact 1 of vehicle 'unit-7'"))
        }
    }

    @Test func `facts survive the end of the server`() async throws {
        let folder = try TemporaryFolder()
        let upload = FactsUpload(
            vehicle: try VehicleID("unit-7"),
            facts: try (1...3).map { Samples.fact(Int64($0), .read(try Samples.read($0))) }
        )
        _ = try await withBackOffice(data: folder.path) { address, _ in
            try await post(address + "/sync/v1/facts", upload)
        }
        try await withBackOffice(data: folder.path) { address, server in
            let answer = try await post(address + "/sync/v1/facts", upload)
            #expect(try answer.decoded(FactsReceipt.self).acknowledged == 3)
            #expect(server.counters.value(.factsStored) == 0)
        }
    }

    @Test func `a photo is taken once its fact is here, verified, and then served`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let photo = Samples.photo(seed: 1)
            let digest = Samples.digest(photo)
            let place = address + "/sync/v1/photos/" + digest
            let early = try await ask("PUT", place, body: photo, contentType: "image/jpeg")
            #expect(early.status == 404)
            let upload = FactsUpload(
                vehicle: try VehicleID("unit-7"),
                facts: [Samples.fact(1, .read(try Samples.read(1, photos: [photo])))]
            )
            let receipt = try await post(address + "/sync/v1/facts", upload).decoded(FactsReceipt.self)
            #expect(receipt.missingPhotos == [digest])
            let wrong = try await ask("PUT", place, body: Samples.photo(seed: 2), contentType: "image/jpeg")
            #expect(wrong.status == 400)
            #expect(wrong.sentence.contains("arrived with the content of"))
            let text = try await ask("PUT", place, body: Data("<html>".utf8), contentType: "image/jpeg")
            #expect(text.status == 415)
            for _ in 1...2 {
                #expect(try await ask("PUT", place, body: photo, contentType: "image/jpeg").status == 204)
            }
            let after = try await post(address + "/sync/v1/facts", upload).decoded(FactsReceipt.self)
            #expect(after.missingPhotos.isEmpty)
            let served = try await ask("GET", address + "/photos/" + digest)
            #expect(served.body == photo)
            #expect(served.headers["content-type"] == "image/jpeg")
            #expect(served.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test func `number blocks never overlap and a request gets the same block again`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let place = address + "/sync/v1/number-blocks"
            let blocks = try await withThrowingTaskGroup(of: [NumberBlock].self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let request = NumberBlockRequest(
                            vehicle: try VehicleID("unit-\(index)"),
                            request: Samples.id(index),
                            size: 50 + index
                        )
                        return [
                            try await post(place, request).decoded(NumberBlock.self),
                            try await post(place, request).decoded(NumberBlock.self),
                        ]
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(blocks.allSatisfy { $0[0] == $0[1] })
            let sorted = blocks.map { $0[0] }.sorted { $0.first < $1.first }
            #expect(sorted.first?.first == 1)
            for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(a.last + 1 == b.first) }

            let same = NumberBlockRequest(vehicle: try VehicleID("unit-0"), request: Samples.id(0), size: 51)
            #expect(try await post(place, same).status == 409)
            for size in [0, -1, 10_001, Int.max] {
                let absurd = NumberBlockRequest(vehicle: try VehicleID("u"), request: Samples.id(99), size: size)
                #expect(try await post(place, absurd).status == 400)
            }
        }
    }
}
