// `patrold printer`: which printers there are, whether one prints tickets, and what it says while one works on it.
internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ParkingCore
internal import TicketPrinting

struct PrinterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "printer",
        abstract: "Try and watch the ticket printer.",
        discussion: """
            EXAMPLES
              patrold printer list
              patrold printer test --printer Roll --width 80mm     prints one ticket, marked SPECIMEN
              patrold printer watch --printer Roll --json          one line a change, until Ctrl-C

            EXIT CODES
              0  printed, or listed     1  not printed, or CUPS does not answer
            """,
        subcommands: [PrinterListCommand.self, PrinterTestCommand.self, PrinterWatchCommand.self]
    )
}

private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

private func failure(_ error: any Error) -> ExitCode {
    FileHandle.standardError.write(Data("patrold printer: \(error)\n".utf8))
    return .failure
}

private let quiet = Logger(label: "printer") { _ in SwiftLogNoOpLogHandler() }

private struct PrinterListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The printers that CUPS has.")

    @OptionGroup var paper: PaperOptions

    func run() async throws {
        do {
            let printers = try await PrinterTools.list(server: paper.cups)
            if printers.isEmpty { say("CUPS has no printer; add one with lpadmin") }
            for printer in printers {
                let state = printer.hold.map(\.words.en) ?? "\(printer.state)"
                say("\(printer.name)\t\(state)\t\(printer.queuedJobs) queued\t\(printer.device)")
            }
        } catch { throw failure(error) }
    }
}

private struct PrinterTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Print a ticket marked SPECIMEN and follow it until it is out.",
        discussion: "With --picture the page is only written as a bitmap, dot by dot as a 203 dpi head burns it."
    )

    @OptionGroup var paper: PaperOptions
    @Option(help: "The city whose head and texts the specimen bears.", completion: .file()) var city: String?
    @Option(help: "Write the page's dots to this file (PBM) instead of printing.") var picture: String?
    @Option(help: "Give up after so many seconds.") var seconds = 120

    func validate() throws {
        if paper.printer == nil && picture == nil {
            throw ValidationError("give --printer NAME (patrold printer list names them), or --picture FILE")
        }
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600") }
    }

    func run() async throws {
        do {
            let city = try city.map { try City.read(path: $0) }
            let ticket = try PrinterTools.specimen(at: Date())
            if let picture {
                let page = TicketPage(
                    ticket: ticket,
                    city: city ?? PrinterTools.specimenCity,
                    paper: paper.width,
                    isSpecimen: true
                )
                let dots = try page.dots()
                try Data(dots.portableBitmap).write(to: URL(filePath: picture))
                return say("\(picture): \(dots.width) x \(dots.height) dots")
            }
            try await print(ticket, city ?? PrinterTools.specimenCity)
        } catch let exit as ExitCode {
            throw exit
        } catch { throw failure(error) }
    }

    private func print(_ ticket: Ticket, _ city: City) async throws {
        let ledger = PassingLedger()
        // Named by the second, so that the printer's account of earlier specimens is not taken for this one's.
        await ledger.issue(ticket, attempt: Int(Date().timeIntervalSince1970))
        var settings = PrintQueue.Settings(city: city, output: try paper.output(orFolder: ""))
        settings.isSpecimen = true
        let began = ContinuousClock.now
        let queue = PrintQueue(
            settings: settings,
            ledger: ledger,
            now: { Date() },
            changed: { print in
                let seconds = ((began.duration(to: .now) / .seconds(1)) * 10).rounded() / 10
                let hold = print.hold.map { ": \($0.words.en) / \($0.words.fr)" } ?? ""
                let detail = print.detail.isEmpty ? "" : " (\(print.detail))"
                say("\(seconds) s  \(print.state.rawValue)\(hold)\(detail)")
            },
            logger: quiet
        )
        let working = Task { await queue.run() }
        defer { working.cancel() }
        while began.duration(to: .now) < .seconds(seconds) {
            let state = await ledger.prints(of: ticket.id).last?.state
            if state == .printed { return }
            if state == .unclear || state == .cancelled { throw ExitCode.failure }
            try await Task.sleep(for: .milliseconds(100))
        }
        _ = try? await queue.cancel(ticket.id)
        say("given up after \(seconds) s")
        throw ExitCode.failure
    }
}

private struct PrinterWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Tell each change of the printer until stopped."
    )

    @OptionGroup var paper: PaperOptions
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        if paper.printer == nil { throw ValidationError("give --printer NAME; patrold printer list names them") }
    }

    func run() async throws {
        let queue = PrintQueue(
            settings: .init(city: PrinterTools.specimenCity, output: try paper.output(orFolder: "")),
            ledger: PassingLedger(),
            now: { Date() },
            logger: quiet
        )
        let working = Task { await queue.run() }
        defer { working.cancel() }
        var last: PrinterHealth?
        // The first look takes a moment; what stands before it says nothing.
        try await Task.sleep(for: .milliseconds(300))
        while !Task.isCancelled {
            let health = await queue.health
            if health != last {
                if json {
                    say(String(decoding: try WireCoding.encoder().encode(health), as: UTF8.self))
                } else {
                    let detail = health.detail.isEmpty ? "" : " (\(health.detail))"
                    say("\(WireCoding.text(health.since))  \(health.words.en) / \(health.words.fr)\(detail)")
                }
                last = health
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
