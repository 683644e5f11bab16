// How a ticket is laid out: one function a section, from the city's name down to the stub that goes back with a payment.
internal import ParkingCore

struct TicketLayout {
    let page: TicketPage
    let text: TicketText
    let code: Code128
    /// Leads to the payment; nil: the city takes none online.
    let payment: QRCode?
    let canvas: Canvas

    private var ticket: Ticket { page.ticket }
    /// The law on the day of the infraction, as the fine is.
    private var regime: LegalRegime { page.city.regime(at: ticket.infractionAt) }
    private var left: Double { page.paper.margin }
    private var width: Double { page.paper.width - 2 * page.paper.margin }
    /// Too narrow for two things side by side.
    private var isNarrow: Bool { page.paper == .fiftyEightMillimetres }
    /// Print-head dots a module of the bars beside the number.
    private var barDots: Int { page.paper == .fourInch ? 4 : 3 }
    private var right: Double { left + width }
    private let gap = 4.0
    /// Room above a line for words written by hand, in points.
    private static let handwriting = 18.0

    func draw() {
        canvas.y = page.paper.margin
        head()
        number()
        amounts()
        infraction()
        vehicle()
        whenAndWhere()
        officer()
        instructions()
        stub()
    }

    // MARK: Sections

    private func head() {
        canvas.y += canvas.text(
            page.city.name,
            TextStyle(size: 15, bold: true, alignment: .centre),
            x: left,
            y: canvas.y,
            width: width
        )
        canvas.y += 3
        let names = text.ordered(noticeName)
        band([
            (names[0], TextStyle(size: 14, bold: true, alignment: .centre, white: true)),
            (names[1], TextStyle(size: 11, bold: true, alignment: .centre, white: true)),
        ])
        if page.isSpecimen { mark(text.both("SPECIMEN", "SP\u{C9}CIMEN")) }
        if page.copy > 0 { mark(text.both("COPY", "COPIE") + "  " + String(page.copy)) }
        canvas.y += gap + 1
    }

    /// Framed words that say that this is not the original.
    private func mark(_ words: String) {
        canvas.y += gap
        let style = TextStyle(size: 14, bold: true, alignment: .centre)
        let height = canvas.height(of: words, style, width: width) + 6
        canvas.frame(x: left, y: canvas.y, width: width, height: height, dots: 4)
        canvas.text(words, style, x: left, y: canvas.y + 3, width: width)
        canvas.y += height
    }

    private func number() {
        let top = canvas.y
        let bars = 34.0
        let style = TextStyle(size: 23, bold: true)
        let name = text.both("Notice no.", "Avis n\u{BA}")
        if isNarrow {
            canvas.y += canvas.text(name, .label, x: left, y: top, width: width)
            canvas.y += canvas.fittingText(ticket.number.text, style, x: left, y: canvas.y - 1, width: width) + 1
            let extent = Double(code.modules * barDots) * Canvas.dot
            canvas.barcode(code, right: left + (width + extent) / 2, y: canvas.y, height: bars, dots: barDots)
            canvas.y += bars + gap
            return
        }
        let barsLeft = canvas.barcode(code, right: right - quiet, y: top, height: bars, dots: barDots)
        let room = barsLeft - left - quiet
        let label = canvas.text(name, .label, x: left, y: top, width: room)
        let figures = canvas.fittingText(ticket.number.text, style, x: left, y: top + label - 1, width: room)
        canvas.y = max(top + bars, top + label + figures) + gap
    }

