// Server-sent events as the HTML standard (section 9.2) frames them: the only streaming format of this API.

/// One event: a name and its data, lines joined by a line feed.
package struct ServerSentEvent: Hashable, Sendable {
    /// "message" when the stream gave no name.
    package let name: String
    package let data: String

    package init(name: String, data: String) {
        self.name = name
        self.data = data
    }
}

package struct ServerSentEventError: Error, Hashable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}

/// Takes a stream's bytes in pieces of any size, cut anywhere, and gives back the events that are complete.
package struct ServerSentEventParser: Sendable {
    /// An event may be this long; a longer one is a fault of the sender and ends the stream.
    package static let maximumBytes = 4 * 1024 * 1024

    private var line: [UInt8] = []
    private var name = ""
    private var data: String?
    private var dataBytes = 0
    private var afterCarriageReturn = false
    private var atStart = true

    package init() {}

    /// - Throws: `ServerSentEventError` when an event is longer than `maximumBytes`.
    package mutating func take(_ bytes: some Sequence<UInt8>) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n"), afterCarriageReturn {
                afterCarriageReturn = false
                continue
            }
            afterCarriageReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n") || afterCarriageReturn {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                guard line.count + dataBytes <= Self.maximumBytes else {
                    throw ServerSentEventError(message: "an event is longer than \(Self.maximumBytes) bytes")
                }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        if atStart {
            atStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let field = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A line that starts with a colon has an empty field name: a comment, as are fields not named here.
        switch String(decoding: field, as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            let text = String(decoding: value, as: UTF8.self)
            data = data.map { $0 + "\n" + text } ?? text
            dataBytes += value.count + 1
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            name = ""
            data = nil
            dataBytes = 0
        }
        guard let data else { return nil }
        return ServerSentEvent(name: name.isEmpty ? "message" : name, data: data)
    }
}
