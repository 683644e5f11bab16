// `patrold exercise-store`, hidden: every kind of transaction that the database knows, by chance, so that tests can kill
// it at any instant or take the disk's last room, and look at what is left. What it was told is kept is written down.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PatrolStore
internal import SyncProtocol

#if canImport(Glibc)
internal import Glibc
#endif

struct StoreExerciseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercise-store",
        abstract: "Transactions of every kind by chance; for tests of the database.",
        discussion: "Started again, it goes on with what is there. Each line of --told is something that must be kept.",
        shouldDisplay: false
    )

    @Option var database: String
    /// On another disk than the database.
    @Option var told: String
    @Option var steps: Int
    @Option var seed: UInt64
    /// A file on the database's disk that takes all of its room but some, before each transaction.
    @Option var ballast: String?

    func run() async throws {
        let store = try PatrolStore(path: database, vehicle: try VehicleID("exercise"))
        let notes = try Notes(path: told)
        var chance = Chance(state: seed)
        var exercise = try await StoreExercise(store: store, notes: notes)
        for _ in 0..<steps {
            let kind = StoreExercise.Kind.allCases[Int(chance.next() % UInt64(StoreExercise.Kind.allCases.count))]
            if let ballast { try Ballast.fill(ballast, leaving: [0, 4, 16, 64, 256][Int(chance.next() % 5)] << 10) }
            do {
                try await exercise.take(kind, &chance)
            } catch PatrolStoreError.full {
                notes.tell("full \(kind.rawValue)")
            }
            if let ballast { try FileManager.default.removeItem(atPath: ballast) }
        }
        try store.close()
        notes.tell("end")
    }
}

/// A number generator that gives the same again for the same seed.
private struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 31
    }
}

/// Lines that a kill cannot take back: each is one write.
private struct Notes {
    let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("--told: \(path) cannot be written") }
    }

    func tell(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    func tell(_ fact: RecordedFact) { tell("fact \(fact.sequence) \(fact.id)") }
}

private enum Ballast {
    static func fill(_ path: String, leaving bytes: Int) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("--ballast: \(path) cannot be written") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 65_536)
        var size = 0
        while true {
            let count = write(descriptor, block, block.count)
            if count <= 0 { break }
            size += count
        }
        _ = ftruncate(descriptor, off_t(max(0, size - bytes)))
    }
}

/// The vehicle's database at work.
private struct StoreExercise {
    enum Kind: String, CaseIterable {
        case read, reads, decision, ticket, block, request, print, reprint, lists, acknowledge, photos, track, purge
        case record, backup
    }

    let store: PatrolStore
    let notes: Notes
    private var now: Date
    private var change: Int64

    init(store: PatrolStore, notes: Notes) async throws {
        self.store = store
        self.notes = notes
        now = Date(timeIntervalSince1970: 1_781_600_000 + Double(try await store.lastSequence()) * 60)
        change = try await store.changesCursor()
    }

    mutating func take(_ kind: Kind, _ chance: inout Chance) async throws {
        now = now.addingTimeInterval(60)
        switch kind {
        case .read:
            notes.tell(try await store.record(read: try read(isHit: chance.next() % 2 == 0), at: now))
        case .reads:
            let facts = try (0..<3).map { _ in try read(isHit: false) }
            try await store.record(reads: facts, at: now)
            for fact in facts { notes.tell("read \(fact.read.id)") }
        case .decision:
            guard let waiting = try await store.waitingAlerts().first else { return }
            let decision = DecisionFact(
                read: waiting.read.id,
                verdict: .rejected,
                reason: "exercise",
                officer: try OfficerID("0000")
            )
            notes.tell(try await store.record(decision: decision, at: now))
        case .ticket: try await ticket()
        case .block: try await block(chance.next())
        case .request: _ = try await store.pendingBlockRequest(size: 10, at: now)
        case .print:
            guard var print = try await store.openPrints().first else { return }
            print.state = .printed
            print.mayBeOut = true
            try await store.keep(print, at: now)
            notes.tell("printed \(print.number.serial) \(print.attempt)")
        case .reprint: try await reprint()
        case .lists: try await lists(chance.next())
        case .acknowledge:
            let last = try await store.lastSequence()
            try await store.acknowledge(through: last)
            notes.tell("acknowledged \(last)")
        case .photos: try await store.markPhotosSent(try await store.photosToSend(limit: 3).map(\.sha256))
        case .track: try await store.record(track: [try point()])
        case .purge: _ = try await store.purgeStep(run, limit: 7)
        case .record:
            if let record = try await store.finishPurge(run, strayPhotos: 0, at: now) {
                notes.tell("purge \(record.counts.reads)")
            }
        case .backup:
            // Beside the database: it fails as the disk does.
            let path = store.path + ".copy"
            try? FileManager.default.removeItem(atPath: path)
            do {
                try await store.backUp(to: path)
            } catch PatrolStoreError.backup {
                throw PatrolStoreError.full(path: path)
            }
        }
    }

