// One car for the desk: corrected by its own camera, or seen by two.
import Foundation
import ParkingCore
import PatrolAPI
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct Sightings {
    @Test func `a second camera's sighting raises nothing again and keeps its photos`() async throws {
        let patrol = try await Patrol()
        let first = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: "front"))
        let second = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: "right", after: 3))
        #expect(second.sameCar == SameCar(read: first.read.id, isReplaced: false))
        #expect(second.judgement.label == "clear repeated")
        #expect(second.photos.count == 2 && Set(second.photos).isDisjoint(with: first.photos))
        #expect(try await patrol.desk.waitingAlerts().map(\.id) == [first.read.id])
        #expect(try await patrol.desk.status().reads == 1)
    }

    @Test func `a second camera's misread of a car that is clear is clear`() async throws {
        let patrol = try await Patrol()
        try await patrol.refreshLists([try patrol.session("CKFT482")])
        _ = try await patrol.desk.handle(try patrol.pass("CKFT482", camera: "front"))
        let second = try await patrol.desk.handle(
            try patrol.pass("CKFT4B2", confidence: 0.7, camera: "right", after: 2)
        )
        #expect(second.judgement.label == "clear session" && second.sameCar?.isReplaced == false)
        #expect(second.photos.isEmpty)
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
    }

    @Test func `a sure text a character off is another car`() async throws {
        let patrol = try await Patrol()
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: "front"))
        let other = try await patrol.desk.handle(try patrol.pass("DBRN931", camera: "right", after: 2))
        #expect(other.sameCar == nil)
        #expect(try await patrol.desk.waitingAlerts().count == 2)
    }

    @Test(arguments: [(31.0, "right"), (2.0, "front")])
    func `later, or by the same camera, it is another pass`(seconds: Double, camera: String) async throws {
        let patrol = try await Patrol()
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: "front"))
        let later = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: camera, after: seconds))
        #expect(later.sameCar == nil && later.judgement.label == "clear repeated")
        #expect(later.photos.isEmpty)
    }

    @Test func `what one camera doubts and the other is sure of is one alert`() async throws {
        let patrol = try await Patrol()
        let unsure = try await patrol.desk.handle(try patrol.pass("DBRN931", confidence: 0.7, camera: "front"))
        let sure = try await patrol.desk.handle(try patrol.pass("DBRN937", camera: "right", after: 2))
        #expect(sure.sameCar == SameCar(read: unsure.read.id, isReplaced: true))
        let waiting = try await patrol.desk.waitingAlerts()
        #expect(waiting.map(\.id) == [sure.read.id] && waiting.map(\.kind) == [.noSession])
        #expect(try await patrol.desk.status().alertsWaiting == 1)
        await #expect(throws: (any Error).self) {
            try await patrol.desk.accept(unsure.read.id, AcceptRequest(confirmedPlate: "DBRN931"))
        }
        #expect(try await patrol.desk.latestTickets(limit: 5).isEmpty)
    }

    @Test func `a correction takes the place of what was told before, and the console hears of it`() async throws {
        let patrol = try await Patrol()
        try await patrol.refreshLists([try patrol.session("DXRM945")])
        let wrong = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.8))
        #expect(try await patrol.desk.waitingAlerts().count == 1)
        let events = await patrol.hub.subscribe()
        let right = try await patrol.desk.handle(try patrol.pass("DXRM945", after: 1, corrects: wrong.read.id))
        #expect(right.judgement.label == "clear session")
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
        await patrol.hub.close()
        var decided: [UUIDv7] = []
        for await case .decided(let id) in events { decided.append(id) }
        #expect(decided == [wrong.read.id])
        let summary = try await patrol.desk.summary(after: 0, seconds: 1, mediaSeconds: 1, expected: nil)
        #expect(summary.platesRead == 1)
    }

    @Test func `a correction of the same text turns the second look into an alert`() async throws {
        let patrol = try await Patrol()
        let unsure = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.8))
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937", after: 1, corrects: unsure.read.id))
        #expect(try await patrol.desk.waitingAlerts().map(\.kind) == [.noSession])
    }

    @Test func `what the officer has decided is not taken back by a correction`() async throws {
        let patrol = try await Patrol()
        let unsure = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.8))
        _ = try await patrol.desk.accept(unsure.read.id, AcceptRequest(confirmedPlate: "DBRN937"))
        let again = try await patrol.desk.handle(try patrol.pass("DBRN937", after: 1, corrects: unsure.read.id))
        #expect(again.judgement.label == "clear repeated")
        #expect(try await patrol.desk.latestTickets(limit: 5).count == 1)
    }
}
