// The sync endpoint: list changes down; facts, photos and requests for numbers up.
internal import Foundation
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ParkingCore
internal import SyncProtocol

struct SyncRoutes: Sendable {
    static let factsLimit = 8_000_000

    let records: Records
    let photos: PhotoArchive
    let counters: Counters
    /// The wall clock; times on the wire are the server's own.
    let now: @Sendable () -> Date

    func add(to router: Router<BasicRequestContext>) {
        router.get("/sync/v1/changes") { request, _ in try await changes(request) }
        router.post("/sync/v1/facts") { request, context in try await facts(request, logger: context.logger) }
        router.put("/sync/v1/photos/:sha256") { request, context in
            try await photo(request, sha256: context.parameters.get("sha256") ?? "")
        }
        router.post("/sync/v1/number-blocks") { request, context in
            try await numberBlock(request, logger: context.logger)
        }
    }

    private func changes(_ request: Request) async throws -> Response {
        let after = try integer("after", of: request, default: 0, range: 0...Int64.max)
        let limits = Records.changesLimits
        let limit = try integer(
            "limit",
            of: request,
            default: 1000,
            range: Int64(limits.lowerBound)...Int64(limits.upperBound)
        )
        let history = request.uri.queryParameters["history"].map { String($0.prefix(64)) }
        let json = try await records.changes(after: after, history: history, limit: Int(limit), now: now())
        counters.add(to: .changesAnswered)
        return WebAnswer.json(json)
    }

    private func facts(_ request: Request, logger: Logger) async throws -> Response {
        let body = try await json(request, limit: Self.factsLimit)
        struct Versioned: Decodable { let version: Int }
        let version = try decode(Versioned.self, body).version
        guard version == syncProtocolVersion else {
            throw BackOfficeError(
                .version,
                "version \(version) of the sync protocol was spoken; this back office speaks \(syncProtocolVersion): "
                    + "bring vehicle and back office to one release"
            )
        }
        let upload = try decode(FactsUpload.self, body)
        let faults = try FactRules.check(upload)
        let outcome = try await records.store(upload, faults: faults, now: now())
        counters.add(outcome.stored, to: .factsStored)
        counters.add(outcome.repeated, to: .factsRepeated)
        counters.add(outcome.setAside, to: .factsSetAside)
        if outcome.setAside > 0 {
            logger.warning(
                "facts were set aside: /set-aside shows them",
                metadata: ["vehicle": "\(upload.vehicle)", "facts": "\(outcome.setAside)"]
            )
        }
        return try WebAnswer.json(outcome.receipt)
    }

    private func photo(_ request: Request, sha256: String) async throws -> Response {
        guard FactRules.isDigest(sha256) else {
            throw BackOfficeError(
                .request,
                "'\(sha256.prefix(80))' is no photo: its SHA-256 in 64 lower-case hex digits is asked for"
            )
        }
        try await records.requireNamed(photo: sha256)
        let bytes = try await collect(request, limit: FactRules.photoBytes.upperBound)
        try await photos.store(Array(bytes.readableBytesView), sha256: sha256)
        try await records.markStored(photo: sha256, now: now())
        counters.add(to: .photosStored)
        return Response(status: .noContent)
    }

    private func numberBlock(_ request: Request, logger: Logger) async throws -> Response {
        let wanted = try decode(NumberBlockRequest.self, try await json(request, limit: 10_000))
        let (block, passedOver) = try await records.lease(wanted, now: now())
        if passedOver {
            logger.warning(
                """
                this back office was put back from an older copy: \(Records.numbersPassedOver) ticket numbers are passed \
                over, since vehicles may use some of them
                """
            )
        }
        counters.add(to: .numberBlocksLeased)
        return try WebAnswer.json(block)
    }

    private func integer(
        _ name: String,
        of request: Request,
        default usual: Int64,
        range: ClosedRange<Int64>
    ) throws -> Int64 {
        guard let text = request.uri.queryParameters[Substring(name)] else { return usual }
        guard let value = Int64(text), range.contains(value) else {
            throw BackOfficeError(
                .request,
                "\(name)=\(text.prefix(40)) is no number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    private func json(_ request: Request, limit: Int) async throws -> Data {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            throw BackOfficeError(.mediaType, "send the body as Content-Type: application/json")
        }
        return Data(try await collect(request, limit: limit).readableBytesView)
    }

    private func collect(_ request: Request, limit: Int) async throws -> ByteBuffer {
        let tooLarge = BackOfficeError(.tooLarge, "the body is larger than \(limit) bytes; send less at once")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    private func decode<T: Decodable>(_ type: T.Type, _ body: Data) throws -> T {
        do {
            return try WireCoding.decoder().decode(type, from: body)
        } catch {
            throw BackOfficeError(.request, "the body is not as the protocol says: \(Self.explain(error))")
        }
    }

    /// Where in the body the fault is, and what it is.
    private static func explain(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let text = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return text.isEmpty ? "at the top" : "at \(text.prefix(200))"
        }
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context):
            return "'\(key.stringValue.prefix(80))' is missing \(place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(context.debugDescription.prefix(200)) \(place(context.codingPath))"
        @unknown default: return "it cannot be decoded"
        }
    }
}