    /// Reads go some hours after they were taken.
    private var run: PurgeRun {
        PurgeRun(now: now, periods: RetentionPeriods(readsSeconds: 7200, unsentSeconds: 36_000))
    }

    private func read(isHit: Bool) throws -> ReadFact {
        let id = UUIDv7(at: now)
        let zone = try ZoneID("M1")
        let hex = id.description.replacing("-", with: "")
        let reading = PlateReading(
            plate: try Plate("EX" + hex.suffix(6).uppercased()),
            confidence: 0.99,
            characters: [],
            alternates: [],
            box: PixelBox(x: 10, y: 10, width: 120, height: 40),
            corners: []
        )
        return ReadFact(
            read: PlateRead(id: id, camera: try CameraID("right"), time: now, frames: 5, reading: reading),
            fix: nil,
            zone: zone,
            judgement: isHit
                ? .alert([.noSession(zone: zone, infraction: "P-12", lastSessionEnded: nil)]) : .clear(.noRule),
            feeds: [],
            photos: [PhotoReference(sha256: hex + hex, role: .closeUp, bytes: 1000)]
        )
    }

    private func ticket() async throws {
        guard let fact = try await store.waitingAlerts().first, try await store.numbersLeft() > 0 else { return }
        let (officer, zone, vehicle, now) = (try OfficerID("0000"), try ZoneID("M1"), try VehicleID("exercise"), now)
        let decision = DecisionFact(read: fact.read.id, verdict: .accepted, reason: nil, officer: officer)
        let ticket = try await store.issueTicket(for: fact.read.id, deciding: decision, at: now) { number in
            .sample(number, for: fact, zone: zone, vehicle: vehicle, officer: officer, at: now, photos: [])
        }
        notes.tell("ticket \(ticket.number.serial) \(ticket.id)")
    }

    private func reprint() async throws {
        guard let last = try await store.tickets(limit: 1).first?.print, last.state == .printed else { return }
        let next = TicketPrint(
            ticket: last.ticket,
            number: last.number,
            attempt: last.attempt + 1,
            copy: last.copy + 1,
            reason: "exercise"
        )
        try await store.add(next, at: now)
        notes.tell("attempt \(next.number.serial) \(next.attempt)")
    }

    private func block(_ chance: UInt64) async throws {
        guard try await store.numbersLeft() < 5 else { return }
        let first = 1 + Int(chance % 900_000) * 10
        let block = NumberBlock(first: first, last: first + 9)
        do {
            try await store.addNumberBlock(block)
            notes.tell("block \(block.first) \(block.last)")
        } catch PatrolStoreError.badNumberBlock {
            // It is here already.
        }
    }

    private mutating func lists(_ chance: UInt64) async throws {
        let next = change + 5
        let changes = try (1...5).map { index in
            let record = ListRecord.watchlist(
                WatchlistEntry(
                    entry: "W\((Int(chance) + index * 7) % 40)",
                    plate: try Plate("WATCH\(index)"),
                    reason: "change \(change + Int64(index))"
                )
            )
            return ListChange(change: change + Int64(index), feed: .watchlist, key: record.key, record: record)
        }
        try await store.apply(ChangesAnswer(changes: changes, upTo: next, more: false, asOf: now))
        change = next
        notes.tell("changes \(next)")
    }

    private func point() throws -> TrackPoint {
        TrackPoint(
            fix: Fix(
                point: try GeoPoint(latitude: 43.65, longitude: -79.34),
                time: now,
                errorMetres: 3,
                speedMetresPerSecond: 5,
                headingDegrees: 90
            ),
            startsSegment: false
        )
    }
}
