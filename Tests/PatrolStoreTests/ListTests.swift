// Lists: looked up by candidates, changed by the server, replaced or merged from files, never half.
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@testable import PatrolStore

@Suite("Lists in the database")
struct ListTests {
    private func everyKind(_ van: Van) throws -> [ListRecord] {
        let plate = try Plate("ABCD123")
        let window = try TimeWindow(from: van.time(-60), to: van.time(60))
        return [
            .permit(
                Permit(
                    permit: "R/1",
                    plate: plate,
                    kind: .residential,
                    zones: [try ZoneID("a"), try ZoneID("b")],
                    validity: window
                )
            ),
            .permit(Permit(permit: "R/2", plate: plate, kind: .event, zones: [], validity: window)),
            try van.session("S-1", "ABCD123"),
            .exemption(Exemption(exemption: "E-1", plate: plate, kind: .municipal, validity: window)),
            .scofflaw(Scofflaw(plate: plate, unpaidTickets: 4, unpaidCents: 20_000, eligibleFor: .tow)),
            .watchlist(WatchlistEntry(entry: "W-1", plate: plate, reason: "stolen, “armed”")),
        ]
    }

    @Test("every kind of record comes back as it was put, for any of the plates asked for")
    func answer() async throws {
        let van = try Van()
        let store = try van.open()
        let records = try everyKind(van)
        let changes = records.enumerated().map { van.put(Int64($0.offset + 1), $0.element) }
        try await store.apply(ChangesAnswer(changes: changes, upTo: 6, more: false, asOf: van.start))
        let found = try await store.answer(for: [try Plate("X"), try Plate("ABCD123")], at: van.start)
        #expect(Set(found) == Set(records))
        #expect(try await store.answer(for: [try Plate("ABCD124")], at: van.start).isEmpty)
        // Over for more than a day: only the lists without a window still name the plate.
        let later = try await store.answer(for: [try Plate("ABCD123")], at: van.time(86_400 * 2))
        #expect(Set(later.map(\.feed)) == [.scofflaws, .watchlist])
    }

    @Test("changes put, replace and remove, with the cursor; the same answer again changes nothing")
    func changes() async throws {
        let van = try Van()
        let store = try van.open()
        let first = ChangesAnswer(
            changes: [van.put(1, try van.session("S-1", "AAA111")), van.put(2, try van.session("S-2", "BBB222"))],
            upTo: 2,
            more: true,
            asOf: van.start
        )
        for _ in 0..<2 { try await store.apply(first) }
        #expect(try await store.feedStates().allSatisfy { $0.asOf == nil })
        #expect(try await store.feedStates()[1] == FeedState(feed: .sessions, asOf: nil, records: 2))
        let second = ChangesAnswer(
            changes: [
                van.put(3, try van.session("S-1", "CCC333")),
                ListChange(change: 4, feed: .sessions, key: "S-2", record: nil),
                ListChange(change: 5, feed: .permits, key: "P/none/AAA111", record: nil),
            ],
            upTo: 5,
            more: false,
            asOf: van.time(7)
        )
        for _ in 0..<2 { try await store.apply(second) }
        #expect(try await store.changesCursor() == 5)
        let states = try await store.feedStates()
        #expect(states.map(\.feed) == Feed.allCases)
        #expect(states.allSatisfy { $0.asOf == van.time(7) })
        #expect(states.map(\.records) == [0, 1, 0, 0, 0])
        let plates = try ["AAA111", "BBB222", "CCC333"].map { try Plate($0) }
        #expect(try await store.answer(for: plates, at: van.start) == [try van.session("S-1", "CCC333")])
    }

