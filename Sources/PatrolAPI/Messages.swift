// What the daemon and its console say to each other, over HTTP on a Unix socket. All JSON through `WireCoding`.
//
//   GET  /v1/status                    PatrolStatus
//   GET  /v1/reads?limit=N             [ReadSummary], newest first
//   GET  /v1/alerts                    [AlertSummary] that wait for a decision, oldest first
//   POST /v1/alerts/ID/accept          AcceptRequest -> DecisionAnswer
//   POST /v1/alerts/ID/reject          RejectRequest -> DecisionAnswer
//   GET  /v1/tickets?limit=N           [TicketSummary], newest first
//   POST /v1/tickets/ID/reprint        ReprintRequest -> TicketSummary; the paper says COPY
//   POST /v1/tickets/ID/came-out       CameOutRequest -> TicketSummary; settles a print that is 'unclear'
//   POST /v1/tickets/ID/cancel-print   -> TicketSummary; the ticket stands, its print is given up
//   POST /v1/tickets/ID/void           VoidRequest -> TicketSummary; the ticket counts no longer
//   POST /v1/tickets/ID/correct        CorrectRequest -> VehicleDetails, as they stand now
//   POST /v1/sign-in                   SignInRequest -> ShiftState; begins a shift
//   POST /v1/sign-out                  -> ShiftReport; ends it
//   GET  /v1/shift                     ShiftReport, as far as the shift has come
//   GET  /v1/due?minutes=N             [DueSummary], soonest first: cars that are overtime within N minutes, or just are
//   GET  /v1/photos/SHA256             image/jpeg
//   POST /v1/backup                    BackupRequest -> BackupAnswer
//   GET  /v1/events                    server-sent events; each event's name is PatrolEvent.Name, its data the JSON
//   GET  /metrics                      the same state as Prometheus' text format, without plates
//
// An error is answered with its status and APIProblem.
package import ParkingCore

package import struct Foundation.Date

package struct PatrolStatus: Hashable, Sendable, Codable {
    package enum Phase: String, Sendable, Codable { case starting, running, finished, failed }
    package let phase: Phase
    /// What the daemon works on: the recording's name, or "live".
    package let source: String
    package let vehicle: VehicleID
    package let officer: OfficerID
    /// 0 to 1 for a recording; nil for live cameras.
    package let progress: Double?
    package let framesTaken: Int
    package let framesDropped: Int
    package let reads: Int
    package let alertsWaiting: Int
    package let tickets: Int
    /// Facts recorded but not yet acknowledged by the back office.
    package let unsent: Int
    package let devices: [DeviceStatus]
    package let feeds: [FeedState]
    package let now: Date
    /// nil: a daemon where nobody signs in.
    package let shift: ShiftState?

    package init(
        phase: Phase,
        source: String,
        vehicle: VehicleID,
        officer: OfficerID,
        progress: Double?,
        framesTaken: Int,
        framesDropped: Int,
        reads: Int,
        alertsWaiting: Int,
        tickets: Int,
        unsent: Int,
        devices: [DeviceStatus],
        feeds: [FeedState],
        now: Date,
        shift: ShiftState? = nil
    ) {
        self.phase = phase
        self.source = source
        self.vehicle = vehicle
        self.officer = officer
        self.progress = progress
        self.framesTaken = framesTaken
        self.framesDropped = framesDropped
        self.reads = reads
        self.alertsWaiting = alertsWaiting
        self.tickets = tickets
        self.unsent = unsent
        self.devices = devices
        self.feeds = feeds
        self.now = now
        self.shift = shift
    }
}

package struct ReadSummary: Hashable, Sendable, Codable, Identifiable {
    package enum Answer: String, Sendable, Codable { case clear, alert, secondLook }
    package let id: UUIDv7
    package let time: Date
    package let camera: CameraID
    package let plate: String
    package let confidence: Double
    package let answer: Answer
    /// One sentence, in the console's language: why.
    package let reason: String

    package init(
        id: UUIDv7,
        time: Date,
        camera: CameraID,
        plate: String,
        confidence: Double,
        answer: Answer,
        reason: String
    ) {
        self.id = id
        self.time = time
        self.camera = camera
        self.plate = plate
        self.confidence = confidence
        self.answer = answer
        self.reason = reason
    }
}

