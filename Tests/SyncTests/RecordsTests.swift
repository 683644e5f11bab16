// The database file itself: refused when it is another's, newer or damaged; lists become numbered changes.
import BackOffice
import Foundation
import ParkingCore
import SyncProtocol
import Testing

@Suite struct RecordsFile {
    @Test func `a damaged file and one of another program are refused with the cure`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/backoffice.sqlite"
        try Data(repeating: 0x41, count: 9000).write(to: URL(filePath: path))
        let damaged = #expect(throws: BackOfficeError.self) { try Records(folder: DataFolder(path: folder.path)) }
        #expect(damaged?.message.contains("damaged") == true)

        try FileManager.default.removeItem(atPath: path)
        try run("sqlite3", path, "CREATE TABLE mine (x); PRAGMA application_id = 7;")
        let strange = #expect(throws: BackOfficeError.self) { try Records(folder: DataFolder(path: folder.path)) }
        #expect(strange?.message.contains("another program") == true)
    }

    @Test func `a file of a newer version is refused and left as it is`() throws {
        let folder = try TemporaryFolder()
        _ = try Records(folder: DataFolder(path: folder.path))
        let path = folder.path + "/backoffice.sqlite"
        try run("sqlite3", path, "INSERT INTO grdb_migrations VALUES ('9 from the future');")
        let error = #expect(throws: BackOfficeError.self) { try Records(folder: DataFolder(path: folder.path)) }
        #expect(error?.message.contains("newer") == true)
        #expect(try run("sqlite3", path, "SELECT count(*) FROM grdb_migrations") == "6\n")
    }

    @Test func `a file of an earlier version is brought up to date with what it holds`() async throws {
        let folder = try TemporaryFolder()
        let entry = WatchlistEntry(entry: "W1", plate: try Plate("AAA111"), reason: "look")
        func put() throws -> Records {
            let records = try Records(folder: DataFolder(path: folder.path))
            _ = try records.replace(feed: .watchlist) { put in _ = try put(.watchlist(entry), 1) }
            return records
        }
        func answer(_ records: Records) async throws -> ChangesAnswer {
            let json = try await records.changes(after: 0, history: nil, limit: 10, now: Samples.start)
            return try WireCoding.decoder().decode(ChangesAnswer.self, from: Data(json.utf8))
        }
        let first = try await answer(put())
        try run(
            "sqlite3",
            folder.path + "/backoffice.sqlite",
            """
            DROP TABLE list_history; DROP TABLE feed_import; DROP TABLE fact_set_aside;
            DELETE FROM grdb_migrations WHERE identifier GLOB '[45] *';
            """
        )
        let second = try await answer(put())
        #expect(second.changes == first.changes && second.upTo == 1)
        // Nobody kept the name: who knows it by another loads the lists anew.
        let name = try #require(second.history)
        #expect(name != first.history)
    }

    @Test func `only its owner can read the file, and only one process at a time works on it`() throws {
        let folder = try TemporaryFolder()
        let records = try Records(folder: DataFolder(path: folder.path + "/data"))
        for name in ["backoffice.sqlite", "lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/data/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let second = #expect(throws: BackOfficeError.self) { try DataFolder(path: folder.path + "/data") }
        #expect(second?.code == .inUse)
        withExtendedLifetime(records) {}
    }

    @Test func `an unchanged list makes no changes and a removed record becomes one`() async throws {
        let folder = try TemporaryFolder()
        let records = try Records(folder: DataFolder(path: folder.path))
        func session(_ index: Int, minutes: Int = 60) throws -> ListRecord {
            .session(
                ParkingSession(
                    session: "S\(index)",
                    plate: try Plate("AB\(index)"),
                    zone: try ZoneID("M1"),
                    validity: try TimeWindow(
                        from: Samples.start,
                        to: Samples.start.addingTimeInterval(Double(minutes) * 60)
                    )
                )
            )
        }
        func take(_ list: [ListRecord]) throws -> ListImportOutcome {
            try records.replace(feed: .sessions) { put in for record in list { _ = try put(record, 1) } }
        }
        var names: [Int64: String] = [:]
        func changes(after: Int64, limit: Int = 100) async throws -> ChangesAnswer {
            let json = try await records.changes(after: after, history: names[after], limit: limit, now: Samples.start)
            let answer = try WireCoding.decoder().decode(ChangesAnswer.self, from: Data(json.utf8))
            names[answer.upTo] = answer.history
            return answer
        }
        let first = try take((1...10).map { try session($0) })
        #expect(first.added == 10 && first.upTo == 10)
        let same = try take((1...10).map { try session($0) })
        #expect(same.unchanged == 10 && same.upTo == 10)
        let other = try take((2...11).map { try session($0, minutes: $0 == 5 ? 90 : 60) })
        #expect(other == ListImportOutcome(added: 1, altered: 1, removed: 1, unchanged: 8, upTo: 13))

        // Change 10 by another name is another database's.
        names[10] = "made up"
        await #expect(throws: BackOfficeError.self) { try await changes(after: 10) }
        names[10] = nil
        await #expect(throws: BackOfficeError.self) { try await changes(after: 10) }
        _ = try await changes(after: 0, limit: 8)
        let news = try await changes(after: 10)
        #expect(news.changes.map(\.change) == [11, 12, 13])
        #expect(Set(news.changes.map(\.key)) == ["S1", "S5", "S11"])
        #expect(news.changes.first { $0.key == "S1" }?.record == nil)
        #expect(news.changes.first { $0.key == "S5" }?.record == (try session(5, minutes: 90)))
        #expect(news.upTo == 13 && !news.more)

        var cursor: Int64 = 0
        var seen: [Int64] = []
        while true {
            let page = try await changes(after: cursor, limit: 4)
            seen += page.changes.map(\.change)
            cursor = page.upTo
            if !page.more { break }
        }
        #expect(seen == seen.sorted() && seen.count == 11 && cursor == 13)

        // A removed record that comes back is added again; one feed's import leaves the others alone.
        let back = try take((1...11).map { try session($0, minutes: $0 == 5 ? 90 : 60) })
        #expect(back == ListImportOutcome(added: 1, altered: 0, removed: 0, unchanged: 10, upTo: 14))
        let permits = try records.replace(feed: .permits) { _ in }
        #expect(permits == ListImportOutcome(added: 0, altered: 0, removed: 0, unchanged: 0, upTo: 14))
    }

    @Test func `a list file with a bad row changes nothing unless the good ones are asked for`() throws {
        let folder = try TemporaryFolder()
        let records = try Records(folder: DataFolder(path: folder.path + "/data"))
        let file = folder.path + "/sessions.csv"
        let text = """
            session,plate,zone,from,to
            S1,ABCD 123,M1,2026-06-16T14:00:00Z,2026-06-16T15:00:00Z
            S2,AB CD,M1,2026-06-16T14:00:00Z,2026-06-16T13:00:00Z
            """
        try Data(text.utf8).write(to: URL(filePath: file))
        let list = ListsFile(path: file, feed: .sessions)
        let error = #expect(throws: BackOfficeError.self) { try list.replace(in: records, keepGood: false) }
        #expect(error?.message.contains("line 3") == true)
        let outcome = try list.replace(in: records, keepGood: true)
        #expect(outcome.list.added == 1 && outcome.problemCount == 1)
        // A key that stands twice is no reason to forget who paid: the first is kept, and both lines are told.
        try Data(
            (text.split(separator: "\n").prefix(2) + ["S1,ZZZZ999,M1,2026-06-16T14:00:00Z,2026-06-16T15:00:00Z"])
                .joined(separator: "\n").utf8
        ).write(to: URL(filePath: file))
        let twice = #expect(throws: BackOfficeError.self) { try list.replace(in: records, keepGood: false) }
        #expect(twice?.message.contains("line 3") == true && twice?.message.contains("on line 2 already") == true)
        let kept = try list.replace(in: records, keepGood: true)
        #expect(kept.list.unchanged == 1 && kept.list.altered == 0 && kept.problemCount == 1)
        // What looks like a failed export takes nobody's right away.
        try Data("session,plate,zone,from,to\n".utf8).write(to: URL(filePath: file))
        let empty = #expect(throws: BackOfficeError.self) {
            try list.replace(in: records, keepGood: false, mayShrink: false)
        }
        #expect(empty?.message.contains("0 of 1 sessions") == true && empty?.message.contains("--may-shrink") == true)
        #expect(try list.replace(in: records, keepGood: false).list.removed == 1)
        let wrong = ListsFile(path: file, feed: .permits)
        #expect(throws: BackOfficeError.self) { try wrong.replace(in: records, keepGood: true) }
    }
}

/// Runs a program and gives its standard output.
@discardableResult
func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) failed")
    return String(decoding: data, as: UTF8.self)
}
