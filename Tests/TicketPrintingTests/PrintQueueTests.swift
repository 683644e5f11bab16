// Tickets through a real cupsd to a virtual printer; what lies in its tray is counted and decoded.
import Foundation
import Logging
import ParkingCore
import Testing

@testable import TicketPrinting

/// A queue on a bed, with what it told.
private actor Desk {
    let ledger = PassingLedger()
    let queue: PrintQueue
    private let told: Told
    private var working: Task<Void, Never>?

    private actor Told {
        var prints: [TicketPrint] = []
        func take(_ print: TicketPrint) { prints.append(print) }
    }

    init(_ server: String, width: PaperWidth = .fourInch, printer: String = "Roll") {
        let told = Told()
        self.told = told
        queue = PrintQueue(
            settings: .init(city: sampleCity(), output: .printer(name: printer, width: width, server: server)),
            ledger: ledger,
            now: { Date() },
            changed: { await told.take($0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func start() { working = Task { [queue] in await queue.run() } }
    func stop() async {
        working?.cancel()
        await working?.value
    }

    func issue(_ serial: Int = 1042) async throws -> UUIDv7 {
        let ticket = try sampleTicket(serial: serial)
        await ledger.issue(ticket)
        _ = try await queue.take(ticket.id)
        return ticket.id
    }

    func latest(_ id: UUIDv7) async throws -> TicketPrint { try #require(await ledger.prints(of: id).last) }
    func history() async -> [TicketPrint] { await told.prints }

    /// Waits until the ticket's latest print is as asked.
    func until(
        _ id: UUIDv7,
        seconds: Double = 90,
        _ what: String,
        _ isSo: (TicketPrint) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if isSo(try await latest(id)) { return }
            try await Task.sleep(for: .milliseconds(30))
        }
        let print = try await latest(id)
        Issue.record(
            "not \(what) within \(seconds) s: \(print.state) \(String(describing: print.hold)) \(print.detail)"
        )
    }
}

extension DotRaster {
    /// How often a row changes between black and white.
    fileprivate func isSame(_ y: Int, _ other: Int) -> Bool {
        (0..<width).allSatisfy { isBlack(x: $0, y: y) == isBlack(x: $0, y: other) }
    }

    fileprivate func changes(_ y: Int) -> Int { (1..<width).count { isBlack(x: $0, y: y) != isBlack(x: $0 - 1, y: y) } }
}

@Suite(.serialized) struct PrintQueueTests {
    @Test(arguments: PaperWidth.allCases)
    func aTicketComesOutDotByDotAsItWasDrawn(width: PaperWidth) async throws {
        let bed = try PrintBed(width.rawValue)
        let desk = Desk(bed.server, width: width)
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try await desk.latest(id).detail == "confirmed by the printer")
        let sheets = try bed.sheets()
        #expect(sheets.count == 1)
        let page = try ReceivedPage(try #require(sheets.first))
        let drawn = try TicketPage(ticket: sampleTicket(), city: sampleCity(), paper: width).dots()
        #expect(page.dotsPerInch == 203 && page.width == drawn.width)
        #expect(abs(page.height - drawn.height) <= 1)
        if let keep = ProcessInfo.processInfo.environment["KEEP_PAGES"] {
            try page.writeGreymap("\(keep)/\(width.rawValue).pgm")
            try Data(drawn.portableBitmap).write(to: URL(filePath: "\(keep)/\(width.rawValue)-drawn.pbm"))
        }
        // Bars and symbols stand on whole dots: what the printer got reads as what was drawn.
        let picture = "\(bed.folder)/page.pgm"
        try page.writeGreymap(picture)
        let found = try output("zbarimg", "--quiet", picture)
        let number = try TicketNumber(serial: 1042).text
        #expect(found.contains("CODE-128:\(number)"))
        #expect(found.contains("QR-Code:https://millbrookfalls.example/pay?notice=\(number)"))
        // The rows of bars are what was drawn, dot by dot; letters may be a hair fatter.
        let bars = try #require((0..<drawn.height - 30).first { drawn.changes($0) > 40 && drawn.isSame($0, $0 + 30) })
        let wrong = (0..<min(page.width, drawn.width)).count { x in
            (page.greys[bars * page.width + x] < 128) != drawn.isBlack(x: x, y: bars)
        }
        #expect(wrong == 0, "\(wrong) dots of row \(bars)")
    }

    @Test(arguments: [("media-empty", PrintHold.paperOut), ("cover-open", .coverOpen), ("media-jam", .jam)])
    func aFaultIsToldWithinTwoSecondsAndThePrintGoesOnAfterIt(fault: String, hold: PrintHold) async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server)
        try bed.call("fault", fault)
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "under way") { $0.begun != nil }
        try await desk.until(id, seconds: 2, "held for \(hold)") { $0.state == .held && $0.hold == hold }
        #expect(await desk.queue.health.hold == hold)
        #expect(try bed.sheets().isEmpty)
        try bed.call("fault", "none")
        try await desk.until(id, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try bed.sheets().count == 1)
    }

    @Test func aPrinterThatIsOffIsToldAndGetsTheTicketOnceItIsOn() async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server)
        try bed.call("printer-down")
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "under way") { $0.begun != nil }
        try await desk.until(id, seconds: 4, "off line") { $0.hold == .offLine }
        try bed.call("printer-up")
        try await desk.until(id, seconds: 60, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try bed.sheets().count == 1)
    }

    @Test func aPrinterThatGivesUpIsAskedAboutAndANoPrintsACopy() async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server)
        try bed.call("fault", "abort")
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "asked about") { $0.state == .unclear }
        try bed.call("fault", "none")
        // Meanwhile others are printed.
        let other = try await desk.issue(1043)
        try await desk.until(other, "printed") { $0.state == .printed }
        #expect(try bed.sheets().count == 1)
        await #expect(throws: TicketPrintError.self) { try await desk.queue.reprint(id, reason: "torn") }
        _ = try await desk.queue.answer(id, cameOut: false)
        try await desk.until(id, "printed") { $0.state == .printed }
        #expect(try await desk.latest(id).copy == 1)
        #expect(try bed.sheets().count == 2)
        // Of a ticket that counts no longer nobody wants a copy.
        try bed.call("fault", "abort")
        let void = try await desk.issue(1044)
        try await desk.until(void, "asked about") { $0.state == .unclear }
        try bed.call("fault", "none")
        _ = try await desk.queue.answer(void, cameOut: false, printsAgain: false)
        #expect(try await desk.latest(void).state == .cancelled)
        await desk.stop()
        #expect(try bed.sheets().count == 2)
    }

    @Test func withoutCUPSOrItsPrinterTheTicketWaitsAndNothingHangs() async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server, printer: "Nowhere")
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "without a printer") { $0.hold == .printerMissing }
        #expect(await desk.queue.health.state == .absent)
        try bed.call("cupsd-kill")
        try await desk.until(id, "without CUPS") { $0.hold == .spoolerAbsent }
        _ = try await desk.queue.cancel(id)
        #expect(try await desk.latest(id).state == .cancelled)
        await desk.stop()
    }

    @Test func aSilentSpoolerHoldsNothingUp() async throws {
        let bed = try PrintBed()
        let pid = try bed.pid("cupsd")
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        let desk = Desk(bed.server)
        await desk.start()
        let began = ContinuousClock.now
        let id = try await desk.issue()
        try await desk.until(id, "held") { $0.hold == .spoolerAbsent }
        #expect(began.duration(to: .now) < .seconds(12))
        kill(pid, SIGCONT)
        try await desk.until(id, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try bed.sheets().count == 1)
    }

    @Test func aReprintSaysCopyAndACancelledPrintStaysAway() async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server)
        await desk.start()
        let id = try await desk.issue()
        await #expect(throws: TicketPrintError.self) { try await desk.queue.reprint(id, reason: "torn") }
        try await desk.until(id, "printed") { $0.state == .printed }
        await #expect(throws: TicketPrintError.self) { try await desk.queue.answer(id, cameOut: true) }
        await #expect(throws: TicketPrintError.self) { try await desk.queue.reprint(id, reason: " ") }
        _ = try await desk.queue.reprint(id, reason: "torn")
        try await desk.until(id, "printed again") { $0.state == .printed && $0.attempt == 2 }
        let second = try await desk.latest(id)
        #expect(second.copy == 1 && second.reason == "torn")
        try bed.command("cupsdisable", "Roll")
        let other = try await desk.issue(1043)
        try await desk.until(other, "held") { $0.hold == .paused }
        _ = try await desk.queue.cancel(other)
        try bed.command("cupsenable", "Roll")
        let third = try await desk.issue(1044)
        try await desk.until(third, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try await desk.latest(other).state == .cancelled)
        #expect(try bed.sheets().count == 3)
    }

    @Test func aFullOrClosedSpoolIsToldAndTheTicketFollowsOnceItTakesJobs() async throws {
        let bed = try PrintBed()
        let desk = Desk(bed.server)
        try bed.command("cupsreject", "Roll")
        await desk.start()
        let id = try await desk.issue()
        try await desk.until(id, "not accepted") { $0.hold == .notAccepting }
        try bed.command("cupsaccept", "Roll")
        try await desk.until(id, "printed") { $0.state == .printed }
        try bed.command("cupsdisable", "Roll")
        let other = try await desk.issue(1043)
        try await desk.until(other, "paused") { $0.hold == .paused }
        try bed.command("cupsenable", "Roll")
        try await desk.until(other, "printed") { $0.state == .printed }
        await desk.stop()
        #expect(try bed.sheets().count == 2)
    }
}
