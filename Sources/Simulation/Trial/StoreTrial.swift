// The first part of a patrol on the vehicle's real database: what memory answers the database must answer too, and what
// was told must be there after the power failed.
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

/// What came of it.
package struct StoreResult: Sendable, Codable {
    package var reads = 0
    package var tickets = 0
    package var powerCuts = 0
    /// Facts that were told before a power cut and were not there after it.
    package var lostFacts = 0
    /// Ticket numbers that were given twice.
    package var repeatedNumbers = 0
    /// Reads that memory and database answered differently.
    package var disagreements = 0

    package init() {}

    package static func += (sum: inout StoreResult, other: StoreResult) {
        sum.reads += other.reads
        sum.tickets += other.tickets
        sum.powerCuts += other.powerCuts
        sum.lostFacts += other.lostFacts
        sum.repeatedNumbers += other.repeatedNumbers
        sum.disagreements += other.disagreements
    }

    package var isSound: Bool { lostFacts == 0 && repeatedNumbers == 0 && disagreements == 0 }
}

/// Listens to the judgement that is tried in memory, and keeps what its first reads were answered.
final class Listener: TriedSystem {
    struct Heard: Sendable {
        let sighting: Sighting
        let kind: Verdict.Kind
        let chalk: [ChalkFinding]
    }

    private var judged: Judged
    private let limit: Int
    private(set) var heard: [Heard] = []

    init(_ judged: Judged, limit: Int) {
        self.judged = judged
        self.limit = limit
    }

    func drove(_ fix: Fix) { judged.drove(fix) }

    func answer(_ sighting: Sighting) throws -> Verdict {
        let verdict = try judged.answer(sighting)
        if heard.count < limit {
            let chalk = judged.findings(behind: sighting.read.id)
            heard.append(Heard(sighting: sighting, kind: verdict.kind, chalk: chalk))
        }
        return verdict
    }

    func recheck(_ sighting: Sighting, _ verdict: Verdict, at time: Date, known: Date, hasLink: Bool) throws
        -> LastWord
    {
        try judged.recheck(sighting, verdict, at: time, known: known, hasLink: hasLink)
    }
}

/// One vehicle's database through a part of a shift.
struct StoreTrial {
    private static let batch = 500
    /// A power cut after so many reads.
    private static let readsACut = 120
    private static let feedSeconds = 20.0

    private let city: City
    private let history: ListHistory
    private let folder: URL
    private let vehicle: VehicleID
    private let officer: OfficerID
    private var store: PatrolStore
    private var result = StoreResult()
    private var applied = 0
    private var feedsAsOf = Date.distantPast
    /// Reads and tickets that were told since the last power cut.
    private var told: [UUIDv7] = []
    private var tickets: [UUIDv7] = []
    private var numbers: Set<TicketNumber> = []

    /// - Parameter folder: an empty folder of its own.
    /// - Throws: what the database says.
    init(city: City, history: ListHistory, folder: URL) async throws {
        self.city = city
        self.history = history
        self.folder = folder
        vehicle = try VehicleID("simulated")
        officer = try OfficerID("1")
        store = try PatrolStore(path: StoreTrial.path(folder), vehicle: vehicle)
        try await store.addNumberBlock(NumberBlock(first: 1, last: 100_000))
    }

    /// Answers what was heard once more, by the database, and keeps it there.
    /// - Throws: what the database says.
    static func run(_ heard: [Listener.Heard], city: City, history: ListHistory) async throws -> StoreResult {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "simulate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var trial = try await StoreTrial(city: city, history: history, folder: folder)
        for (index, one) in heard.enumerated() {
            try await trial.take(one)
            if (index + 1).isMultiple(of: readsACut) { try await trial.cutPower() }
        }
        try trial.store.close()
        return trial.result
    }

    private static func path(_ folder: URL) -> String { folder.appending(path: "patrol.db").path }

    private mutating func take(_ heard: Listener.Heard) async throws {
        let sighting = heard.sighting
        try await receive(upTo: sighting.known)
        let read = sighting.read
        var outcome = try await outcome(sighting, heard, Candidates(of: read.reading))
        if !outcome.judgement.isClear {
            outcome = try await self.outcome(sighting, heard, Candidates(of: read.reading, reach: .wide))
        }
        result.reads += 1
        if outcome.judgement.kind != heard.kind { result.disagreements += 1 }
        let fact = ReadFact(
            read: read,
            fix: sighting.fix,
            zone: outcome.zone,
            judgement: outcome.judgement,
            feeds: try await store.feedStates(),
            photos: []
        )
        try await store.record(read: fact, at: read.time)
        told.append(read.id)
        try await decide(fact)
    }

