// Who is on duty, and what the shift came to. Where officers sign in, nothing is decided without one of them.
internal import DurableFiles
internal import Foundation
internal import Logging
package import ParkingCore
package import PatrolAPI
internal import PatrolStore
internal import Positioning
internal import TicketPrinting

/// Who may sign in, and how often it may be tried.
struct SignInDesk: Sendable {
    let officers: Officers
    var limits = SignInGuard()
    /// A PIN is being checked: the next one waits its turn.
    var isChecking = false
}

extension PatrolDesk {
    /// From now on nothing is decided before one of the officers has signed in.
    /// - Parameter pages: where reports of ended shifts go; nil: nowhere.
    package func admit(_ officers: Officers, pages: ShiftPages?) {
        signInDesk = SignInDesk(officers: officers)
        shiftPages = pages
    }

    /// Begins a shift, or goes on with the officer's own that a restart interrupted; another officer's ends first.
    /// - Throws: `EngineError`: `request` where nobody can sign in here, `notSignedIn` for a wrong badge or PIN and
    ///   for trying too often; what the store says.
    package func signIn(_ request: SignInRequest) async throws -> ShiftState {
        guard var signIn = signInDesk else {
            throw EngineError(.request, "no officers' file is set (patrol.officers): nobody needs to sign in")
        }
        let wait = signIn.limits.wait(for: request.badge, at: monotonicSeconds())
        guard wait <= 0, !signIn.isChecking else {
            throw EngineError(
                .notSignedIn,
                "too many wrong PINs: wait \(Int(max(1, wait.rounded(.up)))) s, then try again"
            )
        }
        for zone in request.zones where settings.city.zone(zone) == nil {
            throw EngineError(.request, "the city has no zone \(zone)")
        }
        signInDesk?.isChecking = true
        let isRight: Bool
        do {
            isRight = try await signIn.officers.accepts(request.badge, pin: request.pin)
        } catch {
            signInDesk?.isChecking = false
            throw error
        }
        signIn = signInDesk ?? signIn
        signIn.isChecking = false
        if isRight {
            signIn.limits.succeeded(request.badge)
        } else {
            signIn.limits.failed(request.badge, at: monotonicSeconds())
        }
        signInDesk = signIn
        guard isRight else {
            logger.warning("a sign-in was refused")
            throw EngineError(.notSignedIn, "badge or PIN is wrong")
        }
        if let open = try await store.openShift(), open.officer != request.badge { _ = try await signOut() }
        if try await store.openShift() == nil {
            _ = try await store.beginShift(request.badge, zones: request.zones, at: clock.now())
            factRecorded()
        }
        onDuty = request.badge
        await publishStatus()
        return try await shiftState()
    }

    /// Ends the shift: its report becomes a fact, and a page in the data folder.
    /// - Throws: `EngineError.notSignedIn` where nobody is on duty; what the store says.
    package func signOut() async throws -> ShiftReport {
        let report = try await shiftReport()
        try await store.endShift(report, at: clock.now())
        onDuty = nil
        factRecorded()
        await publishStatus()
        if let shiftPages {
            do {
                try shiftPages.write(report, city: settings.city)
            } catch {
                logger.warning("the shift's page could not be written", metadata: ["reason": "\(error)"])
            }
        }
        return report
    }

    /// What the shift has come to by now.
    package func shiftReport() async throws -> ShiftReport {
        guard let shift = try await store.openShift() else {
            throw EngineError(.notSignedIn, "nobody is on duty; sign in first")
        }
        let now = clock.now()
        let track = try await store.track(from: shift.startedAt, to: now)
        let zones = settings.city.zones.filter { shift.zones.isEmpty || shift.zones.contains($0.zone) }
        return ShiftReport(
            shift: shift.id,
            vehicle: settings.vehicle,
            officer: shift.officer,
            startedAt: shift.startedAt,
            endedAt: now,
            tally: try await store.tally(after: shift.startSequence),
            distanceMetres: TrackCoverage.distanceMetres(track),
            coverage: zones.map { zone in
                ZoneCoverage(
                    zone: zone.zone,
                    name: zone.name,
                    share: TrackCoverage.share(of: zone.outline, track: track)
                )
            }
        )
    }

    package func shiftState() async throws -> ShiftState {
        let shift = try await store.openShift()
        return ShiftState(
            isSignInNeeded: signInDesk != nil && onDuty == nil,
            officer: shift?.officer,
            since: shift?.startedAt
        )
    }

    /// Whoever answers for what is decided now.
    /// - Throws: `EngineError.notSignedIn` where officers sign in and nobody has.
    func officer() throws -> OfficerID {
        if let onDuty { return onDuty }
        guard signInDesk == nil else {
            throw EngineError(.notSignedIn, "nobody is signed in: sign in with badge and PIN first")
        }
        return settings.officer
    }
}

/// Where the pages of ended shifts go: FOLDER/2026-06-16-4711-SHIFT.pdf
package struct ShiftPages: Sendable {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    func write(_ report: ShiftReport, city: City) throws {
        let pdf = try ShiftPage(report: report, city: city.name, timeZone: city.timeZone).pdf()
        try DurableFile.makeFolder(folder)
        let day = WireCoding.text(report.startedAt).prefix(10)
        try DurableFile.write(pdf, to: "\(folder)/\(day)-\(report.officer)-\(report.shift).pdf", replace: true)
    }
}
