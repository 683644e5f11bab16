// Digital chalk as the vehicle keeps it: written in the transaction of its read, so that it survives what the read does.
package import Foundation
internal import GRDB
package import ParkingCore
internal import SyncProtocol

extension PatrolStore {
    /// Marks of these plates, newest first, a thousand at most. Their age is for the judge to weigh: the wall clock may
    /// have jumped.
    package func chalkMarks(of plates: [Plate]) async throws -> [ChalkMark] {
        let keys = "[\(plates.map { "\($0.key)" }.joined(separator: ","))]"
        let wanted = Set(plates.map(\.text))
        return try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT plate, body FROM json_each(?) AS wanted JOIN chalk_mark ON plate_key = wanted.value
                    ORDER BY time DESC LIMIT 1000
                    """
            )
            return try Row.fetchAll(statement, arguments: [keys]).compactMap { row in
                wanted.contains(row["plate"]) ? try PatrolStore.chalkMark(row["body"]) : nil
            }
        }
    }

    /// Marks within so many metres of a point whose text is one change away from the plate: it may be the same plate,
    /// misread. None within 5 degrees of the poles.
    /// - Parameter metres: at most 200.
    package func chalkMarks(
        near point: GeoPoint,
        withinMetres metres: Double,
        like plate: Plate
    ) async throws -> [ChalkMark] {
        let cells = ChalkCell.around(point, metres: min(200, max(0, metres)))
        return try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT plate, body FROM chalk_mark WHERE cell = ?")
            var marks: [ChalkMark] = []
            for cell in cells {
                let rows = try Row.fetchCursor(statement, arguments: [cell])
                while let row = try rows.next() {
                    guard try Plate(row["plate"] as String).isOneChange(from: plate) else { continue }
                    let mark = try PatrolStore.chalkMark(row["body"])
                    if let fix = mark.fix, fix.point.distanceMetres(to: point) <= metres { marks.append(mark) }
                }
            }
            return marks
        }
    }

    /// What was marked within so many metres east, west, north and south of a point between two times: it tells when the
    /// patrol passed there.
    package func chalkSightings(
        near point: GeoPoint,
        withinMetres metres: Double,
        from: Date,
        to: Date
    ) async throws -> [ChalkSighting] {
        let cells = ChalkCell.around(point, metres: min(200, max(0, metres)))
        guard !cells.isEmpty else { return [] }
        return try await read { db in
            let list = cells.map(String.init).joined(separator: ",")
            let bodies = try String.fetchCursor(
                db,
                sql: "SELECT body FROM chalk_mark WHERE cell IN (\(list)) AND time > ? AND time < ?",
                arguments: [from.storedMilliseconds, to.storedMilliseconds]
            )
            var sightings: [ChalkSighting] = []
            while let body = try bodies.next() {
                let mark = try PatrolStore.chalkMark(body)
                guard let place = mark.fix?.point else { continue }
                let away = place.distanceMetres(to: point)
                guard away <= metres * 2.0.squareRoot() else { continue }
                sightings.append(ChalkSighting(plate: mark.plate, time: mark.time, point: place))
            }
            return sightings
        }
    }

    /// Cars that are overtime between two times if they still stand where they were seen last, soonest first.
    package func chalkDue(from: Date, to: Date, limit: Int = 200) async throws -> [ChalkDue] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT body, due_at, limit_minutes,
                        coalesce((SELECT time FROM chalk_mark AS begun WHERE begun.read = mark.stay), time) AS first_seen
                    FROM chalk_mark AS mark
                    WHERE due_at >= ? AND due_at < ? AND NOT EXISTS (
                        SELECT 1 FROM chalk_mark AS later
                        WHERE later.plate_key = mark.plate_key AND later.time > mark.time
                    )
                    ORDER BY due_at, read LIMIT ?
                    """,
                arguments: [from.storedMilliseconds, to.storedMilliseconds, max(0, limit)]
            )
            return try rows.map { row in
                ChalkDue(
                    mark: try PatrolStore.chalkMark(row["body"]),
                    firstSeen: Date(storedMilliseconds: row["first_seen"]),
                    dueAt: Date(storedMilliseconds: row["due_at"]),
                    limitMinutes: row["limit_minutes"]
                )
            }
        }
    }

    /// The infraction's code for each of these reads that was ticketed.
    package func ticketedInfractions(of reads: [UUIDv7]) async throws -> [UUIDv7: String] {
        try await read { db in
            var codes: [UUIDv7: String] = [:]
            for id in reads {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT fact.sequence, fact.body FROM ticket JOIN fact ON fact.sequence = ticket.sequence
                        WHERE ticket.read = ?
                        """,
                    arguments: [id.description]
                )
                guard let row, case .ticket(let fact) = try PatrolStore.body(row) else { continue }
                codes[id] = fact.ticket.infraction.code
            }
            return codes
        }
    }

    package func chalkCount() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT count(*) FROM chalk_mark") ?? 0 }
    }

    /// Keeps a mark; to be called within the transaction that keeps its read.
    static func keep(_ chalk: ChalkRecord, _ db: Database) throws {
        if let replaced = chalk.replaces {
            try db.execute(sql: "DELETE FROM chalk_mark WHERE read = ?", arguments: [replaced.description])
        }
        let mark = chalk.mark
        let body = String(decoding: try WireCoding.encoder().encode(mark), as: UTF8.self)
        try db.execute(
            sql: """
                INSERT INTO chalk_mark (read, stay, plate, plate_key, time, cell, due_at, limit_minutes,
                    expires_at, close_up, context, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                mark.read.description, mark.stay.description, mark.plate.text, mark.plate.key,
                mark.time.storedMilliseconds,
                (mark.fix?.point).flatMap(ChalkCell.number), chalk.dueAt?.storedMilliseconds,
                chalk.limitMinutes, chalk.expiresAt.storedMilliseconds, mark.photos.first { $0.isCloseUp }?.sha256,
                mark.photos.first { !$0.isCloseUp }?.sha256, body,
            ]
        )
    }

    /// - Throws: `PatrolStoreError` for a body that this version cannot read.
    private static func chalkMark(_ body: String) throws -> ChalkMark {
        do {
            return try WireCoding.decoder().decode(ChalkMark.self, from: Data(body.utf8))
        } catch {
            throw PatrolStoreError.unreadableChalk(detail: "\(error)")
        }
    }
}

