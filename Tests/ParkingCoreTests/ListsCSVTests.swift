// CSV as it comes from other programs: quotes, line ends, encodings, cuts anywhere; each row a record or a named problem.
import Foundation
import Testing

@testable import ParkingCore

@Suite("CSV")
struct CSVTests {
    /// Rows of a text that arrives in pieces of `size` bytes.
    private func rows(_ bytes: [UInt8], size: Int = 7) throws -> [[String]] {
        var reader = CSVReader()
        var found: [[String]] = []
        func keep(_ row: CSVRow) {
            found.append(row.malformed.map { ["bad: \($0)"] } ?? (0..<row.count).map { row.text($0) })
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBufferPointer {
                try reader.consume($0, each: keep)
            }
        }
        try reader.finish(each: keep)
        return found
    }

    @Test(
        "quotes, doubled quotes, commas and line breaks in fields, every line end, cut at any byte",
        arguments: 1...20
    )
    func fields(size: Int) throws {
        let text = "\u{FEFF}a,b,c\r\n\"x,1\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n\n,,\r\"\",é,last"
        #expect(
            try rows(Array(text.utf8), size: size) == [
                ["a", "b", "c"], ["x,1", "say \"hi\"", "two\r\nlines"], ["", "", ""], ["", "é", "last"],
            ]
        )
    }

    @Test("a stray quote spoils its row only")
    func strayQuotes() throws {
        let found = try rows(Array("a\"b,c\n\"a\"b,c\nd,e\n".utf8))
        #expect(found.count == 3)
        #expect(found[0][0].hasPrefix("bad: a quote stands inside column 1"))
        #expect(found[1][0].hasPrefix("bad: text stands after a closing quote in column 1"))
        #expect(found[2] == ["d", "e"])
    }

    @Test("UTF-16, zero bytes, Latin-1, an open quote and an endless row stop the file with their line")
    func spoilt() throws {
        func problem(_ bytes: [UInt8]) -> String {
            do {
                return "\(try rows(bytes).count) rows"
            } catch { return "\(error)" }
        }
        #expect(problem([0xFF, 0xFE, 0x61, 0x00]) == "line 1: the file is UTF-16; save it as UTF-8")
        #expect(problem(Array("ab\nc".utf8) + [0]).hasPrefix("line 2: a zero byte"))
        #expect(problem(Array("ab\nc".utf8) + [0xE9, 0x0A]) == "line 2: the text is not UTF-8; save the file as UTF-8")
        #expect(problem(Array("a\nb,\"c\nd\n".utf8)).hasPrefix("line 2: a quote opens here and never closes"))
        #expect(
            problem(Array("a\n".utf8) + [UInt8](repeating: 0x61, count: 70_000)).hasPrefix("line 2: a row of more than")
        )
        #expect(problem([]) == "0 rows")
        #expect(problem([0xEF]).hasPrefix("line 1: the text is not UTF-8"))
    }

    @Test("a time is read with its offset, exactly, or not at all")
    func instants() throws {
        func seconds(_ text: String) -> Double? { InstantText.date(Array(text.utf8))?.timeIntervalSince1970 }
        #expect(seconds("1970-01-01T00:00:00Z") == 0)
        #expect(seconds("2026-11-21T14:03:05.250Z") == 1_795_269_785.25)
        #expect(seconds("2026-11-21 09:03:05.2509-05:00") == 1_795_269_785.25)
        #expect(seconds("2026-11-21T14:03Z") == 1_795_269_780)
        #expect(seconds("2028-02-29T00:00:00+01:00") == 1_835_391_600)
        for bad in [
            "", "2026-11-21", "2026-11-21T14:03:05", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z", "2026-11-21T14:60:00Z", "2026-11-21T14:03:05.Z", "2026-11-21T14:03:05Zx",
            "2026-11-21T14:03:05+0500", "26-11-21T14:03:05Z", "1969-12-31T23:59:59Z", "2026-11-2aT00:00:00Z",
        ] { #expect(seconds(bad) == nil, "\(bad)") }
        // Against the system's calendar, over leap years and centuries.
        for day in stride(from: 0, to: 60_000, by: 373) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 3723)
            #expect(InstantText.date(Array(WireCoding.text(date).utf8)) == date)
        }
    }
}

@Suite("Lists as CSV")
struct ListsCSVTests {
    private func parse(_ feed: Feed, _ text: String) throws -> (records: [ListRecord], problems: [RowProblem]) {
        var csv = ListsCSV(feed: feed)
        var records: [ListRecord] = []
        var problems: [RowProblem] = []
        func take(_ line: Int, _ result: Result<ListRecord, RowProblem>) {
            switch result {
            case .success(let record): records.append(record)
            case .failure(let problem): problems.append(problem)
            }
        }
        try Array(text.utf8).withUnsafeBufferPointer { try csv.consume($0, each: take) }
        try csv.finish(each: take)
        return (records, problems)
    }

