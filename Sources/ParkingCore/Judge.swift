// From a read, its place and what the lists hold to an answer. Pure: time, lists and by-laws are given.
//
// What decides: a right to park clears, also one that only a near match has (as a second look); only an exact match of
// a sure read, inside a zone beyond the fix's error, by lists that are fresh, becomes an alert.
package import Foundation

/// What was answered for the same plate before, so that one car is not raised twice.
package struct EarlierAnswer: Hashable, Sendable {
    package let read: UUIDv7
    package let time: Date
    package let judgement: Judgement
    /// True once the officer accepted or rejected it.
    package let isDecided: Bool

    package init(read: UUIDv7, time: Date, judgement: Judgement, isDecided: Bool) {
        self.read = read
        self.time = time
        self.judgement = judgement
        self.isDecided = isDecided
    }
}

/// The answer to one read, and the zone that it was given in.
package struct JudgementOutcome: Hashable, Sendable {
    package let judgement: Judgement
    /// nil: no zone contains the fix, or there is none.
    package let zone: ZoneID?
}

/// How careful a city wants to be.
package struct JudgementPolicy: Hashable, Sendable, Codable {
    /// Below this calibrated confidence an alert becomes a second look.
    package var ticketConfidence: Double
    /// A plate of fewer characters is ticketed only once the officer has confirmed it: what is no plate at all (a sign,
    /// a window) is mostly read as one or two, and few plates are so short.
    package var ticketCharacters: Int
    /// A zone's edge nearer than the fix's error times this makes the zone uncertain.
    package var edgeFactor: Double
    /// Age in seconds beyond which sessions are too old to ticket by: they change by the minute.
    package var sessionsStaleSeconds: Double
    /// The same for the other lists, which change by the day.
    package var listsStaleSeconds: Double
    /// The same violation of the same plate within this time is not raised again.
    package var repeatSeconds: Double

    package static let standard = JudgementPolicy(
        ticketConfidence: 0.9,
        ticketCharacters: 4,
        edgeFactor: 1,
        sessionsStaleSeconds: 300,
        listsStaleSeconds: 86_400,
        repeatSeconds: 3600
    )

    package init(
        ticketConfidence: Double,
        ticketCharacters: Int,
        edgeFactor: Double,
        sessionsStaleSeconds: Double,
        listsStaleSeconds: Double,
        repeatSeconds: Double
    ) {
        self.ticketConfidence = ticketConfidence
        self.ticketCharacters = ticketCharacters
        self.edgeFactor = edgeFactor
        self.sessionsStaleSeconds = sessionsStaleSeconds
        self.listsStaleSeconds = listsStaleSeconds
        self.repeatSeconds = repeatSeconds
    }

    func staleSeconds(of feed: Feed) -> Double { feed == .sessions ? sessionsStaleSeconds : listsStaleSeconds }
}

/// Answers one read at its own time.
///
/// - An exemption clears everything but the watchlist.
/// - The first zone of the city's list that contains the fix and whose rule is in force decides.
/// - Without a fix a right in any zone clears; else the car needs a second look, unless no rule holds anywhere.
/// - Scofflaw and watchlist hold everywhere, at any hour, for the exact plate only.
/// - What was raised for the plate a short while ago is not raised again, unless doubt has become certainty.
///
/// - Parameters:
///   - candidates: the plates that `records` were looked up for.
///   - records: what the lists hold for the candidates, in any order.
///   - feeds: a feed that is missing here counts as never loaded.
///   - earlier: earlier answers for the exact plate.
///   - isClockTrusted: false where nothing vouches for the clock that the read's time came from; nothing is then
///     certain enough for a ticket.
/// - Precondition: the city is valid (decoded, or `validate` passed).
package func judge(
    read: PlateRead,
    fix: Fix?,
    candidates: Candidates,
    records: [ListRecord],
    feeds: [FeedState],
    earlier: [EarlierAnswer],
    city: City,
    policy: JudgementPolicy = .standard,
    isClockTrusted: Bool = true
) -> JudgementOutcome {
    let judge = Judge(
        reading: read.reading,
        now: read.time,
        fix: fix,
        candidates: candidates,
        records: records,
        feeds: feeds,
        city: city,
        policy: policy,
        isClockTrusted: isClockTrusted
    )
    let raised = judge.judgement()
    let zone = fix.flatMap { city.zone(at: $0.point, time: read.time)?.zone }
    let since = read.time.addingTimeInterval(-policy.repeatSeconds)
    if let repeated = earlier.first(where: { $0.time > since && $0.covers(raised) }) {
        return JudgementOutcome(judgement: .clear(.repeated(read: repeated.read, at: repeated.time)), zone: zone)
    }
    return JudgementOutcome(judgement: raised, zone: zone)
}

