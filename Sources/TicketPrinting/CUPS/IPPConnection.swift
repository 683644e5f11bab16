// One connection to an IPP server (cupsd, or a printer itself), on which no wait is without end.
internal import CCUPS
internal import Foundation

/// An IPP value as far as this program looks at them; a range or collection stands as its text.
enum IPPValue: Hashable, Sendable {
    case number(Int)
    case text(String)
    case flag(Bool)
}

/// An IPP answer: its status, and its attributes in the groups that it came in (one a printer, one a job).
struct IPPAnswer: Hashable, Sendable {
    let status: Int
    /// In the server's words.
    let message: String
    let groups: [[String: [IPPValue]]]

    /// RFC 8011, 4.1.6: 0x0000 to 0x00FF.
    var isSuccess: Bool { (0...0xFF).contains(status) }
}

/// Where a request goes.
struct IPPAddress: Hashable, Sendable {
    /// A host, or the absolute path of a Unix socket.
    let host: String
    let port: Int
    /// HTTP resource, such as "/" or "/ipp/print".
    let resource: String
    let isEncrypted: Bool

    /// cupsd as `CUPS_SERVER`, client.conf or the default name it.
    static var spooler: IPPAddress {
        let host = cupsServer().map { String(cString: $0) } ?? "localhost"
        return IPPAddress(
            host: host,
            port: Int(ippPort()),
            resource: "/",
            isEncrypted: cupsEncryption() == HTTP_ENCRYPTION_ALWAYS || cupsEncryption() == HTTP_ENCRYPTION_REQUIRED
        )
    }

    /// - Parameter spooler: the path of cupsd's Unix socket, or HOST[:PORT].
    init(spooler: String) {
        let parts = spooler.split(separator: ":", omittingEmptySubsequences: false)
        let port = !spooler.hasPrefix("/") && parts.count == 2 ? Int(parts[1]) : nil
        self.init(
            host: port == nil ? spooler : String(parts[0]),
            port: port ?? Int(CUPS.defaultPort),
            resource: "/",
            isEncrypted: false
        )
    }

    init(host: String, port: Int, resource: String, isEncrypted: Bool) {
        self.host = host
        self.port = port
        self.resource = resource
        self.isEncrypted = isEncrypted
    }

    /// The printer that a CUPS device URI names; nil: it does not speak IPP, or its address is found by DNS-SD only.
    init?(deviceURI: String) {
        guard let parts = URLComponents(string: deviceURI), let host = parts.host, !host.isEmpty else { return nil }
        switch parts.scheme {
        case "ipp": isEncrypted = false
        case "ipps": isEncrypted = true
        default: return nil
        }
        self.host = host
        port = parts.port ?? Int(CUPS.defaultPort)
        resource = parts.path.isEmpty ? "/ipp/print" : parts.path
    }
}

/// What a request is about.
enum IPPTarget {
    case printer(String)
    case job(String)
    /// The server as a whole.
    case server

    func name(in request: OpaquePointer) {
        switch self {
        case .printer(let uri): ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nil, uri)
        case .job(let uri): ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "job-uri", nil, uri)
        case .server: break
        }
        ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nil, cupsUser())
    }
}

enum CUPS {
    /// IANA's port of IPP.
    static let defaultPort = 631
}

/// Open from `init` until it goes away; to be used from one thread only.
final class IPPConnection {
    private let http: OpaquePointer
    private let address: IPPAddress

    /// - Parameter silenceSeconds: for so long the server may say nothing, at each step.
    /// - Throws: `TicketPrintError.unreachable`.
    init(_ address: IPPAddress, silenceSeconds: Double) throws(TicketPrintError) {
        self.address = address
        let opened = httpConnect2(
            address.host,
            Int32(clamping: address.port),
            nil,
            AF_UNSPEC,
            address.isEncrypted ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED,
            1,
            Int32(silenceSeconds * 1000),
            nil
        )
        guard let opened else {
            let place = address.host.hasPrefix("/") ? address.host : "\(address.host):\(address.port)"
            throw TicketPrintError(.unreachable, "\(place) takes no connection (\(IPPConnection.lastWords))")
        }
        http = opened
        curbside_limit_silence(http, silenceSeconds)
    }