    /// The penalty and, beside it, what it is when paid early; labels may wrap, figures stand on one line.
    private func amounts() {
        let top = canvas.y
        let inset = 5.0
        let isPenalty = regime == .administrativePenalty
        let name =
            isPenalty ? text.both("Penalty", "P\u{E9}nalit\u{E9}") : text.both("Set fine", "Amende fix\u{E9}e")
        var cells = [(label: name, cents: ticket.infraction.fineCents)]
        if let early = earlyPayment {
            cells.append((text.both("If paid by", "Si pay\u{E9}e au plus tard le") + " " + early.until, early.cents))
        }
        let share = isNarrow ? width : width / Double(cells.count)
        let room = share - 2 * inset
        let labels = cells.map { canvas.height(of: $0.label, .label, width: room) }.max() ?? 0
        var bottom = top
        for (index, cell) in cells.enumerated() {
            let x = left + (isNarrow ? 0 : Double(index) * share) + inset
            let cellTop = isNarrow ? bottom : top
            let figures = text.ordered(text.money(cell.cents))
            canvas.text(cell.label, .label, x: x, y: cellTop + inset, width: room)
            var y = cellTop + inset + (isNarrow ? canvas.height(of: cell.label, .label, width: room) : labels)
            y += canvas.fittingText(figures[0], TextStyle(size: 23, bold: true), x: x, y: y, width: room)
            y += canvas.text(figures[1], .body, x: x, y: y - 2, width: room) - 2
            bottom = max(bottom, y + inset)
        }
        if cells.count > 1, !isNarrow {
            canvas.fill(x: left + share, y: top, width: 2 * Canvas.dot, height: bottom - top)
        }
        canvas.frame(x: left, y: top, width: width, height: bottom - top, dots: 4)
        canvas.y = bottom + gap
    }

    private func infraction() {
        let infraction = ticket.infraction
        label(text.both("Infraction", "Infraction"), nil)
        let titles = text.ordered(infraction.title)
        canvas.y += canvas.text(titles[0], .value, x: left, y: canvas.y, width: width) + 1
        canvas.y += canvas.text(titles[1], TextStyle(size: 11), x: left, y: canvas.y, width: width) + 2
        paragraph("\(text.both("By-law", "R\u{E8}glement")) \(infraction.section)  \u{B7}  Code \(infraction.code)")
        separator()
    }

    private func vehicle() {
        let half = isNarrow ? width : width / 2
        let top = canvas.y
        let style = TextStyle(size: 22, bold: true, alignment: .centre)
        let height = canvas.height(of: "0", style, width: half) + 4
        label(text.both("Plate", "Plaque"), .plate, width: half - gap)
        var boxTop = canvas.y + 1
        if !isNarrow {
            canvas.y = top
            label(text.both("Prov. or state", "Prov. ou \u{C9}tat"), .region, x: left + half, width: half)
            boxTop = max(boxTop, canvas.y + 1)
        }
        let box = isNarrow ? half : half - 2 * gap
        canvas.frame(x: left, y: boxTop, width: box, height: height, dots: 3)
        canvas.fittingText(ticket.plate.text, style, x: left + gap, y: boxTop + 2, width: box - 2 * gap)
        if isNarrow {
            canvas.y = boxTop + height + gap
            label(text.both("Prov. or state", "Prov. ou \u{C9}tat"), .region)
            region(x: left, y: canvas.y, width: width, height: height)
            canvas.y += height + gap
        } else {
            region(x: left + half, y: boxTop, width: half, height: height)
            canvas.y = boxTop + height + gap
        }
        colour()
        details()
        separator()
    }

    /// What the officer or the registry says of the vehicle; what a machine filled in has the mark.
    private func details() {
        guard let details = ticket.vehicleDetails else { return }
        let rows: [(label: String, field: VehicleDetails.Field?)] = [
            (text.both("Make", "Marque"), details.make), (text.both("Model", "Mod\u{E8}le"), details.model),
            (text.both("Plate expires", "Expiration de la plaque"), details.plateExpiry),
            (text.both("Owner", "Propri\u{E9}taire"), details.owner),
        ]
        for row in rows {
            guard let field = row.field else { continue }
            label(row.label, nil)
            let note = field.isToConfirm ? "  (\(text.both("to be confirmed", "\u{E0} confirmer")))" : ""
            canvas.y += canvas.fittingText(field.text + note, .value, x: left, y: canvas.y, width: width) + 1
        }
    }

    private func region(x: Double, y: Double, width: Double, height: Double) {
        if let region = ticket.region {
            let style = TextStyle(size: 22, bold: true)
            canvas.fittingText(text.region(region), style, x: x, y: y + 2, width: width)
        } else {
            // Not known: a line to write on.
            canvas.fill(x: x, y: y + height - 2, width: width, height: 2 * Canvas.dot)
        }
    }