/// An alert or second look that waits for the officer; `id` is the read's.
package struct AlertSummary: Hashable, Sendable, Codable, Identifiable {
    package enum Kind: String, Sendable, Codable {
        case noSession, noPermit, overtime, banned, sharedPermit, scofflaw, watchlist, secondLook
    }
    package let id: UUIDv7
    package let time: Date
    package let camera: CameraID
    package let plate: String
    package let confidence: Double
    package let alternates: [PlateAlternate]
    /// Gravest kind.
    package let kind: Kind
    /// One sentence a reason.
    package let reasons: [String]
    /// What accepting does: the infraction's code and title, or nil when no ticket follows (scofflaw, watchlist).
    package let ticketFor: String?
    package let fineCents: Int?
    package let place: String
    package let closeUp: String?
    package let context: String?
    /// Proposed, not confirmed; nil: not sure enough.
    package let colour: ColourProposal?
    /// Of a car that stood too long: what it was seen first by; nil: it is not about that.
    package let firstPass: FirstPassSummary?

    package init(
        id: UUIDv7,
        time: Date,
        camera: CameraID,
        plate: String,
        confidence: Double,
        alternates: [PlateAlternate],
        kind: Kind,
        reasons: [String],
        ticketFor: String?,
        fineCents: Int?,
        place: String,
        closeUp: String?,
        context: String?,
        colour: ColourProposal? = nil,
        firstPass: FirstPassSummary? = nil
    ) {
        self.id = id
        self.time = time
        self.camera = camera
        self.plate = plate
        self.confidence = confidence
        self.alternates = alternates
        self.kind = kind
        self.reasons = reasons
        self.ticketFor = ticketFor
        self.fineCents = fineCents
        self.place = place
        self.closeUp = closeUp
        self.context = context
        self.colour = colour
        self.firstPass = firstPass
    }
}

/// The pass of a car from which its time counts.
package struct FirstPassSummary: Hashable, Sendable, Codable {
    package let read: UUIDv7
    package let time: Date
    /// As that pass read it.
    package let plate: String
    /// What counts towards the limit.
    package let elapsedSeconds: Double
    package let limitMinutes: Int
    /// That the car was not moved since.
    package let stayedProbability: Double
    package let closeUp: String?
    package let context: String?

    package init(
        read: UUIDv7,
        time: Date,
        plate: String,
        elapsedSeconds: Double,
        limitMinutes: Int,
        stayedProbability: Double,
        closeUp: String?,
        context: String?
    ) {
        self.read = read
        self.time = time
        self.plate = plate
        self.elapsedSeconds = elapsedSeconds
        self.limitMinutes = limitMinutes
        self.stayedProbability = stayedProbability
        self.closeUp = closeUp
        self.context = context
    }
}

/// A car that is overtime soon, or just is, if it still stands where it was seen last; `id` is that read's.
package struct DueSummary: Hashable, Sendable, Codable, Identifiable {
    package let id: UUIDv7
    package let plate: String
    package let place: String
    package let zone: ZoneID?
    package let limitMinutes: Int?
    package let firstSeen: Date
    package let lastSeen: Date
    /// When limit and grace are over.
    package let dueAt: Date
    /// By the daemon's clock; negative: it is over.
    package let secondsLeft: Double
    /// Of the last pass that has photos.
    package let closeUp: String?

    package init(
        id: UUIDv7,
        plate: String,
        place: String,
        zone: ZoneID?,
        limitMinutes: Int?,
        firstSeen: Date,
        lastSeen: Date,
        dueAt: Date,
        secondsLeft: Double,
        closeUp: String?
    ) {
        self.id = id
        self.plate = plate
        self.place = place
        self.zone = zone
        self.limitMinutes = limitMinutes
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.dueAt = dueAt
        self.secondsLeft = secondsLeft
        self.closeUp = closeUp
    }
}

package struct AcceptRequest: Hashable, Sendable, Codable {
    /// The officer's word that this is the plate; needed for a second look over an unsure read.
    package let confirmedPlate: String?
    /// What the officer sees of the vehicle, for the ticket; nil: nothing beside what the camera proposes.
    package let details: VehicleDetails?

    package init(confirmedPlate: String?, details: VehicleDetails? = nil) {
        self.confirmedPlate = confirmedPlate
        self.details = details
    }
}

