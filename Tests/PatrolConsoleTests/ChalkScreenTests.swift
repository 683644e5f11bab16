// What an officer sees of cars that stand too long: the list of those due soon, and two passes side by side.
import Foundation
import Imaging
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolConsole

@Suite struct ChalkScreenTests {
    /// Compares with the file of that name; with WRITE_GOLDEN=1 in the environment, writes it instead.
    private func expect(_ state: ConsoleState, _ name: String) throws {
        let screen = layout(state)
        let file = LayoutTests.golden.appending(path: name + ".txt")
        if ProcessInfo.processInfo.environment["WRITE_GOLDEN"] == "1" { try Data(screen.text.utf8).write(to: file) }
        let wanted = try String(contentsOf: file, encoding: .utf8)
        #expect(
            screen.text == wanted,
            "\(name) differs; look at it, and write it anew with WRITE_GOLDEN=1 if it is right"
        )
        #expect(screen.rows.allSatisfy { $0.count == state.size.columns })
    }

    private func state(
        _ columns: Int = 80,
        _ rows: Int = 24,
        _ language: Language = .en,
        due: [DueSummary]? = nil,
        asciiOnly: Bool = false
    ) throws -> ConsoleState {
        var state = ConsoleState(
            socketPath: "/run/patrold/patrold.sock",
            language: language,
            timeZone: .gmt,
            asciiOnly: asciiOnly
        )
        let snapshot = Snapshot(
            status: try Samples.status(alerts: 1),
            reads: try Samples.reads(),
            alerts: [try Samples.overtime(firstPlate: "CKVX04Z")],
            tickets: []
        )
        _ = state.reduce(.resized(ScreenSize(columns: columns, rows: rows)), at: .zero)
        _ = state.reduce(.snapshot(snapshot), at: .seconds(1))
        _ = state.reduce(.due(try due ?? Samples.due()), at: .seconds(2))
        _ = state.reduce(.tick, at: .seconds(10))
        return state
    }

    @Test(arguments: [(80, 24), (132, 43)], Language.allCases)
    func showsWhatIsDueSoonInOneLineAndAtAKeyTheWholeList(size: (Int, Int), language: Language) throws {
        var state = try state(size.0, size.1, language)
        let line = layout(state).text.split(separator: "\n", omittingEmptySubsequences: false)[size.1 - 2]
        #expect(line.contains("DBKR771") && line.contains("1:05") && line.contains("(d)"))
        _ = state.reduce(.key(.character("d")), at: .seconds(11))
        try expect(state, "due-\(size.0)x\(size.1)-\(language.rawValue)")
        _ = state.reduce(.key(.escape), at: .seconds(12))
        #expect(state.dialog == nil)
    }

    @Test func scrollsAListThatIsLongerThanTheScreen() throws {
        let one = try Samples.due()[1]
        let many = (0..<40).map { index in
            DueSummary(
                id: one.id,
                plate: "CAR\(index)",
                place: one.place,
                zone: one.zone,
                limitMinutes: 60,
                firstSeen: one.firstSeen,
                lastSeen: one.lastSeen,
                dueAt: one.dueAt.addingTimeInterval(Double(index)),
                secondsLeft: Double(index),
                closeUp: nil
            )
        }
        var state = try state(due: many)
        _ = state.reduce(.key(.character("d")), at: .seconds(11))
        #expect(layout(state).text.contains("CAR0 ") && !layout(state).text.contains("CAR39"))
        for _ in 0..<60 { _ = state.reduce(.key(.character("j")), at: .seconds(12)) }
        #expect(layout(state).text.contains("CAR39") && !layout(state).text.contains("CAR3 "))
        for _ in 0..<60 { _ = state.reduce(.key(.up), at: .seconds(12)) }
        #expect(layout(state).text.contains("CAR0 "))
        _ = state.reduce(.due([]), at: .seconds(13))
        #expect(layout(state).text.contains("No car is overtime soon."))
    }

    @Test func countsDownByTheDaemonsClock() throws {
        var state = try state(132, 43)
        #expect(layout(state).text.contains("CKVX042 in 2:01"))
        let later = try Samples.status(alerts: 1)
        let status = PatrolStatus(
            phase: later.phase,
            source: later.source,
            vehicle: later.vehicle,
            officer: later.officer,
            progress: later.progress,
            framesTaken: 0,
            framesDropped: 0,
            reads: 0,
            alertsWaiting: 1,
            tickets: 0,
            unsent: 0,
            devices: [],
            feeds: [],
            now: Samples.noon.addingTimeInterval(130)
        )
        _ = state.reduce(.daemon(.status(status)), at: .seconds(140))
        #expect(layout(state).text.contains("CKVX042 since 0:09"))
    }

    @Test(arguments: [(80, 24), (132, 43)])
    func showsTheFirstPassBesideTheNewOne(size: (Int, Int)) throws {
        var state = try state(size.0, size.1)
        #expect(layout(state).text.contains("Since 11:43:45: 2:18:59 of 120 min (99%)"))
        let commands = state.reduce(.key(.character("f")), at: .seconds(11))
        #expect(commands == ["now", "scene", "first", "firstScene"].map { .fetch(photo: $0) })
        #expect(layout(state).text.contains("photo is being fetched"))
        for name in ["now", "first", "firstScene"] {
            _ = state.reduce(.picture(sha256: name, try Samples.photo()), at: .seconds(12))
        }
        _ = state.reduce(.picture(sha256: "scene", nil), at: .seconds(12))
        try expect(state, "photos-\(size.0)x\(size.1)-en")
        // What is there is not asked for again.
        _ = state.reduce(.key(.escape), at: .seconds(13))
        #expect(state.reduce(.key(.character("f")), at: .seconds(14)) == [.fetch(photo: "scene")])
    }

    @Test func plainTerminalsGetSignsInPlaceOfDots() throws {
        var state = try state(asciiOnly: true)
        _ = state.reduce(.key(.character("f")), at: .seconds(11))
        _ = state.reduce(.picture(sha256: "now", try Samples.photo()), at: .seconds(12))
        let text = layout(state).text
        #expect(text.contains("@@") && !text.unicodeScalars.contains { (0x2800...0x28FF).contains($0.value) })
    }

    @Test(arguments: [(1, 1), (1, 400), (400, 1), (3, 2), (480, 270)])
    func picturesOfEveryShapeFitTheirPlace(size: (Int, Int)) throws {
        let image = try Samples.photo(width: size.0, height: size.1)
        for asciiOnly in [true, false] {
            let lines = Picture.lines(image, columns: 37, rows: 9, asciiOnly: asciiOnly)
            #expect((1...9).contains(lines.count) && lines.allSatisfy { (1...37).contains($0.count) })
            #expect(lines.joined().allSatisfy { CellText.cells(String($0)) == [$0] })
        }
        #expect(Picture.lines(image, columns: 0, rows: 9, asciiOnly: false).isEmpty)
    }

    @Test func whatIsNoPictureIsNone() throws {
        #expect(Picture.small([]) == nil)
        #expect(Picture.small([0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2]) == nil)
        let big = try GreyImage(width: 1000, height: 500, pixels: [UInt8](repeating: 128, count: 500_000))
        let small = try #require(Picture.small(try JPEG.encode(big)))
        #expect(small.width == 480 && small.height == 240)
    }
}