    /// What the camera took the colour for; beside it, as where there is none, a line for the officer's word.
    private func colour() {
        let top = canvas.y
        let half = isNarrow ? width : width / 2
        var lineTop = top + TicketLayout.handwriting
        label(text.both("Colour", "Couleur"), nil, width: half - gap)
        if isNarrow { lineTop = canvas.y + TicketLayout.handwriting }
        if let confirmed = ticket.vehicleDetails?.colour, !confirmed.isToConfirm {
            canvas.y += canvas.fittingText(confirmed.text, .value, x: left, y: canvas.y, width: width) + gap
            return
        }
        if let colour = ticket.colour {
            let name = text.both(colour.name.en, colour.name.fr)
            canvas.y += canvas.fittingText(name, .value, x: left, y: canvas.y, width: half - gap)
            let note = text.both("To be confirmed by the officer", "\u{C0} confirmer par l\u{2019}agent")
            if isNarrow {
                canvas.y += canvas.text(note, .label, x: left, y: canvas.y, width: width)
                lineTop = canvas.y + TicketLayout.handwriting
            } else {
                lineTop += canvas.text(note, .label, x: left + half, y: top, width: half)
            }
        }
        canvas.fill(x: isNarrow ? left : left + half, y: lineTop, width: half, height: 2 * Canvas.dot)
        canvas.y = max(canvas.y, lineTop) + gap
    }

    /// When it was issued, where that was not at once: what the driver was doing is told by the time of the infraction.
    private var issuedLater: String? {
        guard !ticket.isIssuedAtOnce else { return nil }
        let date = text.date(ticket.issuedAt)
        let day = date == text.date(ticket.infractionAt) ? "" : date + " "
        return text.both("Issued", "D\u{E9}livr\u{E9}") + " " + day + text.time(ticket.issuedAt)
    }

    private func whenAndWhere() {
        let seen = ticket.infractionAt
        let weekday = text.ordered(text.weekday(seen))
        columns(
            Field(text.both("Date", "Date"), .time, text.date(seen), weekday.joined(separator: " / ")),
            Field(text.both("Time", "Heure"), .time, text.time(seen), issuedLater),
            share: 0.5
        )
        separator()
        label(text.both("Place", "Lieu"), .place)
        place()
        if let point = ticket.point { paragraph(text.position(point)) }
        separator()
        let zoneName = page.city.zones.first { $0.zone == ticket.zone }?.name
        let photos = ticket.photos.count
        columns(
            Field(text.both("Zone", "Zone"), .zone, ticket.zone.text, zoneName),
            Field(text.both("Photographs", "Photos"), nil, String(photos), nil),
            share: 0.5
        )
        separator()
    }

    /// The street address, or the intersection it is near; where the map is not sure, a note and a line to write on.
    private func place() {
        guard let address = ticket.address else {
            let name = ticket.place.isEmpty ? "\u{2014}" : ticket.place
            canvas.y += canvas.text(name, .value, x: left, y: canvas.y, width: width)
            return
        }
        let texts = text.ordered(address.text)
        canvas.y += canvas.text(texts[0], .value, x: left, y: canvas.y, width: width)
        if texts[1] != texts[0] { canvas.y += canvas.text(texts[1], .body, x: left, y: canvas.y, width: width) }
        for sentence in text.ordered(address.block) { paragraph(sentence) }
        guard !address.isSure else { return }
        let note = text.both("To be confirmed by the officer", "\u{C0} confirmer par l\u{2019}agent")
        canvas.y += canvas.text(note, .label, x: left, y: canvas.y, width: width)
        canvas.y += TicketLayout.handwriting
        canvas.fill(x: left, y: canvas.y, width: width, height: 2 * Canvas.dot)
        canvas.y += 2
    }

