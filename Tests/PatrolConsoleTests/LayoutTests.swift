// Screens as text: what an officer sees, at the smallest and at a large size, in both languages.
import Foundation
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolConsole

@Suite struct LayoutTests {
    static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Compares with the file of that name; with WRITE_GOLDEN=1 in the environment, writes it instead.
    private func expect(_ state: ConsoleState, _ name: String) throws {
        let screen = layout(state)
        let text = screen.text
        let file = Self.golden.appending(path: name + ".txt")
        if ProcessInfo.processInfo.environment["WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let wanted = try String(contentsOf: file, encoding: .utf8)
        #expect(text == wanted, "\(name) differs; look at it, and write it anew with WRITE_GOLDEN=1 if it is right")
        #expect(screen.rows.count == state.size.rows)
        #expect(screen.rows.allSatisfy { $0.count == state.size.columns })
    }

    @Test(arguments: [(80, 24), (132, 43)], Language.allCases)
    func showsAPatrolAtWork(size: (Int, Int), language: Language) throws {
        try expect(Samples.state(size.0, size.1, language), "work-\(size.0)x\(size.1)-\(language.rawValue)")
    }

    @Test func showsASecondLook() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.down), at: .seconds(11))
        try expect(state, "second-look-80x24-en")
    }

    @Test func showsADyingConnectionInRedAtOnceAndKeepsTheRest() throws {
        var state = try Samples.state()
        _ = state.reduce(.lost(ConsoleError(.closed)), at: .seconds(12))
        _ = state.reduce(.lost(ConsoleError(.noAnswer("/run/patrold/patrold.sock"))), at: .seconds(16))
        try expect(state, "lost-80x24-en")
        let row = layout(state).rows[1]
        #expect(row.allSatisfy { $0.style.tone == .alarm })
    }

    @Test func saysThatNoDaemonAnswers() throws {
        var state = ConsoleState(socketPath: "/run/patrold/patrold.sock", language: .en, timeZone: .gmt)
        _ = state.reduce(.lost(ConsoleError(.noAnswer("/run/patrold/patrold.sock"))), at: .seconds(3))
        try expect(state, "no-daemon-80x24-en")
    }

    @Test func showsTheDialogs() throws {
        var state = try Samples.state()
        _ = state.reduce(.key(.character("r")), at: .seconds(11))
        try expect(state, "reject-80x24-en")
        _ = state.reduce(.key(.character("5")), at: .seconds(12))
        for letter in "towed already" { _ = state.reduce(.key(.character(letter)), at: .seconds(13)) }
        try expect(state, "reason-80x24-en")
        _ = state.reduce(.key(.escape), at: .seconds(14))
        _ = state.reduce(.key(.character("e")), at: .seconds(15))
        for letter in "abc!" { _ = state.reduce(.key(.character(letter)), at: .seconds(16)) }
        _ = state.reduce(.key(.enter), at: .seconds(17))
        try expect(state, "plate-80x24-en")
        #expect(layout(state).cursor != nil)
        _ = state.reduce(.key(.escape), at: .seconds(18))
        _ = state.reduce(.key(.character("?")), at: .seconds(19))
        try expect(state, "help-80x24-en")
    }

    @Test func saysWhenReasonsDoNotFitAndShowsThemAllAtAKey() throws {
        let reasons = (1...5).map { "Reason number \($0) is long enough to need two lines of the small screen." }
        let alert = try Samples.alert(3, "ABCD123", .noSession, reasons: reasons, ticketFor: "P-12", fineCents: 4_000)
        let snapshot = Snapshot(status: try Samples.status(alerts: 1), reads: [], alerts: [alert], tickets: [])
        var state = try Samples.state(snapshot: snapshot)
        #expect(layout(state).text.contains("+3 more: v shows all"))
        #expect(layout(state).text.contains("a: ticket $40.00, P-12"))
        _ = state.reduce(.key(.character("v")), at: .seconds(11))
        for number in 1...5 { #expect(layout(state).text.contains("Reason number \(number) is")) }
        try expect(state, "whole-80x24-en")
    }

    @Test func saysOnTheNarrowestScreenWhatHoldsTheLastTicket() throws {
        var state = try Samples.state()
        _ = state.reduce(.daemon(.ticket(try Samples.ticket(18, print: .held))), at: .seconds(11))
        let number = try TicketNumber(serial: 18)
        #expect(layout(state).text.contains(" Ticket \(number) 13:58:23 CHWR220 HELD out of paper  $40.00 P-12"))
    }

    @Test(arguments: Language.allCases)
    func asksAboutTheOldestTicketWhosePaperNobodyKnowsOf(language: Language) throws {
        var state = try Samples.state(80, 24, language)
        let unclear = try Samples.ticket(9, print: .unclear, hold: .twice)
        for ticket in [unclear, try Samples.ticket(18, print: .held, hold: .paperOut)] {
            _ = state.reduce(.daemon(.ticket(ticket)), at: .seconds(11))
        }
        try expect(state, "unclear-80x24-\(language.rawValue)")
        _ = state.reduce(.key(.character("p")), at: .seconds(12))
        try expect(state, "came-out-80x24-\(language.rawValue)")
    }

    @Test func saysThatTheTerminalIsTooSmall() throws {
        #expect(layout(try Samples.state(60, 20)).text.hasPrefix("Terminal too small: 60 x 20; needs 80 x 24\n"))
        #expect(layout(try Samples.state(3, 2)).text.count > 0)
        #expect(layout(try Samples.state(0, 0)).rows.isEmpty)
    }

    @Test func marksTheChosenAlertInTheMiddleOfManyAndCountsThemAll() throws {
        let many = try (0..<90).map { try Samples.alert(UInt8($0), "AB\($0)", .noPermit, reasons: []) }
        let snapshot = Snapshot(status: try Samples.status(alerts: 90), reads: [], alerts: many, tickets: [])
        var state = try Samples.state(snapshot: snapshot)
        for _ in 0..<50 { _ = state.reduce(.key(.down), at: .seconds(11)) }
        let text = layout(state).text
        #expect(text.contains("Alerts waiting 90  (51/90)"))
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("▶") }
        #expect(lines.count == 1 && lines.first?.contains("AB50") == true)
    }

    @Test func neverPutsWideOrControlCharactersOnTheScreen() throws {
        let text = layout(try Samples.state()).text
        #expect(text.contains("TRÈS«??»?"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x1F697 })
    }

    @Test(arguments: [(80, 24), (111, 30), (112, 24), (250, 80)], Language.allCases)
    func fitsEverySizeWithEveryDialog(size: (Int, Int), language: Language) throws {
        for keys in ["", "r", "r5", "e", "q", "?", "v", "p", "d", "f"] {
            var state = try Samples.state(size.0, size.1, language)
            for key in keys { _ = state.reduce(.key(.character(key)), at: .seconds(20)) }
            let screen = layout(state)
            #expect(screen.rows.count == size.1 && screen.rows.allSatisfy { $0.count == size.0 })
            let last = String(screen.rows[size.1 - 1].map(\.character))
            #expect(last.contains(Phrase.keyQuit.text(language)), "the keys are cut at \(size): \(last)")
        }
    }

    @Test func everyPhraseIsThereInBothLanguagesWithTheSameHoles() {
        for phrase in Phrase.allCases {
            let both = phrase.both
            #expect(!both.en.isEmpty && !both.fr.isEmpty, "\(phrase)")
            #expect(Phrase.holes(both.en) == Phrase.holes(both.fr), "\(phrase)")
        }
        #expect(Phrase.tooSmall.text(.fr, "1", "2", "3", "4") == "Terminal trop petit : 1 x 2; il faut 3 x 4")
    }

    @Test func monochromeTerminalsTellStatesApartWithoutColour() {
        let alarm = CursesDriver.look(Style(.alarm), colours: false)
        let bar = CursesDriver.look(Style(.bar), colours: false)
        let bad = CursesDriver.look(Style(.bad), colours: false)
        let good = CursesDriver.look(Style(.good), colours: false)
        let warn = CursesDriver.look(Style(.warn), colours: false)
        #expect(Set([alarm, bar, bad, good, warn].map(\.attributes)).count == 5)
        #expect([alarm, bar, bad, good, warn].allSatisfy { $0.pair == 0 })
    }

    @Test func foldsToASCIIForPlainTerminals() {
        let text = String(CellText.cells("déjà ● ─ │ … ▶").map(CellText.ascii))
        #expect(text == "deja * - | ~ >")
    }

    @Test func roundsConfidenceDownAndWritesMoneyAsEachLanguageDoes() {
        let english = Wording(language: .en, timeZone: .gmt)
        let french = Wording(language: .fr, timeZone: .gmt)
        #expect(english.percent(0.99999) == "99%")
        #expect(english.percent(0.29) == "29%")
        #expect(french.percent(1) == "100 %")
        #expect(english.money(cents: 41_205) == "$412.05")
        #expect(french.money(cents: 4_000) == "40,00 $")
        #expect(english.age(seconds: 7_300) == "2 h")
    }
}
