// `patrold rules`: is the city's file sound, what holds where and when, and what would a car there be answered.
internal import ArgumentParser
internal import CityFiles
internal import Foundation
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "The city's file: check it, and ask what holds where and when, and why.",
        subcommands: [RulesCheckCommand.self, RulesExplainCommand.self, RulesHourCommand.self]
    )
}

extension Language: ExpressibleByArgument {}

enum RulesTool {
    /// Says what is wrong on stderr; 65: the file is faulty, 66: there is none.
    static func fail(_ error: CityFileError) -> ExitCode {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        let isMissing = error.problems.first.map {
            $0.problem.contains("no such file") || $0.problem.contains("folder")
        }
        return ExitCode(isMissing == true ? EX_NOINPUT : EX_DATAERR)
    }

    static func printJSON(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try WireCoding.encoder().encode(value) + Data("\n".utf8))
    }

    static func city(_ path: String) throws -> City {
        do throws(CityFileError) {
            return try CityFile.read(path: path)
        } catch {
            throw fail(error)
        }
    }

    /// "2026-12-12 20:00" on the city's wall, or an instant with its offset.
    static func time(_ text: String, city: City) throws -> Date {
        if let moment = LocalMoment(text) { return moment.instants(in: city.clock).first }
        guard let instant = InstantText.date(Array(text.utf8)) else {
            throw ValidationError(
                "--at: '\(text.prefix(40))' is no time; write the city's own, such as \"2026-12-12 20:00\", or one with"
                    + " an offset, such as 2026-12-13T01:00:00Z"
            )
        }
        return instant
    }

    static func zone(_ text: String, city: City) throws -> Zone {
        guard let id = try? ZoneID(text), let zone = city.zone(id) else {
            throw ValidationError(
                "--zone: '\(text.prefix(60))' is no zone of this city"
                    + Spelling.suggestion(for: text, among: city.zones.map(\.zone.text))
                    + "; there are \(city.zones.prefix(20).map(\.zone.text).joined(separator: ", "))"
            )
        }
        return zone
    }
}

private struct RulesCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a city's file: every fault with its line, its key and the cure.",
        discussion: """
            Prints what the file holds if it is sound. Keys, units and defaults: Fixtures/harbourview/README.md.

            EXIT CODES
              0 sound          65 faulty          66 not there
            """
    )

    @Argument(help: "The city's file.", completion: .file()) var file: String
    @Flag(help: "Print the outcome as one line of JSON.") var json = false

    private struct Outcome: Encodable {
        let file: String
        let sound: Bool
        let problems: [CityFileProblem]
        let zones: Int
        let rules: Int
        let infractions: Int
        let temporaryChanges: Int
        let holidays: Int
    }

    func run() throws {
        let result: Result<City, CityFileError>
        do throws(CityFileError) {
            result = .success(try CityFile.read(path: file))
        } catch {
            result = .failure(error)
        }
        if json {
            let city = try? result.get()
            var problems: [CityFileProblem] = []
            if case .failure(let error) = result { problems = error.problems }
            try RulesTool.printJSON(
                Outcome(
                    file: file,
                    sound: problems.isEmpty,
                    problems: problems,
                    zones: city?.zones.count ?? 0,
                    rules: Set(city?.zones.flatMap { $0.rules.map(\.id) } ?? []).count,
                    infractions: city?.infractions.count ?? 0,
                    temporaryChanges: city?.temporaryChanges.count ?? 0,
                    holidays: city?.holidays.count ?? 0
                )
            )
        }
        switch result {
        case .failure(let error): throw RulesTool.fail(error)
        case .success(let city): if !json { tell(city) }
        }
    }

    private func tell(_ city: City) {
        print("\(city.name): sound (times are those of \(city.timeZone))")
        let words = Wording(language: .en, city: city)
        for zone in city.zones {
            print("  \(zone.zone)  \(zone.name): " + words.signs(zone))
        }
        print(
            "\(city.infractions.count) infractions, gravest first: \(city.infractions.map(\.code).joined(separator: ", "))"
        )
        for change in city.temporaryChanges { print("  " + change.explanation(language: .en)) }
    }
}

private struct RulesHourCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hour",
        abstract: "What an officer has to know of the zones for the hour that begins.",
        discussion: "EXAMPLE\n  patrold rules hour --city Fixtures/harbourview/city.yaml --at \"2026-12-12 19:30\""
    )

    @Option(help: "The city's file.", completion: .file()) var city: String
    @Option(help: "The city's local time, \"2026-12-12 20:00\", or an instant with its offset.") var at: String
    @Option(help: "A zone; give it several times for several (default: all).") var zone: [String] = []
    @Option(help: "en or fr.") var language = Language.en
    @Flag(help: "Print one line of JSON.") var json = false

    func run() throws {
        let city = try RulesTool.city(self.city)
        let time = try RulesTool.time(at, city: city)
        let zones = zone.isEmpty ? city.zones.map(\.zone) : try zone.map { try RulesTool.zone($0, city: city).zone }
        let hours = city.hour(of: zones, at: time)
        if json { return try RulesTool.printJSON(hours) }
        for hour in hours {
            print("\(hour.zone)  \(hour.name)")
            let lines = hour.explanation(language: language, city: city)
            for line in lines.isEmpty ? [language == .en ? "Nothing holds." : "Rien ne s’applique."] : lines {
                print("  \(line)")
            }
        }
    }
}
