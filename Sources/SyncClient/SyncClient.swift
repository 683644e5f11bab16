// Keeps a vehicle and the back office in step: list changes down; facts, photos and requests for numbers up.
package import Foundation
package import Logging
internal import ParkingCore
package import PatrolStore
internal import ServiceLifecycle
internal import SyncProtocol
internal import UnixSignals

/// What one round moved.
package struct SyncReport: Hashable, Sendable {
    package var changesApplied = 0
    package var factsAcknowledged = 0
    package var photosSent = 0
    package var numbersLeased = 0
    package init() {}
}

/// How the link is, for the daemon's health.
package struct SyncState: Hashable, Sendable {
    /// When a whole round last went through; nil: never.
    package var lastSuccess: Date?
    /// Why the last round did not go through; nil: it did.
    package var problem: String?
}

package struct SyncSettings: Sendable {
    /// Address of the back office, such as "http://127.0.0.1:8311".
    package let server: String
    /// Folder of the evidence photos, `ab/SHA256.jpg` in it.
    package let photos: String
    /// Below so many unused ticket numbers a new block is asked for, of `blockSize`.
    package let fewestNumbers: Int
    package let blockSize: Int
    package let pace: SyncPace

    package init(
        server: String,
        photos: String,
        fewestNumbers: Int = 100,
        blockSize: Int = 500,
        pace: SyncPace = SyncPace()
    ) {
        self.server = server
        self.photos = photos
        self.fewestNumbers = fewestNumbers
        self.blockSize = blockSize
        self.pace = pace
    }
}

