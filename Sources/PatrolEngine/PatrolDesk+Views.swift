// What the console asks for: the state as it is kept, in PatrolAPI's words.
internal import Evidence
internal import Foundation
internal import Logging
internal import ParkingCore
package import PatrolAPI
internal import PatrolStore
internal import SyncProtocol
internal import TicketPrinting

extension PatrolDesk {
    package func status() async throws -> PatrolStatus {
        let counts = try await store.counts()
        return PatrolStatus(
            phase: gauges.phase,
            source: settings.source,
            vehicle: settings.vehicle,
            officer: onDuty ?? settings.officer,
            progress: gauges.progress,
            framesTaken: gauges.framesTaken,
            framesDropped: gauges.framesDropped,
            reads: gauges.reads,
            alertsWaiting: counts.alertsWaiting,
            tickets: counts.tickets,
            unsent: counts.unsent,
            devices: devices(printer: await printer.health),
            feeds: try await store.feedStates(),
            now: clock.now(),
            shift: signInDesk == nil ? nil : try await shiftState()
        )
    }

    package func latestReads(limit: Int) async throws -> [ReadSummary] {
        try await store.latestReads(limit: limit).map { ReadSummary($0, city: settings.city) }
    }

    package func waitingAlerts() async throws -> [AlertSummary] {
        try await store.waitingAlerts().compactMap { AlertSummary($0, city: settings.city) }
    }

    package func latestTickets(limit: Int) async throws -> [TicketSummary] {
        try await store.tickets(limit: limit).map { TicketSummary($0.ticket, $0.print, voided: $0.voidReason) }
    }

    package func photo(sha256: String) throws -> [UInt8] {
        guard EvidenceFolder.isHash(sha256) else {
            throw EngineError(.request, "a photo is named by the 64 hexadecimal digits of its SHA-256")
        }
        guard let bytes = try? evidence.photo(sha256) else {
            throw EngineError(.unknownRead, "there is no photo \(sha256)")
        }
        return bytes
    }

    /// - Throws: `EngineError.request` for a path that is not absolute, or where the copy cannot be made.
    package func backUp(_ request: BackupRequest) async throws -> BackupAnswer {
        guard request.path.hasPrefix("/") else {
            throw EngineError(.request, "give the copy's absolute path: the daemon's own folder is not the caller's")
        }
        do {
            try await store.backUp(to: request.path)
        } catch {
            throw EngineError(.request, "\(error)")
        }
        return BackupAnswer(path: request.path)
    }

    /// What was recorded after the fact `sequence`.
    package func summary(
        after sequence: Int64,
        seconds: Double,
        mediaSeconds: Double,
        expected: ExpectedOutcome?
    ) async throws -> ReplaySummary {
        let facts = try await store.outbox(after: sequence, limit: .max)
        let counts = try await store.counts()
        return ReplaySummary(
            recording: settings.source,
            framesTaken: gauges.framesTaken,
            framesDropped: gauges.framesDropped,
            reads: facts.compactMap { if case .read(let read) = $0.body { read } else { nil } },
            alertsWaiting: counts.alertsWaiting,
            tickets: facts.compactMap { if case .ticket(let ticket) = $0.body { ticket.ticket } else { nil } },
            unsent: counts.unsent,
            seconds: seconds,
            mediaSeconds: mediaSeconds,
            expected: expected
        )
    }

    // MARK: What the workers report

    package func report(_ phase: PatrolStatus.Phase) async {
        gauges.phase = phase
        await publishStatus()
    }

    package func report(progress: Double?, taken: Int, dropped: Int, cameras: [DeviceStatus]) async {
        gauges.progress = progress
        gauges.framesTaken = taken
        gauges.framesDropped = dropped
        gauges.cameras = cameras
        await publishStatus()
    }

    package func report(server: DeviceStatus) async {
        guard gauges.server != server else { return }
        gauges.server = server
        await publishStatus()
    }

    /// A live patrol's devices; what the pipeline counts becomes the patrol's figures.
    package func report(devices: [DeviceStatus]) async {
        gauges.live = devices
        if let pipeline = devices.first(where: { $0.kind == .pipeline }) {
            gauges.framesTaken = Int(pipeline.figures["framesTaken"] ?? 0)
            gauges.framesDropped = Int(pipeline.figures["framesDropped"] ?? 0)
        }
        await publishStatus()
    }

    func publishStatus() async {
        do {
            await hub.publish(.status(try await status()))
        } catch {
            logger.warning("the status could not be told", metadata: ["reason": "\(error)"])
        }
    }

    private func devices(printer: PrinterHealth) -> [DeviceStatus] {
        if let live = gauges.live { return live }
        var devices = gauges.cameras
        devices.append(
            gauges.hasTrack
                ? DeviceStatus(name: "gps", state: .good, detail: "track of the recording")
                : DeviceStatus(name: "gps", state: .absent, detail: "no track in the recording")
        )
        devices.append(DeviceStatus(printer))
        devices.append(gauges.server ?? DeviceStatus(name: "server", state: .absent, detail: "no server is set"))
        devices.append(disk())
        return devices
    }

    /// Free space where the evidence lies: under 1 GiB an hour of photos no longer fits.
    private func disk() -> DeviceStatus {
        let values = try? FileManager.default.attributesOfFileSystem(forPath: evidence.path)
        guard let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return DeviceStatus(name: "disk", state: .degraded, detail: "free space is not known")
        }
        let gibibytes = Double(free) / 1_073_741_824
        let text = "\((gibibytes * 10).rounded() / 10) GiB free"
        return DeviceStatus(name: "disk", state: gibibytes < 1 ? .degraded : .good, detail: text)
    }
}

extension DeviceStatus {
    init(_ printer: PrinterHealth) {
        var state: State =
            switch printer.state {
            case .folder, .ready, .printing: .good
            case .held: .degraded
            case .absent: .absent
            }
        var detail = printer.words.en
        if printer.state == .folder {
            detail = "PDF files in \(printer.printer)"
        } else {
            if printer.waiting > 0 { detail += "; \(printer.waiting) to print" }
        }
        if printer.unclear > 0 {
            detail += "; \(printer.unclear) asked about"
            if state == .good { state = .degraded }
        }
        self.init(name: "printer", state: state, detail: detail)
    }
}

extension TicketSummary {
    init(_ ticket: Ticket, _ print: TicketPrint, voided: String? = nil) {
        self.init(
            id: ticket.id,
            number: ticket.number,
            plate: ticket.plate.text,
            issuedAt: ticket.issuedAt,
            infraction: "\(ticket.infraction.code) \(ticket.infraction.title.en)",
            fineCents: ticket.infraction.fineCents,
            print: print.state,
            detail: print.detail,
            hold: print.hold,
            copy: print.copy,
            voided: voided
        )
    }
}
