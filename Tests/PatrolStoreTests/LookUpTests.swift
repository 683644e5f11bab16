// Look-ups through the filter in memory: whatever comes into the lists by whatever way is found, at once.
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite struct LookUpTests {
    let van: Van
    init() throws { van = try Van() }

    private func session(_ id: String, _ plate: String) throws -> ListRecord {
        .session(
            ParkingSession(
                session: id,
                plate: try Plate(plate),
                zone: try ZoneID("pay"),
                validity: try TimeWindow(from: van.time(0), to: van.time(3600))
            )
        )
    }

    private func answer(_ records: [ListRecord], removing: [ListRecord] = [], cursor: Int64) -> ChangesAnswer {
        let all = records.map { ($0, true) } + removing.map { ($0, false) }
        return ChangesAnswer(
            changes: all.enumerated().map { index, item in
                ListChange(
                    change: cursor + Int64(index) + 1,
                    feed: item.0.feed,
                    key: item.0.key,
                    record: item.1 ? item.0 : nil
                )
            },
            upTo: cursor + Int64(all.count),
            more: false,
            asOf: van.time(10)
        )
    }

    @Test func `a plate that comes with a change is found though the filter was built before`() async throws {
        let store = try van.open()
        let plates = try ["ABCD123", "WXYZ987"].map { try Plate($0) }
        #expect(try await store.answer(for: plates, at: van.time(5)).isEmpty)
        try await store.apply(answer([session("S-1", "ABCD123")], cursor: 0))
        #expect(try await store.answer(for: plates, at: van.time(5)) == [session("S-1", "ABCD123")])
        try await store.apply(answer([session("S-2", "WXYZ987")], removing: [session("S-1", "ABCD123")], cursor: 1))
        #expect(try await store.answer(for: plates, at: van.time(5)) == [session("S-2", "WXYZ987")])
    }

    @Test func `a store opened anew finds what was there`() async throws {
        do {
            let store = try van.open()
            try await store.apply(answer([session("S-1", "ABCD123")], cursor: 0))
            try store.close()
        }
        let store = try van.open()
        #expect(try await store.answer(for: [Plate("ABCD123")], at: van.time(5)).count == 1)
    }

    @Test func `the filter never denies a plate that was put in, and denies nearly all others`() throws {
        let filter = PlateFilter()
        #expect(filter.candidates(among: [try Plate("A")]) == nil)
        let known = try (0..<50_000).map { try Plate("A\($0)") }
        filter.build(expecting: known.count) { insert in for plate in known { insert(plate.text) } }
        #expect(filter.candidates(among: known)?.count == known.count)
        let others = try (0..<50_000).map { try Plate("B\($0)") }
        #expect((filter.candidates(among: others)?.count ?? .max) < 250)
        // Outgrown, it says that it has to be built again rather than "perhaps" to everything.
        for number in 0..<200_000 { filter.insert(try Plate("C\(number)")) }
        #expect(!filter.isBuilt)
    }

    @Test func `a shared permit's number travels, and its vehicles' sightings are found`() async throws {
        let store = try van.open()
        let permits = try ["ABCD123", "WXYZ987"].map { plate in
            ListRecord.permit(
                Permit(
                    permit: "R/1",
                    plate: try Plate(plate),
                    kind: .residential,
                    zones: [],
                    validity: try TimeWindow(from: van.time(0), to: van.time(3600)),
                    vehiclesAtOnce: 1
                )
            )
        }
        try await store.apply(answer(permits, cursor: 0))
        let found = try await store.answer(for: [Plate("ABCD123")], at: van.time(5))
        #expect(found == [permits[0]])
        #expect(found.sharedPermits(of: try Plate("ABCD123")) == ["R/1"])
        let parked = Judgement.clear(.permit(id: "R/1", kind: .residential))
        _ = try await store.record(read: van.readFact("WXYZ987", parked, at: 100), at: van.time(100))
        _ = try await store.record(read: van.readFact("WXYZ987", parked, at: 300), at: van.time(300))
        _ = try await store.record(read: van.readFact("WXYZ987", .clear(.noRule), at: 350), at: van.time(350))
        let sightings = try await store.permitSightings(permits: ["R/1"], since: van.time(50), until: van.time(400))
        let uses = PermitUse.uses(of: sightings)
        #expect(uses.map(\.plate.text) == ["WXYZ987"])
        #expect(uses.first?.firstSeen == van.time(100) && uses.first?.lastSeen == van.time(300))
        #expect(try await store.permitSightings(permits: ["R/1"], since: van.time(301), until: van.time(400)).isEmpty)
    }
}
