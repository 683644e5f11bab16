// Digital chalk through the real desk, store and photo folder: a first pass that is kept, a second that proves a stay.
import Evidence
import Foundation
import ParkingCore
import PatrolAPI
import PatrolStore
import Positioning
import SyncProtocol
import Testing

@testable import PatrolEngine

/// A patrol that passes the same spot again and again, heading east.
private struct Round: PositionSource {
    let point: GeoPoint
    var metres = 0.0
    var errorMetres = 3.0

    func fix(at time: Date) -> Fix? {
        Fix(
            point: Geodesy.point(point, eastMetres: metres, northMetres: 0),
            time: time,
            errorMetres: errorMetres,
            speedMetresPerSecond: 6,
            headingDegrees: 90
        )
    }
}

@Suite struct ChalkDeskTests {
    private let middle: GeoPoint
    private let city: City

    init() throws {
        middle = try GeoPoint(latitude: 43.7012, longitude: -81.0523)
        let corners = [(-400.0, -400.0), (400, -400), (400, 400), (-400, 400)]
        let limit = ParkingRule(
            id: try RuleID("two-hours"),
            kind: .timeLimit(TimeLimit(minutes: 120, same: .position)),
            infraction: "P-9",
            schedules: [.always]
        )
        let middle = middle
        city = City(
            name: "Testville",
            timeZone: "America/Toronto",
            regime: .administrativePenalty,
            paymentAddress: "1 Main St",
            reviewRights: LocalizedText(en: "You may ask.", fr: "Vous pouvez."),
            zones: [
                Zone(
                    zone: try ZoneID("limit"),
                    name: "Mill Street",
                    outline: corners.map { Geodesy.point(middle, eastMetres: $0.0, northMetres: $0.1) },
                    rules: [limit]
                )
            ],
            infractions: [
                Infraction(
                    code: "P-9",
                    section: "2024-101 s. 9",
                    title: LocalizedText(en: "Parked longer than the limit", fr: "Stationnement trop long"),
                    fineCents: 3500,
                    earlyPaymentCents: nil,
                    earlyPaymentDays: nil
                )
            ]
        )
    }

    private func patrol(isClockTrusted: Bool = true) async throws -> Patrol {
        let patrol = try await Patrol(city: city, isClockTrusted: isClockTrusted)
        await patrol.desk.follow(Round(point: middle))
        return patrol
    }

    /// One pass so many minutes after the first, by the desk's clock as well. Lists are fresh at each.
    @discardableResult
    private func pass(
        _ patrol: Patrol,
        _ plate: String = "CKVX042",
        minutes: Double,
        confidence: Double = 0.99,
        camera: String = "right"
    ) async throws -> ReadFact {
        patrol.clock.advance(to: patrol.time.addingTimeInterval(minutes * 60))
        try await patrol.store.apply(
            ChangesAnswer(
                changes: [],
                upTo: try await patrol.store.changesCursor(),
                more: false,
                asOf: patrol.clock.now()
            )
        )
        return try await patrol.desk.handle(
            try patrol.pass(plate, confidence: confidence, camera: camera, after: minutes * 60)
        )
    }

