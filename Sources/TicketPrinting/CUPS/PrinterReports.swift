// What CUPS says of a printer and of a job, and what that means: pure functions of the answer.
package import ParkingCore

/// A printer as cupsd (or the printer itself) describes it.
package struct PrinterReport: Hashable, Sendable {
    /// RFC 8011, 5.4.11.
    package enum State: Int, Sendable { case idle = 3, processing, stopped }

    package let name: String
    package let state: State
    /// RFC 8011, 5.4.12, and CUPS' own; with their suffixes -warning, -error, -report.
    package let reasons: [String]
    package let message: String
    package let isAccepting: Bool
    /// Where CUPS sends to, such as "usb://..." or "ipp://..."; empty: not told.
    package let device: String
    package let queuedJobs: Int
    /// Seconds since 1970 on the server's clock; nil: not told.
    package let now: Int?

    package init(
        name: String,
        state: State,
        reasons: [String] = [],
        message: String = "",
        isAccepting: Bool = true,
        device: String = "",
        queuedJobs: Int = 0,
        now: Int? = nil
    ) {
        self.name = name
        self.state = state
        self.reasons = reasons.filter { $0 != "none" }
        self.message = message
        self.isAccepting = isAccepting
        self.device = device
        self.queuedJobs = queuedJobs
        self.now = now
    }

    /// Nil where the group describes no printer.
    init?(_ group: [String: [IPPValue]]) {
        guard let state = group.number("printer-state").flatMap(State.init) else { return nil }
        self.init(
            name: group.text("printer-name") ?? "",
            state: state,
            reasons: group.texts("printer-state-reasons"),
            message: group.text("printer-state-message") ?? "",
            isAccepting: group.flag("printer-is-accepting-jobs") ?? true,
            device: group.text("device-uri") ?? "",
            queuedJobs: group.number("queued-job-count") ?? 0,
            now: group.number("printer-up-time")
        )
    }

    /// What stands in the way of printing; nil: nothing.
    ///
    /// CUPS 2.4 hands paper out and an open cover on as warnings while the printer stays 'processing', and tells a
    /// printer that is off by its message alone; so all three are looked at, whatever the state says.
    package var hold: PrintHold? {
        let known: [(PrintHold, [String])] = [
            (.coverOpen, ["cover-open", "door-open", "interlock-open"]),
            (.jam, ["media-jam"]),
            (.paperOut, ["media-empty", "media-needed", "input-tray-missing", "marker-supply-empty"]),
            (.offLine, ["offline", "shutdown", "connecting-to-device", "timed-out", "deactivated"]),
            (.spoolFull, ["spool-area-full"]),
        ]
        for (hold, words) in known where reasons.contains(where: { reason in words.contains { reason.hasPrefix($0) } })
        {
            return hold
        }
        let said = message.lowercased()
        let offLine = [
            "may not exist", "unavailable", "not responding", "unable to locate", "unable to connect", "turned off",
            "no route", "unreachable", "waiting for printer to become available", "off-line", "offline",
        ]
        if offLine.contains(where: said.contains) { return .offLine }
        if reasons.contains(where: { $0.hasPrefix("paused") || $0.hasPrefix("stopped") }) || state == .stopped {
            return .paused
        }
        if !isAccepting { return .notAccepting }
        return reasons.contains { $0.hasSuffix("-error") } ? .fault : nil
    }
}

/// A job as cupsd (or the printer itself) describes it.
package struct JobReport: Hashable, Sendable {
    /// RFC 8011, 5.3.7.
    package enum State: Int, Sendable { case pending = 3, held, processing, stopped, cancelled, aborted, completed }

    package let number: Int
    package let name: String
    package let state: State
    package let reasons: [String]
    /// What the backend said last.
    package let message: String
    /// Documents that CUPS has of it; nil: not told.
    package let documents: Int?
    /// When it was made and when work on it began (for the last time), seconds since 1970 on CUPS' clock.
    package let created: Int?
    package let begun: Int?

    package init(
        number: Int,
        name: String,
        state: State,
        reasons: [String] = [],
        message: String = "",
        documents: Int? = 1,
        created: Int? = nil,
        begun: Int? = nil
    ) {
        self.number = number
        self.name = name
        self.state = state
        self.reasons = reasons.filter { $0 != "none" }
        self.message = message
        self.documents = documents
        self.created = created
        self.begun = begun
    }

    init?(_ group: [String: [IPPValue]]) {
        guard let number = group.number("job-id"), let state = group.number("job-state").flatMap(State.init) else {
            return nil
        }
        self.init(
            number: number,
            name: group.text("job-name") ?? "",
            state: state,
            reasons: group.texts("job-state-reasons"),
            message: group.text("job-printer-state-message") ?? "",
            documents: group.number("number-of-documents"),
            created: group.number("time-at-creation").flatMap { $0 > 0 ? $0 : nil },
            begun: group.number("time-at-processing").flatMap { $0 > 0 ? $0 : nil }
        )
    }

    package var isOver: Bool { state == .cancelled || state == .aborted || state == .completed }

    /// No document arrived: nothing can have been printed.
    package var isEmpty: Bool { documents == 0 }

    /// The printer did not take the page at all.
    ///
    /// CUPS 2.4.2 calls a job 'completed', with a success' own reasons, though the printer refused its format: only
    /// the message differs.
    package var wasRefused: Bool {
        let said = message.lowercased()
        let refusals = [
            "not accepted", "not supported", "unsupported", "document-format", "print file was not", "job was rejected",
            "no suitable filter", "filter failed", "unable to print", "stopping job",
        ]
        return refusals.contains(where: said.contains)
            || reasons.contains {
                $0.hasPrefix("document-format") || $0.hasPrefix("document-unprintable")
                    || $0.hasPrefix("unsupported-document") || $0 == "cups-filter-crashed"
            }
    }
}

/// What the printer itself says about jobs of one name.
package struct PaperCount: Hashable, Sendable {
    /// Jobs that it ended well: so many times the paper came out.
    package let completed: Int
    /// Jobs that it still works on.
    package let underWay: Int
    /// Jobs that it cancelled or aborted: paper may have come out in part.
    package let broken: Int

    package init(completed: Int, underWay: Int = 0, broken: Int = 0) {
        self.completed = completed
        self.underWay = underWay
        self.broken = broken
    }

    init(_ jobs: [JobReport], named name: String) {
        let own = jobs.filter { $0.name == name }
        completed = own.count { $0.state == .completed }
        broken = own.count { $0.state == .aborted || $0.state == .cancelled }
        underWay = own.count - completed - broken
    }
}

extension [String: [IPPValue]] {
    func number(_ name: String) -> Int? { if case .number(let value)? = self[name]?.first { value } else { nil } }
    func flag(_ name: String) -> Bool? { if case .flag(let value)? = self[name]?.first { value } else { nil } }
    func text(_ name: String) -> String? { texts(name).first }
    func texts(_ name: String) -> [String] {
        (self[name] ?? []).compactMap { if case .text(let value) = $0 { value } else { nil } }
    }
}
