// The pages that persons look at: tickets, one ticket, reads, facts set aside; and their photos and style.
internal import Foundation
internal import Hummingbird
internal import NIOCore
internal import ParkingCore

struct PageRoutes: Sendable {
    let records: Records
    let photos: PhotoArchive
    let pages: PageRenderer

    func add(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in Response.redirect(to: "/tickets", type: .found) }
        router.get("/tickets") { request, _ in try await tickets(request) }
        router.get("/tickets/:number") { _, context in try await ticket(context.parameters.get("number") ?? "") }
        router.get("/reads") { request, _ in try await reads(request) }
        router.get("/set-aside") { request, _ in try await setAside(request) }
        router.get("/photos/:sha256") { _, context in try await photo(context.parameters.get("sha256") ?? "") }
        router.get("/style.css") { _, _ in style() }
    }

    private func tickets(_ request: Request) async throws -> Response {
        let before = try identifier(request)
        let counts = try await records.counts()
        let page = try await records.tickets(before: before)
        var model: [String: Any] = [
            "frame": pages.frame("Tickets", onTickets: true), "tickets": page.entries.map { pages.text.model($0) },
            "none": counts.tickets == 0, "first": before == nil, "count": counts.tickets,
            "photosMissing": counts.photosMissing, "anyMissing": counts.photosMissing > 0,
            "one": counts.tickets == 1, "reads": counts.reads,
        ]
        model["older"] = page.older
        model["setAside"] = pages.text.setAside(counts.setAside)
        return try pages.page("tickets", model)
    }

    private func ticket(_ text: String) async throws -> Response {
        let number: TicketNumber
        do {
            number = try TicketNumber(text)
        } catch {
            throw BackOfficeError(.notFound, error.message)
        }
        let entries = try await records.tickets(number: number)
        guard !entries.isEmpty else {
            if let reason = try await records.reasonOfTicketSetAside(number) {
                throw BackOfficeError(.notFound, "ticket \(number) was set aside, see /set-aside: \(reason)")
            }
            throw BackOfficeError(.notFound, "ticket \(number) has not arrived here")
        }
        return try pages.page(
            "ticket",
            [
                "frame": pages.frame("Ticket \(number)", onTickets: true),
                "tickets": entries.map { pages.text.model($0) },
                "doubled": entries.count > 1,
            ]
        )
    }

    private func reads(_ request: Request) async throws -> Response {
        let before = try identifier(request)
        let answer = request.uri.queryParameters["answer"].map(String.init)
        guard [nil, "clear", "alert", "secondLook"].contains(answer) else {
            throw BackOfficeError(.request, "answer is one of clear, alert and secondLook")
        }
        let counts = try await records.counts()
        let page = try await records.reads(answer: answer, before: before)
        var model: [String: Any] = [
            "frame": pages.frame("Reads", onReads: true), "reads": page.entries.map { pages.text.model($0) },
            "all": answer == nil, "first": before == nil, "onlyClear": answer == "clear",
            "onlyAlert": answer == "alert", "onlySecondLook": answer == "secondLook", "none": page.entries.isEmpty,
            "empty": counts.reads == 0, "count": counts.reads, "alerts": counts.alerts,
            "secondLooks": counts.secondLooks, "clears": counts.reads - counts.alerts - counts.secondLooks,
        ]
        model["older"] = page.older
        model["answer"] = answer
        model["setAside"] = pages.text.setAside(counts.setAside)
        return try pages.page("reads", model)
    }

    private func setAside(_ request: Request) async throws -> Response {
        let text = request.uri.queryParameters["before"]
        let before = text.flatMap { Int64($0) }
        guard text == nil || before != nil else {
            throw BackOfficeError(.request, "before is the number that the link to older facts gives")
        }
        let counts = try await records.counts()
        let page = try await records.setAside(before: before)
        var model: [String: Any] = [
            "frame": pages.frame("Facts set aside"), "facts": page.entries.map { pages.text.model($0) },
            "none": counts.setAside == 0, "first": before == nil,
        ]
        model["count"] = pages.text.setAside(counts.setAside)
        model["older"] = page.older
        return try pages.page("set-aside", model)
    }

    private func photo(_ sha256: String) async throws -> Response {
        let bytes = try await photos.load(sha256)
        return Response(
            status: .ok,
            headers: [
                .contentType: "image/jpeg", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'none'",
                .cacheControl: "private, max-age=31536000, immutable",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private func style() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/css; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: pages.style))
        )
    }

    private func identifier(_ request: Request) throws -> String? {
        guard let text = request.uri.queryParameters["before"] else { return nil }
        do {
            return try UUIDv7(String(text)).description
        } catch {
            throw BackOfficeError(.request, error.description)
        }
    }
}
