// The file that a city writes by hand: the whole small city is taken, each mistake is named with line, key and cure.
import Foundation
import ParkingCore
import Testing

@testable import CityFiles

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// A sound city of one zone, as text to spoil.
private let small = """
    city: Town
    timeZone: America/Toronto
    regime: administrativePenalty
    payment: {address: Town Hall, url: "https://town.example/{ticket}"}
    reviewRights: {en: Ask., fr: Demandez.}
    holidays:
      - {every: 12-25, name: Christmas}
    infractions:
      P-1:
        section: 1
        title: {en: No session, fr: Sans session}
        fines: {from: 2024-02-29, cents: 5000, early: {cents: 3000, days: 15}}
    rules:
      pay:
        kind: payByPlate
        infraction: P-1
        when: {days: mon-fri, hours: 08:00-18:00, holidays: excluded}
        grace: 5
    zones:
      main:
        name: Main Street
        outline: [[43.000, -79.000], [43.001, -79.000], [43.001, -78.999], [43.000, -78.999]]
        rules: [pay]
    temporary:
      - {name: Fair, zones: all, from: 2026-08-15 08:00, until: 2026-08-15 20:00, suspend: all}
    """

private func problems(_ text: String) -> [CityFileProblem] {
    do throws(CityFileError) {
        _ = try CityFile.city(bytes: text.utf8, name: "city.yaml")
        return []
    } catch {
        return error.problems
    }
}

@Suite("City files")
struct CityFileTests {
    @Test("the small city reads, and so do the fixtures", arguments: ["Fixtures/harbourview", "Fixtures/demo"])
    func sound(folder: String) throws {
        #expect(problems(small).isEmpty)
        let city = try CityFile.read(path: root.appending(path: folder + "/city.yaml").path)
        #expect(!city.zones.isEmpty)
        #expect(city.zones.allSatisfy { !$0.rules.isEmpty })
    }

