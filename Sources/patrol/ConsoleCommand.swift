// `patrol console`: the officer's screen.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolConsole

/// Where the daemon of this vehicle listens; every command that talks to it takes the same option.
struct DaemonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Unix socket of the daemon; default: PATROL_SOCKET, else /run/patrold/patrold.sock.",
            valueName: "path"
        )
    )
    var socket: String?

    var path: String {
        socket ?? ProcessInfo.processInfo.environment["PATROL_SOCKET"] ?? "/run/patrold/patrold.sock"
    }
}

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Show live reads and alerts; accept or reject them.",
        discussion: "Needs a terminal of 80 x 24 or more. Press ? for the keys. The daemon goes on without the console."
    )

    @OptionGroup var daemon: DaemonOptions

    @Option(
        help: ArgumentHelp("Language of the screen, en or fr; l changes it. Default: after LANG.", valueName: "en|fr")
    )
    var language: String?

    @Flag(help: "Draw with ASCII only, for terminals without UTF-8.")
    var ascii = false

    func validate() throws {
        if let language, Language(rawValue: language) == nil {
            throw ValidationError("language '\(language)' is not known; give en or fr.")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
        let chosen = language.flatMap(Language.init(rawValue:)) ?? (locale.hasPrefix("fr") ? .fr : .en)
        let console = try Console(socketPath: daemon.path, language: chosen, timeZone: .current, asciiOnly: ascii)
        try await console.run()
    }
}
