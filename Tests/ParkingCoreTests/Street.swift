// A made-up street with a pay-by-plate zone, a permit zone and nothing beside, on Tuesday 16 June 2026 in Toronto's time.
import Foundation

@testable import ParkingCore

struct Street {
    let city: City

    init(plateSeries: [PlateSeries] = []) {
        do {
            city = City(
                name: "Testville",
                timeZone: "America/Toronto",
                regime: .administrativePenalty,
                paymentAddress: "1 Main St",
                reviewRights: LocalizedText(en: "You may ask.", fr: "Vous pouvez."),
                zones: [
                    Zone(
                        zone: try ZoneID("pay"),
                        name: "Main Street",
                        outline: try Street.square(latitude: 43.000),
                        rules: [
                            ParkingRule(
                                id: try RuleID("pay-days"),
                                kind: .payByPlate,
                                infraction: "P-1",
                                schedules: [Street.day],
                                permits: [.accessible],
                                graceMinutes: 5
                            )
                        ]
                    ),
                    Zone(
                        zone: try ZoneID("homes"),
                        name: "Oak Street",
                        outline: try Street.square(latitude: 43.010),
                        rules: [
                            ParkingRule(
                                id: try RuleID("residents"),
                                kind: .permitOnly,
                                infraction: "P-2",
                                schedules: [Street.day],
                                permits: [.residential]
                            )
                        ]
                    ),
                ],
                infractions: ["P-1", "P-2"].map {
                    Infraction(
                        code: $0,
                        section: "1",
                        title: LocalizedText(en: "Parking", fr: "Stationnement"),
                        fineCents: 5000,
                        earlyPaymentCents: nil,
                        earlyPaymentDays: nil
                    )
                },
                plateSeries: plateSeries
            )
        } catch {
            fatalError("\(error)")
        }
    }

    /// 08:00 to 21:00, every day.
    static var day: Schedule { Schedule(hours: [HourSpan("08:00-21:00") ?? .wholeDay]) }

    /// A town of nothing but these zones and infractions, named by their codes, gravest first.
    static func city(_ zones: [Zone], infractions codes: [String], changes: [TemporaryChange] = []) -> City {
        City(
            name: "Testville",
            timeZone: "America/Toronto",
            regimes: [DatedRegime(from: LocalDay(number: 0), regime: .administrativePenalty)],
            paymentAddress: "",
            reviewRights: LocalizedText(en: "", fr: ""),
            zones: zones,
            infractions: codes.map {
                ByLawInfraction(
                    code: $0,
                    section: "1",
                    title: LocalizedText(en: $0, fr: $0),
                    fines: [DatedFine(from: LocalDay(number: 0), fineCents: 1000)]
                )
            },
            temporaryChanges: changes
        )
    }

    /// 0.001 degrees: some 111 m north by 81 m east.
    static func square(latitude: Double) throws -> [GeoPoint] {
        try [(0.0, 0.0), (0.0, 0.001), (0.001, 0.001), (0.001, 0.0)].map {
            try GeoPoint(latitude: latitude + $0.0, longitude: -79 + $0.1)
        }
    }

    /// "HH:MM" in Toronto (four hours behind UTC in June).
    func time(_ clock: String) -> Date {
        WireCoding.date("2026-06-16T\(clock):00-04:00") ?? .distantPast
    }

    func point(_ place: String) throws -> GeoPoint {
        switch place {
        case "pay": try GeoPoint(latitude: 43.0005, longitude: -78.9995)
        case "pay edge": try GeoPoint(latitude: 43.0001, longitude: -78.9995)
        case "beside pay": try GeoPoint(latitude: 42.9999, longitude: -78.9995)
        case "homes": try GeoPoint(latitude: 43.0105, longitude: -78.9995)
        default: try GeoPoint(latitude: 44, longitude: -79)
        }
    }

    func reading(
        _ plate: String,
        confidence: Double,
        alternates: [PlateAlternate] = [],
        characterProbability: Double = 0.999
    ) throws -> PlateReading {
        PlateReading(
            plate: try Plate(plate),
            confidence: confidence,
            characters: plate.map { CharacterReading(character: String($0), probability: characterProbability) },
            alternates: alternates,
            box: PixelBox(x: 0, y: 0, width: 100, height: 50),
            corners: []
        )
    }

