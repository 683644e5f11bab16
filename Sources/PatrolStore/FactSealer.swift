// Evidence of facts: whoever signs them is asked within their transaction, after the rows and before the commit.
package import Foundation
internal import GRDB
package import ParkingCore
package import SyncProtocol

/// A fact as it is about to be committed.
package struct FactToSeal: Sendable {
    package let id: UUIDv7
    package let sequence: Int64
    package let recordedAt: Date
    package let body: FactBody
    /// The body as it is kept and sent.
    package let json: String
    /// The first pass of a car that stayed too long, where this fact says that one did.
    package let firstPass: ChalkMark?
    /// Number of the last change of the lists that the vehicle had.
    package let changes: Int64
}

package struct SealedFacts: Sendable {
    /// Bundles that were signed before but never became facts.
    package let withdrawn: [BundleReference]
    /// One a fact, in their order.
    package let bundles: [BundleReference]

    package init(withdrawn: [BundleReference], bundles: [BundleReference]) {
        self.withdrawn = withdrawn
        self.bundles = bundles
    }
}

/// Signs facts and puts them on disk as evidence, in the order in which it is asked; called from one thread at a time.
package protocol FactSealer: Sendable {
    /// - Parameter known: the newest bundle that the database knows.
    /// - Throws: when the evidence could not be put on disk; then no fact of the transaction is kept.
    func seal(_ facts: [FactToSeal], after known: BundleReference?) throws -> SealedFacts
}

extension PatrolStore {
    /// Seals what the transaction added: every fact but clear reads.
    static func seal(factsAfter sequence: Int64, with sealer: any FactSealer, _ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT sequence, id, recorded_at, body FROM fact WHERE sequence > ? ORDER BY sequence",
            arguments: [sequence]
        )
        guard !rows.isEmpty else { return }
        let changes = try Setting.changesCursor.number(db)
        let facts = try rows.compactMap { row -> FactToSeal? in
            let body = try body(row)
            if case .read(let read) = body, case .clear = read.judgement { return nil }
            return FactToSeal(
                id: try UUIDv7(row["id"] as String),
                sequence: row["sequence"],
                recordedAt: Date(storedMilliseconds: row["recorded_at"]),
                body: body,
                json: row["body"],
                firstPass: try firstPass(of: body, db),
                changes: changes
            )
        }
        guard !facts.isEmpty else { return }
        let known = try lastBundle(db)
        let sealed: SealedFacts
        do {
            sealed = try sealer.seal(facts, after: known)
        } catch {
            throw PatrolStoreError.notSealed(detail: "\(error)")
        }
        for bundle in sealed.withdrawn { try note(bundle, fact: nil, db) }
        for (bundle, fact) in zip(sealed.bundles, facts) { try note(bundle, fact: fact.sequence, db) }
    }

    private static func lastBundle(_ db: Database) throws -> BundleReference? {
        try Row.fetchOne(db, sql: "SELECT sequence, sha256 FROM evidence_bundle ORDER BY sequence DESC LIMIT 1").map {
            BundleReference(sequence: $0["sequence"], sha256: $0["sha256"])
        }
    }

    private static func note(_ bundle: BundleReference, fact: Int64?, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO evidence_bundle (sequence, sha256, fact) VALUES (?, ?, ?)",
            arguments: [bundle.sequence, bundle.sha256, fact]
        )
    }

    /// The chalk mark that an overtime counts from; nil for every other fact, or where the mark is gone.
    private static func firstPass(of body: FactBody, _ db: Database) throws -> ChalkMark? {
        guard case .read(let read) = body, try db.tableExists("chalk_mark") else { return nil }
        for case .overtime(_, _, let firstRead, _, _) in read.judgement.alerts {
            let mark = try String.fetchOne(
                db,
                sql: "SELECT body FROM chalk_mark WHERE read = ?",
                arguments: [firstRead.description]
            )
            if let mark { return try WireCoding.decoder().decode(ChalkMark.self, from: Data(mark.utf8)) }
        }
        return nil
    }
}
