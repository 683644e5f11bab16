// What becomes of a print, decided without any printer.
import Foundation
import ParkingCore
import Testing

@testable import TicketPrinting

private let id = UUIDv7(at: Date(timeIntervalSince1970: 1_781_600_000))

private func print(
    _ state: PrintState,
    job: Int? = nil,
    begun: Int? = nil,
    hold: PrintHold? = nil
) throws -> TicketPrint {
    TicketPrint(
        ticket: id,
        number: try TicketNumber(serial: 1042),
        state: state,
        hold: hold,
        printer: job == nil ? "" : "Roll",
        job: job,
        begun: begun,
        mayBeOut: job != nil
    )
}

private func job(
    _ state: JobReport.State,
    documents: Int = 1,
    created: Int = 100,
    begun: Int? = 100,
    message: String = ""
) -> JobReport {
    JobReport(
        number: 7,
        name: "ticket 00010420 print 1",
        state: state,
        message: message,
        documents: documents,
        created: created,
        begun: begun
    )
}

private let idle = PrinterReport(name: "Roll", state: .idle)

private func move(
    _ print: TicketPrint,
    _ printer: PrinterReport? = idle,
    _ job: JobReport? = nil,
    paper: PaperSight? = nil
) -> PrintMove {
    PrintMachine.move(print, printer: "Roll", sight: .seen(printer: printer, job: job), paper: paper)
}

/// State and hold of what is kept.
private func kept(_ move: PrintMove) -> (state: PrintState, hold: PrintHold?)? {
    switch move {
    case .keep(let print), .submit(let print), .discard(_, let print): (print.state, print.hold)
    case .wait, .askPrinter: nil
    }
}

@Suite struct PrintMachineTests {
    @Test func aQueuedPrintIsSubmittedOnceItsPrinterIsThere() throws {
        guard case .submit(let next) = move(try print(.queued)) else {
            Issue.record("not submitted")
            return
        }
        #expect(next.state == .printing && next.printer == "Roll" && next.job == nil && !next.mayBeOut)
        #expect(kept(move(try print(.queued), nil))?.hold == .printerMissing)
        let absent = PrintMachine.move(try print(.queued), printer: "Roll", sight: .absent("refused"))
        #expect(kept(absent)?.hold == .spoolerAbsent)
    }

    @Test func whatWasNeverSentStartsOverAndWhatIsLeftOfItAtCUPSGoes() throws {
        // Killed before the number was kept: the job at CUPS has no page.
        guard case .discard(7, let next) = move(try print(.printing), idle, job(.pending, documents: 0, begun: nil))
        else {
            Issue.record("not discarded")
            return
        }
        #expect(next.state == .queued && next.job == nil)
        // Killed after the number was kept, before the page was sent.
        let empty = move(try print(.printing, job: 7), idle, job(.pending, documents: 0, begun: nil))
        #expect(kept(empty)?.state == .queued)
    }

    @Test func aCompletedJobIsPrintedOnlyOnceThePrinterWasAsked() throws {
        let sent = try print(.printing, job: 7, begun: 100)
        #expect(move(sent, idle, job(.completed)) == .askPrinter)
        func after(_ paper: PaperSight) -> PrintState? { kept(move(sent, idle, job(.completed), paper: paper))?.state }
        #expect(after(.unknown) == .printed)
        #expect(after(.counted(PaperCount(completed: 1))) == .printed)
        #expect(after(.counted(PaperCount(completed: 2))) == .unclear)
        #expect(after(.counted(PaperCount(completed: 0, broken: 1))) == .unclear)
        // It was switched off and on: what it had in hand is gone, and CUPS calls the job completed.
        #expect(after(.counted(PaperCount(completed: 0))) == .unclear)
        #expect(move(sent, idle, job(.completed), paper: .counted(PaperCount(completed: 0, underWay: 1))) == .wait)
    }

