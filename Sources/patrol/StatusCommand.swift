// `patrol status`: the daemon's state in one table, for technicians and scripts.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolAPI
internal import PatrolConsole

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print what the daemon does and how its devices and lists are."
    )

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Print the JSON of the daemon's answer.")
    var json = false

    func run() async throws {
        let client = try PatrolClient(socketPath: daemon.path)
        let status: PatrolStatus
        do {
            status = try await client.status()
        } catch {
            await client.close()
            throw error
        }
        await client.close()
        print(json ? String(decoding: try WireCoding.encoder().encode(status), as: UTF8.self) : statusTable(status))
    }
}