    func freshFeeds(at clock: String) -> [Feed: Date] {
        Dictionary(uniqueKeysWithValues: Feed.allCases.map { ($0, time(clock)) })
    }

    func read(_ reading: PlateReading, at clock: String) throws -> PlateRead {
        PlateRead(
            id: UUIDv7(at: time(clock)),
            camera: try CameraID("right"),
            time: time(clock),
            frames: 3,
            reading: reading
        )
    }

    func judge(
        _ plate: String,
        in place: String?,
        at clock: String,
        _ records: [ListRecord],
        confidence: Double = 0.97,
        error: Double = 3,
        alternates: [PlateAlternate] = [],
        feeds: [Feed: Date]? = nil,
        earlier: [EarlierAnswer] = [],
        chalk: [ChalkFinding] = [],
        permitUses: [PermitUse] = [],
        characterProbability: Double = 0.999,
        city: City? = nil,
        isClockTrusted: Bool = true,
        policy: JudgementPolicy = .standard,
        ticketAt: String? = nil
    ) throws -> Judgement {
        try outcome(
            plate,
            in: place,
            at: clock,
            records,
            confidence: confidence,
            error: error,
            alternates: alternates,
            feeds: feeds,
            earlier: earlier,
            chalk: chalk,
            permitUses: permitUses,
            characterProbability: characterProbability,
            city: city,
            isClockTrusted: isClockTrusted,
            policy: policy,
            ticketAt: ticketAt
        ).judgement
    }

    func outcome(
        _ plate: String,
        in place: String?,
        at clock: String,
        _ records: [ListRecord],
        confidence: Double = 0.97,
        error: Double = 3,
        alternates: [PlateAlternate] = [],
        feeds: [Feed: Date]? = nil,
        earlier: [EarlierAnswer] = [],
        chalk: [ChalkFinding] = [],
        permitUses: [PermitUse] = [],
        characterProbability: Double = 0.999,
        city: City? = nil,
        isClockTrusted: Bool = true,
        policy: JudgementPolicy = .standard,
        ticketAt: String? = nil
    ) throws -> JudgementOutcome {
        let known = feeds ?? freshFeeds(at: clock)
        let fix = try place.map {
            Fix(
                point: try point($0),
                time: time(clock),
                errorMetres: error,
                speedMetresPerSecond: 8,
                headingDegrees: 90
            )
        }
        let reading = try reading(
            plate,
            confidence: confidence,
            alternates: alternates,
            characterProbability: characterProbability
        )
        return ParkingCore.judge(
            read: try read(reading, at: clock),
            fix: fix,
            candidates: Candidates(of: reading, reach: .wide),
            records: records,
            feeds: known.map { FeedState(feed: $0.key, asOf: $0.value, records: 1) },
            earlier: earlier,
            chalk: chalk,
            permitUses: permitUses,
            city: city ?? self.city,
            policy: policy,
            ticketAt: ticketAt.map(time),
            isClockTrusted: isClockTrusted
        )
    }

    // MARK: Records

    func session(_ id: String, _ plate: String, zone: String, from: String, to: String) throws -> ListRecord {
        .session(
            ParkingSession(
                session: id,
                plate: try Plate(plate),
                zone: try ZoneID(zone),
                validity: try TimeWindow(from: time(from), to: time(to))
            )
        )
    }

    func permit(
        _ id: String,
        _ plate: String,
        _ kind: PermitKind,
        zones: [String],
        from: String = "00:00",
        to: String = "23:59",
        atOnce: Int? = nil
    ) throws -> ListRecord {
        .permit(
            Permit(
                permit: id,
                plate: try Plate(plate),
                kind: kind,
                zones: try zones.map { try ZoneID($0) },
                validity: try TimeWindow(from: time(from), to: time(to)),
                vehiclesAtOnce: atOnce
            )
        )
    }

    func exemption(_ id: String, _ plate: String, _ kind: ExemptionKind) throws -> ListRecord {
        .exemption(
            Exemption(
                exemption: id,
                plate: try Plate(plate),
                kind: kind,
                validity: try TimeWindow(from: time("00:00"), to: time("23:59"))
            )
        )
    }

    func scofflaw(_ plate: String) throws -> ListRecord {
        .scofflaw(Scofflaw(plate: try Plate(plate), unpaidTickets: 5, unpaidCents: 32_500, eligibleFor: .boot))
    }
}
