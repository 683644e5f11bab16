// `patrold rules explain`: every rule of a zone at an instant with its reason, and what a car there would be answered.
internal import ArgumentParser
internal import CityFiles
internal import Foundation
internal import ParkingCore
internal import PatrolStore

struct RulesExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "What holds in a zone at a time and why, and what a plate there would be answered.",
        discussion: """
            With a plate the lists are asked as for a sure read of it in the middle of the zone: from a folder of CSV \
            files, which count as just loaded, or from a vehicle's database (no patrold may run on it). How long the car \
            has stood there is not known, so that time limits are not judged.

            EXAMPLES
              patrold rules explain --city Fixtures/harbourview/city.yaml --zone front-street --at "2026-12-12 20:00"
              patrold rules explain --city Fixtures/harbourview/city.yaml --zone front-street \\
                  --at "2026-06-16 10:05" --plate DLN0208 --lists Fixtures/harbourview/lists --language fr
            """
    )

    @Option(help: "The city's file.", completion: .file()) var city: String
    @Option(help: "The zone's name.") var zone: String
    @Option(help: "The city's local time, \"2026-12-12 20:00\", or an instant with its offset.") var at: String
    @Option(help: "A plate to judge there.") var plate: String?
    @Option(help: "Folder with permits.csv, sessions.csv, exemptions.csv, scofflaws.csv, watchlist.csv.")
    var lists: String?
    @Option(help: "A vehicle's database, in place of --lists.") var data: String?
    @Option(help: "en or fr.") var language = Language.en
    @Flag(help: "Print one line of JSON.") var json = false

    func validate() throws {
        if plate != nil, (lists == nil) == (data == nil) {
            throw ValidationError("--plate needs one of --lists FOLDER and --data DATABASE")
        }
        if plate == nil, lists != nil || data != nil { throw ValidationError("--lists and --data need --plate") }
    }

    private struct Answer: Encodable {
        let zone: ZoneID
        let at: Date
        let regime: LegalRegime
        let rules: [RuleInForce]
        let changes: [TemporaryChange]
        let infractions: [Infraction]
        let plate: PlateAnswer?
    }

    private struct PlateAnswer: Encodable {
        let plate: Plate
        let records: [ListRecord]
        let judgement: Judgement
        let words: [String]
        let ticket: Infraction?
        let grounds: JudgementGrounds
    }

    func run() async throws {
        let city = try RulesTool.city(self.city)
        let zone = try RulesTool.zone(self.zone, city: city)
        let time = try RulesTool.time(at, city: city)
        let rules = city.rules(in: zone.zone, at: time)
        let answer = Answer(
            zone: zone.zone,
            at: time,
            regime: city.regime(at: time),
            rules: rules,
            changes: city.changes(in: zone.zone, at: time),
            infractions: Set(rules.map(\.rule.infraction)).sorted { city.gravity(of: $0) < city.gravity(of: $1) }
                .compactMap { city.infraction($0, at: time) },
            plate: try await judged(in: zone, of: city, at: time)
        )
        if json { return try RulesTool.printJSON(answer) }
        tell(answer, zone: zone, city: city)
    }

    private func judged(in zone: Zone, of city: City, at time: Date) async throws -> PlateAnswer? {
        guard let text = plate else { return nil }
        let plate: Plate
        do {
            plate = try Plate(text)
        } catch {
            throw ValidationError("--plate: \(error)")
        }
        guard let point = zone.innerPoint else { throw ValidationError("zone \(zone.zone) has no inside") }
        let read = PlateRead(
            id: UUIDv7(at: time),
            camera: CameraID(unchecked: "explain"),
            time: time,
            frames: 1,
            reading: PlateReading(
                plate: plate,
                confidence: 1,
                characters: plate.text.map { CharacterReading(character: String($0), probability: 1) },
                alternates: [],
                box: PixelBox(x: 0, y: 0, width: 0, height: 0),
                corners: []
            )
        )
        let candidates = Candidates(of: read.reading, reach: .wide)
        let (records, feeds) = try await asked(candidates, at: time)
        let outcome = judge(
            read: read,
            fix: Fix(point: point, time: time, errorMetres: 0.1, speedMetresPerSecond: nil, headingDegrees: nil),
            candidates: candidates,
            records: records,
            feeds: feeds,
            earlier: [],
            city: city
        )
        return PlateAnswer(
            plate: plate,
            records: records,
            judgement: outcome.judgement,
            words: outcome.judgement.explanation(language: language, city: city),
            ticket: outcome.judgement.ticketableInfraction(in: city, at: time),
            grounds: outcome.grounds
        )
    }

    private func asked(_ candidates: Candidates, at time: Date) async throws -> ([ListRecord], [FeedState]) {
        if let data {
            guard FileManager.default.fileExists(atPath: data) else {
                throw ValidationError("--data: there is no database '\(data)'")
            }
            let store = try PatrolStore(path: data, vehicle: nil)
            return (try await store.answer(for: candidates.plates, at: time), try await store.feedStates())
        }
        do throws(CityFileError) {
            let folder = try ListsFolder(path: lists ?? ".", plates: Set(candidates.plates), asOf: time)
            return (folder.records, folder.feeds)
        } catch {
            throw RulesTool.fail(error)
        }
    }

    // MARK: Words

    private func say(_ english: String, _ french: String) -> String { language == .en ? english : french }

    private func tell(_ answer: Answer, zone: Zone, city: City) {
        let words = Wording(language: language, city: city)
        print("\(city.name), \(words.place(zone.zone)), \(words.moment(answer.at)) (\(city.timeZone))")
        for change in answer.changes { print("  ! " + change.explanation(language: language)) }
        if answer.rules.isEmpty { print(say("  No rule: parking is free.", "  Aucune règle : stationnement libre.")) }
        for rule in answer.rules {
            print("  \(rule.isInForce ? "+" : "-") " + rule.explanation(language: language, city: city))
            guard rule.isInForce else { continue }
            if let infraction = answer.infractions.first(where: { $0.code == rule.rule.infraction }) {
                print("      " + words.fine(infraction))
            } else {
                print("      " + say("no fine holds on this day", "aucune amende n’est fixée à cette date"))
            }
        }
        guard let plate = answer.plate else { return }
        print("")
        print(say("Plate \(plate.plate)", "Plaque \(plate.plate)"))
        for record in plate.records {
            print("  \(record.plate == plate.plate ? "=" : "~") " + words.record(record))
        }
        if plate.records.isEmpty {
            print(
                say(
                    "  In no list, nor is any plate one misread away.",
                    "  Dans aucune liste, ni aucune plaque à un caractère près."
                )
            )
        }
        print("  " + words.verdict(plate.judgement))
        for sentence in plate.words { print("    " + sentence) }
        if case .alert = plate.judgement, let ticket = plate.ticket { print("    " + words.fine(ticket)) }
    }
}
