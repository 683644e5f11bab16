// The command that people type: one file a subcommand.
internal import ArgumentParser

@main
struct Patrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patrol",
        abstract: "Parking enforcement at the command line: read plates, see what the daemon sees.",
        discussion: """
            EXAMPLES
              patrol recognise photo.jpg                 reads the plates in a photo
              patrol recognise --annotate out photos/    and draws what it read
              patrol recognise --json drive.mp4          one car, one read; for programs
              patrol console                             live reads and alerts, to decide on
              patrol status --json                       what the daemon does and how it is
              patrol evidence verify /var/lib/patrold    whether what the vehicle signed still holds
              patrol help recognise                      all that 'recognise' can do
            """,
        subcommands: [
            ConsoleCommand.self, StatusCommand.self, EvidenceCommand.self, RecogniseCommand.self, BenchCommand.self,
            EnduranceCommand.self,
            EvidenceBenchCommand.self,
        ]
    )
}
