import Foundation
import ParkingCore
import PatrolAPI
import PatrolStore
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct PatrolDesks {
    @Test func `a car with a session is clear and keeps no photo`() async throws {
        let patrol = try await Patrol()
        try await patrol.refreshLists([try patrol.session("CKFT482")])
        let fact = try await patrol.desk.handle(try patrol.pass("CKFT482"))
        #expect(fact.judgement.label == "clear session")
        #expect(fact.photos.isEmpty)
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
    }

    @Test func `a car with nothing waits, with both photos, until it is accepted, and then there is a ticket`()
        async throws
    {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        #expect(fact.photos.map(\.role) == [.closeUp, .context])
        let waiting = try await patrol.desk.waitingAlerts()
        let alert = try #require(waiting.first)
        #expect(alert.kind == .noSession)
        #expect(alert.ticketFor?.hasPrefix("P-12 ") == true)
        for photo in fact.photos {
            #expect(try await patrol.desk.photo(sha256: photo.sha256).count == photo.bytes)
        }
        let answer = try await patrol.desk.accept(alert.id, AcceptRequest(confirmedPlate: nil))
        let ticket = try #require(answer.ticket)
        #expect(ticket.print == .printed)
        #expect(FileManager.default.fileExists(atPath: ticket.detail))
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
        #expect(try await patrol.desk.latestTickets(limit: 5).map(\.number) == [ticket.number])
    }

    @Test func `the same alert is accepted once`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        #expect(try await patrol.desk.latestTickets(limit: 5).count == 1)
    }

    @Test func `the second pass of a ticketed car is not raised again`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let second = try await patrol.desk.handle(try patrol.pass("DBRN937", after: 20))
        #expect(second.judgement.label == "clear repeated")
        #expect(try await patrol.desk.latestTickets(limit: 5).count == 1)
    }

    @Test func `accept-all leaves a second look for a person`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.6))
        #expect(try await patrol.desk.waitingAlerts().map(\.kind) == [.secondLook])
        #expect(try await patrol.desk.latestTickets(limit: 5).isEmpty)
    }

    @Test func `a second look needs the plate typed, and then is ticketed under what was typed`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.6))
        await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        let answer = try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: "dbrn 931"))
        #expect(answer.ticket?.plate == "DBRN931")
    }

    @Test func `a typed plate that has a session is not ticketed and the alert goes on waiting`() async throws {
        let patrol = try await Patrol()
        try await patrol.refreshLists([try patrol.session("DXKM445")])
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.6))
        let error = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: "DXKM445"))
        }
        #expect(error?.code == .notTicketable)
        #expect(try await patrol.desk.waitingAlerts().count == 1)
        #expect(try await patrol.desk.latestTickets(limit: 5).isEmpty)
    }

    @Test func `an unsure read that could well be a paid plate is no matter for the officer`() async throws {
        let patrol = try await Patrol()
        try await patrol.refreshLists([try patrol.session("DBRN931")])
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.6, characterProbability: 0.9))
        #expect(fact.judgement == .clear(.nearMatch(plate: "DBRN931", feed: .sessions)))
    }

    @Test func `a payment that arrives before the ticket withdraws the alert`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        try await patrol.refreshLists([try patrol.session("DBRN937")])
        let error = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        #expect(error?.code == .notTicketable)
        #expect(error?.message.contains("withdrawn") == true && error?.message.contains("S-DBRN937") == true)
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
        #expect(try await patrol.desk.latestTickets(limit: 5).isEmpty)
        #expect(try await patrol.store.decision(on: fact.read.id)?.verdict == .rejected)
    }

    @Test func `a car that was ticketed by an earlier second look is not ticketed again by the alert that followed`()
        async throws
    {
        let patrol = try await Patrol()
        let unsure = try await patrol.desk.handle(try patrol.pass("DBRN937", confidence: 0.6))
        let sure = try await patrol.desk.handle(try patrol.pass("DBRN937", after: 40))
        #expect(unsure.judgement.label == "secondLook unsureRead" && sure.judgement.label == "alert noSession")
        _ = try await patrol.desk.accept(unsure.read.id, AcceptRequest(confirmedPlate: "DBRN937"))
        let error = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(sure.read.id, AcceptRequest(confirmedPlate: nil))
        }
        #expect(error?.code == .notTicketable && error?.message.contains("withdrawn") == true)
        #expect(try await patrol.desk.latestTickets(limit: 5).count == 1)
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
    }

    @Test func `a payment for a plate one slip away that arrives before the ticket calls for a second look`()
        async throws
    {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("CKRT208"))
        try await patrol.refreshLists([try patrol.session("CKRT2O8")])
        let error = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        #expect(error?.code == .notTicketable)
        #expect(try await patrol.desk.waitingAlerts().count == 1)
        let ticket = try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: "CKRT208")).ticket
        #expect(ticket?.plate == "CKRT208")
    }

    @Test func `a server that does not answer at the last word holds the ticket, however new the lists are`()
        async throws
    {
        let silent = try await Patrol(serverAnswers: false)
        let waiting = try await silent.desk.handle(try silent.pass("CKRT208"))
        silent.clock.advance(to: silent.time.addingTimeInterval(2))
        for confirmed in [nil, "CKRT208", "CKRT209"] {
            let error = await #expect(throws: EngineError.self) {
                try await silent.desk.accept(waiting.read.id, AcceptRequest(confirmedPlate: confirmed))
            }
            #expect(error?.code == .notTicketable)
        }
        #expect(try await silent.desk.waitingAlerts().count == 1)
        let patrol = try await Patrol(serverAnswers: true)
        let fact = try await patrol.desk.handle(try patrol.pass("CKRT208"))
        patrol.clock.advance(to: patrol.time.addingTimeInterval(2))
        #expect(try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil)).ticket != nil)
    }

    @Test func `a plate of no common series is ticketed once the officer has typed it`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        let fact = try await patrol.desk.handle(try patrol.pass("GOLEAFS"))
        #expect(fact.judgement.label == "secondLook unusualPlate")
        await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        let ticket = try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: "GOLEAFS")).ticket
        #expect(ticket?.plate == "GOLEAFS")
    }

    @Test func `one car read twice without certainty, and typed both times, gets one ticket`() async throws {
        let patrol = try await Patrol()
        let first = try await patrol.desk.handle(try patrol.pass("CKR1208", confidence: 0.5))
        let second = try await patrol.desk.handle(try patrol.pass("0KRT2O9", confidence: 0.4))
        #expect(try await patrol.desk.waitingAlerts().count == 2)
        let ticket = try await patrol.desk.accept(first.read.id, AcceptRequest(confirmedPlate: "CKRT208")).ticket
        let error = await #expect(throws: EngineError.self) {
            try await patrol.desk.accept(second.read.id, AcceptRequest(confirmedPlate: "CKRT208"))
        }
        #expect(error?.code == .notTicketable)
        #expect(error?.message.contains(ticket?.number.description ?? "-") == true)
        #expect(try await patrol.desk.waitingAlerts().count == 1)
        #expect(try await patrol.desk.latestTickets(limit: 5).count == 1)
        // A void one is no obstacle; its number is not given again.
        let id = try #require(ticket?.id)
        _ = try await patrol.desk.void(id, VoidRequest(reason: "wrong street"))
        let copy = await #expect(throws: EngineError.self) {
            try await patrol.desk.reprint(id, ReprintRequest(reason: "jam"))
        }
        #expect(copy?.code == .notTicketable && copy?.message.contains("wrong street") == true)
        let again = try await patrol.desk.accept(second.read.id, AcceptRequest(confirmedPlate: "CKRT208")).ticket
        #expect(again != nil && again?.number != ticket?.number)
    }

    @Test func `a session typed with O for 0 calls for a second look`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        try await patrol.refreshLists([try patrol.session("CKRT2O8")])
        let fact = try await patrol.desk.handle(try patrol.pass("CKRT208"))
        #expect(fact.judgement.label == "secondLook nearMatch")
    }

    @Test func `a text too short for a plate is never ticketed by itself`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        let fact = try await patrol.desk.handle(try patrol.pass("BB", confidence: 0.999))
        #expect(fact.judgement.label == "secondLook unsureRead")
    }

    @Test func `a rejection needs a reason and ends the alert`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        await #expect(throws: EngineError.self) {
            try await patrol.desk.reject(fact.read.id, RejectRequest(reason: "  "))
        }
        _ = try await patrol.desk.reject(fact.read.id, RejectRequest(reason: "permit displayed"))
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
    }

    @Test func `without ticket numbers accepting fails, says so, and the alert goes on waiting`() async throws {
        let patrol = try await Patrol(numbers: nil)
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        let error = await #expect(throws: (any Error).self) {
            try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("number"))
        #expect(try await patrol.desk.waitingAlerts().count == 1)
    }

    @Test func `a printer that fails holds the print and keeps the ticket`() async throws {
        let patrol = try await Patrol()
        let fact = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        // In place of the folder: a file.
        let tickets = patrol.folder.appending(path: "tickets")
        try FileManager.default.removeItem(at: tickets)
        try Data().write(to: tickets)
        let answer = try await patrol.desk.accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
        #expect(answer.ticket?.print == .held)
        #expect(try await patrol.desk.latestTickets(limit: 5).map(\.print) == [.held])
    }

    @Test func `what happens is told in the order it happened`() async throws {
        let patrol = try await Patrol(acceptAll: true)
        let events = await patrol.hub.subscribe()
        _ = try await patrol.desk.handle(try patrol.pass("DBRN937"))
        await patrol.hub.close()
        var names: [String] = []
        for await event in events { names.append(String("\(event)".prefix { $0 != "(" })) }
        #expect(names == ["read", "alert", "decided", "ticket"])
    }
}