/// A round may be cut anywhere: what is sent again changes nothing at the server, and what the server has said counts
/// only once the store has committed it.
package actor SyncClient: Service {
    private static let changesLimit = 2000
    private static let photosLimit = 50

    private let store: PatrolStore
    private let settings: SyncSettings
    private let link: ServerLink
    private let photos: PhotoFolder
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private var round: Task<SyncReport, any Error>?
    private var pull: Task<Int, any Error>?
    private var factsLimit = FactsUpload.limit
    /// Whether the server was asked since the start how far it has this vehicle's facts.
    private var hasAsked = false
    package private(set) var state = SyncState()

    /// - Throws: `SyncError.address` when the server's address cannot be one.
    package init(
        store: PatrolStore,
        settings: SyncSettings,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) throws(SyncError) {
        self.store = store
        self.settings = settings
        self.clock = clock
        self.logger = logger
        link = try ServerLink(server: settings.server)
        photos = PhotoFolder(path: settings.photos)
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Tells that something was recorded: the next round starts now instead of at its time. Never waits.
    package nonisolated func wake() { waker.yield() }

    /// Rounds until graceful shutdown or cancellation; then one last round, if the link was good, and the connection ends.
    package func run() async throws {
        var pace = settings.pace
        var generator = SystemRandomNumberGenerator()
        var iterator = wakes.makeAsyncIterator()
        await withGracefulShutdownHandler {
            repeat {
                let wait: Duration
                do {
                    _ = try await syncOnce()
                    wait = pace.afterSuccess()
                } catch {
                    wait = pace.afterFailure(using: &generator)
                    // While nothing gets through, new facts must not turn waiting into hammering.
                    try? await clock.sleep(for: min(wait, .seconds(1)))
                }
                let timer = Task { [waker = self.waker, clock = self.clock] in
                    try? await clock.sleep(for: wait)
                    if !Task.isCancelled { waker.yield() }
                }
                defer { timer.cancel() }
                guard await iterator.next(isolation: #isolation) != nil else { break }
            } while !Task.isCancelled
        } onGracefulShutdown: {
            self.waker.finish()
        }
        if state.problem == nil && !Task.isCancelled { _ = try? await syncOnce() }
        await link.close()
    }

    /// `run` as a program of its own: until SIGTERM or SIGINT.
    package nonisolated func runUntilSignal() async throws {
        try await ServiceGroup(services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }

    /// Ends the connection; for a client that `run` is not called on.
    package func close() async { await link.close() }

    /// One whole round; while another one is at work it is waited for first, so that what was recorded before this call
    /// is through when it returns.
    /// - Throws: `SyncError`; what went through before it stays so.
    @discardableResult
    package func syncOnce() async throws -> SyncReport {
        while let round { _ = await round.result }
        let task = Task {
            // Here and not after the wait below: who waits for this round must find it gone.
            defer { self.round = nil }
            return try await self.takeRound()
        }
        round = task
        do {
            let report = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
            if state.problem != nil { logger.notice("the back office is reached again") }
            state = SyncState(lastSuccess: Date(), problem: nil)
            return report
        } catch {
            let sentence = (error as? SyncError)?.message ?? "sync failed: \(error)"
            if state.problem != sentence { logger.warning("\(sentence)") }
            state.problem = sentence
            throw error
        }
    }

    /// Asks for list changes now, and waits for them at most so long: what is decided next rests on what the server knew
    /// a moment ago, if there is a link. Never throws; an answer that comes later is applied all the same.
    /// - Returns: whether the server answered in time, and all that it told is applied.
    package nonisolated func refreshLists(within limit: Duration = .milliseconds(1500)) async -> Bool {
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingOldest(1))
        Task {
            answer.yield((try? await self.pullChanges()) != nil)
            answer.finish()
        }
        let timer = Task {
            try? await self.clock.sleep(for: limit)
            answer.yield(false)
            answer.finish()
        }
        defer { timer.cancel() }
        return await answers.first { _ in true } ?? false
    }

    /// `refreshLists` to hand on.
    package nonisolated var asksForLists: @Sendable () async -> Bool { { await self.refreshLists() } }

    private func takeRound() async throws -> SyncReport {
        var report = SyncReport()
        // Facts first: they are worth more than fresh lists when a link lasts only seconds. A server that refuses them
        // must not keep fresh lists from the vehicle, though, nor one that has no numbers left.
        var refusal: (any Error)?
        do {
            report.factsAcknowledged = try await pushFacts()
        } catch let error as SyncError where [.refused, .conflict, .diverged].contains(error.code) {
            refusal = error
        }
        do {
            report.numbersLeased = try await leaseNumbers()
        } catch let error as SyncError where ![.unreachable, .local].contains(error.code) {
            refusal = refusal ?? error
        }
        report.changesApplied = try await pullChanges()
        do {
            report.photosSent = try await pushPhotos()
        } catch {
            throw refusal ?? error
        }
        if let refusal { throw refusal }
        // A receipt names so many photos at most: the next one may name others.
        if report.photosSent > 0 { hasAsked = false }
        return report
    }

    private func pushFacts() async throws -> Int {
        guard let vehicle = store.vehicle else {
            throw SyncError(.local, "the database is open for its lists only: open it under the vehicle's name")
        }
        var moved = 0
        var isRewound = false
        while true {
            let limit = factsLimit
            let acknowledged = try await local { try await self.store.acknowledgedSequence() }
            try await local { try await self.store.fillGaps(after: acknowledged, limit: limit) }
            let facts = try await local { try await self.store.outbox(after: acknowledged, limit: limit) }
            // Asked without facts, too, once: a server that has more than is here tells that this is an older copy.
            if facts.isEmpty, hasAsked { return moved }
            let receipt: FactsReceipt
            do {
                receipt = try await send(facts, of: vehicle, acknowledged: acknowledged)
            } catch let error as SyncError where error.code == .tooLarge && factsLimit > 1 {
                factsLimit /= 2
                continue
            }
            guard receipt.acknowledged > acknowledged || (facts.isEmpty && receipt.acknowledged == acknowledged) else {
                // Once a round: a server that forgets while it is told would be told for ever.
                guard !isRewound else {
                    throw SyncError(.diverged, "the back office forgets facts while it takes them")
                }
                try await goBack(to: receipt.acknowledged, from: acknowledged, vehicle)
                isRewound = true
                continue
            }
            if let last = facts.last {
                // What goes beyond these was not compared word for word: the next round asks for it.
                let through = min(receipt.acknowledged, last.sequence)
                try await local {
                    try await self.store.acknowledge(through: through)
                    try await self.store.markPhotosMissing(receipt.missingPhotos)
                }
                tellSetAside(receipt, among: facts)
                moved += Int(through - acknowledged)
                hasAsked = receipt.acknowledged <= last.sequence
            } else {
                try await adopt(receipt)
                hasAsked = true
            }
            factsLimit = FactsUpload.limit
        }
    }

    private func send(_ facts: [RecordedFact], of vehicle: VehicleID, acknowledged: Int64) async throws -> FactsReceipt
    {
        do {
            return try await link.send(FactsUpload(vehicle: vehicle, facts: facts))
        } catch let error as SyncError where error.code == .conflict {
            // Another past than the server's: which ticket numbers are used nobody can tell any more.
            try await local { try await self.store.retireNumbers(onceAt: acknowledged) }
            throw error
        }
    }

    /// The server has less than it acknowledged: what it lacks is sent again, if what it has is this vehicle's.
    private func goBack(to known: Int64, from acknowledged: Int64, _ vehicle: VehicleID) async throws {
        guard known < acknowledged else {
            throw SyncError(.diverged, "the back office takes no facts after \(known), and does not say why")
        }
        // Compared word for word there, the newest of both tells whether the past is the same.
        if let witness = try await local({ try await self.store.newestFact(through: known) }) {
            _ = try await send([witness], of: vehicle, acknowledged: acknowledged)
        }
        logger.warning(
            "the back office was put back from an older copy: facts that it had acknowledged are sent again",
            metadata: ["after": "\(known)", "through": "\(acknowledged)"]
        )
        try await local { try await self.store.rewind(to: known) }
    }

    /// Once a fact: it counts as taken now, and is not sent again.
    private func tellSetAside(_ receipt: FactsReceipt, among facts: [RecordedFact]) {
        for told in receipt.setAside {
            guard let fact = facts.first(where: { $0.sequence == told.sequence }) else { continue }
            logger.warning(
                "the back office set a fact aside, for a clerk to look into",
                metadata: [
                    "fact": "\(fact.sequence)", "kind": "\(fact.body.kind.rawValue)",
                    "reason": "\(told.reason.prefix(300))",
                ]
            )
        }
    }

    /// All that is here is at the server; what that has beyond it, this copy of the database never knew.
    private func adopt(_ receipt: FactsReceipt) async throws {
        let adopted = try await local {
            let adopted = try await self.store.adopt(through: receipt.acknowledged)
            try await self.store.markPhotosMissing(receipt.missingPhotos)
            return adopted
        }
        guard adopted > 0 else { return }
        logger.warning(
            "the back office has facts of this vehicle that are not here: an older copy of the database was put in place",
            metadata: ["facts": "\(adopted)"]
        )
    }

    /// Who comes while changes are being pulled waits for these: two answers must not overtake each other.
    private func pullChanges() async throws -> Int {
        if let pull { return try await pull.value }
        let task = Task {
            defer { self.pull = nil }
            return try await self.takeChanges()
        }
        pull = task
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func takeChanges() async throws -> Int {
        var applied = 0
        var isReloading = false
        while true {
            let (cursor, history) = try await local { try await self.store.changesPlace() }
            let answer: ChangesAnswer
            do {
                answer = try await link.changes(after: cursor, history: history, limit: Self.changesLimit)
            } catch let error as SyncError where error.code == .conflict && cursor > 0 && !isReloading {
                logger.warning("\(error.message)")
                try await local { try await self.store.reloadLists() }
                isReloading = true
                hasAsked = false
                continue
            }
            guard answer.version == syncProtocolVersion, answer.upTo >= cursor,
                !answer.more || answer.upTo > cursor, answer.upTo == 0 || answer.history != nil, answer.imported != nil,
                answer.changes.allSatisfy({ $0.change > cursor && $0.change <= answer.upTo })
            else {
                throw SyncError(.answer, "the back office answered with changes that do not follow number \(cursor)")
            }
            try await local { try await self.store.apply(answer) }
            applied += answer.changes.count
            if !answer.more { return applied }
        }
    }

    private func leaseNumbers() async throws -> Int {
        let left = try await local { try await self.store.numbersLeft() }
        guard left < settings.fewestNumbers else { return 0 }
        let request = try await local {
            try await self.store.pendingBlockRequest(size: self.settings.blockSize, at: Date())
        }
        let block = try await link.lease(request)
        guard TicketNumber.serials.contains(block.first), TicketNumber.serials.contains(block.last),
            block.last - block.first + 1 == request.size
        else {
            throw SyncError(
                .answer,
                "the back office leased numbers \(block.first) to \(block.last); \(request.size) were asked for"
            )
        }
        try await local { try await self.store.addNumberBlock(block, request: request.request) }
        return request.size
    }

    /// A photo whose file is gone is named at the end of the round; the others go through.
    private func pushPhotos() async throws -> Int {
        var sent = 0
        var missing: [String] = []
        // Not asked for by any fact that the server has: recorded since this round sent facts, set aside or purged there.
        var unwanted: Set<String> = []
        while true {
            let limit = Self.photosLimit + missing.count + unwanted.count
            let list = try await local { try await self.store.photosToSend(limit: limit) }.map(\.sha256)
            let waiting = list.filter { !missing.contains($0) && !unwanted.contains($0) }
            if waiting.isEmpty { break }
            for sha256 in waiting {
                guard let bytes = try await photos.load(sha256) else {
                    missing.append(sha256)
                    continue
                }
                guard try await link.send(photo: bytes, sha256: sha256) else {
                    unwanted.insert(sha256)
                    try await local { try await self.store.markPhotoUnwanted(sha256) }
                    continue
                }
                try await local { try await self.store.markPhotosSent([sha256]) }
                sent += 1
            }
        }
        guard let first = missing.first else { return sent }
        throw SyncError(
            .local,
            "\(missing.count) evidence photos are not in '\(settings.photos)', the first is \(first): restore them"
        )
    }

    private func local<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw SyncError(.local, "the vehicle's database: \(error)")
        }
    }
}
