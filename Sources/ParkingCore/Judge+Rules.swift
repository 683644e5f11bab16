// One zone's rules against one plate: what lets it stand there, what it breaks, and what of that is in doubt.
internal import Foundation

/// What one zone that the car may stand in means for the plate.
struct ZoneAnswer {
    let chance: ZoneChance
    /// nil: no zone.
    let zone: Zone?
    /// Gravest first.
    let violations: [RuleViolation]
    /// Why the plate may stand there, where nothing is broken.
    let clear: ClearReason
    let findings: [RuleFinding]

    /// Whether a list gives the plate a right here, and nothing is broken.
    var hasRight: Bool { violations.isEmpty && clear.isRight }

    func with(probability: Double) -> ZoneAnswer {
        ZoneAnswer(
            chance: ZoneChance(zone: chance.zone, probability: probability),
            zone: zone,
            violations: violations,
            clear: clear,
            findings: findings
        )
    }
}

struct RuleViolation {
    let rule: RuleInForce
    let alert: Alert
    let doubts: [SecondLookReason]
    /// Lists whose news could take it back.
    let feeds: Set<Feed>
}

/// Why a plate may stand somewhere.
struct Right {
    let reason: ClearReason
    /// The list that says so; nil: no list does, but the hour or the limit.
    let feed: Feed?
}

extension Judge {
    func answer(in zone: Zone?, chance: ZoneChance) -> ZoneAnswer {
        guard let zone else {
            return ZoneAnswer(chance: chance, zone: nil, violations: [], clear: .noRule, findings: [])
        }
        var violations: [RuleViolation] = []
        var rights: [Right] = []
        var findings: [RuleFinding] = []
        for rule in city.rules(in: zone.zone, at: now) {
            var right: Right?
            var violation: RuleViolation?
            if rule.isInForce {
                right = self.right(of: plate, under: rule, in: zone)
                if let right { rights.append(right) } else { violation = self.violation(of: rule, in: zone) }
                if let violation { violations.append(violation) }
            }
            findings.append(
                RuleFinding(
                    zone: zone.zone,
                    rule: rule.rule.id,
                    isInForce: rule.isInForce,
                    reasons: rule.reasons,
                    right: right?.reason,
                    violation: violation?.alert,
                    doubts: violation?.doubts ?? []
                )
            )
        }
        violations = violations.enumerated().sorted { first, second in
            let (one, two) = (gravity(first.element), gravity(second.element))
            return one == two ? first.offset < second.offset : one < two
        }.map(\.element)
        var named: Set<String> = []
        violations = violations.filter { named.insert($0.alert.infraction ?? "").inserted }
        // A record tells more than the hour does.
        let clear = (rights.first { $0.feed != nil } ?? rights.first)?.reason ?? .noRule
        return ZoneAnswer(chance: chance, zone: zone, violations: violations, clear: clear, findings: findings)
    }

    private func gravity(_ violation: RuleViolation) -> Int {
        violation.alert.infraction.map { city.gravity(of: $0) } ?? Int.max
    }

    // MARK: Rights

    /// Why a plate may stand in the zone now by this rule; nil: it may not.
    func right(of other: Plate, under rule: RuleInForce, in zone: Zone) -> Right? {
        let own = records[other] ?? []
        let grace = graceSeconds(rule.rule)
        if let permit = permitRight(own, of: other, rule: rule.rule, zone: zone, grace: grace) { return permit }
        if rule.rule.kind == .payByPlate, let session = sessionRight(own, rule: rule.rule, zone: zone, grace: grace) {
            return session
        }
        if case .timeLimit(let limit) = rule.rule.kind {
            // Chalk is the car's own: another plate's stay says nothing.
            guard other == plate, finding(of: rule.rule, in: zone) != nil else {
                return Right(reason: .withinLimit(zone: zone.zone, limitMinutes: limit.minutes), feed: nil)
            }
            return nil
        }
        if let since = rule.since, now.timeIntervalSince(since) < grace {
            return Right(reason: .ruleJustBegan(rule: rule.rule.id, since: since), feed: nil)
        }
        return nil
    }

