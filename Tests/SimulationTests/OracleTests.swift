// The oracle knows the right answer in cases that a person can reckon.
import Foundation
import ParkingCore
import Testing

@testable import Simulation

@Suite struct OracleTests {
    private let pay = PostedRule(
        name: "pay",
        demand: .payByPlate,
        weekdays: [1, 2, 3, 4, 5, 6],
        fromMinute: 480,
        toMinute: 1260,
        holdsOnHolidays: false,
        graceMinutes: 5,
        permits: ["commercial"],
        infraction: Offence.unpaid
    )
    private let limit = PostedRule(
        name: "limit",
        demand: .timeLimit(minutes: 60, wholeZone: false),
        fromMinute: 480,
        toMinute: 1080,
        graceMinutes: 10,
        permits: ["residential"],
        infraction: Offence.overtime
    )

    @Test func `who has paid may stand until the grace is over`() {
        var corner = Corner(rules: [pay])
        let car = corner.park("CABC123", from: corner.at(9), until: corner.at(12))
        corner.pay(car, from: corner.at(9, 2), until: corner.at(10))
        #expect(corner.broken(at: corner.at(9, 1)) == [Offence.unpaid])
        #expect(corner.broken(at: corner.at(9, 2)) == [])
        #expect(corner.broken(at: corner.at(10, 4, 59)) == [])
        #expect(corner.broken(at: corner.at(10, 5)) == [Offence.unpaid])
    }

