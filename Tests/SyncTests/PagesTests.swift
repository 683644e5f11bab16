// The pages over real HTTP: what they show, in which order, and that nothing that was sent becomes markup.
import BackOffice
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@Suite struct Pages {
    private static func fill(_ address: String, place: String = "14 Front Street") async throws {
        let photos = [Samples.photo(seed: 1), Samples.photo(seed: 2)]
        let zone = try ZoneID("M1")
        let facts = [
            Samples.fact(1, .read(try Samples.read(1, photos: photos))),
            Samples.fact(
                2,
                .read(
                    try Samples.read(
                        2,
                        plate: "CLEAR01",
                        judgement: .clear(.session(id: "S-77", until: Samples.start.addingTimeInterval(3600)))
                    )
                )
            ),
            Samples.fact(
                3,
                .read(
                    try Samples.read(
                        3,
                        plate: "MAYBE0",
                        judgement: .secondLook(
                            [.nearMatch(plate: "MAYBEO", feed: .sessions)],
                            alerts: [.noSession(zone: zone, infraction: "P-12", lastSessionEnded: nil)]
                        )
                    )
                )
            ),
            Samples.fact(
                4,
                .decision(
                    DecisionFact(
                        read: Samples.id(1),
                        verdict: .accepted,
                        reason: nil,
                        officer: try OfficerID("4411")
                    )
                )
            ),
            Samples.fact(
                5,
                .ticket(TicketFact(ticket: try Samples.ticket(1, number: 12, place: place, photos: photos)))
            ),
        ]
        let answer = try await post(
            address + "/sync/v1/facts",
            FactsUpload(vehicle: try VehicleID("unit-7"), facts: facts)
        )
        try #require(answer.status == 200, "\(answer.text)")
        _ = try await ask(
            "PUT",
            address + "/sync/v1/photos/" + Samples.digest(photos[0]),
            body: photos[0],
            contentType: "image/jpeg"
        )
    }

    @Test func `an empty back office says what to do`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let page = try await ask("GET", address + "/tickets")
            #expect(page.status == 200)
            #expect(page.text.contains("No tickets yet") && page.text.contains("make demo"))
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(try await ask("GET", address + "/").text == page.text)
        }
    }

    @Test func `a ticket stands in the list and on its own page with photos, reasons and local time`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            try await Self.fill(address)
            let number = try TicketNumber(serial: 12).text
            let list = try await ask("GET", address + "/tickets").text
            for text in [number, "CABC123", "14 Front Street", "Front Street (M1)", "$40.00", "unit-7", "4411", "EDT"] {
                #expect(list.contains(text), "the list lacks \(text)")
            }
            #expect(list.contains("/photos/" + Samples.digest(Samples.photo(seed: 1))))
            #expect(list.contains("Context on its way"))
            let detail = try await ask("GET", address + "/tickets/" + number).text
            for text in [
                "No session in zone M1", "98.1%", "CA8C123", "12 s old", "5120 records", "Accepted by officer",
                "brown/beige<small>proposed by the camera", "brown/beige, 96.2%",
            ] {
                #expect(detail.contains(text), "the page lacks \(text)")
            }
            #expect(try await ask("GET", address + "/tickets/12345678").status == 404)
            #expect(try await ask("GET", address + "/tickets/" + TicketNumber(serial: 13).text).status == 404)
        }
    }

    @Test func `a void ticket is marked with its reason, and a correction shows what holds now`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            try await Self.fill(address)
            let ticket = try Samples.ticket(1, number: 12, place: "14 Front Street", photos: [])
            let officer = try OfficerID("4411")
            let details = VehicleDetails(
                make: .init(text: "Toyota", source: .officer),
                model: .init(text: "Corolla", source: .machine),
                colour: .init(text: "red", source: .officer)
            )
            let correction = CorrectionFact(
                ticket: ticket.id,
                number: ticket.number,
                details: details,
                reason: "as seen",
                officer: officer
            )
            let void = VoidFact(ticket: ticket.id, number: ticket.number, reason: "wrong plate", officer: officer)
            let upload = FactsUpload(
                vehicle: try VehicleID("unit-7"),
                facts: [Samples.fact(6, .correction(correction)), Samples.fact(7, .void(void))]
            )
            #expect(try await post(address + "/sync/v1/facts", upload).status == 200)
            let page = try await ask("GET", address + "/tickets/" + ticket.number.text).text
            for text in [
                "Void", "wrong plate (4411)", "Toyota", "Corolla (to be confirmed)", "<dd>red</dd>",
                "Number not leased to this vehicle",
            ] {
                #expect(page.contains(text), "the page lacks \(text)")
            }
            #expect(try await ask("GET", address + "/tickets").text.contains(">Void<"))
        }
    }

    @Test func `each read shows its answer and the lists can be narrowed to one kind`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            try await Self.fill(address)
            let all = try await ask("GET", address + "/reads").text
            for plate in ["CABC123", "CLEAR01", "MAYBE0"] { #expect(all.contains(plate)) }
            let order = ["MAYBE0<", "CLEAR01<", "CABC123<"].compactMap { all.range(of: $0)?.lowerBound }
            #expect(order.count == 3 && order == order.sorted())
            let clear = try await ask("GET", address + "/reads?answer=clear").text
            #expect(clear.contains("Session S-77 is paid until 2026-06-16 11:05"))
            #expect(!clear.contains("CABC123<") && !clear.contains("MAYBE0<"))
            #expect(
                try await ask("GET", address + "/reads?answer=secondLook").text.contains("MAYBEO, one misread away")
            )
            #expect(try await ask("GET", address + "/reads?answer=all").status == 400)
            #expect(try await ask("GET", address + "/reads?before=1").status == 400)
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\"\u{301} onload=\"x", "'\u{338}><b>",
        "{{#tickets}}", "{{{number}}}", "&lt;b&gt;", "a\u{202E}b",
    ])
    func `text from vehicles never becomes markup`(place: String) async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            try await Self.fill(address, place: place)
            let page = try await ask("GET", address + "/tickets").text
            let escaped = place.unicodeScalars.map { scalar in
                switch scalar {
                case "<": "&lt;"
                case ">": "&gt;"
                case "&": "&amp;"
                case "\"": "&quot;"
                case "'": "&#39;"
                case "\u{202E}": "\u{FFFD}"
                default: String(scalar)
                }
            }.joined()
            #expect(page.unicodeScalars.split(separator: "\n").contains { String($0).contains(escaped) })
            #expect(!page.contains("<script") && !page.contains("<img src=x"))
        }
    }

    @Test func `more tickets than fit on a page are reached through the link to older ones`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let facts = try (1...120).map {
                Samples.fact(Int64($0), .ticket(TicketFact(ticket: try Samples.ticket($0, number: $0))))
            }
            _ = try await post(
                address + "/sync/v1/facts",
                FactsUpload(vehicle: try VehicleID("unit-7"), facts: facts)
            )
            var path: String? = "/tickets"
            var pages: [Int] = []
            while let next = path, pages.count < 5 {
                let page = try await ask("GET", address + next).text
                pages.append(page.components(separatedBy: "<td class=\"number\">").count - 1)
                path = page.firstMatch(of: /\/tickets\?before=[0-9a-f-]+/).map { String($0.output) }
            }
            #expect(pages == [50, 50, 20])
        }
    }

    @Test func `health and counters tell no plate`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            try await Self.fill(address)
            #expect(try await ask("GET", address + "/healthz").text == #"{"status":"good"}"#)
            let metrics = try await ask("GET", address + "/metrics").text
            #expect(metrics.contains("backoffice_facts_stored_total 5\n"))
            #expect(!metrics.contains("CABC123"))
        }
    }
}
