// `patrold exercise-evidence`, hidden: a patrol made of samples that signs what it keeps and dies at a chosen step, so
// that tests can look at whether chain and database still agree.
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import Logging
internal import ParkingCore
internal import PatrolEngine
internal import PatrolStore
internal import SyncProtocol
internal import Synchronization
internal import TicketPrinting

#if canImport(Glibc)
internal import Glibc
#endif

extension ChainStep: ExpressibleByArgument {}

struct EvidenceExerciseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise-evidence",
        abstract: "Record sample passes with signed evidence; for tests of power cuts.",
        discussion: "Started again, it goes on where it was cut. Ends once each pass has its ticket.",
        shouldDisplay: false
    )

    @Option var data: String
    /// Passes in all; each is a read with two photos, a decision and a ticket.
    @Option var passes: Int
    /// This process kills itself here,
    @Option var dieAt: ChainStep?
    /// while it makes its nth bundle, or the nth pair of a decision and its ticket.
    @Option var dieAtBundle = 1
    /// It kills itself once the nth of them is committed.
    @Option var dieCommitted: Int?

    func run() async throws {
        let vehicle = try VehicleID("exercise")
        let folder = try DataFolder(path: data)
        let (dieAt, dieAtBundle, begun) = (dieAt, dieAtBundle, Counter())
        let sealer = try EvidenceSetup.sealer(
            data: data,
            keys: nil,
            city: PrinterTools.specimenCity,
            vehicle: vehicle,
            officer: try OfficerID("0000"),
            models: "none",
            cameraAngles: [:],
            clock: .recording(),
            logger: Logger(label: "exercise-evidence") { StreamLogHandler.standardError(label: $0) },
            reached: { step in
                if step == .begun { begun.add() }
                if step == dieAt, begun.count == dieAtBundle { raise(SIGKILL) }
            }
        )
        let store = try PatrolStore(path: folder.database, vehicle: vehicle, sealer: sealer)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 5000))
        let patrol = SamplePatrol(store: store, folder: try EvidenceFolder(folder.photos), vehicle: vehicle)
        var steps = 0
        while try await patrol.step(of: passes) {
            steps += 1
            if steps == dieCommitted { raise(SIGKILL) }
        }
        try store.close()
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        var count: Int { value.load(ordering: .relaxed) }
        func add() { value.add(1, ordering: .relaxed) }
    }
}
