// `patrold exercise-live`, hidden: recorded pictures as live cameras' JPEG frames into the whole pipeline, measured.
//
// All but the kernel's drivers is the live patrol's own way: frame, mailbox, decoding, recognition, following, desk,
// evidence on disk, database, events. What is not in it: V4L2 system calls, USB, and a camera's own JPEG encoder.
internal import ArgumentParser
internal import CameraCapture
internal import CityFiles
internal import Evidence
internal import Foundation
internal import Imaging
internal import Logging
internal import MediaFiles
internal import ParkingCore
internal import PatrolAPI
internal import PatrolEngine
internal import PatrolStore
internal import PlateRecognition
internal import Positioning
internal import ServiceLifecycle
internal import SyncProtocol
internal import Synchronization
internal import TicketPrinting

struct ExerciseLiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise-live",
        abstract: "Measure the live pipeline with recorded pictures, paced as cameras would.",
        discussion: "The last line is JSON.",
        shouldDisplay: false
    )

    @Argument(help: "A recording's folder; its videos become the cameras' pictures, again and again.")
    var recording: String
    @Option var city: String
    /// Made anew; removed by whoever gave it.
    @Option var data: String
    @Option var minutes = 10.0
    @Option var cameras = 4
    @Option var rate = 15.0
    /// Seconds of each video that are kept in memory, as JPEG.
    @Option var seconds = 30.0
    /// Seconds from a car's last useful frame until its pass is told.
    @Option var tell = PlateTracker.Settings().tellSeconds

    func validate() throws {
        guard (1...4).contains(cameras), (1...60).contains(rate), (0.05...1440).contains(minutes),
            (1...120).contains(seconds)
        else {
            throw ValidationError("1 to 4 cameras, 1 to 60 frames a second, 0.05 to 1440 minutes, 1 to 120 seconds")
        }
    }

    func run() async throws {
        let recording = try Recording(folder: URL(filePath: recording))
        let clips = try recording.cameras.map { try Clip($0, pictures: Int(seconds * rate)) }
        let clock = RecordedHour(start: recording.start)
        print(
            "\(clips.map(\.frames.count)) pictures of \(clips.map { "\($0.layout.width)x\($0.layout.height)" }) as JPEG"
        )
        let patrol = try await ExercisePatrol(recording: recording, city: city, data: data, clock: clock)
        let drivers = (0..<cameras).map { number in
            PacedDriver(
                clips[number % clips.count],
                name: "camera \(number + 1)",
                // Cameras that show the same clip are half of it apart, and none exposes with another.
                from: number / clips.count * clips[number % clips.count].frames.count / 2,
                phase: Double(number) / Double(cameras) / rate,
                rate: rate,
                clock: clock
            )
        }
        let feeds = try drivers.enumerated().map { number, driver in
            MailboxFeed(
                try CameraID("camera-\(number + 1)"),
                angleDegrees: recording.cameras[number % clips.count].angleDegrees,
                driver: driver
            )
        }
        let figures = try await patrol.run(feeds, drivers: drivers, minutes: minutes, tellSeconds: tell)
        print(figures.table)
        print(String(decoding: try WireCoding.encoder().encode(figures), as: UTF8.self))
    }
}

/// The hour in which the recording was made, whenever it is run: the city's rules hold then.
private struct RecordedHour: PatrolClock {
    let start: Date
    private let begin = monotonicSeconds()

    init(start: Date) { self.start = start }

    func now() -> Date { start.addingTimeInterval(monotonicSeconds() - begin) }
}

/// A video's pictures as JPEG files in memory.
private struct Clip: Sendable {
    let frames: [[UInt8]]
    let layout: FrameLayout

    init(_ camera: Recording.Camera, pictures: Int) throws {
        guard case .video(let file) = camera.pictures else {
            throw EngineError(.recording, "camera \(camera.camera): a video is needed here")
        }
        let source = try MediaSource(path: file.path)
        var frames: [[UInt8]] = []
        var size = (0, 0)
        while frames.count < pictures, let picture = try source.next() {
            size = (picture.grey.width, picture.grey.height)
            frames.append(try JPEG.encode(try picture.colour(), quality: 85))
        }
        self.frames = frames
        layout = try FrameLayout(format: .mjpeg, width: size.0, height: size.1)
    }
}

