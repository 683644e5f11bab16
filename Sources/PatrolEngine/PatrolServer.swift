// The daemon's side of PatrolAPI: HTTP on a Unix socket that only the daemon's user may open.
internal import Foundation
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ParkingCore
internal import PatrolAPI
internal import ServiceLifecycle
internal import Synchronization

/// Serves the calls listed in PatrolAPI/Messages.swift.
package struct PatrolServer: Service {
    private let desk: PatrolDesk
    private let hub: EventHub
    private let socketPath: String
    private let socketMode: Int
    private let isServing: @Sendable () -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - socketPath: at most 107 bytes (sockaddr_un, unix(7)); a stale socket there is replaced.
    ///   - socketMode: permission bits.
    ///   - isServing: called once calls are answered.
    package init(
        desk: PatrolDesk,
        hub: EventHub,
        socketPath: String,
        socketMode: Int = 0o600,
        isServing: @escaping @Sendable () -> Void = {},
        logger: Logger
    ) throws(EngineError) {
        guard socketPath.utf8.count <= 107 else {
            throw EngineError(
                .request,
                "the socket's path has \(socketPath.utf8.count) bytes, 107 are possible: choose a shorter one"
            )
        }
        self.desk = desk
        self.hub = hub
        self.socketPath = socketPath
        self.socketMode = socketMode
        self.isServing = isServing
        self.logger = logger
    }

    package func run() async throws {
        let place = SocketPlace(path: socketPath)
        try place.clear()
        let (path, mode, isServing) = (socketPath, socketMode, isServing)
        let own = Mutex<UInt64?>(nil)
        let application = Application(
            router: router(),
            configuration: .init(address: .unixDomainSocket(path: path), serverName: "patrold"),
            onServerRunning: { _ in
                try? FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                own.withLock { $0 = place.identity() }
                isServing()
            },
            logger: logger
        )
        try await application.run()
        place.remove(own.withLock { $0 })
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.get("metrics") { [desk] _, _ in try await metrics(desk) }
        let v1 = router.group("v1")
        v1.get("status") { [desk] _, _ in try await json(desk.status()) }
        v1.get("reads") { [desk] request, _ in try await json(desk.latestReads(limit: limit(request))) }
        v1.get("alerts") { [desk] _, _ in try await json(desk.waitingAlerts()) }
        v1.get("due") { [desk] request, _ in try await json(desk.dueSoon(minutes: minutes(request))) }
        v1.get("tickets") { [desk] request, _ in try await json(desk.latestTickets(limit: limit(request))) }
        v1.post("alerts/:id/accept") { [desk] request, context in
            let id = try readID(context)
            let body = try await decode(AcceptRequest.self, request, orEmpty: AcceptRequest(confirmedPlate: nil))
            return try await json(desk.accept(id, body))
        }
        v1.post("alerts/:id/reject") { [desk] request, context in
            let id = try readID(context)
            let body = try await decode(RejectRequest.self, request, orEmpty: nil)
            return try await json(desk.reject(id, body))
        }
        v1.post("tickets/:id/reprint") { [desk] request, context in
            let body = try await decode(ReprintRequest.self, request, orEmpty: nil)
            return try await json(desk.reprint(readID(context), body))
        }
        v1.post("tickets/:id/came-out") { [desk] request, context in
            let body = try await decode(CameOutRequest.self, request, orEmpty: nil)
            return try await json(desk.answer(readID(context), body))
        }
        v1.post("tickets/:id/cancel-print") { [desk] _, context in
            try await json(desk.cancelPrint(readID(context)))
        }
        v1.post("tickets/:id/void") { [desk] request, context in
            let body = try await decode(VoidRequest.self, request, orEmpty: nil)
            return try await json(desk.void(readID(context), body))
        }
        v1.post("tickets/:id/correct") { [desk] request, context in
            let body = try await decode(CorrectRequest.self, request, orEmpty: nil)
            return try await json(desk.correct(readID(context), body))
        }
        v1.get("shift") { [desk] _, _ in try await json(desk.shiftReport()) }
        v1.post("sign-in") { [desk] request, _ in
            let body = try await decode(SignInRequest.self, request, orEmpty: nil)
            return try await json(desk.signIn(body))
        }
        v1.post("sign-out") { [desk] _, _ in try await json(desk.signOut()) }
        v1.post("backup") { [desk] request, _ in
            let body = try await decode(BackupRequest.self, request, orEmpty: nil)
            return try await json(desk.backUp(body))
        }
        v1.get("photos/:sha256") { [desk] _, context in
            let bytes = try await desk.photo(sha256: context.parameters.require("sha256"))
            return Response(
                status: .ok,
                headers: [.contentType: "image/jpeg"],
                body: .init(byteBuffer: ByteBuffer(bytes: bytes))
            )
        }
        v1.get("events") { [hub, desk] _, _ in
            let events = await hub.subscribe()
            let status = try await desk.status()
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: serverSentEvent(.status(status))))
                    for await event in events.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: serverSentEvent(event)))
                    }
                    try await writer.finish(nil)
                }
            )
        }
        return router
    }
}

