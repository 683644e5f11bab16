// How the printer is, for the status that technicians and officers see.
package import Foundation
package import ParkingCore

package struct PrinterHealth: Hashable, Sendable, Codable {
    package enum State: String, Sendable, Codable {
        /// No printer is set: tickets become PDF files.
        case folder
        case ready, printing, held
        /// CUPS or its printer is not there.
        case absent
    }

    package var state: State
    /// CUPS' name, or the folder's path.
    package let printer: String
    /// What is in the way; nil: nothing.
    package var hold: PrintHold?
    package var words: LocalizedText
    /// What CUPS or the printer said itself, as it said it; may be empty.
    package var detail: String
    /// When this state began.
    package var since: Date
    /// Tickets whose paper is not out.
    package var waiting: Int
    /// Tickets of which the officer is asked whether they came out.
    package var unclear: Int
    /// Since the start.
    package var printed = 0
    package var holds = 0

    package init(state: State, printer: String, since: Date) {
        self.state = state
        self.printer = printer
        self.since = since
        hold = nil
        words = PrinterHealth.words(state, nil)
        detail = ""
        waiting = 0
        unclear = 0
    }

    /// Takes a new state in; `since` moves only where it differs.
    mutating func enter(_ state: State, _ hold: PrintHold?, detail: String, at now: Date) {
        self.detail = detail
        guard state != self.state || hold != self.hold else { return }
        if hold != nil, hold != self.hold { holds += 1 }
        self.state = state
        self.hold = hold
        words = PrinterHealth.words(state, hold)
        since = now
    }

    private static func words(_ state: State, _ hold: PrintHold?) -> LocalizedText {
        if let hold { return hold.words }
        return switch state {
        case .folder: LocalizedText(en: "PDF files", fr: "fichiers PDF")
        case .ready: LocalizedText(en: "ready", fr: "pr\u{EA}te")
        case .printing: LocalizedText(en: "printing", fr: "impression en cours")
        case .held: LocalizedText(en: "held", fr: "retenue")
        case .absent: LocalizedText(en: "not found", fr: "introuvable")
        }
    }
}
