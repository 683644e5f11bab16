// Facts that the back office cannot take as they are: none holds up what comes after it, and a clerk sees each.
import BackOffice
import Foundation
import ParkingCore
import PatrolStore
import SyncClient
import SyncProtocol
import Testing

@Suite struct FactsSetAside {
    private func send(_ facts: [RecordedFact], to address: String) async throws -> FactsReceipt {
        let upload = FactsUpload(vehicle: try VehicleID("unit-7"), facts: facts)
        return try await post(address + "/sync/v1/facts", upload).decoded(FactsReceipt.self)
    }

    @Test func `a bad fact between good ones goes up with them, is told once, and stays set aside after a restart`()
        async throws
    {
        let vehicle = try Vehicle()
        let folder = try TemporaryFolder()
        try await vehicle.record(1...1)
        try await vehicle.record(2...2, frames: 0)
        try await vehicle.record(3...3)
        let warnings = Warnings()
        try await withBackOffice(data: folder.path) { address, server in
            let client = try vehicle.client(address, warnings: warnings)
            let report = try await client.syncOnce()
            #expect(report.factsAcknowledged == 3 && report.photosSent == 2)
            #expect(try await vehicle.store.unsentCount() == 0)
            // Nobody asks for the photo: it is offered once and not again.
            #expect(try await vehicle.store.photosToSend().isEmpty)
            #expect(server.counters.value(.requestsRefused) == 1)
            #expect(try await client.syncOnce() == SyncReport())
            #expect(server.counters.value(.requestsRefused) == 1)
            #expect(server.counters.value(.factsStored) == 3 && server.counters.value(.factsSetAside) == 1)
            let reads = try await ask("GET", address + "/reads").text
            #expect(reads.contains(Samples.digest(Samples.photo(seed: 1))))
            #expect(reads.contains(Samples.digest(Samples.photo(seed: 3))))
            #expect(!reads.contains(Samples.digest(Samples.photo(seed: 2))))
            await client.close()
        }
        #expect(warnings.lines.count == 1)
        let warning = try #require(warnings.lines.first)
        #expect(warning.contains("set a fact aside") && warning.contains("fact 2: frames: 0 is not"), "\(warning)")
        #expect(!warning.contains("CABC123"))

        try await withBackOffice(data: folder.path) { address, server in
            let page = try await ask("GET", address + "/set-aside").text
            #expect(page.contains("1 fact set aside") && page.contains("fact 2 of unit-7"))
            #expect(page.contains(Samples.digest(Samples.photo(seed: 2))))
            // The answer was lost: the same facts once more.
            let facts = try await vehicle.store.outbox(after: 0)
            let again = try await send(facts, to: address)
            #expect(again.acknowledged == 3 && again.setAside.map(\.sequence) == [2] && again.missingPhotos.isEmpty)
            #expect(server.counters.value(.factsStored) == 0 && server.counters.value(.factsSetAside) == 0)
            // Beyond what it names, a receipt tells of this upload alone.
            #expect(try await send([facts[2]], to: address).setAside.isEmpty)
        }
    }

    @Test func `photos of a read set aside are taken once a ticket rests on them`() async throws {
        let vehicle = try Vehicle()
        let folder = try TemporaryFolder()
        try await vehicle.record(1...1, frames: 0)
        try await withBackOffice(data: folder.path) { address, server in
            let client = try vehicle.client(address)
            #expect(try await client.syncOnce().photosSent == 0)
            let photo = Samples.photo(seed: 1)
            let officer = try OfficerID("4411")
            let decision = DecisionFact(read: Samples.id(1), verdict: .accepted, reason: nil, officer: officer)
            let ticket = try await vehicle.store.issueTicket(
                for: Samples.id(1),
                deciding: decision,
                at: Samples.start.addingTimeInterval(30)
            ) { try Samples.ticket(1, number: $0.serial, photos: [photo]) }
            let report = try await client.syncOnce()
            #expect(report.factsAcknowledged == 2 && report.photosSent == 1)
            let page = try await ask("GET", address + "/tickets/" + ticket.number.text)
            #expect(page.status == 200)
            #expect(page.text.contains(#"was <a href="/set-aside">set aside</a>"#))
            #expect(page.text.contains("/photos/" + Samples.digest(photo)) && !page.text.contains("on its way"))
            #expect(try await ask("GET", address + "/photos/" + Samples.digest(photo)).body == photo)
            // The read is erased by no purge, nor are the ticket's photos.
            _ = try await server.retention.run(now: Date().addingTimeInterval(1e9))
            #expect(try await ask("GET", address + "/photos/" + Samples.digest(photo)).body == photo)
            await client.close()
        }
    }

    @Test
    func `a photo that nobody asks for waits until its read is at the server, and comes back when it is asked for`()
        async throws
    {
        let vehicle = try Vehicle()
        try await vehicle.record(1...2)
        let names = try await vehicle.store.photosToSend().map(\.sha256)
        try await vehicle.store.acknowledge(through: 1)
        for name in names { try await vehicle.store.markPhotoUnwanted(name) }
        #expect(try await vehicle.store.photosToSend().map(\.sha256) == [names[1]])
        try await vehicle.store.markPhotosMissing([names[0]])
        #expect(try await vehicle.store.photosToSend().map(\.sha256) == names)
    }

