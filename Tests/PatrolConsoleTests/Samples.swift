// Values that the console's tests share: a patrol on one morning, with fixed identifiers and times.
import Foundation
import Imaging
import ParkingCore
import PatrolAPI
import PatrolConsole

enum Samples {
    /// 2026-11-21T14:03:05Z
    static let noon = Date(timeIntervalSince1970: 1_795_269_785)

    static func id(_ number: UInt8) throws -> UUIDv7 {
        try UUIDv7("01939a5e-0000-7000-8000-0000000000" + (number < 16 ? "0" : "") + String(number, radix: 16))
    }

    static func status(
        alerts: Int = 0,
        phase: PatrolStatus.Phase = .running,
        printer: DeviceStatus.State = .good,
        shift: ShiftState? = nil
    ) throws -> PatrolStatus {
        PatrolStatus(
            phase: phase,
            source: "king-street",
            vehicle: try VehicleID("car-07"),
            officer: try OfficerID("4412"),
            progress: 0.434,
            framesTaken: 2_170,
            framesDropped: 3,
            reads: 134,
            alertsWaiting: alerts,
            tickets: 2,
            unsent: 5,
            devices: [
                DeviceStatus(name: "front", state: .good, detail: "1280x720, 15 frames a second"),
                DeviceStatus(name: "gps", state: .degraded, detail: "error 18 m"),
                DeviceStatus(name: "printer", state: printer, detail: printer == .good ? "ready" : "out of paper"),
                DeviceStatus(name: "server", state: .good, detail: ""),
                DeviceStatus(name: "disk", state: .good, detail: "41 GB free"),
            ],
            feeds: [
                FeedState(feed: .permits, asOf: noon.addingTimeInterval(-130), records: 812),
                FeedState(feed: .sessions, asOf: noon.addingTimeInterval(-12), records: 4_096),
                FeedState(feed: .exemptions, asOf: noon.addingTimeInterval(-900), records: 31),
                FeedState(feed: .scofflaws, asOf: nil, records: 0),
                FeedState(feed: .watchlist, asOf: noon.addingTimeInterval(-7_300), records: 3),
            ],
            now: noon,
            shift: shift
        )
    }

    static func read(
        _ number: UInt8,
        _ plate: String,
        _ confidence: Double,
        _ answer: ReadSummary.Answer,
        _ reason: String
    ) throws -> ReadSummary {
        ReadSummary(
            id: try id(number),
            time: noon.addingTimeInterval(Double(number) - 30),
            camera: try CameraID("front"),
            plate: plate,
            confidence: confidence,
            answer: answer,
            reason: reason
        )
    }

    static func reads() throws -> [ReadSummary] {
        [
            try read(1, "CKVX042", 0.993, .clear, "session S-77120 until 14:40"),
            try read(2, "BPLM118", 0.981, .clear, "residential permit R-2201"),
            try read(3, "ABCD123", 0.974, .alert, "no valid session in King Street West"),
            try read(4, "8DKT301", 0.713, .secondLook, "read with 71 % only; BDKT301, one misread away, has a session"),
            try read(5, "AXLE907", 0.998, .alert, "4 unpaid tickets, $412.50: boot"),
            try read(6, "DCTS553", 1.0, .clear, "no rule holds here at this hour"),
            try read(7, "TRÈS«漢字»\u{7}", 0.5, .clear, "wide \u{1F697} and control \u{1B}[31m signs stay out"),
        ]
    }

    static func alert(
        _ number: UInt8,
        _ plate: String,
        _ kind: AlertSummary.Kind,
        reasons: [String],
        ticketFor: String? = nil,
        fineCents: Int? = nil,
        alternates: [(String, Double)] = [],
        colour: VehicleColour? = nil
    ) throws -> AlertSummary {
        AlertSummary(
            id: try id(number),
            time: noon.addingTimeInterval(Double(number) - 30),
            camera: try CameraID("front"),
            plate: plate,
            confidence: 0.974,
            alternates: alternates.map { PlateAlternate(plate: $0.0, probability: $0.1) },
            kind: kind,
            reasons: reasons,
            ticketFor: ticketFor,
            fineCents: fineCents,
            place: "214 King Street West (KSW)",
            closeUp: nil,
            context: nil,
            colour: colour.map { ColourProposal(colour: $0, confidence: 0.93) }
        )
    }

