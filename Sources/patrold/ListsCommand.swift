// `patrold lists`: take permits, sessions, exemptions, scofflaws and the watchlist from files, and see what is there.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore

#if canImport(Glibc)
internal import Glibc
#endif

struct ListsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "The lists that reads are matched against: import them, see how current they are.",
        subcommands: [ImportCommand.self, StatusCommand.self, ListsBenchCommand.self]
    )
}

extension Feed: ExpressibleByArgument {}

private struct DatabaseOption: ParsableArguments {
    @Option(help: ArgumentHelp("The vehicle's database; made if there is none.", valueName: "path"))
    var database: String

    func open() throws -> PatrolStore { try PatrolStore(path: database, vehicle: nil) }
}

/// Says what is wrong on stderr and ends with the code of sysexits.h that fits.
private func fail(_ error: any Error) -> ExitCode {
    let code: Int32 =
        switch error as? PatrolStoreError {
        case .importRefused, .damaged, .newerVersion: EX_DATAERR
        case .listFile(_, let problem): problem.hasPrefix("cannot be read") ? EX_NOINPUT : EX_DATAERR
        case .inUse: EX_TEMPFAIL
        case .full: EX_IOERR
        case .notWritable: EX_CANTCREAT
        default: EX_SOFTWARE
        }
    writeError("patrold lists: \(error)\n")
    return ExitCode(code)
}

private func writeError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

private func writeJSON(_ value: some Encodable) throws {
    FileHandle.standardOutput.write(try WireCoding.encoder().encode(value) + Data("\n".utf8))
}

// MARK: Import

private struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a list from a CSV file.",
        discussion: """
            The file is the whole list: it replaces what was there, in one step, and nothing changes if it has a bad \
            row (--keep-good takes the others, --merge adds to what is there). UTF-8, commas, RFC 4180 quotes; the \
            first line names the columns, in any order:

            \(columnsHelp)

            EXIT CODES
              0   taken          65  bad rows, header, encoding or database; nothing was changed
              66  file cannot be read      73  database cannot be opened
              74  disk full                75  database in use by another process
            """
    )

    private static let columnsHelp = Feed.allCases.map { feed in
        "  \(feed.rawValue)\n"
            + feed.columns.map {
                "    \($0.name.padding(toLength: 15, withPad: " ", startingAt: 0)) \($0.meaning)"
            }.joined(separator: "\n")
    }.joined(separator: "\n")

    @Argument(help: "The CSV file.") var file: String
    @Option(help: "permits, sessions, exemptions, scofflaws or watchlist.") var feed: Feed
    @OptionGroup var target: DatabaseOption
    @Flag(help: "Take the good rows of a file that has bad ones.") var keepGood = false
    @Flag(help: "Add and replace records; keep those that the file does not name.") var merge = false
    @Flag(help: "Take a file that empties the list, or leaves less than half of one (sessions: that empties it).")
    var mayShrink = false
    @Option(help: ArgumentHelp("When the file was true, ISO 8601 with offset (default: now).", valueName: "time"))
    var asOf: String?
    @Flag(help: "Print the outcome as one line of JSON.") var json = false

    private struct Outcome: Encodable {
        let file: String
        let feed: Feed
        let taken: Bool
        let goodRows: Int
        let badRows: Int
        let problems: [RowProblem]
        let recordsBefore: Int
        let recordsAfter: Int
        let seconds: Double
    }

    func validate() throws {
        if let asOf, InstantText.date(Array(asOf.utf8)) == nil {
            throw ValidationError("--as-of: '\(asOf)' is no time such as 2026-11-21T14:00:00Z")
        }
        // A list dated ahead would never be too old to ticket by.
        if let asOf, let time = InstantText.date(Array(asOf.utf8)), time > Date().addingTimeInterval(300) {
            throw ValidationError("--as-of: \(asOf) is ahead of this machine's clock; no file is true from the future")
        }
    }

    func run() async throws {
        let started = ContinuousClock.now
        let time = asOf.flatMap { InstantText.date(Array($0.utf8)) } ?? Date()
        let meter = ProgressMeter(title: feed.rawValue)
        do {
            let store = try target.open()
            let report = try await store.importList(
                feed,
                from: file,
                options: ListImportOptions(keepGood: keepGood, merge: merge, mayShrink: mayShrink, asOf: time)
            ) { meter.show($0) }
            meter.clear()
            try store.close()
            try tell(report, taken: true, since: started)
        } catch PatrolStoreError.importRefused(let report) {
            meter.clear()
            try tell(report, taken: false, since: started)
            throw fail(PatrolStoreError.importRefused(report))
        } catch {
            meter.clear()
            throw fail(error)
        }
    }

    private func tell(_ report: ListImportReport, taken: Bool, since started: ContinuousClock.Instant) throws {
        let elapsed = started.duration(to: .now)
        let seconds = (elapsed / .milliseconds(1)).rounded() / 1000
        if json {
            return try writeJSON(
                Outcome(
                    file: file,
                    feed: feed,
                    taken: taken,
                    goodRows: report.goodRows,
                    badRows: report.badRows,
                    problems: report.problems,
                    recordsBefore: report.recordsBefore,
                    recordsAfter: taken ? report.recordsAfter : report.recordsBefore,
                    seconds: seconds
                )
            )
        }
        for problem in report.problems { writeError("\(file): \(problem)\n") }
        let unshown = report.badRows - report.problems.count
        if unshown > 0 { writeError("\(file): and \(unshown) more bad rows\n") }
        guard taken else { return }
        let left = report.badRows == 0 ? "" : ", \(report.badRows) bad rows left out"
        print(
            "\(feed.rawValue): \(report.goodRows) rows taken\(left); \(report.recordsAfter) records"
                + " (\(report.recordsBefore) before), \(seconds) s"
        )
    }
}

/// A line on stderr that is written over; nothing where stderr is no terminal.
private struct ProgressMeter {
    let title: String
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(title: String) { self.title = title }

    func show(_ progress: ListImportProgress) {
        guard isTerminal else { return }
        let share = progress.totalBytes > 0 ? min(100, progress.bytes * 100 / progress.totalBytes) : 0
        let phase = share == 100 ? "sorting" : "\(share) %"
        writeError("\r\u{1B}[K\(title): \(progress.rows) rows, \(phase)")
    }

    func clear() { if isTerminal { writeError("\r\u{1B}[K") } }
}

// MARK: Status

private struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How many records each list has, and how current it is."
    )

    @OptionGroup var target: DatabaseOption
    @Flag(help: "Print one line of JSON.") var json = false

    func run() async throws {
        do {
            guard FileManager.default.fileExists(atPath: target.database) else {
                throw PatrolStoreError.notWritable(path: target.database, detail: "there is no such file")
            }
            let store = try target.open()
            let states = try await store.feedStates()
            try store.close()
            if json { return try writeJSON(states) }
            func columns(_ feed: String, _ records: String, _ asOf: String) -> String {
                feed.padding(toLength: 12, withPad: " ", startingAt: 0)
                    + String(repeating: " ", count: max(0, 9 - records.count)) + records + "  " + asOf
            }
            print(columns("list", "records", "complete as of"))
            for state in states {
                print(
                    columns(
                        state.feed.rawValue,
                        String(state.records),
                        state.asOf.map(WireCoding.text) ?? "never loaded"
                    )
                )
            }
        } catch {
            throw fail(error)
        }
    }
}
