// City files: the good one is taken, each mistake is named with its place; hours and outlines decide as signs do.
import Foundation
import Testing

@testable import ParkingCore

@Suite("City files")
struct CityTests {
    private func json(_ edit: (inout [String: Any]) -> Void = { _ in }) throws -> Data {
        let good = try WireCoding.encoder().encode(Street().city)
        var object = try #require(try JSONSerialization.jsonObject(with: good) as? [String: Any])
        edit(&object)
        return try JSONSerialization.data(withJSONObject: object)
    }

    private func editZone(_ object: inout [String: Any], _ edit: (inout [String: Any]) -> Void) {
        guard var zones = object["zones"] as? [[String: Any]] else { return }
        edit(&zones[1])
        object["zones"] = zones
    }

    @Test("a written city reads back the same")
    func roundTrip() throws {
        #expect(try City.load(json: json()) == Street().city)
    }

    @Test("an unknown time zone, infraction, hour, day or ring is named with its place")
    func mistakes() throws {
        func problem(_ edit: (inout [String: Any]) -> Void) throws -> String {
            let data = try json(edit)
            do {
                _ = try City.load(json: data)
                return "no error"
            } catch { return error.description }
        }
        #expect(try problem { $0["timeZone"] = "America/Torronto" }.contains("timeZone: 'America/Torronto' is unknown"))
        #expect(try problem { $0["regime"] = "police" }.contains("regime"))
        #expect(try problem { $0["name"] = nil }.contains("name: is missing"))
        #expect(try problem { $0["zones"] = "none" }.contains("zones: is no"))
        #expect(
            try problem { object in
                editZone(&object) { $0["rule"] = ["permitOnly": ["infraction": "P-9", "permits": ["residential"]]] }
            }.contains("zones[1].rule: infraction 'P-9' is not defined")
        )
        #expect(try problem { object in editZone(&object) { $0["from"] = "8:00" } }.contains("zones[1].from: '8:00'"))
        #expect(try problem { object in editZone(&object) { $0["to"] = "24:01" } }.contains("zones[1].to"))
        #expect(try problem { object in editZone(&object) { $0["to"] = "08:00" } }.contains("would never hold"))
        #expect(try problem { object in editZone(&object) { $0["days"] = [0] } }.contains("zones[1].days: 0"))
        #expect(try problem { object in editZone(&object) { $0["zone"] = "pay" } }.contains("'pay' is defined twice"))
        #expect(
            try problem { object in
                editZone(&object) {
                    $0["outline"] = [["latitude": 43, "longitude": -79], ["latitude": 43, "longitude": -79]]
                }
            }.contains("zones[1].outline: has 1 different points")
        )
        #expect(
            try problem { object in
                editZone(&object) { $0["outline"] = [["latitude": 143, "longitude": -79]] }
            }.contains("143")
        )
        #expect(throws: CityError.self) { try City.load(json: Data("{".utf8)) }
    }

    @Test("hours hold on the wall clock of their weekdays, also past midnight and when the clocks change")
    func hours() throws {
        let toronto = try #require(TimeZone(identifier: "America/Toronto"))
        func zone(_ from: String, _ to: String, _ days: [Int]) throws -> Zone {
            Zone(
                zone: try ZoneID("z"),
                name: "",
                outline: try Street.square(latitude: 43),
                rule: .permitOnly(infraction: "P", permits: []),
                days: days,
                from: from,
                to: to,
                graceMinutes: 0
            )
        }
        func holds(_ zone: Zone, _ time: String) throws -> Bool {
            zone.isInForce(at: try #require(WireCoding.date(time)), timeZone: toronto)
        }
        let office = try zone("09:00", "18:00", [1, 2, 3, 4, 5])
        #expect(try holds(office, "2026-06-16T09:00:00-04:00"))
        #expect(try !holds(office, "2026-06-16T18:00:00-04:00"))
        #expect(try !holds(office, "2026-06-14T12:00:00-04:00"))
        // The same UTC hour is inside in winter's zone and not in summer's.
        #expect(try holds(office, "2026-01-13T14:00:00Z"))
        #expect(try !holds(office, "2026-06-16T12:59:59Z"))
        // Friday night only, until Saturday 06:00.
        let night = try zone("22:00", "06:00", [5])
        #expect(try holds(night, "2026-06-19T23:00:00-04:00"))
        #expect(try holds(night, "2026-06-20T05:59:00-04:00"))
        #expect(try !holds(night, "2026-06-20T06:00:00-04:00"))
        #expect(try !holds(night, "2026-06-19T05:00:00-04:00"))
        #expect(try !holds(night, "2026-06-20T23:00:00-04:00"))
        // 1 November 2026: 01:30 comes twice; 8 March 2026: 02:30 never.
        let small = try zone("01:00", "02:00", [])
        #expect(try holds(small, "2026-11-01T05:30:00Z"))
        #expect(try holds(small, "2026-11-01T06:30:00Z"))
        #expect(try !holds(small, "2026-11-01T07:00:00Z"))
        let whole = try zone("00:00", "24:00", [7])
        #expect(try holds(whole, "2026-11-02T04:59:59Z"))
        #expect(try !holds(whole, "2026-11-02T05:00:00Z"))
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
            rule: zone.rule,
            days: [],
            from: "00:00",
            to: "24:00",
            graceMinutes: 0
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
        #expect(error?.place == "paymentURL")
    }
}
