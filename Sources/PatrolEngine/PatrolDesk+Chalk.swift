// Digital chalk at the desk: marks of earlier passes are looked up for each read, and a mark is made of it where a time
// limit stands.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI
internal import PatrolStore
internal import SyncProtocol

/// What chalk has to say of one pass, before it is judged.
struct ChalkAnswer {
    /// One a time limit that was exceeded, if the car stayed.
    let findings: [ChalkFinding]
    /// The first mark of the stay that the pass goes on with; nil: the car is new here.
    let stay: ChalkMark?
    let limits: [ChalkLimit]
    let mark: ChalkMark
    /// The last mark of that stay.
    let last: ChalkMark?

    /// Nothing is known of the car here: its photos are kept.
    var isFirstPass: Bool { stay == nil }
}

extension PatrolDesk {
    /// Texts one change away are looked for so far around the vehicle: fixes and cars lie on either side of a street.
    private static let nearMetres = 60.0
    /// A read is handed over within so many seconds; one that comes later is of a recording.
    private static let liveSeconds = 60.0
    /// Twice in one pass is one mark.
    private static let passSeconds = 120.0

    /// Looks up what earlier passes left, and decides for each time limit here.
    /// - Returns: nil where no time limit stands, or the position is not known.
    func chalk(_ read: PlateRead, fix: Fix?, angle: Double?, place: PlaceAnswer?) async throws -> ChalkAnswer? {
        guard let fix else { return nil }
        guard !settings.city.chalkLimits(around: fix, at: read.time, since: read.time).isEmpty else { return nil }
        let plates = Candidates(of: read.reading).plates
        var marks = try await store.chalkMarks(of: plates)
        let near = try await store.chalkMarks(near: fix.point, withinMetres: Self.nearMetres, like: read.reading.plate)
        let waiting = chalkPending.filter { plates.contains($0.plate) }
        let known = Set(marks.map(\.read))
        marks += (near + waiting).filter { !known.contains($0.read) }
        // A read that is judged again has its mark already: that knows by which clock it was taken.
        let own = marks.first { $0.read == read.id }
        let stamped = stamped(read, fix: fix, angle: angle, place: place, own: own)
        let oldest = marks.map { $0.time(by: stamped) }.min() ?? read.time
        let limits = settings.city.chalkLimits(around: fix, at: read.time, since: oldest)
        let codes = try await store.ticketedInfractions(of: marks.map(\.read))
        func answer(unseen: [Date]) -> [ChalkFinding] {
            limits.filter(\.isInForce).compactMap { limit in
                chalkFinding(
                    marks: marks,
                    new: stamped,
                    rule: limit.rule,
                    ticketed: Set(codes.filter { $0.value == limit.infraction }.keys),
                    unseen: unseen
                )
            }
        }
        // Passes without a read only speak against a stay.
        let findings =
            answer(unseen: []).isEmpty ? [] : answer(unseen: try await unseen(of: marks, stamped, fix, since: oldest))
        let stay = chalkStay(marks: marks, new: stamped)
        return ChalkAnswer(
            findings: findings,
            stay: stay,
            limits: limits,
            mark: stamped,
            last: marks.filter { $0.plate == stamped.plate && $0.time < stamped.time }.max { $0.time < $1.time }
        )
    }

    private func unseen(of marks: [ChalkMark], _ new: ChalkMark, _ fix: Fix, since oldest: Date) async throws -> [Date]
    {
        let sightings = try await store.chalkSightings(
            near: fix.point,
            withinMetres: ChalkSighting.passMetres,
            from: oldest,
            to: new.time
        )
        return unseenPasses(
            sightings,
            track: try await store.track(from: oldest, to: new.time),
            cameraAngles: settings.cameraAngles,
            marks: marks,
            new: new
        )
    }

    /// The mark of a pass, a stay of its own and without photos for now.
    private func stamped(
        _ read: PlateRead,
        fix: Fix,
        angle: Double?,
        place: PlaceAnswer?,
        own: ChalkMark?
    ) -> ChalkMark {
        let age = clock.now().timeIntervalSince(read.time)
        let moment = (0...Self.liveSeconds).contains(age) ? self.moment() : nil
        return ChalkMark(
            read: read.id,
            stay: read.id,
            plate: read.reading.plate,
            confidence: read.reading.confidence,
            time: read.time,
            moment: own?.moment ?? moment.map { ChalkMoment(boot: $0.boot, seconds: $0.seconds - age) },
            isClockTrusted: own?.isClockTrusted ?? isClockTrusted(),
            fix: fix,
            cameraAngleDegrees: angle ?? own?.cameraAngleDegrees,
            place: place,
            zone: settings.city.zone(at: fix.point, time: read.time)?.zone,
            photos: []
        )
    }

    /// What is kept of the pass: the stay it belongs to, when it is over, and photos where it is the first of a stay.
    /// - Returns: nil where the car was marked a moment ago and no better read takes that one's place.
    func chalkRecord(_ answer: ChalkAnswer, photos: [PhotoReference], replaces: UUIDv7?) -> ChalkRecord? {
        let plain = answer.mark
        if replaces == nil, let last = answer.last, answer.stay != nil,
            plain.time.timeIntervalSince(last.time) < Self.passSeconds
        {
            return nil
        }
        let begun = answer.stay?.time ?? plain.time
        let next = answer.limits.filter { limit in
            !answer.findings.contains { $0.isOf(limit.rule.rule, in: limit.zone) }
        }.compactMap { limit in
            limit.rule.dueAt(since: begun).map { (at: $0, minutes: limit.rule.limitMinutes) }
        }.min { $0.at < $1.at }
        let mark = ChalkMark(
            read: plain.read,
            stay: answer.stay?.stay ?? plain.read,
            plate: plain.plate,
            confidence: plain.confidence,
            time: plain.time,
            moment: plain.moment,
            isClockTrusted: plain.isClockTrusted,
            fix: plain.fix,
            cameraAngleDegrees: plain.cameraAngleDegrees,
            place: plain.place,
            zone: plain.zone,
            photos: photos.map {
                ChalkPhoto(sha256: $0.sha256, isCloseUp: $0.role == .closeUp, bytes: $0.bytes)
            }
        )
        return ChalkRecord(
            mark: mark,
            dueAt: next?.at,
            limitMinutes: next?.minutes,
            expiresAt: answer.limits.map { $0.rule.expiresAt(seen: plain.time) }.max() ?? plain.time,
            replaces: replaces
        )
    }
}

extension Judgement {
    /// Whether one of its alerts, certain or not, is about the stay.
    func isAbout(_ finding: ChalkFinding) -> Bool {
        alerts.contains { alert in
            guard case .overtime(_, _, let firstRead, _, _) = alert else { return false }
            return firstRead == finding.firstRead
        }
    }
}

extension ChalkFinding {
    /// The photos of the first pass as evidence of the read that the finding is about.
    var references: [PhotoReference] {
        photos.map { PhotoReference(sha256: $0.sha256, role: $0.isCloseUp ? .closeUp : .context, bytes: $0.bytes) }
    }
}

extension FirstPassSummary {
    init(_ finding: ChalkFinding) {
        self.init(
            read: finding.firstRead,
            time: finding.firstSeen,
            plate: finding.firstPlate.text,
            elapsedSeconds: finding.elapsedSeconds,
            limitMinutes: finding.limitMinutes,
            stayedProbability: finding.stayedProbability,
            closeUp: finding.photos.first { $0.isCloseUp }?.sha256,
            context: finding.photos.first { !$0.isCloseUp }?.sha256
        )
    }
}