package struct RejectRequest: Hashable, Sendable, Codable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

package struct DecisionAnswer: Hashable, Sendable, Codable {
    package let ticket: TicketSummary?
    package init(ticket: TicketSummary?) { self.ticket = ticket }
}

package struct TicketSummary: Hashable, Sendable, Codable, Identifiable {
    package typealias Print = PrintState
    package let id: UUIDv7
    package let number: TicketNumber
    package let plate: String
    package let issuedAt: Date
    package let infraction: String
    package let fineCents: Int
    package let print: Print
    /// Path of the PDF, or what CUPS or the printer said.
    package let detail: String
    /// What holds the print, or why it is asked about.
    package let hold: PrintHold?
    /// 0: the original is meant; else the copy with this number.
    package let copy: Int
    /// Why the ticket counts no longer; nil: it counts.
    package let voided: String?

    package init(
        id: UUIDv7,
        number: TicketNumber,
        plate: String,
        issuedAt: Date,
        infraction: String,
        fineCents: Int,
        print: Print,
        detail: String,
        hold: PrintHold? = nil,
        copy: Int = 0,
        voided: String? = nil
    ) {
        self.id = id
        self.number = number
        self.plate = plate
        self.issuedAt = issuedAt
        self.infraction = infraction
        self.fineCents = fineCents
        self.print = print
        self.detail = detail
        self.hold = hold
        self.copy = copy
        self.voided = voided
    }
}

package struct ReprintRequest: Hashable, Sendable, Codable {
    /// 1 to 200 characters.
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

package struct CameOutRequest: Hashable, Sendable, Codable {
    /// The officer's word. 'No' prints the ticket again, marked COPY.
    package let cameOut: Bool
    package init(cameOut: Bool) { self.cameOut = cameOut }
}

package struct VoidRequest: Hashable, Sendable, Codable {
    /// 1 to 200 characters.
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

/// What the officer writes of the vehicle; fields that are not given stay as they are.
package struct CorrectRequest: Hashable, Sendable, Codable {
    package let region: String?
    /// Such as "2027-04".
    package let plateExpiry: String?
    package let make: String?
    package let model: String?
    package let colour: String?
    package let owner: String?
    /// 1 to 200 characters.
    package let reason: String

    package init(
        region: String? = nil,
        plateExpiry: String? = nil,
        make: String? = nil,
        model: String? = nil,
        colour: String? = nil,
        owner: String? = nil,
        reason: String
    ) {
        self.region = region
        self.plateExpiry = plateExpiry
        self.make = make
        self.model = model
        self.colour = colour
        self.owner = owner
        self.reason = reason
    }
}

package struct SignInRequest: Hashable, Sendable, Codable {
    package let badge: OfficerID
    package let pin: String
    /// Zones to patrol; empty: all.
    package let zones: [ZoneID]

    package init(badge: OfficerID, pin: String, zones: [ZoneID] = []) {
        self.badge = badge
        self.pin = pin
        self.zones = zones
    }
}

package struct ShiftState: Hashable, Sendable, Codable {
    /// Nothing can be decided until an officer signs in.
    package let isSignInNeeded: Bool
    /// Whose shift has not ended.
    package let officer: OfficerID?
    package let since: Date?

    package init(isSignInNeeded: Bool, officer: OfficerID?, since: Date?) {
        self.isSignInNeeded = isSignInNeeded
        self.officer = officer
        self.since = since
    }
}

/// A copy of the database, made while the patrol goes on.
package struct BackupRequest: Hashable, Sendable, Codable {
    /// Absolute; a file that is there is not replaced.
    package let path: String
    package init(path: String) { self.path = path }
}

package struct BackupAnswer: Hashable, Sendable, Codable {
    package let path: String
    package init(path: String) { self.path = path }
}

package struct APIProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    package let error: String
    package init(error: String) { self.error = error }
    package var description: String { error }
}

package enum PatrolEvent: Hashable, Sendable {
    case read(ReadSummary)
    case alert(AlertSummary)
    /// The alert with this read's id waits no longer.
    case decided(UUIDv7)
    case ticket(TicketSummary)
    case status(PatrolStatus)

    package enum Name: String, Sendable, CaseIterable { case read, alert, decided, ticket, status }
}
