// Brings together what an evidence command works on: the chain, the photos, the vehicle's database and the town's map.
internal import Addressing
internal import ArgumentParser
internal import DurableFiles
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

struct EvidenceAccess {
    /// A data folder or an export.
    let path: String

    /// Runs `body`; what goes wrong is said in one sentence.
    static func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ValidationError {
            throw error
        } catch {
            FileHandle.standardError.write(Data("patrol: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    static func subject(_ text: String) throws -> EvidenceCase.Subject {
        guard let subject = EvidenceCase.Subject(text) else {
            throw ValidationError(
                "'\(text.prefix(80))' is neither a ticket's number nor the identifier of a read or ticket"
            )
        }
        return subject
    }

    func verify(_ options: TrustOptions, showsProgress: Bool) throws -> EvidenceReport {
        let keys = try options.keyList()
        let known = try options.knownPoint()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw EvidenceError(.notFound, "\(path) is not there; name a vehicle's data folder or an export")
        }
        guard isFolder.boolValue else { return try EvidenceArchive(path: path).verify(keys: keys, known: known) }
        let source = try FolderEvidence(data: path)
        let (ledger, problem) = ledger()
        let verification = EvidenceVerification(
            source,
            keys: keys,
            ledger: ledger.map { StoreLedger($0) },
            known: known
        )
        var report = try verification.run { count in
            if showsProgress, isatty(2) == 1, count > 0 {
                FileHandle.standardError.write(Data("\r\(count) bundles".utf8))
            }
        }
        if showsProgress, isatty(2) == 1, report.bundles >= 10_000 { FileHandle.standardError.write(Data("\n".utf8)) }
        if ledger == nil, problem == nil { report.add(note: "There is no database beside the evidence.") }
        if let problem { report.databaseProblem = problem }
        return report
    }

    /// The vehicle's database, or why the one that is there cannot be compared; neither: there is none.
    private func ledger() -> (FactLedger?, problem: String?) {
        let database = "\(path)/patrol.sqlite"
        guard DurableFile.exists(database) else { return (nil, nil) }
        do {
            return (try FactLedger(path: database), nil)
        } catch PatrolStoreError.damaged(let path, let detail) {
            // What is examined is not to be replaced: the store's advice is for a technician.
            return (nil, "\(path) is damaged or no database (\(detail))")
        } catch {
            return (nil, "\(error)")
        }
    }

    func export(
        _ subject: EvidenceCase.Subject,
        report: EvidenceReport,
        places: AddressBook?,
        asArchive: Bool
    ) throws -> [UInt8] {
        let source = try FolderEvidence(data: path)
        let chain = try CaseChain(subject, in: source)
        let evidence = chain.evidence
        let photos = source.photos(of: evidence)
        let material = DocumentMaterial(
            photos: photos,
            streets: try streets(around: evidence, places),
            prints: try prints(of: evidence),
            report: report
        )
        let document = try EvidenceDocument(evidence, material).pdf()
        guard asArchive else { return document }
        guard let keys = try source.keyList() else {
            throw EvidenceError(.keyList, "\(path) has no keys.json, without which an archive cannot be verified")
        }
        return EvidenceArchive.bytes(chain, keys: keys, photos: photos, document: document)
    }

    private func streets(around evidence: EvidenceCase, _ places: AddressBook?) throws -> [SketchStreet] {
        guard let places, let point = evidence.read.fix?.point else { return [] }
        return try places.streets(around: point, reachMetres: 600).map { SketchStreet(name: $0.name, line: $0.line) }
    }

    private func prints(of evidence: EvidenceCase) throws -> [(time: Date, words: String)] {
        guard let ticket = evidence.ticket, let ledger = ledger().0 else { return [] }
        return try ledger.prints(ofTicket: ticket.id).map { print in
            let name = print.copy == 0 ? "The ticket's print" : "Copy \(print.copy)"
            return (print.changedAt, "\(name): \(print.state.rawValue)")
        }
    }
}

/// The database's rows in the words of a verification.
private struct StoreLedger: EvidenceLedger {
    let ledger: FactLedger

    init(_ ledger: FactLedger) { self.ledger = ledger }

    func rows(after sequence: Int64, limit: Int) throws -> [LedgerRow] {
        try ledger.rows(after: sequence, limit: limit).map { row in
            let fact: LedgerRow.Fact =
                if !row.hasFact { .none } else if let id = row.id, let json = row.json {
                    .there(id: id, json: json)
                } else {
                    .missing
                }
            return LedgerRow(
                point: ChainPoint(sequence: row.bundle.sequence, sha256: row.bundle.sha256),
                fact: fact
            )
        }
    }

    func unsealedFact() throws -> Int64? { try ledger.unsealedFact() }
    func missingFact() throws -> Int64? { try ledger.missingFact() }
    func factsBeforeSigning() throws -> Int { try ledger.factsBeforeSigning() }
    func hasFact(_ id: UUIDv7) throws -> Bool { try ledger.hasFact(id) }
}
