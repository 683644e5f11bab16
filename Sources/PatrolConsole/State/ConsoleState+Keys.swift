// What each key does. One hand suffices: letters of the left half, digits and the arrows.
internal import ParkingCore
internal import PatrolAPI

/// Why an officer rejects an alert: chosen by digit, recorded in English whatever the console's language.
package enum RejectReason: Int, CaseIterable, Sendable {
    case permitDisplayed = 1, wrongPlate, loading, discretion, other

    /// What is recorded.
    var recorded: String {
        switch self {
        case .permitDisplayed: "permit displayed"
        case .wrongPlate: "wrong plate"
        case .loading: "loading"
        case .discretion: "officer's discretion"
        case .other: "other"
        }
    }

    var phrase: Phrase {
        switch self {
        case .permitDisplayed: .rejectPermit
        case .wrongPlate: .rejectPlate
        case .loading: .rejectLoading
        case .discretion: .rejectDiscretion
        case .other: .rejectOther
        }
    }
}

extension ConsoleState {
    /// Longest typed reason.
    static let reasonCharacters = 120

    mutating func press(_ key: Key) -> [ConsoleCommand] {
        notice = nil
        switch dialog {
        case nil: return pressOnMain(key)
        case .help, .viewing, .comparing: dialog = nil
        case .due(let first): pressOnDue(key, first)
        case .quitting: return pressOnQuit(key)
        case .rejecting(let id): return pressOnReject(key, id)
        case .typingReason(let id, let text): return pressOnReason(key, id, text)
        case .typingPlate(let id, let text, _): return pressOnPlate(key, id, text)
        case .reprinting, .askingCameOut, .cancellingPrint: return pressOnPrint(key)
        case .voiding(let ticket): return pressOnVoid(key, ticket)
        case .signingIn(let form): return pressOnSignIn(key, form)
        case .viewingShift(_, let isOver): return pressOnShift(key, isOver: isOver)
        case .endingShift: return pressOnEnding(key)
        }
        return []
    }

    private mutating func pressOnMain(_ key: Key) -> [ConsoleCommand] {
        switch key {
        case .up, .character("k"): move(by: -1)
        case .down, .character("j"): move(by: 1)
        case .character("a"): return accept()
        case .character("r"): if let alert = decidable() { dialog = .rejecting(alert.id) }
        case .character("e"), .enter: if let alert = decidable() { dialog = .typingPlate(alert.id, "", problem: nil) }
        case .character("b"):
            bell.toggle()
            tell((bell ? Phrase.bellOn : .bellOff).text(language), .plain)
        case .character("l"): language = language.other
        case .character("?"), .character("h"): dialog = .help
        case .character("d"): dialog = .due(from: 0)
        case .character("f"): return compare()
        case .character("v"): if let alert = selectedAlert { dialog = .viewing(alert.id) }
        case .character("p"): askOfPrint()
        case .character("x"): askForVoid()
        case .character("s"): return askOfShift()
        case .character("q"): dialog = .quitting
        default: break
        }
        return []
    }

    private mutating func pressOnDue(_ key: Key, _ first: Int) {
        switch key {
        case .up, .character("k"): dialog = .due(from: max(0, first - 1))
        case .down, .character("j"): dialog = .due(from: min(max(0, due.count - 1), first + 1))
        default: dialog = nil
        }
    }

    /// Shows the selected alert's photos, and asks for those that are not there.
    private mutating func compare() -> [ConsoleCommand] {
        guard let alert = selectedAlert else {
            tell(Phrase.nothingWaits.text(language), .plain)
            return []
        }
        dialog = .comparing(alert.id)
        let wanted = [alert.closeUp, alert.context, alert.firstPass?.closeUp, alert.firstPass?.context].compactMap {
            $0
        }
        let missing = wanted.filter { name in !pictures.contains { $0.sha256 == name && $0.image != nil } }
        pictures.removeAll { missing.contains($0.sha256) }
        pictures += missing.map { ($0, nil) }
        if pictures.count > Self.picturesKept { pictures.removeFirst(pictures.count - Self.picturesKept) }
        return missing.map { .fetch(photo: $0) }
    }

