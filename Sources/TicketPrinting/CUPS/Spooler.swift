// What is asked of cupsd, each call on a connection of its own and bounded in time: cupsd may go and come at any moment.
internal import CCUPS
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// What was seen of a printer and of one print's job in one look.
package enum SpoolerSight: Hashable, Sendable {
    /// cupsd does not answer, in its words.
    case absent(String)
    /// - printer: nil: cupsd knows no such printer.
    /// - job: the job with the number asked for, else the one with the name; nil: cupsd has none.
    case seen(printer: PrinterReport?, job: JobReport?)
}

/// The printer's own account, asked past cupsd.
package enum PaperSight: Hashable, Sendable {
    /// It does not speak IPP, does not answer, or keeps no account.
    case unknown
    case counted(PaperCount)
}

package enum SubmitOutcome: Hashable, Sendable {
    case done(job: Int)
    /// cupsd said no: nothing will be printed.
    case refused(PrintHold, String)
    /// No answer came: it may have been taken or not.
    case unknown(String)
}

/// Blocking: call it on a `WorkerThread`.
struct Spooler: Sendable {
    let address: IPPAddress
    /// For so long cupsd may be silent.
    var patienceSeconds = 3.0
    /// For so long a printer may be silent when asked for its account.
    var printerPatienceSeconds = 2.0

    private static let jobAttributes = [
        "job-id", "job-name", "job-state", "job-state-reasons", "job-printer-state-message", "number-of-documents",
        "time-at-creation", "time-at-processing",
    ]
    private static let printerAttributes = [
        "printer-name", "printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs",
        "device-uri", "queued-job-count", "printer-up-time",
    ]

    static func uri(ofPrinter name: String) -> String { "ipp://localhost/printers/\(name)" }
    static func uri(ofJob number: Int) -> String { "ipp://localhost/jobs/\(number)" }

    /// - Throws: `TicketPrintError.unreachable`.
    func printers() throws(TicketPrintError) -> [PrinterReport] {
        let connection = try connect()
        let answer = try connection.ask(IPP_OP_CUPS_GET_PRINTERS, of: .server) {
            Spooler.request(Spooler.printerAttributes, in: $0)
        }
        return answer.groups.compactMap(PrinterReport.init)
    }

    /// - Parameters:
    ///   - job: the job's number; nil: it is looked for by its name.
    ///   - jobName: nil: no job is looked for.
    func look(printer: String, job: Int?, jobName: String?) -> SpoolerSight {
        do throws(TicketPrintError) {
            let connection = try connect()
            let answer = try connection.ask(
                IPP_OP_GET_PRINTER_ATTRIBUTES,
                of: .printer(Spooler.uri(ofPrinter: printer))
            ) {
                Spooler.request(Spooler.printerAttributes, in: $0)
            }
            if !answer.isSuccess, answer.status != Spooler.notFound { return .absent(answer.message) }
            let report = answer.groups.lazy.compactMap(PrinterReport.init).first
            var found: JobReport?
            if let job {
                let answer = try connection.ask(IPP_OP_GET_JOB_ATTRIBUTES, of: .job(Spooler.uri(ofJob: job))) {
                    Spooler.request(Spooler.jobAttributes, in: $0)
                }
                // Numbers start anew when cupsd lost its spool: the name must fit too.
                found = answer.groups.lazy.compactMap(JobReport.init).first { jobName == nil || $0.name == jobName }
            } else if let jobName {
                found = try jobs(on: connection, at: .printer("ipp://localhost/")).first { $0.name == jobName }
            }
            return .seen(printer: report, job: found)
        } catch {
            return .absent(error.message)
        }
    }

