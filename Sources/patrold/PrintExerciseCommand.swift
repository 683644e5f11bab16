// `patrold exercise-print`, hidden: issues tickets and prints them, and dies at a chosen step, so that tests can look at
// what lies on paper afterwards.
internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ParkingCore
internal import PatrolEngine
internal import PatrolStore
internal import SyncProtocol
internal import TicketPrinting

#if canImport(Glibc)
internal import Glibc
#endif

extension PrintStep: ExpressibleByArgument {}

struct PrintExerciseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise-print",
        abstract: "Issue sample tickets and print them; for tests of power cuts.",
        discussion: """
            Started again, it goes on where it was cut. Ends when each ticket is printed, cancelled or asked about, and \
            prints a line a print: number, attempt, copy, state, what was said.
            """,
        shouldDisplay: false
    )

    @Option var database: String
    @OptionGroup var paper: PaperOptions
    /// Tickets in all.
    @Option var tickets = 1
    /// This process kills itself here.
    @Option var dieAt: PrintStep?
    /// The process with this number is killed at the step `killAt`, and this one goes on.
    @Option var kill: Int32?
    @Option var killAt: PrintStep?
    /// What is answered when a ticket is asked about: yes, no, or nothing.
    @Option var answer: String?
    /// After so many seconds it ends as things stand.
    @Option var seconds = 60

    func run() async throws {
        let store = try PatrolStore(path: database, vehicle: try VehicleID("exercise"))
        try await issueTickets(store)
        let (dieAt, kill, killAt) = (dieAt, kill, killAt)
        let queue = PrintQueue(
            settings: .init(city: PrinterTools.specimenCity, output: try paper.output(orFolder: database + ".tickets")),
            ledger: store,
            now: { Date() },
            reached: { step in
                if step == killAt, let kill { _ = Glibc.kill(kill, SIGKILL) }
                if step == dieAt { raise(SIGKILL) }
            },
            logger: Logger(label: "exercise-print") { StreamLogHandler.standardError(label: $0) }
        )
        let working = Task { await queue.run() }
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            let open = try await store.openPrints()
            if open.allSatisfy({ $0.state == .unclear }) {
                guard let answer, let print = open.first else { break }
                _ = try await queue.answer(print.ticket, cameOut: answer == "yes")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        working.cancel()
        await working.value
        for stored in try await store.tickets(limit: tickets).reversed() {
            for print in try await store.prints(of: stored.ticket.id) {
                let detail = [print.hold?.rawValue ?? "", print.detail].filter { !$0.isEmpty }.joined(separator: ": ")
                Swift.print("\(print.number)\t\(print.attempt)\t\(print.copy)\t\(print.state.rawValue)\t\(detail)")
            }
        }
        try store.close()
    }

    private func issueTickets(_ store: PatrolStore) async throws {
        try await store.addNumberBlock(NumberBlock(first: 1, last: 500))
        let there = try await store.counts().tickets
        for _ in 0..<max(0, tickets - there) {
            let specimen = try PrinterTools.specimen(at: Date())
            let read = try sampleRead(specimen.read, specimen.issuedAt)
            try await store.record(read: read, at: specimen.issuedAt)
            let decision = DecisionFact(read: specimen.read, verdict: .accepted, reason: nil, officer: specimen.officer)
            _ = try await store.issueTicket(for: specimen.read, deciding: decision, at: specimen.issuedAt) { number in
                Ticket(
                    id: specimen.id,
                    number: number,
                    read: specimen.read,
                    issuedAt: specimen.issuedAt,
                    plate: specimen.plate,
                    region: specimen.region,
                    vehicle: try VehicleID("exercise"),
                    officer: specimen.officer,
                    zone: specimen.zone,
                    place: specimen.place,
                    point: specimen.point,
                    infraction: specimen.infraction,
                    photos: [],
                    colour: specimen.colour
                )
            }
        }
    }

    private func sampleRead(_ id: UUIDv7, _ time: Date) throws -> ReadFact {
        ReadFact(
            read: PlateRead(
                id: id,
                camera: try CameraID("right"),
                time: time,
                frames: 5,
                reading: PlateReading(
                    plate: try Plate("SPECIMEN"),
                    confidence: 1,
                    characters: [],
                    alternates: [],
                    box: PixelBox(x: 0, y: 0, width: 10, height: 5),
                    corners: []
                )
            ),
            fix: nil,
            zone: try ZoneID("specimen"),
            judgement: .alert([.noSession(zone: try ZoneID("specimen"), infraction: "P-0", lastSessionEnded: nil)]),
            feeds: [],
            photos: []
        )
    }
}
