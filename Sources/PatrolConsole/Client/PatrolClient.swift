// The calls of PatrolAPI/Messages.swift, made over the daemon's Unix socket.
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
package import ParkingCore
package import PatrolAPI

/// A client of one daemon. Holds a connection pool: call `close()` at the end.
package struct PatrolClient: Sendable {
    /// The longest answer that is taken.
    private static let maximumAnswerBytes = 16 * 1024 * 1024
    /// Longest path of a Unix socket (sockaddr_un, unix(7)).
    private static let maximumPathBytes = 107
    /// A decision may have to wait for the daemon to ask the server again and to draw the ticket.
    private static let decisionPatience = TimeAmount.seconds(15)

    package let socketPath: String
    private let patience: TimeAmount
    private let http: HTTPClient

    /// - Parameter patience: how long the daemon may take to answer what asks for no decision.
    /// - Throws: `ConsoleError` when the path is too long for a socket.
    package init(socketPath: String, patience: Duration = .seconds(3)) throws(ConsoleError) {
        guard (1...Self.maximumPathBytes).contains(socketPath.utf8.count) else {
            throw ConsoleError(.pathTooLong(socketPath.utf8.count))
        }
        self.socketPath = socketPath
        self.patience = TimeAmount(patience)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: self.patience)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    package func close() async { try? await http.shutdown() }

    package func status() async throws(ConsoleError) -> PatrolStatus { try await get("status") }

    /// Newest first.
    package func reads(limit: Int) async throws(ConsoleError) -> [ReadSummary] { try await get("reads?limit=\(limit)") }

    /// Those that wait for a decision, oldest first.
    package func alerts() async throws(ConsoleError) -> [AlertSummary] { try await get("alerts") }

    /// Newest first.
    package func tickets(limit: Int) async throws(ConsoleError) -> [TicketSummary] {
        try await get("tickets?limit=\(limit)")
    }

    /// Cars that are overtime soon, soonest first, as far ahead as the daemon is set to look.
    package func due() async throws(ConsoleError) -> [DueSummary] { try await get("due") }

    package func accept(_ id: UUIDv7, _ request: AcceptRequest) async throws(ConsoleError) -> DecisionAnswer {
        try await post("alerts/\(id)/accept", request)
    }

    package func reject(_ id: UUIDv7, _ request: RejectRequest) async throws(ConsoleError) -> DecisionAnswer {
        try await post("alerts/\(id)/reject", request)
    }

    package func reprint(_ ticket: UUIDv7, _ request: ReprintRequest) async throws(ConsoleError) -> TicketSummary {
        try await post("tickets/\(ticket)/reprint", request)
    }

    package func cameOut(_ ticket: UUIDv7, _ request: CameOutRequest) async throws(ConsoleError) -> TicketSummary {
        try await post("tickets/\(ticket)/came-out", request)
    }

    package func cancelPrint(_ ticket: UUIDv7) async throws(ConsoleError) -> TicketSummary {
        try await post("tickets/\(ticket)/cancel-print", [String: String]())
    }

    package func void(_ ticket: UUIDv7, _ request: VoidRequest) async throws(ConsoleError) -> TicketSummary {
        try await post("tickets/\(ticket)/void", request)
    }

    package func signIn(_ request: SignInRequest) async throws(ConsoleError) -> ShiftState {
        try await post("sign-in", request)
    }

    package func signOut() async throws(ConsoleError) -> ShiftReport {
        try await post("sign-out", [String: String]())
    }

    /// What the shift has come to by now.
    package func shift() async throws(ConsoleError) -> ShiftReport { try await get("shift") }

    /// JPEG bytes of an evidence photo.
    package func photo(sha256: String) async throws(ConsoleError) -> [UInt8] {
        let response = try await send(.GET, "photos/\(sha256)", body: nil)
        return try await bytes(of: response)
    }

    /// Follows what happens until the daemon ends the stream or the task is cancelled.
    /// - Parameter onOpen: called when the stream is open, before its first event: what is asked then misses nothing.
    /// - Throws: `ConsoleError`; `.closed` when the daemon ended the stream. Never returns otherwise.
    package func follow(
        onOpen: () async throws(ConsoleError) -> Void,
        onEvent: (PatrolEvent) async -> Void
    ) async throws(ConsoleError) {
        let response = try await send(.GET, "events", body: nil)
        guard response.status == .ok else { throw await problem(response) }
        try await onOpen()
        var parser = ServerSentEventParser()
        do {
            for try await buffer in response.body {
                for event in try parser.take(buffer.readableBytesView) {
                    if let event = try PatrolEvent(event) { await onEvent(event) }
                }
            }
        } catch {
            throw translate(error)
        }
        throw ConsoleError(.closed)
    }

    private func get<Answer: Decodable>(_ path: String) async throws(ConsoleError) -> Answer {
        try await decode(bytes(of: send(.GET, path, body: nil)))
    }

    private func post<Answer: Decodable>(_ path: String, _ body: some Encodable) async throws(ConsoleError) -> Answer {
        let data: Data
        do {
            data = try WireCoding.encoder().encode(body)
        } catch {
            throw ConsoleError(.other("\(error)"))
        }
        return try await decode(bytes(of: send(.POST, path, body: data)))
    }

    private func send(_ method: HTTPMethod, _ path: String, body: Data?) async throws(ConsoleError)
        -> HTTPClientResponse
    {
        let host = socketPath.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socketPath
        var request = HTTPClientRequest(url: "http+unix://\(host)/v1/\(path)")
        request.method = method
        request.headers.add(name: "Host", value: "patrold")
        request.headers.add(name: "Accept", value: "application/json, text/event-stream, image/jpeg")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            return try await http.execute(request, timeout: body == nil ? patience : Self.decisionPatience)
        } catch {
            throw translate(error)
        }
    }

    private func bytes(of response: HTTPClientResponse) async throws(ConsoleError) -> [UInt8] {
        guard response.status == .ok else { throw await problem(response) }
        return try await body(of: response)
    }

    private func body(of response: HTTPClientResponse) async throws(ConsoleError) -> [UInt8] {
        do {
            return Array(try await response.body.collect(upTo: Self.maximumAnswerBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw ConsoleError(.garbled("longer than \(Self.maximumAnswerBytes) bytes"))
        } catch {
            throw translate(error)
        }
    }

    private func problem(_ response: HTTPClientResponse) async -> ConsoleError {
        let status = Int(response.status.code)
        let bytes = (try? await body(of: response)) ?? []
        let problem = try? WireCoding.decoder().decode(APIProblem.self, from: Data(bytes))
        return ConsoleError(.refused(status, problem?.error ?? "HTTP \(status) \(response.status.reasonPhrase)"))
    }

    private func decode<Answer: Decodable>(_ bytes: [UInt8]) throws(ConsoleError) -> Answer {
        do {
            return try WireCoding.decoder().decode(Answer.self, from: Data(bytes))
        } catch {
            throw ConsoleError(.garbled("\(error)"))
        }
    }

    private func translate(_ error: any Error) -> ConsoleError {
        switch error {
        case let error as ConsoleError: error
        case let error as IOError where [ENOENT, ECONNREFUSED, ENOTSOCK].contains(error.errnoCode):
            ConsoleError(.noAnswer(socketPath))
        case let error as IOError where [EACCES, EPERM].contains(error.errnoCode): ConsoleError(.forbidden(socketPath))
        case let error as IOError where [EPIPE, ECONNRESET].contains(error.errnoCode): ConsoleError(.closed)
        case HTTPParserError.invalidEOFState: ConsoleError(.closed)
        case let error as HTTPClientError:
            switch error {
            case .remoteConnectionClosed, .cancelled: ConsoleError(.closed)
            case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout:
                ConsoleError(.timedOut)
            default: ConsoleError(.other("\(error)"))
            }
        case let error as ServerSentEventError: ConsoleError(.garbled(error.message))
        case let error as APIProblem: ConsoleError(.garbled(error.error))
        case is CancellationError: ConsoleError(.closed)
        default: ConsoleError(.other("\(error)"))
        }
    }
}
