// The back office's command: its subcommands, its exit codes, and how an error is said.
internal import ArgumentParser
internal import BackOffice

@main
struct BackOfficeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backoffice",
        abstract: "The city's side of Curbside Patrol: takes in what vehicles record, gives out lists, shows tickets.",
        subcommands: [ServeCommand.self, ListsCommand.self, PurgeCommand.self]
    )
}

/// Prints the sentence of an error and ends with its exit code (sysexits(3)).
func fail(_ error: BackOfficeError) -> any Error {
    StandardError.print("backoffice: \(error.message)")
    return switch error.code {
    case .file, .request, .mediaType, .tooLarge, .version: ExitCode(65)
    case .notFound: ExitCode(66)
    case .address: ExitCode(64)
    case .inUse: ExitCode(75)
    case .full, .data, .conflict, .exhausted, .misdirected: ExitCode(74)
    }
}