    private func graceSeconds(_ rule: ParkingRule) -> Double {
        max(Double(rule.graceMinutes) * 60, policy.leastGraceSeconds)
    }

    private func permits(_ own: [ListRecord], rule: ParkingRule, zone: Zone) -> [Permit] {
        own.compactMap { record in
            guard case .permit(let permit) = record, rule.permits.contains(permit.kind),
                permit.zones.isEmpty || permit.zones.contains(zone.zone)
            else { return nil }
            return permit
        }
    }

    private func permitRight(
        _ own: [ListRecord],
        of other: Plate,
        rule: ParkingRule,
        zone: Zone,
        grace: Double
    ) -> Right? {
        let honoured = permits(own, rule: rule, zone: zone)
        for permit in honoured where permit.validity.contains(now) {
            // How many of its vehicles stand there is asked for the plate that was read, not for its neighbours.
            if other == plate, excess(of: permit) != nil { continue }
            return Right(reason: .permit(id: permit.permit, kind: permit.kind), feed: .permits)
        }
        let ended = honoured.filter { $0.validity.to <= now }.max { $0.validity.to < $1.validity.to }
        if let ended, now.timeIntervalSince(ended.validity.to) < grace {
            return Right(reason: .permitGrace(permit: ended.permit, minutes: Int(grace / 60)), feed: .permits)
        }
        return nil
    }

    private func sessionRight(_ own: [ListRecord], rule: ParkingRule, zone: Zone, grace: Double) -> Right? {
        let sessions = sessions(own, in: zone)
        if let running = sessions.filter({ $0.validity.contains(now) }).max(by: { $0.validity.to < $1.validity.to }) {
            return Right(
                reason: .session(id: running.session, until: end(of: running, among: sessions)),
                feed: .sessions
            )
        }
        if let ended = lastEnded(sessions), now.timeIntervalSince(ended.validity.to) < grace {
            return Right(reason: .grace(session: ended.session, minutes: Int(grace / 60)), feed: .sessions)
        }
        let latest = latestStart(rule)
        let bought = sessions.filter { $0.validity.from > now && $0.validity.from <= latest }
        if let next = bought.min(by: { $0.validity.from < $1.validity.from }) {
            return Right(reason: .paidOnArrival(session: next.session, from: next.validity.from), feed: .sessions)
        }
        return nil
    }

    /// Up to when a session may begin that is bought on arrival: who has paid by the time a ticket would be written gets
    /// none.
    private func latestStart(_ rule: ParkingRule) -> Date {
        let arrival = max(Double(rule.arrivalMinutes) * 60, policy.leastGraceSeconds)
        return max(now.addingTimeInterval(arrival), ticketAt ?? now)
    }

    private func sessions(_ own: [ListRecord], in zone: Zone) -> [ParkingSession] {
        own.compactMap { record in
            guard case .session(let session) = record, session.zone == zone.zone else { return nil }
            return session
        }
    }

    private func lastEnded(_ sessions: [ParkingSession]) -> ParkingSession? {
        sessions.filter { $0.validity.to <= now }.max { $0.validity.to < $1.validity.to }
    }

    /// Until when it is paid without a gap, by sessions that overlap or follow each other.
    private func end(of session: ParkingSession, among sessions: [ParkingSession]) -> Date {
        var end = session.validity.to
        for next in sessions.sorted(by: { $0.validity.from < $1.validity.from })
        where next.validity.from <= end && next.validity.to > end {
            end = next.validity.to
        }
        return end
    }