    @Test func `the second pass beyond the limit is an alert with both passes' photos`() async throws {
        let patrol = try await patrol()
        let first = try await pass(patrol, minutes: 0)
        // Nothing of a car that did nothing goes to the server; its photos lie here, with the mark.
        #expect(first.judgement.answer == .clear && first.photos.isEmpty)
        let mark = try #require(try await patrol.store.chalkMarks(of: [try Plate("CKVX042")]).first)
        #expect(mark.photos.map(\.isCloseUp) == [true, false])
        for photo in mark.photos { #expect(try await patrol.desk.photo(sha256: photo.sha256).count == photo.bytes) }
        let second = try await pass(patrol, minutes: 130)
        guard case .alert(let alerts) = second.judgement else {
            Issue.record("\(second.judgement)")
            return
        }
        #expect(alerts.contains { if case .overtime(_, "P-9", first.read.id, _, 120) = $0 { true } else { false } })
        #expect(second.photos.count == 4 && second.photos.suffix(2).map(\.sha256) == mark.photos.map(\.sha256))
        let alert = try #require(try await patrol.desk.waitingAlerts().first)
        let firstPass = try #require(alert.firstPass)
        #expect(firstPass.read == first.read.id && firstPass.elapsedSeconds == 130 * 60)
        #expect(firstPass.closeUp == mark.photos[0].sha256 && alert.closeUp != firstPass.closeUp)
        #expect(firstPass.stayedProbability > 0.98)
    }

    @Test func `a car within the limit, or parked elsewhere, is clear`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, minutes: 0)
        #expect(try await pass(patrol, minutes: 119).judgement.answer == .clear)
        await patrol.desk.follow(Round(point: middle, metres: 150))
        #expect(try await pass(patrol, minutes: 200).judgement.answer == .clear)
        let marks = try await patrol.store.chalkMarks(of: [try Plate("CKVX042")])
        #expect(Set(marks.map(\.stay)).count == 2)
        // Photos are kept at the first pass of each stay only.
        #expect(marks.filter { !$0.photos.isEmpty }.count == 2 && marks.count == 3)
    }

    @Test func `two cameras, and two reads of one pass, make one mark`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, minutes: 0)
        try await pass(patrol, minutes: 0.05, camera: "front")
        try await pass(patrol, minutes: 0.6)
        #expect(try await patrol.store.chalkCount() == 1)
        try await pass(patrol, "ZZZZ999", minutes: 0.7)
        #expect(try await patrol.store.chalkCount() == 2)
    }

    @Test func `an accepted overtime is ticketed once, with the first pass among its photos`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, minutes: 0)
        let second = try await pass(patrol, minutes: 130)
        _ = try await patrol.desk.accept(second.read.id, AcceptRequest(confirmedPlate: nil))
        let ticket = try #require(try await patrol.store.tickets(limit: 5).first?.ticket)
        #expect(ticket.infraction.code == "P-9" && ticket.photos.count == 4)
        let third = try await pass(patrol, minutes: 400)
        #expect(third.judgement.answer == .clear, "\(third.judgement)")
    }

    @Test func `a car that was not there when the patrol drove by in between is left to the officer`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, minutes: 0)
        let past = [-80.0, 80].enumerated().map { index, metres in
            TrackPoint(
                fix: Fix(
                    point: Geodesy.point(middle, eastMetres: metres, northMetres: 0),
                    time: patrol.time.addingTimeInterval(3600 + Double(index) * 20),
                    errorMetres: 3,
                    speedMetresPerSecond: nil,
                    headingDegrees: nil
                ),
                startsSegment: index == 0
            )
        }
        try await patrol.store.record(track: past)
        #expect(try await pass(patrol, minutes: 130).judgement.label == "secondLook mayHaveMoved")
    }

    @Test func `what is due soon is listed with time left, and no longer once it was raised`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, minutes: 0)
        try await pass(patrol, "ZZZZ999", minutes: 2)
        patrol.clock.advance(to: patrol.time.addingTimeInterval(117 * 60))
        let due = try await patrol.desk.dueSoon(minutes: nil)
        #expect(due.map(\.plate) == ["CKVX042"])
        // 120 minutes, and the one beyond them that nobody is held to.
        #expect(due.first?.secondsLeft == 240 && due.first?.place == "Mill Street" && due.first?.closeUp != nil)
        #expect(try await patrol.desk.dueSoon(minutes: 10).map(\.plate) == ["CKVX042", "ZZZZ999"])
        try await pass(patrol, minutes: 121.1)
        #expect(try await patrol.desk.dueSoon(minutes: nil).map(\.plate) == ["ZZZZ999"])
    }

    @Test func `whether a car was moved is settled by the officer who has both passes to look at`() async throws {
        let patrol = try await patrol()
        await patrol.desk.follow(Round(point: middle, errorMetres: 12))
        try await pass(patrol, minutes: 0)
        await patrol.desk.follow(Round(point: middle, metres: 26, errorMetres: 12))
        let second = try await pass(patrol, minutes: 130)
        guard case .secondLook(let reasons, _) = second.judgement else {
            Issue.record("\(second.judgement)")
            return
        }
        let shares = reasons.compactMap { if case .mayHaveMoved(let share) = $0 { share } else { nil } }
        #expect(shares.count == 1 && shares.allSatisfy { $0 > 0.5 && $0 < 0.98 })
        #expect(second.photos.count == 4)
        let answer = try await patrol.desk.accept(second.read.id, AcceptRequest(confirmedPlate: "CKVX042"))
        #expect(answer.ticket != nil)
    }

    @Test func `nothing is ticketed by a clock that nobody vouches for`() async throws {
        let patrol = try await patrol(isClockTrusted: false)
        try await pass(patrol, minutes: 0)
        guard case .secondLook(let reasons, let alerts) = try await pass(patrol, minutes: 130).judgement else {
            Issue.record("ticketable without a clock")
            return
        }
        #expect(reasons.contains(.clockUnknown) && !alerts.isEmpty)
    }

    @Test func `a text that the first pass read otherwise is a second look that tells it`() async throws {
        let patrol = try await patrol()
        try await pass(patrol, "CKVX04Z", minutes: 0, confidence: 0.8)
        let second = try await pass(patrol, minutes: 130)
        #expect(second.judgement.answer == .secondLook, "\(second.judgement)")
        #expect(try await patrol.desk.waitingAlerts().first?.firstPass?.plate == "CKVX04Z")
    }
}
