// The vehicle's daemon and the technician's tools around its data: one file a subcommand.
internal import ArgumentParser

@main
struct Patrold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patrold",
        abstract: "The parking patrol's daemon and the tools for its data.",
        discussion: """
            EXAMPLES
              patrold lists import sessions.csv --feed sessions --database patrol.db
              patrold lists status --database patrol.db
              patrold help lists import                  columns of each list, exit codes
            """,
        subcommands: [ListsCommand.self]
    )
}
