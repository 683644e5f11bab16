// `patrold replay`: a recorded patrol through the very pipeline of a live one.
import Addressing
import ArgumentParser
import Evidence
import Foundation
import Logging
import ParkingCore
import PatrolEngine
import PatrolStore
import PlateRecognition
import Positioning
import ServiceLifecycle
import SyncClient
import SyncProtocol
import TicketPrinting
import UnixSignals

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay a recorded patrol: frames to reads, reads to answers, answers to tickets.",
        discussion: """
            A recording is a folder with a manifest.json that names one to four cameras (a video each, or a folder of \
            pictures with a CSV of their times), an NMEA log, the vehicle, the officer and the start. Everything is \
            judged at the recording's own time. The data folder gets the database (patrol.sqlite), the evidence (photos, \
            and evidence: the signed chain, and a key where there is none) and the tickets as PDF (tickets); replaying into the same folder adds to it.

            EXAMPLES
              patrold replay Fixtures/demo/recording --city Fixtures/demo/city.yaml --data out/patrol \\
                  --numbers 1-500 --accept-all
              patrold replay REC --city CITY --data DIR --server http://127.0.0.1:8311 --pace --hold \\
                  --socket out/patrol.sock      (then, in another terminal: patrol console --socket out/patrol.sock)
            """
    )

    @Argument(help: "The recording's folder.", completion: .directory)
    var recording: String

    @Option(help: "The city's file: zones, rules, infractions (city.yaml).", completion: .file())
    var city: String

    @Option(help: "Folder for the database, photos and tickets; made where it is missing.", completion: .directory)
    var data: String

    @Option(help: "The back office, such as http://127.0.0.1:8311: lists come from it, facts go to it.")
    var server: String?

    @Option(help: "Ticket serials to use where no server leases any, such as 1-500.")
    var numbers: String?

    @Option(help: "The municipality's address book, made by 'patrold places import'.", completion: .file())
    var places: String?

    @Option(help: "Answer the console here (Unix socket).")
    var socket: String?

    @Option(help: "Badges and PINs of those who may sign in, made by 'patrold officers add'.", completion: .file())
    var officers: String?

    @OptionGroup var paper: PaperOptions

    @Option(help: "Folder with other networks than the built-in ones.", completion: .directory)
    var models: String?

    @Option(help: "Compare the outcome with this JSON; exit code 1 when it differs.", completion: .file())
    var expected: String?

    @Flag(help: "Accept every alert without a person: for demonstrations and tests.")
    var acceptAll = false

    @Flag(help: "Replay at the pace it was driven; frames that come too late are dropped and counted.")
    var pace = false

    @Flag(help: "After the end go on answering the console until stopped (Ctrl-C).")
    var hold = false

    @Option(help: "From which weight on messages go to stderr: trace, debug, info, notice, warning, error.")
    var logLevel = LogWeight.warning

    @Flag(help: "Print the summary as one line of JSON instead of a table.")
    var json = false

    func validate() throws {
        if hold && socket == nil {
            throw ValidationError("--hold keeps the console's socket open: give --socket PATH too")
        }
        if acceptAll && officers != nil {
            throw ValidationError("--accept-all decides without a person, --officers asks for one: leave one out")
        }
        if acceptAll && server == nil && numbers == nil {
            throw ValidationError(
                "accepted alerts become tickets, and tickets need numbers: give --server URL, or --numbers FIRST-LAST"
            )
        }
        _ = try numberBlock()
    }

    func run() async throws {
        do {
            try await replay()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            FileHandle.standardError.write(Data("patrold: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }

    private func numberBlock() throws -> ClosedRange<Int>? {
        guard let numbers else { return nil }
        let parts = numbers.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last,
            TicketNumber.serials.contains(first), TicketNumber.serials.contains(last)
        else { throw ValidationError("--numbers takes FIRST-LAST within 1-9999999, such as 1-500") }
        return first...last
    }

    private func replay() async throws {
        var log = Logger(label: "patrold") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = logLevel.level
        let logger = log
        let recording = try Recording(folder: URL(filePath: recording))
        let expected = try expected.map { try ExpectedOutcome(file: URL(filePath: $0)) }
        let settings = PatrolDesk.Settings(
            city: try City.read(path: city),
            vehicle: recording.vehicle,
            officer: recording.officer,
            policy: .standard,
            acceptAll: acceptAll,
            source: recording.name,
            cameraAngles: recording.cameras.map(\.angleDegrees)
        )
        let track = try recording.track.map { try NMEALog(file: $0).track }
        let recogniser = try PlateRecogniser(models: models, callers: recording.cameras.count)
        let folder = try DataFolder(path: data)
        let store = try PatrolStore(
            path: folder.database,
            vehicle: recording.vehicle,
            sealer: try EvidenceSetup.sealer(
                data: folder.path,
                keys: nil,
                city: settings.city,
                vehicle: recording.vehicle,
                officer: recording.officer,
                models: recogniser.modelNames,
                cameraAngles: Dictionary(recording.cameras.map { ($0.camera, $0.angleDegrees) }) { $1 },
                clock: .recording(),
                logger: logger
            )
        )
        if let block = try numberBlock() {
            try await store.addNumberBlock(NumberBlock(first: block.lowerBound, last: block.upperBound))
        }
        let sync = try server.map { server in
            try SyncClient(
                store: store,
                settings: SyncSettings(server: server, photos: folder.photos),
                logger: logger
            )
        }
        if let sync { try await firstSync(sync) }
        let clock = ReplayClock(start: recording.start)
        let hub = EventHub()
        let prints = PrintQueue(
            settings: .init(city: settings.city, output: try paper.output(orFolder: folder.tickets)),
            store: store,
            hub: hub,
            clock: clock,
            logger: logger
        )
        let desk = PatrolDesk(
            settings: settings,
            store: store,
            evidence: try EvidenceFolder(folder.photos),
            printer: prints,
            hub: hub,
            clock: clock,
            logger: logger,
            addresses: try places.map { try AddressBook(path: $0) },
            refreshLists: sync?.asksForLists,
            factRecorded: { sync?.wake() }
        )
        await desk.follow(track)
        if let officers {
            await desk.admit(try Officers(path: officers), pages: ShiftPages(folder: folder.shifts))
        }
        let replay = ReplayService(
            recording,
            recogniser: recogniser,
            desk: desk,
            clock: clock,
            atRealPace: pace,
            hold: hold,
            logger: logger
        )
        let began = ContinuousClock.now
        var services: [any Service] = [prints]
        if let socket {
            services.append(try PatrolServer(desk: desk, hub: hub, socketPath: socket, logger: logger))
        }
        if let sync { services.append(SyncWatch(sync: sync, desk: desk)) }
        let before = try await store.lastSequence()
        try await runServices(services, until: replay, hub: hub, logger: logger)
        let summary = try await desk.summary(
            after: before,
            seconds: began.duration(to: .now) / .seconds(1),
            mediaSeconds: clock.now().timeIntervalSince(recording.start),
            expected: expected
        )
        print(json ? String(decoding: try WireCoding.encoder().encode(summary), as: UTF8.self) : summary.text)
        if summary.differences?.isEmpty == false { throw ExitCode(1) }
    }

    private func firstSync(_ sync: SyncClient) async throws {
        do {
            try await sync.syncOnce()
        } catch {
            FileHandle.standardError.write(
                Data("patrold: \(error); going on without it: lists and numbers are those of the last sync\n".utf8)
            )
        }
    }

    /// Runs the services until `replay` ends, then lets the others drain.
    private func runServices(
        _ services: [any Service],
        until replay: ReplayService,
        hub: EventHub,
        logger: Logger
    ) async throws {
        var configurations = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        configurations.append(
            .init(
                service: replay,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .cancelGroup
            )
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: configurations,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}

/// A `Logger.Level` as an option.
enum LogWeight: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}
