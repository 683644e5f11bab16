// What each kind of read is answered: rights clear, doubts ask for a second look, only certainty alerts.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Judging a read")
struct JudgeTests {
    let street = Street()

    @Test("a running session clears, with its end")
    func runningSession() throws {
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "14:00", to: "15:00")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [session])
                == .clear(.session(id: "S-1", until: street.time("15:00")))
        )
    }

    @Test("no session at all alerts, with the zone's infraction")
    func noSession() throws {
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [])
                == .alert([.noSession(zone: ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)])
        )
    }

    @Test("an ended session is grace for five minutes, then an alert that says when it ended")
    func endedSession() throws {
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "13:00", to: "14:00")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:04", [session]) == .clear(.grace(session: "S-1", minutes: 5))
        )
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:05", [session])
                == .alert([.noSession(zone: ZoneID("pay"), infraction: "P-1", lastSessionEnded: street.time("14:00"))])
        )
    }

    @Test("a session of another zone or another plate does not clear")
    func otherSession() throws {
        let elsewhere = try street.session("S-1", "ABCD123", zone: "homes", from: "14:00", to: "15:00")
        let stranger = try street.session("S-2", "WXYZ987", zone: "pay", from: "14:00", to: "15:00")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [elsewhere, stranger])
                == .alert([.noSession(zone: ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)])
        )
    }

    @Test("a permit clears where its kind is honoured and its zones fit, and only while it is valid")
    func permits() throws {
        let here = try street.permit("R-1", "ABCD123", .residential, zones: ["homes"])
        let anywhere = try street.permit("R-2", "ABCD123", .accessible, zones: [])
        let wrongKind = try street.permit("R-3", "ABCD123", .event, zones: ["homes"])
        let wrongZone = try street.permit("R-4", "ABCD123", .residential, zones: ["pay"])
        let over = try street.permit("R-5", "ABCD123", .residential, zones: ["homes"], from: "10:00", to: "14:29")
        let alert = Judgement.alert([.noPermit(zone: try ZoneID("homes"), infraction: "P-2")])
        #expect(
            try street.judge("ABCD123", in: "homes", at: "14:30", [here])
                == .clear(.permit(id: "R-1", kind: .residential))
        )
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [anywhere])
                == .clear(.permit(id: "R-2", kind: .accessible))
        )
        for record in [wrongKind, wrongZone, over] {
            #expect(try street.judge("ABCD123", in: "homes", at: "14:30", [record]) == alert)
        }
        let session = try street.session("S-1", "ABCD123", zone: "homes", from: "14:00", to: "15:00")
        #expect(try street.judge("ABCD123", in: "homes", at: "14:30", [session]) == alert)
    }

    @Test("an exemption clears violations and scofflaws, not the watchlist")
    func exemption() throws {
        let exempt = try street.exemption("E-1", "ABCD123", .emergency)
        let scofflaw = try street.scofflaw("ABCD123")
        let watched = ListRecord.watchlist(
            WatchlistEntry(entry: "W-1", plate: try Plate("ABCD123"), reason: "stolen")
        )
        #expect(
            try street.judge("ABCD123", in: "homes", at: "14:30", [exempt, scofflaw])
                == .clear(.exemption(id: "E-1", kind: .emergency))
        )
        #expect(
            try street.judge("ABCD123", in: "homes", at: "14:30", [exempt, scofflaw, watched])
                == .alert([.watchlist(entry: "W-1", reason: "stolen")])
        )
    }

    @Test("a scofflaw alerts also with a valid session, outside every zone, and without a fix")
    func scofflaw() throws {
        let alert = Alert.scofflaw(unpaidTickets: 5, unpaidCents: 32_500, eligibleFor: .boot)
        let scofflaw = try street.scofflaw("ABCD123")
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "14:00", to: "15:00")
        #expect(try street.judge("ABCD123", in: "pay", at: "14:30", [scofflaw, session]) == .alert([alert]))
        #expect(try street.judge("ABCD123", in: "nowhere", at: "14:30", [scofflaw]) == .alert([alert]))
        #expect(try street.judge("ABCD123", in: nil, at: "14:30", [scofflaw]) == .alert([alert]))
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [scofflaw])
                == .alert([alert, .noSession(zone: ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)])
        )
        // A near match of a scofflaw is nobody.
        #expect(try street.judge("A8CD123", in: "nowhere", at: "14:30", [scofflaw]) == .clear(.noRule))
    }

    @Test("a session typed with O for 0 asks for a second look and names the plate that has it")
    func nearMatch() throws {
        let typed = try street.session("S-1", "ABCO123", zone: "pay", from: "14:00", to: "15:00")
        let violation = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        #expect(
            try street.judge("ABC0123", in: "pay", at: "14:30", [typed])
                == .secondLook([.nearMatch(plate: "ABCO123", feed: .sessions)], alerts: [violation])
        )
        let over = try street.session("S-1", "ABCO123", zone: "pay", from: "12:00", to: "13:00")
        #expect(try street.judge("ABC0123", in: "pay", at: "14:30", [over]) == .alert([violation]))
    }

    @Test("an alternate of the reader with a permit asks for a second look")
    func alternate() throws {
        let permit = try street.permit("R-1", "ABCE123", .residential, zones: [])
        let violation = Alert.noPermit(zone: try ZoneID("homes"), infraction: "P-2")
        #expect(
            try street.judge(
                "ABCK123",
                in: "homes",
                at: "14:30",
                [permit],
                alternates: [PlateAlternate(plate: "ABCE123", probability: 0.02)]
            )
                == .secondLook([.nearMatch(plate: "ABCE123", feed: .permits)], alerts: [violation])
        )
        // Any character may have been mistyped, where the reader offers no other; two never.
        let doubted = try street.judge("ABCK123", in: "homes", at: "14:30", [permit])
        #expect(doubted == .secondLook([.nearMatch(plate: "ABCE123", feed: .permits)], alerts: [violation]))
        #expect(try street.judge("ABCK124", in: "homes", at: "14:30", [permit]) == .alert([violation]))
    }

    @Test(
        "a confidence below the city's floor, or none at all, asks for a second look",
        arguments: [0.89, 0, Double.nan]
    )
    func unsure(confidence: Double) throws {
        guard
            case .secondLook(let reasons, let alerts) = try street.judge(
                "ABCD123",
                in: "pay",
                at: "14:30",
                [],
                confidence: confidence
            )
        else {
            Issue.record("no second look")
            return
        }
        #expect(alerts.count == 1)
        guard case .unsureRead = try #require(reasons.first) else {
            Issue.record("\(reasons)")
            return
        }
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "14:00", to: "15:00")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [session], confidence: confidence)
                == .clear(.session(id: "S-1", until: street.time("15:00")))
        )
    }

    @Test("without a fix a right anywhere clears, else it is a second look; no rule in force, no question")
    func noFix() throws {
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "14:00", to: "15:00")
        #expect(
            try street.judge("ABCD123", in: nil, at: "14:30", [session])
                == .clear(.session(id: "S-1", until: street.time("15:00")))
        )
        #expect(try street.judge("ABCD123", in: nil, at: "14:30", []) == .secondLook([.noFix], alerts: []))
        #expect(try street.judge("ABCD123", in: nil, at: "05:30", []) == .clear(.noRule))
    }

    @Test("a zone's edge within the fix's error asks for a second look, from inside and from outside")
    func zoneEdge() throws {
        let violation = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        func doubted(_ judgement: Judgement) throws -> Bool {
            guard case .secondLook(let reasons, let alerts) = judgement, alerts == [violation], reasons.count == 1,
                case .nearZoneEdge(let zone, 30, let probability?) = reasons[0]
            else { return false }
            return zone == (try ZoneID("pay")) && (0.05...0.99).contains(probability)
        }
        // The zone is 111 m by 81 m: its middle lies some 41 m from the nearest edge, six deviations of a 10 m error.
        #expect(try street.judge("ABCD123", in: "pay", at: "14:30", [], error: 10) == .alert([violation]))
        #expect(try doubted(street.judge("ABCD123", in: "pay", at: "14:30", [], error: 30)))
        #expect(try doubted(street.judge("ABCD123", in: "pay edge", at: "14:30", [], error: 30)))
        #expect(try doubted(street.judge("ABCD123", in: "beside pay", at: "14:30", [], error: 30)))
        #expect(try street.judge("ABCD123", in: "beside pay", at: "14:30", [], error: 5) == .clear(.noRule))
        #expect(try street.judge("ABCD123", in: "pay edge", at: "05:30", [], error: 30) == .clear(.noRule))
    }

    @Test("an old or never loaded list that could take the alert back asks for a second look")
    func staleFeeds() throws {
        let violation = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        var feeds = street.freshFeeds(at: "14:30")
        feeds[.sessions] = street.time("14:24")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [], feeds: feeds)
                == .secondLook([.staleFeed(.sessions, ageSeconds: 360)], alerts: [violation])
        )
        feeds[.sessions] = nil
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [], feeds: feeds)
                == .secondLook([.staleFeed(.sessions, ageSeconds: nil)], alerts: [violation])
        )
        // Sessions say nothing about a permit zone; lists newer than the read are current.
        #expect(
            try street.judge("ABCD123", in: "homes", at: "14:30", [], feeds: feeds)
                == .alert([.noPermit(zone: ZoneID("homes"), infraction: "P-2")])
        )
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [], feeds: street.freshFeeds(at: "20:00"))
                == .alert([violation])
        )
    }

    @Test("without the server's answer nothing that a payment could take back is ticketed, however new the lists are")
    func withoutAnswer() throws {
        func judge(_ listsAt: String, _ policy: JudgementPolicy) throws -> Judgement {
            try street.judge(
                "ABCD123",
                in: "pay",
                at: "14:30",
                [],
                feeds: street.freshFeeds(at: listsAt),
                policy: policy,
                ticketAt: "14:31"
            )
        }
        let violation = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        #expect(try judge("14:31", .standard) == .alert([violation]))
        // The server's clock may be ahead: its lists are of the next minute then.
        for listsAt in ["14:31", "14:32"] {
            #expect(
                try judge(listsAt, JudgementPolicy.standard.withoutAnswer)
                    == .secondLook([.staleFeed(.sessions, ageSeconds: 0)], alerts: [violation])
            )
        }
    }

    @Test(
        "what was raised within the hour is not raised again, unless a doubt has become certain or the matter is another"
    )
    func repeated() throws {
        let id = UUIDv7(at: street.time("14:00"))
        let violation = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        func earlier(
            _ judgement: Judgement,
            _ decision: OfficerVerdict? = nil,
            at clock: String = "14:00"
        ) -> [EarlierAnswer] {
            [EarlierAnswer(read: id, time: street.time(clock), judgement: judgement, decision: decision)]
        }
        let again = Judgement.clear(.repeated(read: id, at: street.time("14:00")))
        func judge(_ earlier: [EarlierAnswer], _ records: [ListRecord] = [], confidence: Double = 0.97) throws
            -> Judgement
        {
            try street.judge("ABCD123", in: "pay", at: "14:30", records, confidence: confidence, earlier: earlier)
        }
        #expect(try judge(earlier(.alert([violation]))) == again)
        #expect(try judge(earlier(.alert([violation]), .accepted)) == again)
        #expect(try judge(earlier(.alert([violation]), .rejected)) == again)
        #expect(try judge(earlier(.alert([violation]), at: "13:29")) == .alert([violation]))
        let doubt = Judgement.secondLook([.unsureRead(confidence: 0.5)], alerts: [violation])
        #expect(try judge(earlier(doubt)) == .alert([violation]))
        #expect(try judge(earlier(doubt, .rejected)) == again)
        #expect(try judge(earlier(doubt), confidence: 0.5) == again)
        // Let go for a payment that was typed wrong and has run out since.
        let near = SecondLookReason.nearMatch(plate: "ABCO123", feed: .sessions)
        #expect(try judge(earlier(.secondLook([near], alerts: [violation]), .rejected)) == .alert([violation]))
        #expect(try judge(earlier(.secondLook([near], alerts: [violation]), .accepted)) == again)
        #expect(try judge(earlier(.secondLook([near, .noFix], alerts: [violation]), .rejected)) == again)
        let unsure = try judge(earlier(.secondLook([near], alerts: [violation]), .rejected), confidence: 0.5)
        #expect(unsure == again)
        #expect(try judge(earlier(.clear(.noRule))) == .alert([violation]))
        let scofflaw = Alert.scofflaw(unpaidTickets: 5, unpaidCents: 32_500, eligibleFor: .boot)
        #expect(try judge(earlier(.alert([violation])), [street.scofflaw("ABCD123")]) == .alert([scofflaw, violation]))
        #expect(try judge(earlier(.alert([.noPermit(zone: ZoneID("pay"), infraction: "P-1")]))) == .alert([violation]))
    }

    @Test("a sure text that fits no series of the city is confirmed first, and a right one keystroke away clears it")
    func unusualPlate() throws {
        let alert = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        let city = Street(plateSeries: PlateSeries.usual).city
        func judge(_ plate: String, _ records: [ListRecord] = [], confidence: Double = 0.97) throws -> Judgement {
            try street.judge(plate, in: "pay", at: "14:30", records, confidence: confidence, city: city)
        }
        #expect(try judge("ABCD123") == .alert([alert]))
        let look = try judge("GOLEAFS")
        #expect(look == .secondLook([.unusualPlate], alerts: [alert]))
        #expect(look.explanation(language: .en, city: city)[0].contains("series"))
        #expect(look.explanation(language: .fr, city: city)[0].contains("série"))
        #expect(try judge("GOLEAFS", confidence: 0.5) == .secondLook([.unsureRead(confidence: 0.5)], alerts: [alert]))
        let typed = try street.session("S-1", "G0LEAFS", zone: "pay", from: "14:00", to: "15:00")
        #expect(try judge("GOLEAFS", [typed]) == .clear(.nearMatch(plate: "G0LEAFS", feed: .sessions)))
        let other = try street.session("S-2", "ABCO123", zone: "pay", from: "14:00", to: "15:00")
        let doubt = SecondLookReason.nearMatch(plate: "ABCO123", feed: .sessions)
        #expect(try judge("ABCD123", [other]) == .secondLook([doubt], alerts: [alert]))
        // A city that names none.
        #expect(try street.judge("GOLEAFS", in: "pay", at: "14:30", []) == .alert([alert]))
    }

    @Test("a sure text that a longer plate of the city would show without its first character is confirmed first")
    func mayBeCut() throws {
        let alert = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        let city = Street(plateSeries: PlateSeries.usual).city
        let look = try street.judge("LWB414", in: "pay", at: "14:30", [], confidence: 0.99, city: city)
        #expect(look == .secondLook([.mayBeCut], alerts: [alert]))
        #expect(look.explanation(language: .en, city: city)[0].contains("first or last character"))
        #expect(look.explanation(language: .fr, city: city)[0].contains("premier ou dernier caractère"))
        let right = try street.session("S-1", "LWB414", zone: "pay", from: "14:00", to: "15:00")
        #expect(try street.judge("LWB414", in: "pay", at: "14:30", [right], city: city).isClear)
        // A city with plates of one length.
        let short = Street(plateSeries: [try #require(PlateSeries("AAA000"))]).city
        #expect(try street.judge("LWB414", in: "pay", at: "14:30", [], city: short) == .alert([alert]))
    }

    @Test("of an unsure read, a right is believed where the reader doubts the character, or a driver types it so")
    func unsureNearMatch() throws {
        let alert = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        func judge(_ paid: String, characterProbability: Double) throws -> Judgement {
            let session = try street.session("S-1", paid, zone: "pay", from: "14:00", to: "15:00")
            return try street.judge(
                "CKRT280",
                in: "pay",
                at: "14:30",
                [session],
                confidence: 0.8,
                characterProbability: characterProbability
            )
        }
        // 8 seen as 6: another car where the character is plain.
        let doubted = try judge("CKRT260", characterProbability: 0.9)
        #expect(doubted == .clear(.nearMatch(plate: "CKRT260", feed: .sessions)))
        let look = Judgement.secondLook(
            [.unsureRead(confidence: 0.8), .nearMatch(plate: "CKRT260", feed: .sessions)],
            alerts: [alert]
        )
        #expect(try judge("CKRT260", characterProbability: 0.999) == look)
        // O typed for 0.
        let typed = try judge("CKRT28O", characterProbability: 0.999)
        #expect(typed == .clear(.nearMatch(plate: "CKRT28O", feed: .sessions)))
    }

    @Test("an unknown clock turns an alert into a second look, says so in both languages, and clears as before")
    func clockUnknown() throws {
        let alert = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        let look = try street.judge("ABCD123", in: "pay", at: "14:30", [], isClockTrusted: false)
        #expect(look == .secondLook([.clockUnknown], alerts: [alert]))
        #expect(look.explanation(language: .en, city: street.city)[0].contains("clock"))
        #expect(look.explanation(language: .fr, city: street.city)[0].contains("horloge"))
        let session = try street.session("S-1", "ABCD123", zone: "pay", from: "14:00", to: "15:00")
        #expect(
            try street.judge("ABCD123", in: "pay", at: "14:30", [session], isClockTrusted: false)
                == .clear(.session(id: "S-1", until: street.time("15:00")))
        )
    }

    @Test("every answer survives JSON, as an object with a kind")
    func coding() throws {
        let zone = try ZoneID("pay")
        let answers: [Judgement] = [
            .clear(.session(id: "S", until: street.time("14:00"))), .clear(.permit(id: "P", kind: .event)),
            .clear(.exemption(id: "E", kind: .officer)), .clear(.noRule), .clear(.grace(session: "S", minutes: 5)),
            .clear(.repeated(read: UUIDv7(at: street.time("13:30")), at: street.time("13:30"))),
            .clear(.permitGrace(permit: "P", minutes: 60)),
            .clear(.paidOnArrival(session: "S", from: street.time("14:00"))),
            .clear(.ruleJustBegan(rule: try RuleID("rush"), since: street.time("16:00"))),
            .clear(.withinLimit(zone: zone, limitMinutes: 120)), .clear(.nearMatch(plate: "A0", feed: .sessions)),
            .alert([
                .watchlist(entry: "W", reason: "stolen"),
                .scofflaw(unpaidTickets: 3, unpaidCents: 1, eligibleFor: .tow),
                .noPermit(zone: zone, infraction: "P-2"),
                .noSession(zone: zone, infraction: "P-1", lastSessionEnded: nil),
                .overtime(
                    zone: zone,
                    infraction: "P-3",
                    firstRead: UUIDv7(at: street.time("10:00")),
                    firstSeen: street.time("10:00"),
                    limitMinutes: 120
                ),
                .banned(
                    zone: zone,
                    infraction: "P-4",
                    rule: try RuleID("rush"),
                    ban: Ban(act: .stopping, cause: .rushHour)
                ),
                .sharedPermit(
                    zone: zone,
                    infraction: "P-2",
                    permit: "R-1",
                    atOnce: 1,
                    others: [
                        PermitUse(
                            permit: "R-1",
                            plate: try Plate("WXYZ987"),
                            read: UUIDv7(at: street.time("14:00")),
                            firstSeen: street.time("13:00"),
                            lastSeen: street.time("14:00"),
                            point: nil,
                            confidence: 0.97
                        )
                    ]
                ),
            ]),
            .secondLook(
                [
                    .unsureRead(confidence: 0.5), .nearMatch(plate: "A0", feed: .permits), .noFix,
                    .nearZoneEdge(zone: zone, errorMetres: 4.5, probability: 0.6),
                    .staleFeed(.sessions, ageSeconds: 301),
                    .staleFeed(.permits, ageSeconds: nil), .clockUnknown,
                    .mayHaveMoved(probability: 0.7), .earlierPassDiffers(plate: "A8"),
                    .mayHaveLeft(plate: "B1", lastSeen: street.time("13:40")),
                    .otherUnsure(plate: "B2", confidence: 0.9), .unusualPlate, .mayBeCut,
                    .nearZoneEdge(zone: zone, errorMetres: 3, probability: nil),
                    .unknownZone(feed: .permits, zone: zone), .stoodElsewhere(metres: 34),
                ],
                alerts: [.noSession(zone: zone, infraction: "P-1", lastSessionEnded: street.time("13:00"))]
            ),
        ]
        for answer in answers {
            let json = try WireCoding.encoder().encode(answer)
            #expect(try WireCoding.decoder().decode(Judgement.self, from: json) == answer)
        }
        let json = String(decoding: try WireCoding.encoder().encode(answers[11]), as: UTF8.self)
        #expect(json.hasPrefix(#"{"alerts":[{"entry":"W","kind":"watchlist","reason":"stolen"},"#))
        #expect(!json.contains("_0"))
    }

    @Test("an explanation names the record, the zone and the local time in both languages")
    func explanation() throws {
        let clear = Judgement.clear(.session(id: "S-1", until: street.time("15:00")))
        #expect(clear.explanation(language: .en, city: street.city) == ["Session S-1 is paid until 2026-06-16 15:00."])
        #expect(
            clear.explanation(language: .fr, city: street.city)
                == ["La session S-1 est payée jusqu’au 2026-06-16 à 15 h 00."]
        )
        let look = try street.judge(
            "ABC0123",
            in: "pay",
            at: "14:30",
            [street.session("S-1", "ABCO123", zone: "pay", from: "14:00", to: "15:00")]
        )
        let english = look.explanation(language: .en, city: street.city)
        #expect(
            english == [
                "ABCO123, one misread away, stands in the sessions: compare the characters.",
                "No session in zone pay (Main Street).",
            ]
        )
        #expect(look.explanation(language: .fr, city: street.city).count == 2)
        let unsure = try street.judge("ABC0123", in: "pay", at: "14:30", [], confidence: 0.71)
        #expect(
            unsure.explanation(language: .en, city: street.city).first
                == "The read is not sure (71%): confirm the plate."
        )
    }

    @Test("a right in a zone that the city does not have asks for a second look where it would count")
    func unknownZone() throws {
        func judge(in zone: String, _ from: String, _ to: String) throws -> Judgement {
            let paid = try street.session("S-1", "ABCD123", zone: zone, from: from, to: to)
            return try street.judge("ABCD123", in: "pay", at: "14:30", [paid])
        }
        let alert = Alert.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)
        let doubt = SecondLookReason.unknownZone(feed: .sessions, zone: try ZoneID("PAY"))
        #expect(try judge(in: "PAY", "14:00", "15:00") == .secondLook([doubt], alerts: [alert]))
        #expect(try judge(in: "PAY", "13:00", "14:00") == .alert([alert]))
        #expect(try judge(in: "homes", "14:00", "15:00") == .alert([alert]))
    }
}
