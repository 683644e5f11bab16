// Signing in, the shift's report, and making a ticket void.
internal import ParkingCore
internal import PatrolAPI

/// Why a ticket is made void: chosen by digit, recorded in English whatever the console's language.
package enum VoidReason: Int, CaseIterable, Sendable {
    case wrongPlate = 1, wrongInfraction, permitShown, twice

    /// What is recorded.
    var recorded: String {
        switch self {
        case .wrongPlate: "wrong plate"
        case .wrongInfraction: "wrong infraction"
        case .permitShown: "permit or payment shown"
        case .twice: "issued twice"
        }
    }

    var phrase: Phrase {
        switch self {
        case .wrongPlate: .voidPlate
        case .wrongInfraction: .voidInfraction
        case .permitShown: .voidPermit
        case .twice: .voidTwice
        }
    }
}

/// What an officer has typed of badge and PIN.
package struct SignInForm: Hashable, Sendable {
    var badge = ""
    var pin = ""
    /// The second field has the cursor.
    var isOnPIN = false
    /// Sent, not answered yet.
    var isSent = false
    var problem: String?

    /// Longest of each.
    static let characters = 16
}

extension ConsoleState {
    /// Where an officer must sign in, the question stands by itself until it was put away.
    mutating func askForSignIn(wasNeeded: Bool) {
        let isNeeded = status?.shift?.isSignInNeeded == true
        if isNeeded, !wasNeeded, dialog == nil { dialog = .signingIn(SignInForm()) }
        if !isNeeded, case .signingIn = dialog { dialog = nil }
    }

    mutating func pressOnSignIn(_ key: Key, _ form: SignInForm) -> [ConsoleCommand] {
        var form = form
        guard !form.isSent || key == .escape else { return [] }
        switch key {
        case .escape:
            dialog = nil
            return []
        case .up: form.isOnPIN = false
        case .down: form.isOnPIN = true
        case .backspace:
            if form.isOnPIN {
                form.pin = String(form.pin.dropLast())
            } else {
                form.badge = String(form.badge.dropLast())
            }
        case .character(let character):
            form.problem = nil
            if form.isOnPIN, form.pin.count < SignInForm.characters { form.pin.append(character) }
            if !form.isOnPIN, form.badge.count < SignInForm.characters { form.badge.append(character) }
        case .enter:
            guard form.isOnPIN else {
                form.isOnPIN = true
                break
            }
            guard let badge = try? OfficerID(form.badge), !form.pin.isEmpty, isOnline else {
                form.problem = Phrase.signInIncomplete.text(language)
                break
            }
            let request = SignInRequest(badge: badge, pin: form.pin)
            form.isSent = true
            dialog = .signingIn(form)
            return [.signIn(request)]
        }
        dialog = .signingIn(form)
        return []
    }

    mutating func take(signIn answer: Result<ShiftState, ConsoleError>) -> [ConsoleCommand] {
        switch answer {
        case .success(let shift):
            if case .signingIn = dialog { dialog = nil }
            tell(Phrase.signedIn.text(language, shift.officer?.text ?? ""), .good)
            return [.reload]
        case .failure(let error):
            guard case .signingIn(var form) = dialog else { return [] }
            form.isSent = false
            form.pin = ""
            form.problem = error.sentence(in: language)
            dialog = .signingIn(form)
            return []
        }
    }

    /// 's': the shift's report, or the question for badge and PIN.
    mutating func askOfShift() -> [ConsoleCommand] {
        guard isOnline else {
            tell(Phrase.notSent.text(language), .bad)
            return []
        }
        guard let shift = status?.shift else {
            tell(Phrase.noSignIn.text(language), .plain)
            return []
        }
        if shift.isSignInNeeded {
            dialog = .signingIn(SignInForm())
            return []
        }
        return [.askShift]
    }

    mutating func take(shift answer: Result<ShiftReport, ConsoleError>, isOver: Bool) -> [ConsoleCommand] {
        switch answer {
        case .success(let report): dialog = .viewingShift(report, isOver: isOver)
        case .failure(let error): tell(error.sentence(in: language), .bad)
        }
        return isOver ? [.reload] : []
    }

    mutating func pressOnShift(_ key: Key, isOver: Bool) -> [ConsoleCommand] {
        // Two keys, so that a slip does not end a shift.
        if key == .character("x"), !isOver {
            dialog = .endingShift
        } else {
            dialog = nil
            askForSignIn(wasNeeded: false)
        }
        return []
    }

    mutating func pressOnEnding(_ key: Key) -> [ConsoleCommand] {
        dialog = nil
        return key == .character("y") || key == .character("o") ? [.signOut] : []
    }

    // MARK: Void

    mutating func askForVoid() {
        guard let ticket = ticketInHand else { return tell(Phrase.noTicket.text(language), .plain) }
        guard isOnline else { return tell(Phrase.notSent.text(language), .bad) }
        guard ticket.voided == nil else { return tell(Phrase.alreadyVoid.text(language, ticket.number.text), .plain) }
        dialog = .voiding(ticket)
    }

    mutating func pressOnVoid(_ key: Key, _ ticket: TicketSummary) -> [ConsoleCommand] {
        guard case .character(let character) = key, let digit = character.wholeNumberValue,
            let reason = VoidReason(rawValue: digit)
        else {
            if key == .escape || key == .character("q") { dialog = nil }
            return []
        }
        dialog = nil
        return [.void(ticket, VoidRequest(reason: reason.recorded))]
    }
}
