// Brings tickets onto paper one at a time, and knows of each whether it came out; what becomes of each is PrintMachine's.
package import Foundation
package import Logging
package import ParkingCore
internal import ServiceLifecycle

package actor PrintQueue: Service {
    package enum Output: Sendable {
        /// A PDF file a ticket.
        case folder(PDFFolder)
        /// - name: CUPS' name of the printer.
        /// - server: cupsd's Unix socket or HOST[:PORT]; nil: as `CUPS_SERVER` or client.conf say.
        case printer(name: String, width: PaperWidth, server: String?)
    }

    package struct Settings: Sendable {
        package let city: City
        package let output: Output
        package let first: TicketLanguage
        /// A technician's trial: the paper says SPECIMEN.
        package var isSpecimen = false
        /// How often a print under way is looked at.
        package var pace = Duration.milliseconds(400)
        /// How often an idle printer is looked at.
        package var idlePace = Duration.seconds(1)
        /// After CUPS refused a job it is asked again.
        package var retrySeconds = 3.0

        package init(city: City, output: Output, first: TicketLanguage = .english) {
            self.city = city
            self.output = output
            self.first = first
        }
    }

    package private(set) var health: PrinterHealth
    let settings: Settings
    let ledger: any PrintLedger
    let now: @Sendable () -> Date
    let worker = WorkerThread(name: "printing")
    private let changed: @Sendable (TicketPrint) async -> Void
    private let reached: @Sendable (PrintStep) async -> Void
    private let logger: Logger
    private var isStopping = false
    private var sleeper: Task<Void, Never>?
    private var isBusy = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var notBefore = ContinuousClock.now

    /// - Parameters:
    ///   - now: the time that is kept with each change.
    ///   - changed: told after each change was kept.
    ///   - reached: called at each step, before anything else is done; tests cut the power there.
    package init(
        settings: Settings,
        ledger: any PrintLedger,
        now: @escaping @Sendable () -> Date,
        changed: @escaping @Sendable (TicketPrint) async -> Void = { _ in },
        reached: @escaping @Sendable (PrintStep) async -> Void = { _ in },
        logger: Logger
    ) {
        self.settings = settings
        self.ledger = ledger
        self.now = now
        self.changed = changed
        self.reached = reached
        self.logger = logger
        health =
            switch settings.output {
            case .folder(let folder): PrinterHealth(state: .folder, printer: folder.path, since: now())
            case .printer(let name, _, _): PrinterHealth(state: .absent, printer: name, since: now())
            }
    }

    /// Prints what is to be printed until told to stop; a job under way at CUPS goes on there.
    package func run() async {
        await withGracefulShutdownHandler {
            while !isStopping, !Task.isCancelled {
                var pace = settings.idlePace
                do {
                    if try await step() { pace = settings.pace }
                } catch {
                    logger.error("a print could not be kept", metadata: ["reason": "\(error)"])
                }
                guard !isStopping else { return }
                let sleeper = Task { _ = try? await Task.sleep(for: pace) }
                self.sleeper = sleeper
                await withTaskCancellationHandler {
                    await sleeper.value
                } onCancel: {
                    sleeper.cancel()
                }
            }
        } onGracefulShutdown: {
            Task { await self.stop() }
        }
    }

    private func stop() {
        isStopping = true
        sleeper?.cancel()
    }

    /// Looks at the queue at once.
    package func wake() { sleeper?.cancel() }

    /// Takes note of a ticket that was issued: into a folder it is printed before this returns.
    /// - Returns: how its print stands.
    package func take(_ ticket: UUIDv7) async throws -> TicketPrint {
        if case .folder = settings.output {
            _ = try await step()
        } else {
            health.waiting += 1
            wake()
        }
        return try await latest(ticket)
    }

    /// The latest print of a ticket.
    /// - Throws: `TicketPrintError.notNow` for a ticket that was never to be printed.
    func latest(_ ticket: UUIDv7) async throws -> TicketPrint {
        guard let print = try await ledger.prints(of: ticket).last else {
            throw TicketPrintError(.notNow, "there is no print of ticket \(ticket)")
        }
        return print
    }

    /// One thing at a time: an answer of the officer never meets a print half-way.
    func alone<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        if isBusy {
            await withCheckedContinuation { waiters.append($0) }
        }
        isBusy = true
        defer {
            if waiters.isEmpty { isBusy = false } else { waiters.removeFirst().resume() }
        }
        return try await body()
    }

    func keep(_ print: TicketPrint) async throws {
        try await ledger.keep(print, at: now())
        if print.state == .printed { health.printed += 1 }
        await changed(print)
    }

    func tell(_ print: TicketPrint) async { await changed(print) }

    // MARK: Steps

    /// Does what can be done now.
    /// - Returns: true while a print is under way, so that the next look should follow soon.
    func step() async throws -> Bool {
        try await alone {
            let open = try await ledger.openPrints()
            health.waiting = open.count { $0.state != .unclear }
            health.unclear = open.count { $0.state == .unclear }
            let active = open.filter { $0.state != .unclear && !($0.state == .held && $0.hold == .refused) }
            switch settings.output {
            case .folder(let folder):
                for print in active { try await self.print(print, into: folder) }
                health.waiting = 0
                return false
            case .printer(let name, let width, let server):
                let spooler = Spooler(address: server.map(IPPAddress.init(spooler:)) ?? .spooler)
                guard let print = active.first(where: { $0.job != nil || $0.state == .printing }) ?? active.first else {
                    await lookAround(spooler, name)
                    return false
                }
                try await advance(print, spooler, name, width)
                return true
            }
        }
    }

    private func print(_ print: TicketPrint, into folder: PDFFolder) async throws {
        guard print.job == nil else {
            // It was handed to a printer that is not in use any more.
            var next = print
            next.state = .unclear
            next.hold = .lostTrack
            next.detail = "it was sent to printer '\(print.printer)', which is not in use now"
            return try await keep(next)
        }
        guard let ticket = try await ledger.issuedTicket(print.ticket) else { return }
        let wasHeld = print.state == .held
        var next = print
        next.state = .printing
        if !wasHeld { try await keep(next) }
        let (city, first) = (settings.city, settings.first)
        let outcome = await worker.perform { () -> Result<String, any Error> in
            Result { try folder.print(ticket, city: city, copy: print.copy, first: first).path }
        }
        switch outcome {
        case .success(let path):
            next.state = .printed
            next.hold = nil
            next.mayBeOut = true
            next.detail = path
            health.enter(.folder, nil, detail: "", at: now())
        case .failure(let error):
            next.state = .held
            next.hold = .folder
            next.detail = "\(error)"
            health.enter(.held, .folder, detail: "\(error)", at: now())
            if next == print { return }
            logger.error("a ticket is held", metadata: ["reason": "\(error)"])
        }
        try await keep(next)
    }

    /// How the printer is while nothing is to be printed.
    private func lookAround(_ spooler: Spooler, _ name: String) async {
        let sight = await worker.perform { () -> (SpoolerSight, Result<PrinterReport?, TicketPrintError>) in
            let sight = spooler.look(printer: name, job: nil, jobName: nil)
            guard case .seen(let printer?, _) = sight else { return (sight, .success(nil)) }
            return (sight, Result { () throws(TicketPrintError) in try spooler.device(printer.device) })
        }
        note(sight.0, device: sight.1)
    }

    private func note(_ sight: SpoolerSight, device: Result<PrinterReport?, TicketPrintError>? = nil) {
        switch sight {
        case .absent(let words): health.enter(.absent, .spoolerAbsent, detail: words, at: now())
        case .seen(nil, _): health.enter(.absent, .printerMissing, detail: "", at: now())
        case .seen(let printer?, _):
            switch device {
            case .failure(let error): health.enter(.held, .offLine, detail: error.message, at: now())
            case .success(let own?):
                // The printer itself knows better than CUPS, which may remember what was.
                let hold = own.hold ?? (printer.state == .stopped ? .paused : printer.isAccepting ? nil : .notAccepting)
                health.enter(hold == nil ? .ready : .held, hold, detail: own.message, at: now())
            case .success(nil), nil:
                let idle: PrinterHealth.State = printer.state == .processing ? .printing : .ready
                health.enter(printer.hold == nil ? idle : .held, printer.hold, detail: printer.message, at: now())
            }
        }
    }

    private func advance(_ print: TicketPrint, _ spooler: Spooler, _ name: String, _ width: PaperWidth) async throws {
        let asked = print.job == nil ? name : print.printer
        let sight = await worker.perform {
            spooler.look(printer: asked, job: print.job, jobName: print.jobName)
        }
        note(sight)
        if case .seen(_, let job?) = sight, job.state == .completed { await reached(.completed) }
        var move = PrintMachine.move(print, printer: name, sight: sight)
        if move == .askPrinter {
            let device = if case .seen(let printer?, _) = sight { printer.device } else { "" }
            let paper = await worker.perform { spooler.paper(device: device, jobName: print.jobName) }
            move = PrintMachine.move(print, printer: name, sight: sight, paper: paper)
        }
        switch move {
        case .wait, .askPrinter: return
        case .keep(let next): try await take(next, after: print)
        case .discard(let job, let next):
            let problem = await worker.perform { spooler.cancel(job) }
            if let problem { logger.warning("a job could not be cancelled", metadata: ["reason": "\(problem)"]) }
            try await take(next, after: print)
        case .submit(let next):
            guard ContinuousClock.now >= notBefore else { return }
            try await submit(next, spooler, width)
        }
    }

    private func take(_ next: TicketPrint, after print: TicketPrint) async throws {
        if let hold = next.hold, hold != print.hold {
            logger.warning("a ticket is held", metadata: ["reason": "\(hold.words.en)", "detail": "\(next.detail)"])
        }
        if next.hold == .noAnswer { health.enter(.held, .noAnswer, detail: next.detail, at: now()) }
        try await keep(next)
        if next.begun != nil, print.begun == nil { await reached(.begun) }
        if next.state.isFinal || next.state == .unclear { await reached(.ended) }
    }

    /// Hands the page to CUPS, and keeps at each step what the next start has to know.
    private func submit(_ print: TicketPrint, _ spooler: Spooler, _ width: PaperWidth) async throws {
        guard let ticket = try await ledger.issuedTicket(print.ticket) else { return }
        var next = print
        let page: TicketPage.Printable
        do throws(TicketPrintError) {
            page = try TicketPage(
                ticket: ticket,
                city: settings.city,
                copy: print.copy,
                first: settings.first,
                paper: width,
                isSpecimen: settings.isSpecimen
            ).printable()
        } catch {
            return try await hold(&next, .fault, error.message)
        }
        try await keep(next)
        await reached(.kept)
        let (printer, jobName) = (print.printer, print.jobName)
        let media = (width: width.millimetres, length: page.lengthMillimetres)
        let made = await worker.perform { spooler.create(printer: printer, jobName: jobName, media: media) }
        await reached(.created)
        switch made {
        // Whether there is a job shows at the next look, by its name; it has no page.
        case .unknown: return
        case .refused(let hold, let words): return try await self.hold(&next, hold, words)
        case .done(let job):
            next.job = job
            next.mayBeOut = true
            try await keep(next)
            await reached(.numbered)
            let bytes = page.pdf
            let sent = await worker.perform { spooler.send(bytes, to: job) }
            await reached(.sent)
            guard case .refused(let hold, let words) = sent else { return }
            _ = await worker.perform { spooler.cancel(job) }
            next.job = nil
            next.mayBeOut = false
            try await self.hold(&next, hold, words)
        }
    }

    private func hold(_ print: inout TicketPrint, _ hold: PrintHold, _ words: String) async throws {
        notBefore = .now + .seconds(settings.retrySeconds)
        print.state = .held
        print.hold = hold
        print.detail = words
        logger.warning("a ticket is held", metadata: ["reason": "\(hold.words.en)", "detail": "\(words)"])
        health.enter(.held, hold, detail: words, at: now())
        try await keep(print)
    }
}
