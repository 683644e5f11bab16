// What happens to a ticket after it was issued: each a fact of its own, with the reason and the officer; nothing that
// was recorded is ever changed.
package import ParkingCore

/// The ticket counts no longer. Its number is used all the same.
package struct VoidFact: Hashable, Sendable, Codable {
    package let ticket: UUIDv7
    package let number: TicketNumber
    /// 1 to 200 characters.
    package let reason: String
    package let officer: OfficerID

    package init(ticket: UUIDv7, number: TicketNumber, reason: String, officer: OfficerID) {
        self.ticket = ticket
        self.number = number
        self.reason = reason
        self.officer = officer
    }
}

/// The ticket's paper was asked for once more.
package struct ReprintFact: Hashable, Sendable, Codable {
    package let ticket: UUIDv7
    package let number: TicketNumber
    /// What the paper is marked as: COPY 1, 2 ...
    package let copy: Int
    package let reason: String
    package let officer: OfficerID

    package init(ticket: UUIDv7, number: TicketNumber, copy: Int, reason: String, officer: OfficerID) {
        self.ticket = ticket
        self.number = number
        self.copy = copy
        self.reason = reason
        self.officer = officer
    }
}

/// What stands on the ticket of the vehicle is other than was written: what holds now, as a whole.
package struct CorrectionFact: Hashable, Sendable, Codable {
    package let ticket: UUIDv7
    package let number: TicketNumber
    package let details: VehicleDetails
    package let reason: String
    package let officer: OfficerID

    package init(ticket: UUIDv7, number: TicketNumber, details: VehicleDetails, reason: String, officer: OfficerID) {
        self.ticket = ticket
        self.number = number
        self.details = details
        self.reason = reason
        self.officer = officer
    }
}
