// Where reads become answers: the one place that matches, judges, keeps, tells, and carries out what the officer decides.
package import Addressing
package import Evidence
package import Foundation
package import Logging
package import ParkingCore
internal import PatrolAPI
package import PatrolStore
package import Positioning
internal import SyncProtocol
package import TicketPrinting

/// What tells the time: a recording's for a replay, the machine's for a patrol.
package protocol PatrolClock: Sendable {
    func now() -> Date
}

/// One pass of a car with the picture that proves it.
package struct PlatePass: Sendable {
    package let read: PlateRead
    /// The best frame as a JPEG file's bytes, as captured where the camera delivers JPEG.
    package let photo: [UInt8]
    /// Where the camera looks, degrees clockwise from straight ahead; nil: not known.
    package let cameraAngleDegrees: Double?
    /// The read that was told of this pass before and that this one takes the place of.
    package let corrects: UUIDv7?
    /// nil: not measured.
    package let timing: PassTiming?

    package init(
        read: PlateRead,
        photo: [UInt8],
        cameraAngleDegrees: Double?,
        corrects: UUIDv7? = nil,
        timing: PassTiming? = nil
    ) {
        self.read = read
        self.photo = photo
        self.cameraAngleDegrees = cameraAngleDegrees
        self.corrects = corrects
        self.timing = timing
    }
}

/// When the frames of a pass were exposed, in seconds of its lane's clock: how long an answer took starts there.
package struct PassTiming: Hashable, Sendable {
    /// The last frame that added anything, and the frame at which the pass was told: the wait between is intended.
    package let usefulSeconds: Double
    package let toldSeconds: Double

    package init(usefulSeconds: Double, toldSeconds: Double) {
        self.usefulSeconds = usefulSeconds
        self.toldSeconds = toldSeconds
    }
}

