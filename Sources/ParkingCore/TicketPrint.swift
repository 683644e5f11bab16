// How far a ticket's paper is. A ticket is issued once; it may be printed again, and then the paper says COPY.

package enum PrintState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Not handed to a printer yet.
    case queued
    /// Being handed over, or the printer works on it.
    case printing
    /// The paper is out (or the PDF lies on disk, without a printer).
    case printed
    /// Something stands in the way; the print goes on by itself once that is gone.
    case held
    /// Nobody can know whether the paper came out: the officer is asked.
    case unclear
    /// Given up; nothing more comes out of this print.
    case cancelled

    /// Nothing happens any more unless the officer asks for it.
    package var isFinal: Bool { self == .printed || self == .cancelled }
}

/// What stands in a print's way, in words that an officer can act on.
package enum PrintHold: String, Hashable, Sendable, Codable, CaseIterable {
    case paperOut, coverOpen, jam, offLine, noAnswer, paused, notAccepting, spoolFull, printerMissing, spoolerAbsent
    case refused, fault, folder, lostTrack, twice

    package var words: LocalizedText {
        switch self {
        case .paperOut: LocalizedText(en: "paper is out: load a roll", fr: "plus de papier : mettre un rouleau")
        case .coverOpen: LocalizedText(en: "the cover is open: close it", fr: "capot ouvert : le fermer")
        case .jam: LocalizedText(en: "paper is jammed: clear it", fr: "bourrage de papier : le retirer")
        case .offLine:
            LocalizedText(
                en: "the printer is off or not connected: switch it on",
                fr: "imprimante \u{E9}teinte ou d\u{E9}branch\u{E9}e : l\u{2019}allumer"
            )
        case .noAnswer:
            LocalizedText(
                en: "the printer does not answer yet: wait, or look at it",
                fr: "l\u{2019}imprimante ne r\u{E9}pond pas encore : attendre ou la v\u{E9}rifier"
            )
        case .paused:
            LocalizedText(
                en: "the printer is stopped in CUPS: cupsenable starts it",
                fr: "imprimante arr\u{EA}t\u{E9}e dans CUPS : cupsenable la relance"
            )
        case .notAccepting:
            LocalizedText(
                en: "CUPS takes no jobs for the printer: cupsaccept lets it",
                fr: "CUPS refuse les travaux pour l\u{2019}imprimante : cupsaccept les permet"
            )
        case .spoolFull:
            LocalizedText(
                en: "the print spool is full: cancel old jobs or free disk space",
                fr: "file d\u{2019}impression pleine : annuler de vieux travaux ou lib\u{E9}rer le disque"
            )
        case .printerMissing:
            LocalizedText(
                en: "CUPS knows no such printer: lpadmin adds it",
                fr: "CUPS ne conna\u{EE}t pas l\u{2019}imprimante : lpadmin l\u{2019}ajoute"
            )
        case .spoolerAbsent:
            LocalizedText(
                en: "CUPS does not answer: is cupsd running?",
                fr: "CUPS ne r\u{E9}pond pas : cupsd est-il en marche?"
            )
        case .refused:
            LocalizedText(
                en: "the printer refused the ticket: print it again, or change the printer's settings",
                fr: "l\u{2019}imprimante a refus\u{E9} l\u{2019}avis : r\u{E9}imprimer ou revoir ses r\u{E9}glages"
            )
        case .fault:
            LocalizedText(en: "the printer reports a fault", fr: "l\u{2019}imprimante signale une panne")
        case .lostTrack:
            LocalizedText(
                en: "nobody can tell whether the paper came out",
                fr: "personne ne sait si le papier est sorti"
            )
        case .twice:
            LocalizedText(
                en: "the paper may have come out twice: keep one, destroy the other",
                fr: "le papier a pu sortir deux fois : en garder un, d\u{E9}truire l\u{2019}autre"
            )
        case .folder:
            LocalizedText(
                en: "the ticket's PDF could not be written",
                fr: "le PDF de l\u{2019}avis n\u{2019}a pu \u{EA}tre \u{E9}crit"
            )
        }
    }
}

/// One attempt to bring a ticket onto paper, as it is kept; the latest attempt says how the ticket stands.
package struct TicketPrint: Hashable, Sendable {
    package let ticket: UUIDv7
    package let number: TicketNumber
    /// 1 for the first.
    package let attempt: Int
    /// 0: the original; else which copy the paper is marked as.
    package let copy: Int
    /// Why it is printed again; empty for the first.
    package let reason: String
    package var state: PrintState
    package var hold: PrintHold?
    /// CUPS' name of the printer it was handed to; empty: none yet, or a folder.
    package var printer: String
    /// CUPS' number of the job. Kept before the first byte of the page is sent, so that without it nothing was.
    package var job: Int?
    /// When CUPS began with the job, in seconds since 1970 on its own clock. Another value later means that CUPS began
    /// again: the paper may have come out twice.
    package var begun: Int?
    /// Paper may have come out of this attempt, whatever its state says.
    package var mayBeOut: Bool
    /// Path of the file, or what CUPS or the printer said.
    package var detail: String

    package init(
        ticket: UUIDv7,
        number: TicketNumber,
        attempt: Int = 1,
        copy: Int = 0,
        reason: String = "",
        state: PrintState = .queued,
        hold: PrintHold? = nil,
        printer: String = "",
        job: Int? = nil,
        begun: Int? = nil,
        mayBeOut: Bool = false,
        detail: String = ""
    ) {
        self.ticket = ticket
        self.number = number
        self.attempt = attempt
        self.copy = copy
        self.reason = reason
        self.state = state
        self.hold = hold
        self.printer = printer
        self.job = job
        self.begun = begun
        self.mayBeOut = mayBeOut
        self.detail = detail
    }

    /// The job's name at CUPS and at the printer: no two attempts share one.
    package var jobName: String { "ticket \(number) print \(attempt)" }
}
