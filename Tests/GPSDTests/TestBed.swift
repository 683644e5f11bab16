// A private folder with a real gpsd in it, on a free port of the loopback interface; all ends with the value.
import Foundation
import Glibc
import Synchronization

@testable import Positioning

final class TestBed: Sendable {
    let folder: String
    let port: Int
    private let daemon = Mutex<Process?>(nil)

    init() throws {
        // Short: the control socket's path has to fit into 108 bytes.
        var name = Array("/tmp/curbside-gpsd-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw TestBedError("no folder in /tmp: errno \(errno)") }
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // gpsd makes its control socket there as another user.
        chmod(folder, 0o777)
        port = try freePort()
    }

    deinit {
        stopDaemon()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var device: String { folder + "/receiver" }

    /// gpsd as nobody where the tests run as root: it would otherwise give up root itself, in its own way.
    func startDaemon() throws {
        let gpsd = ["gpsd", "-N", "-n", "-b", "-S", "\(port)", "-F", folder + "/control", device]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + gpsd : gpsd
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = (environment["PATH"] ?? "") + ":/usr/sbin:/usr/bin"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        daemon.withLock { $0 = process }
    }

    /// env and setpriv have become gpsd: the process is gpsd's own.
    func stopDaemon() {
        let process = daemon.withLock { daemon in
            let process = daemon
            daemon = nil
            return process
        }
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What a udev rule tells gpsd when a receiver goes or comes: "-" or "+" and the device.
    func tellDaemon(_ line: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((folder + "/control").utf8)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw TestBedError("gpsd's control socket: errno \(errno)") }
        let bytes = Array((line + "\r\n").utf8)
        _ = send(descriptor, bytes, bytes.count, sendFlags)
        var answer = [UInt8](repeating: 0, count: 64)
        _ = recv(descriptor, &answer, answer.count, 0)
    }
}

/// A worker with all it tells, listening to a port.
final class Listener: Sendable {
    let clock = ClockWatch()
    let position: LivePosition
    private let worker: GPSDWorker
    /// In the order they came.
    private let told = ToldStates()

    init(port: Int) throws {
        position = LivePosition(clock: clock)
        worker = GPSDWorker(
            address: try GPSDWorker.Address(port: port),
            position: position,
            clock: clock,
            changed: { [told] in told.add($0.state) }
        )
        worker.start()
    }

    var states: [PositionHealth.State] { told.all }
    var health: PositionHealth { position.health() }

    func end() async {
        worker.stop()
        await worker.ended()
    }

    /// Waits for a state; false after some seconds without.
    func reaches(_ state: PositionHealth.State, seconds: Double = 20) async throws -> Bool {
        try await holds(seconds: seconds) { $0.health.state == state }
    }

    func holds(seconds: Double = 20, _ condition: (Listener) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !condition(self) {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }
}

private final class ToldStates: Sendable {
    private let states = Mutex<[PositionHealth.State]>([])

    var all: [PositionHealth.State] { states.withLock { $0 } }
    func add(_ state: PositionHealth.State) { states.withLock { $0.append(state) } }
}

/// A peer that has gone is an error, not the end of the process.
let sendFlags = Int32(MSG_NOSIGNAL)

/// A socket bound to a free port of the loopback interface, and the port.
func loopbackSocket() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard descriptor >= 0, result == 0 else { throw TestBedError("no loopback port: errno \(errno)") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

func freePort() throws -> Int {
    let (descriptor, port) = try loopbackSocket()
    close(descriptor)
    return port
}