package actor PatrolDesk {
    package struct Settings: Sendable {
        package let city: City
        package let vehicle: VehicleID
        package let officer: OfficerID
        package let policy: JudgementPolicy
        /// Alerts are accepted without a person: demonstrations and tests only. Second looks still wait.
        package let acceptAll: Bool
        /// What is worked on: a recording's name, or "live".
        package let source: String
        /// How far ahead the list of cars that are overtime soon looks.
        package let dueSoonMinutes: Int
        /// Of the vehicle's cameras, degrees clockwise from straight ahead.
        package let cameraAngles: [Double]

        package init(
            city: City,
            vehicle: VehicleID,
            officer: OfficerID,
            policy: JudgementPolicy,
            acceptAll: Bool,
            source: String,
            dueSoonMinutes: Int = 5,
            cameraAngles: [Double]
        ) {
            self.city = city
            self.vehicle = vehicle
            self.officer = officer
            self.policy = policy
            self.acceptAll = acceptAll
            self.source = source
            self.dueSoonMinutes = dueSoonMinutes
            self.cameraAngles = cameraAngles
        }
    }

    package let settings: Settings
    let store: PatrolStore
    let evidence: EvidenceFolder
    let printer: PrintQueue
    let hub: EventHub
    let clock: any PatrolClock
    /// Whether anything vouches for the clock at this moment.
    let isClockTrusted: @Sendable () -> Bool
    /// The machine's own clock; nil for what was recorded.
    let moment: @Sendable () -> ChalkMoment?
    let logger: Logger
    /// The municipality's map; nil: places are told by zone and position.
    let addresses: AddressBook?
    /// Asks the server for what has changed in the lists, never for long, and says whether it answered; nil: no server
    /// is set.
    let refreshLists: (@Sendable () async -> Bool)?
    /// Told after each fact, so that it is sent at once.
    let factRecorded: @Sendable () -> Void
    var positions: (any PositionSource)?
    var recent = RecentReads()
    /// Judged, not kept yet, in the order of judging.
    var pending: [ReadFact] = []
    /// The marks of these.
    var chalkPending: [ChalkMark] = []
    var gauges = PatrolGauges()
    /// nil: nobody signs in; the configured officer answers for all.
    var signInDesk: SignInDesk?
    /// Who has signed in since the daemon started.
    var onDuty: OfficerID?
    var shiftPages: ShiftPages?

    package init(
        settings: Settings,
        store: PatrolStore,
        evidence: EvidenceFolder,
        printer: PrintQueue,
        hub: EventHub,
        clock: any PatrolClock,
        isClockTrusted: @escaping @Sendable () -> Bool = { true },
        moment: @escaping @Sendable () -> ChalkMoment? = { nil },
        logger: Logger,
        addresses: AddressBook? = nil,
        refreshLists: (@Sendable () async -> Bool)? = nil,
        factRecorded: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.store = store
        self.evidence = evidence
        self.printer = printer
        self.hub = hub
        self.clock = clock
        self.isClockTrusted = isClockTrusted
        self.moment = moment
        self.logger = logger
        self.addresses = addresses
        self.refreshLists = refreshLists
        self.factRecorded = factRecorded
    }

    /// From now on positions come from there, a recorded track or a receiver; nil: there is neither.
    package func follow(_ positions: (any PositionSource)?) {
        self.positions = positions
        gauges.hasTrack = (positions as? Track).map { !$0.fixes.isEmpty } ?? (positions != nil)
    }

    /// Where the map has the parked car. A map that cannot be read costs the read its address, never the read itself.
    func place(of pass: PlatePass, fix: Fix?) -> PlaceAnswer? {
        guard let addresses, let fix else { return nil }
        do {
            return try addresses.locate(fix: fix, cameraAngleDegrees: pass.cameraAngleDegrees)
        } catch {
            logger.warning("a read has no address", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// The question to the server just before a ticket.
    struct LastWord {
        /// When a ticket would be written.
        let time: Date
        let hasAnswer: Bool
    }

    /// The read of the same car that this one replaces, or that it merely repeats from another camera.
    enum EarlierRead {
        case replaced(UUIDv7)
        case sighted(ReadFact)

        var read: UUIDv7 {
            switch self {
            case .replaced(let read): read
            case .sighted(let fact): fact.read.id
            }
        }
        var replaced: UUIDv7? { if case .replaced(let read) = self { read } else { nil } }
        var sighted: ReadFact? { if case .sighted(let fact) = self { fact } else { nil } }
    }

    /// Doubt that becomes certainty replaces; all else that another camera saw of the car adds its photos.
    func earlierRead(of pass: PlatePass, fix: Fix?) -> EarlierRead? {
        if let corrected = pass.corrects, recent.fact(corrected) != nil { return .replaced(corrected) }
        let sure = settings.policy.ticketConfidence
        guard let fact = recent.sighting(of: pass.read, fix: fix, sureConfidence: sure) else { return nil }
        let isNowSure = fact.read.reading.confidence < sure && pass.read.reading.confidence >= sure
        return isNowSure ? .replaced(fact.read.id) : .sighted(fact)
    }

    /// What was clear stays so; what was raised is not raised again.
    func sightedAgain(_ earlier: ReadFact) -> Judgement {
        if case .clear = earlier.judgement { return earlier.judgement }
        return .clear(.repeated(read: earlier.read.id, at: earlier.read.time))
    }

    /// Looks up every plate that the read could mean, and judges; what is not clear is judged with more of them.
    /// - Parameters:
    ///   - replacing: an earlier read of the car that counts no longer.
    ///   - lastWord: where the lists were just asked for again.
    ///   - reach: how far what is not clear is looked up.
    func answer(
        _ read: PlateRead,
        fix: Fix?,
        feeds: [FeedState],
        chalk: [ChalkFinding] = [],
        replacing: UUIDv7? = nil,
        lastWord: LastWord? = nil,
        reach: Candidates.Reach = .wide
    ) async throws -> JudgementOutcome {
        let since = read.time.addingTimeInterval(-settings.policy.repeatSeconds)
        let earlier = try await store.earlierAnswers(plate: read.reading.plate, since: since)
        // What waits to be committed will be: it counts already. One that was committed meanwhile stands in both.
        let waiting = pending.filter { fact in
            fact.read.reading.plate == read.reading.plate && fact.read.time > since
                && !earlier.contains { $0.read == fact.read.id }
        }.map { EarlierAnswer(read: $0.read.id, time: $0.read.time, judgement: $0.judgement, decision: nil) }
        // At the last word there may be later ones: until the officer has decided one, the earlier comes first.
        let raised = (waiting + earlier).filter {
            $0.read != read.id && ($0.decision != nil || ($0.read != replacing && $0.time <= read.time))
        }
        func outcome(_ reach: Candidates.Reach) async throws -> JudgementOutcome {
            let candidates = Candidates(of: read.reading, reach: reach)
            let records = try await store.answer(for: candidates.plates, at: read.time)
            return judge(
                read: read,
                fix: fix,
                candidates: candidates,
                records: records,
                feeds: feeds,
                earlier: raised,
                chalk: chalk,
                permitUses: try await permitUses(of: read, records: records),
                city: settings.city,
                policy: lastWord?.hasAnswer == false ? settings.policy.withoutAnswer : settings.policy,
                ticketAt: lastWord?.time,
                isClockTrusted: isClockTrusted()
            )
        }
        let near = try await outcome(.near)
        return near.judgement.isClear ? near : try await outcome(reach)
    }

    /// Who else was seen standing by a permit that the plate shares, what waits to be committed included.
    private func permitUses(of read: PlateRead, records: [ListRecord]) async throws -> [PermitUse] {
        let permits = records.sharedPermits(of: read.reading.plate)
        guard !permits.isEmpty else { return [] }
        let since = read.time.addingTimeInterval(-settings.policy.sharedPermitSeconds)
        let kept = try await store.permitSightings(permits: permits, since: since, until: read.time)
        let waiting = pending.compactMap { fact -> PermitSighting? in
            guard let permit = fact.judgement.permitInUse, permits.contains(permit), fact.read.time > since else {
                return nil
            }
            return PermitSighting(
                permit: permit,
                plate: fact.read.reading.plate,
                read: fact.read.id,
                time: fact.read.time,
                point: fact.fix?.point,
                confidence: fact.read.reading.confidence
            )
        }
        return PermitUse.uses(of: (kept + waiting).filter { $0.read != read.id })
    }
}

/// Counters that health shows.
struct PatrolGauges {
    var phase = PatrolStatus.Phase.starting
    var progress: Double?
    var framesTaken = 0
    var framesDropped = 0
    var reads = 0
    var hasTrack = false
    var cameras: [DeviceStatus] = []
    /// nil: no server is set.
    var server: DeviceStatus?
    /// All devices of a live patrol, as they report; nil: a recording is worked on.
    var live: [DeviceStatus]?
}
