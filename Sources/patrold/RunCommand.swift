// `patrold run`: the patrol with live devices, until it is told to stop.
internal import Addressing
internal import ArgumentParser
internal import CameraCapture
internal import Evidence
internal import Foundation
internal import Logging
internal import ParkingCore
internal import PatrolAPI
internal import PatrolEngine
internal import PatrolStore
internal import PlateRecognition
internal import Positioning
internal import ServiceLifecycle
internal import SyncClient
internal import SyncProtocol
internal import TicketPrinting
internal import UnixSignals
internal import VehicleConfiguration

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Patrol with live cameras: frames to reads, reads to answers, answers to tickets.",
        discussion: """
            Cameras, gpsd, printer and server may be absent, or come and go, at any time: 'patrol status' shows each of \
            them, and nothing stops. Ends at SIGTERM or SIGINT, once what was read is kept. Under systemd it says when \
            it is ready, how it is, and that it lives (Type=notify, WatchdogSec).

            EXAMPLES
              patrold config --print-defaults > patrold.toml    (then write your vehicle and cameras into it)
              patrold run --config patrold.toml
              patrold run --config patrold.toml --set patrol.data=out/live --set position.enabled=false

            EXIT CODES
              0   stopped     1   a part that is always needed failed (data folder, socket, networks)
              78  the configuration is refused: file, line and key stand on stderr
            """
    )

    @Option(help: "The configuration file.", completion: .file())
    var config = ConfigurationOptions.usualPath

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load(config, command: "patrold")
        var log = Logger(label: "patrold") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .notice
        do {
            try await LiveWiring(configuration: configuration, logger: log).run()
        } catch {
            FileHandle.standardError.write(Data("patrold: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}

/// Puts the parts of a live patrol together and runs them.
private struct LiveWiring {
    let configuration: VehicleConfiguration
    let logger: Logger

    func run() async throws {
        let manager = ServiceManager()
        let folder = try DataFolder(path: configuration.data)
        let city = try City.read(path: configuration.city)
        let clock = ClockWatch()
        let recogniser = try PlateRecogniser(models: configuration.models, callers: configuration.cameras.count)
        let store = try PatrolStore(
            path: folder.database,
            vehicle: configuration.vehicle,
            sealer: try sealer(city: city, models: recogniser.modelNames, clock: clock)
        )
        if store.retiredNumbers > 0 {
            logger.warning(
                "ticket numbers were given up: database or ledger is an older copy, and nobody can tell which are used",
                metadata: ["numbers": "\(store.retiredNumbers)"]
            )
        }
        if let block = configuration.numbers {
            try await store.addNumberBlock(NumberBlock(first: block.lowerBound, last: block.upperBound))
        }
        let sync = try configuration.server.map { server in
            try SyncClient(
                store: store,
                settings: SyncSettings(server: server, photos: folder.photos),
                logger: logger
            )
        }
        let hub = EventHub()
        let position = LivePosition(clock: clock)
        let prints = PrintQueue(
            settings: .init(
                city: city,
                output: try paper(orFolder: folder.tickets),
                first: configuration.isFrenchFirst ? .french : .english
            ),
            store: store,
            hub: hub,
            clock: SystemClock(),
            logger: logger
        )
        let evidence = try EvidenceFolder(folder.photos)
        let desk = PatrolDesk(
            settings: .init(
                city: city,
                vehicle: configuration.vehicle,
                officer: configuration.officer,
                policy: .standard,
                acceptAll: false,
                source: "live",
                dueSoonMinutes: configuration.dueSoonMinutes,
                cameraAngles: configuration.cameras.map(\.angleDegrees)
            ),
            store: store,
            evidence: evidence,
            printer: prints,
            hub: hub,
            clock: SystemClock(),
            isClockTrusted: { clock.isTrusted },
            moment: { ChalkMoment.now() },
            logger: logger,
            addresses: try configuration.places.map { try AddressBook(path: $0) },
            refreshLists: sync?.asksForLists,
            factRecorded: { sync?.wake() }
        )
        await desk.follow(position)
        if let officers = configuration.officers {
            await desk.admit(try Officers(path: officers), pages: ShiftPages(folder: folder.shifts))
        }
        let heartbeats = Heartbeats(limitSeconds: configuration.hangSeconds)
        let health = Health(logger: logger)
        var tracking = PlateTracker.Settings()
        tracking.tellSeconds = configuration.tellAfterSeconds
        let live = LivePatrol(
            feeds: try feeds(),
            recogniser: recogniser,
            settings: tracking,
            desk: desk,
            health: health,
            heartbeats: heartbeats,
            logger: logger
        )
        let disk = DiskSpace(
            path: folder.path,
            lowBytes: configuration.diskLowBytes,
            fullBytes: configuration.diskFullBytes
        )
        var services: [any Service] = [
            try PatrolServer(
                desk: desk,
                hub: hub,
                socketPath: configuration.socket,
                socketMode: configuration.socketMode,
                isServing: { manager.ready() },
                logger: logger
            ),
            HealthService(
                health: health,
                desk: desk,
                heartbeats: heartbeats,
                probes: probes(live, position, clock, prints, sync, disk)
            ),
            WatchdogService(manager: manager, heartbeats: heartbeats, health: health, logger: logger),
        ]
        if let port = configuration.metricsPort {
            services.append(MetricsServer(desk: desk, port: port, logger: logger))
        }
        services.append(prints)
        if let sync { services.append(sync) }
        services.append(TrackRecorder(position: position, store: store, logger: logger))
        services.append(
            RetentionService(
                retention: Retention(
                    store: store,
                    photos: evidence,
                    chain: ChainFolder(EvidencePaths(data: configuration.data).chain),
                    periods: RetentionPeriods(
                        readsSeconds: configuration.retentionReadsSeconds,
                        unsentSeconds: configuration.retentionUnsentSeconds
                    )
                ),
                clock: SystemClock(),
                isClockTrusted: { clock.isTrusted },
                recorded: { sync?.wake() },
                logger: logger
            )
        )
        services.append(live)
        let receiver = try receiver(position, clock, health)
        receiver?.start()
        try await ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
        if let receiver {
            receiver.stop()
            await receiver.ended()
        }
        try store.close()
    }

    private func sealer(city: City, models: String, clock: ClockWatch) throws -> EvidenceSealer {
        try EvidenceSetup.sealer(
            data: configuration.data,
            keys: configuration.keys,
            city: city,
            vehicle: configuration.vehicle,
            officer: configuration.officer,
            models: models,
            cameraAngles: Dictionary(configuration.cameras.map { ($0.id, $0.angleDegrees) }) { $1 },
            clock: .live(clock),
            logger: logger
        )
    }

    /// What is asked once a second.
    private func probes(
        _ live: LivePatrol,
        _ position: LivePosition,
        _ clock: ClockWatch,
        _ prints: PrintQueue,
        _ sync: SyncClient?,
        _ disk: DiskSpace
    ) -> [@Sendable () async -> DeviceReport?] {
        let asksReceiver = configuration.positionEnabled
        return [
            {
                guard asksReceiver else {
                    return DeviceReport("gps", .position, .absent, word: "off", detail: "position.enabled is false")
                }
                return DeviceReport(position.health())
            },
            {
                // With a receiver its worker looks at the clock.
                if !asksReceiver { clock.look() }
                return DeviceReport(clock.health())
            },
            { DeviceReport(await prints.health) },
            { await DeviceReport(link: sync) },
            { disk.report() },
            { live.report() },
        ]
    }

    private func paper(orFolder folder: String) throws -> PrintQueue.Output {
        guard let printer = configuration.printer else { return .folder(try PDFFolder(folder)) }
        return .printer(
            name: printer,
            width: PaperWidth(rawValue: configuration.paperWidth) ?? .fourInch,
            server: configuration.printServer
        )
    }

    /// nil: no receiver is wanted.
    private func receiver(_ position: LivePosition, _ clock: ClockWatch, _ health: Health) throws -> GPSDWorker? {
        guard configuration.positionEnabled else { return nil }
        let address = try GPSDWorker.Address(host: configuration.gpsdHost, port: configuration.gpsdPort)
        return GPSDWorker(address: address, position: position, clock: clock) { health.take(DeviceReport($0)) }
    }

    private func feeds() throws -> [any CameraFeed] {
        try configuration.cameras.map { camera in
            let settings = try CameraSettings(
                id: camera.id,
                device: camera.device,
                formats: camera.formats.compactMap(CameraPixelFormat.init(rawValue:)),
                width: camera.width,
                height: camera.height,
                framesPerSecond: Double(camera.framesPerSecond),
                exposure: camera.exposureMicroseconds.map { .manual($0 / 100) } ?? .automatic,
                gain: camera.gain.map { .manual($0) } ?? .automatic
            )
            return MailboxFeed(camera.id, angleDegrees: camera.angleDegrees, driver: CameraDriver(settings))
        }
    }
}