/// Offers a clip's pictures at a camera's pace, again and again.
private final class PacedDriver: FrameDriver {
    /// As many as a V4L2 camera has here: later than that, a driver would have lost the picture.
    private static let buffers = 8.0

    private let clip: Clip
    private let name: String
    private let first: Int
    private let phase: Double
    private let rate: Double
    private let clock: RecordedHour
    private let state = Mutex((offered: 0, lost: 0, latest: 0.0, stopped: false))

    init(_ clip: Clip, name: String, from first: Int, phase: Double, rate: Double, clock: RecordedHour) {
        self.clip = clip
        self.name = name
        self.first = first
        self.phase = phase
        self.rate = rate
        self.clock = clock
    }

    var offered: Int { state.withLock { $0.offered } }
    var lost: Int { state.withLock { $0.lost } }
    /// Longest time by which a picture was offered after it was due, seconds.
    var latestSeconds: Double { state.withLock { $0.latest } }

    func stop() { state.withLock { $0.stopped = true } }

    func start(_ mailbox: FrameMailbox, _ events: FeedEvents) {
        let thread = Thread { [self] in
            Thread.current.name = name
            run(mailbox, events)
        }
        thread.start()
    }

    private func run(_ mailbox: FrameMailbox, _ events: FeedEvents) {
        let begin = monotonicSeconds() + phase
        var number = 0
        while !state.withLock({ $0.stopped }) {
            let due = begin + Double(number) / rate
            let left = due - monotonicSeconds()
            if left > 0 { Thread.sleep(forTimeInterval: left) }
            let late = monotonicSeconds() - due
            number += 1
            state.withLock { $0.latest = max($0.latest, late) }
            if late > Self.buffers / rate {
                state.withLock { $0.lost += 1 }
                continue
            }
            mailbox.offer(frame(number, due: due, late: late))
            state.withLock { $0.offered += 1 }
            if number % Int(rate.rounded(.up)) == 1 { tell(events) }
        }
    }

    private func frame(_ number: Int, due: Double, late: Double) -> CapturedFrame {
        CapturedFrame(
            camera: CameraID(unchecked: name.replacing(" ", with: "-")),
            sequence: UInt32(truncatingIfNeeded: number),
            layout: clip.layout,
            monotonicNanoseconds: UInt64(max(0, due) * 1e9),
            wallTime: clock.now().addingTimeInterval(-max(0, late)),
            planes: [clip.frames[(first + number) % clip.frames.count]]
        )
    }

    private func tell(_ events: FeedEvents) {
        events.alive()
        events.changed(
            DeviceReport(
                name,
                .camera,
                .good,
                word: "streaming",
                detail: "\(clip.layout.width)x\(clip.layout.height) from memory"
            )
        )
    }
}

/// A patrol with real parts in a folder of its own.
private struct ExercisePatrol {
    let desk: PatrolDesk
    let store: PatrolStore
    private let logger: Logger
    private let clock: RecordedHour

    init(recording: Recording, city: String, data: String, clock: RecordedHour) async throws {
        self.clock = clock
        var log = Logger(label: "exercise-live") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        logger = log
        let folder = try DataFolder(path: data)
        let city = try CityFile.read(path: city)
        store = try PatrolStore(
            path: folder.database,
            vehicle: recording.vehicle,
            sealer: try EvidenceSetup.sealer(
                data: folder.path,
                keys: nil,
                city: city,
                vehicle: recording.vehicle,
                officer: recording.officer,
                models: "exercise",
                cameraAngles: Dictionary(recording.cameras.map { ($0.camera, $0.angleDegrees) }) { $1 },
                clock: .recording(),
                logger: log
            )
        )
        var policy = JudgementPolicy.standard
        // A clip shows the same cars in each round: each is to be raised again.
        policy.repeatSeconds = 20
        let hub = EventHub()
        desk = PatrolDesk(
            settings: .init(
                city: city,
                vehicle: recording.vehicle,
                officer: recording.officer,
                policy: policy,
                acceptAll: false,
                source: "exercise",
                cameraAngles: recording.cameras.map(\.angleDegrees)
            ),
            store: store,
            evidence: try EvidenceFolder(folder.photos),
            printer: PrintQueue(
                settings: .init(city: city, output: .folder(try PDFFolder(folder.tickets))),
                store: store,
                hub: hub,
                clock: clock,
                logger: log
            ),
            hub: hub,
            clock: clock,
            logger: log
        )
    }