    /// Rights of the plate that would count by the rule, in zones that the city does not have.
    private func strangeZones(_ own: [ListRecord], rule: ParkingRule) -> [SecondLookReason] {
        let grace = graceSeconds(rule)
        func holds(_ validity: TimeWindow, from latest: Date) -> Bool {
            validity.from <= latest && now < validity.to.addingTimeInterval(grace)
        }
        return own.compactMap { record in
            switch record {
            case .session(let session)
            where rule.kind == .payByPlate && holds(session.validity, from: latestStart(rule)):
                city.zone(session.zone) == nil ? .unknownZone(feed: .sessions, zone: session.zone) : nil
            case .permit(let permit) where rule.permits.contains(permit.kind) && holds(permit.validity, from: now):
                permit.zones.first { city.zone($0) == nil }.map { .unknownZone(feed: .permits, zone: $0) }
            default: nil
            }
        }
    }

    // MARK: Violations

    private func violation(of rule: RuleInForce, in zone: Zone) -> RuleViolation? {
        let own = records[plate] ?? []
        let infraction = rule.rule.infraction
        var feeds: Set<Feed> = [.exemptions]
        if !rule.rule.permits.isEmpty || rule.rule.kind == .permitOnly { feeds.insert(.permits) }
        if rule.rule.kind == .payByPlate { feeds.insert(.sessions) }
        let strange = strangeZones(own, rule: rule.rule)
        func broken(_ alert: Alert, _ doubts: [SecondLookReason] = []) -> RuleViolation {
            RuleViolation(rule: rule, alert: alert, doubts: doubts + strange, feeds: feeds)
        }
        if let shared = sharedPermit(own, rule: rule.rule, zone: zone) {
            // Without its permit's right the car must have stayed beyond the limit all the same.
            let stay = finding(of: rule.rule, in: zone).map { doubts(of: $0, in: zone) } ?? []
            return broken(shared.alert, shared.doubts + stay)
        }
        switch rule.rule.kind {
        case .permitOnly: return broken(.noPermit(zone: zone.zone, infraction: infraction))
        case .payByPlate:
            let ended = lastEnded(sessions(own, in: zone))?.validity.to
            return broken(.noSession(zone: zone.zone, infraction: infraction, lastSessionEnded: ended))
        case .ban(let ban):
            return broken(.banned(zone: zone.zone, infraction: infraction, rule: rule.rule.id, ban: ban))
        case .timeLimit:
            guard let finding = finding(of: rule.rule, in: zone) else { return nil }
            let alert = Alert.overtime(
                zone: zone.zone,
                infraction: infraction,
                firstRead: finding.firstRead,
                firstSeen: finding.firstSeen,
                limitMinutes: finding.limitMinutes
            )
            return broken(alert, doubts(of: finding, in: zone))
        }
    }

    /// The stay beyond this limit by this zone's hours, if it is more probable than not.
    private func finding(of rule: ParkingRule, in zone: Zone) -> ChalkFinding? {
        chalk.first { $0.isOf(rule.id.text, in: zone.zone) && $0.stayedProbability >= 0.5 }
    }

    private func doubts(of finding: ChalkFinding, in zone: Zone) -> [SecondLookReason] {
        guard !finding.isCertain() else { return [] }
        var doubts: [SecondLookReason] = []
        if !finding.isPlateAgreed {
            let earlier = finding.firstPlate == plate ? finding.lastPlate : finding.firstPlate
            doubts.append(.earlierPassDiffers(plate: earlier.text))
        }
        if !finding.isElapsedCertain { doubts.append(.clockUnknown) }
        if let fix, !finding.isZoneAgreed {
            let share = 1 - Double(finding.passesElsewhere ?? 0) / Double(max(1, finding.passes))
            doubts.append(.nearZoneEdge(zone: zone.zone, errorMetres: fix.errorMetres, probability: share))
        }
        if !finding.isPlaceAgreed { doubts.append(.stoodElsewhere(metres: finding.distanceMetres ?? 0)) }
        if doubts.isEmpty || finding.missedPasses > 0
            || finding.stayedProbability < ChalkModel.standard.ticketProbability
        {
            doubts.append(.mayHaveMoved(probability: finding.stayedProbability))
        }
        return doubts
    }

