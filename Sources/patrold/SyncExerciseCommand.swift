// `patrold exercise-sync`, hidden: a patrol made of samples that records and syncs at once, so that tests can kill it
// at any instant and look at what is left on both sides.
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import Logging
internal import ParkingCore
internal import PatrolStore
internal import SyncClient
internal import SyncProtocol

struct SyncExerciseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise-sync",
        abstract: "Record sample passes while syncing; for tests of the link.",
        discussion: "Started again, it goes on where it was cut. Ends once all is recorded and at the server.",
        shouldDisplay: false
    )

    @Option var database: String
    @Option var photos: String
    @Option var server: String
    @Option var vehicle = "exercise"
    /// Passes in all; each is a read with two photos, a decision and a ticket.
    @Option var passes: Int
    /// Milliseconds between two passes.
    @Option var pause = 5

    func run() async throws {
        let logger = Logger(label: "exercise-sync") { StreamLogHandler.standardError(label: $0) }
        let store = try PatrolStore(path: database, vehicle: try VehicleID(vehicle))
        let pace = SyncPace(interval: .milliseconds(50), longest: .milliseconds(400))
        let client = try SyncClient(
            store: store,
            settings: SyncSettings(server: server, photos: photos, fewestNumbers: 20, blockSize: 50, pace: pace),
            logger: logger
        )
        let syncing = Task { try await client.run() }
        let patrol = SamplePatrol(store: store, folder: try EvidenceFolder(photos), vehicle: try VehicleID(vehicle))
        while try await patrol.step(of: passes) {
            client.wake()
            try await Task.sleep(for: .milliseconds(pause))
        }
        while true {
            let unsent = try await store.unsentCount()
            let photosLeft = try await store.photosToSend(limit: 1)
            if unsent == 0 && photosLeft.isEmpty { break }
            client.wake()
            try await Task.sleep(for: .milliseconds(20))
        }
        syncing.cancel()
        _ = await syncing.result
        try store.close()
    }
}