    @Test("each feed's columns, in any order")
    func feeds() throws {
        let span = "2026-06-16T08:00:00Z,2026-06-17T08:00:00Z"
        let permits = try parse(
            .permits,
            "permit,plate,kind,zones,from,to\nR-1,abcd 123,residential,a|b,\(span)\nR-2,X1,event,,\(span)\n"
        )
        #expect(permits.problems.isEmpty)
        guard case .permit(let first) = permits.records[0], case .permit(let second) = permits.records[1] else {
            Issue.record("no permits")
            return
        }
        #expect(first.plate.text == "ABCD123" && first.zones.map(\.text) == ["a", "b"])
        #expect(second.zones.isEmpty && second.validity.from == WireCoding.date("2026-06-16T08:00:00Z"))
        #expect(first.vehiclesAtOnce == nil)
        let shared = try parse(
            .permits,
            "permit,plate,kind,zones,from,to,at_once\nR,A1,event,,\(span),2\nR,A2,event,,\(span),\nR,A3,event,,\(span),0\n"
        )
        #expect(
            shared.records.map { if case .permit(let permit) = $0 { permit.vehiclesAtOnce } else { nil } } == [2, nil]
        )
        #expect(shared.problems.map(\.column) == ["at_once"])
        let turned = try parse(.watchlist, "Reason , plate,entry\n\"stolen, red\",AB1,W-1")
        #expect(
            turned.records == [
                .watchlist(WatchlistEntry(entry: "W-1", plate: try Plate("AB1"), reason: "stolen, red"))
            ]
        )
        let scofflaws = try parse(.scofflaws, "plate,unpaid_tickets,unpaid_cents,eligible_for\nAB1,3,15000,boot\n")
        #expect(
            scofflaws.records == [
                .scofflaw(Scofflaw(plate: try Plate("AB1"), unpaidTickets: 3, unpaidCents: 15_000, eligibleFor: .boot))
            ]
        )
        #expect(try parse(.sessions, "session,plate,zone,from,to\nS,A1,z,\(span)\n").records.count == 1)
        #expect(try parse(.exemptions, "exemption,plate,kind,from,to\nE,A1,officer,\(span)\n").records.count == 1)
    }

    @Test("a wrong header is named with what was expected")
    func headers() throws {
        func problem(_ text: String) -> String {
            do {
                _ = try parse(.sessions, text)
                return "taken"
            } catch { return "\(error)" }
        }
        let expected = "the first line must be session,plate,zone,from,to"
        #expect(problem("session,plate,zone,from\n") == "line 1: column 'to' is missing; \(expected)")
        #expect(problem("session,plate,zone,from,to,x\n") == "line 1: unknown column 'x'; \(expected)")
        #expect(problem("session,plate,plate,from,to\n").contains("'plate' stands there twice"))
        #expect(problem("session;plate;zone;from;to\n").contains("separated by commas"))
        #expect(problem("") == "line 1: the file is empty; its first line must be session,plate,zone,from,to")
    }

    @Test("a bad row is named with its line, its column and the reason; the others are taken")
    func rows() throws {
        let text = """
            session,plate,zone,from,to
            S-1,AB 1,z,2026-06-16T08:00:00Z,2026-06-16T09:00:00Z
            S-2,AB_1,z,2026-06-16T08:00:00Z,2026-06-16T09:00:00Z
            ,AB1,z,2026-06-16T08:00:00Z,2026-06-16T09:00:00Z
            S-4,AB1,a zone,2026-06-16T08:00:00Z,2026-06-16T09:00:00Z
            S-5,AB1,z,16/06/2026,2026-06-16T09:00:00Z
            S-6,AB1,z,2026-06-16T09:00:00Z,2026-06-16T09:00:00Z
            S-7,AB1,z
            S-8,AB1,z,2026-06-16T08:00:00Z,2026-06-16T09:00:00Z
            """
        let found = try parse(.sessions, text)
        #expect(found.records.map(\.key) == ["S-1", "S-8"])
        #expect(found.problems.map(\.line) == [3, 4, 5, 6, 7, 8])
        #expect(found.problems.map(\.column) == ["plate", "session", "zone", "from", "to", nil])
        #expect(found.problems[3].reason == "'16/06/2026' is no time such as 2026-11-21T14:00:00Z")
        #expect(found.problems[5].description == "line 8: has 3 fields where 5 are expected")
        let kinds = try parse(
            .exemptions,
            "exemption,plate,kind,from,to\nE,A1,police,2026-06-16T08:00Z,2026-06-17T08:00Z\n"
        )
        #expect(kinds.problems.map(\.reason) == ["'police' is none of municipal, officer, emergency"])
        let numbers = try parse(.scofflaws, "plate,unpaid_tickets,unpaid_cents,eligible_for\nA1,0,1,tow\nA1,1,-1,tow\n")
        #expect(numbers.problems.map(\.column) == ["unpaid_tickets", "unpaid_cents"])
    }
}
