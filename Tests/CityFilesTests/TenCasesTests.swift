// Ten cases as a clerk would explain them on the telephone, in both languages, against what was found to read well.
import Foundation
import ParkingCore
import Testing

@testable import CityFiles

private let here = URL(filePath: #filePath).deletingLastPathComponent()
private let harbourview = here.deletingLastPathComponent().deletingLastPathComponent().appending(
    path: "Fixtures/harbourview"
)

/// One car at one place and time.
private struct Case {
    let title: String
    let plate: String
    let zone: String
    let at: String
    var confidence = 0.97
    /// On the border to the zone east of it.
    var isAtBorder = false
    var minutesSinceFirstPass: Int?
    var other: (plate: String, minutesAgo: Double)?
}

private let cases = [
    Case(title: "Two sessions that overlap", plate: "CRAB452", zone: "front-street", at: "2026-06-16 10:45"),
    Case(
        title: "A session that ended four minutes ago",
        plate: "BMTX671",
        zone: "front-street",
        at: "2026-06-16 10:04"
    ),
    Case(
        title: "The same car a quarter of an hour later",
        plate: "BMTX671",
        zone: "front-street",
        at: "2026-06-16 10:20"
    ),
    Case(title: "Typed O for 0 at the meter", plate: "CDL0208", zone: "front-street", at: "2026-06-16 10:20"),
    Case(
        title: "The same, and the read is not sure",
        plate: "CDL0208",
        zone: "front-street",
        at: "2026-06-16 10:20",
        confidence: 0.7
    ),
    Case(
        title: "Paid next door, parked at the border",
        plate: "AHRS905",
        zone: "front-street",
        at: "2026-06-16 10:20",
        isAtBorder: true
    ),
    Case(title: "Paid, but in the rush hour", plate: "CRAB452", zone: "front-street", at: "2026-06-16 16:30"),
    Case(title: "A snow event", plate: "BVKR604", zone: "front-street", at: "2026-12-12 20:00"),
    Case(
        title: "The second car of a permit for one",
        plate: "BXRT118",
        zone: "oak-street",
        at: "2026-06-16 20:00",
        other: ("BHLM702", 1)
    ),
    Case(
        title: "Two hours and a half where two are allowed",
        plate: "AKPN250",
        zone: "oak-street",
        at: "2026-06-16 13:00",
        minutesSinceFirstPass: 150
    ),
    Case(title: "Six unpaid tickets, and no session", plate: "CFKD739", zone: "main-street", at: "2026-06-16 10:20"),
    Case(title: "A holiday", plate: "BVKR604", zone: "main-street", at: "2026-07-01 11:00"),
]

@Suite("Cases in words")
struct TenCasesTests {
    private func words(_ one: Case, city: City, language: Language) throws -> String {
        let time = try #require(LocalMoment(one.at)).instants(in: city.clock).first
        let plate = try Plate(one.plate)
        let zone = try #require(city.zone(ZoneID(one.zone)))
        let read = PlateRead(
            id: UUIDv7(at: time),
            camera: try CameraID("right"),
            time: time,
            frames: 3,
            reading: PlateReading(
                plate: plate,
                confidence: one.confidence,
                characters: one.plate.map { CharacterReading(character: String($0), probability: 0.999) },
                alternates: [],
                box: PixelBox(x: 0, y: 0, width: 1, height: 1),
                corners: []
            )
        )
        let candidates = Candidates(of: read.reading, reach: .wide)
        let lists = try ListsFolder(
            path: harbourview.appending(path: "lists").path,
            plates: Set(candidates.plates),
            asOf: time
        )
        let inside = try #require(zone.innerPoint)
        let point = one.isAtBorder ? try GeoPoint(latitude: inside.latitude, longitude: -81.70605) : inside
        let outcome = judge(
            read: read,
            fix: Fix(point: point, time: time, errorMetres: 5, speedMetresPerSecond: 8, headingDegrees: 90),
            candidates: candidates,
            records: lists.records,
            feeds: lists.feeds,
            earlier: [],
            chalk: try chalk(one, plate: plate, time: time),
            permitUses: try uses(one, city: city, time: time),
            city: city
        )
        let words = Wording(language: language, city: city)
        var lines = ["\(one.title): \(plate), \(words.place(zone.zone)), \(words.moment(time))"]
        lines.append("  " + words.verdict(outcome.judgement))
        lines += outcome.judgement.explanation(language: language, city: city).map { "  " + $0 }
        if case .alert = outcome.judgement,
            let ticket = outcome.judgement.ticketableInfraction(in: city, at: time)
        {
            lines.append("  " + words.fine(ticket))
        }
        for rule in city.rules(in: zone.zone, at: time) {
            lines.append("    " + rule.explanation(language: language, city: city))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func chalk(_ one: Case, plate: Plate, time: Date) throws -> [ChalkFinding] {
        guard let minutes = one.minutesSinceFirstPass else { return [] }
        let first = time.addingTimeInterval(-Double(minutes) * 60)
        return [
            ChalkFinding(
                rule: "two-hours",
                basis: .position,
                limitMinutes: 120,
                firstRead: UUIDv7(at: first),
                firstSeen: first,
                lastSeen: time,
                elapsedSeconds: Double(minutes) * 60,
                stayedProbability: 0.995,
                passes: 2,
                distanceMetres: 2,
                firstPlate: plate,
                lastPlate: plate,
                firstConfidence: 0.98,
                isElapsedCertain: true,
                photos: []
            )
        ]
    }

    private func uses(_ one: Case, city: City, time: Date) throws -> [PermitUse] {
        guard let other = one.other else { return [] }
        let seen = time.addingTimeInterval(-other.minutesAgo * 60)
        return [
            PermitUse(
                permit: "R-101",
                plate: try Plate(other.plate),
                read: UUIDv7(at: seen),
                firstSeen: seen,
                lastSeen: seen,
                point: try GeoPoint(latitude: 43.7519, longitude: -81.7065),
                confidence: 0.995
            )
        ]
    }

    @Test("read as they were found to read well", arguments: Language.allCases)
    func golden(language: Language) throws {
        let city = try CityFile.read(path: harbourview.appending(path: "city.yaml").path)
        let text = try cases.map { try words($0, city: city, language: language) }.joined(separator: "\n")
        let name = "cases-\(language.rawValue).txt"
        let expected = try? String(contentsOf: here.appending(path: "Golden/\(name)"), encoding: .utf8)
        if expected != text {
            let found = FileManager.default.temporaryDirectory.appending(path: name)
            try text.write(to: found, atomically: true, encoding: .utf8)
            Issue.record("the words have changed; what they are now: \(found.path)")
        }
    }
}
