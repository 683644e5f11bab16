// A daemon's side of the console's calls, over a real Unix socket, whose state the test sets.
import Foundation
import Hummingbird
import Logging
import NIOCore
import ParkingCore
import PatrolAPI
import PatrolConsole
import Testing

/// Serves what it was given; records decisions; ends with its task.
actor FakeDaemon {
    nonisolated let socketPath: String
    private(set) var snapshot: Snapshot
    private(set) var decisions: [String] = []
    private(set) var isListening = false
    private var streams: [AsyncStream<ByteBuffer>.Continuation] = []
    private var task: Task<Void, any Error>?

    init(_ snapshot: Snapshot, name: String = UUID().uuidString.prefix(8).lowercased()) {
        self.snapshot = snapshot
        socketPath = "/tmp/patrol-test-\(name).sock"
    }

    func start() async throws {
        unlink(socketPath)
        let application = Application(
            router: router(),
            configuration: .init(address: .unixDomainSocket(path: socketPath)),
            onServerRunning: { _ in await self.listening(true) },
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() }
        )
        task = Task { try await application.run() }
        try await eventually("the fake daemon listens") { self.isListening }
    }

    /// Ends at once, as a daemon that crashed: connections are cut.
    func stop() async {
        for stream in streams { stream.finish() }
        streams = []
        task?.cancel()
        _ = await task?.result
        isListening = false
        unlink(socketPath)
    }

    func publish(_ name: PatrolEvent.Name, _ value: some Encodable) throws {
        let data = String(decoding: try WireCoding.encoder().encode(value), as: UTF8.self)
        for stream in streams { stream.yield(ByteBuffer(string: "event: \(name.rawValue)\ndata: \(data)\n\n")) }
    }

    func add(_ alert: AlertSummary) throws {
        change(alerts: snapshot.alerts + [alert])
        try publish(.alert, alert)
    }

    private func listening(_ value: Bool) { isListening = value }

    private func change(alerts: [AlertSummary]) {
        let old = snapshot.status
        let status = PatrolStatus(
            phase: old.phase,
            source: old.source,
            vehicle: old.vehicle,
            officer: old.officer,
            progress: old.progress,
            framesTaken: old.framesTaken,
            framesDropped: old.framesDropped,
            reads: old.reads,
            alertsWaiting: alerts.count,
            tickets: old.tickets,
            unsent: old.unsent,
            devices: old.devices,
            feeds: old.feeds,
            now: old.now
        )
        snapshot = Snapshot(status: status, reads: snapshot.reads, alerts: alerts, tickets: snapshot.tickets)
    }

    private func decide(_ id: String, _ words: String, ticket: TicketSummary?) throws -> DecisionAnswer? {
        guard let alert = snapshot.alerts.first(where: { "\($0.id)" == id }) else { return nil }
        decisions.append("\(alert.plate) \(words)")
        change(alerts: snapshot.alerts.filter { $0.id != alert.id })
        try publish(.decided, ["id": alert.id])
        return DecisionAnswer(ticket: alert.ticketFor == nil ? nil : ticket)
    }

    private func stream() -> AsyncStream<ByteBuffer> {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        streams.append(continuation)
        return stream
    }

    private nonisolated func router() -> Router<BasicRequestContext> {
        let router = Router()
        let v1 = router.group("v1")
        v1.get("status") { _, _ in try json(await self.snapshot.status) }
        v1.get("reads") { _, _ in try json(await self.snapshot.reads) }
        v1.get("alerts") { _, _ in try json(await self.snapshot.alerts) }
        v1.get("due") { _, _ in try json(try Samples.due()) }
        v1.get("tickets") { _, _ in try json(await self.snapshot.tickets) }
        v1.post("alerts/:id/accept") { request, context in
            let data = Data(try await request.body.collect(upTo: 10_000).readableBytesView)
            let body = try WireCoding.decoder().decode(AcceptRequest.self, from: data)
            let ticket = try Samples.ticket(18, print: .printed)
            let words = "accepted as \(body.confirmedPlate ?? "read")"
            return try await answer(self.decide(context.parameters.require("id"), words, ticket: ticket))
        }
        v1.post("alerts/:id/reject") { request, context in
            let data = Data(try await request.body.collect(upTo: 10_000).readableBytesView)
            let body = try WireCoding.decoder().decode(RejectRequest.self, from: data)
            return try await answer(
                self.decide(context.parameters.require("id"), "rejected: \(body.reason)", ticket: nil)
            )
        }
        v1.get("photos/:sha") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: [0xFF, 0xD8])))
        }
        v1.get("events") { _, _ in
            let events = await self.stream()
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream"],
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: ": open\n\n"))
                    for await event in events { try await writer.write(event) }
                    try await writer.finish(nil)
                }
            )
        }
        return router
    }
}

private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let data = try WireCoding.encoder().encode(value)
    return Response(
        status: status,
        headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: data))
    )
}

private func answer(_ answer: DecisionAnswer?) throws -> Response {
    guard let answer else {
        return try json(APIProblem(error: "no alert with that id waits for a decision"), status: .notFound)
    }
    return try json(answer)
}

struct Patience: Error, CustomStringConvertible {
    let description: String
}

/// Waits until `condition` holds, for at most 30 seconds on a busy machine.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw Patience(description: "in 30 s it did not come to pass that \(what)")
        }
        try await Task.sleep(for: .milliseconds(30))
    }
}
