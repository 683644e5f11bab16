// From a read, its place and what the lists hold to an answer. Pure: time, lists, chalk and by-laws are given.
//
// What decides: a right to park clears, also one that only a near match has (or it asks for a second look); only an
// exact match of a sure read, where the same infraction holds everywhere that the car may stand, by lists that are
// fresh, becomes an alert.
package import Foundation

/// What an officer made of what was raised.
package enum OfficerVerdict: String, Sendable, Codable { case accepted, rejected }

/// What was answered for the same plate before, so that one car is not raised twice.
package struct EarlierAnswer: Hashable, Sendable {
    package let read: UUIDv7
    package let time: Date
    package let judgement: Judgement
    /// What the officer decided; nil: it waits.
    package let decision: OfficerVerdict?

    package init(read: UUIDv7, time: Date, judgement: Judgement, decision: OfficerVerdict?) {
        self.read = read
        self.time = time
        self.judgement = judgement
        self.decision = decision
    }
}

/// The answer to one read, the zone that it was given in, and what it rests on.
package struct JudgementOutcome: Hashable, Sendable {
    package let judgement: Judgement
    /// That of the violation, else the one around the fix. nil: no zone contains the fix, or there is none.
    package let zone: ZoneID?
    package let grounds: JudgementGrounds
}

/// Answers one read at its own time.
///
/// - An exemption clears everything but the watchlist.
/// - The fix is a spread on the ground: rules of every zone that the car may stand in are asked, and an alert needs the
///   same infraction nearly everywhere in it. Where zones overlap, the first of the city's list with a rule in force
///   decides.
/// - Every rule of a zone is asked; of several that are broken the by-law's gravest infraction comes first.
/// - Without a fix a right in any zone clears, and so does a limit that is in force in any: nine of ten cars that would
///   be looked at in such a street break no rule. Else the car needs a second look, unless no rule holds anywhere.
/// - Scofflaw and watchlist hold everywhere, at any hour, for the exact plate only.
/// - A sure text that fits none of the series common in the city is confirmed by the officer before a ticket.
/// - What was raised for the plate a short while ago is not raised again, unless doubt has become certainty; also after
///   the officer let the car go, where it was the lists alone that gave the doubt.
///
/// - Parameters:
///   - candidates: the plates that `records` were looked up for.
///   - records: what the lists hold for the candidates, in any order.
///   - feeds: a feed that is missing here counts as never loaded.
///   - earlier: earlier answers for the exact plate.
///   - chalk: stays beyond a limit, by the names of the time limits.
///   - permitUses: sightings of all vehicles, this one's earlier ones included, that share a permit of the plate.
///   - ticketAt: for the question just before a ticket, when that is: the lists must be as new as the ticket then.
///   - isClockTrusted: false where nothing vouches for the clock that the read's time came from; nothing is then
///     certain enough for a ticket.
/// - Precondition: the city is valid.
package func judge(
    read: PlateRead,
    fix: Fix?,
    candidates: Candidates,
    records: [ListRecord],
    feeds: [FeedState],
    earlier: [EarlierAnswer],
    chalk: [ChalkFinding] = [],
    permitUses: [PermitUse] = [],
    city: City,
    policy: JudgementPolicy = .standard,
    ticketAt: Date? = nil,
    isClockTrusted: Bool = true
) -> JudgementOutcome {
    let judge = Judge(
        read: read,
        fix: fix,
        candidates: candidates,
        records: Dictionary(grouping: records, by: \.plate),
        feeds: feeds,
        chalk: chalk,
        permitUses: permitUses,
        city: city,
        policy: policy,
        ticketAt: ticketAt,
        isClockTrusted: isClockTrusted
    )
    let raised = judge.outcome()
    let since = read.time.addingTimeInterval(-policy.repeatSeconds)
    guard let repeated = earlier.first(where: { $0.time > since && $0.covers(raised.judgement) }) else { return raised }
    return JudgementOutcome(
        judgement: .clear(.repeated(read: repeated.read, at: repeated.time)),
        zone: raised.zone,
        grounds: raised.grounds
    )
}

