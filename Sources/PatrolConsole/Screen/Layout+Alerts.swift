// The waiting alerts as a list, and the chosen one with all that the officer needs to decide.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    /// List at the left, details at the right: for narrow terminals.
    mutating func drawAlertsBeside(_ area: Area) {
        drawAlertsTitle(area)
        let body = Area(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1)
        guard let alert = state.selectedAlert else { return drawNoAlerts(body) }
        let list = Area(x: body.x, y: body.y, width: 31, height: body.height)
        drawList(list)
        for y in body.y..<body.bottom { screen.put("│", Style(.quiet), x: list.right, y: y) }
        drawDetail(
            alert,
            Area(x: list.right + 2, y: body.y, width: body.width - list.width - 3, height: body.height)
        )
    }

    /// List above, details below: for wide terminals.
    mutating func drawAlertsStacked(_ area: Area) {
        drawAlertsTitle(area)
        let body = Area(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1)
        guard let alert = state.selectedAlert else { return drawNoAlerts(body) }
        let rows = min(max(3, body.height / 3), max(3, state.alerts.count))
        drawList(Area(x: body.x, y: body.y, width: body.width, height: rows))
        screen.rule([], x: body.x, y: body.y + rows, width: body.width)
        drawDetail(
            alert,
            Area(x: body.x + 1, y: body.y + rows + 1, width: body.width - 2, height: body.height - rows - 1)
        )
    }

    private mutating func drawAlertsTitle(_ area: Area) {
        var text = Phrase.alerts.text(language, "\(state.alerts.count)")
        if let index = state.selectedIndex, state.alerts.count > 1 { text += "  (\(index + 1)/\(state.alerts.count))" }
        screen.rule(
            [Span(text, state.alerts.isEmpty ? .info : .bad, bold: true)],
            x: area.x,
            y: area.y,
            width: area.width
        )
    }

    private mutating func drawNoAlerts(_ area: Area) {
        screen.put(Phrase.noAlerts.text(language), Style(.quiet), x: area.x + 1, y: area.y, limit: area.width - 2)
    }

    private mutating func drawList(_ area: Area) {
        let selected = state.selectedIndex ?? 0
        let first = max(0, min(selected - area.height / 2, state.alerts.count - area.height))
        for (offset, alert) in state.alerts[first...].prefix(area.height).enumerated() {
            let y = area.y + offset
            let kind = words.kind(alert.kind)
            let isSelected = alert.id == state.selected
            if isSelected { screen.put("▶", Style(kind.tone, bold: true), x: area.x, y: y) }
            var x = screen.put(words.clock(alert.time), Style(), x: area.x + 2, y: y) + 1
            screen.put(alert.plate, Style(bold: true), x: x, y: y, limit: 10)
            x += 11
            let deciding = state.deciding[alert.id] != nil
            let label = deciding ? Phrase.sending.text(language) : kind.short
            screen.put(label, Style(deciding ? .quiet : kind.tone, bold: true), x: x, y: y, limit: area.right - x)
            x += 11
            if area.width > 45 { screen.put(alert.place, Style(.quiet), x: x, y: y, limit: area.right - x) }
            if isSelected {
                screen.restyle(Area(x: area.x, y: y, width: area.width, height: 1)) { style in
                    Style(style.tone == .quiet ? .plain : style.tone, bold: true, reversed: true)
                }
            }
        }
    }

    private mutating func drawDetail(_ alert: AlertSummary, _ area: Area) {
        var y = drawPlateAndKind(alert, area)
        drawPlaceAndColour(alert, Area(x: area.x, y: y, width: area.width, height: 1))
        y += 1
        if let firstPass = firstPassWords(alert) {
            screen.put(firstPass, Style(.info, bold: true), x: area.x, y: y, limit: area.width)
            y += 1
        }
        y = drawReasons(alert.reasons, Area(x: area.x, y: y, width: area.width, height: area.bottom - 1 - y))
        let row = min(area.bottom - 1, y + (area.bottom - y > 1 ? 1 : 0))
        screen.put(acceptDoes(alert), Style(.info, bold: true), x: area.x, y: row, limit: area.width)
    }

    /// Each reason as an item. Where they do not all fit, the last line says how many more there are.
    /// - Returns: the first row below.
    private mutating func drawReasons(_ reasons: [String], _ area: Area) -> Int {
        var lines: [(text: String, reason: Int)] = []
        for (number, reason) in reasons.enumerated() {
            for (index, line) in CellText.wrapped(reason, width: area.width - 2).enumerated() {
                lines.append(((index == 0 ? "• " : "  ") + line, number))
            }
        }
        let fits = lines.count <= area.height
        let shown = lines.prefix(fits ? area.height : max(0, area.height - 1))
        for (index, line) in shown.enumerated() {
            screen.put(line.text, x: area.x, y: area.y + index, limit: area.width)
        }
        guard !fits, area.height > 0 else { return area.y + shown.count }
        let more = reasons.count - lines[shown.count].reason
        let text = Phrase.moreReasons.text(language, "\(more)")
        screen.put(text, Style(.warn), x: area.x, y: area.y + shown.count, limit: area.width)
        return area.bottom
    }

    /// The plate, and beside it (below it, where it is drawn tall) what the alert is and how sure the read.
    /// - Returns: the first row below both.
    private mutating func drawPlateAndKind(_ alert: AlertSummary, _ area: Area) -> Int {
        var x = area.x
        var y = area.y
        if let tall = tallPlate(alert.plate, area) {
            for (index, row) in tall.enumerated() { screen.put(row, Style(.plate), x: x, y: y + index) }
            y += tall.count + 1
        } else {
            x += drawFramedPlate(alert.plate, area) + 2
        }
        let room = area.right - x
        let kind = words.kind(alert.kind)
        let style = Style(kind.tone, bold: true, reversed: kind.tone != .alarm)
        screen.put(" \(kind.long) ", style, x: x, y: y, limit: room)
        let percent = words.percent(alert.confidence)
        screen.put(
            [Span(percent, bold: true), Span("  \(alert.camera)  \(words.clock(alert.time))")],
            x: x,
            y: y + 1,
            limit: room
        )
        if !alert.alternates.isEmpty {
            let list = alert.alternates.map { "\($0.plate) \(words.chance($0.probability))" }.joined(separator: ", ")
            screen.put("\(Phrase.orElse.text(language)) \(list)", Style(.quiet), x: x, y: y + 2, limit: room)
        }
        return y + 3
    }

    /// The place, and at the line's end the proposed colour: a question, since the officer is to look.
    private mutating func drawPlaceAndColour(_ alert: AlertSummary, _ area: Area) {
        let colour = alert.colour.map { Phrase.colour.text(language, $0.colour.name[language]) } ?? ""
        let room = area.width - (colour.isEmpty ? 0 : colour.count + 2)
        screen.put(Phrase.place.text(language, alert.place), Style(bold: true), x: area.x, y: area.y, limit: room)
        screen.put(colour, Style(.info), x: area.right - colour.count, y: area.y, limit: colour.count)
    }

    func acceptDoes(_ alert: AlertSummary) -> String {
        if alert.kind == .secondLook { return Phrase.acceptSecondLook.text(language) + ticketWords(alert) }
        guard let infraction = alert.ticketFor else { return Phrase.acceptNoTicket.text(language) }
        return Phrase.acceptTicket.text(language, alert.fineCents.map(words.money) ?? "?", infraction)
    }

    private func ticketWords(_ alert: AlertSummary) -> String {
        guard let infraction = alert.ticketFor else { return "" }
        return " (\(alert.fineCents.map(words.money) ?? "?"), \(infraction))"
    }

    private func tallPlate(_ plate: String, _ area: Area) -> [String]? {
        guard !state.asciiOnly, area.height >= 16, let rows = TallLetters.rows(plate), rows[0].count <= area.width
        else {
            return nil
        }
        return rows
    }

    /// The plate in a frame of three rows, letters set wide.
    /// - Returns: the width taken.
    private mutating func drawFramedPlate(_ plate: String, _ area: Area) -> Int {
        let spaced = plate.map(String.init).joined(separator: " ")
        let inner = String(repeating: "─", count: spaced.count + 4)
        let style = Style(.plate, bold: true)
        screen.put("┌\(inner)┐", style, x: area.x, y: area.y)
        screen.put("│  \(spaced)  │", style, x: area.x, y: area.y + 1)
        screen.put("└\(inner)┘", style, x: area.x, y: area.y + 2)
        return spaced.count + 6
    }
}
