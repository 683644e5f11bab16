// A parking ticket as issued: every field that stands on the paper.
package import struct Foundation.Date

/// At most 8 characters, the last a check digit; a number is given out once, for ever.
package struct TicketNumber: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// 1 ... 9,999,999: seven digits, then the check digit.
    package static let serials: ClosedRange<Int> = 1...9_999_999

    package let serial: Int

    package init(serial: Int) throws(ListError) {
        guard TicketNumber.serials.contains(serial) else {
            throw ListError(message: "ticket serial \(serial) is not within 1 to 9999999")
        }
        self.serial = serial
    }

    /// Seven digits and the ISO/IEC 7064 MOD 11,10 check digit (finds every single wrong digit and nearly all swaps).
    package var text: String {
        let digits = String(serial)
        let padded = String(repeating: "0", count: 7 - digits.count) + digits
        return padded + String(TicketNumber.checkDigit(padded))
    }

    /// - Throws: `ListError` when the text is no ticket number or its check digit is wrong.
    package init(_ text: String) throws(ListError) {
        let digits = text.utf8.compactMap { $0 >= 48 && $0 <= 57 ? Int($0) - 48 : nil }
        guard digits.count == 8, text.utf8.count == 8, let serial = Int(text.prefix(7)) else {
            throw ListError(message: "'\(text)' is no ticket number: eight digits are expected")
        }
        guard TicketNumber.checkDigit(String(text.prefix(7))) == digits[7] else {
            throw ListError(message: "ticket number '\(text)' has a wrong digit: its check digit does not fit")
        }
        try self.init(serial: serial)
    }

    static func checkDigit(_ digits: String) -> Int {
        var product = 10
        for byte in digits.utf8 {
            var sum = (Int(byte) - 48 + product) % 10
            if sum == 0 { sum = 10 }
            product = (sum * 2) % 11
        }
        return (11 - product) % 10
    }

    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (a: TicketNumber, b: TicketNumber) -> Bool { a.serial < b.serial }
    package var description: String { text }
}

package struct Ticket: Hashable, Sendable, Codable, Identifiable {
    package let id: UUIDv7
    package let number: TicketNumber
    package let read: UUIDv7
    package let issuedAt: Date
    /// When the car stood there, which may be long before an officer accepted the alert; nil: not kept by the version
    /// that wrote it.
    package let observedAt: Date?
    package let plate: Plate
    /// Region of issue, such as "CA-ON"; nil: not known, the officer fills it in.
    package let region: String?
    package let vehicle: VehicleID
    package let officer: OfficerID
    package let zone: ZoneID
    package let place: String
    package let point: GeoPoint?
    package let infraction: Infraction
    /// SHA-256 (hex) of each evidence photo, close-up first.
    package let photos: [String]
    /// Proposed by the camera, to be confirmed by the officer; nil: the officer writes it.
    package let colour: VehicleColour?
    /// What the municipality's map says of the place, with what is to be confirmed; nil: no map, or no street in reach.
    package let address: PlaceAnswer?
    /// What else stands on it of the vehicle, and who says so; nil: nothing.
    package let vehicleDetails: VehicleDetails?

    package init(
        id: UUIDv7,
        number: TicketNumber,
        read: UUIDv7,
        issuedAt: Date,
        observedAt: Date? = nil,
        plate: Plate,
        region: String?,
        vehicle: VehicleID,
        officer: OfficerID,
        zone: ZoneID,
        place: String,
        point: GeoPoint?,
        infraction: Infraction,
        photos: [String],
        colour: VehicleColour? = nil,
        address: PlaceAnswer? = nil,
        vehicleDetails: VehicleDetails? = nil
    ) {
        self.id = id
        self.number = number
        self.read = read
        self.issuedAt = issuedAt
        self.observedAt = observedAt
        self.plate = plate
        self.region = region
        self.vehicle = vehicle
        self.officer = officer
        self.zone = zone
        self.place = place
        self.point = point
        self.infraction = infraction
        self.photos = photos
        self.colour = colour
        self.address = address
        self.vehicleDetails = vehicleDetails
    }

    /// The instant of the infraction.
    package var infractionAt: Date { observedAt ?? issuedAt }
    /// Within a minute: the two times need not be told apart.
    package var isIssuedAtOnce: Bool { abs(issuedAt.timeIntervalSince(infractionAt)) < 60 }
}
