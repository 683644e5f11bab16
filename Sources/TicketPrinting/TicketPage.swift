// A ticket as one page of PDF on a 4-inch roll: what stands on it, and the way to its bytes.
internal import Foundation
package import ParkingCore

/// A field of the ticket that a machine may have filled in.
package enum TicketField: String, Hashable, Sendable, Codable, CaseIterable {
    case plate, region, time, place, zone
}

/// Everything that decides how the paper looks; the same values always give the same bytes.
package struct TicketPage: Hashable, Sendable {
    package let ticket: Ticket
    package let city: City
    /// 0: the original; 1, 2, ...: a copy, and marked so.
    package let copy: Int
    /// Fields that get the mark 'filled in by machine'.
    package let machineFilled: Set<TicketField>
    package let first: TicketLanguage
    package let font: String

    /// Paper of a 4-inch mobile printer: 101.6 mm, of which 97 mm are printed on.
    static let paperWidth = 288.0
    static let margin = 6.5
    static let standardFont = "DejaVu Sans"

    package init(
        ticket: Ticket,
        city: City,
        copy: Int = 0,
        machineFilled: Set<TicketField> = [.plate, .time, .place, .zone],
        first: TicketLanguage = .english,
        font: String? = nil
    ) {
        self.ticket = ticket
        self.city = city
        self.copy = copy
        self.machineFilled = machineFilled
        self.first = first
        self.font = font ?? TicketPage.standardFont
    }

    /// The page as a PDF file: 4 inches wide, as long as its texts need, black only.
    /// - Throws: `TicketPrintError`, when the font is missing, the time zone unknown, or the texts are absurdly long.
    package func pdf() throws(TicketPrintError) -> [UInt8] {
        let text = try TicketText(first: first, timeZone: city.timeZone)
        let code = try Code128(ticket.number.text)
        let properties = PDFPage.Properties(
            title: "\(city.name) \(ticket.number)",
            created: WireCoding.text(ticket.issuedAt)
        )
        return try PDFPage.bytes(
            width: TicketPage.paperWidth,
            bottomMargin: TicketPage.margin,
            family: font,
            properties: properties
        ) { canvas throws(TicketPrintError) in
            TicketLayout(page: self, text: text, code: code, canvas: canvas).draw()
        }
    }
}
