// `patrold config`: the configuration file's documentation, and what is wrong with one.
internal import ArgumentParser
internal import Foundation
internal import VehicleConfiguration

/// Where the configuration stands, and what goes above it.
struct ConfigurationOptions: ParsableArguments {
    static let usualPath = "/etc/patrold/patrold.toml"

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A key above file and environment, such as patrol.data=/srv/patrol.", valueName: "key=value")
    )
    var flags: [String] = []

    /// - Throws: `ExitCode` 78 (EX_CONFIG) once all that is wrong stands on stderr.
    func load(_ path: String, command: String) throws -> VehicleConfiguration {
        func refuse(_ words: String) -> ExitCode {
            FileHandle.standardError.write(Data("\(words)\n".utf8))
            return ExitCode(78)
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw refuse(
                "\(command): \(path) cannot be read (\(error.localizedDescription)); "
                    + "'patrold config --print-defaults' prints one to begin with"
            )
        }
        guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
            throw refuse("\(command): \(path) is no UTF-8 text of at most 1 MiB")
        }
        do {
            return try VehicleConfiguration(
                text: text,
                path: path,
                environment: ProcessInfo.processInfo.environment,
                flags: flags
            )
        } catch {
            let count = error.problems.count
            throw refuse(
                error.problems.joined(separator: "\n")
                    + "\n\(command): the configuration is refused: \(count) \(count == 1 ? "fault" : "faults")"
            )
        }
    }
}

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Document the configuration file, or check one.",
        discussion: """
            EXAMPLES
              patrold config --print-defaults > patrold.toml     every key with meaning, unit, limits and default
              patrold config --check patrold.toml                what is wrong, with file, line and key; else every
                                                                 value and where it comes from

            EXIT CODES
              0   good        78  refused
            """
    )

    @Flag(help: "Print a file with every key, its meaning, unit, limits and default.")
    var printDefaults = false

    @Option(help: ArgumentHelp("Check this file as 'run' would.", valueName: "file"), completion: .file())
    var check: String?

    @Flag(help: "With --check: say nothing if all is good.")
    var quiet = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if printDefaults == (check != nil) { throw ValidationError("give either --print-defaults or --check FILE") }
    }

    func run() throws {
        guard let check else { return print(VehicleConfiguration.defaultsFile, terminator: "") }
        let configuration = try options.load(check, command: "patrold config")
        if !quiet { print(configuration.listing.joined(separator: "\n")) }
    }
}
