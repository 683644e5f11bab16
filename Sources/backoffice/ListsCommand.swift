// `backoffice lists import`: a list's CSV file becomes numbered changes that vehicles ask for.
internal import ArgumentParser
internal import BackOffice
internal import Foundation
internal import ParkingCore

struct ListsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Work on the lists that vehicles match plates against.",
        subcommands: [ListsImportCommand.self]
    )
}

extension Feed: ExpressibleByArgument {}

struct ListsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a list hold what a CSV file says.",
        discussion: """
            Records that differ get a change number, removed ones too; an unchanged file makes no changes. Vehicles take
            the changes with their next question. The server must be stopped meanwhile: one process owns the data.
            A list that was never imported is not empty but unknown, and vehicles write no ticket that hangs on it: of a
            list that the city does not have, import a file with the first line alone. After the data were put back
            from an older copy, import every list again: until then vehicles write none either.

            First line of the file, by list:

            """
                + Feed.allCases.map { feed in
                    "  \(feed.rawValue): " + feed.columns.map(\.name).joined(separator: ",")
                }.joined(separator: "\n")
    )

    @Argument(help: "CSV file, UTF-8, with the header below.")
    var file: String

    @Option(help: "permits, sessions, exemptions, scofflaws or watchlist.")
    var feed: Feed

    @Option(help: "Folder with all that the back office keeps; made if it is absent.")
    var data: String

    @Flag(help: "Keep the good rows of a file that has bad ones.")
    var keepGood = false

    @Flag(help: "Take a file that empties the list, or leaves less than half of one (sessions: that empties it).")
    var mayShrink = false

    @Flag(help: "Print the result as one line of JSON.")
    var json = false

    func run() throws {
        do {
            let records = try Records(folder: try DataFolder(path: data))
            let started = ContinuousClock.now
            let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
            let terminal = isatty(STDERR_FILENO) == 1
            var told = -1
            let outcome = try ListsFile(path: file, feed: feed).replace(
                in: records,
                keepGood: keepGood,
                mayShrink: mayShrink
            ) { bytes in
                let share = size > 0 ? bytes * 100 / size : 100
                guard terminal, share != told else { return }
                told = share
                FileHandle.standardError.write(Data("\rimporting \(feed.rawValue): \(share)%".utf8))
            }
            if terminal && told >= 0 { StandardError.print("") }
            report(outcome, took: ContinuousClock.now - started)
        } catch let error as BackOfficeError {
            throw fail(error)
        }
    }

    private func report(_ outcome: ListsFile.Outcome, took: Duration) {
        for problem in outcome.problems { StandardError.print("  \(problem)") }
        if outcome.problemCount > 0 { StandardError.print("\(outcome.problemCount) bad rows were left out") }
        let list = outcome.list
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        if json {
            print(
                "{\"added\":\(list.added),\"altered\":\(list.altered),\"badRows\":\(outcome.problemCount),"
                    + "\"feed\":\"\(feed.rawValue)\",\"removed\":\(list.removed),\"seconds\":\(seconds),"
                    + "\"unchanged\":\(list.unchanged),\"upTo\":\(list.upTo)}"
            )
        } else {
            print(
                "\(feed.rawValue): \(list.added) added, \(list.altered) altered, \(list.removed) removed, "
                    + "\(list.unchanged) unchanged; changes up to \(list.upTo); "
                    + String(format: "%.1f s", seconds)
            )
        }
    }
}
