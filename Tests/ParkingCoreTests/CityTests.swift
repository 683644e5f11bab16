// Cities: what is wrong is named with its place, all at once; outlines and spreads decide as the ground does.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Cities")
struct CityTests {
    private func city(_ edit: (inout Parts) throws -> Void) throws -> [String] {
        var parts = Parts(zones: Street().city.zones, infractions: Street().city.infractions)
        try edit(&parts)
        return City(
            name: parts.name,
            timeZone: parts.timeZone,
            regimes: parts.regimes,
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            zones: parts.zones,
            infractions: parts.infractions,
            temporaryChanges: parts.changes
        ).problems().map(\.description)
    }

    private struct Parts {
        var name = "Testville"
        var timeZone = "America/Toronto"
        var regimes = [DatedRegime(from: LocalDay(number: 0), regime: .administrativePenalty)]
        var zones: [Zone]
        var infractions: [ByLawInfraction]
        var changes: [TemporaryChange] = []
    }

    private func rule(
        _ id: String = "pay-days",
        infraction: String = "P-1",
        kind: RuleKind = .payByPlate,
        schedules: [Schedule] = [.always],
        grace: Int = 0
    ) throws -> ParkingRule {
        ParkingRule(id: try RuleID(id), kind: kind, infraction: infraction, schedules: schedules, graceMinutes: grace)
    }

    private func replace(_ parts: inout Parts, _ rule: ParkingRule) {
        let zone = parts.zones[0]
        parts.zones[0] = Zone(zone: zone.zone, name: zone.name, outline: zone.outline, rules: [rule])
    }

    @Test("a sound city has no problem, and every fault is told at once")
    func faults() throws {
        #expect(try city { _ in }.isEmpty)
        let all = try city {
            $0.name = ""
            $0.timeZone = "America/Torronto"
            replace(&$0, try rule(infraction: "P-11", schedules: [], grace: 5000))
        }
        #expect(all.count == 6)
        #expect(all.contains { $0.hasPrefix("timeZone: 'America/Torronto' is unknown") })
        #expect(all.contains { $0.contains("'P-11' is not defined") && $0.contains("did you mean 'P-1'?") })
        #expect(all.contains { $0.hasPrefix("rules.pay-days.when: is empty") })
    }

    @Test("each kind of fault names its place")
    func places() throws {
        func one(_ place: String, _ edit: (inout Parts) throws -> Void) throws {
            let found = try city(edit)
            #expect(found.count == 1 && found.first?.hasPrefix(place + ": ") == true, "\(place): \(found)")
        }
        try one("regime") { $0.regimes = [] }
        try one("regime") { $0.regimes.append($0.regimes[0]) }
        try one("rules.pay-days.permits") { replace(&$0, try rule(kind: .permitOnly)) }
        try one("rules.pay-days.limit") { parts in
            replace(&parts, try rule(kind: .timeLimit(TimeLimit(minutes: 0, same: .zone))))
        }
        try one("rules.pay-days.when") { replace(&$0, try rule(schedules: [Schedule(days: [8])])) }
        try one("rules.pay-days.when") { replace(&$0, try rule(schedules: [Schedule(hours: [])])) }
        try one("rules.pay-days.when") { replace(&$0, try rule(schedules: [Schedule(weeksOfMonth: [6])])) }
        try one("zones.pay") { $0.zones.append($0.zones[0]) }
        try one("zones.pay.outline") { parts in
            let zone = parts.zones[0]
            let line = [zone.outline[0], zone.outline[1], zone.outline[0]]
            parts.zones[0] = Zone(zone: zone.zone, name: "", outline: line, rules: zone.rules)
        }
        try one("zones.pay.outline") { parts in
            let (zone, ring) = (parts.zones[0], parts.zones[0].outline)
            parts.zones[0] = Zone(
                zone: zone.zone,
                name: "",
                outline: [ring[0], ring[2], ring[1], ring[3]],
                rules: zone.rules
            )
        }
        try one("infractions.P-1") { $0.infractions.append($0.infractions[0]) }
        func change(_ effect: TemporaryChange.Effect, zones: [String] = [], hours: Int = 1) throws -> TemporaryChange {
            let day = try #require(LocalDay("2026-12-12"))
            return TemporaryChange(
                name: LocalizedText(en: "", fr: ""),
                zones: try zones.map { try ZoneID($0) },
                from: LocalMoment(day: day, minute: 60),
                until: LocalMoment(day: day, minute: 60 + 60 * hours),
                effect: effect
            )
        }
        try one("temporary.1.zones") { $0.changes = [try change(.suspend([]), zones: ["pax"])] }
        try one("temporary.1.declare") { $0.changes = [try change(.declare("snow"))] }
        try one("temporary.1.suspend") { $0.changes = [try change(.suspend([RuleID("pay-dayz")]))] }
        try one("temporary.1.until") { $0.changes = [try change(.suspend([]), hours: 0)] }
    }

