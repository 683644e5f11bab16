// The walk along a chain: bundle by bundle, what is known of the one before, and the first thing that does not hold.
internal import Foundation
internal import ParkingCore

/// A line as it was read, taken apart once.
struct RawLine {
    let parsed: Result<ChainLine, EvidenceError>
    let isWhole: Bool
    let place: String

    init(_ bytes: [UInt8], isWhole: Bool, place: String) {
        parsed = Result { () throws(EvidenceError) in try ChainLine(parsing: bytes) }
        self.isWhole = isWhole
        self.place = place
    }

    var previous: String? { if case .success(let line) = parsed { line.header.previous } else { nil } }
}

/// The walk along the chain: what is known of the bundle before, and what was found so far.
struct ChainWalk {
    private let source: any EvidenceSource
    private let keys: KeyList
    private let checkers: [String: (checker: EvidencePublicKey.Checker, number: Int64)]
    private let known: ChainPoint?
    private(set) var report: EvidenceReport
    private var before: (header: ChainHeader, point: ChainPoint)?
    private var keyNumber: Int64 = 0
    private var isKnownFound = false
    private var withdrawnThrough: Int64 = 0
    /// Photos that are not there. Those of a bundle that never became a fact may be erased: a later one will say so.
    private var missing: [EvidenceFault] = []
    private var comparison: LedgerComparison?
    private var tail = ChainTail()

    private static let mostNotes = 10
    private static let mostMissing = 1000
    /// Between two bundles of one run the wall clock and the clock that nobody sets may part by so much.
    private static let driftSeconds = 5.0
    /// A fact is kept a moment after its time was taken, so the order of two may be the other way round.
    private static let disorderSeconds = 1.0

    init(
        source: any EvidenceSource,
        keys: KeyList,
        ledger: (any EvidenceLedger)?,
        known: ChainPoint?,
        report: EvidenceReport
    ) {
        self.source = source
        self.keys = keys
        self.known = known
        self.report = report
        checkers = Dictionary(
            keys.entries.compactMap { entry in
                EvidencePublicKey.Checker(entry.publicKey).map { (entry.publicKey.id, ($0, entry.number)) }
            }
        ) { $1 }
        comparison = ledger.map { LedgerComparison($0) }
    }

    // MARK: One bundle

    mutating func take(_ raw: RawLine, next: RawLine?) throws {
        do {
            try check(raw, next: next)
        } catch let fault as EvidenceFault {
            throw missing.first ?? fault
        }
    }

    private mutating func check(_ raw: RawLine, next: RawLine?) throws {
        let last = before?.header.sequence ?? 0
        if !raw.isWhole, next == nil, try compare({ try $0.isAtEnd(after: last) }) == true {
            // The very end, and the database knows of nothing more.
            return add(note: "The chain ends in a part of a line: the program was cut while it wrote.")
        }
        let line = try parsed(raw)
        let header = line.header
        try checkSignature(line, next: next)
        try checkRecord(line)
        try checkPlace(line)
        try checkClock(header)
        let record = try line.recordBytes.map(canonical)
        try compare { try $0.take(line, record: record) }
        if let from = header.withdraws { withdraw(from: from, by: header) }
        tail.take(header, record: record)
        for photo in record.map(EvidenceRecord.photos) ?? [] { try check(photo, of: header) }
        let point = line.point
        if let known, known.sequence == point.sequence {
            guard known.sha256 == point.sha256 else {
                throw EvidenceFault(
                    .bundleMissing,
                    "Bundle \(point.sequence) is not the one that was noted earlier: the chain was written anew."
                )
            }
            isKnownFound = true
        }
        before = (header, point)
        note(line, point)
    }

    /// Asks the database; nil: there is none, or it cannot be read, and is left alone from now on.
    @discardableResult
    private mutating func compare<Value>(_ body: (inout LedgerComparison) throws -> Value) throws -> Value? {
        guard var asked = comparison else { return nil }
        // One owner at a time: its rows are not copied.
        comparison = nil
        do {
            let value = try body(&asked)
            comparison = asked
            return value
        } catch let failure as LedgerFailure {
            report.databaseProblem = failure.words
            return nil
        }
    }