extension EarlierAnswer {
    /// True where raising the judgement would ask the officer the same thing again.
    func covers(_ new: Judgement) -> Bool {
        switch (judgement, new) {
        case (_, .clear), (.clear, _): false
        case (.secondLook, .alert) where decision == nil: false
        // Who was let go for what the lists said then stands there by what they say now.
        case (.secondLook(let doubts, _), .alert) where decision == .rejected && doubts.allSatisfy(\.isOfLists): false
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

    /// The infraction that a ticket for this judgement would name at that instant, if there is one.
    package func ticketableInfraction(in city: City, at time: Date) -> Infraction? {
        alerts.lazy.compactMap(\.infraction).first.flatMap { city.infraction($0, at: time) }
    }
}

extension Alert {
    fileprivate func isSameMatter(as other: Alert) -> Bool {
        switch (self, other) {
        case (.noSession, .noSession), (.noPermit, .noPermit), (.overtime, .overtime), (.banned, .banned),
            (.sharedPermit, .sharedPermit):
            zone == other.zone && infraction == other.infraction
        case (.scofflaw, .scofflaw): true
        case (.watchlist(let entry, _), .watchlist(let otherEntry, _)): entry == otherEntry
        default: false
        }
    }
}

extension City {
    /// The zone that decides at a position and time: the first in force that contains it, else the first that contains it.
    package func zone(at point: GeoPoint, time: Date) -> Zone? {
        let containing = zones.filter { $0.isWithin(0, of: point) && $0.contains(point) }
        return containing.first { hasRuleInForce(in: $0, at: time) } ?? containing.first
    }
}

/// One read on its way to an answer.
struct Judge {
    let read: PlateRead
    let fix: Fix?
    let candidates: Candidates
    let records: [Plate: [ListRecord]]
    let feeds: [FeedState]
    let chalk: [ChalkFinding]
    let permitUses: [PermitUse]
    let city: City
    let policy: JudgementPolicy
    let ticketAt: Date?
    let isClockTrusted: Bool

    var reading: PlateReading { read.reading }
    var plate: Plate { read.reading.plate }
    var now: Date { read.time }

    func outcome() -> JudgementOutcome {
        let answers = zoneAnswers()
        let watched = watchlistAlerts()
        let grave = watched + scofflawAlerts()
        func outcome(_ judgement: Judgement, nearMatches: [NearMatch] = []) -> JudgementOutcome {
            JudgementOutcome(
                judgement: judgement,
                zone: judgement.alerts.lazy.compactMap(\.zone).first
                    ?? fix.flatMap { city.zone(at: $0.point, time: now)?.zone },
                grounds: grounds(answers, nearMatches)
            )
        }
        if let exempt = exemption(of: plate) {
            return outcome(watched.isEmpty ? .clear(exempt) : conclude(watched, [], feeds: []))
        }
        switch place(answers) {
        case .clear(let reason):
            return outcome(grave.isEmpty ? .clear(reason) : conclude(grave, [], feeds: []))
        case .unknown:
            // A scofflaw or a watched car is one wherever it stands.
            return outcome(grave.isEmpty ? .secondLook([.noFix], alerts: []) : conclude(grave, [], feeds: []))
        case .violation(let violation):
            let near = nearMatches(violation)
            // What fits no series may be misread however sure it looks.
            let isUnsure = !isSure || !city.isUsual(plate)
            if let clearing = near.first(where: { clears($0.candidate, isReadUnsure: isUnsure) }) {
                let reason = ClearReason.nearMatch(plate: clearing.candidate.plate.text, feed: clearing.feed)
                return outcome(grave.isEmpty ? .clear(reason) : conclude(grave, [], feeds: []), nearMatches: near)
            }
            let doubts = violation.doubts + near.map { .nearMatch(plate: $0.candidate.plate.text, feed: $0.feed) }
            return outcome(conclude(grave + violation.alerts, doubts, feeds: violation.feeds), nearMatches: near)
        }
    }

    // MARK: Place

    /// What a plate's place in the city means for it.
    private enum PlaceAnswer {
        case clear(ClearReason)
        case violation(Violation)
        case unknown
    }

    private struct Violation {
        let alerts: [Alert]
        let doubts: [SecondLookReason]
        /// Lists whose news could take it back.
        let feeds: Set<Feed>
        /// Zones in which something is broken.
        let answers: [ZoneAnswer]
    }

    /// What each zone that the car may stand in means for the exact plate; none without a fix. Likeliest first, by the
    /// place and by what the lists know: who has a right in one of them stands there rather than next to it.
    private func zoneAnswers() -> [ZoneAnswer] {
        guard let fix else { return [] }
        var (inForce, idle): ([Zone], [Zone]) = ([], [])
        for zone in city.zones(within: fix) {
            if city.hasRuleInForce(in: zone, at: now) { inForce.append(zone) } else { idle.append(zone) }
        }
        let byPlace = city.chances(of: fix, among: inForce, idle: idle, prior: policy.place)
            .filter { $0.probability >= 0.002 }
            .map { chance in answer(in: chance.zone.flatMap { city.zone($0) }, chance: chance) }
        func weight(_ answer: ZoneAnswer) -> Double {
            answer.chance.probability * (answer.hasRight ? policy.rightWeight : 1)
        }
        let sum = byPlace.reduce(0) { $0 + weight($1) }
        guard byPlace.contains(where: \.hasRight), sum > 0 else { return byPlace }
        return byPlace.map { $0.with(probability: weight($0) / sum) }
            .sorted { $0.chance.probability > $1.chance.probability }
    }

    private func place(_ answers: [ZoneAnswer]) -> PlaceAnswer {
        guard let fix else { return placeUnknown() }
        let broken = answers.filter { !$0.violations.isEmpty }
        let all = answers.reduce(0) { $0 + $1.chance.probability }
        let brokenShare = broken.reduce(0) { $0 + $1.chance.probability } / max(all, 1e-9)
        guard let main = broken.first, brokenShare >= policy.lookProbability else {
            return .clear(answers.first { $0.violations.isEmpty }?.clear ?? .noRule)
        }
        if brokenShare < 0.5, let first = answers.first, first.violations.isEmpty, first.clear != .noRule {
            return .clear(first.clear)
        }
        // What is certain by itself stands alone; doubtful matters are told only where nothing is certain.
        let certain = main.violations.filter(\.doubts.isEmpty)
        let told = certain.isEmpty ? main.violations : certain
        var doubts: [SecondLookReason] = []
        let code = told.first?.alert.infraction
        let agreeing = broken.filter {
            $0.violations.first { certain.isEmpty || $0.doubts.isEmpty }?.alert.infraction == code
        }
        let share = agreeing.reduce(0) { $0 + $1.chance.probability } / max(all, 1e-9)
        if share < policy.zoneProbability, let zone = main.zone {
            doubts.append(.nearZoneEdge(zone: zone.zone, errorMetres: fix.errorMetres, probability: share))
        }
        for violation in told {
            for doubt in violation.doubts where !doubts.contains(doubt) { doubts.append(doubt) }
        }
        return .violation(
            Violation(
                alerts: told.map(\.alert),
                doubts: doubts,
                feeds: told.reduce(into: []) { $0.formUnion($1.feeds) },
                answers: broken
            )
        )
    }

    private func placeUnknown() -> PlaceAnswer {
        let inForce = city.zones.filter { city.hasRuleInForce(in: $0, at: now) }
        guard !inForce.isEmpty else { return .clear(.noRule) }
        for zone in inForce {
            for rule in city.rules(in: zone.zone, at: now) where rule.isInForce {
                if let right = right(of: plate, under: rule, in: zone) { return .clear(right.reason) }
            }
        }
        return .unknown
    }

    // MARK: Doubts

    /// Whether the text is sure enough to be ticketed without the officer's word.
    private var isSure: Bool {
        let count = plate.text.utf8.count
        let least = count < policy.usualCharacters ? policy.shortTicketConfidence : policy.ticketConfidence
        return count >= policy.ticketCharacters && reading.confidence.isFinite && reading.confidence >= least
    }

    /// Whether a candidate's right clears the car by itself: what the reader itself holds possible, and of a read that
    /// could not be ticketed anyway also what drivers often type for it, a character more or less at an end that is not
    /// sure, and what differs in a character that it doubts. Where it is all but sure of the character, a plate like it is
    /// more often another car: in six simulated towns such plates (8 for B, though not O for 0) cleared 110 violators and
    /// 2 who had paid, while what the reader itself held possible cleared 49 and 11,140.
    private func clears(_ candidate: Candidate, isReadUnsure: Bool) -> Bool {
        switch candidate.origin {
        case .alternate: isReadUnsure || candidate.doubt >= policy.alternateShare
        case .typed: isReadUnsure
        case .seen, .slip: isReadUnsure && candidate.doubt >= policy.alternateShare
        case .end: isReadUnsure && candidate.doubt > 1 - Candidates.certainProbability
        }
    }

    /// Candidates that may do what is told of the car, or anything. Who has paid may not stop where nobody may.
    private func nearMatches(_ violation: Violation) -> [NearMatch] {
        let told = violation.alerts.first?.infraction
        let broken = violation.answers.compactMap { answer in
            answer.zone.map { zone in
                let same = answer.violations.filter { $0.alert.infraction == told }
                return (zone: zone, rules: (same.isEmpty ? answer.violations : same).map(\.rule))
            }
        }
        return candidates.others.compactMap { candidate in
            let other = candidate.plate
            guard records[other] != nil else { return nil }
            if exemption(of: other) != nil { return NearMatch(candidate: candidate, feed: .exemptions) }
            for (zone, rules) in broken {
                for rule in rules {
                    if let right = right(of: other, under: rule, in: zone), let feed = right.feed {
                        return NearMatch(candidate: candidate, feed: feed)
                    }
                }
            }
            return nil
        }
    }

    private func conclude(_ alerts: [Alert], _ doubts: [SecondLookReason], feeds behindPlace: Set<Feed>) -> Judgement {
        var reasons = doubts
        if !isSure {
            reasons.insert(.unsureRead(confidence: reading.confidence), at: 0)
        } else if !city.isUsual(plate) {
            // No format tells a letter from a digit, or a character that is missing.
            reasons.insert(.unusualPlate, at: 0)
        } else if city.mayBeCut(plate) {
            // However sure it looks: what shows of a plate that is hidden in part is read as surely as a whole one.
            reasons.insert(.mayBeCut, at: 0)
        }
        var behind = behindPlace
        if alerts.contains(where: { if case .scofflaw = $0 { true } else { false } }) {
            behind.formUnion([.scofflaws, .exemptions])
        }
        for feed in Feed.allCases where behind.contains(feed) {
            let age = age(of: feed)
            if (age ?? .infinity) > policy.staleSeconds(of: feed, isFinal: ticketAt != nil) {
                reasons.append(.staleFeed(feed, ageSeconds: age))
            }
        }
        if !isClockTrusted, !reasons.contains(.clockUnknown) { reasons.append(.clockUnknown) }
        return reasons.isEmpty ? .alert(alerts) : .secondLook(reasons, alerts: alerts)
    }

    /// Seconds before the read, or before the ticket; nil: never loaded. A list newer than the read (a recording replayed
    /// later) is current.
    private func age(of feed: Feed) -> Double? {
        feeds.first { $0.feed == feed }?.asOf.map { max(0, (ticketAt ?? now).timeIntervalSince($0)) }
    }

    private func grounds(_ answers: [ZoneAnswer], _ near: [NearMatch]) -> JudgementGrounds {
        JudgementGrounds(
            zones: answers.map(\.chance),
            rules: answers.flatMap(\.findings),
            feeds: Feed.allCases.map { feed in
                FeedAge(
                    feed: feed,
                    ageSeconds: age(of: feed),
                    records: feeds.first { $0.feed == feed }?.records ?? 0
                )
            },
            candidates: candidates.others.count,
            nearMatches: near
        )
    }
}
