// The work of `patrold cameras watch`: a worker and a reader for each camera, and what is printed of them.
internal import CameraCapture
internal import Dispatch
internal import Foundation
internal import ParkingCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

final class CameraWatch: Sendable {
    enum Output { case table, json }

    /// What became of one camera's pictures after they were taken.
    private struct Reading {
        var read = 0
        var decoded = 0
        var undecodable = 0
        var saved = 0
        var lastFault: String?
    }

    private struct State {
        var readings: [Reading]
        var states: [CameraID: CameraState] = [:]
        var writeFault: String?
        var isStopping = false
    }

    private struct Line: Encodable {
        var event: String
        var monotonicSeconds: Double
        var health: CameraHealth
    }

    private struct Summary: Encodable {
        struct Camera: Encodable {
            var health: CameraHealth
            var read: Int
            var decoded: Int
            var undecodable: Int
            var saved: Int
            var fault: String?
        }

        var event = "summary"
        var seconds: Double
        var cameras: [Camera]
    }

    private let settings: [CameraSettings]
    private let output: Output
    private let folder: String?
    private let pictures: Int
    private let slowSeconds: Double
    private let state: Mutex<State>

    init(settings: [CameraSettings], output: Output, folder: String?, pictures: Int, slowSeconds: Double) {
        self.settings = settings
        self.output = output
        self.folder = folder
        self.pictures = pictures
        self.slowSeconds = slowSeconds
        state = Mutex(State(readings: settings.map { _ in Reading() }))
    }

    var writeFault: String? { state.withLock { $0.writeFault } }

    /// Blocks until the time is up or a signal comes.
    /// - Returns: whether all cameras were streaming at the end.
    func run(seconds: Double?) -> Bool {
        let start = Moment.now()
        let signals = stopOnSignals()
        let mailboxes = settings.map { _ in FrameMailbox() }
        let workers = zip(settings, mailboxes).map { settings, mailbox in
            CameraWorker(settings: settings, mailbox: mailbox) { [self] in told($0) }
        }
        let readers = mailboxes.enumerated().map { index, mailbox in startReader(index, mailbox) }
        for worker in workers { worker.start() }
        var nextTable = 1.0
        while !state.withLock({ $0.isStopping }) {
            let elapsed = Moment.now().seconds(since: start.nanoseconds)
            if let seconds, elapsed >= seconds { break }
            if output == .table, elapsed >= nextTable {
                printTable(workers.map(\.health), seconds: elapsed)
                nextTable = elapsed.rounded(.down) + 1
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        state.withLock { $0.isStopping = true }
        let healths = workers.map(\.health)
        for worker in workers { worker.stop() }
        for mailbox in mailboxes { mailbox.stop() }
        for reader in readers { reader.wait() }
        for signal in signals { signal.cancel() }
        summarise(healths, seconds: Moment.now().seconds(since: start.nanoseconds))
        return healths.allSatisfy { $0.state == .streaming }
    }

    private func stopOnSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in state.withLock { $0.isStopping = true } }
            source.activate()
            return source
        }
    }

    private func told(_ health: CameraHealth) {
        let isChange = state.withLock { state in
            defer { state.states[health.id] = health.state }
            return state.states[health.id] != health.state
        }
        switch output {
        case .json:
            printJSON(
                Line(
                    event: isChange ? "state" : "second",
                    monotonicSeconds: Double(Moment.monotonicNanoseconds()) / 1e9,
                    health: health
                )
            )
        case .table:
            if isChange { printLine("\(health.id): \(health.state.rawValue): \(health.words)") }
        }
    }

    /// Takes a camera's pictures as the pipeline would, decodes one a second, and writes the first ones.
    private func startReader(_ index: Int, _ mailbox: FrameMailbox) -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        let thread = Thread { [self] in
            var decodedAt: UInt64 = 0
            while !state.withLock({ $0.isStopping }) {
                guard let frame = mailbox.take(timeoutSeconds: 0.2) else { continue }
                state.withLock { $0.readings[index].read += 1 }
                let now = Moment.now()
                if now.seconds(since: decodedAt) >= 1 {
                    decodedAt = now.nanoseconds
                    note(index) { () throws(CameraError) in _ = try FrameDecoder.grey(frame) }
                }
                saveIfWanted(frame, index)
                if slowSeconds > 0 { Thread.sleep(forTimeInterval: slowSeconds) }
                frame.giveBack()
            }
            ended.signal()
        }
        thread.start()
        return ended
    }

    private func note(_ index: Int, _ body: () throws(CameraError) -> Void) {
        do throws(CameraError) {
            try body()
            state.withLock { $0.readings[index].decoded += 1 }
        } catch {
            state.withLock {
                $0.readings[index].undecodable += 1
                $0.readings[index].lastFault = error.message
            }
        }
    }

    private func saveIfWanted(_ frame: CapturedFrame, _ index: Int) {
        let isWanted = state.withLock { $0.readings[index].saved < pictures && $0.writeFault == nil }
        guard let folder, isWanted else { return }
        note(index) { () throws(CameraError) in
            let bytes = try FrameDecoder.jpeg(frame)
            let number = state.withLock { state in
                state.readings[index].saved += 1
                return state.readings[index].saved
            }
            let path = "\(folder)/\(frame.camera)-\(number).jpg"
            do { try Data(bytes).write(to: URL(filePath: path)) } catch {
                state.withLock { $0.writeFault = "'\(path)' cannot be written: \(error.localizedDescription)" }
            }
        }
    }

    private func printTable(_ healths: [CameraHealth], seconds: Double) {
        let rows = healths.map { health in
            let format = health.format.map { "\(health.width ?? 0)x\(health.height ?? 0) \($0.rawValue)" } ?? "-"
            let counts =
                "taken \(health.framesTaken), lost \(health.framesLost), passed over \(health.framesPassedOver), "
                + "bad \(health.framesBad), stale \(health.framesStale), came back \(health.reconnects)"
            let pace = String((health.framesPerSecond * 10).rounded() / 10)
            return "\(health.id)  \(health.state.rawValue)  \(health.node ?? "-")  \(format)  \(pace)/s  \(counts)"
        }
        printLine("\(Int(seconds)) s\n  " + rows.joined(separator: "\n  "))
    }

    private func summarise(_ healths: [CameraHealth], seconds: Double) {
        let readings = state.withLock { $0.readings }
        let cameras = zip(healths, readings).map { health, reading in
            Summary.Camera(
                health: health,
                read: reading.read,
                decoded: reading.decoded,
                undecodable: reading.undecodable,
                saved: reading.saved,
                fault: reading.lastFault
            )
        }
        switch output {
        case .json: printJSON(Summary(seconds: seconds, cameras: cameras))
        case .table:
            printTable(healths, seconds: seconds)
            for camera in cameras where camera.undecodable > 0 {
                printLine("\(camera.health.id): \(camera.undecodable) not decodable: \(camera.fault ?? "")")
            }
        }
    }

    private func printJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(value) else { return }
        printLine(String(decoding: data, as: UTF8.self))
    }

    /// One write each, so that lines of several workers do not mix.
    private func printLine(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
}
