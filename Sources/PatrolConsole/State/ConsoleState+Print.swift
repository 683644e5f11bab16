// What the officer does about a ticket's paper: print it again, give the print up, or say whether it came out.
internal import ParkingCore
internal import PatrolAPI

/// Why a ticket is printed again: chosen by digit, recorded in English whatever the console's language.
package enum ReprintReason: Int, CaseIterable, Sendable {
    case torn = 1, lost, asked

    /// What is recorded.
    var recorded: String {
        switch self {
        case .torn: "torn or unreadable"
        case .lost: "lost"
        case .asked: "a second one was asked for"
        }
    }

    var phrase: Phrase {
        switch self {
        case .torn: .reprintTorn
        case .lost: .reprintLost
        case .asked: .reprintAsked
        }
    }
}

extension ConsoleState {
    /// Opens the question that fits how the ticket in hand stands.
    mutating func askOfPrint() {
        guard let ticket = ticketInHand else { return tell(Phrase.noTicket.text(language), .plain) }
        guard isOnline else { return tell(Phrase.notSent.text(language), .bad) }
        dialog =
            switch ticket.print {
            case .unclear: .askingCameOut(ticket)
            case .printed, .cancelled: .reprinting(ticket)
            case .held where ticket.hold == .refused: .reprinting(ticket)
            case .queued, .printing, .held: .cancellingPrint(ticket)
            }
    }

    mutating func pressOnPrint(_ key: Key) -> [ConsoleCommand] {
        let isYes = key == .character("y") || key == .character("o")
        let isNo = key == .character("n")
        switch dialog {
        case .askingCameOut(let ticket):
            // No other key: a slip must not print a second ticket.
            if key == .escape { dialog = nil }
            guard isYes || isNo else { return [] }
            dialog = nil
            return [.cameOut(ticket, CameOutRequest(cameOut: isYes))]
        case .cancellingPrint(let ticket):
            dialog = nil
            return isYes ? [.cancelPrint(ticket)] : []
        case .reprinting(let ticket):
            guard case .character(let character) = key, let digit = character.wholeNumberValue,
                let reason = ReprintReason(rawValue: digit)
            else {
                if key == .escape || key == .character("q") { dialog = nil }
                return []
            }
            dialog = nil
            return [.reprint(ticket, ReprintRequest(reason: reason.recorded))]
        default: return []
        }
    }
}
