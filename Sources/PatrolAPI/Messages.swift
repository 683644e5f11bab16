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
//   GET  /v1/photos/SHA256             image/jpeg
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
        now: Date
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
        colour: ColourProposal? = nil
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
    }
}

package struct AcceptRequest: Hashable, Sendable, Codable {
    /// The officer's word that this is the plate; needed for a second look over an unsure read.
    package let confirmedPlate: String?
    package init(confirmedPlate: String?) { self.confirmedPlate = confirmedPlate }
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
        copy: Int = 0
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