    /// The database did not know the bundles before this one: those of one transaction were cut off before the commit;
    /// more of them, and tickets that may be on paper, are facts that an older database has lost.
    private mutating func withdraw(from: Int64, by header: ChainHeader) {
        // One that was itself cut off may have withdrawn some of them before.
        let first = max(from, withdrawnThrough + 1)
        let count = Int(header.sequence - first)
        let tickets = tail.tickets(from: first)
        report.withdrawn += count
        withdrawnThrough = header.sequence - 1
        if !tail.isCut(from: from) {
            report.lost += count
            report.lostTickets += tickets
        } else if !tickets.isEmpty, !tail.isSameRun(header) {
            report.unsettled += count
            report.lostTickets += tickets
        } else {
            missing.removeAll { ($0.bundle ?? 0) >= first }
        }
    }

    private mutating func note(_ line: ChainLine, _ point: ChainPoint) {
        report.bundles += 1
        if line.recordBytes == nil { report.withheld += 1 }
        report.bytes += line.headerBytes.count + (line.recordBytes?.count ?? 0)
        report.first = min(report.first ?? line.header.time, line.header.time)
        report.last = max(report.last ?? line.header.time, line.header.time)
        report.head = point
        if !report.keys.contains(line.header.key) { report.keys.append(line.header.key) }
    }

    private mutating func add(note: String) {
        if report.notes.count < ChainWalk.mostNotes { report.notes.append(note) }
    }

    private func parsed(_ raw: RawLine) throws -> ChainLine {
        let sequence = (before?.header.sequence ?? 0) + 1
        switch raw.parsed {
        case .failure(let error):
            throw EvidenceFault(
                .manifestAltered,
                bundle: sequence,
                "The manifest at \(raw.place) was altered, damaged or cut: \(error.message)."
            )
        case .success(let line):
            if raw.isWhole { return line }
            throw EvidenceFault(.manifestAltered, bundle: sequence, "The end of \(raw.place) was cut off.")
        }
    }

    private mutating func checkSignature(_ line: ChainLine, next: RawLine?) throws {
        let header = line.header
        if let signer = checkers[header.key], signer.checker.isValid(line.signature, for: line.headerBytes) { return }
        let vouched = try next?.previous ?? compare { try $0.hash(of: header.sequence) }.flatMap { $0 }
        let isVouched = vouched.map { $0 == line.point.sha256 }
        guard checkers[header.key] != nil else {
            if isVouched == false { throw altered(header) }
            throw EvidenceFault(
                .keyUnknown,
                bundle: header.sequence,
                "Bundle \(header.sequence) is signed with key \(header.key), which is not among the vehicle's keys."
            )
        }
        switch isVouched {
        case true?:
            throw EvidenceFault(
                .signatureWrong,
                bundle: header.sequence,
                "The signature of bundle \(header.sequence) is wrong, while its manifest is the one that what follows "
                    + "vouches for: the signature was altered."
            )
        case false?: throw altered(header)
        case nil:
            throw EvidenceFault(
                .signatureWrong,
                bundle: header.sequence,
                "The signature of bundle \(header.sequence) does not fit its manifest: one of the two was altered."
            )
        }
    }

    private func altered(_ header: ChainHeader) -> EvidenceFault {
        EvidenceFault(
            .manifestAltered,
            bundle: header.sequence,
            "The manifest of bundle \(header.sequence) was altered after it was signed."
        )
    }

    private func checkRecord(_ line: ChainLine) throws {
        let sequence = line.header.sequence
        guard let record = line.recordBytes else {
            if source.mayWithhold { return }
            throw EvidenceFault(
                .recordMissing,
                bundle: sequence,
                "The record of bundle \(sequence) was removed; only its signed header is left."
            )
        }
        guard EvidenceFolder.sha256(record) == line.header.record else {
            throw EvidenceFault(
                .manifestAltered,
                bundle: sequence,
                "The record of bundle \(sequence) was altered after it was signed."
            )
        }
    }

    private func canonical(_ bytes: [UInt8]) throws -> CanonicalJSON {
        do {
            return try CanonicalJSON(parsing: bytes)
        } catch {
            throw EvidenceFault(.manifestAltered, "A signed record cannot be read: \(error.message).")
        }
    }

    private mutating func checkPlace(_ line: ChainLine) throws {
        let header = line.header
        guard header.vehicle == keys.vehicle else {
            throw EvidenceFault(
                .orderChanged,
                bundle: header.sequence,
                "Bundle \(header.sequence) belongs to vehicle \(header.vehicle), not to \(keys.vehicle)."
            )
        }
        let number = checkers[header.key]?.number ?? 0
        guard number >= keyNumber else {
            throw EvidenceFault(
                .keyUnknown,
                bundle: header.sequence,
                "Bundle \(header.sequence) is signed with key \(number), which was given up for key \(keyNumber) before."
            )
        }
        keyNumber = number
        try checkSequence(header)
        if let from = header.withdraws, !(1..<header.sequence).contains(from) {
            throw EvidenceFault(
                .manifestAltered,
                bundle: header.sequence,
                "Bundle \(header.sequence) withdraws bundles from \(from) on, which makes no sense."
            )
        }
    }

