// Reads without a hit go once their time is over, and their bytes with them: rows, the outbox's copy, photos' names.
//
// What hit is never touched here, nor what a hit rests on: later sightings of its car, the first pass of an overtime.
package import Foundation
internal import GRDB
internal import ParkingCore
package import SyncProtocol

/// How long reads without a hit are kept.
package struct RetentionPeriods: Hashable, Sendable {
    /// Seconds from a read to its end.
    package let readsSeconds: Double
    /// The same for a read that the server has not got; never less than `readsSeconds`.
    package let unsentSeconds: Double

    /// 24 h as Ontario's municipalities have it; a week for what a broken link keeps on the vehicle.
    package static let standard = RetentionPeriods(readsSeconds: 86_400, unsentSeconds: 7 * 86_400)

    package init(readsSeconds: Double, unsentSeconds: Double) {
        self.readsSeconds = max(0, readsSeconds)
        self.unsentSeconds = max(self.readsSeconds, unsentSeconds)
    }
}

/// One run's rule and how far it came, by the reads' times.
package struct PurgeRun: Hashable, Sendable {
    package let now: Date
    package let periods: RetentionPeriods
    fileprivate var time = Int64.min
    fileprivate var sequence = Int64.min

    package init(now: Date, periods: RetentionPeriods) {
        self.now = now
        self.periods = periods
    }

    package var readsBefore: Date { now.addingTimeInterval(-periods.readsSeconds) }
    package var unsentBefore: Date { now.addingTimeInterval(-periods.unsentSeconds) }
    /// A read from further ahead was taken while the clock was wrong: its age cannot be told, so that its time is over.
    fileprivate var future: Date { now.addingTimeInterval(periods.readsSeconds) }
}

