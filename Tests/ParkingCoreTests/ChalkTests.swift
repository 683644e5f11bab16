// Whether a car seen at two passes stayed, was moved, or cannot be told: case by case, on a street that runs east.
import Foundation
import Testing

@testable import ParkingCore

/// A patrol on a street that runs east; places are metres along it and beside it (north positive).
struct ChalkStreet {
    let start = Date(timeIntervalSince1970: 1_781_600_000)
    let zone: ZoneID
    let origin: GeoPoint

    init() throws {
        zone = try ZoneID("mill")
        origin = try GeoPoint(latitude: 43.7, longitude: -81.05)
    }

    func mark(
        _ plate: String = "CKVX042",
        minutes: Double,
        metres: Double = 0,
        aside: Double = 0,
        error: Double = 5,
        heading: Double? = 90,
        camera: Double = 90,
        zone: ZoneID? = nil,
        moment: ChalkMoment? = nil,
        isClockTrusted: Bool = true,
        confidence: Double = 0.99,
        stay: UUIDv7? = nil,
        photos: [ChalkPhoto] = [],
        clockAheadSeconds: Double = 0
    ) throws -> ChalkMark {
        let time = start.addingTimeInterval(minutes * 60 + clockAheadSeconds)
        let read = UUIDv7(at: time)
        return ChalkMark(
            read: read,
            stay: stay ?? read,
            plate: try Plate(plate),
            confidence: confidence,
            time: time,
            moment: moment,
            isClockTrusted: isClockTrusted,
            fix: Fix(
                point: Geodesy.point(origin, eastMetres: metres, northMetres: aside),
                time: time,
                errorMetres: error,
                speedMetresPerSecond: heading == nil ? 0 : 6,
                headingDegrees: heading
            ),
            cameraAngleDegrees: camera,
            place: nil,
            zone: zone ?? self.zone,
            photos: photos
        )
    }

    func limit(
        _ minutes: Int = 120,
        _ basis: ChalkBasis = .position,
        grace: Int = 0,
        returnAfter: Int? = nil,
        hours: [Range<Date>]? = nil,
        mayRepeat: Bool = false
    ) -> ChalkRule {
        ChalkRule(
            rule: "two hours",
            basis: basis,
            limitMinutes: minutes,
            graceMinutes: grace,
            returnAfterMinutes: returnAfter,
            hours: hours,
            mayRepeat: mayRepeat
        )
    }
}

@Suite struct ChalkTests {
    let street: ChalkStreet
    init() throws { street = try ChalkStreet() }

    @Test func `a car that stands where it stood beyond the limit is found, with its first pass`() throws {
        let photos = [true, false].map { ChalkPhoto(sha256: "\($0)", isCloseUp: $0, bytes: 1000) }
        let first = try street.mark(minutes: 0, photos: photos)
        let middle = try street.mark(minutes: 70, metres: 3, stay: first.read)
        let new = try street.mark(minutes: 130, metres: -2, aside: 1)
        let finding = try #require(chalkFinding(marks: [middle, first], new: new, rule: street.limit()))
        #expect(finding.firstRead == first.read && finding.firstSeen == first.time && finding.lastSeen == new.time)
        #expect(finding.elapsedSeconds == 130 * 60 && finding.passes == 3)
        #expect(finding.stayedProbability > 0.98 && finding.isCertain())
        #expect(finding.photos == photos)
        #expect(abs((finding.distanceMetres ?? 0) - 2.2) < 0.3)
    }

    @Test func `neither the limit nor the grace is over a second too soon`() throws {
        let first = try street.mark(minutes: 0)
        let rule = street.limit(grace: 5)
        #expect(chalkFinding(marks: [first], new: try street.mark(minutes: 125), rule: rule) == nil)
        #expect(chalkFinding(marks: [first], new: try street.mark(minutes: 125.1), rule: rule) != nil)
    }

    @Test func `a better fix tells a car moved by two spaces from one that stayed, a worse one does not`() throws {
        func probability(_ error: Double) throws -> Double {
            let marks = [try street.mark(minutes: 0, error: error)]
            let new = try street.mark(minutes: 130, metres: 26, error: error)
            let rule = street.limit()
            return chalkFinding(marks: marks, new: new, rule: rule)?.stayedProbability ?? 0
        }
        #expect(try probability(2) == 0)
        #expect(try probability(12) > 0.8)
        #expect(try probability(12) < ChalkModel.standard.ticketProbability)
    }

    @Test func `a car far along the street was moved`() throws {
        let new = try street.mark(minutes: 130, metres: 60)
        #expect(chalkFinding(marks: [try street.mark(minutes: 0)], new: new, rule: street.limit()) == nil)
        #expect(chalkStay(marks: [try street.mark(minutes: 0)], new: new) == nil)
    }

