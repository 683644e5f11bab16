// Judging by where the vehicle drives: streets along its way and across it.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Judging by the way driven")
struct JudgePlaceTests {
    private let street = Street()
    private let middle: GeoPoint
    private let city: City

    /// A paid street of 28 by 300 m from south to north; the avenue across its middle is free.
    init() throws {
        middle = try GeoPoint(latitude: 43.001, longitude: -79)
        city = Self.city([try Self.block("paid", around: middle, [(-14, -150), (14, -150), (14, 150), (-14, 150)])])
    }

    /// - Parameter corners: metres east and north.
    private static func block(
        _ name: String,
        around middle: GeoPoint,
        _ corners: [(Double, Double)],
        isPaid: Bool = true
    ) throws -> Zone {
        let pay = ParkingRule(
            id: try RuleID("pay-\(name)"),
            kind: .payByPlate,
            infraction: "B",
            schedules: [Schedule(hours: [try #require(HourSpan("00:00-24:00"))])]
        )
        return Zone(
            zone: try ZoneID(name),
            name: name,
            outline: corners.map { Geodesy.point(middle, eastMetres: $0.0, northMetres: $0.1) },
            rules: isPaid ? [pay] : []
        )
    }

    private static func city(_ zones: [Zone]) -> City { Street.city(zones, infractions: ["B"]) }

    private func judge(
        heading: Double?,
        error: Double = 1,
        at point: GeoPoint? = nil,
        in other: City? = nil
    ) throws -> Judgement {
        let reading = try street.reading("ABCD123", confidence: 0.99)
        return ParkingCore.judge(
            read: try street.read(reading, at: "14:30"),
            fix: Fix(
                point: point ?? middle,
                time: street.time("14:30"),
                errorMetres: error,
                speedMetresPerSecond: 8,
                headingDegrees: heading
            ),
            candidates: Candidates(of: reading),
            records: [],
            feeds: Feed.allCases.map { FeedState(feed: $0, asOf: street.time("14:30"), records: 1) },
            earlier: [],
            city: other ?? city
        ).judgement
    }

    @Test("along a street its rule holds for certain", arguments: [0.0, 180, 40, nil])
    func along(heading: Double?) throws {
        guard case .alert = try judge(heading: heading) else {
            Issue.record("\(try judge(heading: heading))")
            return
        }
    }

    @Test(
        "what seems to stand amid a crossing is in the other street's zone by the position alone: no ticket",
        arguments: [(90.0, 1.0), (270, 1), (75, 0.2), (90, 4)]
    )
    func amidACrossing(heading: Double, error: Double) throws {
        guard case .secondLook(let reasons, _) = try judge(heading: heading, error: error),
            case .nearZoneEdge(_, _, let share?) = reasons[0], share > 0.5, share < 0.99
        else {
            Issue.record("\(try judge(heading: heading, error: error))")
            return
        }
    }

    @Test("between a paid block and one where nothing holds now the street across decides nothing: no ticket")
    func endOfBlock() throws {
        // The position of a car in the free block was 24 m wrong and claimed 4.
        let zones = try [
            Self.block("free", around: middle, [(-300, -14), (0, -14), (0, 14), (-300, 14)], isPaid: false),
            Self.block("paid", around: middle, [(0, -14), (300, -14), (300, 14), (0, 14)]),
            Self.block("across", around: middle, [(-14, 0), (14, 0), (14, 200), (-14, 200)]),
        ]
        let end = Geodesy.point(middle, eastMetres: 0.4, northMetres: 13)
        let judgement = try judge(heading: 268, error: 3.7, at: end, in: Self.city(zones))
        guard case .secondLook(let reasons, _) = judgement, case .nearZoneEdge(_, _, let share?) = reasons[0],
            (0.5...0.7).contains(share)
        else {
            Issue.record("\(judgement)")
            return
        }
    }
}