extension PatrolStore {
    /// What a run at this moment would take; nothing is changed.
    package func purgePreview(_ run: PurgeRun) async throws -> PurgeFact.Counts {
        try await read { db in
            var counts = PurgeFact.Counts()
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS reads, coalesce(sum(sequence > :acknowledged), 0) AS unsent,
                        coalesce(sum((SELECT count(*) FROM photo WHERE photo.read = plate_read.id)), 0) AS photos
                    FROM plate_read WHERE \(PatrolStore.due)
                    """,
                arguments: try PatrolStore.arguments(run, db)
            )
            counts.reads = row?["reads"] ?? 0
            counts.unsentReads = row?["unsent"] ?? 0
            counts.photos = row?["photos"] ?? 0
            return counts
        }
    }

    /// What runs took that have no record yet.
    package func waitingCounts() async throws -> PurgeFact.Counts { try await read { try PatrolStore.tally($0) } }

    /// Takes the next reads of a run in one transaction.
    /// - Parameter limit: most reads that one transaction takes.
    /// - Returns: the run to go on with; nil: it is through.
    package func purgeStep(_ run: PurgeRun, limit: Int = 100) async throws -> PurgeRun? {
        try await write { db in
            var arguments = try PatrolStore.arguments(run, db)
            arguments += ["limit": max(1, limit), "time": run.time, "sequence": run.sequence]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, sequence, time FROM plate_read
                    WHERE \(PatrolStore.due) AND (time, sequence) > (:time, :sequence)
                    ORDER BY time, sequence LIMIT :limit
                    """,
                arguments: arguments
            )
            guard let last = rows.last else { return nil }
            let acknowledged = try Setting.acknowledged.number(db)
            var tally = try PatrolStore.tally(db)
            var gone: [Int64] = []
            for row in rows {
                let sequence: Int64 = row["sequence"]
                try PatrolStore.erase(read: row["id"], &tally, db)
                if sequence <= acknowledged {
                    try db.execute(sql: "DELETE FROM fact WHERE sequence = ?", arguments: [sequence])
                    gone.append(sequence)
                } else {
                    try PatrolStore.withhold(sequence, db)
                    tally.unsentReads += 1
                }
            }
            tally.reads += rows.count
            try PatrolStore.noteErased(gone, db)
            try PatrolStore.keep(tally, db)
            var next = run
            next.time = last["time"]
            next.sequence = last["sequence"]
            return next
        }
    }

    /// Ends a run: what it took is recorded as a fact, and freed bytes leave the log.
    ///
    /// Where this vehicle's facts are signed and this store cannot sign (a technician's command), the counts wait: the
    /// daemon's next run records them with its own.
    /// - Parameter strayPhotos: photo files without a read that were erased.
    /// - Returns: the record; nil: nothing was taken, so that there is nothing to record.
    package func finishPurge(_ run: PurgeRun, strayPhotos: Int, at time: Date) async throws -> PurgeFact? {
        let seals = seals
        let record = try await write { db -> PurgeFact? in
            try PatrolStore.forgetSentPlaceholders(db)
            var tally = try PatrolStore.tally(db)
            tally.strayPhotos += strayPhotos
            guard !tally.isEmpty, let owner = try Setting.vehicle.text(db) else { return nil }
            let fact = PurgeFact(
                vehicle: VehicleID(unchecked: owner),
                at: time,
                readsBefore: run.readsBefore,
                unsentBefore: run.unsentBefore,
                counts: tally
            )
            if try !seals && Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM evidence_bundle)") == true {
                try PatrolStore.keep(tally, db)
                return fact
            }
            _ = try PatrolStore.append(.purge(fact), id: UUIDv7(at: time), at: time, db)
            try Setting.purgeTally.remove(db)
            return fact
        }
        if record != nil { try await emptyLog() }
        return record
    }

    /// Brings the log into the database file and cuts it to nothing: it holds pages as they were before.
    package func emptyLog() async throws {
        try await maintain { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// Writes the database anew. Freed content is overwritten at once as it is (`secure_delete`); what SQLite may leave
    /// in the gaps of pages when it moves rows between them goes only this way. Takes as long as copying the file, and
    /// needs as much room; nothing else can write meanwhile.
    package func rewrite() async throws {
        try await maintain { try $0.execute(sql: "VACUUM") }
        try await emptyLog()
    }

    // MARK: Photo files

    /// Photos whose reads are gone and whose files are still to be erased.
    package func photosToErase(limit: Int = 100) async throws -> [String] {
        try await read {
            try String.fetchAll($0, sql: "SELECT sha256 FROM photo_erasure LIMIT ?", arguments: [max(0, limit)])
        }
    }

    package func notePhotosErased(_ names: [String]) async throws {
        try await write { db in
            for name in names { try db.execute(sql: "DELETE FROM photo_erasure WHERE sha256 = ?", arguments: [name]) }
        }
    }

    /// Of these photos, those that no read names.
    package func strayPhotos(among names: [String]) async throws -> [String] {
        let wanted = String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
        return try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT value FROM json_each(?) WHERE value NOT IN (SELECT sha256 FROM photo)
                        AND NOT EXISTS (SELECT 1 FROM chalk_mark WHERE value IN (close_up, context))
                    """,
                arguments: [wanted]
            )
        }
    }

    // MARK: Within a transaction

    /// Which rows of `plate_read` are due: none whose chalk mark still counts, or begins a stay of which a later one does
    /// and has the photos; unless its time cannot be told.
    private static let due = """
        answer = 'clear' AND kept_for IS NULL AND (time < :readsBefore OR time > :future)
            AND (sequence <= :acknowledged OR time < :unsentBefore OR time > :future)
            AND (time > :future OR NOT EXISTS (SELECT 1 FROM chalk_mark WHERE expires_at > :now
                AND (chalk_mark.read = plate_read.id OR chalk_mark.stay = plate_read.id)))
        """

    private static func arguments(_ run: PurgeRun, _ db: Database) throws -> StatementArguments {
        [
            "readsBefore": run.readsBefore.storedMilliseconds, "unsentBefore": run.unsentBefore.storedMilliseconds,
            "future": run.future.storedMilliseconds, "now": run.now.storedMilliseconds,
            "acknowledged": try Setting.acknowledged.number(db),
        ]
    }

    /// Counts of the run at work, of earlier steps and of one that was cut.
    private static func tally(_ db: Database) throws -> PurgeFact.Counts {
        guard let text = try Setting.purgeTally.text(db) else { return PurgeFact.Counts() }
        return try JSONDecoder().decode(PurgeFact.Counts.self, from: Data(text.utf8))
    }

    private static func keep(_ tally: PurgeFact.Counts, _ db: Database) throws {
        try Setting.purgeTally.set(String(decoding: try JSONEncoder().encode(tally), as: UTF8.self), db)
    }

    private static func erase(read id: String, _ tally: inout PurgeFact.Counts, _ db: Database) throws {
        // The files are erased once this is committed; a cut in between leaves their names here.
        try db.execute(
            sql: "INSERT OR IGNORE INTO photo_erasure SELECT sha256 FROM photo WHERE read = ?",
            arguments: [id]
        )
        try db.execute(sql: "DELETE FROM photo WHERE read = ?", arguments: [id])
        tally.photos += db.changesCount
        try eraseChalk(of: id, &tally, db)
        // A read that this one had replaced stays replaced: it then names itself.
        try db.execute(sql: "UPDATE plate_read SET replaced_by = id WHERE replaced_by = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM plate_read WHERE id = ?", arguments: [id])
    }

    /// The mark of a read goes with it, and its photos unless a hit rests on them.
    private static func eraseChalk(of id: String, _ tally: inout PurgeFact.Counts, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO photo_erasure
                    SELECT name FROM (SELECT close_up AS name FROM chalk_mark WHERE read = :read
                        UNION SELECT context FROM chalk_mark WHERE read = :read)
                    WHERE name IS NOT NULL AND name NOT IN (SELECT sha256 FROM photo)
                        AND NOT EXISTS (SELECT 1 FROM chalk_mark WHERE read <> :read AND name IN (close_up, context))
                """,
            arguments: ["read": id]
        )
        tally.photos += db.changesCount
        try db.execute(sql: "DELETE FROM chalk_mark WHERE read = ?", arguments: [id])
    }

    /// A fact that the server lacks keeps its sequence and identifier and loses its content.
    private static func withhold(_ sequence: Int64, _ db: Database) throws {
        try db.execute(sql: "UPDATE fact SET body = ? WHERE sequence = ?", arguments: [try placeholder(), sequence])
        try db.execute(sql: "INSERT INTO withheld (sequence) VALUES (?)", arguments: [sequence])
    }

    /// What stands in the place of a read that was purged before it was sent, or (`.erased`) of a fact that was gone here
    /// when a server put back from an older copy lacked it.
    static func placeholder(was kind: FactKind = .read) throws -> String {
        String(decoding: try WireCoding.encoder().encode(FactBody.erased(ErasedFact(was: kind))), as: UTF8.self)
    }

    /// What was withheld and has reached the server since is of no use any more.
    private static func forgetSentPlaceholders(_ db: Database) throws {
        let acknowledged = try Setting.acknowledged.number(db)
        let sent = try Int64.fetchAll(
            db,
            sql: "SELECT sequence FROM withheld WHERE sequence <= ? ORDER BY sequence",
            arguments: [acknowledged]
        )
        guard !sent.isEmpty else { return }
        try db.execute(sql: "DELETE FROM withheld WHERE sequence <= ?", arguments: [acknowledged])
        for sequence in sent { try db.execute(sql: "DELETE FROM fact WHERE sequence = ?", arguments: [sequence]) }
        try noteErased(sent, db)
    }

    /// Adds sequences to the runs of those that are gone, so that the chain can be checked for ever.
    private static func noteErased(_ sequences: [Int64], _ db: Database) throws {
        for run in runs(of: sequences) { try noteErased(run: run.first, run.last, db) }
    }

    static func noteErased(run first: Int64, _ last: Int64, _ db: Database) throws {
        var (first, last) = (first, last)
        if let before = try Int64.fetchOne(db, sql: "SELECT first FROM erased WHERE last = ?", arguments: [first - 1]) {
            try db.execute(sql: "DELETE FROM erased WHERE first = ?", arguments: [before])
            first = before
        }
        if let after = try Int64.fetchOne(db, sql: "SELECT last FROM erased WHERE first = ?", arguments: [last + 1]) {
            try db.execute(sql: "DELETE FROM erased WHERE first = ?", arguments: [last + 1])
            last = after
        }
        try db.execute(sql: "INSERT INTO erased (first, last) VALUES (?, ?)", arguments: [first, last])
    }

    private static func runs(of sequences: [Int64]) -> [(first: Int64, last: Int64)] {
        var runs: [(first: Int64, last: Int64)] = []
        for sequence in sequences.sorted() {
            if let open = runs.last, sequence == open.last + 1 {
                runs[runs.count - 1].last = sequence
            } else {
                runs.append((sequence, sequence))
            }
        }
        return runs
    }
}
