// A city's time limits at a place, and what the judgement makes of stays where zones touch and rights are shared.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Time limits of touching zones")
struct ChalkCityTests {
    let street = Street()
    let limit: ParkingRule

    init() throws {
        limit = ParkingRule(
            id: try RuleID("hour"),
            kind: .timeLimit(TimeLimit(minutes: 60, same: .position)),
            infraction: "A",
            schedules: [Street.day],
            permits: [.residential]
        )
    }

    private func zone(_ name: String, latitude: Double) throws -> Zone {
        Zone(
            zone: try ZoneID(name),
            name: name,
            outline: try Street.square(latitude: latitude),
            rules: [limit]
        )
    }

    /// The place `pay` lies in `south`, 55 m from `north`, within reach of a poor fix; both have the limit, `south` not
    /// before 11:00.
    private func city() throws -> City {
        let until = try #require(LocalMoment("2026-06-16 11:00"))
        let from = try #require(LocalMoment("2026-06-16 00:00"))
        return Street.city(
            [try zone("north", latitude: 43.001), try zone("south", latitude: 43)],
            infractions: ["A"],
            changes: [
                TemporaryChange(
                    name: LocalizedText(en: "Works", fr: "Travaux"),
                    zones: [try ZoneID("south")],
                    from: from,
                    until: until,
                    effect: .suspend([limit.id])
                )
            ]
        )
    }

    private func mark(at clock: String) throws -> ChalkMark {
        ChalkMark(
            read: UUIDv7(at: street.time(clock)),
            stay: UUIDv7(at: street.time(clock)),
            plate: try Plate("ABCD123"),
            confidence: 0.99,
            time: street.time(clock),
            moment: nil,
            isClockTrusted: true,
            fix: Fix(
                point: try street.point("pay"),
                time: street.time(clock),
                errorMetres: 12,
                speedMetresPerSecond: 6,
                headingDegrees: 90
            ),
            cameraAngleDegrees: 90,
            place: nil,
            zone: try ZoneID("south"),
            photos: []
        )
    }

    private func findings(from first: String, to last: String, in city: City) throws -> [ChalkFinding] {
        let (old, new) = (try mark(at: first), try mark(at: last))
        let fix = try #require(new.fix)
        return city.chalkLimits(around: fix, at: new.time, since: old.time).filter(\.isInForce).compactMap {
            chalkFinding(marks: [old], new: new, rule: $0.rule)
        }
    }

    @Test("one rule of two zones counts the hours of the zone in which the car stands")
    func hoursOfItsZone() throws {
        let city = try city()
        let found = try findings(from: "10:25", to: "11:30", in: city)
        #expect(found.map { $0.zone?.text } == ["north"])
        let judged = try street.judge("ABCD123", in: "pay", at: "11:30", [], chalk: found, city: city)
        #expect(judged == .clear(.withinLimit(zone: try ZoneID("south"), limitMinutes: 60)))
        let late = try findings(from: "10:25", to: "12:02", in: city)
        #expect(Set(late.map { $0.zone?.text }) == ["north", "south"])
        guard case .alert = try street.judge("ABCD123", in: "pay", at: "12:02", [], chalk: late, city: city) else {
            Issue.record("62 minutes of the hours that count in its zone")
            return
        }
    }

    @Test("a limit is never held to fewer than 60 seconds beyond it, whatever the file says")
    func leastGrace() throws {
        let city = Street.city([try zone("south", latitude: 43)], infractions: ["A"])
        #expect(try findings(from: "12:00", to: "13:01", in: city).isEmpty)
        #expect(try findings(from: "12:00", to: "13:02", in: city).count == 1)
    }

    @Test("who shares a permit that is used up is raised for the limit only as surely as it stayed")
    func sharedPermitBeyondTheLimit() throws {
        let city = Street.city([try zone("south", latitude: 43)], infractions: ["A"])
        let certain = try #require(try findings(from: "12:00", to: "14:30", in: city).first)
        func finding(stayed: Double, unmoved: Double) -> ChalkFinding {
            ChalkFinding(
                rule: certain.rule,
                zone: certain.zone,
                basis: .position,
                limitMinutes: 60,
                firstRead: certain.firstRead,
                firstSeen: certain.firstSeen,
                lastSeen: certain.lastSeen,
                elapsedSeconds: certain.elapsedSeconds,
                stayedProbability: stayed,
                passes: 2,
                distanceMetres: 12,
                unmovedProbability: unmoved,
                firstPlate: certain.firstPlate,
                lastPlate: certain.lastPlate,
                firstConfidence: 0.99,
                isElapsedCertain: true,
                photos: []
            )
        }
        let likely = finding(stayed: 0.8, unmoved: 0.8)
        let elsewhere = finding(stayed: 1, unmoved: 0.1)
        let permit = try street.permit("R-1", "ABCD123", .residential, zones: [], atOnce: 1)
        let other = PermitUse(
            permit: "R-1",
            plate: try Plate("WXYZ987"),
            read: UUIDv7(at: street.time("14:29")),
            firstSeen: street.time("14:29"),
            lastSeen: street.time("14:29"),
            point: try GeoPoint(latitude: 43.0009, longitude: -78.9995),
            confidence: 0.995
        )
        func judge(_ chalk: [ChalkFinding]) throws -> Judgement {
            try street.judge("ABCD123", in: "pay", at: "14:30", [permit], chalk: chalk, permitUses: [other], city: city)
        }
        let alert = Alert.sharedPermit(
            zone: try ZoneID("south"),
            infraction: "A",
            permit: "R-1",
            atOnce: 1,
            others: [other]
        )
        #expect(try judge([certain]) == .alert([alert]))
        #expect(try judge([likely]) == .secondLook([.mayHaveMoved(probability: 0.8)], alerts: [alert]))
        #expect(try judge([elsewhere]) == .secondLook([.stoodElsewhere(metres: 12)], alerts: [alert]))
        #expect(try judge([]) == .clear(.withinLimit(zone: try ZoneID("south"), limitMinutes: 60)))
    }

    @Test("an exemption that has just ended holds for 60 seconds, as every right does")
    func exemptionJustEnded() throws {
        let city = Street.city(
            [
                Zone(
                    zone: try ZoneID("south"),
                    name: "South",
                    outline: try Street.square(latitude: 43),
                    rules: [
                        ParkingRule(
                            id: try RuleID("none"),
                            kind: .ban(Ban(act: .parking, cause: .sign)),
                            infraction: "A",
                            schedules: [Street.day]
                        )
                    ]
                )
            ],
            infractions: ["A"]
        )
        func judge(endedSecondsAgo seconds: Double) throws -> Judgement {
            let end = street.time("14:30").addingTimeInterval(-seconds)
            let exemption = ListRecord.exemption(
                Exemption(
                    exemption: "E-1",
                    plate: try Plate("ABCD123"),
                    kind: .municipal,
                    validity: try TimeWindow(from: street.time("08:00"), to: end)
                )
            )
            return try street.judge("ABCD123", in: "pay", at: "14:30", [exemption], city: city)
        }
        #expect(try judge(endedSecondsAgo: 59) == .clear(.exemption(id: "E-1", kind: .municipal)))
        #expect(try judge(endedSecondsAgo: 60).isClear == false)
    }
}
