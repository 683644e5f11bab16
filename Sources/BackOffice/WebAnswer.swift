// How answers and errors look on the wire: JSON for programs, a page for persons, the right status for both.
internal import Foundation
internal import GRDB
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ParkingCore
internal import SyncProtocol

enum WebAnswer {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        json(String(decoding: try WireCoding.encoder().encode(value), as: UTF8.self), status: status)
    }

    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    static func status(_ code: BackOfficeError.Code) -> HTTPResponse.Status {
        switch code {
        case .request, .file: .badRequest
        case .tooLarge: .contentTooLarge
        case .mediaType: .unsupportedMediaType
        case .version: .upgradeRequired
        case .notFound: .notFound
        case .conflict: .conflict
        case .misdirected: .misdirectedRequest
        case .full: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .exhausted, .inUse, .data: .serviceUnavailable
        case .address: .internalServerError
        }
    }
}

/// Turns every error into an answer with a sentence, counts it, and logs those that are the server's own fault.
struct ErrorAnswers: RouterMiddleware {
    typealias Context = BasicRequestContext

    let counters: Counters
    let pages: PageRenderer

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as BackOfficeError {
            return answer(WebAnswer.status(error.code), error.message, request, context)
        } catch let error as HTTPError {
            let sentence =
                error.status == .notFound ? "there is nothing at this address" : error.body ?? error.status.reasonPhrase
            return answer(error.status, sentence, request, context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(String(reflecting: type(of: error)))"])
            return answer(
                .internalServerError,
                "the back office failed at this request; its log says more",
                request,
                context
            )
        }
    }

    private func answer(
        _ status: HTTPResponse.Status,
        _ sentence: String,
        _ request: Request,
        _ context: Context
    ) -> Response {
        if status.code >= 500 {
            counters.add(to: .requestsFailed)
            context.logger.error("request failed", metadata: ["status": "\(status.code)", "reason": "\(sentence)"])
        } else {
            counters.add(to: .requestsRefused)
        }
        let person = request.method == .get && request.headers[.accept]?.contains("text/html") == true
        if person, let page = try? pages.problem(status: status, sentence: sentence) { return page }
        return (try? WebAnswer.json(SyncProblem(error: sentence), status: status)) ?? Response(status: status)
    }
}

/// Answers only requests that name this machine: a page from elsewhere in a local browser gets nothing.
struct LoopbackHostOnly: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard LoopbackAddress.isLoopback(authority: request.head.authority ?? "") else {
            throw BackOfficeError(
                .misdirected,
                "this back office answers under 127.0.0.1, [::1] and localhost only"
            )
        }
        return try await next(request, context)
    }
}
