// A read, its alert and its ticket name the street address by the municipality's map, and what is not sure of it.
import Foundation
import ParkingCore
import PatrolAPI
import PatrolStore
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct Places {
    @Test func `a car by a driving patrol has its civic address on read, alert and ticket`() async throws {
        let patrol = try await Patrol(hasMap: true, knots: "17.49")
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let place = try #require(fact.place)
        #expect(place.street == "Mill Street")
        #expect(place.side == .southeast)
        #expect(place.number.flatMap { Int($0) }.map { $0 % 2 } == 0)
        #expect(place.block.en.hasSuffix("between King Street and Church Street"))
        #expect(place.zone == "Mill Street, pay by plate")
        let alert = try #require(try await patrol.desk.waitingAlerts().first)
        #expect(alert.place.hasPrefix(place.text.en))
        _ = try await patrol.desk.accept(alert.id, AcceptRequest(confirmedPlate: nil))
        let ticket = try #require(try await patrol.store.tickets(limit: 1).first?.ticket)
        #expect(ticket.place == place.text.en)
        #expect(ticket.address == place)
        #expect(ticket.zone.text == "mill-pay")
    }

    @Test func `what a standing patrol cannot tell is named for the officer`() async throws {
        let patrol = try await Patrol(hasMap: true)
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let place = try #require(fact.place)
        #expect(place.toConfirm.contains(.side))
        let alert = try #require(try await patrol.desk.waitingAlerts().first)
        #expect(alert.place.hasPrefix("\(place.text.en) (confirm "))
    }

    @Test func `without a map all is as before, and old facts are still read`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        #expect(fact.place == nil)
        let json = String(decoding: try WireCoding.encoder().encode(fact), as: UTF8.self)
        #expect(!json.contains("\"place\""))
        let again = try WireCoding.decoder().decode(ReadFact.self, from: Data(json.utf8))
        #expect(again.read == fact.read)
        #expect(try await patrol.desk.waitingAlerts().first?.place == "Mill Street, pay by plate")
    }
}
