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
    /// Of the stored ones, those that were set aside.
    package let setAside: Int
}

extension Records {
    /// Most photos that one receipt asks for; the next receipt names the others.
    static let missingPhotosLimit = 200

    /// Takes in an upload that `FactRules` has passed; all of it or nothing.
    ///
    /// A fact that is here already changes nothing. After a gap nothing is taken: the receipt says up to where. A fact
    /// with a fault is set aside, so that it holds up none of those that come after it.
    /// - Parameter faults: what is wrong with single facts, by their sequence.
    /// - Throws: `BackOfficeError.conflict` when a sequence or an identifier is here with another content.
    package func store(_ upload: FactsUpload, faults: [Int64: String], now: Date) async throws -> FactsOutcome {
        let arrivals = try upload.facts.map { try Arrival($0, fault: faults[$0.sequence]) }
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
            var (stored, repeated, setAside) = (0, 0, 0)
            for arrival in arrivals {
                if arrival.fact.sequence <= acknowledged {
                    try Records.confirm(arrival.fact, content: arrival.content, vehicle: vehicle, in: database)
                    repeated += 1
                } else if arrival.fact.sequence == acknowledged + 1 {
                    if try Records.insert(arrival, vehicle: vehicle, receivedAt: receivedAt, in: database) {
                        setAside += 1
                    }
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
                receipt: FactsReceipt(
                    acknowledged: acknowledged,
                    missingPhotos: missing,
                    setAside: try Records.setAside(of: upload, in: database)
                ),
                stored: stored,
                repeated: repeated,
                setAside: setAside
            )
        }
    }

    private static func confirm(
        _ fact: RecordedFact,
        content: String,
        vehicle: String,
        in database: Database
    ) throws {
        // A place that is kept for a fact that nobody knows any more claims nothing.
        if case .erased(let erased) = fact.body, erased.was == .erased { return }
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

    /// - Returns: whether the fact was set aside.
    private static func insert(
        _ arrival: Arrival,
        vehicle: String,
        receivedAt: String,
        in database: Database
    ) throws -> Bool {
        let fact = arrival.fact
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
        let fault = try arrival.fault ?? second(fact, in: database)
        try database.execute(
            sql: "INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                vehicle, fact.sequence, id, fact.body.kind.rawValue, WireCoding.text(fact.recordedAt), receivedAt,
                arrival.content,
            ]
        )
        if let fault {
            try setAside(fact, reason: fault, vehicle: vehicle, receivedAt: receivedAt, in: database)
        } else {
            try index(fact, vehicle: vehicle, in: database)
        }
        return fault != nil
    }

    /// Enters a fact where pages look it up.
    private static func index(_ fact: RecordedFact, vehicle: String, in database: Database) throws {
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
        let answer =
            switch body.judgement {
            case .clear: "clear"
            case .alert: "alert"
            case .secondLook: "secondLook"
            }
        try database.execute(
            sql: "INSERT INTO plate_read (id, vehicle, sequence, time, answer, kept_for) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                id, vehicle, fact.sequence, WireCoding.text(body.read.time), answer,
                try hit(repeatedBy: body.judgement, in: database),
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
        try database.execute(
            sql: "INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                ticket.id.description, ticket.number.text, ticket.read.description, vehicle, fact.sequence,
                WireCoding.text(ticket.issuedAt),
            ]
        )
        try askForPhotos(of: ticket, vehicle: vehicle, in: database)
    }

    /// - Returns: what is wrong with a read or a ticket that is here already under another fact.
    private static func second(_ fact: RecordedFact, in database: Database) throws -> String? {
        let (id, name, table): (String, String, String)
        switch fact.body {
        case .read(let body): (id, name, table) = (body.read.id.description, "read", "plate_read")
        case .ticket(let body): (id, name, table) = (body.ticket.id.description, "ticket", "ticket")
        default: return nil
        }
        let known = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE id = ?)",
            arguments: [id]
        )
        return known == true ? "fact \(fact.sequence): \(name) \(id) is here already under another fact" : nil
    }
}

/// A fact as it is written here, with what is wrong with it; nil: nothing.
private struct Arrival: Sendable {
    let fact: RecordedFact
    let content: String
    let fault: String?

    /// What is written must be readable again, or one fact would break every page that it stands on: a time before the
    /// year 0 is written as no decoder takes it.
    init(_ fact: RecordedFact, fault: String?) throws {
        self.fact = fact
        let bytes = try WireCoding.encoder().encode(fact)
        content = String(decoding: bytes, as: UTF8.self)
        let isReadable = (try? WireCoding.decoder().decode(RecordedFact.self, from: bytes)) != nil
        self.fault = fault ?? (isReadable ? nil : "fact \(fact.sequence) cannot be read again once it is written")
    }
}
