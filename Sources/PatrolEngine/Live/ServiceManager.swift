// What systemd is told of the daemon: ready, status, signs of life, stopping. sd_notify(3) without its library: each
// message is one datagram to the socket that NOTIFY_SOCKET names.
internal import Foundation
package import Logging
internal import PatrolAPI
internal import ServiceLifecycle
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

package final class ServiceManager: Sendable {
    /// nil: nobody asked to be told.
    private let socketPath: String?
    /// Seconds within which a sign of life must come; nil: none is wanted.
    package let watchdogSeconds: Double?
    private let isReady = Mutex(false)

    /// - Parameters:
    ///   - environment: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID as systemd.service(5) sets them.
    ///   - process: this process, which WATCHDOG_PID must name if it is there.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        process: Int32 = getpid()
    ) {
        let path = environment["NOTIFY_SOCKET"] ?? ""
        socketPath = path.hasPrefix("/") || path.hasPrefix("@") ? path : nil
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Double.init) ?? 0
        watchdogSeconds = isOurs && microseconds > 0 && microseconds.isFinite ? microseconds / 1_000_000 : nil
    }

    /// Sends once, whoever asks first.
    package func ready() {
        let isFirst = isReady.withLock { isReady in
            defer { isReady = true }
            return !isReady
        }
        if isFirst { send(["READY=1"]) }
    }

    package func stopping() { send(["STOPPING=1", "STATUS=stopping"]) }

    /// - Returns: false: it could not be sent; the next one may go through.
    @discardableResult
    package func send(_ lines: [String]) -> Bool {
        guard let socketPath else { return true }
        return Self.send(lines.joined(separator: "\n"), to: socketPath)
    }

    /// One datagram, without waiting.
    private static func send(_ text: String, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else { return false }
        // '@' stands for the NUL byte that begins an abstract name (unix(7)).
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let payload = Array(text.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                sendto(
                    descriptor,
                    payload,
                    payload.count,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL),
                    generic,
                    length
                )
            }
        }
        return sent == payload.count
    }
}

/// Feeds the watchdog while everybody who is expected shows life, and says in a line how the devices are.
package struct WatchdogService: Service {
    private let manager: ServiceManager
    private let heartbeats: Heartbeats
    private let health: Health
    private let logger: Logger

    package init(manager: ServiceManager, heartbeats: Heartbeats, health: Health, logger: Logger) {
        self.manager = manager
        self.heartbeats = heartbeats
        self.health = health
        self.logger = logger
    }

    package func run() async throws {
        let pause = min(1, (manager.watchdogSeconds ?? 4) / 4)
        try? await cancelWhenGracefulShutdown {
            var named: Set<String> = []
            while !Task.isCancelled {
                let late = heartbeats.late()
                let status = "STATUS=" + statusLine()
                manager.send(late.isEmpty && manager.watchdogSeconds != nil ? ["WATCHDOG=1", status] : [status])
                for hung in late where named.insert(hung.worker).inserted {
                    logger.critical("\(hung.worker) has shown no life for \(Int(hung.seconds)) s: it hangs")
                }
                named.formIntersection(late.map(\.worker))
                try await Task.sleep(for: .seconds(pause))
            }
        }
        manager.stopping()
    }

    private func statusLine() -> String {
        let devices = health.devices()
        let bad = devices.filter { $0.state != .good }
        if bad.isEmpty { return "\(devices.count) devices, all good" }
        return bad.map { "\($0.name) \($0.word ?? $0.state.rawValue)" }.joined(separator: ", ")
    }
}
