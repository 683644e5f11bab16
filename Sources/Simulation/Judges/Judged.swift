// The product's own judgement on trial: candidates, chalk and judge as in the vehicle, over lists held in memory.
package import Foundation
package import ParkingCore

package struct Judged: TriedSystem {
    /// Marks of other texts count as the same car misread within this distance.
    private static let likeMetres = 120.0

    private let city: City
    private let clock: TimeZone
    private let history: ListHistory
    private let policy: JudgementPolicy
    private let counts: [Feed: Int]
    private var earlier: [Plate: [EarlierAnswer]] = [:]
    private var marks: [Plate: [ChalkMark]] = [:]
    /// By a square of the ground the plates that were marked there, for texts one change away.
    private var ground: [Square: [Plate: [UInt8]]] = [:]
    /// What was read on each square, and when.
    private var sightings: [Square: [ChalkSighting]] = [:]
    /// The way driven, by square; what lies between two squares is left out.
    private var track: [Square: [TrackPoint]] = [:]
    private var last: (square: Square, fix: Fix)?
    private var uses: [String: [PermitSighting]] = [:]
    private var ticketed: [UUIDv7: String] = [:]
    /// What each read that was raised rested on.
    private var raised: [UUIDv7: [ChalkFinding]] = [:]

    func findings(behind read: UUIDv7) -> [ChalkFinding] { raised[read] ?? [] }

    private struct Square: Hashable {
        let east: Int
        let north: Int
    }

    package init(city: City, history: ListHistory, policy: JudgementPolicy = .standard) {
        self.city = city
        clock = city.clock
        self.history = history
        self.policy = policy
        counts = Feed.allCases.reduce(into: [:]) { $0[$1] = history.count(of: $1) }
    }

    package mutating func drove(_ fix: Fix) {
        let square = square(fix.point)
        let isNext =
            last.map { $0.square == square && (0...20).contains(fix.time.timeIntervalSince($0.fix.time)) } ?? false
        track[square, default: []].append(TrackPoint(fix: fix, startsSegment: !isNext))
        last = (square, fix)
    }

    package mutating func answer(_ sighting: Sighting) throws -> Verdict {
        let near = Candidates(of: sighting.read.reading)
        let plate = sighting.read.reading.plate
        let mark = mark(of: sighting)
        let findings = findings(mark, near, sighting)
        let outcome = outcome(sighting, near, findings, earlier: earlier[plate] ?? [], known: sighting.known)
        keep(mark)
        let judgement = outcome.judgement
        note(judgement, sighting)
        if judgement.kind != .clear {
            earlier[plate, default: []].append(
                EarlierAnswer(
                    read: sighting.read.id,
                    time: sighting.read.time,
                    judgement: judgement,
                    // As the trial's officer does: what is certain is ticketed, the rest looked at.
                    decision: judgement.kind == .alert ? .accepted : .rejected
                )
            )
            if !findings.isEmpty { raised[sighting.read.id] = findings }
        }
        return verdict(judgement, zone: outcome.zone, findings)
    }

    package mutating func recheck(
        _ sighting: Sighting,
        _ verdict: Verdict,
        at time: Date,
        known: Date,
        hasLink: Bool
    ) throws -> LastWord {
        let near = Candidates(of: sighting.read.reading)
        let findings = raised[sighting.read.id] ?? []
        let outcome = outcome(sighting, near, findings, earlier: [], known: known, ticketAt: time, hasAnswer: hasLink)
        switch outcome.judgement {
        case .clear: return .withdrawn
        case .secondLook: return .held(reason: outcome.judgement.reason)
        case .alert(let alerts):
            // The gravest is ticketed, once.
            guard let infraction = alerts.lazy.compactMap(\.infraction).first, verdict.infractions.contains(infraction)
            else { return .withdrawn }
            ticketed[sighting.read.id] = infraction
            return .ticket([infraction])
        }
    }

    /// As at the patrol's desk: what is not clear is judged with more candidates.
    private func outcome(
        _ sighting: Sighting,
        _ near: Candidates,
        _ findings: [ChalkFinding],
        earlier: [EarlierAnswer],
        known: Date,
        ticketAt: Date? = nil,
        hasAnswer: Bool = true
    ) -> JudgementOutcome {
        func outcome(_ candidates: Candidates) -> JudgementOutcome {
            let records = history.answer(for: candidates.plates, asOf: known)
            return judge(
                read: sighting.read,
                fix: sighting.fix,
                candidates: candidates,
                records: records,
                feeds: feeds(asOf: known),
                earlier: earlier,
                chalk: findings,
                permitUses: permitUses(records, sighting),
                city: city,
                policy: hasAnswer ? policy : policy.withoutAnswer,
                ticketAt: ticketAt,
                isClockTrusted: sighting.isClockTrusted
            )
        }
        let first = outcome(near)
        if first.judgement.isClear { return first }
        return outcome(Candidates(of: sighting.read.reading, reach: ticketAt == nil ? .wide : .last))
    }

    // MARK: Lists

    private func feeds(asOf: Date) -> [FeedState] {
        Feed.allCases.map { FeedState(feed: $0, asOf: asOf, records: counts[$0] ?? 0) }
    }

    private func permitUses(_ records: [ListRecord], _ sighting: Sighting) -> [PermitUse] {
        let since = sighting.read.time.addingTimeInterval(-policy.sharedPermitSeconds)
        let shared = Set(records.sharedPermits(of: sighting.read.reading.plate))
        return PermitUse.uses(
            of: shared.flatMap { uses[$0] ?? [] }.filter { $0.time >= since && $0.time <= sighting.read.time }
        )
    }

    private mutating func note(_ judgement: Judgement, _ sighting: Sighting) {
        guard let permit = judgement.permitInUse else { return }
        uses[permit, default: []].append(
            PermitSighting(
                permit: permit,
                plate: sighting.read.reading.plate,
                read: sighting.read.id,
                time: sighting.read.time,
                point: sighting.fix?.point,
                confidence: sighting.read.reading.confidence
            )
        )
    }

    // MARK: Chalk

    private func mark(of sighting: Sighting, stay: UUIDv7? = nil) -> ChalkMark {
        ChalkMark(
            read: sighting.read.id,
            stay: stay ?? sighting.read.id,
            plate: sighting.read.reading.plate,
            confidence: sighting.read.reading.confidence,
            time: sighting.read.time,
            moment: sighting.moment,
            isClockTrusted: sighting.isClockTrusted,
            fix: sighting.fix,
            cameraAngleDegrees: sighting.cameraAngleDegrees,
            place: nil,
            zone: sighting.fix.flatMap { city.zone(at: $0.point, time: sighting.read.time)?.zone },
            photos: []
        )
    }

    private func square(_ point: GeoPoint) -> Square {
        let spot = Streets.spot(point)
        return Square(
            east: Int((spot.east / Self.likeMetres).rounded(.down)),
            north: Int((spot.north / Self.likeMetres).rounded(.down))
        )
    }

    /// Marks of all plates that the read could mean, and those near by whose text is one change away.
    private func marksOf(_ candidates: Candidates, near sighting: Sighting) -> [ChalkMark] {
        var plates = Set(candidates.plates)
        let text = Array(sighting.read.reading.plate.text.utf8)
        if let fix = sighting.fix {
            let middle = square(fix.point)
            for east in -1...1 {
                for north in -1...1 {
                    for (plate, other) in ground[Square(east: middle.east + east, north: middle.north + north)] ?? [:]
                    where Self.isNear(text, other) { plates.insert(plate) }
                }
            }
        }
        return plates.sorted().flatMap { marks[$0] ?? [] }
    }

    /// At most one character replaced, put in or left out: `Plate.isOneChange`, for many plates at once.
    private static func isNear(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        let (short, long) = a.count <= b.count ? (a, b) : (b, a)
        guard long.count - short.count <= 1 else { return false }
        var same = 0
        while same < short.count, short[same] == long[same] { same += 1 }
        var left = short.count - same - (long.count == short.count ? 1 : 0)
        while left > 0, short[short.count - left] == long[long.count - left] { left -= 1 }
        return left <= 0
    }

    private func findings(_ mark: ChalkMark, _ candidates: Candidates, _ sighting: Sighting) -> [ChalkFinding] {
        guard let fix = sighting.fix,
            city.chalkLimits(around: fix, at: mark.time, since: mark.time).contains(where: \.isInForce)
        else { return [] }
        let known = marksOf(candidates, near: sighting)
        guard let oldest = known.map({ $0.time(by: mark) }).min() else { return [] }
        let limits = city.chalkLimits(around: fix, at: mark.time, since: oldest).filter(\.isInForce)
        func answer(unseen: [Date]) -> [ChalkFinding] {
            limits.compactMap { limit in
                chalkFinding(
                    marks: known,
                    new: mark,
                    rule: limit.rule,
                    ticketed: Set(known.map(\.read).filter { ticketed[$0] == limit.infraction }),
                    unseen: unseen
                )
            }
        }
        return answer(unseen: []).isEmpty ? [] : answer(unseen: unseen(of: known, near: mark))
    }

    private func unseen(of marks: [ChalkMark], near new: ChalkMark) -> [Date] {
        guard let point = new.fix?.point else { return [] }
        let middle = square(point)
        let squares = (-1...1).flatMap { east in
            (-1...1).map { Square(east: middle.east + east, north: middle.north + $0) }
        }
        return unseenPasses(
            squares.flatMap { sightings[$0] ?? [] },
            track: squares.flatMap { track[$0] ?? [] },
            cameraAngles: [90, 270],
            marks: marks,
            new: new
        )
    }

    private mutating func keep(_ mark: ChalkMark) {
        if let point = mark.fix?.point {
            sightings[square(point), default: []].append(
                ChalkSighting(plate: mark.plate, time: mark.time, point: point)
            )
        }
        marks[mark.plate, default: []].append(mark)
        if let point = mark.fix?.point { ground[square(point), default: [:]][mark.plate] = Array(mark.plate.text.utf8) }
    }

    // MARK: Words

    private func verdict(_ judgement: Judgement, zone: ZoneID?, _ findings: [ChalkFinding]) -> Verdict {
        let isGrave = judgement.alerts.contains { $0.infraction == nil }
        // The gravest is what a ticket would name.
        let told = judgement.alerts.compactMap(\.infraction)
        return Verdict(
            judgement.kind,
            Set(told.prefix(1)),
            told: Set(told),
            zone: (judgement.alerts.lazy.compactMap(\.zone).first ?? zone)?.text,
            reason: judgement.reason,
            isGrave: isGrave,
            grounds: judgement.kind == .alert ? "\(judgement.alerts) \(findings)" : ""
        )
    }
}

extension Judgement {
    var kind: Verdict.Kind {
        switch self {
        case .clear: .clear
        case .alert: .alert
        case .secondLook: .secondLook
        }
    }

    /// The name of the first reason, without what it holds.
    fileprivate var reason: String {
        func name(_ value: Any) -> String {
            String(String(describing: value).prefix { $0 != "(" })
        }
        switch self {
        case .clear(let reason): return name(reason)
        case .alert: return "violation"
        case .secondLook(let reasons, _): return reasons.first.map { name($0) } ?? "no reason"
        }
    }
}
