// What the vehicle records, and the outbox that hands it to the server: both in one transaction, always.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

extension PatrolStore {
    // MARK: Recording

    /// Keeps a read with its answer and its photos' names. A read whose place it takes waits no longer for a decision.
    /// - Throws: `PatrolStoreError.alreadyRecorded` for an identifier that was used before.
    @discardableResult
    package func record(read fact: ReadFact, at time: Date) async throws -> RecordedFact {
        _ = try requireVehicle()
        return try await write { try PatrolStore.append(fact, at: time, $0) }
    }

    /// Keeps several reads in their order, with the marks made of some of them, all or none.
    /// - Throws: as `record(read:at:)` does for any of them.
    package func record(reads facts: [ReadFact], chalk: [ChalkRecord] = [], at time: Date) async throws {
        _ = try requireVehicle()
        try await write { db in
            for fact in facts { _ = try PatrolStore.append(fact, at: time, db) }
            for mark in chalk { try PatrolStore.keep(mark, db) }
        }
    }

    private static func append(_ fact: ReadFact, at time: Date, _ db: Database) throws -> RecordedFact {
        let recorded = try append(.read(fact), id: fact.read.id, at: time, db)
        try db.execute(
            sql: """
                INSERT INTO plate_read (id, sequence, time, plate, answer, kept_for)
                VALUES (?, ?, ?, ?, ?, (SELECT id FROM plate_read WHERE id = ?))
                """,
            arguments: [
                fact.read.id.description, recorded.sequence, fact.read.time.storedMilliseconds,
                fact.read.reading.plate.text, fact.judgement.answer, fact.judgement.repeats?.description,
            ]
        )
        if let earlier = fact.sameCar, earlier.isReplaced {
            // What the officer decided stays decided.
            try db.execute(
                sql: """
                    UPDATE plate_read SET replaced_by = ?
                    WHERE id = ? AND id <> ? AND id NOT IN (SELECT read FROM decision)
                    """,
                arguments: [fact.read.id.description, earlier.read.description, fact.read.id.description]
            )
        }
        if let first = fact.judgement.restsOn {
            // The first pass was clear; from now on it is part of what hit.
            try db.execute(
                sql: "UPDATE plate_read SET kept_for = ? WHERE id = ? AND answer = 'clear' AND kept_for IS NULL",
                arguments: [fact.read.id.description, first.description]
            )
        }
        for photo in fact.photos {
            // The same bytes twice are one photo.
            try db.execute(
                sql:
                    "INSERT INTO photo (sha256, read, role, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                arguments: [photo.sha256, fact.read.id.description, photo.role.rawValue, photo.bytes]
            )
        }
        return recorded
    }

    /// Keeps what the officer decided on an alert or a second look, once.
    /// - Throws: `PatrolStoreError` for an unknown or clear read, a second decision, a rejection without a reason.
    @discardableResult
    package func record(decision: DecisionFact, at time: Date) async throws -> RecordedFact {
        _ = try requireVehicle()
        return try await write { try PatrolStore.append(decision, at: time, $0) }
    }

    static func append(_ decision: DecisionFact, at time: Date, _ db: Database) throws -> RecordedFact {
        let read = decision.read.description
        guard
            let answer = try String.fetchOne(db, sql: "SELECT answer FROM plate_read WHERE id = ?", arguments: [read])
        else { throw PatrolStoreError.unknownRead(decision.read) }
        guard answer != "clear" else { throw PatrolStoreError.nothingToDecide(decision.read) }
        let replacement = "SELECT replaced_by FROM plate_read WHERE id = ?"
        if let other = try String.fetchOne(db, sql: replacement, arguments: [read]) {
            if other == read { throw PatrolStoreError.replacedAndPurged(read: decision.read) }
            throw PatrolStoreError.replaced(read: decision.read, by: other)
        }
        if let verdict = try String.fetchOne(db, sql: "SELECT verdict FROM decision WHERE read = ?", arguments: [read])
        {
            throw PatrolStoreError.alreadyDecided(read: decision.read, verdict: verdict)
        }
        if decision.verdict == .rejected, (decision.reason ?? "").allSatisfy(\.isWhitespace) {
            throw PatrolStoreError.reasonMissing
        }
        let recorded = try append(.decision(decision), id: UUIDv7(at: time), at: time, db)
        try db.execute(
            sql: "INSERT INTO decision (read, sequence, verdict) VALUES (?, ?, ?)",
            arguments: [read, recorded.sequence, decision.verdict.rawValue]
        )
        try db.execute(sql: "UPDATE plate_read SET is_decided = 1 WHERE id = ?", arguments: [read])
        return recorded
    }

