// What systemd hears, on real sockets: one datagram a message, with a name in the file system or an abstract one.
import Foundation
import Logging
import PatrolAPI
import Testing

@testable import PatrolEngine

#if canImport(Glibc)
import Glibc
#endif

/// systemd's end of NOTIFY_SOCKET.
private final class Listener {
    let name: String
    private let descriptor: Int32

    init(abstract: Bool) throws {
        let unique = "curbside-\(getpid())-\(UUID().uuidString.prefix(8))"
        name = abstract ? "@\(unique)" : "/tmp/\(unique)"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if abstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0)
    }

    deinit {
        close(descriptor)
        if name.hasPrefix("/") { unlink(name) }
    }

    /// The next datagram; nil after ten seconds.
    func next() async throws -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<500 {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func `messages are one datagram each, ready is said once`(abstract: Bool) async throws {
        let listener = try Listener(abstract: abstract)
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": listener.name], process: 1)
        manager.ready()
        manager.ready()
        manager.stopping()
        #expect(try await listener.next() == "READY=1")
        #expect(try await listener.next() == "STOPPING=1\nSTATUS=stopping")
    }

    @Test func `the watchdog is ours only when systemd says so`() {
        func seconds(_ environment: [String: String]) -> Double? {
            ServiceManager(environment: environment, process: 42).watchdogSeconds
        }
        #expect(seconds([:]) == nil)
        #expect(seconds(["WATCHDOG_USEC": "30000000"]) == 30)
        #expect(seconds(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]) == 30)
        #expect(seconds(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"]) == nil)
        #expect(seconds(["WATCHDOG_USEC": "soon"]) == nil)
    }

    @Test func `without systemd, or with a socket that is gone, nothing happens`() {
        #expect(ServiceManager(environment: [:], process: 1).send(["STATUS=x"]))
        #expect(!ServiceManager(environment: ["NOTIFY_SOCKET": "/nowhere/socket"], process: 1).send(["STATUS=x"]))
        let long = "/" + String(repeating: "x", count: 200)
        #expect(!ServiceManager(environment: ["NOTIFY_SOCKET": long], process: 1).send(["STATUS=x"]))
    }

    @Test func `the watchdog is fed while all show life, and starves with the first that does not`() async throws {
        let listener = try Listener(abstract: true)
        let manager = ServiceManager(
            environment: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "200000"],
            process: 1
        )
        let beats = Heartbeats(limitSeconds: 3)
        let health = Health(logger: quiet)
        let beat = beats.expect("recognition of left")
        let service = WatchdogService(manager: manager, heartbeats: beats, health: health, logger: quiet)
        let running = Task { try await service.run() }
        defer { running.cancel() }
        func hear() async throws -> String {
            health.take(DeviceReport("left", .camera, .absent, word: "absent", detail: "it is unplugged"))
            return try await listener.next() ?? "nothing"
        }
        /// Hears on until it hears this; on a slow machine older words may come first.
        func hears(_ words: String, whileBeating: Bool) async throws -> Bool {
            for _ in 0..<400 {
                if whileBeating { beat() }
                if try await hear() == words { return true }
            }
            return false
        }
        // A missing camera is told, and is no hang.
        #expect(try await hears("WATCHDOG=1\nSTATUS=left absent", whileBeating: true))
        #expect(try await hears("STATUS=left absent", whileBeating: false))
        #expect(try await hears("WATCHDOG=1\nSTATUS=left absent", whileBeating: true))
    }
}