    func run(_ feeds: [any CameraFeed], drivers: [PacedDriver], minutes: Double, tellSeconds: Double)
        async throws -> LiveFigures
    {
        await desk.follow(Standing(point: try GeoPoint(latitude: 43.7012017, longitude: -81.0522933)))
        let kept = Kept()
        let heartbeats = Heartbeats(limitSeconds: 15)
        let health = Health(logger: logger)
        var tracking = PlateTracker.Settings()
        tracking.tellSeconds = tellSeconds
        let live = LivePatrol(
            feeds: feeds,
            recogniser: try PlateRecogniser(callers: feeds.count),
            settings: tracking,
            desk: desk,
            health: health,
            heartbeats: heartbeats,
            logger: logger,
            kept: { kept.add($0) }
        )
        let service = HealthService(health: health, desk: desk, heartbeats: heartbeats, probes: [{ live.report() }])
        let group = ServiceGroup(services: [service, live], logger: logger)
        let running = Task { try await group.run() }
        // The networks are compiled for the pictures' shape in the first seconds: memory counts from then on.
        try await Task.sleep(for: .seconds(min(20, minutes * 15)))
        var memory = [residentMebibytes()]
        let (began, before) = (monotonicSeconds(), processorSeconds())
        let (offered, taken, lost) = (drivers.offered, live.report().figures["framesTaken"] ?? 0, drivers.lost)
        let (dropped, undecodable) = (feeds.reduce(0) { $0 + $1.dropped }, feeds.reduce(0) { $0 + $1.undecodable })
        while monotonicSeconds() - began < minutes * 60 {
            try await freshLists()
            try await Task.sleep(for: .seconds(min(10, max(0.1, minutes * 60 - (monotonicSeconds() - began)))))
            memory.append(residentMebibytes())
        }
        let (seconds, processor) = (monotonicSeconds() - began, processorSeconds() - before)
        let report = live.report()
        let figures = LiveFigures(
            minutes: seconds / 60,
            cameras: feeds.count,
            framesOffered: drivers.offered - offered,
            framesTaken: Int((report.figures["framesTaken"] ?? 0) - taken),
            framesLostByCapture: drivers.lost - lost,
            framesPassedOver: feeds.reduce(0) { $0 + $1.dropped } - dropped - (drivers.lost - lost),
            framesUndecodable: feeds.reduce(0) { $0 + $1.undecodable } - undecodable,
            captureLatestMilliseconds: (drivers.map(\.latestSeconds).max() ?? 0) * 1000,
            processorShare: processor / seconds / Double(ProcessInfo.processInfo.activeProcessorCount),
            processors: ProcessInfo.processInfo.activeProcessorCount,
            memory: memory,
            records: kept.all.filter { $0.toldFrameSeconds >= began }
        )
        await group.triggerGracefulShutdown()
        try await running.value
        try store.close()
        return figures
    }

    /// Lists that are complete at this moment, so that cars are accused rather than looked at twice.
    private func freshLists() async throws {
        let cursor = try await store.changesCursor()
        _ = try await store.apply(ChangesAnswer(changes: [], upTo: cursor, more: false, asOf: clock.now()))
    }
}

/// A vehicle that stands in the middle of the demonstration's pay zone.
private struct Standing: PositionSource {
    let point: GeoPoint

    func fix(at time: Date) -> Fix? {
        Fix(point: point, time: time, errorMetres: 1, speedMetresPerSecond: 0, headingDegrees: 62)
    }
}

extension [PacedDriver] {
    fileprivate var offered: Int { reduce(0) { $0 + $1.offered } }
    fileprivate var lost: Int { reduce(0) { $0 + $1.lost } }
}

private final class Kept: Sendable {
    private let records = Mutex<[PassRecord]>([])
    func add(_ record: PassRecord) { records.withLock { $0.append(record) } }
    var all: [PassRecord] { records.withLock { $0 } }
}

private func residentMebibytes() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return (pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576 * 10).rounded() / 10
}

private func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
