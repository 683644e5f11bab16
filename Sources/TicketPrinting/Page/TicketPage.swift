// A ticket as one page on a roll of paper: what stands on it, and the way to its bytes and dots.
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

    package let paper: PaperWidth
    /// Printed by a technician to try the printer: worth nothing, and says so.
    package let isSpecimen: Bool

    static let standardFont = "DejaVu Sans"

    package init(
        ticket: Ticket,
        city: City,
        copy: Int = 0,
        machineFilled: Set<TicketField> = [.plate, .time, .place, .zone],
        first: TicketLanguage = .english,
        paper: PaperWidth = .fourInch,
        isSpecimen: Bool = false,
        font: String? = nil
    ) {
        self.ticket = ticket
        self.city = city
        self.copy = copy
        self.machineFilled = machineFilled
        self.first = first
        self.paper = paper
        self.isSpecimen = isSpecimen
        self.font = font ?? TicketPage.standardFont
    }

    /// A page ready to be handed to a printer.
    package struct Printable: Sendable {
        package let pdf: [UInt8]
        package let lengthMillimetres: Double
    }

    /// The page as a PDF file: as wide as the roll, as long as its texts need, black only.
    /// - Throws: `TicketPrintError`, when the font is missing, the time zone unknown, or the texts are absurdly long.
    package func pdf() throws(TicketPrintError) -> [UInt8] { try printable().pdf }

    /// - Throws: as `pdf`.
    package func printable() throws(TicketPrintError) -> Printable {
        let properties = PDFPage.Properties(
            title: "\(city.name) \(ticket.number)",
            created: WireCoding.text(ticket.issuedAt)
        )
        let layout = try preparedLayout()
        let page = try PDFPage.bytes(
            width: paper.width,
            bottomMargin: paper.margin,
            family: font,
            properties: properties
        ) { canvas throws(TicketPrintError) in layout(canvas) }
        return Printable(pdf: page.bytes, lengthMillimetres: page.length / 72 * 25.4)
    }

    /// The page as a 203 dpi print head burns it.
    /// - Throws: as `pdf`.
    package func dots() throws(TicketPrintError) -> DotRaster {
        let layout = try preparedLayout()
        return try PDFPage.dots(
            width: paper.width,
            bottomMargin: paper.margin,
            family: font
        ) { canvas throws(TicketPrintError) in layout(canvas) }
    }

    private func preparedLayout() throws(TicketPrintError) -> (Canvas) -> Void {
        let text = try TicketText(first: first, timeZone: city.timeZone)
        let code = try Code128(ticket.number.text)
        let payment = try city.paymentURL(of: ticket.number).map { url throws(TicketPrintError) in try QRCode(url) }
        return { canvas in
            TicketLayout(page: self, text: text, code: code, payment: payment, canvas: canvas).draw()
        }
    }
}
