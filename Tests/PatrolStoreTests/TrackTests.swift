// The thinned track in the database: kept in order, found by time, guarded by the schema.
import Foundation
import GRDB
import ParkingCore
import Testing

@testable import PatrolStore

@Suite struct StoredTracks {
    private func point(_ van: Van, _ seconds: Double, error: Double = 4, starts: Bool = false) throws -> TrackPoint {
        TrackPoint(
            fix: Fix(
                point: try GeoPoint(latitude: 43.65 + seconds / 10_000, longitude: -79.39),
                time: van.time(seconds),
                errorMetres: error,
                speedMetresPerSecond: seconds == 0 ? nil : 8.5,
                headingDegrees: seconds == 0 ? nil : 359.9
            ),
            startsSegment: starts
        )
    }

    @Test func `points come back as they were, by time, after the store was opened again`() async throws {
        let van = try Van()
        let points = try (0..<50).map { try point(van, Double($0), starts: $0 == 0 || $0 == 30) }
        let store = try van.open()
        try await store.record(track: Array(points[..<20]))
        try await store.record(track: Array(points[20...]))
        try await store.record(track: [])
        try store.close()
        let again = try van.open()
        #expect(try await again.track(from: van.time(0), to: van.time(50)) == points)
        #expect(try await again.track(from: van.time(10), to: van.time(12)) == Array(points[10..<12]))
        #expect(try await again.track(from: van.time(50), to: van.time(99)).isEmpty)
        try again.close()
    }

    @Test func `a clock set back leaves the order driven`() async throws {
        let van = try Van()
        let store = try van.open()
        let points = try [point(van, 100, starts: true), point(van, 101), point(van, 40, starts: true), point(van, 41)]
        try await store.record(track: points)
        #expect(try await store.track(from: van.time(0), to: van.time(200)) == points)
        try store.close()
    }

    @Test func `one impossible point keeps the whole batch out`() async throws {
        let van = try Van()
        let store = try van.open()
        let points = try [point(van, 1, starts: true), point(van, 2, error: -1)]
        await #expect(throws: PatrolStoreError.self) { try await store.record(track: points) }
        #expect(try await store.track(from: van.time(0), to: van.time(10)).isEmpty)
        try store.close()
    }
}