/// The metrics alone, for a collector that cannot use a Unix socket: on this machine only.
package struct MetricsServer: Service {
    private let desk: PatrolDesk
    private let port: Int
    private let logger: Logger

    package init(desk: PatrolDesk, port: Int, logger: Logger) {
        self.desk = desk
        self.port = port
        self.logger = logger
    }

    package func run() async throws {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.get("metrics") { [desk] _, _ in try await metrics(desk) }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "patrold"),
            logger: logger
        )
        do {
            try await application.run()
        } catch {
            throw EngineError(.request, "127.0.0.1:\(port) cannot answer the metrics (metrics.port)", cause: error)
        }
    }
}

/// Turns every thrown error into a status and an `APIProblem`.
private struct ProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as EngineError {
            let status: HTTPResponse.Status =
                switch error.code {
                case .unknownRead: .notFound
                case .notTicketable: .conflict
                case .notSignedIn: .forbidden
                case .recording, .camera, .city, .request: .badRequest
                }
            return try json(APIProblem(error: error.description), status: status)
        } catch let error as HTTPError {
            let message =
                error.status == .notFound
                ? "there is no \(request.method.rawValue) \(request.uri.path); see PatrolAPI for the calls"
                : "\(error)"
            return try json(APIProblem(error: message), status: error.status)
        } catch {
            return try json(APIProblem(error: "\(error)"), status: .internalServerError)
        }
    }
}

private func metrics(_ desk: PatrolDesk) async throws -> Response {
    Response(
        status: .ok,
        headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: metricsText(try await desk.status())))
    )
}

private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    var data = try WireCoding.encoder().encode(value)
    data.append(UInt8(ascii: "\n"))
    return Response(
        status: status,
        headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: data))
    )
}

/// `?limit=N`, 50 without it, 1 to 1000.
private func limit(_ request: Request) throws -> Int {
    guard let text = request.uri.queryParameters["limit"] else { return 50 }
    guard let limit = Int(text), (1...1000).contains(limit) else {
        throw EngineError(.request, "limit must be a number from 1 to 1000")
    }
    return limit
}

/// `?minutes=N`, 1 to 1440; nil without it.
private func minutes(_ request: Request) throws -> Int? {
    guard let text = request.uri.queryParameters["minutes"] else { return nil }
    guard let minutes = Int(text), (1...1440).contains(minutes) else {
        throw EngineError(.request, "minutes must be a number from 1 to 1440")
    }
    return minutes
}

private func readID(_ context: BasicRequestContext) throws -> UUIDv7 {
    let text = try context.parameters.require("id")
    guard let id = try? UUIDv7(text) else { throw EngineError(.request, "'\(text.prefix(60))' is no identifier") }
    return id
}

private func decode<Body: Decodable>(_ type: Body.Type, _ request: Request, orEmpty: Body?) async throws -> Body {
    let buffer = try await request.body.collect(upTo: 64 * 1024)
    if buffer.readableBytes == 0, let orEmpty { return orEmpty }
    do {
        return try WireCoding.decoder().decode(type, from: Data(buffer.readableBytesView))
    } catch {
        throw EngineError(.request, "the body is not the JSON of \(type)", cause: error)
    }
}

/// One event in the format of the HTML standard, section 9.2: a name, one line of data, an empty line.
func serverSentEvent(_ event: PatrolEvent) throws -> String {
    func lines(_ name: PatrolEvent.Name, _ value: some Encodable) throws -> String {
        let data = try WireCoding.encoder().encode(value)
        return "event: \(name.rawValue)\ndata: \(String(decoding: data, as: UTF8.self))\n\n"
    }
    return switch event {
    case .read(let value): try lines(.read, value)
    case .alert(let value): try lines(.alert, value)
    case .decided(let id): try lines(.decided, ["id": id])
    case .ticket(let value): try lines(.ticket, value)
    case .status(let value): try lines(.status, value)
    }
}
