// What becomes of a print at CUPS: a pure function of what is kept of it and of what is seen.
//
// What it rests on: the job's number is kept before the first byte of the page is sent, so that a print without a
// number was never on paper; and CUPS starts a job anew when it was itself killed, so that a job that began twice may
// have come out twice.
package import ParkingCore

/// What is to be done next with a print.
package enum PrintMove: Hashable, Sendable {
    /// Nothing; look again later.
    case wait
    /// Keep this and tell it.
    case keep(TicketPrint)
    /// Keep this, make a job, keep its number, and send the page.
    case submit(TicketPrint)
    /// Cancel the job at CUPS, then keep this.
    case discard(job: Int, TicketPrint)
    /// Ask the printer itself what came out, and decide again.
    case askPrinter
}

package enum PrintMachine {
    /// A job that has been worked on for so long without an end is called 'no answer yet'.
    package static let patienceSeconds = 10
    /// A job begun later than this after it was made has waited, or begun before.
    static let firstRunSeconds = 2

    /// - Parameters:
    ///   - name: the printer in use, CUPS' name of it.
    ///   - paper: the printer's own account, once it was asked for.
    package static func move(
        _ print: TicketPrint,
        printer name: String,
        sight: SpoolerSight,
        paper: PaperSight? = nil
    ) -> PrintMove {
        if print.state.isFinal || print.state == .unclear { return .wait }
        switch sight {
        case .absent(let words): return held(print, .spoolerAbsent, words)
        case .seen(let printer, let job):
            guard let number = print.job else { return unsent(print, name, printer, job) }
            guard let job else { return lost(print, paper) }
            if job.isEmpty, !job.isOver {
                // The page never arrived: this job goes, and the print starts over.
                return .discard(job: number, startedOver(print))
            }
            switch job.state {
            case .completed: return completed(print, job, paper)
            case .cancelled, .aborted: return broken(print, job, paper)
            default: return underWay(print, job, printer, paper)
            }
        }
    }

    // MARK: Not at CUPS

    private static func unsent(
        _ print: TicketPrint,
        _ name: String,
        _ printer: PrinterReport?,
        _ job: JobReport?
    ) -> PrintMove {
        // A job that was made, and whose number was not kept: it has no page.
        if let job, !job.isOver { return .discard(job: job.number, startedOver(print)) }
        // The printer said no to this very page; only the officer can say that it should have it again.
        if print.state == .held, print.hold == .refused { return .wait }
        guard let printer else { return held(print, .printerMissing, "CUPS has no printer '\(name)'") }
        // What else CUPS says of the printer may be old: it looks only while it prints.
        if let hold = printer.hold, [.paused, .notAccepting, .spoolFull].contains(hold) {
            return held(print, hold, printer.message)
        }
        var next = startedOver(print)
        next.state = .printing
        next.printer = name
        return .submit(next)
    }

    private static func startedOver(_ print: TicketPrint) -> TicketPrint {
        var next = print
        next.state = .queued
        next.hold = nil
        next.job = nil
        next.begun = nil
        next.mayBeOut = false
        next.detail = ""
        return next
    }

    // MARK: At CUPS

    private static func underWay(
        _ print: TicketPrint,
        _ job: JobReport,
        _ printer: PrinterReport?,
        _ paper: PaperSight?
    ) -> PrintMove {
        if hasBegunAgain(print, job), job.state == .processing {
            switch paper {
            case nil: return .askPrinter
            case .unknown: return .discard(job: job.number, ended(print, .unclear, .twice, job.message))
            case .counted(let count) where count.completed > 0:
                return .discard(job: job.number, ended(print, .unclear, .twice, job.message))
            case .counted: break
            }
        }
        var next = print
        if next.begun == nil { next.begun = job.begun }
        let seconds = printer?.now.flatMap { now in job.begun.map { now - $0 } } ?? 0
        next.hold = printer.map(\.hold) ?? .printerMissing
        if next.hold == nil, job.state == .processing, seconds >= patienceSeconds { next.hold = .noAnswer }
        next.state = next.hold == nil ? .printing : .held
        next.detail = next.hold == nil ? "" : printer?.message ?? ""
        return next == print ? .wait : .keep(next)
    }

    private static func completed(_ print: TicketPrint, _ job: JobReport, _ paper: PaperSight?) -> PrintMove {
        if job.wasRefused { return refused(print, job) }
        switch paper {
        case nil: return .askPrinter
        case .unknown:
            return .keep(
                hasBegunAgain(print, job)
                    ? ended(print, .unclear, .twice, job.message)
                    : ended(print, .printed, nil, "CUPS says so; the printer was not asked")
            )
        case .counted(let count):
            if count.underWay > 0 { return .wait }
            if count.completed > 1 { return .keep(ended(print, .unclear, .twice, "came out \(count.completed) times")) }
            if count.completed == 1 { return .keep(ended(print, .printed, nil, "confirmed by the printer")) }
            // IPP printers remember what they ended a moment ago (RFC 8011, 5.3.7.2). One that knows of none was switched
            // off and on meanwhile, or never took the page, whatever CUPS calls it.
            return .keep(ended(print, .unclear, .lostTrack, job.message))
        }
    }

    /// Cancelled at CUPS or at the printer, or given up by CUPS.
    private static func broken(_ print: TicketPrint, _ job: JobReport, _ paper: PaperSight?) -> PrintMove {
        if job.wasRefused { return refused(print, job) }
        guard job.begun != nil || print.begun != nil else {
            // It was never begun: no paper.
            guard job.state == .cancelled else { return refused(print, job) }
            var next = ended(print, .cancelled, nil, "cancelled at CUPS before it began")
            next.mayBeOut = false
            return .keep(next)
        }
        switch paper {
        case nil: return .askPrinter
        case .counted(let count) where count.completed == 1:
            return .keep(ended(print, .printed, nil, "confirmed by the printer"))
        case .counted(let count) where count.completed > 1:
            return .keep(ended(print, .unclear, .twice, "came out \(count.completed) times"))
        case .unknown, .counted: return .keep(ended(print, .unclear, .lostTrack, job.message))
        }
    }

    /// CUPS has forgotten the job, as it may when it is killed.
    private static func lost(_ print: TicketPrint, _ paper: PaperSight?) -> PrintMove {
        guard print.mayBeOut else { return .keep(startedOver(print)) }
        switch paper {
        case nil: return .askPrinter
        case .counted(let count) where count.underWay > 0: return .wait
        case .counted(let count) where count.completed == 1:
            return .keep(ended(print, .printed, nil, "confirmed by the printer"))
        case .counted(let count) where count.completed > 1:
            return .keep(ended(print, .unclear, .twice, "came out \(count.completed) times"))
        case .unknown, .counted: return .keep(ended(print, .unclear, .lostTrack, "CUPS has forgotten the job"))
        }
    }

    private static func refused(_ print: TicketPrint, _ job: JobReport) -> PrintMove {
        var next = startedOver(print)
        next.state = .held
        next.hold = .refused
        next.detail = job.message
        return .keep(next)
    }

    private static func held(_ print: TicketPrint, _ hold: PrintHold, _ words: String) -> PrintMove {
        var next = print
        next.state = .held
        next.hold = hold
        next.detail = words
        return next == print ? .wait : .keep(next)
    }

    private static func ended(
        _ print: TicketPrint,
        _ state: PrintState,
        _ hold: PrintHold?,
        _ detail: String
    ) -> TicketPrint {
        var next = print
        next.state = state
        next.hold = hold
        next.detail = detail
        next.mayBeOut = true
        return next
    }

    private static func hasBegunAgain(_ print: TicketPrint, _ job: JobReport) -> Bool {
        guard let begun = job.begun else { return false }
        if let first = print.begun { return begun != first }
        // Its beginning was not seen. Where it began as soon as it was made there was no time for another run.
        return job.created.map { begun - $0 > firstRunSeconds } ?? true
    }
}