    @Test("every key means what its documentation says")
    func meaning() throws {
        let city = try CityFile.read(path: root.appending(path: "Fixtures/harbourview/city.yaml").path)
        func rule(_ id: String) throws -> ParkingRule { try #require(city.rule(RuleID(id))) }
        #expect(try rule("pay").schedules.map(\.days) == [[1, 2, 3, 4, 5], [6]])
        #expect(try rule("pay").schedules[0].holidays == .excluded)
        #expect(try rule("pay").graceMinutes == 5)
        #expect(
            try rule("three-hours").kind
                == .timeLimit(TimeLimit(minutes: 180, same: .zone, returnAfterMinutes: 60))
        )
        #expect(
            try rule("three-days").kind
                == .timeLimit(TimeLimit(minutes: 4320, same: .position, countsOutsideHours: true, mayRepeat: true))
        )
        #expect(try rule("rush-hour").kind == .ban(Ban(act: .stopping, cause: .rushHour)))
        #expect(try rule("snow-route").declaration == "snow")
        #expect(try rule("cleaning").schedules[0].weeksOfMonth == [1, 3])
        #expect(try rule("fair").kind == .ban(Ban(act: .stopping, cause: .event)))
        #expect(try rule("residents").schedules[0].hours == [#require(HourSpan("18:00-08:00"))])
        #expect(city.infractions.map(\.code).first == "H-30")
        let summer = try #require(WireCoding.date("2025-06-16T14:00:00Z"))
        #expect(city.infraction("H-22", at: summer)?.fineCents == 4000)
        #expect(city.regime(at: summer) == .provincialOffence)
        #expect(city.temporaryChanges.count == 3)
    }

    @Test("the plates' series are the usual ones, the city's own, or none")
    func series() throws {
        func city(_ line: String) throws -> City {
            try CityFile.city(bytes: small.replacing("regime:", with: line + "regime:").utf8, name: "city.yaml")
        }
        #expect(try city("").plateSeries == PlateSeries.usual)
        let own = try city("plateSeries: [AAAA000 without GIOQU, \"000000\"]\n")
        #expect(own.plateSeries.map(\.text) == ["AAAA000 without GIOQU", "000000"])
        #expect(try own.isUsual(Plate("123456")) && !own.isUsual(Plate("GOLEAFS")))
        #expect(try city("plateSeries: []\n").isUsual(Plate("GOLEAFS")))
    }

    @Test(
        "each mistake is named with its line, its key and a cure",
        arguments: [
            ("timeZone: America/Toronto", "timeZone: America/Torronto", 2, "timeZone", "IANA"),
            ("timeZone: America/Toronto", "timeZone: EST", 2, "timeZone", "America/Toronto"),
            ("timeZone: America/Toronto", "timezone: America/Toronto", 2, "timezone", "did you mean 'timeZone'?"),
            (
                "regime: administrativePenalty", "plateSeries: [AAA-000]\nregime: administrativePenalty", 3,
                "plateSeries.1", "AAAA000"
            ),
            ("regime: administrativePenalty", "regime: police", 3, "regime", "provincialOffence"),
            ("https://town", "http://town", 4, "payment.url", "https"),
            ("every: 12-25", "every: 12-32", 7, "holidays.1.every", "12-25"),
            ("cents: 5000", "cents: 50.00", 12, "infractions.P-1.fines.cents", "whole number"),
            ("from: 2024-02-29", "from: 2023-02-29", 12, "infractions.P-1.fines.from", "2026-12-24"),
            ("cents: 3000", "cents: 9000", 12, "infractions.P-1.fines", "early payment"),
            ("kind: payByPlate", "kind: payByplate", 15, "rules.pay.kind", "did you mean 'payByPlate'?"),
            ("infraction: P-1", "infraction: P-2", 16, "rules.pay.infraction", "did you mean 'P-1'?"),
            ("days: mon-fri", "days: mon-fry", 17, "rules.pay.when.days", "mon-fri"),
            ("hours: 08:00-18:00", "hours: 8-18", 17, "rules.pay.when.hours", "08:00-18:00"),
            ("days: mon-fri, hours: 08:00-18:00,", "days: mon-fri,", 17, "rules.pay.when.hours", "is missing"),
            ("hours: 08:00-18:00", "hours: []", 17, "rules.pay.when.hours", "at least one"),
            ("days: mon-fri", "days: []", 17, "rules.pay.when.days", "leave the key out for all"),
            ("days: mon-fri", "weeks: []", 17, "rules.pay.when.weeks", "leave the key out"),
            ("holidays: excluded", "holidays: never", 17, "rules.pay.when.holidays", "included"),
            ("grace: 5", "grace: 5 min", 18, "rules.pay.grace", "whole number"),
            ("grace: 5", "cause: event", 18, "rules.pay.cause", "noParking"),
            ("[[43.000, -79.000], ", "[[143.000, -79.000], ", 22, "zones.main.outline.1", "latitude"),
            ("[[43.000, -79.000], ", "[[43.000], ", 22, "zones.main.outline.1", "[latitude, longitude]"),
            (
                "[43.001, -79.000], [43.001, -78.999]", "[43.001, -78.999], [43.001, -79.000]", 22,
                "zones.main.outline", "crosses"
            ),
            ("rules: [pay]", "rules: [pey]", 23, "zones.main.rules.1", "did you mean 'pay'?"),
            ("until: 2026-08-15 20:00", "until: 2026-08-15 25:00", 25, "temporary.1.until", "local time"),
            ("until: 2026-08-15 20:00", "until: 2026-08-14 20:00", 25, "temporary.1.until", "not after"),
            (
                "until: 2026-08-15 20:00", "until: 2026-08-15 08:00", 25, "temporary.1.until", "not after"
            ),
            (
                "from: 2026-08-15 08:00, until: 2026-08-15 20:00", "from: 2026-08-15 24:00, until: 2026-08-16 00:00",
                25, "temporary.1.until", "never run"
            ),
            (
                "from: 2026-08-15 08:00, until: 2026-08-15 20:00", "from: 2026-03-08 02:10, until: 2026-03-08 02:50",
                25, "temporary.1.until", "never run"
            ),
            ("suspend: all", "declare: snow", 25, "temporary.1.declare", "snow"),
            ("suspend: all", "suspend: all, declare: x", 25, "temporary.1", "exactly one"),
        ]
    )
    func mistake(good: String, bad: String, line: Int, place: String, cure: String) throws {
        let text = small.replacing(good, with: bad, maxReplacements: 1)
        try #require(text != small)
        let found = problems(text)
        let told = try #require(found.first { $0.place == place }, "\(found)")
        #expect(told.line == line)
        #expect(told.problem.contains(cure), "\(told.problem)")
    }

    /// A second zone, with a rule that no zone names.
    private var two: String {
        small.replacing("zones:\n", with: "  spare: {kind: noParking, infraction: P-1, when: always}\nzones:\n")
            .replacing(
                "temporary:",
                with: """
                      side:
                        name: Side Street
                        outline: [[43.002, -79.000], [43.003, -79.000], [43.003, -78.999], [43.002, -78.999]]
                        rules: []
                    temporary:
                    """
            )
    }

    @Test(
        "what can never have an effect is a mistake too",
        arguments: [
            ("infraction: P-1, when: always", "infraction: P-9, when: always", "rules.spare.infraction", "not defined"),
            ("zones: all, from", "zones: [side], from", "temporary.1.suspend", "none of its zones has 'pay'"),
        ]
    )
    func idle(good: String, bad: String, place: String, cure: String) throws {
        let sound = two.replacing("suspend: all", with: "suspend: [pay]")
        #expect(problems(sound).isEmpty, "\(problems(sound))")
        let text = sound.replacing(good, with: bad, maxReplacements: 1)
        try #require(text != sound)
        let told = try #require(problems(text).first { $0.place == place }, "\(problems(text))")
        #expect(told.problem.contains(cure), "\(told.problem)")
    }

    @Test("a byte order mark is no part of the text")
    func byteOrderMark() throws {
        _ = try CityFile.city(bytes: [0xEF, 0xBB, 0xBF] + Array(small.utf8), name: "city.yaml")
    }

    @Test("all mistakes are told at once, in the order of the file")
    func allAtOnce() {
        let text = small.replacing("America/Toronto", with: "Nowhere").replacing("cents: 5000", with: "cents: x")
            .replacing("rules: [pay]", with: "rules: [paid]").replacing("suspend: all", with: "suspend: [nothing]")
        let found = problems(text)
        #expect(
            found.map(\.place) == [
                "timeZone", "infractions.P-1.fines.cents", "zones.main.rules.1", "temporary.1.suspend",
            ]
        )
        let words = CityFileError(file: "f", problems: found).description
        #expect(words.hasPrefix("f: line 2: timeZone: 'Nowhere'"))
    }

    @Test("a mistake is told once, and what follows from it is not")
    func once() {
        #expect(problems(small.replacing("hours: 08:00-18:00", with: "hours: x")).count == 1)
        #expect(
            problems(small.replacing("city: Town\n", with: "")).map(\.problem).filter { $0.contains("missing") }.count
                == 1
        )
        #expect(problems(small.replacing("kind: payByPlate", with: "kind: x")).count == 1)
    }
}