    @Test("an answer of the server that goes back, is out of order or contradicts itself is refused whole")
    func badAnswers() async throws {
        let van = try Van()
        let store = try van.open()
        try await store.apply(ChangesAnswer(changes: [], upTo: 10, more: false, asOf: van.start))
        let good = van.put(11, try van.session("S-1", "AAA111"))
        let bad = [
            ChangesAnswer(changes: [], upTo: 9, more: false, asOf: van.start),
            ChangesAnswer(changes: [good, good], upTo: 12, more: false, asOf: van.start),
            ChangesAnswer(changes: [good], upTo: 10, more: false, asOf: van.start),
            ChangesAnswer(
                changes: [
                    good, ListChange(change: 12, feed: .sessions, key: "S-9", record: try van.session("S-2", "A1")),
                ],
                upTo: 12,
                more: false,
                asOf: van.start
            ),
            ChangesAnswer(
                changes: [good, ListChange(change: 12, feed: .permits, key: "noslash", record: nil)],
                upTo: 12,
                more: false,
                asOf: van.start
            ),
        ]
        for answer in bad { await #expect(throws: PatrolStoreError.self) { try await store.apply(answer) } }
        #expect(try await store.changesCursor() == 10)
        #expect(try await store.feedStates().map(\.records) == [0, 0, 0, 0, 0])
    }

    @Test("loaded anew, keep what they had, as of no time, until the server imported them since")
    func reload() async throws {
        let van = try Van()
        let store = try van.open()
        let plates = try ["AAA111", "BBB222", "CCC333"].map { try Plate($0) }
        func sessions() async throws -> [String] {
            try await store.answer(for: plates, at: van.start).map(\.key).sorted()
        }
        func answer(_ changes: [ListChange], upTo: Int64, more: Bool, imported seconds: Double) -> ChangesAnswer {
            ChangesAnswer(
                changes: changes,
                upTo: upTo,
                history: "h",
                more: more,
                asOf: van.time(seconds + 5),
                imported: [FeedImport(feed: .sessions, at: van.time(seconds))]
            )
        }
        let all = try [("S-1", "AAA111"), ("S-2", "BBB222"), ("S-3", "CCC333")].enumerated().map { index, session in
            van.put(Int64(index + 1), try van.session(session.0, session.1))
        }
        try await store.apply(answer(all, upTo: 3, more: false, imported: 0))
        // A list that was never imported is not empty, but unknown.
        #expect(try await store.feedStates().map(\.asOf) == [nil, van.time(5), nil, nil, nil])
        #expect(try await store.changesPlace().history == "h")
        try await store.reloadLists()
        #expect(try await store.changesCursor() == 0)
        #expect(try await store.changesPlace().history == nil)
        // The row that is freed is the last one: it must not be taken for one that was there before.
        try await store.apply(answer([van.put(1, try van.session("S-3", "CCC333"))], upTo: 1, more: true, imported: 0))
        try await store.reloadLists()
        try await store.apply(answer([van.put(1, try van.session("S-3", "CCC333"))], upTo: 1, more: true, imported: 0))
        try await store.apply(answer([van.put(2, try van.session("S-2", "AAA111"))], upTo: 2, more: false, imported: 4))
        #expect(try await sessions() == ["S-1", "S-2", "S-3"])
        #expect(try await store.feedStates().map(\.asOf) == [nil, nil, nil, nil, nil])
        // Imported after it was complete here: it is the whole truth again.
        try await store.apply(answer([], upTo: 2, more: false, imported: 6))
        #expect(try await sessions() == ["S-2", "S-3"])
        #expect(try await store.answer(for: plates, at: van.start).map(\.plate.text).sorted() == ["AAA111", "CCC333"])
        let state = try await store.feedStates()
        #expect(state.map(\.records) == [0, 2, 0, 0, 0] && state[1].asOf == van.time(11))
    }

    // MARK: Files

    private static let header = "session,plate,zone,from,to\n"
    private func row(_ id: String, _ plate: String) -> String {
        "\(id),\(plate),pay,2026-06-16T08:00:00Z,2026-06-16T18:00:00Z\n"
    }
    private func options(_ van: Van, keepGood: Bool = false, merge: Bool = false) -> ListImportOptions {
        ListImportOptions(keepGood: keepGood, merge: merge, asOf: van.time(30))
    }

    @Test("a file replaces the list and says how current it is; merging only adds and replaces")
    func replaceAndMerge() async throws {
        let van = try Van()
        let store = try van.open()
        let one = try van.file("1.csv", Self.header + row("S-1", "AAA111") + row("S-2", "BBB222"))
        let two = try van.file("2.csv", Self.header + row("S-2", "CCC333") + row("S-3", "DDD444"))
        let first = try await store.importList(.sessions, from: one, options: options(van))
        #expect(first.goodRows == 2 && first.badRows == 0 && first.recordsBefore == 0 && first.recordsAfter == 2)
        #expect(try await store.feedStates()[1] == FeedState(feed: .sessions, asOf: van.time(30), records: 2))
        let merged = try await store.importList(.sessions, from: two, options: options(van, merge: true))
        #expect(merged.recordsAfter == 3)
        let plates = try ["AAA111", "BBB222", "CCC333", "DDD444"].map { try Plate($0) }
        let noon = try #require(WireCoding.date("2026-06-16T12:00:00Z"))
        #expect(Set(try await store.answer(for: plates, at: noon).map(\.plate.text)) == ["AAA111", "CCC333", "DDD444"])
        #expect(try await store.importList(.sessions, from: two, options: options(van)).recordsAfter == 2)
        #expect(Set(try await store.answer(for: plates, at: noon).map(\.plate.text)) == ["CCC333", "DDD444"])
    }

    @Test(
        "bad and doubled rows are named with their lines; nothing is kept unless the good ones are asked for",
        arguments: [false, true]
    )
    func badRows(merge: Bool) async throws {
        let van = try Van()
        let store = try van.open()
        let good = try van.file("good.csv", Self.header + row("S-0", "AAA000"))
        _ = try await store.importList(.sessions, from: good, options: options(van))
        let text =
            Self.header + row("S-1", "AAA111") + row("S-2", "Ä1") + row("S-1", "CCC333") + "S-3,DDD\n"
            + row("S-4", "DDD444")
        let bad = try van.file("bad.csv", text)
        do {
            _ = try await store.importList(.sessions, from: bad, options: options(van, merge: merge))
            Issue.record("taken")
        } catch PatrolStoreError.importRefused(let report) {
            #expect(report.goodRows == 2 && report.badRows == 3)
            #expect(report.problems.map(\.line) == [3, 4, 5])
            #expect(report.problems.map(\.column) == ["plate", "session", nil])
        }
        #expect(try await store.feedStates()[1].records == 1)
        #expect(try await store.answer(for: [try Plate("AAA000")], at: van.start).count == 1)
        let report = try await store.importList(
            .sessions,
            from: bad,
            options: options(van, keepGood: true, merge: merge)
        )
        #expect(report.recordsAfter == (merge ? 3 : 2))
        #expect(try await store.answer(for: [try Plate("CCC333")], at: van.start).isEmpty)
        #expect(try await store.answer(for: [try Plate("AAA111")], at: van.start).count == 1)
    }

    @Test("a missing file, a wrong header, a wrong encoding and a full disk leave the list as it was")
    func spoiltFiles() async throws {
        let van = try Van()
        let store = try van.open(maximumPages: 200)
        let good = try van.file("good.csv", Self.header + row("S-0", "AAA000"))
        _ = try await store.importList(.sessions, from: good, options: options(van))
        func refusal(_ path: String) async -> String {
            do {
                _ = try await store.importList(.sessions, from: path, options: options(van, keepGood: true))
                return "taken"
            } catch { return "\(error)" }
        }
        #expect(await refusal(van.folder.path + "/none.csv").contains("none.csv: cannot be read: No such file"))
        #expect(await refusal(van.folder.path).contains("Is a directory"))
        let header = try van.file("h.csv", "session,plate,area,from,to\n")
        #expect(await refusal(header).contains("unknown column 'area'"))
        let latin = van.folder.appending(path: "latin.csv")
        try Data(Array((Self.header + row("S-1", "AAA111")).utf8) + [0xE9, 0x2C, 0x0A]).write(to: latin)
        #expect(await refusal(latin.path).contains("line 3: the text is not UTF-8"))
        let many = (0..<20_000).map { row("S-\($0)", "AB\($0)") }.joined()
        let long = try van.file("many.csv", Self.header + many)
        #expect(await refusal(long).contains("no space is left"))
        #expect(try await store.feedStates()[1].records == 1)
        #expect(try await store.answer(for: [try Plate("AAA000")], at: van.start).count == 1)
    }
}