extension EarlierAnswer {
    /// True where raising the judgement would ask the officer the same thing again.
    func covers(_ new: Judgement) -> Bool {
        switch (judgement, new) {
        case (_, .clear), (.clear, _): false
        case (.secondLook, .alert) where !isDecided: false
        default:
            new.alerts.allSatisfy { alert in judgement.alerts.contains { $0.isSameMatter(as: alert) } }
                && (!new.alerts.isEmpty || judgement.alerts.isEmpty)
        }
    }
}

extension Judgement {
    /// Certain ones and those that a second look doubts.
    package var alerts: [Alert] {
        switch self {
        case .clear: []
        case .alert(let alerts), .secondLook(_, let alerts): alerts
        }
    }
}

extension Alert {
    fileprivate func isSameMatter(as other: Alert) -> Bool {
        switch (self, other) {
        case (.noSession(let zone, let infraction, _), .noSession(let otherZone, let otherInfraction, _)),
            (.noPermit(let zone, let infraction), .noPermit(let otherZone, let otherInfraction)):
            zone == otherZone && infraction == otherInfraction
        case (.scofflaw, .scofflaw): true
        case (.watchlist(let entry, _), .watchlist(let otherEntry, _)): entry == otherEntry
        default: false
        }
    }
}

extension City {
    /// The zone that decides at a position and time: the first in force that contains it, else the first that contains it.
    package func zone(at point: GeoPoint, time: Date) -> Zone? {
        let containing = zones.filter { $0.contains(point) }
        let clock = clock
        return containing.first { $0.isInForce(at: time, timeZone: clock) } ?? containing.first
    }
}

private struct Judge {
    let reading: PlateReading
    let now: Date
    let fix: Fix?
    let candidates: Candidates
    let records: [ListRecord]
    let feeds: [FeedState]
    let city: City
    let policy: JudgementPolicy
    let isClockTrusted: Bool

    /// What a plate's place in the city means for it.
    private enum PlaceAnswer {
        case clear(ClearReason)
        case violation(Alert, zone: Zone)
        case unknownPlace
    }

    func judgement() -> Judgement {
        let plate = reading.plate
        let watched = watchlistAlerts(plate)
        if let exempt = exemption(of: plate) {
            return watched.isEmpty ? .clear(exempt) : conclude(watched, [])
        }
        let grave = watched + scofflawAlerts(plate)
        var reasons: [SecondLookReason] = []
        switch place(of: plate, reasons: &reasons) {
        case .clear(let reason):
            return grave.isEmpty ? .clear(reason) : conclude(grave, [])
        case .unknownPlace:
            // A scofflaw or a watched car is one wherever it stands.
            return grave.isEmpty ? .secondLook([.noFix], alerts: []) : conclude(grave, [])
        case .violation(let alert, let zone):
            reasons += nearMatches(in: zone)
            return conclude(grave + [alert], reasons)
        }
    }

    // MARK: Place

    private func place(of plate: Plate, reasons: inout [SecondLookReason]) -> PlaceAnswer {
        let clock = city.clock
        let inForce = city.zones.filter { $0.isInForce(at: now, timeZone: clock) }
        guard let fix else {
            guard !inForce.isEmpty else { return .clear(.noRule) }
            for zone in inForce {
                if let right = right(of: plate, in: zone) { return .clear(right) }
            }
            return .unknownPlace
        }
        let reach = fix.errorMetres * policy.edgeFactor
        if let zone = inForce.first(where: { $0.contains(fix.point) }) {
            if let right = right(of: plate, in: zone) { return .clear(right) }
            if zone.edgeDistanceMetres(from: fix.point) <= reach {
                reasons.append(.nearZoneEdge(zone: zone.zone, errorMetres: fix.errorMetres))
            }
            return .violation(violation(by: plate, in: zone), zone: zone)
        }
        let beside = inForce.filter { $0.edgeDistanceMetres(from: fix.point) <= reach }
        guard let zone = beside.first(where: { right(of: plate, in: $0) == nil }) else { return .clear(.noRule) }
        reasons.append(.nearZoneEdge(zone: zone.zone, errorMetres: fix.errorMetres))
        return .violation(violation(by: plate, in: zone), zone: zone)
    }

