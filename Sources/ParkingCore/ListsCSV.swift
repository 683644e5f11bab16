// The five lists as CSV files: their columns, and from a row to a checked record or a named problem.
internal import Foundation

/// A column of a list's file.
package struct ListColumn: Hashable, Sendable {
    package let name: String
    /// What stands in it, for `--help` and for messages.
    package let meaning: String
    /// A file may leave the column out; then it counts as empty.
    package var isOptional = false
}

extension Feed {
    /// The header that the feed's file has, in any order; all but the optional ones are needed and none may be added.
    package var columns: [ListColumn] {
        let plate = ListColumn(name: "plate", meaning: "letters and digits; spaces and hyphens are ignored")
        let from = ListColumn(name: "from", meaning: "start, ISO 8601 with offset: 2026-11-21T14:00:00Z")
        let to = ListColumn(name: "to", meaning: "end (no longer valid then), as from")
        func key(_ name: String, _ meaning: String) -> ListColumn { ListColumn(name: name, meaning: meaning) }
        return switch self {
        case .permits:
            [
                key("permit", "number; one row a plate that shares it"), plate,
                key("kind", PermitKind.allCases.map(\.rawValue).joined(separator: "|")),
                key("zones", "zone names separated by |; empty: every zone that honours the kind"), from, to,
                ListColumn(
                    name: "at_once",
                    meaning: "how many of its vehicles may stand at the same time; empty: as many as share it",
                    isOptional: true
                ),
            ]
        case .sessions: [key("session", "number, unique"), plate, key("zone", "zone name"), from, to]
        case .exemptions:
            [
                key("exemption", "number"), plate,
                key("kind", ExemptionKind.allCases.map(\.rawValue).joined(separator: "|")), from, to,
            ]
        case .scofflaws:
            [
                plate, key("unpaid_tickets", "how many, 1 or more"), key("unpaid_cents", "their sum in cents"),
                key("eligible_for", ScofflawAction.allCases.map(\.rawValue).joined(separator: "|")),
            ]
        case .watchlist: [key("entry", "number, unique"), plate, key("reason", "what the officer is told")]
        }
    }
}

/// A row that is no record: the line of the file, the column if one is to blame, and why.
package struct RowProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    package let line: Int
    package let column: String?
    package let reason: String
    package var description: String { "line \(line)" + (column.map { ", \($0)" } ?? "") + ": \(reason)" }

    package init(line: Int, column: String?, reason: String) {
        self.line = line
        self.column = column
        // What a file says is shown on terminals: no control characters, and not at any length.
        let plain = String(
            String.UnicodeScalarView(
                reason.unicodeScalars.prefix(300).map { scalar in
                    scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
                }
            )
        )
        self.reason = plain.unicodeScalars.count < 300 ? plain : plain + "..."
    }

    /// A record whose key stands further up, on line `earlier` if that is known.
    package static func doubled(_ key: String, line: Int, earlier: Int?, column: String) -> RowProblem {
        let place = earlier.map { "on line \($0)" } ?? "further up"
        return RowProblem(
            line: line,
            column: column,
            reason: "'\(key)' stands \(place) already; each record has one row"
        )
    }
}

extension Feed {
    /// What speaks against so many records in place of so many: an export that failed looks like that, and everyone who
    /// lost a right would be a violator by fresh lists. Sessions come and go, so that only an empty list of them is asked
    /// about. nil: nothing.
    package func shrinkProblem(records: Int, before: Int) -> String? {
        let isSuspicious = records == 0 ? before > 0 : self != .sessions && before >= 20 && records * 2 < before
        guard isSuspicious else { return nil }
        return "\(records) of \(before) \(rawValue) would be left: an export that failed looks like that. Nothing was "
            + "changed; if it is right, say --may-shrink"
    }
}