    private func checkSequence(_ header: ChainHeader) throws {
        // An export begins where its subject does.
        guard before != nil || !source.mayWithhold else { return }
        let last = before?.header.sequence ?? 0
        guard header.sequence > last else {
            throw EvidenceFault(
                .orderChanged,
                bundle: header.sequence,
                "The order of the bundles was changed: bundle \(header.sequence) stands after bundle \(last)."
            )
        }
        guard header.sequence == last + 1 else {
            let gap = header.sequence - last - 1
            throw EvidenceFault(
                .bundleMissing,
                bundle: last + 1,
                gap == 1
                    ? "Bundle \(last + 1) is missing: it was removed."
                    : "Bundles \(last + 1) to \(header.sequence - 1) "
                        + "are missing: they were removed."
            )
        }
        guard header.previous == (before?.point.sha256 ?? ChainHeader.noPrevious) else {
            throw EvidenceFault(
                .bundleMissing,
                "Bundle \(header.sequence) does not follow the bundle before it, but another one that is not there: "
                    + "bundle \(last) was put in its place."
            )
        }
    }

    // MARK: Clock and photos

    private mutating func checkClock(_ header: ChainHeader) throws {
        guard let earlier = before?.header else { return }
        let passed = header.time.timeIntervalSince(earlier.time)
        var jump: Double?
        if header.clock.run == earlier.clock.run, let now = header.clock.uptimeSeconds,
            let then = earlier.clock.uptimeSeconds
        {
            let drift = passed - (now - then)
            if abs(drift) > ChainWalk.driftSeconds { jump = drift }
        } else if passed < -ChainWalk.disorderSeconds {
            jump = passed
        }
        guard let jump else { return }
        let seconds = (abs(jump) * 10).rounded() / 10
        let words =
            "The clock jumped \(jump < 0 ? "back" : "ahead") by \(seconds) s between bundle \(earlier.sequence) and "
            + "bundle \(header.sequence)"
        let isRecording = [earlier.clock.source, header.clock.source].contains("recording")
        if isRecording { return add(note: "\(words): another recording was replayed.") }
        guard earlier.clock.isTrusted, header.clock.isTrusted else {
            return add(note: "\(words), while nothing vouched for it; the judgements say so.")
        }
        throw EvidenceFault(.clockJumped, bundle: header.sequence, "\(words), though both say that it was trusted.")
    }

    private mutating func check(_ photo: EvidenceRecord.NamedPhoto, of header: ChainHeader) throws {
        switch try source.photo(photo.sha256) {
        case .intact: report.photos += 1
        case .changed:
            throw EvidenceFault(
                .photoChanged,
                bundle: header.sequence,
                "The \(photo.words) of bundle \(header.sequence) was changed after it was signed (SHA-256 "
                    + "\(photo.sha256))."
            )
        case .missing:
            let fault = EvidenceFault(
                .photoMissing,
                bundle: header.sequence,
                "The \(photo.words) of bundle \(header.sequence) is missing (SHA-256 \(photo.sha256))."
            )
            missing.append(fault)
            if missing.count >= ChainWalk.mostMissing { throw fault }
        }
    }

    // MARK: The end

    mutating func finish() throws {
        let (tail, head) = (tail, report.head?.sequence ?? 0)
        try compare { try $0.checkEnd(tail, head: head) }
        let left = missing.first { fault in
            let bundle = fault.bundle ?? 0
            return bundle < tail.first || comparison?.isUnlisted(bundle) != true
        }
        if let left { throw left }
        var notes: [String] = []
        try compare { try $0.finish(tail, at: head, notes: &notes) }
        for words in notes { add(note: words) }
        report.isDatabaseCompared = comparison != nil
        if before == nil { add(note: "The chain is empty: nothing was signed yet.") }
        if let known, !isKnownFound {
            throw EvidenceFault(
                .bundleMissing,
                "Bundle \(known.sequence), which was noted earlier, is missing: the chain "
                    + (before.map { "ends at bundle \($0.header.sequence)." } ?? "is empty.")
            )
        }
    }
}
