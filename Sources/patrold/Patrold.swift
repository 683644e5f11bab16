// The vehicle's daemon and the technician's tools around its data: one file a subcommand.
internal import ArgumentParser

@main
struct Patrold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patrold",
        abstract: "The parking patrol's daemon and the tools for its data.",
        discussion: """
            EXAMPLES
              patrold run --config patrold.toml           the patrol, with live cameras
              patrold config --print-defaults             every key of the configuration, documented
              patrold provision keys --vehicle patrol-1 --data /var/lib/patrold
                                                         the key that signs the vehicle's evidence
              patrold replay Fixtures/demo/recording --city Fixtures/demo/city.yaml --data out/patrol \\
                  --numbers 1-500 --accept-all           a recorded patrol, from pictures to tickets
              patrold lists import sessions.csv --feed sessions --database out/patrol/patrol.sqlite
              patrold lists status --database out/patrol/patrol.sqlite
              patrold rules check city.yaml              is the city's file sound; rules explain: what holds and why
              patrold cameras list                       what cameras are plugged in, by stable name
              patrold places import centreline.geojson address_points.geojson --book places.sqlite
              patrold position watch --seconds 30        receiver and clock, once a second
              patrold printer test --printer NAME        a ticket marked SPECIMEN, followed until it is out
              patrold database check --database out/patrol/patrol.sqlite
              patrold purge --data out/patrol --dry-run  what is past its time; without --dry-run it is erased
              patrold help lists import                  columns of each list, exit codes
            """,
        subcommands: [
            RunCommand.self, ConfigCommand.self, ReplayCommand.self, ListsCommand.self, RulesCommand.self,
            SyncCommand.self, ProvisionCommand.self, CamerasCommand.self, PlacesCommand.self, ChalkCommand.self,
            PositionCommand.self, PrinterCommand.self, PurgeCommand.self, DatabaseCommand.self, OfficersCommand.self,
            ShiftCommand.self,
            SyncExerciseCommand.self,
            StoreExerciseCommand.self, PrintExerciseCommand.self, EvidenceExerciseCommand.self,
            ExerciseLiveCommand.self,
        ]
    )
}