    /// Puts a fact into the outbox under the next sequence.
    static func append(_ body: FactBody, id: UUIDv7, at time: Date, _ db: Database) throws -> RecordedFact {
        guard try Int.fetchOne(db, sql: "SELECT 1 FROM fact WHERE id = ?", arguments: [id.description]) == nil else {
            throw PatrolStoreError.alreadyRecorded(id)
        }
        let json = String(decoding: try WireCoding.encoder().encode(body), as: UTF8.self)
        try db.execute(
            sql: "INSERT INTO fact (id, recorded_at, body) VALUES (?, ?, ?)",
            arguments: [id.description, time.storedMilliseconds, json]
        )
        return RecordedFact(id: id, sequence: db.lastInsertedRowID, recordedAt: time, body: body)
    }

    // MARK: Outbox

    /// Facts with a sequence above `sequence`, in order.
    package func outbox(after sequence: Int64, limit: Int = FactsUpload.limit) async throws -> [RecordedFact] {
        try await facts("fact.sequence > ? ORDER BY fact.sequence LIMIT ?", [sequence, max(0, limit)])
    }

    /// The last fact up to `sequence` that is still here, no placeholder; nil: there is none.
    package func newestFact(through sequence: Int64) async throws -> RecordedFact? {
        try await facts(
            """
            fact.sequence <= ? AND fact.sequence NOT IN (SELECT sequence FROM withheld)
            ORDER BY fact.sequence DESC LIMIT 1
            """,
            [sequence]
        ).first
    }

