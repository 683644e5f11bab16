// `patrold position`: what the receiver and the clock do, for the technician who fits them.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import Positioning

struct PositionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "position",
        abstract: "Look at the receiver (through gpsd) and the clock.",
        subcommands: [WatchCommand.self]
    )
}

private struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print state, fix, error, speed, heading, satellites and clock each second.",
        discussion: """
            The last line is JSON. Exit code 0: a fix and a trusted clock at the end; 75: one of them is missing;
            64: wrong arguments.
            """
    )

    @Option(help: "Seconds to watch, 1 to 86400.")
    var seconds = 10

    @Option(help: "Host of gpsd.")
    var host = "127.0.0.1"

    @Option(help: "Port of gpsd.")
    var port = 2947

    @Flag(help: "Print JSON each second.")
    var json = false

    func validate() throws {
        guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds takes 1 to 86400") }
        do {
            _ = try GPSDWorker.Address(host: host, port: port)
        } catch {
            throw ValidationError(error.message)
        }
    }

    func run() async throws {
        let clock = ClockWatch()
        let position = LivePosition(clock: clock)
        let address = try GPSDWorker.Address(host: host, port: port)
        let worker = GPSDWorker(address: address, position: position, clock: clock)
        worker.start()
        var report = PositionReport(position: position, clock: clock)
        for second in 1...seconds {
            try await Task.sleep(for: .seconds(1))
            report = PositionReport(position: position, clock: clock)
            if !json { print(report.line) }
            if json && second < seconds { print(try report.text()) }
            // A pipe shows each line as it comes.
            fflush(nil)
        }
        worker.stop()
        await worker.ended()
        print(try report.text())
        guard report.position.state == .fix, report.clock.isTrusted else { throw ExitCode(75) }
    }
}

/// One look at both.
private struct PositionReport: Encodable {
    let time: Date
    let fix: Fix?
    let position: PositionHealth
    let clock: ClockHealth

    init(position: LivePosition, clock: ClockWatch) {
        let now = Moment.now()
        time = now.wall
        fix = position.fix(at: now.wall)
        self.position = position.health(at: now)
        self.clock = clock.health(at: now)
    }

    func text() throws -> String { String(decoding: try WireCoding.encoder().encode(self), as: UTF8.self) }

    var line: String {
        var parts = [InstantColumn.text(time), position.state.rawValue]
        if let fix {
            parts.append("\(rounded(fix.point.latitude, 6)),\(rounded(fix.point.longitude, 6))")
            parts.append("+-\(rounded(fix.errorMetres, 1)) m")
            if let speed = fix.speedMetresPerSecond { parts.append("\(rounded(speed, 1)) m/s") }
            if let heading = fix.headingDegrees { parts.append("\(rounded(heading, 0)) deg") }
            if position.isStanding { parts.append("standing") }
        } else {
            parts.append(position.words)
        }
        if let used = position.satellitesUsed, let visible = position.satellitesVisible {
            parts.append("\(used) of \(visible) satellites")
        }
        let offset = clock.offsetSeconds.map { " \(rounded($0, 2)) s off" } ?? ""
        parts.append("clock: \(clock.source.rawValue)\(clock.isTrusted ? "" : ", not trusted")\(offset)")
        return parts.joined(separator: "  ")
    }

    private func rounded(_ value: Double, _ places: Int) -> String {
        value.formatted(.number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en_CA")))
    }
}

private enum InstantColumn {
    /// "14:03:05", UTC.
    static func text(_ time: Date) -> String { String(WireCoding.text(time).dropFirst(11).prefix(8)) }
}