/// Turns the bytes of a list's file into records, one at a time.
package struct ListsCSV: Sendable {
    package let feed: Feed
    private var reader = CSVReader()
    /// For each of `feed.columns` its place in a row; nil until the header was read.
    private var places: [Int]?
    private let columns: [ListColumn]

    package init(feed: Feed) {
        self.feed = feed
        columns = feed.columns
    }

    /// Takes the next bytes and hands each finished row to `each` with its line.
    /// - Throws: `CSVError` for what spoils the whole file, such as a wrong header; what `each` throws.
    package mutating func consume(
        _ chunk: UnsafeBufferPointer<UInt8>,
        each: (Int, Result<ListRecord, RowProblem>) throws -> Void
    ) throws {
        var places = places
        let columns = columns
        let feed = feed
        defer { self.places = places }
        try reader.consume(chunk) { row in
            try ListsCSV.take(row, feed: feed, columns: columns, places: &places, each: each)
        }
    }

    /// Takes a last row without a line end.
    /// - Throws: as `consume`; also for a file without a header.
    package mutating func finish(each: (Int, Result<ListRecord, RowProblem>) throws -> Void) throws {
        var places = places
        try reader.finish { row in
            try ListsCSV.take(row, feed: feed, columns: columns, places: &places, each: each)
        }
        self.places = places
        guard places != nil else {
            throw CSVError(line: 1, problem: "the file is empty; its first line must be \(ListsCSV.header(columns))")
        }
    }

    private static func header(_ columns: [ListColumn]) -> String { columns.map(\.name).joined(separator: ",") }

    private static func take(
        _ row: CSVRow,
        feed: Feed,
        columns: [ListColumn],
        places: inout [Int]?,
        each: (Int, Result<ListRecord, RowProblem>) throws -> Void
    ) throws {
        guard let found = places else {
            places = try headerPlaces(row, columns: columns)
            return
        }
        let fields = ListRow(row: row, columns: columns, places: found)
        let result: Result<ListRecord, RowProblem>
        do throws(RowProblem) {
            result = .success(try fields.record(feed))
        } catch {
            result = .failure(error)
        }
        try each(row.line, result)
    }

    private static func headerPlaces(_ row: CSVRow, columns: [ListColumn]) throws -> [Int] {
        let names = (0..<row.count).map { row.text($0).trimmingCharacters(in: .whitespaces).lowercased() }
        let expected = "the first line must be \(header(columns))"
        if names.count == 1, columns.count > 1, names[0].contains(";") || names[0].contains("\t") {
            throw CSVError(
                line: row.line,
                problem: "columns are separated by commas, not by semicolons or tabs; \(expected)"
            )
        }
        for (index, name) in names.enumerated() {
            guard columns.contains(where: { $0.name == name }) else {
                throw CSVError(line: row.line, problem: "unknown column '\(name.prefix(60))'; \(expected)")
            }
            guard names.firstIndex(of: name) == index else {
                throw CSVError(line: row.line, problem: "column '\(name)' stands there twice; \(expected)")
            }
        }
        return try columns.map { column in
            guard let place = names.firstIndex(of: column.name) else {
                if column.isOptional { return ListRow.absent }
                throw CSVError(line: row.line, problem: "column '\(column.name)' is missing; \(expected)")
            }
            return place
        }
    }
}

/// One row under its header.
private struct ListRow {
    let row: CSVRow
    let columns: [ListColumn]
    /// For each of `columns` its field in the row.
    let places: [Int]

    /// Stands for the place of a column that the file does not have.
    static let absent = -1
    static let longestKey = 100
    static let longestReason = 500