    @Test func aJobThatCUPSBeganTwiceIsAskedAboutUnlessThePrinterKnows() throws {
        let sent = try print(.printing, job: 7, begun: 100)
        let again = job(.completed, begun: 160)
        #expect(kept(move(sent, idle, again, paper: .unknown))?.state == .unclear)
        #expect(kept(move(sent, idle, again, paper: .unknown))?.hold == .twice)
        #expect(kept(move(sent, idle, again, paper: .counted(PaperCount(completed: 1))))?.state == .printed)
        // Its first beginning was not seen, and it began long after it was made.
        let unseen = try print(.printing, job: 7)
        #expect(kept(move(unseen, idle, again, paper: .unknown))?.state == .unclear)
        #expect(kept(move(unseen, idle, job(.completed, begun: 101), paper: .unknown))?.state == .printed)
        // Caught while it is under way: what has come out once does not come out again.
        let under = move(sent, idle, job(.processing, begun: 160), paper: .counted(PaperCount(completed: 1)))
        guard case .discard(7, let next) = under else {
            Issue.record("the second run goes on")
            return
        }
        #expect(next.state == .unclear)
    }

    @Test func aJobThatCUPSForgotIsNeverPrintedAgainByItself() throws {
        let sent = try print(.printing, job: 7, begun: 100)
        #expect(move(sent) == .askPrinter)
        #expect(kept(move(sent, paper: .unknown))?.state == .unclear)
        #expect(kept(move(sent, paper: .counted(PaperCount(completed: 0))))?.state == .unclear)
        #expect(kept(move(sent, paper: .counted(PaperCount(completed: 1))))?.state == .printed)
    }

    @Test func aRefusalThatCUPSCallsCompletedIsSeenByItsWords() throws {
        let sent = try print(.printing, job: 7, begun: 100)
        let refused = move(sent, idle, job(.completed, message: "Print file was not accepted."))
        #expect(kept(refused)?.state == .held && kept(refused)?.hold == .refused)
        guard case .keep(let next) = refused else { return }
        #expect(!next.mayBeOut && next.job == nil)
        // It is not sent again by itself.
        #expect(move(next) == .wait)
    }

    @Test func whatIsCancelledBeforeItBeganIsSurelyNotOut() throws {
        let waiting = try print(.printing, job: 7)
        guard case .keep(let next) = move(waiting, idle, job(.cancelled, begun: nil)) else {
            Issue.record("not kept")
            return
        }
        #expect(next.state == .cancelled && !next.mayBeOut)
        let begun = try print(.printing, job: 7, begun: 100)
        #expect(kept(move(begun, idle, job(.cancelled), paper: .unknown))?.state == .unclear)
    }

    @Test func nothingMovesAPrintThatIsOverOrAskedAbout() throws {
        for state in [PrintState.printed, .cancelled, .unclear] {
            #expect(move(try print(state, job: 7), idle, job(.processing)) == .wait)
        }
    }

    @Test(arguments: [
        (["media-empty-warning"], "", PrintHold.paperOut), (["media-needed"], "", .paperOut),
        (["cover-open-report"], "", .coverOpen), (["media-jam-error", "media-empty"], "", .jam),
        (["paused"], "", .paused), (["spool-area-full-report"], "", .spoolFull), (["offline-report"], "", .offLine),
        (["none"], "The printer may not exist or is unavailable at this time.", .offLine),
        (["fuser-over-temp-error"], "", .fault),
    ])
    func whatHoldsIsToldInWords(reasons: [String], message: String, hold: PrintHold) throws {
        let printer = PrinterReport(name: "Roll", state: .processing, reasons: reasons, message: message)
        #expect(printer.hold == hold)
        let next = move(try print(.printing, job: 7, begun: 100), printer, job(.processing))
        #expect(kept(next)?.state == .held && kept(next)?.hold == hold)
        #expect(!hold.words.en.isEmpty && hold.words.fr != hold.words.en)
    }

    @Test func aPrinterThatIsSlowIsToldAfterTenSeconds() throws {
        let sent = try print(.printing, job: 7, begun: 100)
        func busy(_ now: Int) -> PrinterReport { PrinterReport(name: "Roll", state: .processing, now: now) }
        #expect(move(sent, busy(105), job(.processing)) == .wait)
        #expect(kept(move(sent, busy(110), job(.processing)))?.hold == .noAnswer)
    }

    @Test func itsReasonsOnlyNamedNoneAreNoHold() {
        #expect(
            PrinterReport(name: "Roll", state: .idle, reasons: ["none"], message: "Rendering completed").hold == nil
        )
        #expect(
            PrinterReport(name: "Roll", state: .processing, reasons: ["cups-waiting-for-job-completed"]).hold == nil
        )
    }
}
