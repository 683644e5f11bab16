// Judging by every kind of rule: bans, limits, shared permits, several at once, neighbours that agree and that do not.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Judging by rules")
struct JudgeRulesTests {
    let street = Street()

    private func schedule(_ hours: String) throws -> Schedule { Schedule(hours: [try #require(HourSpan(hours))]) }

    private func rule(
        _ id: String,
        _ kind: RuleKind,
        _ infraction: String,
        hours: String = "00:00-24:00",
        permits: [PermitKind] = [],
        grace: Int = 0
    ) throws -> ParkingRule {
        ParkingRule(
            id: try RuleID(id),
            kind: kind,
            infraction: infraction,
            schedules: [try schedule(hours)],
            permits: permits,
            graceMinutes: grace
        )
    }

    /// Zones from south to north, each 111 m deep and touching the next, with infractions A (gravest) to E.
    private func city(_ zones: [[ParkingRule]], changes: [TemporaryChange] = []) throws -> City {
        Street.city(
            try zones.enumerated().map { index, rules in
                Zone(
                    zone: try ZoneID("z\(index)"),
                    name: "Zone \(index)",
                    outline: try Street.square(latitude: 43 + Double(index) / 1000),
                    rules: rules
                )
            },
            infractions: ["A", "B", "C", "D", "E"],
            changes: changes
        )
    }

    private func ban(_ infraction: String = "A", hours: String = "16:00-18:00", grace: Int = 0) throws -> ParkingRule {
        try rule(
            "rush",
            .ban(Ban(act: .stopping, cause: .rushHour)),
            infraction,
            hours: hours,
            permits: [.event],
            grace: grace
        )
    }

    @Test("a ban holds against sessions, lets its permit kinds off, and outside its hours says nothing")
    func ban() throws {
        let city = try city([[rule("pay", .payByPlate, "B"), ban()]])
        let session = try street.session("S-1", "ABCD123", zone: "z0", from: "16:00", to: "18:00")
        let permit = try street.permit("E-1", "ABCD123", .event, zones: [])
        let banned = Alert.banned(
            zone: try ZoneID("z0"),
            infraction: "A",
            rule: try RuleID("rush"),
            ban: Ban(act: .stopping, cause: .rushHour)
        )
        #expect(try street.judge("ABCD123", in: "pay", at: "16:30", [session], city: city) == .alert([banned]))
        #expect(
            try street.judge("ABCD123", in: "pay", at: "16:30", [session, permit], city: city)
                == .clear(.session(id: "S-1", until: street.time("18:00")))
        )
        #expect(
            try street.judge("ABCD123", in: "pay", at: "15:59", [], city: city)
                == .alert([.noSession(zone: ZoneID("z0"), infraction: "B", lastSessionEnded: nil)])
        )
    }

    @Test("of several broken rules the by-law's gravest comes first, and it alone is ticketed")
    func several() throws {
        let city = try city([
            [rule("pay", .payByPlate, "C"), rule("homes", .permitOnly, "B", permits: [.residential]), ban("D")]
        ])
        let judgement = try street.judge("ABCD123", in: "pay", at: "16:30", [], city: city)
        #expect(judgement.alerts.map(\.infraction) == ["B", "C", "D"])
        #expect(judgement.ticketableInfraction(in: city, at: street.time("16:30"))?.code == "B")
    }

    @Test("a rule that has just begun is given its grace, and never less than a minute")
    func justBegan() throws {
        let rush = try RuleID("rush")
        let graced = try city([[ban(grace: 5)]])
        let began = Judgement.clear(.ruleJustBegan(rule: rush, since: street.time("16:00")))
        #expect(try street.judge("ABCD123", in: "pay", at: "16:04", [], city: graced) == began)
        #expect(try street.judge("ABCD123", in: "pay", at: "16:05", [], city: graced) != began)
        let strict = try city([[ban()]])
        #expect(try street.judge("ABCD123", in: "pay", at: "16:00", [], city: strict) == began)
        #expect(try street.judge("ABCD123", in: "pay", at: "16:01", [], city: strict) != began)
    }

    @Test("a session that ends as it is read, and one bought just after, clear; one bought later does not")
    func sessions() throws {
        let city = try city([[rule("pay", .payByPlate, "B")]])
        func judge(_ clock: String, _ from: String, _ to: String) throws -> Judgement {
            try street.judge(
                "ABCD123",
                in: "pay",
                at: clock,
                [street.session("S-1", "ABCD123", zone: "z0", from: from, to: to)],
                city: city
            )
        }
        #expect(try judge("15:00", "14:00", "15:00") == .clear(.grace(session: "S-1", minutes: 1)))
        #expect(try judge("15:01", "14:00", "15:00").alerts.count == 1)
        #expect(
            try judge("15:00", "15:01", "16:00") == .clear(.paidOnArrival(session: "S-1", from: street.time("15:01")))
        )
        #expect(try judge("15:00", "15:02", "16:00").alerts.count == 1)
        #expect(
            try street.judge(
                "ABCD123",
                in: "pay",
                at: "14:57",
                [
                    street.session("S-1", "ABCD123", zone: "pay", from: "15:00", to: "16:00")
                ]
            ) == .clear(.paidOnArrival(session: "S-1", from: street.time("15:00")))
        )
    }

    @Test("overlapping and following sessions are one stay, a gap ends it")
    func overlapping() throws {
        let records = try [
            ("S-1", "14:00", "15:00"), ("S-2", "14:30", "16:00"), ("S-3", "16:00", "17:00"), ("S-4", "17:30", "18:00"),
        ]
        .map { try street.session($0.0, "ABCD123", zone: "pay", from: $0.1, to: $0.2) }
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:40", records)
                == .clear(.session(id: "S-2", until: street.time("17:00")))
        )
    }

    @Test("where all zones in reach agree there is no doubt; where they differ the officer looks")
    func neighbours() throws {
        let pay = try rule("pay", .payByPlate, "B")
        // "pay edge" lies 11 m from the southern edge of z0; z1 begins at 43.001.
        let border = try GeoPoint(latitude: 43.001, longitude: -78.9995)
        func judge(_ city: City, _ records: [ListRecord]) throws -> JudgementOutcome {
            let reading = try street.reading("ABCD123", confidence: 0.97)
            return ParkingCore.judge(
                read: try street.read(reading, at: "14:30"),
                fix: Fix(
                    point: border,
                    time: street.time("14:30"),
                    errorMetres: 5,
                    speedMetresPerSecond: 8,
                    headingDegrees: 90
                ),
                candidates: Candidates(of: reading),
                records: records,
                feeds: Feed.allCases.map { FeedState(feed: $0, asOf: street.time("14:30"), records: 1) },
                earlier: [],
                city: city
            )
        }
        let same = try judge(city([[pay], [pay]]), [])
        guard case .alert(let alerts) = same.judgement else {
            Issue.record("\(same.judgement)")
            return
        }
        #expect(alerts.map(\.infraction) == ["B"])
        #expect(same.grounds.zones.count == 2)
        #expect(abs(same.grounds.zones.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
        #expect(same.grounds.zones.allSatisfy { abs($0.probability - 0.5) < 0.05 })
        let other = try judge(city([[pay], [rule("homes", .permitOnly, "C", permits: [.residential])]]), [])
        guard case .secondLook(let reasons, _) = other.judgement, case .nearZoneEdge = reasons[0] else {
            Issue.record("\(other.judgement)")
            return
        }
        // Paid in either of the two: nobody can say that it stands in the other.
        for zone in ["z0", "z1"] {
            let session = try street.session("S-1", "ABCD123", zone: zone, from: "14:00", to: "15:00")
            if case .alert = try judge(city([[pay], [pay]]), [session]).judgement { Issue.record("alert for \(zone)") }
        }
    }

    @Test("a near match clears an unsure read and what the reader itself holds possible, and doubts a sure one")
    func nearMatches() throws {
        let typed = try street.session("S-1", "ABCO123", zone: "pay", from: "14:00", to: "15:00")
        let seen = try street.session("S-2", "A8CD123", zone: "pay", from: "14:00", to: "15:00")
        let cleared = Judgement.clear(.nearMatch(plate: "ABCO123", feed: .sessions))
        #expect(try street.judge("ABC0123", in: "pay", at: "14:30", [typed], confidence: 0.7) == cleared)
        guard case .secondLook = try street.judge("ABC0123", in: "pay", at: "14:30", [typed]) else {
            Issue.record("a sure read and a slip of the finger")
            return
        }
        guard case .secondLook = try street.judge("ABCD123", in: "pay", at: "14:30", [seen]) else {
            Issue.record("a sure read and a slip of the eye")
            return
        }
        let alternate = [PlateAlternate(plate: "ABCO123", probability: 0.06)]
        #expect(
            try street.judge("ABC0123", in: "pay", at: "14:30", [typed], confidence: 0.92, alternates: alternate)
                == cleared
        )
        // Another plate's session says nothing against a ban, nor does it where both hold.
        let paid = try street.session("S-3", "ABCO123", zone: "z0", from: "16:00", to: "17:00")
        for rules in try [[ban()], [rule("pay", .payByPlate, "B"), ban()]] {
            let banned = try city([rules])
            guard case .alert(let alerts) = try street.judge("ABC0123", in: "pay", at: "16:30", [paid], city: banned),
                alerts.first?.infraction == "A"
            else {
                Issue.record("a ban with a neighbour's session")
                return
            }
            let unsure = try street.judge("ABC0123", in: "pay", at: "16:30", [paid], confidence: 0.7, city: banned)
            #expect(unsure.alerts.first?.infraction == "A")
        }
    }

    private func finding(
        stayed: Double,
        first: String = "ABCD123",
        isElapsedCertain: Bool = true,
        passesElsewhere: Int? = nil
    ) throws -> ChalkFinding {
        ChalkFinding(
            rule: "two-hours",
            basis: .position,
            limitMinutes: 120,
            firstRead: UUIDv7(at: street.time("11:00")),
            firstSeen: street.time("11:00"),
            lastSeen: street.time("14:30"),
            elapsedSeconds: 12_600,
            stayedProbability: stayed,
            passes: 2,
            passesElsewhere: passesElsewhere,
            distanceMetres: 1,
            firstPlate: try Plate(first),
            lastPlate: try Plate("ABCD123"),
            firstConfidence: 0.98,
            isElapsedCertain: isElapsedCertain,
            photos: []
        )
    }

    @Test("a stay beyond the limit alerts where it is certain, asks where it is probable, clears where it is not")
    func overtime() throws {
        let limit = TimeLimit(minutes: 120, same: .position)
        let city = try city([[rule("two-hours", .timeLimit(limit), "C", permits: [.residential])]])
        let zone = try ZoneID("z0")
        func judge(_ chalk: [ChalkFinding], _ records: [ListRecord] = []) throws -> Judgement {
            try street.judge("ABCD123", in: "pay", at: "14:30", records, chalk: chalk, city: city)
        }
        func alert(_ finding: ChalkFinding) -> Alert {
            .overtime(
                zone: zone,
                infraction: "C",
                firstRead: finding.firstRead,
                firstSeen: finding.firstSeen,
                limitMinutes: 120
            )
        }
        let certain = try finding(stayed: 0.999)
        let likely = try finding(stayed: 0.8)
        #expect(try judge([]) == .clear(.withinLimit(zone: zone, limitMinutes: 120)))
        #expect(try judge([certain]) == .alert([alert(certain)]))
        #expect(try judge([likely]) == .secondLook([.mayHaveMoved(probability: 0.8)], alerts: [alert(likely)]))
        #expect(try judge([finding(stayed: 0.3)]) == .clear(.withinLimit(zone: zone, limitMinutes: 120)))
        let differs = try finding(stayed: 0.999, first: "ABCD128")
        #expect(
            try judge([differs]) == .secondLook([.earlierPassDiffers(plate: "ABCD128")], alerts: [alert(differs)])
        )
        let clock = try finding(stayed: 0.999, isElapsedCertain: false)
        #expect(try judge([clock]) == .secondLook([.clockUnknown], alerts: [alert(clock)]))
        let permit = try street.permit("R-1", "ABCD123", .residential, zones: ["z0"])
        #expect(try judge([certain], [permit]) == .clear(.permit(id: "R-1", kind: .residential)))
    }

    @Test("a stay whose passes disagree on the zone is looked at, with the share that agrees")
    func zoneDisagreed() throws {
        let limit = TimeLimit(minutes: 120, same: .position)
        let city = try city([[rule("two-hours", .timeLimit(limit), "A")]])
        let judgement = try street.judge(
            "ABCD123",
            in: "pay",
            at: "14:30",
            [],
            chalk: [finding(stayed: 0.999, passesElsewhere: 1)],
            city: city
        )
        guard case .secondLook(let reasons, let alerts) = judgement else {
            Issue.record("\(judgement)")
            return
        }
        guard case .nearZoneEdge(let zone, _, let share) = reasons.first else {
            Issue.record("\(reasons)")
            return
        }
        #expect(reasons.count == 1 && alerts.count == 1 && zone.text == "z0" && share == 0.5)
    }

    @Test("what is certain stands alone, and a doubtful matter beside it waits")
    func certainFirst() throws {
        let limit = TimeLimit(minutes: 120, same: .position)
        let city = try city([[rule("two-hours", .timeLimit(limit), "A"), rule("pay", .payByPlate, "B")]])
        let judgement = try street.judge(
            "ABCD123",
            in: "pay",
            at: "14:30",
            [],
            chalk: [finding(stayed: 0.8)],
            city: city
        )
        #expect(judgement == .alert([.noSession(zone: try ZoneID("z0"), infraction: "B", lastSessionEnded: nil)]))
    }

    @Test("the second car of a permit for one is raised, with who and when; the first one keeps it")
    func sharedPermit() throws {
        let city = try city([[rule("homes", .permitOnly, "C", permits: [.residential])]])
        let permit = try street.permit("R-1", "ABCD123", .residential, zones: [], atOnce: 1)
        let far = try GeoPoint(latitude: 43.0009, longitude: -78.9995)
        func use(
            _ plate: String,
            first: String,
            last: String,
            at point: GeoPoint? = nil,
            confidence: Double? = 0.995
        ) throws -> PermitUse {
            PermitUse(
                permit: "R-1",
                plate: try Plate(plate),
                read: UUIDv7(at: street.time(last)),
                firstSeen: street.time(first),
                lastSeen: street.time(last),
                point: point ?? far,
                confidence: confidence
            )
        }
        func judge(_ uses: [PermitUse]) throws -> Judgement {
            try street.judge("ABCD123", in: "pay", at: "14:30", [permit], permitUses: uses, city: city)
        }
        let clear = Judgement.clear(.permit(id: "R-1", kind: .residential))
        #expect(try judge([]) == clear)
        let now = try use("WXYZ987", first: "14:29", last: "14:29")
        #expect(
            try judge([now])
                == .alert([.sharedPermit(zone: ZoneID("z0"), infraction: "C", permit: "R-1", atOnce: 1, others: [now])])
        )
        let earlier = try use("WXYZ987", first: "14:10", last: "14:10")
        guard case .secondLook(let reasons, _) = try judge([earlier]) else {
            Issue.record("seen twenty minutes ago")
            return
        }
        #expect(reasons == [.mayHaveLeft(plate: "WXYZ987", lastSeen: street.time("14:10"))])
        // Another car may have been taken for one of the permit's.
        let unsure = try judge([try use("WXYZ987", first: "14:29", last: "14:29", confidence: 0.96)])
        guard case .secondLook(let doubts, _) = unsure else {
            Issue.record("the other plate was not read surely")
            return
        }
        #expect(doubts == [.otherUnsure(plate: "WXYZ987", confidence: 0.96)])
        // A longer plate that lost its first letter is read as surely as a whole one.
        let usual = Street(plateSeries: PlateSeries.usual).city
        func besides(_ other: String) throws -> Judgement {
            let use = try use(other, first: "14:29", last: "14:29", confidence: 0.999)
            return try street.judge("ABCD123", in: "homes", at: "14:30", [permit], permitUses: [use], city: usual)
        }
        guard case .alert = try besides("WXYZ987"), case .secondLook(let cut, _) = try besides("XYZ987") else {
            Issue.record("a whole plate of the permit, and one that may be cut")
            return
        }
        #expect(cut == [.otherUnsure(plate: "XYZ987", confidence: 0.999)])
        // Written by a version that kept no confidence.
        #expect(try judge([try use("WXYZ987", first: "14:29", last: "14:29", confidence: nil)]).alerts.count == 1)
        #expect(try judge([use("WXYZ987", first: "13:30", last: "13:59")]) == clear)
        // This car stood there first; the other came later.
        #expect(try judge([now, use("ABCD123", first: "14:05", last: "14:05")]) == clear)
        // It stands in the other's very place: they took turns.
        #expect(try judge([use("WXYZ987", first: "14:29", last: "14:29", at: street.point("pay"))]) == clear)
        // Filmed in one pass nobody took a turn; but a car read twice is one car.
        let beside = try judge([use("WXYZ987", first: "14:29", last: "14:30", at: street.point("pay"))])
        guard case .secondLook(let both, _) = beside else {
            Issue.record("two cars side by side")
            return
        }
        #expect(both == [.otherUnsure(plate: "WXYZ987", confidence: 0.995)])
        // So does what cameras on either side film at one instant, now and when the officer answers.
        let atOnce = try use("WXYZ987", first: "14:30", last: "14:30", at: street.point("pay"))
        let own = try use("ABCD123", first: "14:30", last: "14:30", at: street.point("pay"))
        for uses in [[atOnce], [own, atOnce]] {
            guard case .secondLook(both, _) = try judge(uses) else {
                Issue.record("two cars at one instant")
                return
            }
        }
        #expect(try judge([use("ABCD128", first: "14:29", last: "14:30", at: street.point("pay"))]) == clear)
        #expect(
            try judge(
                [use("WXYZ987", first: "14:29", last: "14:29")].map { _ in
                    PermitUse(
                        permit: "R-9",
                        plate: now.plate,
                        read: now.read,
                        firstSeen: now.firstSeen,
                        lastSeen: now.lastSeen,
                        point: far,
                        confidence: 0.97
                    )
                }
            ) == clear
        )
        let two = try street.permit("R-1", "ABCD123", .residential, zones: [], atOnce: 2)
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [two], permitUses: [now], city: city) == clear
        )
        let third = try use("KLMN456", first: "14:28", last: "14:29")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [two], permitUses: [now, third], city: city).alerts
                .count == 1
        )
    }

    @Test("temporary changes suspend, declare and add, for their time and their zones only")
    func changes() throws {
        let day = try #require(LocalDay("2026-06-16"))
        func change(_ effect: TemporaryChange.Effect, zone: String = "z0") throws -> TemporaryChange {
            TemporaryChange(
                name: LocalizedText(en: "Fair", fr: "Fête"),
                zones: [try ZoneID(zone)],
                from: LocalMoment(day: day, minute: 14 * 60),
                until: LocalMoment(day: day, minute: 15 * 60),
                effect: effect
            )
        }
        func codes(_ rules: [ParkingRule], _ change: TemporaryChange, at clock: String = "14:30") throws -> [String?] {
            try street.judge("ABCD123", in: "pay", at: clock, [], city: city([rules], changes: [change])).alerts.map(
                \.infraction
            )
        }
        let pay = try rule("pay", .payByPlate, "B")
        let snow = ParkingRule(
            id: try RuleID("snow"),
            kind: .ban(Ban(act: .parking, cause: .snowRoute)),
            infraction: "A",
            schedules: [.always],
            declaration: "snow"
        )
        #expect(try codes([pay], change(.suspend([RuleID("pay")]))) == [])
        #expect(try codes([pay], change(.suspend([]))) == [])
        #expect(try codes([pay], change(.suspend([])), at: "15:30") == ["B"])
        #expect(try codes([pay], change(.suspend([]), zone: "z9")) == ["B"])
        #expect(try codes([pay, snow], change(.declare("snow"))) == ["A", "B"])
        #expect(try codes([pay, snow], change(.declare("snow")), at: "13:59") == ["B"])
        #expect(try codes([pay], change(.add([ban(hours: "00:00-24:00")]))) == ["A", "B"])
        #expect(try codes([pay], change(.add([ban(hours: "00:00-24:00")])), at: "15:00") == ["B"])
    }

    @Test("the grounds name every rule with its reason, the zones, and each list with its age")
    func grounds() throws {
        let city = try city([[rule("pay", .payByPlate, "B"), ban()]])
        let session = try street.session("S-1", "ABCO123", zone: "z0", from: "14:00", to: "15:00")
        var feeds = street.freshFeeds(at: "14:30")
        feeds[.permits] = street.time("13:30")
        feeds[.watchlist] = nil
        let outcome = try street.outcome("ABC0123", in: "pay", at: "14:30", [session], feeds: feeds, city: city)
        let grounds = outcome.grounds
        #expect(grounds.rules.map(\.rule.text) == ["pay", "rush"])
        #expect(grounds.rules.map(\.isInForce) == [true, false])
        #expect(grounds.rules[1].reasons == [.gap(.outsideHours([try #require(HourSpan("16:00-18:00"))]))])
        #expect(grounds.feeds.first { $0.feed == .permits }?.ageSeconds == 3600)
        #expect(grounds.feeds.first { $0.feed == .watchlist }?.ageSeconds == nil)
        #expect(grounds.nearMatches.map(\.candidate.plate.text) == ["ABCO123"])
        #expect(grounds.nearMatches.first?.candidate.origin == .typed)
        let json = try WireCoding.encoder().encode(grounds)
        #expect(try WireCoding.decoder().decode(JudgementGrounds.self, from: json) == grounds)
    }

    @Test("no rule in force anywhere, or a zone without rules, is clear")
    func free() throws {
        #expect(try street.judge("ABCD123", in: "pay", at: "14:30", [], city: city([[]])) == .clear(.noRule))
        #expect(try street.judge("ABCD123", in: nil, at: "14:30", [], city: city([[]])) == .clear(.noRule))
        #expect(try street.judge("ABCD123", in: nil, at: "14:30", [], city: city([[ban()]])) == .clear(.noRule))
    }

    @Test("an endless or absurd error of the fix never alerts", arguments: [Double.nan, .infinity, -5, 1e9, 400])
    func absurdFix(error: Double) throws {
        if case .alert = try street.judge("ABCD123", in: "pay edge", at: "14:30", [], error: error == -5 ? .nan : error)
        {
            Issue.record("alert with an error of \(error)")
        }
    }
}