    private func facts(_ wanted: String, _ arguments: StatementArguments) async throws -> [RecordedFact] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT fact.sequence, fact.id, recorded_at, body, evidence_bundle.sequence AS bundle, sha256 FROM fact
                    LEFT JOIN evidence_bundle ON evidence_bundle.fact = fact.sequence
                    WHERE \(wanted)
                    """,
                arguments: arguments
            )
            return try rows.map { row in
                RecordedFact(
                    id: try UUIDv7(row["id"] as String),
                    sequence: row["sequence"],
                    recordedAt: Date(storedMilliseconds: row["recorded_at"]),
                    body: try PatrolStore.body(row),
                    bundle: PatrolStore.bundle(row)
                )
            }
        }
    }

    /// Highest sequence that the server has; 0 at first.
    package func acknowledgedSequence() async throws -> Int64 { try await read { try Setting.acknowledged.number($0) } }

    /// Notes that the server has everything up to `sequence`; a lower one than before changes nothing.
    /// - Throws: `PatrolStoreError.badAnswer` for a sequence that was never given.
    package func acknowledge(through sequence: Int64) async throws {
        try await write { db in
            let last = try PatrolStore.lastSequence(db)
            guard sequence <= last else {
                throw PatrolStoreError.badAnswer(
                    detail:
                        "it acknowledges fact \(sequence), and \(last) is the last; is another vehicle named the same?"
                )
            }
            if try sequence > Setting.acknowledged.number(db) { try Setting.acknowledged.set(String(sequence), db) }
        }
    }

    /// Goes back to what a server still has that was put back from an older copy; the facts after that are sent again.
    /// - Parameter sequence: lower than what it had acknowledged.
    package func rewind(to sequence: Int64) async throws {
        try await write { db in
            guard try sequence < Setting.acknowledged.number(db) else { return }
            try Setting.acknowledged.set(String(max(0, sequence)), db)
            // It says which of them it has.
            try db.execute(
                sql: "UPDATE photo SET sent = 0 WHERE read IN (SELECT id FROM plate_read WHERE sequence > ?)",
                arguments: [sequence]
            )
        }
    }

    /// Puts placeholders where facts that the server lacks are gone from here, for it takes none beyond a gap: rows of
    /// their own, so that asking again sends the same.
    /// - Parameter limit: how many sequences after `sequence` are looked at.
    package func fillGaps(after sequence: Int64, limit: Int = FactsUpload.limit) async throws {
        let runs = "SELECT first, last FROM erased WHERE last > ? AND first <= ?"
        let arguments: StatementArguments = [sequence, sequence + Int64(max(0, limit))]
        let hasGaps = try await read { try Row.fetchOne($0, sql: runs, arguments: arguments) != nil }
        guard hasGaps else { return }
        try await write { db in
            let body = try PatrolStore.placeholder(was: .erased)
            for run in try Row.fetchAll(db, sql: runs, arguments: arguments) {
                let (first, last): (Int64, Int64) = (run["first"], run["last"])
                let filled = max(first, sequence + 1)...min(last, sequence + Int64(limit))
                try db.execute(sql: "DELETE FROM erased WHERE first = ?", arguments: [first])
                if first < filled.lowerBound { try PatrolStore.noteErased(run: first, filled.lowerBound - 1, db) }
                if last > filled.upperBound { try PatrolStore.noteErased(run: filled.upperBound + 1, last, db) }
                for gone in filled {
                    let now = Date()
                    try db.execute(
                        sql: "INSERT INTO fact (sequence, id, recorded_at, body) VALUES (?, ?, ?, ?)",
                        arguments: [gone, UUIDv7(at: now).description, now.storedMilliseconds, body]
                    )
                    try db.execute(sql: "INSERT INTO withheld (sequence) VALUES (?)", arguments: [gone])
                }
            }
        }
    }

    /// Facts that the server does not have yet.
    package func unsentCount() async throws -> Int {
        try await read { db in
            // There is no gap above what the server has.
            Int(try PatrolStore.lastSequence(db) - Setting.acknowledged.number(db))
        }
    }

    // MARK: Photos

    /// Photos that the server does not have yet and may want, oldest read first.
    package func photosToSend(limit: Int = 100) async throws -> [PhotoReference] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT sha256, role, bytes FROM photo WHERE sent = 0 ORDER BY read, sha256 LIMIT ?",
                arguments: [max(0, limit)]
            ).compactMap { row in
                PhotoReference.Role(rawValue: row["role"]).map {
                    PhotoReference(sha256: row["sha256"], role: $0, bytes: row["bytes"])
                }
            }
        }
    }

    package func markPhotosSent(_ names: [String]) async throws { try await mark(names, sent: true) }

    /// The server says that it lacks these, though they were sent or it did not want them before.
    package func markPhotosMissing(_ names: [String]) async throws { try await mark(names, sent: false) }

    /// The server knows no fact that names the photo. That is its last word for now once it has the photo's read, which
    /// it set aside or purged, and the photo waits no longer; else the read is still on its way.
    package func markPhotoUnwanted(_ name: String) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE photo SET sent = 1 WHERE sha256 = ? AND read IN
                        (SELECT id FROM plate_read WHERE plate_read.id = photo.read AND sequence <= ?)
                    """,
                arguments: [name, try Setting.acknowledged.number(db)]
            )
        }
    }

    private func mark(_ names: [String], sent: Bool) async throws {
        try await write { db in
            for name in names {
                try db.execute(sql: "UPDATE photo SET sent = ? WHERE sha256 = ?", arguments: [sent ? 1 : 0, name])
            }
        }
    }

    private static func bundle(_ row: Row) -> BundleReference? {
        guard let sequence: Int64 = row["bundle"], let sha256: String = row["sha256"] else { return nil }
        return BundleReference(sequence: sequence, sha256: sha256)
    }

    /// - Throws: `PatrolStoreError.unreadableFact` for a body that this version cannot read.
    static func body(_ row: Row) throws -> FactBody {
        let json: String = row["body"]
        do {
            return try WireCoding.decoder().decode(FactBody.self, from: Data(json.utf8))
        } catch {
            throw PatrolStoreError.unreadableFact(sequence: row["sequence"], detail: "\(error)")
        }
    }
}

extension Judgement {
    /// Its column in the database.
    var answer: String {
        switch self {
        case .clear: "clear"
        case .alert: "alert"
        case .secondLook: "secondLook"
        }
    }
}