    private func officer() {
        columns(
            Field(text.both("Officer no.", "Agent n\u{BA}"), nil, ticket.officer.text, nil),
            Field(text.both("Patrol vehicle", "V\u{E9}hicule"), nil, ticket.vehicle.text, nil),
            share: 0.5
        )
        if regime == .provincialOffence {
            canvas.y += gap
            for sentence in text.ordered(TicketLayout.certificate) { paragraph(sentence) }
        }
        canvas.y += 20
        canvas.fill(x: left, y: canvas.y, width: width, height: 2 * Canvas.dot)
        canvas.y += 2
        canvas.y += canvas.text(
            text.both("Officer\u{2019}s signature", "Signature de l\u{2019}agent"),
            .label,
            x: left,
            y: canvas.y,
            width: width
        )
        canvas.y += gap
        canvas.rule(x: left, width: width, dots: 5)
        canvas.y += gap
    }

    private func instructions() {
        payment(paymentHeading: text.both("How to pay", "Comment payer"))
        canvas.y += gap
        heading(text.both("Your rights", "Vos droits"))
        for sentence in text.ordered(page.city.reviewRights) {
            paragraph(sentence)
            canvas.y += 2
        }
        guard !page.machineFilled.isEmpty else { return }
        canvas.y += 2
        canvas.diamond(x: left, y: canvas.y + 2.2, size: 5.5)
        let note = text.ordered(TicketLayout.machineNote).joined(separator: " / ")
        canvas.y += canvas.text(note, .label, x: left + 9, y: canvas.y, width: width - 9)
    }

    /// Where to pay; beside it (below it on a narrow roll) the symbol that leads a telephone there.
    private func payment(paymentHeading: String) {
        heading(paymentHeading)
        guard let payment else { return paragraph(page.city.paymentAddress) }
        let dots = 4
        let side = Double(payment.size * dots) * Canvas.dot
        let quiet = Double(QRCode.quietModules * dots) * Canvas.dot
        let caption = text.both("Scan to pay", "Balayer pour payer")
        if isNarrow {
            paragraph(page.city.paymentAddress)
            canvas.y += quiet
            canvas.symbol(payment, x: left + (width - side) / 2, y: canvas.y, dots: dots)
            canvas.y += side + quiet
            let style = TextStyle(size: 8, alignment: .centre)
            canvas.y += canvas.text(caption, style, x: left, y: canvas.y, width: width)
            return
        }
        let top = canvas.y
        let room = width - side - 2 * quiet
        paragraph(page.city.paymentAddress, width: room)
        canvas.symbol(payment, x: right - quiet - side, y: top + quiet / 2, dots: dots)
        let style = TextStyle(size: 8, alignment: .centre)
        let below = top + side + quiet * 1.5
        let height = canvas.text(caption, style, x: left + room, y: below, width: width - room)
        canvas.y = max(canvas.y, below + height)
    }

    private func stub() {
        canvas.y += gap + 2
        let dash = 12 * Canvas.dot
        for x in stride(from: left, to: right - dash, by: 2 * dash) {
            canvas.fill(x: x, y: canvas.y, width: dash, height: 2 * Canvas.dot)
        }
        canvas.y += gap
        let top = canvas.y
        let extent = Double(code.modules * 3) * Canvas.dot
        let barsRight = isNarrow ? left + (width + extent) / 2 : right - quiet
        let barsLeft = canvas.barcode(code, right: barsRight, y: top, height: 26, dots: 3)
        if isNarrow { canvas.y += 26 + 2 }
        let room = isNarrow ? width : barsLeft - left - quiet
        canvas.y += canvas.text(
            text.both("Return with payment", "\u{C0} joindre au paiement"),
            .label,
            x: left,
            y: canvas.y,
            width: room
        )
        let due = text.ordered(text.money(ticket.infraction.fineCents))[0]
        canvas.y += canvas.text(
            "\(ticket.number)  \u{B7}  \(ticket.plate)  \u{B7}  \(due)",
            TextStyle(size: 9, bold: true),
            x: left,
            y: canvas.y,
            width: room
        )
        canvas.y = max(canvas.y, top + 26)
        if page.isSpecimen { mark(text.both("SPECIMEN", "SP\u{C9}CIMEN")) }
    }

    // MARK: Pieces

    /// Ten modules of four dots, as Code 128 asks for at either side.
    private var quiet: Double { Double(Code128.quietModules * 3) * Canvas.dot }

