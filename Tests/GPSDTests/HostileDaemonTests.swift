// The receiver's thread against something on gpsd's port that lies, stammers, or is no gpsd at all.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite(.serialized, .timeLimit(.minutes(2))) struct HostileGPSDTests {
    /// Says true fixes until the listener has one more.
    private func recovers(_ daemon: FakeDaemon, _ listener: Listener) async throws -> Bool {
        let before = listener.health.counters.fixes
        return try await listener.holds { listener in
            daemon.sayFix()
            return listener.health.state == .fix && listener.health.counters.fixes > before
        }
    }

    @Test func `absurd values in true JSON are refused one by one`() async throws {
        let daemon = try FakeDaemon()
        let listener = try Listener(port: daemon.port)
        #expect(try await recovers(daemon, listener))
        let absurd: [[String: String]] = [
            ["lat": "91"], ["lat": "1e308"], ["lon": "-999"], ["speed": "1e9"], ["track": "-40"], ["eph": "1e300"],
            ["mode": "99"], ["time": "\"1980-01-06T00:00:00.000Z\""], ["time": "\"9999-12-31T23:59:59.000Z\""],
            ["lat": "0", "lon": "0"],
        ]
        for fields in absurd {
            let before = listener.health.counters.refused
            // Said again at each look: three seconds after the last one the receiver counts as gone.
            let isRefused = try await listener.holds(seconds: 10) { listener in
                daemon.sayFix(fields)
                let health = listener.health
                return health.counters.refused > before && health.state == .implausible
            }
            #expect(isRefused, "\(fields): \(listener.health)")
        }
        #expect(try await recovers(daemon, listener))
        #expect(try #require(listener.position.lastFix).point.latitude == 43.65)
        daemon.say(
            #"{"class":"SKY","satellites":["# + (0..<300).map { "{\"PRN\":\($0),\"used\":true}" }.joined(separator: ",")
                + "]}"
        )
        daemon.say(#"{"class":"SKY","uSat":-5,"nSat":99999999999999}"#)
        #expect(try await recovers(daemon, listener))
        #expect((0...140).contains(listener.health.satellitesUsed ?? 0))
        await listener.end()
        daemon.end()
    }

    @Test func `lines that are no JSON are counted and passed over`() async throws {
        let daemon = try FakeDaemon()
        let listener = try Listener(port: daemon.port)
        #expect(try await recovers(daemon, listener))
        let lines = [
            "HTTP/1.1 400 Bad Request", "", "{", "}", "{\"class\":", "{\"class\":\"TPV\"", "[[[[[[[[[[",
            "\u{0}\u{1}\u{7f}",
            #"{"class":"TPV","mode":3,"lat":"north","lon":[],"time":{}}"#, #"{"class":"TPV","mode":3,"lat":43"#,
            String(repeating: "{\"class\":\"TPV\",", count: 200),
            #"{"class":"DEVICES","devices":[{"class":"DEVICE","path":""# + String(repeating: "x", count: 3000)
                + "\"}]}",
            #"{"class":"GST","major":1e99,"minor":-3,"orient":"x"}"#, #"{"class":"NONSENSE","a":1}"#,
        ]
        for line in lines { daemon.say(line) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            daemon.say(bytes: (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) } + [10])
        }
        #expect(try await recovers(daemon, listener))
        #expect(listener.health.counters.unreadable > 5)
        #expect(try #require(listener.position.lastFix).point.latitude == 43.65)
        await listener.end()
        daemon.end()
    }

    @Test func `a line without an end is passed over, in bounded memory`() async throws {
        let daemon = try FakeDaemon()
        let listener = try Listener(port: daemon.port)
        #expect(try await recovers(daemon, listener))
        for _ in 0..<50 { daemon.say(bytes: [UInt8](repeating: UInt8(ascii: "A"), count: 100_000)) }
        daemon.say("")
        #expect(try await recovers(daemon, listener))
        #expect(listener.health.counters.unreadable == 1)
        #expect(listener.health.counters.reconnects == 0)
        await listener.end()
        daemon.end()
    }

    @Test func `connections that drop at once are tried again without haste`() async throws {
        let daemon = try FakeDaemon()
        let listener = try Listener(port: daemon.port)
        let began = Date()
        while Date().timeIntervalSince(began) < 4 {
            daemon.drop()
            try await Task.sleep(for: .milliseconds(20))
        }
        // 0.25, 0.5, 1 and 2 s between two tries.
        #expect(listener.health.counters.reconnects <= 10)
        #expect(try await recovers(daemon, listener))
        await listener.end()
        daemon.end()
    }

    @Test func `a worker that is stopped ends soon, whatever it waits for`() async throws {
        let daemon = try FakeDaemon()
        for port in [daemon.port, try freePort()] {
            let listener = try Listener(port: port)
            try await Task.sleep(for: .milliseconds(300))
            let began = ContinuousClock.now
            await listener.end()
            #expect(ContinuousClock.now - began < .seconds(5))
        }
        daemon.end()
    }
}
