// What the officer asks of a print: again, given up, or the answer whether the paper came out.
internal import Foundation
package import ParkingCore

extension PrintQueue {
    /// Prints a ticket once more, marked COPY where paper may have come out before.
    /// - Throws: `TicketPrintError.notNow` while it is still being printed or asked about, or for an empty reason.
    @discardableResult
    package func reprint(_ ticket: UUIDv7, reason: String) async throws -> TicketPrint {
        let reason = WrittenText.tidied(reason)
        guard WrittenText.isFit(reason, longest: WrittenText.longestReason) else {
            throw TicketPrintError(.notNow, "a reprint needs a reason of 1 to 200 characters")
        }
        try await alone {
            var last = try await latest(ticket)
            if last.state == .unclear {
                throw TicketPrintError(.notNow, "say first whether ticket \(last.number) came out")
            }
            if last.state == .held, last.job == nil {
                last.state = .cancelled
                try await keep(last)
            }
            guard last.state.isFinal else {
                throw TicketPrintError(.notNow, "ticket \(last.number) is still being printed; cancel it first")
            }
            try await add(after: last, reason: reason)
        }
        return try await take(ticket)
    }

    /// Settles what nobody else can know. 'No' prints the ticket again, marked COPY, since it may be out all the same.
    /// - Parameter printsAgain: false for a ticket that counts no longer: 'no' then ends the matter.
    /// - Throws: `TicketPrintError.notNow` when the ticket is not asked about.
    @discardableResult
    package func answer(_ ticket: UUIDv7, cameOut: Bool, printsAgain: Bool = true) async throws -> TicketPrint {
        try await alone {
            var last = try await latest(ticket)
            guard last.state == .unclear else {
                throw TicketPrintError(
                    .notNow,
                    "ticket \(last.number) is not asked about; it is \(last.state.rawValue)"
                )
            }
            last.state = cameOut ? .printed : .cancelled
            last.hold = nil
            last.detail = cameOut ? "seen by the officer" : "it did not come out, says the officer"
            try await keep(last)
            if !cameOut, printsAgain { try await add(after: last, reason: "it did not come out") }
        }
        return try await take(ticket)
    }

    /// Gives a print up.
    /// - Throws: `TicketPrintError.notNow` when it is over already, or CUPS cannot be told.
    @discardableResult
    package func cancel(_ ticket: UUIDv7) async throws -> TicketPrint {
        try await alone {
            var last = try await latest(ticket)
            guard !last.state.isFinal, last.state != .unclear else {
                throw TicketPrintError(.notNow, "ticket \(last.number) is \(last.state.rawValue); nothing is to cancel")
            }
            if let job = last.job, case .printer(_, _, let server) = settings.output {
                let spooler = Spooler(address: server.map(IPPAddress.init(spooler:)) ?? .spooler)
                let (printer, name) = (last.printer, last.jobName)
                let (sight, problem) = await worker.perform {
                    (spooler.look(printer: printer, job: job, jobName: name), spooler.cancel(job))
                }
                guard case .seen(_, let report) = sight else {
                    throw TicketPrintError(.notNow, "CUPS does not answer, so that the job cannot be cancelled there")
                }
                if let problem, report.map({ !$0.isOver }) == true {
                    throw TicketPrintError(.notNow, "CUPS does not cancel the job: \(problem)")
                }
                last.mayBeOut = last.begun != nil || report?.begun != nil || report == nil
            }
            last.state = .cancelled
            last.hold = nil
            last.detail = "cancelled by the officer"
            try await keep(last)
        }
        wake()
        return try await latest(ticket)
    }

    private func add(after last: TicketPrint, reason: String) async throws {
        let earlier = try await ledger.prints(of: last.ticket)
        let next = TicketPrint(
            ticket: last.ticket,
            number: last.number,
            attempt: last.attempt + 1,
            copy: earlier.count { $0.mayBeOut },
            reason: reason
        )
        try await ledger.add(next, at: now())
        await tell(next)
    }
}