@Suite("Hostile city files")
struct HostileCityFileTests {
    @Test(
        "texts that are no city at all are refused with one sentence",
        arguments: [
            "", "---\n", "just words", "- a\n- b", "{\"zones\": [], \"name\": \"Old\"}", "a: [1, 2", "a: b: c", "\t- x",
            "city: X\ncity: Y\n", "%YAML 9.9\n---\na: 1", "--- a\n--- b\n", "? [a, b]\n: c\n", "\u{0}", "a: \u{7}",
            "city: {deep: {deeper: {deepest: 1}}}",
        ]
    )
    func refused(text: String) {
        let found = problems(text)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { !$0.problem.isEmpty && $0.problem.utf8.count < 600 })
    }

    @Test("bytes that are no text, and files that are none, are refused")
    func noText() throws {
        #expect(throws: CityFileError.self) { try CityFile.city(bytes: [0xFF, 0xFE, 0x00], name: "x") }
        #expect(throws: CityFileError.self) { try CityFile.read(path: "/nowhere/city.yaml") }
        #expect(throws: CityFileError.self) { try CityFile.read(path: "/tmp") }
        #expect(throws: CityFileError.self) { try CityFile.read(path: "/dev/zero") }
    }

    @Test("anchors are refused before anything is expanded")
    func bomb() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (one, other) in zip("abcdefghijklmnop", "bcdefghijklmnopq") {
            text += "\(other): &\(other) [" + Array(repeating: "*\(one)", count: 9).joined(separator: ", ") + "]\n"
        }
        text += "? *q\n: 1\n? *p\n: 1\n"
        let start = ContinuousClock.now
        let found = problems(text)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(found.count == 1 && found[0].problem.contains("anchor") && found[0].line == 1)
        // An ampersand in a text is none.
        #expect(problems(small.replacing("name: Main Street", with: "name: Main & Front, R&D")).isEmpty)
    }

    @Test("deep nesting ends in a sentence, not in a crash", arguments: ["[", "{a: ", "- ", "? "])
    func deep(piece: String) {
        let found = problems(String(repeating: piece, count: 50_000))
        #expect(!found.isEmpty)
    }

    @Test("a file of a hundred megabytes is not read whole")
    func large() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "city-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 100 << 20)
        try file.close()
        let error = #expect(throws: CityFileError.self) { try CityFile.read(path: path) }
        #expect(error?.problems.first?.problem.contains("more than 8 MiB") == true)
    }

    @Test("a good file with single characters spoilt is taken or refused, never trapped", arguments: 0..<20)
    func spoilt(seed: Int) {
        var generator = Seeded(state: UInt64(seed) + 99)
        var bytes = Array(small.utf8)
        for _ in 0..<3 {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default:
                bytes.insert(Array("{}[]:-?'\"#&*!|>%@`\n\t ".utf8).randomElement(using: &generator) ?? 32, at: index)
            }
        }
        do throws(CityFileError) {
            _ = try CityFile.city(bytes: bytes, name: "x")
        } catch {
            #expect(!error.problems.isEmpty)
        }
    }
}

private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
