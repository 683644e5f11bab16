// What holds at an instant and why, and what an officer is told for the hour.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Rules in force")
struct RulesTests {
    private func city() throws -> City {
        let weekdays = try ParkingRule(
            id: RuleID("pay"),
            kind: .payByPlate,
            infraction: "A",
            schedules: [
                Schedule(days: [1, 2, 3, 4, 5], hours: [#require(HourSpan("09:00-18:00"))], holidays: .excluded)
            ]
        )
        let snow = try ParkingRule(
            id: RuleID("snow"),
            kind: .ban(Ban(act: .parking, cause: .snowRoute)),
            infraction: "B",
            schedules: [.always],
            declaration: "snow"
        )
        func moment(_ text: String) throws -> LocalMoment { try #require(LocalMoment(text)) }
        return City(
            name: "Testville",
            timeZone: "America/Toronto",
            regimes: [DatedRegime(from: LocalDay(number: 0), regime: .administrativePenalty)],
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            holidays: [
                Holiday(day: .every(try #require(MonthDay("07-01"))), name: LocalizedText(en: "Canada Day", fr: "Fête"))
            ],
            zones: [
                Zone(
                    zone: try ZoneID("z"),
                    name: "Z",
                    outline: try Street.square(latitude: 43),
                    rules: [weekdays, snow]
                )
            ],
            infractions: [],
            temporaryChanges: [
                TemporaryChange(
                    name: LocalizedText(en: "Storm", fr: "Tempête"),
                    zones: [],
                    from: try moment("2026-11-01 00:30"),
                    until: try moment("2026-11-01 01:30"),
                    effect: .declare("snow")
                )
            ]
        )
    }

    private func at(_ text: String) throws -> Date { try #require(WireCoding.date(text)) }

    @Test("each rule says whether it holds, why, since and until when")
    func reasons() throws {
        let city = try city()
        let zone = try ZoneID("z")
        let tuesday = city.rules(in: zone, at: try at("2026-06-16T10:00:00-04:00"))
        #expect(tuesday.map(\.isInForce) == [true, false])
        #expect(tuesday[0].since == (try at("2026-06-16T09:00:00-04:00")))
        #expect(tuesday[0].until == (try at("2026-06-16T18:00:00-04:00")))
        #expect(tuesday[1].reasons == [.notDeclared("snow")])
        let holiday = city.rules(in: zone, at: try at("2026-07-01T10:00:00-04:00"))
        #expect(holiday[0].reasons == [.gap(.holiday(LocalizedText(en: "Canada Day", fr: "Fête")))])
        #expect(city.rules(in: try ZoneID("nowhere"), at: try at("2026-07-01T10:00:00-04:00")).isEmpty)
    }

    @Test("a declaration until an hour that comes twice lasts until it has come the second time")
    func repeatedHour() throws {
        let city = try city()
        func holds(_ text: String) throws -> Bool { city.rules(in: try ZoneID("z"), at: try at(text))[1].isInForce }
        #expect(try !holds("2026-11-01T00:29:59-04:00"))
        #expect(try holds("2026-11-01T00:30:00-04:00"))
        #expect(try holds("2026-11-01T01:45:00-04:00"))
        #expect(try holds("2026-11-01T01:29:59-05:00"))
        #expect(try !holds("2026-11-01T01:30:00-05:00"))
        let rule = try #require(city.rule(RuleID("snow")))
        let range = try at("2026-10-30T00:00:00Z")..<at("2026-11-03T00:00:00Z")
        #expect(city.spans(of: rule, in: try ZoneID("z"), within: range).seconds == 7200)
    }

    @Test("the hour tells what holds, begins, ends and changes, and nothing of what does not concern it")
    func hour() throws {
        let city = try city()
        let zone = try ZoneID("z")
        let morning = try #require(city.hour(of: [zone], at: at("2026-06-16T08:30:00-04:00")).first)
        #expect(morning.rules.isEmpty)
        #expect(morning.turns.map(\.begins) == [true])
        #expect(morning.explanation(language: .en, city: city) == ["pay (pay by plate) begins at 09:00."])
        let night = try #require(city.hour(of: [zone], at: at("2026-11-01T00:00:00-04:00")).first)
        #expect(night.changes.count == 1)
        #expect(night.turns.map(\.rule.id.text) == ["snow"])
        #expect(night.explanation(language: .fr, city: city).count == 2)
        #expect(city.hour(of: [try ZoneID("nowhere")], at: try at("2026-11-01T00:00:00-04:00")).isEmpty)
    }

    @Test(
        "spans agree with the answer at every minute of the days that the clocks change",
        arguments: ["2026-03-08", "2026-11-01"]
    )
    func spansAgree(day: String) throws {
        let city = try city()
        let zone = try ZoneID("z")
        let start = try at("\(day)T00:00:00Z")
        let range = start..<start.addingTimeInterval(2 * 86_400)
        for rule in try #require(city.zone(zone)).rules {
            let spans = city.spans(of: rule, in: zone, within: range)
            for minute in 0..<2880 {
                let time = start.addingTimeInterval(Double(minute) * 60)
                let holds = city.rules(in: zone, at: time).first { $0.rule.id == rule.id }?.isInForce
                if holds != spans.contains(where: { $0.contains(time) }) {
                    Issue.record("\(rule.id) at \(WireCoding.text(time))")
                    return
                }
            }
        }
    }
}
