// What vehicles recorded, taken in exactly once: stored by (vehicle, sequence), acknowledged up to the first gap.
package import Foundation
internal import GRDB
internal import ParkingCore
package import SyncProtocol

package struct FactsOutcome: Sendable {
    package let receipt: FactsReceipt
    package let stored: Int
    /// Facts that were here already, word for word.
    package let repeated: Int
}

extension Records {
    /// Most photos that one receipt asks for; the next receipt names the others.
    static let missingPhotosLimit = 200

    /// Takes in an upload whose values `FactRules` has passed; all of it or nothing.
    ///
    /// A fact that is here already changes nothing. After a gap nothing is taken: the receipt says up to where.
    /// - Throws: `BackOfficeError.conflict` when a sequence or an identifier is here with another content.
    package func store(_ upload: FactsUpload, now: Date) async throws -> FactsOutcome {
        let encoder = WireCoding.encoder()
        let contents = try upload.facts.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        let vehicle = upload.vehicle.text
        let receivedAt = WireCoding.text(now)
        return try await write { database in
            var acknowledged =
                try Int64.fetchOne(
                    database,
                    sql: "SELECT max(sequence) FROM fact WHERE vehicle = ?",
                    arguments: [vehicle]
                )
                ?? 0
            var stored = 0
            var repeated = 0
            for (fact, content) in zip(upload.facts, contents) {
                if fact.sequence <= acknowledged {
                    try Records.confirm(fact, content: content, vehicle: vehicle, in: database)
                    repeated += 1
                } else if fact.sequence == acknowledged + 1 {
                    try Records.insert(fact, content: content, vehicle: vehicle, receivedAt: receivedAt, in: database)
                    acknowledged += 1
                    stored += 1
                } else {
                    break
                }
            }
            let missing = try String.fetchAll(
                database,
                sql: "SELECT sha256 FROM photo WHERE vehicle = ? AND stored_at IS NULL ORDER BY rowid LIMIT ?",
                arguments: [vehicle, Records.missingPhotosLimit]
            )
            return FactsOutcome(
                receipt: FactsReceipt(acknowledged: acknowledged, missingPhotos: missing),
                stored: stored,
                repeated: repeated
            )
        }
    }

    private static func confirm(
        _ fact: RecordedFact,
        content: String,
        vehicle: String,
        in database: Database
    ) throws {
        let kept = try Row.fetchOne(
            database,
            sql: "SELECT id, kind, content FROM fact WHERE vehicle = ? AND sequence = ?",
            arguments: [vehicle, fact.sequence]
        )
        // Erased here or there since: the identifier alone can still be compared.
        let (id, kind, known): (String?, String?, String?) = (kept?["id"], kept?["kind"], kept?["content"])
        let isErased = kind == FactKind.erased.rawValue || fact.body.kind == .erased
        if isErased, id == fact.id.description { return }
        guard known == content else {
            throw BackOfficeError(
                .conflict,
                "fact \(fact.sequence) of vehicle '\(vehicle)' is here with another content: two vehicles share this "
                    + "name, or its database was replaced; give the vehicle a new name"
            )
        }
    }

    private static func insert(
        _ fact: RecordedFact,
        content: String,
        vehicle: String,
        receivedAt: String,
        in database: Database
    ) throws {
        let id = fact.id.description
        if let other = try Row.fetchOne(
            database,
            sql: "SELECT vehicle, sequence FROM fact WHERE id = ?",
            arguments: [id]
        ) {
            throw BackOfficeError(
                .conflict,
                "identifier \(id) of fact \(fact.sequence) belongs to fact \(other["sequence"] as Int64) of vehicle "
                    + "'\(other["vehicle"] as String)' already"
            )
        }
        try database.execute(
            sql: "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                vehicle, fact.sequence, id, fact.body.kind.rawValue, WireCoding.text(fact.recordedAt), receivedAt,
                content,
            ]
        )
        switch fact.body {
        case .read(let body): try index(body, fact: fact, vehicle: vehicle, in: database)
        case .decision(let body):
            try database.execute(
                sql: "INSERT INTO decision VALUES (?, ?, ?)",
                arguments: [vehicle, fact.sequence, body.read.description]
            )
        case .ticket(let body): try index(body.ticket, fact: fact, vehicle: vehicle, in: database)
        case .void(let body):
            try database.execute(
                sql: "INSERT INTO ticket_void VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [body.ticket.description, vehicle, fact.sequence]
            )
        case .correction(let body):
            try database.execute(
                sql: "INSERT INTO ticket_correction VALUES (?, ?, ?)",
                arguments: [vehicle, fact.sequence, body.ticket.description]
            )
        case .reprint, .shiftStart, .shiftEnd, .purge, .erased: break
        }
    }

    private static func index(
        _ body: ReadFact,
        fact: RecordedFact,
        vehicle: String,
        in database: Database
    ) throws {
        let id = body.read.id.description
        try refuseSecond(id, table: "plate_read", name: "read", fact: fact, in: database)
        let answer =
            switch body.judgement {
            case .clear: "clear"
            case .alert: "alert"
            case .secondLook: "secondLook"
            }
        try database.execute(
            sql: """
                INSERT INTO plate_read (id, vehicle, sequence, time, answer, kept_for)
                VALUES (?, ?, ?, ?, ?, (SELECT id FROM plate_read WHERE id = ?))
                """,
            arguments: [
                id, vehicle, fact.sequence, WireCoding.text(body.read.time), answer,
                body.judgement.repeats?.description,
            ]
        )
        for photo in body.photos {
            try database.execute(
                sql: """
                    INSERT INTO photo (sha256, bytes, vehicle, stored_at, read) VALUES (?, ?, ?, NULL, ?)
                    ON CONFLICT (sha256) DO NOTHING
                    """,
                arguments: [photo.sha256, photo.bytes, vehicle, id]
            )
        }
    }

    /// A number that another ticket has already is kept all the same, for the paper is on a windscreen: pages mark both.
    private static func index(
        _ ticket: Ticket,
        fact: RecordedFact,
        vehicle: String,
        in database: Database
    ) throws {
        let id = ticket.id.description
        try refuseSecond(id, table: "ticket", name: "ticket", fact: fact, in: database)
        try database.execute(
            sql: "INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                id, ticket.number.text, ticket.read.description, vehicle, fact.sequence,
                WireCoding.text(ticket.issuedAt),
            ]
        )
    }

    private static func refuseSecond(
        _ id: String,
        table: String,
        name: String,
        fact: RecordedFact,
        in database: Database
    ) throws {
        let known = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE id = ?)",
            arguments: [id]
        )
        if known == true {
            throw BackOfficeError(
                .conflict,
                "\(name) \(id) of fact \(fact.sequence) is here already under another fact"
            )
        }
    }
}
