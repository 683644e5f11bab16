// The daemon as systemd starts it, on a machine that has none of its devices: it serves, says what is absent, and stops.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

@Suite struct RunCommandTests {
    /// A running daemon in a folder of its own, killed at the latest with the test.
    private final class Daemon {
        let scratch: Scratch
        let process: Process
        let errors: URL
        var socket: String { scratch.file("patrold.sock").path }

        init(_ extra: String = "", in scratch: Scratch) throws {
            self.scratch = scratch
            try scratch.write("patrold.toml", RunCommandTests.file(in: scratch) + extra)
            errors = scratch.file("errors-\(UUID().uuidString)")
            try Data().write(to: errors)
            process = Process()
            process.executableURL = Command.folder.appending(path: "patrold")
            process.arguments = ["run", "--config", scratch.file("patrold.toml").path]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        var said: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

        /// The status, once it is answered and `isIt` holds of it.
        func status(within seconds: Double = 60, _ isIt: (PatrolStatus) -> Bool) throws -> PatrolStatus? {
            let deadline = Date().addingTimeInterval(seconds)
            while Date() < deadline, process.isRunning {
                let result = try Command.run("patrol", ["status", "--socket", socket, "--json"])
                if result.exitCode == 0 {
                    let status = try WireCoding.decoder().decode(PatrolStatus.self, from: Data(result.output.utf8))
                    if isIt(status) { return status }
                }
                Thread.sleep(forTimeInterval: 0.2)
            }
            return nil
        }

        /// Sends SIGTERM and waits; the exit code.
        func stop(within seconds: Double = 30) -> Int32? {
            process.terminate()
            let deadline = Date().addingTimeInterval(seconds)
            while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.05) }
            guard !process.isRunning else { return nil }
            return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        }
    }

    fileprivate static func file(in scratch: Scratch) -> String {
        """
        [patrol]
        vehicle = "patrol-1"
        officer = "412"
        city = "\(projectRoot.appending(path: "Fixtures/demo/city.yaml").path)"
        data = "\(scratch.file("data").path)"
        socket = "\(scratch.file("patrold.sock").path)"
        numbers = "1-500"
        [camera.left]
        side = "left"
        device = "/dev/curbside/no-such-camera"
        [camera.right]
        side = "right"
        device = "/dev/null"
        [position]
        gpsd_port = 1

        """
    }

    @Test func `without any device it serves, says what is absent, and stops when told`() throws {
        let daemon = try Daemon("[server]\naddress = \"http://127.0.0.1:9\"\n", in: try Scratch())
        let found = try daemon.status { status in
            status.phase == .running && status.devices.contains { $0.name == "left" && $0.word == "absent" }
                && status.devices.contains { $0.name == "server" && $0.word == "unreachable" }
                && status.devices.contains { $0.name == "disk" }
        }
        let status = try #require(found, "\(daemon.said)")
        #expect(status.source == "live" && status.vehicle.text == "patrol-1")
        let left = try #require(status.devices.first { $0.name == "left" })
        #expect(left.kind == .camera && left.state == .absent && left.detail.contains("no-such-camera"))
        #expect(left.since.map { $0 <= status.now } == true)
        // What is there but no camera is told apart from what is not there.
        let right = try #require(status.devices.first { $0.name == "right" })
        #expect(right.state == .degraded && right.word != "absent")
        #expect(status.devices.first { $0.kind == .pipeline }?.word == "running")

        let table = try Command.run("patrol", ["status", "--socket", daemon.socket])
        #expect(table.output.contains("left") && table.output.contains("absent"))
        let metrics = try Command.execute(
            URL(filePath: "/usr/bin/curl"),
            ["-sS", "--unix-socket", daemon.socket, "http://patrold/metrics"]
        )
        #expect(metrics.output.contains("curbside_device_health{device=\"left\",kind=\"camera\"} 0\n"))
        #expect(metrics.output.contains("curbside_device_state{device=\"left\",kind=\"camera\",state=\"absent\"} 1\n"))
        #expect(daemon.stop() == 0, "\(daemon.said)")
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
    }

    @Test func `a second daemon on the same data is refused by the name of the first`() throws {
        let scratch = try Scratch()
        let first = try Daemon(in: scratch)
        #expect(try first.status { $0.phase == .running } != nil)
        let second = try Command.run(
            "patrold",
            ["run", "--config", scratch.file("patrold.toml").path, "--set", "patrol.socket=\(scratch.file("b").path)"],
            seconds: 60
        )
        #expect(second.exitCode == 1 && second.errors.contains("process \(first.process.processIdentifier)"))
        #expect(second.errors.contains(scratch.file("data").path))
        #expect(try first.status { $0.phase == .running } != nil)
        #expect(first.stop() == 0)
    }

    @Test func `the metrics are answered on the loopback address where a port is set`() throws {
        let port = Int.random(in: 20_000...60_000)
        let daemon = try Daemon("[metrics]\nport = \(port)\n", in: try Scratch())
        #expect(try daemon.status { $0.phase == .running } != nil, "\(daemon.said)")
        let metrics = try Command.execute(
            URL(filePath: "/usr/bin/curl"),
            ["-sS", "--retry", "5", "--retry-connrefused", "http://127.0.0.1:\(port)/metrics"]
        )
        #expect(metrics.output.hasPrefix("# HELP curbside_up "))
        let other = try Command.execute(
            URL(filePath: "/usr/bin/curl"),
            ["-sS", "http://127.0.0.1:\(port)/v1/reads"]
        )
        #expect(other.output.contains("error"))
        #expect(daemon.stop() == 0)
    }

    @Test func `a refused configuration ends the start with file, line and key`() throws {
        let scratch = try Scratch()
        let file = try scratch.write("bad.toml", Self.file(in: scratch) + "[metrics]\nport = 70000\nhost = \"x\"\n")
        for command in [["run", "--config", file.path], ["config", "--check", file.path]] {
            let result = try Command.run("patrold", command)
            #expect(result.exitCode == 78 && result.output.isEmpty)
            #expect(result.errors.contains("\(file.path):17: metrics.port: 70000 is outside 0 to 65535"))
            #expect(result.errors.contains("\(file.path):18: metrics.host: there is no such key"))
        }
        let missing = try Command.run("patrold", ["run", "--config", "/nowhere.toml"])
        #expect(missing.exitCode == 78 && missing.errors.contains("/nowhere.toml cannot be read"))
    }

    @Test func `the printed defaults pass their own check`() throws {
        let scratch = try Scratch()
        let printed = try Command.run("patrold", ["config", "--print-defaults"])
        let file = try scratch.write("patrold.toml", printed.output)
        let checked = try Command.run("patrold", ["config", "--check", file.path])
        #expect(checked.exitCode == 0 && checked.output.contains("patrol.vehicle = \"patrol-1\""))
        #expect(try Command.run("patrold", ["config", "--check", file.path, "--quiet"]).output.isEmpty)
    }
}