    static func alerts() throws -> [AlertSummary] {
        [
            try alert(
                3,
                "ABCD123",
                .noSession,
                reasons: [
                    "No session of this plate is valid in zone KSW (King Street West).",
                    "Its last session ended at 13:20, 43 minutes ago; the grace period is 5 minutes.",
                    "Sessions are as of 12 s ago.",
                ],
                ticketFor: "P-12 Parked without a valid session",
                fineCents: 4_000,
                alternates: [("A8CD123", 0.014), ("ABCD128", 0.006)],
                colour: .grey
            ),
            try alert(
                4,
                "8DKT301",
                .secondLook,
                reasons: ["Read with 71 % only.", "BDKT301, one misread away, has a valid session."],
                ticketFor: "P-12 Parked without a valid session",
                fineCents: 4_000,
                alternates: [("BDKT301", 0.21)]
            ),
            try alert(5, "AXLE907", .scofflaw, reasons: ["4 unpaid tickets, $412.50 in all: may be booted."]),
        ]
    }

    /// Four cars: one just over, the others within minutes.
    static func due() throws -> [DueSummary] {
        let cars: [(plate: String, seconds: Double, place: String, seen: Double)] = [
            ("DBKR771", -65, "18 Mill Street", 2_700), ("CKVX042", 121, "on King Street West", 1_500),
            ("BPLM118", 245, "near Market Square at King Street West", 90), ("AWXT204", 299, "7 Mill Street", 600),
        ]
        return try cars.enumerated().map { index, car in
            DueSummary(
                id: try id(UInt8(60 + index)),
                plate: car.plate,
                place: car.place,
                zone: try ZoneID("mill"),
                limitMinutes: 120,
                firstSeen: noon.addingTimeInterval(car.seconds - 7_200),
                lastSeen: noon.addingTimeInterval(-car.seen),
                dueAt: noon.addingTimeInterval(car.seconds),
                secondsLeft: car.seconds,
                closeUp: nil
            )
        }
    }

    /// A car that stood for 2 h 19 min where two are allowed.
    static func overtime(plate: String = "CKVX042", firstPlate: String = "CKVX042") throws -> AlertSummary {
        AlertSummary(
            id: try id(9),
            time: noon.addingTimeInterval(-21),
            camera: try CameraID("front"),
            plate: plate,
            confidence: 0.991,
            alternates: [],
            kind: .secondLook,
            reasons: ["Parked longer than 120 minutes in Mill Street."],
            ticketFor: "P-14 Parked longer than the limit",
            fineCents: 3_500,
            place: "18 Mill Street",
            closeUp: "now",
            context: "scene",
            firstPass: FirstPassSummary(
                read: try id(1),
                time: noon.addingTimeInterval(-8_360),
                plate: firstPlate,
                elapsedSeconds: 8_339,
                limitMinutes: 120,
                stayedProbability: 0.991,
                closeUp: "first",
                context: "firstScene"
            )
        )
    }

    /// A light plate with six dark strokes on a darker car.
    static func photo(width: Int = 120, height: Int = 60) throws -> GreyImage {
        var pixels = [UInt8](repeating: 70, count: width * height)
        for y in height / 6..<height * 5 / 6 {
            for x in width / 12..<width * 11 / 12 {
                let isStroke = (x * 13 / width) % 2 == 0 && y > height / 4 && y < height * 3 / 4
                pixels[y * width + x] = isStroke ? 40 : 225
            }
        }
        return try GreyImage(width: width, height: height, pixels: pixels)
    }

    static func ticket(
        _ serial: Int,
        print: TicketSummary.Print,
        hold: PrintHold? = nil
    ) throws -> TicketSummary {
        TicketSummary(
            id: try id(UInt8(200 + serial)),
            number: try TicketNumber(serial: serial),
            plate: "CHWR220",
            issuedAt: noon.addingTimeInterval(-300 + Double(serial)),
            infraction: "P-12 Parked in a pay-by-plate zone without a valid session",
            fineCents: 4_000,
            print: print,
            detail: print == .held ? "out of paper" : "/var/lib/patrold/tickets/\(serial).pdf",
            hold: hold
        )
    }

    static func snapshot() throws -> Snapshot {
        let alerts = try alerts()
        return Snapshot(
            status: try status(alerts: alerts.count),
            reads: try reads(),
            alerts: alerts,
            tickets: [try ticket(17, print: .printed)]
        )
    }

    /// A console that is connected and has shown its alerts for a while.
    static func state(
        _ columns: Int = 80,
        _ rows: Int = 24,
        _ language: Language = .en,
        snapshot: Snapshot? = nil
    ) throws -> ConsoleState {
        var state = ConsoleState(socketPath: "/run/patrold/patrold.sock", language: language, timeZone: .gmt)
        _ = state.reduce(.resized(ScreenSize(columns: columns, rows: rows)), at: .zero)
        _ = state.reduce(.snapshot(try snapshot ?? Samples.snapshot()), at: .seconds(1))
        _ = state.reduce(.tick, at: .seconds(10))
        return state
    }
}