    deinit { httpClose(http) }

    /// Sends a request and waits for its answer.
    /// - Throws: `TicketPrintError.unreachable` when no answer came: whether the server acted on it is then not known.
    func ask(
        _ operation: ipp_op_t,
        of target: IPPTarget,
        build: (OpaquePointer) -> Void = { _ in }
    ) throws(TicketPrintError) -> IPPAnswer {
        guard let request = ippNewRequest(operation) else { throw IPPConnection.noMemory }
        target.name(in: request)
        build(request)
        // cupsDoRequest frees the request.
        guard let answer = cupsDoRequest(http, request, address.resource) else { throw silence }
        defer { ippDelete(answer) }
        return IPPConnection.decoded(answer)
    }

    /// Sends the one document of a job.
    /// - Throws: `TicketPrintError.unreachable` when no answer came.
    func send(_ bytes: [UInt8], format: String, to target: IPPTarget) throws(TicketPrintError) -> IPPAnswer {
        guard let request = ippNewRequest(IPP_OP_SEND_DOCUMENT) else { throw IPPConnection.noMemory }
        defer { ippDelete(request) }
        target.name(in: request)
        ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nil, format)
        ippAddBoolean(request, IPP_TAG_OPERATION, "last-document", 1)
        let length = ippLength(request) + bytes.count
        var status = cupsSendRequest(http, request, address.resource, length)
        var rest = bytes[...]
        while status == HTTP_STATUS_CONTINUE, !rest.isEmpty {
            let piece = rest.prefix(16_384)
            status = piece.withUnsafeBytes { raw in
                cupsWriteRequestData(http, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
            }
            rest = rest.dropFirst(piece.count)
        }
        guard let answer = cupsGetResponse(http, address.resource) else { throw silence }
        defer { ippDelete(answer) }
        return IPPConnection.decoded(answer)
    }

    private var silence: TicketPrintError {
        let place = address.host.hasPrefix("/") ? address.host : "\(address.host):\(address.port)"
        return TicketPrintError(.unreachable, "\(place) gave no answer (\(IPPConnection.lastWords))")
    }

    private static var noMemory: TicketPrintError {
        TicketPrintError(.unreachable, "no memory is left for a request to CUPS")
    }

    private static var lastWords: String {
        cupsLastErrorString().map { String(cString: $0) } ?? "no reason given"
    }

    private static func decoded(_ answer: OpaquePointer) -> IPPAnswer {
        var groups: [[String: [IPPValue]]] = []
        var group: [String: [IPPValue]] = [:]
        var attribute = ippFirstAttribute(answer)
        var message = ""
        while let current = attribute {
            attribute = ippNextAttribute(answer)
            guard let bytes = ippGetName(current) else {
                // A separator between two objects of the same kind.
                if !group.isEmpty { groups.append(group) }
                group = [:]
                continue
            }
            let name = String(cString: bytes)
            if ippGetGroupTag(current) == IPP_TAG_OPERATION {
                if name == "status-message", case .text(let words)? = values(current).first { message = words }
                continue
            }
            group[name] = values(current)
        }
        if !group.isEmpty { groups.append(group) }
        let status = ippGetStatusCode(answer)
        if message.isEmpty { message = ippErrorString(status).map { String(cString: $0) } ?? "" }
        return IPPAnswer(status: Int(status.rawValue), message: message, groups: groups)
    }

    private static func values(_ attribute: OpaquePointer) -> [IPPValue] {
        (0..<max(0, ippGetCount(attribute))).compactMap { index in
            switch ippGetValueTag(attribute) {
            case IPP_TAG_INTEGER, IPP_TAG_ENUM: .number(Int(ippGetInteger(attribute, index)))
            case IPP_TAG_BOOLEAN: .flag(ippGetBoolean(attribute, index) != 0)
            default: ippGetString(attribute, index, nil).map { .text(String(cString: $0)) }
            }
        }
    }
}