    private mutating func move(by step: Int) {
        guard let index = selectedIndex else { return }
        selected = alerts[max(0, min(alerts.count - 1, index + step))].id
        selectionMoved = now - Self.settling
    }

    /// The selected alert, if a decision on it can be taken now; else says why not.
    private mutating func decidable() -> AlertSummary? {
        guard let alert = selectedAlert else {
            tell(Phrase.nothingWaits.text(language), .plain)
            return nil
        }
        guard isOnline else {
            tell(Phrase.notSent.text(language), .bad)
            return nil
        }
        guard deciding[alert.id] == nil else { return nil }
        guard now - selectionMoved >= Self.settling else {
            tell(Phrase.lookFirst.text(language, alert.plate), .warn)
            return nil
        }
        return alert
    }

    private mutating func accept() -> [ConsoleCommand] {
        guard let alert = decidable() else { return [] }
        guard alert.kind != .secondLook else {
            dialog = .typingPlate(alert.id, "", problem: nil)
            return []
        }
        deciding[alert.id] = alert.plate
        return [.accept(alert.id, AcceptRequest(confirmedPlate: nil))]
    }

    private mutating func pressOnQuit(_ key: Key) -> [ConsoleCommand] {
        dialog = nil
        return switch key {
        case .character("y"), .character("o"), .character("q"), .enter: [.quit]
        default: []
        }
    }

    private mutating func pressOnReject(_ key: Key, _ id: UUIDv7) -> [ConsoleCommand] {
        guard case .character(let character) = key, let digit = character.wholeNumberValue,
            let reason = RejectReason(rawValue: digit)
        else {
            if key == .escape || key == .character("q") { dialog = nil }
            return []
        }
        guard reason != .other else {
            dialog = .typingReason(id, "")
            return []
        }
        return reject(id, reason.recorded)
    }

    private mutating func pressOnReason(_ key: Key, _ id: UUIDv7, _ text: String) -> [ConsoleCommand] {
        switch key {
        case .escape: dialog = nil
        case .backspace: dialog = .typingReason(id, String(text.dropLast()))
        case .character(let character):
            if text.count < Self.reasonCharacters { dialog = .typingReason(id, text + String(character)) }
        case .enter:
            let words = text.split(separator: " ").joined(separator: " ")
            if !words.isEmpty { return reject(id, "\(RejectReason.other.recorded): \(words)") }
        case .up, .down: break
        }
        return []
    }

    private mutating func reject(_ id: UUIDv7, _ reason: String) -> [ConsoleCommand] {
        dialog = nil
        guard isOnline else {
            tell(Phrase.notSent.text(language), .bad)
            return []
        }
        deciding[id] = selectedAlert?.plate ?? ""
        return [.reject(id, RejectRequest(reason: reason))]
    }

    private mutating func pressOnPlate(_ key: Key, _ id: UUIDv7, _ text: String) -> [ConsoleCommand] {
        switch key {
        case .escape: dialog = nil
        case .backspace: dialog = .typingPlate(id, String(text.dropLast()), problem: nil)
        case .character(let character):
            guard text.count < Plate.maximumLength else { break }
            // Letters as plates show them; anything else stays as typed and is refused with a sentence on Enter.
            dialog = .typingPlate(id, text + String(character).uppercased(), problem: nil)
        case .enter: return confirm(id, text)
        case .up, .down: break
        }
        return []
    }

    private mutating func confirm(_ id: UUIDv7, _ text: String) -> [ConsoleCommand] {
        guard let plate = try? Plate(text) else {
            dialog = .typingPlate(id, text, problem: Phrase.plateRefused.text(language))
            return []
        }
        dialog = nil
        guard isOnline else {
            tell(Phrase.notSent.text(language), .bad)
            return []
        }
        deciding[id] = selectedAlert?.plate ?? ""
        return [.accept(id, AcceptRequest(confirmedPlate: plate.text))]
    }
}