    @Test func `a payment that was ended gives no right to a later stay in the same space`() throws {
        var corner = Corner(rules: [PostedRule(name: "pay", demand: .payByPlate, infraction: Offence.unpaid)])
        let car = corner.park("CABC123", from: corner.at(9), until: corner.at(9, 30))
        corner.park("CABC123", from: corner.at(9, 40), until: corner.at(11))
        func step(_ time: Date, until: Date) -> Purchase.Step {
            Purchase.Step(time: time, atServer: time, from: corner.at(9), until: until)
        }
        corner.purchases[car] = [
            Purchase(
                vehicle: car,
                zone: 0,
                typed: "CABC123",
                slip: .none,
                steps: [step(corner.at(9), until: corner.at(10)), step(corner.at(9, 30), until: corner.at(9, 30))]
            )
        ]
        let town = corner.town
        let (oracle, stay) = (Oracle(town: town), try #require(town.stays[0].last))
        let time = corner.at(9, 50)
        let read = PlateRead(
            id: UUIDv7(at: time),
            camera: CameraID(unchecked: "right"),
            time: time,
            frames: 6,
            reading: PlateReading(
                plate: try Plate("CABC123"),
                confidence: 0.95,
                characters: [],
                alternates: [],
                box: PixelBox(x: 0, y: 0, width: 1, height: 1),
                corners: []
            )
        )
        let encounter = Encounter(
            passing: Passing(
                time: time,
                space: 0,
                spot: Spot(east: 0, north: 0),
                headingDegrees: 0,
                speed: 5,
                isRight: true
            ),
            stay: stay,
            violations: oracle.violations(by: stay, at: time),
            sighting: Sighting(
                read: read,
                fix: nil,
                cameraAngleDegrees: 90,
                isClockTrusted: true,
                moment: ChalkMoment(boot: "0", seconds: 0),
                known: time
            ),
            isGhost: false
        )
        var witness = Witness(town: town, oracle: oracle)
        let verdict = Verdict(.alert, [Offence.unpaid], zone: "z0", reason: "violation")
        witness.ticket([Offence.unpaid], verdict, encounter, at: time.addingTimeInterval(60))
        #expect(witness.finished().tickets == 1 && witness.finished().wrongTickets == 0)
        // Paid again before the ticket: now it is a wrong one, and told.
        corner.pay(car, from: corner.at(9, 50, 30), until: corner.at(11))
        var other = Witness(town: corner.town, oracle: Oracle(town: corner.town))
        other.ticket([Offence.unpaid], verdict, encounter, at: time.addingTimeInterval(60))
        #expect(other.finished().wrongTicketsOurFault == 1 && other.tickets.count == 1)
    }

    @Test func `nothing is to be paid before the hours, on Sunday and on a holiday`() {
        var corner = Corner(rules: [pay])
        corner.park("CABC123", from: corner.at(6), until: corner.at(23))
        #expect(corner.broken(at: corner.at(7, 59, 59)) == [])
        // The hour that the sign begins at brings its grace with it.
        #expect(corner.broken(at: corner.at(8, 10)) == [Offence.unpaid])
        #expect(corner.broken(at: corner.at(21)) == [])
        let labourDay = CivilDay(year: 2026, month: 9, day: 7)
        for day in [CivilDay(year: 2026, month: 4, day: 19), labourDay] {
            var other = Corner(rules: [pay], day: day)
            other.park("CABC123", from: other.at(6), until: other.at(23))
            #expect(other.broken(at: other.at(12)) == [])
        }
    }

    @Test func `overtime begins after limit and grace, and not before the hours`() {
        var corner = Corner(rules: [limit])
        corner.park("CABC123", from: corner.at(7), until: corner.at(18))
        #expect(corner.broken(at: corner.at(9, 10)) == [])
        #expect(corner.broken(at: corner.at(9, 10, 1)) == [Offence.overtime])
    }

    @Test(arguments: [(59, [Offence.overtime]), (61, [])])
    func `who comes back within an hour has not left`(awayMinutes: Int, broken: [String]) {
        var corner = Corner(rules: [limit])
        corner.park("CABC123", from: corner.at(9), until: corner.at(10))
        let back = corner.at(10).addingTimeInterval(Double(awayMinutes) * 60)
        corner.park("CABC123", from: back, until: corner.at(18))
        #expect(corner.broken(at: back.addingTimeInterval(900)) == broken)
    }

    @Test func `another block is another clock, unless the whole zone counts`() {
        for (wholeZone, broken) in [(false, [String]()), (true, [Offence.overtime])] {
            let rule = PostedRule(
                name: "limit",
                demand: .timeLimit(minutes: 60, wholeZone: wholeZone),
                infraction: Offence.overtime
            )
            var corner = Corner(rules: [rule])
            corner.park("CABC123", space: 0, from: corner.at(9), until: corner.at(9, 50))
            corner.park("CABC123", space: 25, from: corner.at(9, 55), until: corner.at(18))
            #expect(corner.broken(at: corner.at(10, 5)) == broken)
        }
    }

    @Test func `of two that share a permit neither may stand there while the other does`() {
        let rule = PostedRule(name: "permit", demand: .permit, permits: ["residential"], infraction: Offence.noPermit)
        var corner = Corner(rules: [rule])
        let first = corner.park("CABC123", space: 0, from: corner.at(9), until: corner.at(10))
        let second = corner.park("CABC124", space: 1, from: corner.at(9, 30), until: corner.at(11))
        corner.grants = [
            Grant(
                name: "G0",
                kind: "residential",
                zone: 0,
                from: corner.at(0),
                until: corner.at(23),
                vehicles: [first, second]
            )
        ]
        corner.vehicles[first].grant = 0
        corner.vehicles[second].grant = 0
        #expect(corner.broken(at: corner.at(9, 45)) == [Offence.noPermit])
        #expect(corner.broken(at: corner.at(10, 15)) == [])
        #expect(corner.broken(at: corner.at(23)) == [Offence.noPermit])
    }

    @Test func `who came second by a shared permit is held to the time limit, and it is told who came first`() throws {
        var corner = Corner(rules: [limit])
        let first = corner.park("CABC123", space: 0, from: corner.at(9), until: corner.at(13))
        let second = corner.park("CABC124", space: 1, from: corner.at(9, 30), until: corner.at(13))
        let span = (from: corner.at(0), until: corner.at(23))
        corner.grants = [
            Grant(
                name: "G0",
                kind: "residential",
                zone: 0,
                from: span.from,
                until: span.until,
                vehicles: [first, second]
            )
        ]
        corner.vehicles[first].grant = 0
        corner.vehicles[second].grant = 0
        let oracle = Oracle(town: corner.town)
        for (car, other) in [(first, second), (second, first)] {
            let stay = try #require(corner.stays.first { $0.vehicle == car })
            let violation = try #require(oracle.violations(by: stay, at: corner.at(12)).first)
            #expect(violation.isOvertime && violation.infraction == Offence.overtime)
            #expect(violation.sharer == Violation.Sharer(vehicle: other, cameFirst: car == second))
        }
    }

    @Test func `a ban excuses nobody but the exempt, and a feast all`() {
        let ban = PostedRule(
            name: "rush",
            demand: .noStopping,
            fromMinute: 960,
            toMinute: 1080,
            infraction: Offence.noStopping
        )
        var corner = Corner(rules: [ban, pay])
        let car = corner.park("CABC123", from: corner.at(9), until: corner.at(20))
        corner.pay(car, from: corner.at(9), until: corner.at(20))
        #expect(corner.broken(at: corner.at(15, 59)) == [])
        #expect(corner.broken(at: corner.at(16, 10)) == [Offence.noStopping])
        corner.change = TownZone.TemporaryChange(
            name: "feast",
            rules: [],
            replaces: true,
            from: corner.at(15),
            until: corner.at(17)
        )
        #expect(corner.broken(at: corner.at(16, 10)) == [])
        corner.change = nil
        corner.vehicles[car].isExempt = true
        #expect(corner.broken(at: corner.at(16, 10)) == [])
    }

    @Test func `hours past midnight belong to the day on which they began`() {
        let rule = PostedRule(
            name: "night",
            demand: .noParking,
            weekdays: [5],
            fromMinute: 1320,
            toMinute: 360,
            infraction: Offence.noParking
        )
        // 17 April 2026 is a Friday.
        for (day, hour, holds) in [(17, 22, true), (18, 5, true), (18, 22, false), (17, 5, false)] {
            let time = TownClock.instant(CivilDay(year: 2026, month: 4, day: day), second: Double(hour) * 3600)
            #expect(rule.holds(at: time, holidays: []) == holds)
        }
    }
}

@Suite struct TownClockTests {
    @Test func `wall clocks agree with the time zone database, the changes included`() throws {
        let zone = try #require(TimeZone(identifier: TownClock.zoneName))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var dice = Dice(seed: 4)
        var times = (0..<400).map { _ in Date(timeIntervalSince1970: dice.between(1_600_000_000, 1_900_000_000)) }
        for year in 2024...2030 {
            for (month, day) in [(3, 8), (3, 14), (11, 1), (11, 7)] {
                let start = Date(
                    timeIntervalSince1970: Double(CivilDay(year: year, month: month, day: day).number * 86_400)
                )
                times += stride(from: 0, to: 86_400, by: 1799).map { start.addingTimeInterval($0) }
            }
        }
        for time in times {
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: time)
            let (day, second) = TownClock.local(time)
            #expect(day.parts.year == parts.year && day.parts.month == parts.month && day.parts.day == parts.day)
            #expect(Int(second / 60) == (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
            #expect(day.weekday % 7 + 1 == parts.weekday)
        }
    }

    @Test func `a wall clock's time is found again`() {
        let day = CivilDay(year: 2026, month: 11, day: 1)
        #expect(TownClock.instant(day, second: 3600).timeIntervalSince1970 == 1_793_509_200)
        #expect(TownClock.local(TownClock.instant(day, second: 7200)).second == 7200)
        #expect(CivilDay(year: 2024, month: 2, day: 29).text == "2024-02-29")
    }
}
