// How much of a zone was driven past.
import Foundation
import ParkingCore
import Testing

@Suite struct TrackCoverageTests {
    private let origin: GeoPoint

    init() throws { origin = try GeoPoint(latitude: 43.7, longitude: -79.4) }

    private func point(_ east: Double, _ north: Double) -> GeoPoint {
        Geodesy.point(origin, eastMetres: east, northMetres: north)
    }

    private func track(_ places: [(Double, Double)], error: Double = 3, gaps: Set<Int> = [0]) -> [TrackPoint] {
        places.enumerated().map { index, place in
            let fix = Fix(
                point: point(place.0, place.1),
                time: Date(timeIntervalSince1970: Double(index)),
                errorMetres: error,
                speedMetresPerSecond: nil,
                headingDegrees: nil
            )
            return TrackPoint(fix: fix, startsSegment: gaps.contains(index))
        }
    }

    /// A street zone 200 m long and 20 m wide along the x axis.
    private var street: [GeoPoint] { [point(0, -10), point(200, -10), point(200, 10), point(0, 10)] }

    @Test func `a street driven to its end is covered, half of it half`() {
        let whole = TrackCoverage.share(of: street, track: track([(-20, 0), (220, 0)]))
        #expect(whole > 0.99)
        let half = TrackCoverage.share(of: street, track: track([(-20, 0), (100, 0)]))
        #expect(abs(half - 0.55) < 0.03)
        let away = TrackCoverage.share(of: street, track: track([(-20, 40), (220, 40)]))
        #expect(away == 0)
    }

    @Test func `nothing is known of the way over a gap, nor from a fix with a large error`() {
        let ends = track([(0, 0), (200, 0)], gaps: [0, 1])
        let share = TrackCoverage.share(of: street, track: ends)
        #expect(share > 0.05 && share < 0.2)
        #expect(TrackCoverage.share(of: street, track: track([(0, 0), (200, 0)], error: 40)) == 0)
        #expect(TrackCoverage.distanceMetres(ends) == 0)
        #expect(abs(TrackCoverage.distanceMetres(track([(0, 0), (200, 0)])) - 200) < 0.5)
    }

    @Test func `an outline without area and a track without points cover nothing`() {
        #expect(TrackCoverage.share(of: [point(0, 0), point(9, 0)], track: track([(0, 0)])) == 0)
        #expect(TrackCoverage.share(of: street, track: []) == 0)
    }

    @Test func `a whole city is cut into no more squares than can be counted`() {
        let town = [point(-9000, -9000), point(9000, -9000), point(9000, 9000), point(-9000, 9000)]
        let share = TrackCoverage.share(of: town, track: track([(-9000, 0), (9000, 0)]), reachMetres: 100)
        #expect(share > 0.005 && share < 0.02)
    }
}
