// The HTTP side of the client: one request, one answer or one error in words. Knows nothing of what is kept.
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import ParkingCore
internal import SyncProtocol

#if canImport(Glibc)
internal import Glibc
#endif

/// One server. `close` must be called before the last reference goes.
final class ServerLink: Sendable {
    /// Most bytes of an answer that are read: 5,000 changes of 2 KB and room.
    private static let answerLimit = 32_000_000
    /// Time for one request as a whole; a photo over a poor link needs most of it.
    private static let patience = TimeAmount.seconds(60)

    private let base: String
    private let client: HTTPClient

    /// - Parameter server: "http://127.0.0.1:8311"; a path or a query is not taken.
    init(server: String) throws(SyncError) {
        guard let url = URL(string: server), let host = url.host, !host.isEmpty,
            url.scheme == "http" || url.scheme == "https", url.path.isEmpty || url.path == "/", url.query == nil
        else {
            throw SyncError(.address, "'\(server.prefix(200))' is no server address such as http://127.0.0.1:8311")
        }
        base = server.hasSuffix("/") ? String(server.dropLast()) : server
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = .seconds(30)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async {
        // Fails only when it was closed before, which is what is wanted.
        try? await client.shutdown()
    }

    func changes(after: Int64, history: String?, limit: Int) async throws -> ChangesAnswer {
        let name = history.flatMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
        let known = name.map { "&history=\($0)" } ?? ""
        return try await ask(HTTPClientRequest(url: base + "/sync/v1/changes?after=\(after)\(known)&limit=\(limit)"))
    }

    func send(_ upload: FactsUpload) async throws -> FactsReceipt {
        try await ask(try post("/sync/v1/facts", upload))
    }

    func lease(_ request: NumberBlockRequest) async throws -> NumberBlock {
        try await ask(try post("/sync/v1/number-blocks", request))
    }

    /// - Returns: false when the server knows no fact that names the photo yet.
    func send(photo: Data, sha256: String) async throws -> Bool {
        var request = HTTPClientRequest(url: base + "/sync/v1/photos/" + sha256)
        request.method = .PUT
        request.headers.add(name: "Content-Type", value: "image/jpeg")
        request.body = .bytes(ByteBuffer(bytes: photo))
        do {
            _ = try await perform(request)
            return true
        } catch let error as SyncError where error.code == .unknown {
            return false
        }
    }

    private func post(_ path: String, _ value: some Encodable) throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try WireCoding.encoder().encode(value)))
        return request
    }

    private func ask<Answer: Decodable>(_ request: HTTPClientRequest) async throws -> Answer {
        let body = try await perform(request)
        do {
            return try WireCoding.decoder().decode(Answer.self, from: body)
        } catch {
            throw SyncError(
                .answer,
                "\(base) answered with something that is no \(Answer.self): is it a back office, and of this release?"
            )
        }
    }

    private func perform(_ request: HTTPClientRequest) async throws -> Data {
        let status: Int
        let body: Data
        do {
            let response = try await client.execute(request, timeout: Self.patience)
            status = Int(response.status.code)
            body = Data(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
        } catch is CancellationError {
            throw CancellationError()
        } catch is NIOTooManyBytesError {
            throw SyncError(.answer, "\(base) answered with more than \(Self.answerLimit) bytes")
        } catch {
            throw SyncError(.unreachable, "no answer from the back office at \(base): \(Self.words(error))")
        }
        if (200..<300).contains(status) { return body }
        let sentence = (try? WireCoding.decoder().decode(SyncProblem.self, from: body))?.error ?? "no reason given"
        switch status {
        case 404: throw SyncError(.unknown, "the back office does not know this (404): \(sentence)")
        case 409: throw SyncError(.conflict, "the back office refused (409): \(sentence)")
        case 413: throw SyncError(.tooLarge, "the back office refused (413): \(sentence)")
        case 408, 429, 500...: throw SyncError(.server, "the back office failed (\(status)): \(sentence)")
        default: throw SyncError(.refused, "the back office refused (\(status)): \(sentence)")
        }
    }

    private static func words(_ error: any Error) -> String {
        if let error = error as? IOError {
            return error.errnoCode == ECONNREFUSED
                ? "nothing listens there; is it running?" : error.localizedDescription
        }
        guard let error = error as? HTTPClientError else { return "\(error)" }
        switch error {
        case .connectTimeout, .deadlineExceeded, .readTimeout: return "time ran out"
        case .remoteConnectionClosed: return "it closed the connection"
        default: return "\(error)"
        }
    }
}
