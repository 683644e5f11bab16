// Retention with real photo files: those of purged reads go, those that belong to none go, those of hits stay.
import Evidence
import Foundation
import ParkingCore
import PatrolStore
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct RetentionTests {
    private func photos(_ folder: EvidenceFolder) throws -> Set<String> {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return Set(files.filter { $0.hasSuffix(".jpg") }.compactMap { $0.split(separator: "/").last.map(String.init) })
    }

    @Test func `photos go with their reads, strays too, and a hit's stay`() async throws {
        let patrol = try await Patrol()
        let folder = try EvidenceFolder(patrol.folder.appending(path: "photos").path)
        let hit = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        #expect(hit.photos.count == 2)
        // The first pass of a car that went on: a clear read with a photo.
        let kept = try folder.store(EvidencePhoto(role: .closeUp, jpeg: [0xFF, 0xD8, 0xFF, 1, 0xFF, 0xD9]))
        let stray = try folder.store(EvidencePhoto(role: .closeUp, jpeg: [0xFF, 0xD8, 0xFF, 2, 0xFF, 0xD9]))
        let read = try patrol.pass("CKFT482").read
        let clear = ReadFact(
            read: read,
            fix: nil,
            zone: nil,
            judgement: .clear(.noRule),
            feeds: [],
            photos: [PhotoReference(sha256: kept.sha256, role: .closeUp, bytes: kept.bytes)]
        )
        try await patrol.store.record(read: clear, at: patrol.time)
        try await patrol.store.acknowledge(through: try await patrol.store.lastSequence())
        // A photo of which only the signed chain knows: an older database was put in place.
        let signed = try folder.store(EvidencePhoto(role: .closeUp, jpeg: [0xFF, 0xD8, 0xFF, 3, 0xFF, 0xD9]))
        let chain = patrol.folder.appending(path: "chain")
        try FileManager.default.createDirectory(at: chain, withIntermediateDirectories: true)
        try Data("{\"photos\":[{\"sha256\":\"\(signed.sha256)\"}]}\n".utf8)
            .write(to: chain.appending(path: "000000000001.jsonl"))
        let link = patrol.folder.appending(path: "second-name")
        try FileManager.default.linkItem(atPath: kept.path, toPath: link.path)
        let retention = Retention(
            store: patrol.store,
            photos: folder,
            chain: ChainFolder(chain.path),
            periods: .standard
        )
        #expect(try await retention.run(now: patrol.time) == nil)
        // The files were written now, the reads were taken in the recording's time: both are past their time then.
        let later = Date().addingTimeInterval(90_000)
        let record = try #require(try await retention.run(now: later))
        #expect(record.counts.reads == 1 && record.counts.photos == 1 && record.counts.strayPhotos == 1)
        #expect(try photos(folder) == Set((hit.photos.map(\.sha256) + [signed.sha256]).map { "\($0).jpg" }))
        // Its bytes were overwritten where they lay, not only its name taken away.
        #expect(try [UInt8](Data(contentsOf: link)) == [0, 0, 0, 0, 0, 0])
        #expect(!FileManager.default.fileExists(atPath: stray.path))
        #expect(try await retention.run(now: later) == nil)
    }
}