    @Test func `the other side of the street is another place, however poor the fix`() throws {
        let first = try street.mark(minutes: 0, error: 15)
        // Southern side, seen to the right of a patrol that heads east; then the northern side.
        let across = try street.mark(minutes: 130, error: 15, camera: -90)
        #expect(chalkFinding(marks: [first], new: across, rule: street.limit())?.isCertain() != true)
        let same = try street.mark(minutes: 130, error: 15)
        let stayed = try #require(chalkFinding(marks: [first], new: same, rule: street.limit()))
        let crossed = chalkFinding(marks: [first], new: across, rule: street.limit())?.stayedProbability ?? 0
        #expect(crossed < 0.6, "\(crossed)")
        #expect(stayed.stayedProbability > 0.9)
    }

    @Test func `the same car passed in the other direction is recognised as standing still`() throws {
        // Eastbound lane 3 m north of the car; westbound lane 5 m north of it.
        let first = try street.mark(minutes: 0, aside: 3)
        let back = try street.mark(minutes: 130, aside: 5, heading: 270, camera: -90)
        #expect(try #require(chalkFinding(marks: [first], new: back, rule: street.limit())).isCertain())
    }

    @Test func `a car seen elsewhere meanwhile did not stay`() throws {
        let marks = [try street.mark(minutes: 0), try street.mark(minutes: 60, metres: 400)]
        #expect(chalkFinding(marks: marks, new: try street.mark(minutes: 130), rule: street.limit()) == nil)
    }