    @Test("fines and the law are those of the day, by the wall's calendar")
    func dated() throws {
        let fines = [("2020-01-01", 100), ("2026-01-01", 200)]
        let city = City(
            name: "X",
            timeZone: "America/Toronto",
            regimes: [
                DatedRegime(from: try #require(LocalDay("2020-01-01")), regime: .provincialOffence),
                DatedRegime(from: try #require(LocalDay("2026-01-01")), regime: .administrativePenalty),
            ],
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            zones: [],
            infractions: [
                ByLawInfraction(
                    code: "A",
                    section: "1",
                    title: LocalizedText(en: "", fr: ""),
                    fines: try fines.map { DatedFine(from: try #require(LocalDay($0.0)), fineCents: $0.1) }
                )
            ]
        )
        func at(_ text: String) throws -> Date { try #require(WireCoding.date(text)) }
        // Five hours behind UTC: the year ends at 05:00Z.
        #expect(city.infraction("A", at: try at("2026-01-01T04:59:59Z"))?.fineCents == 100)
        #expect(city.infraction("A", at: try at("2026-01-01T05:00:00Z"))?.fineCents == 200)
        #expect(city.infraction("A", at: try at("2019-12-31T12:00:00Z")) == nil)
        #expect(city.infraction("B", at: try at("2026-02-01T12:00:00Z")) == nil)
        #expect(city.regime(at: try at("2026-01-01T04:59:59Z")) == .provincialOffence)
        #expect(city.regime(at: try at("2026-01-01T05:00:00Z")) == .administrativePenalty)
        #expect(city.regime(at: try at("2010-01-01T05:00:00Z")) == .provincialOffence)
    }

    @Test("a zone holds its inside, and its edge is as far as it is on the ground")
    func geometry() throws {
        let zone = try #require(Street().city.zone(try ZoneID("pay")))
        let middle = try GeoPoint(latitude: 43.0005, longitude: -78.9995)
        #expect(zone.contains(middle))
        // Half of 0.001 degrees of longitude at 43 degrees north.
        #expect(abs(zone.edgeDistanceMetres(from: middle) - 40.66) < 0.1)
        let north = try GeoPoint(latitude: 43.002, longitude: -78.9995)
        #expect(!zone.contains(north))
        #expect(abs(zone.edgeDistanceMetres(from: north) - 111.19) < 0.1)
        // A notch: the point in it is outside, the arms beside it are inside.
        let corners: [(Double, Double)] = [(0, 0), (0, 3), (3, 3), (3, 2), (1, 2), (1, 1), (3, 1), (3, 0)]
        let outline = try corners.map { (north, east) -> GeoPoint in
            let longitude = 179.999 + east / 1000
            return try GeoPoint(
                latitude: 43 + north / 1000,
                longitude: longitude > 180 ? longitude - 360 : longitude
            )
        }
        let notched = Zone(
            zone: try ZoneID("u"),
            name: "",
            outline: outline,
            rules: []
        )
        #expect(!notched.contains(try GeoPoint(latitude: 43.002, longitude: -179.9995)))
        #expect(notched.contains(try GeoPoint(latitude: 43.002, longitude: 179.9995)))
        #expect(notched.contains(try GeoPoint(latitude: 43.002, longitude: -179.9985)))
    }
}

@Suite struct PaymentAddressTests {
    private func city(_ url: String) -> City {
        City(
            name: "Town",
            timeZone: "America/Toronto",
            regime: .administrativePenalty,
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            zones: [],
            infractions: [],
            paymentURL: url
        )
    }

    @Test func aTicketsNumberStandsWhereTheTemplateSays() throws {
        let town = city("https://town.example/pay?n={ticket}&from=qr")
        try town.validate()
        let number = try TicketNumber(serial: 1042)
        #expect(town.paymentURL(of: number) == "https://town.example/pay?n=\(number)&from=qr")
    }

    @Test(arguments: [
        "https://town.example/pay", "http://town.example/{ticket}", "town.example/{ticket}",
        "https://town.example/\u{E9}/{ticket}", "https://town.example/{ticket}?" + String(repeating: "x", count: 200),
        "",
    ])
    func anAddressThatLeadsNowhereIsRefused(url: String) {
        let error = #expect(throws: CityError.self) { try city(url).validate() }
        #expect(error?.problems.map(\.place) == ["payment.url"])
    }
}