    /// A field of a row of two: what it is called, who filled it in, what stands there, and a smaller line.
    private struct Field {
        let name: String
        let field: TicketField?
        let value: String
        let detail: String?

        init(_ name: String, _ field: TicketField?, _ value: String, _ detail: String?) {
            self.name = name
            self.field = field
            self.value = value
            self.detail = detail
        }
    }

    private func columns(_ first: Field, _ second: Field, share: Double) {
        var top = canvas.y
        var bottom = top
        let places =
            isNarrow
            ? [(first, left, width), (second, left, width)]
            : [(first, left, width * share - gap), (second, left + width * share, width * (1 - share))]
        for (field, x, room) in places {
            if isNarrow { top = bottom == top ? top : bottom + 2 }
            canvas.y = top
            label(field.name, field.field, x: x, width: room)
            canvas.y += canvas.fittingText(field.value, .value, x: x, y: canvas.y, width: room)
            if let detail = field.detail { canvas.y += canvas.text(detail, .label, x: x, y: canvas.y, width: room) }
            bottom = max(bottom, canvas.y)
        }
        canvas.y = bottom
    }

    /// A field's name in small letters at the pen, with the mark where a machine filled the field in.
    private func label(_ name: String, _ field: TicketField?, x: Double? = nil, width room: Double? = nil) {
        let start = x ?? left
        let room = room ?? width
        let marked = field.map { page.machineFilled.contains($0) } ?? false
        let height = canvas.text(name, .label, x: start, y: canvas.y, width: room - 8)
        if marked {
            let end = min(start + canvas.width(of: name, .label), start + room - 8)
            canvas.diamond(x: end + 2.5, y: canvas.y + 2.2, size: 5.5)
        }
        canvas.y += height + 1
    }

    private func heading(_ title: String) {
        canvas.y += canvas.text(title, TextStyle(size: 10, bold: true), x: left, y: canvas.y, width: width) + 1
    }

    private func paragraph(_ content: String, width room: Double? = nil) {
        canvas.y += canvas.text(content, .body, x: left, y: canvas.y, width: room ?? width)
    }

    private func separator() {
        canvas.y += gap - 1
        canvas.rule(x: left, width: width, dots: 1)
        canvas.y += gap - 1
    }

    /// White on black, the lines centred.
    private func band(_ lines: [(String, TextStyle)]) {
        let heights = lines.map { canvas.height(of: $0.0, $0.1, width: width - 8) }
        canvas.fill(x: left, y: canvas.y, width: width, height: heights.reduce(8, +))
        canvas.y += 4
        for (line, height) in zip(lines, heights) {
            canvas.text(line.0, line.1, x: left + 4, y: canvas.y, width: width - 8)
            canvas.y += height
        }
        canvas.y += 4
    }

    // MARK: Words

    private var noticeName: LocalizedText {
        switch regime {
        case .administrativePenalty: LocalizedText(en: "PENALTY NOTICE", fr: "AVIS DE P\u{C9}NALIT\u{C9}")
        // The Provincial Offences Act, Part II, calls it so.
        case .provincialOffence:
            LocalizedText(en: "PARKING INFRACTION NOTICE", fr: "AVIS D\u{2019}INFRACTION DE STATIONNEMENT")
        }
    }

    private static let certificate = LocalizedText(
        en:
            "I certify that I saw the infraction stated here and that I left this notice on the vehicle or handed it to "
            + "its driver.",
        fr: "J\u{2019}atteste avoir constat\u{E9} l\u{2019}infraction indiqu\u{E9}e et avoir laiss\u{E9} cet avis sur "
            + "le v\u{E9}hicule ou l\u{2019}avoir remis \u{E0} la personne qui le conduisait."
    )

    private static let machineNote = LocalizedText(
        en: "filled in by machine, confirmed by the officer",
        fr: "rempli par la machine, confirm\u{E9} par l\u{2019}agent"
    )

    private var earlyPayment: (cents: Int, until: String)? {
        guard let cents = ticket.infraction.earlyPaymentCents, let days = ticket.infraction.earlyPaymentDays else {
            return nil
        }
        return (cents, text.date(ticket.issuedAt, daysLater: days))
    }
}