    @Test func `texts that differ are one car to be looked at, never ticketed`() throws {
        let first = try street.mark("CKVX04Z", minutes: 0, confidence: 0.8)
        let finding = try #require(
            chalkFinding(marks: [first], new: try street.mark(minutes: 130), rule: street.limit())
        )
        #expect(finding.firstPlate.text == "CKVX04Z" && finding.lastPlate.text == "CKVX042")
        #expect(!finding.isPlateAgreed && !finding.isCertain() && finding.stayedProbability > 0.9)
        // Two sure reads are two cars.
        let other = try street.mark("CKVX04Z", minutes: 0)
        #expect(chalkFinding(marks: [other], new: try street.mark(minutes: 130), rule: street.limit()) == nil)
    }

    @Test func `another car with a text like it elsewhere does not hide a stay`() throws {
        let marks = [
            try street.mark("CKVX04Z", minutes: 0, confidence: 0.8),
            try street.mark("CKVX04Z", minutes: 60, metres: 300, confidence: 0.8),
        ]
        #expect(chalkFinding(marks: marks, new: try street.mark(minutes: 130), rule: street.limit()) != nil)
    }

    @Test func `three days in one place are a reason to look, not to ticket`() throws {
        let marks = try (0..<3).map { try street.mark(minutes: Double($0) * 1440) }
        let finding = chalkFinding(
            marks: marks,
            new: try street.mark(minutes: 72 * 60 + 10),
            rule: street.limit(72 * 60)
        )
        #expect(finding?.isCertain() != true)
    }

    @Test func `only hours in which the rule holds count, over a night as well`() throws {
        let first = try street.mark(minutes: 0)
        func at(_ minutes: Double) -> Date { street.start.addingTimeInterval(minutes * 60) }
        let rule = street.limit(hours: [at(-500)..<at(30), at(900)..<at(1500)])
        #expect(chalkFinding(marks: [first], new: try street.mark(minutes: 985), rule: rule) == nil)
        let finding = try #require(chalkFinding(marks: [first], new: try street.mark(minutes: 995), rule: rule))
        #expect(finding.elapsedSeconds == 125 * 60 && finding.firstSeen == first.time)
        #expect(rule.dueAt(since: first.time) == at(990))
        #expect(rule.dueAt(since: at(1400)) == nil)
        #expect(street.limit().dueAt(since: first.time) == at(120))
        #expect(rule.countedSeconds(from: at(40), to: at(20)) == 0)
    }

    // MARK: By zone

    @Test func `a zone's limit holds for a car moved within it, by the share that stays inside`() throws {
        let marks = [try street.mark(minutes: 0)]
        let new = try street.mark(minutes: 130, metres: 150)
        let finding = try #require(chalkFinding(marks: marks, new: new, rule: street.limit(120, .zone)))
        #expect(abs(finding.stayedProbability - (1 - ChalkModel.standard.leavesZoneShare)) < 0.02)
        let other = try street.mark(minutes: 130, metres: 150, zone: try ZoneID("harbour"))
        #expect(chalkFinding(marks: marks, new: other, rule: street.limit(120, .zone))?.isCertain() != true)
    }

    @Test func `who cannot have been away for as long as the by-law asks has not left`() throws {
        let rule = street.limit(60, .zone, returnAfter: 120)
        let marks = [try street.mark(minutes: 0)]
        let soon = try #require(chalkFinding(marks: marks, new: try street.mark(minutes: 100, metres: 200), rule: rule))
        #expect(soon.stayedProbability == 1)
        // It is its text alone that says so: another car may have one much like it.
        #expect(!soon.isPlaceAgreed && !soon.isCertain())
        let there = try #require(chalkFinding(marks: marks, new: try street.mark(minutes: 100, metres: 4), rule: rule))
        #expect(there.isPlaceAgreed && there.isCertain())
        let late = try #require(chalkFinding(marks: marks, new: try street.mark(minutes: 300, metres: 200), rule: rule))
        #expect(late.stayedProbability < 1)
        let position = street.limit(60, .position, returnAfter: 120)
        // On the same block, as far as the distance tells.
        let block = try #require(
            chalkFinding(marks: marks, new: try street.mark(minutes: 100, metres: 20, error: 2), rule: position)
        )
        #expect(block.stayedProbability > 0.7 && !block.isCertain())
        for metres in [79.0, 200] {
            let far = try street.mark(minutes: 100, metres: metres, error: 2)
            #expect(chalkFinding(marks: marks, new: far, rule: position) == nil)
        }
        let otherSigns = try street.mark(minutes: 100, metres: 20, error: 2, zone: try ZoneID("harbour"))
        let other = chalkFinding(marks: marks, new: otherSigns, rule: position)
        #expect((other?.stayedProbability ?? 0) < block.stayedProbability - 0.03)
    }

    @Test(arguments: [ChalkBasis.position, .zone])
    func `passes of one car that stayed but disagree on the zone are looked at`(basis: ChalkBasis) throws {
        let harbour = try ZoneID("harbour")
        let new = try street.mark(minutes: 190, metres: 1)
        func finding(_ zones: [ZoneID?]) throws -> ChalkFinding? {
            let marks = try zones.enumerated().map { try street.mark(minutes: Double($0) * 60, zone: $1) }
            return chalkFinding(marks: marks, new: new, rule: street.limit(120, basis))
        }
        let agreed = try #require(try finding([nil, nil, nil]))
        #expect(agreed.isCertain() && agreed.passesElsewhere == 0)
        let other = try #require(try finding([nil, harbour, nil]))
        #expect(other.passesElsewhere == 1 && !other.isZoneAgreed && !other.isCertain())
        #expect(other.stayedProbability >= ChalkModel.standard.ticketProbability)
        let json = String(decoding: try WireCoding.encoder().encode(other), as: UTF8.self)
        #expect(try WireCoding.decoder().decode(ChalkFinding.self, from: Data(json.utf8)) == other)
        // As versions wrote it that counted neither.
        let older = json.replacing(#""missedPasses":0,"#, with: "").replacing(#""passesElsewhere":1,"#, with: "")
        #expect(json.utf8.count - older.utf8.count == 37)
        let read = try WireCoding.decoder().decode(ChalkFinding.self, from: Data(older.utf8))
        #expect(read.missedPasses == 0 && read.passesElsewhere == nil && read.isCertain())
    }

    @Test func `a car seen outside the zone meanwhile has left it`() throws {
        let away = try street.mark(minutes: 60, metres: 900, zone: try ZoneID("harbour"))
        let marks = [try street.mark(minutes: 0), away]
        let new = try street.mark(minutes: 130)
        #expect(chalkFinding(marks: marks, new: new, rule: street.limit(120, .zone)) == nil)
        #expect(chalkFinding(marks: marks, new: new, rule: street.limit(120, .zone, returnAfter: 180)) != nil)
    }

    // MARK: Tickets before

    @Test func `one stay is ticketed once, or again after another full limit where the by-law says so`() throws {
        let first = try street.mark(minutes: 0)
        let second = try street.mark(minutes: 130, stay: first.read)
        func finding(_ minutes: Double, mayRepeat: Bool) throws -> ChalkFinding? {
            chalkFinding(
                marks: [first, second],
                new: try street.mark(minutes: minutes),
                rule: street.limit(mayRepeat: mayRepeat),
                ticketed: [second.read]
            )
        }
        #expect(try finding(300, mayRepeat: false) == nil)
        #expect(try finding(240, mayRepeat: true) == nil)
        #expect(try #require(try finding(260, mayRepeat: true)).firstRead == second.read)
    }

    @Test func `a ticket for an earlier stay does not protect a later one`() throws {
        let ticketed = try street.mark(minutes: 0)
        let marks = [ticketed, try street.mark(minutes: 60, metres: 500), try street.mark(minutes: 200)]
        let new = try street.mark(minutes: 330)
        let finding = chalkFinding(marks: marks, new: new, rule: street.limit(), ticketed: [ticketed.read])
        #expect(try #require(finding).firstRead == marks[2].read)
    }

    // MARK: Clocks

    @Test func `within one boot a clock that jumps ten years changes nothing`() throws {
        let first = try street.mark(minutes: 0, moment: ChalkMoment(boot: "a", seconds: 1000), isClockTrusted: false)
        let new = try street.mark(
            minutes: 130,
            moment: ChalkMoment(boot: "a", seconds: 1000 + 130 * 60),
            clockAheadSeconds: 10 * 365 * 86_400
        )
        let finding = try #require(chalkFinding(marks: [first], new: new, rule: street.limit()))
        #expect(finding.elapsedSeconds == 130 * 60 && finding.isElapsedCertain)
        // What is told must agree: the time since the first pass, and when that was by the clock of the last one.
        #expect(finding.firstSeen == new.time.addingTimeInterval(-130 * 60) && finding.lastSeen == new.time)
        let soon = try street.mark(
            minutes: 30,
            moment: ChalkMoment(boot: "a", seconds: 1000 + 30 * 60),
            clockAheadSeconds: 10 * 365 * 86_400
        )
        #expect(chalkFinding(marks: [first], new: soon, rule: street.limit()) == nil)
    }

    @Test func `across boots only clocks that were vouched for can prove a time`() throws {
        let first = try street.mark(minutes: 0, moment: ChalkMoment(boot: "a", seconds: 5), isClockTrusted: false)
        let new = try street.mark(minutes: 130, moment: ChalkMoment(boot: "b", seconds: 9))
        let finding = try #require(chalkFinding(marks: [first], new: new, rule: street.limit()))
        #expect(!finding.isElapsedCertain && !finding.isCertain())
    }

    @Test func `a mark from the future proves nothing`() throws {
        let ahead = try street.mark(minutes: 600)
        #expect(chalkFinding(marks: [ahead], new: try street.mark(minutes: 130), rule: street.limit()) == nil)
        let later = try street.mark(minutes: 0, moment: ChalkMoment(boot: "a", seconds: 9000))
        let new = try street.mark(minutes: 600, moment: ChalkMoment(boot: "a", seconds: 100))
        #expect(chalkFinding(marks: [later], new: new, rule: street.limit()) == nil)
    }

    @Test func `a pass without a position is neither proof nor hindrance`() throws {
        let blind = ChalkMark(
            read: UUIDv7(at: street.start),
            stay: UUIDv7(at: street.start),
            plate: try Plate("CKVX042"),
            confidence: 1,
            time: street.start.addingTimeInterval(600),
            moment: nil,
            isClockTrusted: true,
            fix: nil,
            cameraAngleDegrees: nil,
            place: nil,
            zone: nil,
            photos: []
        )
        let new = try street.mark(minutes: 130)
        #expect(chalkFinding(marks: [blind], new: new, rule: street.limit()) == nil)
        #expect(chalkFinding(marks: [try street.mark(minutes: 0), blind], new: new, rule: street.limit()) != nil)
    }

    // MARK: Trial

    @Test func `stated probabilities hold on streets with receivers as bad as between tall houses`() throws {
        var settings = ChalkTrial.Settings()
        settings.cars = 12_000
        var trial = ChalkTrial(settings)
        let outcome = try trial.run()
        #expect(outcome.calibrationError < 0.02)
        for bin in outcome.bins where bin.links >= 300 { #expect(abs(bin.deviation) < 0.08, "\(bin)") }
        #expect(outcome.tickets > 500)
        let threshold = 1 - settings.model.ticketProbability
        #expect(Double(outcome.wrongTickets) < threshold * Double(outcome.tickets))
        #expect(outcome.baseline.wrongAlerts * outcome.tickets > outcome.wrongTickets * outcome.baseline.alerts)
    }

    @Test(arguments: [
        ("CKVX042", "CKVX042", true), ("CKVX042", "CKVX04Z", true), ("CKVX042", "XCKVX42", true),
        ("CKVX042", "CKV1142", false), ("AB1", "AB1", true), ("AB1", "AB2", false), ("", "", true),
    ])
    func `five in order and four adjacent`(one: String, other: String, expected: Bool) {
        #expect(isFiveInOrderFourAdjacent(one, other) == expected)
    }
}