extension Plate {
    /// FNV-1a, 64 bits: what an index holds in the plate's place.
    fileprivate var key: Int64 {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return Int64(bitPattern: hash)
    }
}

/// Squares of the map that marks are found by: 0.002 degrees a side, in Ontario some 220 by 160 m.
private enum ChalkCell {
    private static let perDegree = 500.0
    private static let columns: Int64 = 180_000

    /// nil near the poles, where meridians run together.
    static func number(_ point: GeoPoint) -> Int64? {
        guard abs(point.latitude) < 85 else { return nil }
        return number(row: row(point.latitude), column: column(point.longitude))
    }

    static func around(_ point: GeoPoint, metres: Double) -> Set<Int64> {
        guard abs(point.latitude) < 85 else { return [] }
        let north = metres / 111_000
        let east = north / max(0.08, cosine(point.latitude))
        var cells: Set<Int64> = []
        for row in row(point.latitude - north)...row(point.latitude + north) {
            for column in column(point.longitude - east)...column(point.longitude + east) {
                cells.insert(number(row: row, column: column))
            }
        }
        return cells
    }

    private static func cosine(_ degrees: Double) -> Double { Geodesy.direction(degrees).north }
    private static func row(_ latitude: Double) -> Int64 { Int64((latitude * perDegree).rounded(.down)) }
    private static func column(_ longitude: Double) -> Int64 { Int64((longitude * perDegree).rounded(.down)) }

    /// Columns go on across the date line.
    private static func number(row: Int64, column: Int64) -> Int64 {
        row * columns + ((column % columns) + columns) % columns
    }
}