    /// Why the plate may stand in the zone now; nil: it may not.
    private func right(of plate: Plate, in zone: Zone) -> ClearReason? {
        for case .permit(let permit) in records where permit.plate == plate {
            guard zone.rule.permits.contains(permit.kind), permit.validity.contains(now) else { continue }
            if permit.zones.isEmpty || permit.zones.contains(zone.zone) {
                return .permit(id: permit.permit, kind: permit.kind)
            }
        }
        guard case .payByPlate = zone.rule else { return nil }
        let sessions = sessions(of: plate, in: zone)
        if let running = sessions.filter({ $0.validity.contains(now) }).max(by: {
            $0.validity.to < $1.validity.to
        }) {
            return .session(id: running.session, until: running.validity.to)
        }
        let graceSeconds = Double(zone.graceMinutes) * 60
        if let ended = lastEnded(sessions), now.timeIntervalSince(ended.validity.to) < graceSeconds {
            return .grace(session: ended.session, minutes: zone.graceMinutes)
        }
        return nil
    }

    private func sessions(of plate: Plate, in zone: Zone) -> [ParkingSession] {
        records.compactMap { record in
            guard case .session(let session) = record, session.plate == plate, session.zone == zone.zone else {
                return nil
            }
            return session
        }
    }

    private func lastEnded(_ sessions: [ParkingSession]) -> ParkingSession? {
        sessions.filter { $0.validity.to <= now }.max { $0.validity.to < $1.validity.to }
    }

    private func violation(by plate: Plate, in zone: Zone) -> Alert {
        switch zone.rule {
        case .permitOnly(let infraction, _):
            .noPermit(zone: zone.zone, infraction: infraction)
        case .payByPlate(let infraction, _):
            .noSession(
                zone: zone.zone,
                infraction: infraction,
                lastSessionEnded: lastEnded(sessions(of: plate, in: zone))?.validity.to
            )
        }
    }

    // MARK: Lists that hold anywhere

    private func exemption(of plate: Plate) -> ClearReason? {
        for case .exemption(let record) in records
        where record.plate == plate && record.validity.contains(now) {
            return .exemption(id: record.exemption, kind: record.kind)
        }
        return nil
    }

    private func watchlistAlerts(_ plate: Plate) -> [Alert] {
        records.compactMap { record in
            guard case .watchlist(let entry) = record, entry.plate == plate else { return nil }
            return .watchlist(entry: entry.entry, reason: entry.reason)
        }
    }

    private func scofflawAlerts(_ plate: Plate) -> [Alert] {
        records.compactMap { record in
            guard case .scofflaw(let entry) = record, entry.plate == plate else { return nil }
            return .scofflaw(
                unpaidTickets: entry.unpaidTickets,
                unpaidCents: entry.unpaidCents,
                eligibleFor: entry.eligibleFor
            )
        }
    }

    // MARK: Doubts

    /// Plates one misread away that may stand in the zone, or anywhere.
    private func nearMatches(in zone: Zone) -> [SecondLookReason] {
        candidates.plates.dropFirst().compactMap { other in
            if exemption(of: other) != nil { return .nearMatch(plate: other.text, feed: .exemptions) }
            switch right(of: other, in: zone) {
            case .permit: return .nearMatch(plate: other.text, feed: .permits)
            case .session, .grace: return .nearMatch(plate: other.text, feed: .sessions)
            default: return nil
            }
        }
    }

    /// Lists whose news could take the alert back. An old watchlist still warns.
    private func feeds(behind alert: Alert) -> [Feed] {
        switch alert {
        case .noSession(let id, _, _):
            (city.zone(id)?.rule.permits.isEmpty ?? true)
                ? [.sessions, .exemptions] : [.sessions, .permits, .exemptions]
        case .noPermit: [.permits, .exemptions]
        case .scofflaw: [.scofflaws, .exemptions]
        case .watchlist: []
        }
    }

    private func conclude(_ alerts: [Alert], _ doubts: [SecondLookReason]) -> Judgement {
        var reasons = doubts
        let isShort = reading.plate.text.utf8.count < policy.ticketCharacters
        if isShort || reading.confidence < policy.ticketConfidence || !reading.confidence.isFinite {
            reasons.insert(.unsureRead(confidence: reading.confidence), at: 0)
        }
        let behind = Set(alerts.flatMap { feeds(behind: $0) })
        for feed in Feed.allCases where behind.contains(feed) {
            let asOf = feeds.first { $0.feed == feed }?.asOf
            // A list newer than the read (a recording replayed later) is current.
            let age = asOf.map { max(0, now.timeIntervalSince($0)) }
            if (age ?? .infinity) > policy.staleSeconds(of: feed) { reasons.append(.staleFeed(feed, ageSeconds: age)) }
        }
        if !isClockTrusted { reasons.append(.clockUnknown) }
        return reasons.isEmpty ? .alert(alerts) : .secondLook(reasons, alerts: alerts)
    }
}