    private func outcome(
        _ sighting: Sighting,
        _ heard: Listener.Heard,
        _ candidates: Candidates
    ) async throws -> JudgementOutcome {
        let read = sighting.read
        let records = try await store.answer(for: candidates.plates, at: read.time)
        let policy = JudgementPolicy.standard
        let sightings = try await store.permitSightings(
            permits: records.sharedPermits(of: read.reading.plate),
            since: read.time.addingTimeInterval(-policy.sharedPermitSeconds),
            until: read.time
        )
        return judge(
            read: read,
            fix: sighting.fix,
            candidates: candidates,
            records: records,
            feeds: try await store.feedStates(),
            earlier: try await store.earlierAnswers(
                plate: read.reading.plate,
                since: read.time.addingTimeInterval(-policy.repeatSeconds)
            ),
            chalk: heard.chalk,
            permitUses: PermitUse.uses(of: sightings),
            city: city,
            isClockTrusted: sighting.isClockTrusted
        )
    }

    /// The officer accepts what is certain, and looks at the rest.
    private mutating func decide(_ fact: ReadFact) async throws {
        let (read, officer, vehicle) = (fact.read, officer, vehicle)
        switch fact.judgement {
        case .clear: return
        case .secondLook:
            let look = DecisionFact(read: read.id, verdict: .rejected, reason: "looked", officer: officer)
            try await store.record(decision: look, at: read.time)
        case .alert:
            let decision = DecisionFact(read: read.id, verdict: .accepted, reason: nil, officer: officer)
            guard let infraction = fact.judgement.ticketableInfraction(in: city, at: read.time), let zone = fact.zone
            else {
                try await store.record(decision: decision, at: read.time)
                return
            }
            let ticket = try await store.issueTicket(for: read.id, deciding: decision, at: read.time) { number in
                Ticket(
                    id: UUIDv7(at: read.time),
                    number: number,
                    read: read.id,
                    issuedAt: read.time,
                    plate: read.reading.plate,
                    region: nil,
                    vehicle: vehicle,
                    officer: officer,
                    zone: zone,
                    place: zone.text,
                    point: fact.fix?.point,
                    infraction: infraction,
                    photos: []
                )
            }
            result.tickets += 1
            tickets.append(ticket.id)
            if !numbers.insert(ticket.number).inserted { result.repeatedNumbers += 1 }
        }
    }

    /// The server's changes up to a time, as a vehicle takes them.
    private mutating func receive(upTo known: Date) async throws {
        let changes = history.changes
        var end = applied
        while end < changes.count, changes[end].atServer <= known { end += 1 }
        guard end > applied || known.timeIntervalSince(feedsAsOf) > Self.feedSeconds else { return }
        while true {
            let next = min(end, applied + Self.batch)
            let answer = ChangesAnswer(
                changes: (applied..<next).map { index in
                    let record = changes[index].record
                    return ListChange(change: Int64(index + 1), feed: record.feed, key: record.key, record: record)
                },
                upTo: Int64(next),
                more: next < end,
                asOf: known
            )
            try await store.apply(answer)
            applied = next
            if next == end { break }
        }
        feedsAsOf = known
    }

    /// The database as it lies on the disk at this instant is what the next boot opens; the one in memory is gone. The
    /// ledger of numbers beside it is written through and stays as it is.
    private mutating func cutPower() async throws {
        let files = FileManager.default
        let parts = ["", "-wal"].map { StoreTrial.path(folder) + $0 }
        for part in parts where files.fileExists(atPath: part) {
            try files.copyItem(atPath: part, toPath: part + ".cut")
        }
        try store.close()
        for part in parts {
            try? files.removeItem(atPath: part)
            if files.fileExists(atPath: part + ".cut") { try files.moveItem(atPath: part + ".cut", toPath: part) }
        }
        try? files.removeItem(atPath: StoreTrial.path(folder) + "-shm")
        store = try PatrolStore(path: StoreTrial.path(folder), vehicle: vehicle)
        result.powerCuts += 1
        for id in told where try await store.readFact(id) == nil { result.lostFacts += 1 }
        for id in tickets where try await store.ticket(id) == nil { result.lostFacts += 1 }
        told = []
        tickets = []
    }
}