    // MARK: Shared permits

    private func sharedPermit(
        _ own: [ListRecord],
        rule: ParkingRule,
        zone: Zone
    ) -> (alert: Alert, doubts: [SecondLookReason])? {
        for permit in permits(own, rule: rule, zone: zone) where permit.validity.contains(now) {
            guard let atOnce = permit.vehiclesAtOnce, let others = excess(of: permit) else { continue }
            let alert = Alert.sharedPermit(
                zone: zone.zone,
                infraction: rule.infraction,
                permit: permit.permit,
                atOnce: atOnce,
                others: others
            )
            // As many as the permit allows must still stand there: the one seen longest ago is the doubt, and whatever
            // was taken for a vehicle of the permit without being read surely. Side by side the officer can look at both.
            let there = others.sorted { $0.lastSeen > $1.lastSeen }.prefix(atOnce)
            var doubts: [SecondLookReason] = []
            if let oldest = there.last, now.timeIntervalSince(oldest.lastSeen) > policy.sharedPermitSureSeconds {
                doubts.append(.mayHaveLeft(plate: oldest.plate.text, lastSeen: oldest.lastSeen))
            }
            for use in there {
                guard let confidence = use.confidence,
                    confidence < policy.otherConfidence || !city.isUsual(use.plate) || city.mayBeCut(use.plate)
                        || mayBeSamePlace(use)
                else { continue }
                doubts.append(.otherUnsure(plate: use.plate.text, confidence: confidence))
            }
            return (alert, doubts)
        }
        return nil
    }

    /// The other vehicles that were there no later than this one, where the permit has no place left for it; nil: it has.
    private func excess(of permit: Permit) -> [PermitUse]? {
        guard let atOnce = permit.vehiclesAtOnce else { return nil }
        let since = now.addingTimeInterval(-policy.sharedPermitSeconds)
        let uses = permitUses.filter { $0.permit == permit.permit && $0.lastSeen >= since && $0.lastSeen <= now }
        let arrived = uses.first { $0.plate == plate }?.firstSeen ?? now
        let others = uses.filter { use in
            // Which of two that were filmed at once came first, by a camera on either side, nobody knows: both are told.
            guard use.plate != plate, use.firstSeen <= arrived else { return false }
            guard mayBeSamePlace(use) else { return true }
            // Who stands in another's place has taken its turn. But filmed one after the other they stand side by side,
            // unless it is one car read twice.
            return now.timeIntervalSince(use.lastSeen) <= policy.samePassSeconds && !use.plate.isOneChange(from: plate)
        }
        return others.count >= max(1, atOnce) ? others : nil
    }

    /// Whether the other vehicle was read so near that it may have been in this one's place.
    private func mayBeSamePlace(_ use: PermitUse) -> Bool {
        guard let fix, let point = use.point else { return false }
        return point.distanceMetres(to: fix.point) <= 8 + 2 * fix.errorMetres
    }

    // MARK: Lists that hold anywhere

    func exemption(of other: Plate) -> ClearReason? {
        for case .exemption(let record) in records[other] ?? []
        where record.validity.from <= now && now < record.validity.to.addingTimeInterval(policy.leastGraceSeconds) {
            return .exemption(id: record.exemption, kind: record.kind)
        }
        return nil
    }

    func watchlistAlerts() -> [Alert] {
        (records[plate] ?? []).compactMap { record in
            guard case .watchlist(let entry) = record else { return nil }
            return .watchlist(entry: entry.entry, reason: entry.reason)
        }
    }

    func scofflawAlerts() -> [Alert] {
        (records[plate] ?? []).compactMap { record in
            guard case .scofflaw(let entry) = record else { return nil }
            return .scofflaw(
                unpaidTickets: entry.unpaidTickets,
                unpaidCents: entry.unpaidCents,
                eligibleFor: entry.eligibleFor
            )
        }
    }
}
