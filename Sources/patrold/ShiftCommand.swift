// `patrold shift report`: what ended shifts came to, from the vehicle's database.
internal import ArgumentParser
internal import DurableFiles
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import TicketPrinting

#if canImport(Glibc)
internal import Glibc
#endif

struct ShiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shift",
        abstract: "Reports of officers' shifts.",
        subcommands: [ReportCommand.self]
    )
}

private struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "The last shift that ended, or an earlier one: as a table, JSON, or a PDF page.",
        discussion: """
            Counts by kind, rejections by reason, compliance, way driven, and how much of the zones was driven past. A \
            running daemon answers for the shift that goes on: curl --unix-socket SOCKET http://patrold/v1/shift

            EXAMPLES
              patrold shift report --database /var/lib/patrold/patrol.sqlite --city /etc/patrold/city.yaml
              patrold shift report --database patrol.sqlite --city city.yaml --pdf shift.pdf

            EXIT CODES
              0   told     66  no shift has ended yet     73  the database cannot be opened     75  the daemon has it
            """
    )

    @Option(help: "The vehicle's database.", completion: .file()) var database: String
    @Option(help: "The city's file, for its name and local time.", completion: .file()) var city: String?
    @Option(help: "How many shifts before the last one.") var before = 0
    @Option(help: "Write a PDF page here; a file that is there is replaced.", completion: .file()) var pdf: String?
    @Option(help: "en or fr.") var language = Language.en
    @Flag(help: "Print one line of JSON.") var json = false

    func run() async throws {
        do {
            try await tell()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            FileHandle.standardError.write(Data("patrold shift: \(error)\n".utf8))
            if case .inUse? = error as? PatrolStoreError { throw ExitCode(EX_TEMPFAIL) }
            throw ExitCode(EX_CANTCREAT)
        }
    }

    private func tell() async throws {
        guard FileManager.default.fileExists(atPath: database) else {
            throw PatrolStoreError.notWritable(path: database, detail: "there is no such file")
        }
        let store = try PatrolStore(path: database, vehicle: nil)
        let reports = try await store.shiftReports(limit: max(0, before) + 1)
        try store.close()
        guard reports.count == max(0, before) + 1, let report = reports.last else {
            FileHandle.standardError.write(Data("patrold shift: no such shift has ended in \(database)\n".utf8))
            throw ExitCode(EX_NOINPUT)
        }
        let city = try city.map { try City.read(path: $0) }
        if let pdf {
            let page = ShiftPage(
                report: report,
                city: city?.name ?? "",
                timeZone: city?.timeZone ?? "UTC",
                language: language
            )
            try DurableFile.write(try page.pdf(), to: pdf, replace: true)
            print(pdf)
        } else if json {
            print(String(decoding: try WireCoding.encoder().encode(report), as: UTF8.self))
        } else {
            print("officer \(report.officer), vehicle \(report.vehicle), \(WireCoding.text(report.startedAt)) to")
            print("\(WireCoding.text(report.endedAt))")
            for line in report.lines(language) {
                print(line.name.padding(toLength: 44, withPad: " ", startingAt: 0) + line.value)
            }
        }
    }
}
