// The event stream's framing, cut anywhere.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

@Suite struct ServerSentEventTests {
    private let stream = """
        \u{FEFF}: hello\r\nevent: read\rdata: one\ndata:  two\nid: 7\n\ndata\n\nevent: nothing\n\ndata: é漢\r\n\r\n
        """
    private let wanted = [
        ServerSentEvent(name: "read", data: "one\n two"), ServerSentEvent(name: "message", data: ""),
        ServerSentEvent(name: "message", data: "é漢"),
    ]

    @Test(arguments: 1...9) func yieldsTheSameEventsHoweverTheBytesAreCut(size: Int) throws {
        let bytes = Array(stream.utf8)
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try parser.take(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events == wanted)
    }

    @Test func refusesAnEndlessEvent() throws {
        var parser = ServerSentEventParser()
        let piece = Array("data: ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 1 << 20) + Array("\n".utf8)
        #expect(throws: ServerSentEventError.self) {
            for _ in 0..<5 { _ = try parser.take(piece) }
        }
    }

    @Test func readsWhatTheDaemonTells() throws {
        let id = try UUIDv7("01939a5e-0000-7000-8000-000000000003")
        let decided = try PatrolEvent(ServerSentEvent(name: "decided", data: "{\"id\":\"\(id)\"}"))
        #expect(decided == .decided(id))
        let status = try Samples.status()
        let data = String(decoding: try WireCoding.encoder().encode(status), as: UTF8.self)
        #expect(try PatrolEvent(ServerSentEvent(name: "status", data: data)) == .status(status))
    }

    @Test func passesOverEventsOfNewerDaemonsButNotOverBrokenOnes() throws {
        #expect(try PatrolEvent(ServerSentEvent(name: "weather", data: "{}")) == nil)
        #expect(throws: APIProblem.self) { try PatrolEvent(ServerSentEvent(name: "alert", data: "{\"id\":3}")) }
    }
}
