// `patrold sync`: keeps a vehicle's database in step with the back office, without cameras or console.
internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ParkingCore
internal import PatrolStore
internal import SyncClient

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Send what was recorded to the back office and take its list changes.",
        discussion: """
            Runs until SIGTERM or SIGINT; with --once it ends after one whole round. It may be cut at any moment and
            started again: everything reaches the server exactly once. Stop other users of the database first.
            """
    )

    @Option(help: "The vehicle's database.")
    var database: String

    @Option(help: "The vehicle's name, as the back office knows it.")
    var vehicle: String

    @Option(help: "Folder of the evidence photos.")
    var photos: String

    @Option(help: "Address of the back office.")
    var server = "http://127.0.0.1:8311"

    @Flag(help: "End after one whole round, with exit code 75 if it did not go through.")
    var once = false

    func run() async throws {
        var logger = Logger(label: "sync") { StreamLogHandler.standardError(label: $0) }
        // A single round says what went wrong at its end.
        if once { logger.logLevel = .error }
        do {
            let store = try PatrolStore(path: database, vehicle: try VehicleID(vehicle))
            let client = try SyncClient(
                store: store,
                settings: SyncSettings(server: server, photos: photos),
                logger: logger
            )
            if once {
                try await runOnce(client)
            } else {
                try await client.runUntilSignal()
            }
            try store.close()
        } catch let error as SyncError {
            Self.say(error.message)
            throw ExitCode(error.code == .address ? 64 : 75)
        } catch let error as PatrolStoreError {
            Self.say("\(error)")
            throw ExitCode(74)
        } catch let error as ShortNameError {
            Self.say("\(error)")
            throw ExitCode(64)
        }
    }

    private func runOnce(_ client: SyncClient) async throws {
        do {
            let report = try await client.syncOnce()
            await client.close()
            print(
                "facts acknowledged: \(report.factsAcknowledged), photos sent: \(report.photosSent), "
                    + "list changes applied: \(report.changesApplied), numbers leased: \(report.numbersLeased)"
            )
        } catch {
            await client.close()
            throw error
        }
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("patrold sync: \(text)\n".utf8))
    }
}
