// Marks in the vehicle's database: kept with their reads, found by plate and place, there again after a restart.
import Foundation
import GRDB
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite struct ChalkMarks {
    private func mark(
        _ van: Van,
        _ read: ReadFact,
        stay: UUIDv7? = nil,
        metres: Double = 0,
        photos: [ChalkPhoto] = []
    ) throws -> ChalkMark {
        let origin = try GeoPoint(latitude: 43.7, longitude: -81.05)
        return ChalkMark(
            read: read.read.id,
            stay: stay ?? read.read.id,
            plate: read.read.reading.plate,
            confidence: 0.97,
            time: read.read.time,
            moment: ChalkMoment(boot: "b", seconds: 12.5),
            isClockTrusted: true,
            fix: Fix(
                point: Geodesy.point(origin, eastMetres: metres, northMetres: 0),
                time: read.read.time,
                errorMetres: 4,
                speedMetresPerSecond: 5,
                headingDegrees: 90
            ),
            cameraAngleDegrees: 90,
            place: nil,
            zone: try ZoneID("limit"),
            photos: photos
        )
    }

    private func record(_ mark: ChalkMark, due: Double?, van: Van, replaces: UUIDv7? = nil) -> ChalkRecord {
        ChalkRecord(
            mark: mark,
            dueAt: due.map(van.time),
            limitMinutes: due.map { _ in 120 },
            expiresAt: van.time(90_000),
            replaces: replaces
        )
    }

    /// Keeps a read with its mark.
    @discardableResult
    private func keep(
        _ store: PatrolStore,
        _ van: Van,
        _ plate: String,
        at seconds: Double = 0,
        due: Double? = 7200,
        metres: Double = 0,
        stay: UUIDv7? = nil,
        photos: [ChalkPhoto] = [],
        replaces: UUIDv7? = nil
    ) async throws -> ChalkMark {
        let read = try van.readFact(plate, at: seconds)
        let mark = try mark(van, read, stay: stay, metres: metres, photos: photos)
        let chalk = record(mark, due: due, van: van, replaces: replaces)
        try await store.record(reads: [read], chalk: [chalk], at: van.time(seconds))
        return mark
    }

    @Test func `what was marked at a place between two times tells when the patrol passed`() async throws {
        let van = try Van()
        let store = try van.open()
        try await keep(store, van, "FIRST1", at: 0)
        try await keep(store, van, "OTHER1", at: 600, metres: 8)
        try await keep(store, van, "OTHER2", at: 700, metres: 80)
        try await keep(store, van, "OTHER3", at: 1200)
        let found = try await store.chalkSightings(
            near: try GeoPoint(latitude: 43.7, longitude: -81.05),
            withinMetres: 15,
            from: van.time(0),
            to: van.time(1200)
        )
        #expect(found.map(\.plate.text) == ["OTHER1"])
        #expect(found.first?.time == van.time(600))
    }

    @Test func `a marked car's read and photos outlive a purge until no mark of its stay proves anything`() async throws
    {
        let van = try Van()
        let store = try van.open()
        let names = ["a", "b"].map { String(repeating: $0, count: 64) }
        let photos = names.enumerated().map { ChalkPhoto(sha256: $1, isCloseUp: $0 == 0, bytes: 1000) }
        let first = try await keep(store, van, "STAY1", photos: photos)
        try await keep(store, van, "STAY1", at: 1000, stay: first.read)
        try await store.record(read: try van.readFact("UNMARKED", at: 2), at: van.start)
        try await store.acknowledge(through: try await store.lastSequence())
        #expect(try await purge(store, now: van.time(88_000))?.counts.reads == 1)
        #expect(try await store.chalkCount() == 2)
        #expect(try await store.strayPhotos(among: names) == [])
        let record = try #require(try await purge(store, now: van.time(90_001)))
        #expect(record.counts.reads == 2 && record.counts.photos == 2)
        #expect(try await store.chalkCount() == 0)
        #expect(try await Set(store.photosToErase()) == Set(names))
        #expect(try await store.check().problems == [])
    }

    @Test func `a mark comes back as it was, also after the store was opened again`() async throws {
        let van = try Van()
        let store = try van.open()
        let photos = [true, false].map {
            ChalkPhoto(sha256: String(repeating: $0 ? "a" : "b", count: 64), isCloseUp: $0, bytes: 9)
        }
        let first = try await keep(store, van, "CKVX042", photos: photos)
        let second = try await keep(store, van, "CKVX042", at: 600, stay: first.read)
        try await keep(store, van, "CKVX043", at: 601)
        try store.close()
        let again = try van.open()
        let marks = try await again.chalkMarks(of: [try Plate("CKVX042"), try Plate("NONE1")])
        #expect(Set(marks) == [first, second])
        #expect(try await again.chalkCount() == 3)
        try again.close()
    }

    @Test func `a mark is kept with its read, or neither is`() async throws {
        let van = try Van()
        let store = try van.open()
        let mark = try await keep(store, van, "CKVX042")
        let read = try van.readFact("CKVX099", at: 5)
        // The second mark names a read that has one already.
        let bad = record(mark, due: nil, van: van)
        await #expect(throws: PatrolStoreError.self) {
            try await store.record(reads: [read], chalk: [bad], at: van.time(5))
        }
        #expect(try await store.readFact(read.read.id) == nil)
        #expect(try await store.chalkCount() == 1)
        try store.close()
    }

    @Test func `a mark of the same pass takes the earlier one's place`() async throws {
        let van = try Van()
        let store = try van.open()
        let first = try await keep(store, van, "CKVX04Z")
        let better = try await keep(store, van, "CKVX042", at: 1, replaces: first.read)
        #expect(try await store.chalkMarks(of: [try Plate("CKVX04Z"), try Plate("CKVX042")]) == [better])
        try store.close()
    }

    @Test func `texts one change away are found near, and only there`() async throws {
        let van = try Van()
        let store = try van.open()
        let near = try await keep(store, van, "CKVX04Z", metres: 20)
        try await keep(store, van, "CKVX04Y", at: 1, metres: 300)
        try await keep(store, van, "AAAA111", at: 2)
        let point = try #require(near.fix?.point)
        let plate = try Plate("CKVX042")
        #expect(try await store.chalkMarks(near: point, withinMetres: 60, like: plate) == [near])
        // On the far side of the world, across the date line, and at the pole nothing is near, and nothing breaks.
        for (latitude, longitude) in [(0.0, 180.0), (90, 0), (-90, -180)] {
            let far = try GeoPoint(latitude: latitude, longitude: longitude)
            #expect(try await store.chalkMarks(near: far, withinMetres: 60, like: plate).isEmpty)
        }
        try store.close()
    }

    @Test func `due soon lists each car once, by its last pass, soonest first`() async throws {
        let van = try Van()
        let store = try van.open()
        try await keep(store, van, "LATE001", at: 200, due: 7400)
        let first = try await keep(store, van, "SOON001", at: 0, due: 7200)
        try await keep(store, van, "SOON001", at: 900, due: 7200, stay: first.read)
        // Was moved: its time starts anew.
        try await keep(store, van, "GONE001", at: 10, due: 7210)
        try await keep(store, van, "GONE001", at: 1000, due: 8200)
        // Raised already.
        try await keep(store, van, "DONE001", at: 20, due: 7220)
        try await keep(store, van, "DONE001", at: 1100, due: nil)
        let due = try await store.chalkDue(from: van.time(7000), to: van.time(7500))
        #expect(due.map(\.mark.plate.text) == ["SOON001", "LATE001"])
        #expect(due.first?.firstSeen == van.time(0) && due.first?.dueAt == van.time(7200))
        #expect(due.first?.mark.time == van.time(900) && due.first?.limitMinutes == 120)
        #expect(try await store.chalkDue(from: van.time(7000), to: van.time(7500), limit: 1).count == 1)
        #expect(try await store.chalkDue(from: van.time(0), to: van.time(7000)).isEmpty)
        try store.close()
    }

    @Test func `of the reads that were ticketed the infraction is told`() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.addNumberBlock(NumberBlock(first: 1, last: 10))
        let alert = try await van.recordAlert(store)
        let other = try await van.recordAlert(store, "ZZZZ111", at: 1)
        _ = try await van.issue(store, alert)
        #expect(try await store.ticketedInfractions(of: [alert, other]) == [alert: "P-1"])
        try store.close()
    }

    @Test func `no index holds a plate`() async throws {
        let van = try Van()
        let store = try van.open()
        let columns = try await store.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT column.name FROM sqlite_schema AS item, pragma_index_info(item.name) AS column
                    WHERE item.type = 'index' AND item.tbl_name = 'chalk_mark'
                    """
            )
        }
        #expect(columns.contains("plate_key") && !columns.contains("plate"))
        try store.close()
    }
}