    /// Makes a job that waits for its document.
    /// - Parameter media: the paper's width and length in millimetres.
    func create(printer: String, jobName: String, media: (width: Double, length: Double)) -> SubmitOutcome {
        do throws(TicketPrintError) {
            let connection = try connect()
            let answer = try connection.ask(IPP_OP_CREATE_JOB, of: .printer(Spooler.uri(ofPrinter: printer))) {
                request in
                ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nil, jobName)
                ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", nil, Spooler.media(media))
                ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", nil, "none")
                ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", nil, "one-sided")
            }
            guard answer.isSuccess else { return .refused(Spooler.hold(answer.status), answer.message) }
            guard let number = answer.groups.lazy.compactMap({ $0.number("job-id") }).first else {
                return .unknown("cupsd named no job")
            }
            return .done(job: number)
        } catch {
            return .unknown(error.message)
        }
    }

    /// Sends the job's page; from then on it may be printed.
    func send(_ page: [UInt8], to job: Int) -> SubmitOutcome {
        let connection: IPPConnection
        do throws(TicketPrintError) {
            connection = try connect()
        } catch {
            // No connection: not a byte has left.
            return .refused(.spoolerAbsent, error.message)
        }
        do throws(TicketPrintError) {
            let answer = try connection.send(page, format: "application/pdf", to: .job(Spooler.uri(ofJob: job)))
            guard answer.isSuccess else { return .refused(Spooler.hold(answer.status), answer.message) }
            return .done(job: job)
        } catch {
            return .unknown(error.message)
        }
    }

    /// - Returns: nil when cupsd has taken the wish, else why not.
    func cancel(_ job: Int) -> String? {
        do throws(TicketPrintError) {
            let answer = try connect().ask(IPP_OP_CANCEL_JOB, of: .job(Spooler.uri(ofJob: job)))
            return answer.isSuccess ? nil : answer.message
        } catch {
            return error.message
        }
    }

    /// Asks the printer itself how often a job of this name came out.
    func paper(device: String, jobName: String) -> PaperSight {
        guard let printer = IPPAddress(deviceURI: device) else { return .unknown }
        do throws(TicketPrintError) {
            let connection = try IPPConnection(printer, silenceSeconds: printerPatienceSeconds)
            let count = PaperCount(try jobs(on: connection, at: .printer(device)), named: jobName)
            return .counted(count)
        } catch {
            return .unknown
        }
    }

    /// The printer's own state, which cupsd learns only while it prints; nil: it cannot be asked.
    /// - Throws: `TicketPrintError.unreachable` when it speaks IPP and does not answer.
    func device(_ uri: String) throws(TicketPrintError) -> PrinterReport? {
        guard let printer = IPPAddress(deviceURI: uri) else { return nil }
        let connection = try IPPConnection(printer, silenceSeconds: printerPatienceSeconds)
        let answer = try connection.ask(IPP_OP_GET_PRINTER_ATTRIBUTES, of: .printer(uri)) {
            Spooler.request(Spooler.printerAttributes, in: $0)
        }
        return answer.groups.lazy.compactMap(PrinterReport.init).first
    }

    // MARK: Pieces

    private static var notFound: Int { Int(IPP_STATUS_ERROR_NOT_FOUND.rawValue) }

    private func connect() throws(TicketPrintError) -> IPPConnection {
        try IPPConnection(address, silenceSeconds: patienceSeconds)
    }

    private func jobs(on connection: IPPConnection, at target: IPPTarget) throws(TicketPrintError) -> [JobReport] {
        var reports: [JobReport] = []
        // Two questions: 'all' is CUPS' own word, which printers do not know.
        for which in ["not-completed", "completed"] {
            let answer = try connection.ask(IPP_OP_GET_JOBS, of: target) { request in
                ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", nil, which)
                Spooler.request(Spooler.jobAttributes, in: request)
            }
            guard answer.isSuccess else {
                throw TicketPrintError(.unreachable, "the list of jobs is refused: \(answer.message)")
            }
            reports += answer.groups.compactMap(JobReport.init)
        }
        return reports
    }

    private static func request(_ names: [String], in request: OpaquePointer) {
        let copies = names.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        ippAddStrings(
            request,
            IPP_TAG_OPERATION,
            IPP_TAG_KEYWORD,
            "requested-attributes",
            Int32(names.count),
            nil,
            copies.map { UnsafePointer($0) }
        )
    }

    /// PWG 5101.1: a self-describing name of a size that is no standard one.
    private static func media(_ size: (width: Double, length: Double)) -> String {
        func text(_ value: Double) -> String {
            // A hair more: CUPS cuts what is left of a point off.
            let hundredths = String(Int((value * 100).rounded(.up)) + 2)
            return "\(hundredths.dropLast(2)).\(hundredths.suffix(2))"
        }
        return "custom_ticket_\(text(size.width))x\(text(size.length))mm"
    }

    /// What a refusal of cupsd means.
    private static func hold(_ status: Int) -> PrintHold {
        func isOneOf(_ codes: ipp_status_t...) -> Bool { codes.contains { Int($0.rawValue) == status } }
        if status == notFound { return .printerMissing }
        if isOneOf(IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS) { return .notAccepting }
        // 'Not possible' is how cupsd says that it has as many jobs as it may (MaxJobs).
        let isFull = isOneOf(
            IPP_STATUS_ERROR_TOO_MANY_JOBS,
            IPP_STATUS_ERROR_BUSY,
            IPP_STATUS_ERROR_TEMPORARY,
            IPP_STATUS_ERROR_REQUEST_ENTITY,
            IPP_STATUS_ERROR_INTERNAL,
            IPP_STATUS_ERROR_NOT_POSSIBLE
        )
        return isFull ? .spoolFull : .refused
    }
}
