// What the daemon tells, taken into the state.
internal import ParkingCore
internal import PatrolAPI

extension ConsoleState {
    mutating func take(_ snapshot: Snapshot) -> [ConsoleCommand] {
        let known = Set(alerts.map(\.id))
        link = .online
        let wasNeeded = status?.shift?.isSignInNeeded == true
        status = snapshot.status
        askForSignIn(wasNeeded: wasNeeded)
        reads = Array(snapshot.reads.sorted(by: Self.newerRead).prefix(Self.readsKept))
        tickets = Array(snapshot.tickets.sorted(by: Self.newerTicket).prefix(Self.ticketsKept))
        alerts = snapshot.alerts.sorted(by: Self.olderAlert)
        contradictions = 0
        // Decisions under way on a connection that was cut will not be answered.
        deciding = deciding.filter { entry in alerts.contains { $0.id == entry.key } }
        settleSelection(formerIndex: 0)
        return rings(alerts.contains { !known.contains($0.id) })
    }

    mutating func take(_ event: PatrolEvent) -> [ConsoleCommand] {
        switch event {
        case .read(let read):
            reads.removeAll { $0.id == read.id }
            let place = reads.firstIndex { Self.newerRead(read, $0) } ?? reads.endIndex
            reads.insert(read, at: place)
            if reads.count > Self.readsKept { reads.removeLast(reads.count - Self.readsKept) }
        case .alert(let alert):
            let isNew = !alerts.contains { $0.id == alert.id }
            alerts.removeAll { $0.id == alert.id }
            let place = alerts.firstIndex { Self.olderAlert(alert, $0) } ?? alerts.endIndex
            alerts.insert(alert, at: place)
            settleSelection(formerIndex: 0)
            return rings(isNew)
        case .decided(let id): remove(id)
        case .ticket(let ticket): keep(ticket)
        case .status(let status): return take(status)
        }
        return []
    }

    /// Events can be lost between a daemon in a hurry and a slow link; the count of waiting alerts shows it.
    private mutating func take(_ status: PatrolStatus) -> [ConsoleCommand] {
        let wasNeeded = self.status?.shift?.isSignInNeeded == true
        self.status = status
        askForSignIn(wasNeeded: wasNeeded)
        contradictions = status.alertsWaiting == alerts.count ? 0 : contradictions + 1
        guard isOnline, contradictions >= Self.contradictionsBorne else { return [] }
        contradictions = 0
        return [.reload]
    }

    mutating func lose(_ error: ConsoleError) {
        // The first moment without an answer counts, the latest reason is shown.
        if case .lost(let since, _) = link {
            link = .lost(since: since, error)
        } else {
            link = .lost(since: now, error)
        }
        deciding = [:]
    }

    mutating func take(_ answer: Result<DecisionAnswer, ConsoleError>, for id: UUIDv7) -> [ConsoleCommand] {
        let plate = deciding.removeValue(forKey: id) ?? alerts.first { $0.id == id }?.plate
        switch answer {
        case .success(let answer):
            remove(id)
            if let ticket = answer.ticket {
                keep(ticket)
                tell(Phrase.ticketIssued.text(language, ticket.number.text, ticket.plate), .good)
            } else {
                tell(Phrase.decisionKept.text(language, plate ?? ""), .good)
            }
            return []
        case .failure(let error):
            tell(Phrase.decisionFailed.text(language, plate ?? "", error.sentence(in: language)), .bad)
            // Someone else may have decided meanwhile, or the answer was lost on its way: ask how things stand.
            return [.reload]
        }
    }

    mutating func take(_ answer: Result<TicketSummary, ConsoleError>, of number: TicketNumber) -> [ConsoleCommand] {
        switch answer {
        case .success(let ticket):
            keep(ticket)
            return []
        case .failure(let error):
            tell(Phrase.printRefused.text(language, number.text, error.sentence(in: language)), .bad)
            return [.reload]
        }
    }

    private mutating func keep(_ ticket: TicketSummary) {
        tickets.removeAll { $0.id == ticket.id }
        let place = tickets.firstIndex { Self.newerTicket(ticket, $0) } ?? tickets.endIndex
        tickets.insert(ticket, at: place)
        if tickets.count > Self.ticketsKept { tickets.removeLast(tickets.count - Self.ticketsKept) }
    }

    private mutating func remove(_ id: UUIDv7) {
        guard let index = alerts.firstIndex(where: { $0.id == id }) else { return }
        let plate = alerts[index].plate
        let wasDeciding = deciding[id] != nil
        alerts.remove(at: index)
        if dialog?.alert == id, !wasDeciding {
            dialog = nil
            tell(Phrase.waitsNoLonger.text(language, plate), .warn)
        }
        settleSelection(formerIndex: index)
    }

    /// Keeps the selection on its alert; if that is gone, on what now stands in its place.
    private mutating func settleSelection(formerIndex: Int) {
        if let selected, alerts.contains(where: { $0.id == selected }) { return }
        let former = selected
        selected = alerts.isEmpty ? nil : alerts[min(formerIndex, alerts.count - 1)].id
        if former != nil || selected != nil { selectionMoved = now }
        if let alert = dialog?.alert, !alerts.contains(where: { $0.id == alert }) { dialog = nil }
    }

    private func rings(_ isNew: Bool) -> [ConsoleCommand] { isNew && bell ? [.ring] : [] }

    private static func newerRead(_ a: ReadSummary, _ b: ReadSummary) -> Bool { (a.time, a.id) > (b.time, b.id) }
    private static func newerTicket(_ a: TicketSummary, _ b: TicketSummary) -> Bool {
        (a.issuedAt, a.number) > (b.issuedAt, b.number)
    }
    private static func olderAlert(_ a: AlertSummary, _ b: AlertSummary) -> Bool { (a.time, a.id) < (b.time, b.id) }
}

extension ConsoleState.Dialog {
    /// The alert that the dialog is about.
    var alert: UUIDv7? {
        switch self {
        case .rejecting(let id), .typingReason(let id, _), .typingPlate(let id, _, _), .viewing(let id),
            .comparing(let id):
            id
        case .quitting, .help, .due, .reprinting, .askingCameOut, .cancellingPrint, .voiding, .signingIn, .viewingShift,
            .endingShift:
            nil
        }
    }
}