    @Test func `a ticket set aside is seen by who looks for it, and what belongs to it breaks no page`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            #expect(try await !ask("GET", address + "/tickets").text.contains("set aside"))
            #expect(try await !ask("GET", address + "/reads").text.contains("set aside"))
            #expect(try await ask("GET", address + "/set-aside").text.contains("<h2>None</h2>"))
            let officer = try OfficerID("4411")
            let place = #"<script>alert("1")</script>"# + String(repeating: "x", count: 300)
            let ticket = try Samples.ticket(1, number: 12, place: place)
            let receipt = try await send(
                [
                    Samples.fact(1, .read(try Samples.read(1, plate: "UNSOUND", frames: 0))),
                    Samples.fact(
                        2,
                        .decision(
                            DecisionFact(read: Samples.id(1), verdict: .accepted, reason: nil, officer: officer)
                        )
                    ),
                    Samples.fact(3, .ticket(TicketFact(ticket: ticket))),
                    Samples.fact(
                        4,
                        .void(VoidFact(ticket: ticket.id, number: ticket.number, reason: "wrong", officer: officer))
                    ),
                    Samples.fact(5, .ticket(TicketFact(ticket: try Samples.ticket(2, number: 13)))),
                ],
                to: address
            )
            #expect(receipt.acknowledged == 5 && receipt.setAside.map(\.sequence) == [1, 3])
            for path in ["/tickets", "/reads"] {
                let page = try await ask("GET", address + path)
                #expect(page.status == 200)
                #expect(page.text.contains(#"<p class="notice"><a href="/set-aside">2 facts set aside</a>"#))
                #expect(!page.text.contains("UNSOUND") && !page.text.contains(ticket.number.text))
            }
            let sought = try await ask("GET", address + "/tickets/" + ticket.number.text)
            #expect(sought.status == 404 && sought.sentence.contains("was set aside, see /set-aside: fact 3: place"))
            let page = try await ask("GET", address + "/set-aside").text
            #expect(
                page.contains("<strong>\(ticket.number.text)</strong>") && page.contains("<strong>UNSOUND</strong>")
            )
            #expect(page.contains("fact 3: place has 327 characters, not 0 to 300"))
            #expect(page.contains("&quot;fineCents&quot; : 4000") && page.contains("10:05:03 EDT"))
            #expect(page.contains("&lt;script&gt;") && !page.contains("<script"))
            let metrics = try await ask("GET", address + "/metrics").text
            #expect(metrics.contains("backoffice_facts_set_aside_total 2\n"))
        }
    }

    @Test func `a read or a ticket that is here under another fact is set aside and the first one stays`() async throws
    {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let receipt = try await send(
                [
                    Samples.fact(1, .read(try Samples.read(1))),
                    Samples.fact(2, .ticket(TicketFact(ticket: try Samples.ticket(1, number: 12)))),
                    Samples.fact(3, .read(try Samples.read(1, plate: "SECOND1"))),
                    Samples.fact(4, .ticket(TicketFact(ticket: try Samples.ticket(1, number: 13, plate: "SECOND1")))),
                    Samples.fact(5, .read(try Samples.read(5))),
                ],
                to: address
            )
            #expect(receipt.acknowledged == 5 && receipt.setAside.map(\.sequence) == [3, 4])
            #expect(receipt.setAside.allSatisfy { $0.reason.contains("is here already under another fact") })
            for path in ["/reads", "/tickets"] {
                let page = try await ask("GET", address + path).text
                #expect(page.contains("CABC123") && !page.contains("SECOND1"))
            }
            #expect(try await ask("GET", address + "/tickets/" + TicketNumber(serial: 12).text).status == 200)
            #expect(try await ask("GET", address + "/tickets/" + TicketNumber(serial: 13).text).status == 404)
        }
    }

    @Test func `many and large ones are told page by page, each cut to what a person reads`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let facts = try (1...45).map { index in
                let fact = DecisionFact(
                    read: Samples.id(index),
                    verdict: .rejected,
                    reason: index == 45 ? String(repeating: "\u{1F697}", count: 100_000) : "",
                    officer: try OfficerID("4411")
                )
                return Samples.fact(Int64(index), .decision(fact))
            }
            #expect(try await send(facts, to: address).setAside.count == 45)
            var path: String? = "/set-aside"
            var pages: [Int] = []
            while let next = path, pages.count < 5 {
                let page = try await ask("GET", address + next).text
                #expect(page.utf8.count < 200_000)
                #expect(page.contains("The first 20000 of 100") == pages.isEmpty)
                pages.append(page.components(separatedBy: "<li>").count - 1)
                path = page.firstMatch(of: /\/set-aside\?before=[0-9]+/).map { String($0.output) }
            }
            #expect(pages == [20, 20, 5])
            for before in ["x", "9223372036854775808", ""] {
                #expect(try await ask("GET", address + "/set-aside?before=" + before).status == 400)
            }
            #expect(try await ask("GET", address + "/set-aside?before=-1").status == 200)
        }
    }
}