    func record(_ feed: Feed) throws(RowProblem) -> ListRecord {
        if let reason = row.malformed { throw RowProblem(line: row.line, column: nil, reason: reason) }
        let expected = places.filter { $0 != ListRow.absent }.count
        guard row.count == expected else {
            throw RowProblem(
                line: row.line,
                column: nil,
                reason: "has \(row.count) fields where \(expected) are expected"
            )
        }
        switch feed {
        case .permits:
            return .permit(
                Permit(
                    permit: try key(0),
                    plate: try plate(1),
                    kind: try choice(2),
                    zones: try zones(3),
                    validity: try window(4, 5),
                    vehiclesAtOnce: try optionalNumber(6, 1...1000)
                )
            )
        case .sessions:
            return .session(
                ParkingSession(session: try key(0), plate: try plate(1), zone: try zone(2), validity: try window(3, 4))
            )
        case .exemptions:
            return .exemption(
                Exemption(exemption: try key(0), plate: try plate(1), kind: try choice(2), validity: try window(3, 4))
            )
        case .scofflaws:
            return .scofflaw(
                Scofflaw(
                    plate: try plate(0),
                    unpaidTickets: try number(1, 1...100_000),
                    unpaidCents: try number(2, 0...1_000_000_000),
                    eligibleFor: try choice(3)
                )
            )
        case .watchlist:
            return .watchlist(
                WatchlistEntry(
                    entry: try key(0),
                    plate: try plate(1),
                    reason: try words(2, longest: ListRow.longestReason)
                )
            )
        }
    }

    private func text(_ column: Int) -> String {
        places[column] == ListRow.absent ? "" : row.text(places[column])
    }

    private func problem(_ column: Int, _ reason: String) -> RowProblem {
        RowProblem(line: row.line, column: columns[column].name, reason: reason)
    }

    private func words(_ column: Int, longest: Int) throws(RowProblem) -> String {
        let text = text(column)
        guard !text.isEmpty else { throw problem(column, "is empty; give \(columns[column].meaning)") }
        guard text.utf8.count <= longest else { throw problem(column, "is longer than \(longest) bytes") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw problem(column, "holds a control character or a line break")
        }
        return text
    }

    private func key(_ column: Int) throws(RowProblem) -> String { try words(column, longest: ListRow.longestKey) }

    private func plate(_ column: Int) throws(RowProblem) -> Plate {
        do throws(PlateError) {
            return try Plate(text(column))
        } catch {
            throw problem(column, error.description)
        }
    }

    private func zone(_ column: Int) throws(RowProblem) -> ZoneID {
        do throws(ShortNameError) {
            return try ZoneID(text(column))
        } catch {
            throw problem(column, error.description)
        }
    }

    private func zones(_ column: Int) throws(RowProblem) -> [ZoneID] {
        let text = text(column)
        guard !text.isEmpty else { return [] }
        var zones: [ZoneID] = []
        for part in text.split(separator: "|", omittingEmptySubsequences: false) {
            do throws(ShortNameError) {
                zones.append(try ZoneID(String(part)))
            } catch {
                throw problem(column, error.description)
            }
        }
        return zones
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(_ column: Int) throws(RowProblem) -> Choice
    where Choice.RawValue == String {
        let text = text(column)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem(column, "'\(text.prefix(60))' is none of \(known)")
        }
        return choice
    }

    private func number(_ column: Int, _ range: ClosedRange<Int>) throws(RowProblem) -> Int {
        let text = text(column)
        guard let value = Int(text), range.contains(value) else {
            throw problem(
                column,
                "'\(text.prefix(60))' is no whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    private func optionalNumber(_ column: Int, _ range: ClosedRange<Int>) throws(RowProblem) -> Int? {
        text(column).isEmpty ? nil : try number(column, range)
    }

    private func window(_ from: Int, _ to: Int) throws(RowProblem) -> TimeWindow {
        let start = try time(from)
        let end = try time(to)
        do throws(ListError) {
            return try TimeWindow(from: start, to: end)
        } catch {
            throw problem(to, "'\(text(to).prefix(60))' is not after '\(text(from).prefix(60))'")
        }
    }

    private func time(_ column: Int) throws(RowProblem) -> Date {
        guard let date = InstantText.date(row[places[column]]) else {
            throw problem(column, "'\(text(column).prefix(60))' is no time such as 2026-11-21T14:00:00Z")
        }
        return date
    }
}
