// Holds the database's rows against the chain, bundle by bundle.
internal import ParkingCore

struct LedgerComparison {
    private var walk: LedgerWalk
    private let ledger: any EvidenceLedger
    /// From this bundle on the database lists none; nil: it lists all that the walk has passed.
    private(set) var unlistedFrom: Int64?
    /// Bundles that the database lists without a fact, to be withdrawn by the next that has one.
    private var withoutFact: [Int64] = []

    init(_ ledger: any EvidenceLedger) {
        self.ledger = GuardedLedger(ledger: ledger)
        walk = LedgerWalk(self.ledger)
    }

    /// The hash that the database has of a bundle.
    func hash(of sequence: Int64) throws -> String? {
        try ledger.rows(after: sequence - 1, limit: 1).first.flatMap {
            $0.point.sequence == sequence ? $0.point.sha256 : nil
        }
    }

    func isAtEnd(after sequence: Int64) throws -> Bool { try ledger.rows(after: sequence, limit: 1).isEmpty }

    /// Whether the database does not list a bundle that the walk has passed.
    func isUnlisted(_ sequence: Int64) -> Bool { unlistedFrom.map { sequence >= $0 } ?? false }

    mutating func take(_ line: ChainLine, record: CanonicalJSON?) throws {
        let sequence = line.header.sequence
        guard let row = try walk.peek(), row.point.sequence <= sequence else {
            if try ledger.hasFact(line.header.fact) {
                throw fault(
                    sequence,
                    "Bundle \(sequence) is missing from the database, though its fact is there: its row was removed."
                )
            }
            unlistedFrom = unlistedFrom ?? sequence
            return
        }
        if let first = unlistedFrom { throw LedgerComparison.unlisted(first) }
        _ = try walk.next()
        guard row.point == line.point else {
            throw fault(sequence, "Bundle \(sequence) is not the one that the database lists under that number.")
        }
        switch row.fact {
        case .none: withoutFact.append(sequence)
        case .missing:
            throw fault(sequence, "The fact of bundle \(sequence) is missing from the database: its row was removed.")
        case .there(let id, let json):
            try checkWithdrawn(line.header)
            let kept = try? CanonicalJSON(parsing: Array(json.utf8))
            guard id == line.header.fact, let kept, record == nil || record?["fact"] == kept else {
                throw fault(sequence, "The database's fact of bundle \(sequence) differs from the one that was signed.")
            }
        }
    }

    /// What was without a fact up to here is what this bundle withdraws.
    private mutating func checkWithdrawn(_ header: ChainHeader) throws {
        guard withoutFact != header.withdraws.map({ Array($0..<header.sequence) }) ?? [] else {
            return withoutFact = []
        }
        if header.withdraws == nil, let first = withoutFact.first { throw LedgerComparison.factless(first) }
        throw fault(header.sequence, "Bundle \(header.sequence) withdraws others than the database does.")
    }

    /// Only what one transaction left between the chain's file and its own commit may be unknown to the database.
    func checkEnd(_ tail: ChainTail, head: Int64) throws {
        guard let first = unlistedFrom, !tail.isCut(from: first) else { return }
        throw fault(
            first,
            "\(LedgerComparison.extent(first, head)) missing from the database, more than one power cut can leave: rows "
                + "were removed, or an older database was put in place and nothing was signed with it yet."
        )
    }

    mutating func finish(_ tail: ChainTail, at head: Int64, notes: inout [String]) throws {
        if let first = withoutFact.first { throw LedgerComparison.factless(first) }
        if let row = try walk.peek() {
            throw EvidenceFault(
                .bundleMissing,
                bundle: row.point.sequence,
                "Bundle \(row.point.sequence), which the database lists, is missing: the chain ends at bundle \(head)."
            )
        }
        if let fact = try ledger.unsealedFact() {
            throw EvidenceFault(
                .databaseDiffers,
                "Fact \(fact) of the database has no bundle: it was put in without being signed, or altered since."
            )
        }
        if let fact = try ledger.missingFact() {
            throw EvidenceFault(
                .databaseDiffers,
                "Fact \(fact) of the database is neither there nor purged: its row was removed."
            )
        }
        let early = try ledger.factsBeforeSigning()
        if early > 0 {
            notes.append(
                "The database's facts from before the first signed one include \(early) without a bundle: they were kept "
                    + "before the vehicle signed, or put in since. Nothing vouches for them."
            )
        }
        if let first = unlistedFrom {
            let tickets = tail.tickets(from: first)
            notes.append(
                "\(LedgerComparison.extent(first, head)) not in the database: the program was cut before it could commit, "
                    + "or rows were removed."
                    + (tickets.isEmpty ? "" : " Ticket \(tickets.joined(separator: ", ")) is among them.")
            )
        }
    }

    private static func extent(_ first: Int64, _ last: Int64) -> String {
        first == last ? "Bundle \(first) is" : "Bundles \(first) to \(last) are"
    }

    private static func unlisted(_ sequence: Int64) -> EvidenceFault {
        EvidenceFault(
            .databaseDiffers,
            bundle: sequence,
            "Bundle \(sequence) is missing from the database, though later ones are listed: its row was removed."
        )
    }

    private static func factless(_ sequence: Int64) -> EvidenceFault {
        EvidenceFault(
            .databaseDiffers,
            bundle: sequence,
            "The database says that bundle \(sequence) never became a fact, but no later bundle withdraws it."
        )
    }

    private func fault(_ sequence: Int64, _ words: String) -> EvidenceFault {
        EvidenceFault(.databaseDiffers, bundle: sequence, words)
    }
}
