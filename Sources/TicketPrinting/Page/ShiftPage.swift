// An officer's shift as one page: what was read, decided and issued, and what of the zones was driven past.
internal import Foundation
package import ParkingCore

/// The same values always give the same bytes.
package struct ShiftPage: Hashable, Sendable {
    package let report: ShiftReport
    package let city: String
    /// IANA name.
    package let timeZone: String
    package let language: Language

    /// Letter paper, in points; as long as the texts need.
    private static let width = 612.0
    private static let margin = 54.0

    package init(report: ShiftReport, city: String, timeZone: String, language: Language = .en) {
        self.report = report
        self.city = city
        self.timeZone = timeZone
        self.language = language
    }

    /// - Throws: `TicketPrintError`, when the font is missing or the time zone unknown.
    package func pdf() throws(TicketPrintError) -> [UInt8] {
        let text = try TicketText(first: language == .en ? .english : .french, timeZone: timeZone)
        let title = LocalizedText(en: "Shift report", fr: "Rapport de quart")[language]
        return try PDFPage.bytes(
            width: Self.width,
            bottomMargin: Self.margin,
            family: TicketPage.standardFont,
            properties: .init(title: "\(city) \(title)", created: WireCoding.text(report.endedAt))
        ) { canvas throws(TicketPrintError) in draw(canvas, title: title, text) }.bytes
    }

    private func draw(_ canvas: Canvas, title: String, _ text: TicketText) {
        let (left, width) = (Self.margin, Self.width - 2 * Self.margin)
        canvas.y = Self.margin
        canvas.y += canvas.text(city, TextStyle(size: 11), x: left, y: canvas.y, width: width)
        canvas.y += canvas.text(title, TextStyle(size: 20, bold: true), x: left, y: canvas.y, width: width) + 6
        let officer = LocalizedText(en: "Officer", fr: "Agent")[language]
        let vehicle = LocalizedText(en: "vehicle", fr: "v\u{E9}hicule")[language]
        let span = "\(text.date(report.startedAt)) \(text.time(report.startedAt)) \u{2013} \(text.time(report.endedAt))"
        let head = "\(officer) \(report.officer), \(vehicle) \(report.vehicle)\n\(span)"
        canvas.y += canvas.text(head, TextStyle(size: 10), x: left, y: canvas.y, width: width) + 10
        canvas.rule(x: left, width: width, dots: 3)
        canvas.y += 8
        for line in report.lines(language) {
            let isPart = line.name.hasPrefix(" ")
            let style = TextStyle(size: isPart ? 10 : 11, bold: !isPart)
            let indent = isPart ? 16.0 : 0
            let right = TextStyle(size: style.size, bold: style.bold, alignment: .right)
            let name = line.name.trimmingCharacters(in: .whitespaces)
            if !isPart { canvas.y += 4 }
            let height = canvas.text(name, style, x: left + indent, y: canvas.y, width: width * 0.7 - indent)
            canvas.text(line.value, right, x: left + width * 0.7, y: canvas.y, width: width * 0.3)
            canvas.y += height + 2
        }
        canvas.y += 8
        canvas.rule(x: left, width: width, dots: 1)
        canvas.y += 4
        let note = LocalizedText(
            en: "Compliance: of the cars that a rule applied to, those that kept it. Coverage: share of a zone's area"
                + " that lies within \(Int(TrackCoverage.reachMetres)) m of the way driven.",
            fr: "Conformit\u{E9} : part des autos soumises \u{E0} une r\u{E8}gle qui l\u{2019}ont respect\u{E9}e."
                + " Couverture : part de la zone \u{E0} moins de \(Int(TrackCoverage.reachMetres)) m du parcours."
        )
        canvas.y += canvas.text(note[language], TextStyle(size: 8), x: left, y: canvas.y, width: width)
    }
}
