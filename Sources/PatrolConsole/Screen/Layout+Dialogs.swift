// What stands over the screen while the officer is asked something. Placed over the reads, so that the alert stays seen.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    mutating func drawDialog(over area: Area) {
        switch state.dialog {
        case nil: break
        case .rejecting(let id): drawReject(id, area)
        case .typingReason(let id, let text):
            let title = Phrase.reasonTitle.text(language, plate(id))
            drawField(text, width: 60, hint: "", problem: nil, title: title, area)
        case .typingPlate(_, let text, let problem):
            let hint = Phrase.plateHint.text(language)
            drawField(text, width: 50, hint: hint, problem: problem, title: Phrase.plateTitle.text(language), area)
        case .quitting:
            let question = Phrase.quitQuestion.text(language)
            let box = Area(x: area.x + 2, y: area.y + 1, width: question.count + 4, height: 3)
            screen.frame(box, Style(.warn), title: Phrase.quitTitle.text(language))
            screen.put(question, Style(bold: true), x: box.x + 2, y: box.y + 1)
        case .viewing(let id): if let alert = state.alerts.first(where: { $0.id == id }) { drawWhole(alert, area) }
        case .comparing(let id): if let alert = state.alerts.first(where: { $0.id == id }) { drawPhotos(alert, area) }
        case .due(let first): drawDue(area, from: first)
        case .help: drawHelp(area)
        case .reprinting(let ticket):
            let choices = ReprintReason.allCases.map { ("\($0.rawValue) ", $0.phrase.text(language)) }
            drawChoices(choices, title: Phrase.reprintTitle.text(language, ticket.number.text), area)
        case .askingCameOut(let ticket):
            let title = Phrase.cameOutTitle.text(language, ticket.number.text)
            let lines = Phrase.cameOutQuestion.text(language).split(separator: "\n").map { ("", String($0)) }
            let why = CellText.wrapped(ticket.hold?.words[language] ?? ticket.detail, width: 54).map { ("", $0) }
            drawChoices(why + lines, title: title, area)
        case .cancellingPrint(let ticket):
            let title = Phrase.cancelPrintTitle.text(language, ticket.number.text)
            drawChoices([("", Phrase.cancelPrintQuestion.text(language))], title: title, area)
        case .voiding(let ticket):
            let choices = VoidReason.allCases.map { ("\($0.rawValue) ", $0.phrase.text(language)) }
            drawChoices(choices, title: Phrase.voidTitle.text(language, ticket.number.text, ticket.plate), area)
        case .signingIn(let form): drawSignIn(form, area)
        case .viewingShift(let report, let isOver): drawShift(report, isOver: isOver, area)
        case .endingShift:
            drawChoices(
                [("", Phrase.shiftEndQuestion.text(language))],
                title: Phrase.shiftEndTitle.text(language),
                area
            )
        }
    }

    private mutating func drawChoices(_ lines: [(key: String, text: String)], title: String, _ area: Area) {
        let box = Area(x: area.x + 2, y: area.y, width: 60, height: lines.count + 2)
        screen.frame(box, Style(.warn), title: title, foot: Phrase.escapeHint.text(language))
        for (index, line) in lines.enumerated() {
            screen.put(
                [Span(line.key, .info, bold: true), Span(line.text, bold: true)],
                x: box.x + 3,
                y: box.y + 1 + index,
                limit: box.width - 5
            )
        }
    }

    private func plate(_ id: UUIDv7) -> String { state.alerts.first { $0.id == id }?.plate ?? "" }

    private mutating func drawReject(_ id: UUIDv7, _ area: Area) {
        let box = Area(x: area.x + 2, y: area.y, width: 44, height: RejectReason.allCases.count + 2)
        screen.frame(
            box,
            Style(.warn),
            title: Phrase.rejectTitle.text(language, plate(id)),
            foot: Phrase.escapeHint.text(language)
        )
        for (index, reason) in RejectReason.allCases.enumerated() {
            screen.put(
                [Span("\(reason.rawValue) ", .info, bold: true), Span(reason.phrase.text(language), bold: true)],
                x: box.x + 3,
                y: box.y + 1 + index,
                limit: box.width - 5
            )
        }
    }

    private mutating func drawField(
        _ text: String,
        width: Int,
        hint: String,
        problem: String?,
        title: String,
        _ area: Area
    ) {
        let box = Area(x: area.x + 2, y: area.y, width: width, height: 6)
        screen.frame(box, Style(.warn), title: title, foot: Phrase.enterEscape.text(language))
        screen.put(hint, Style(), x: box.x + 2, y: box.y + 1, limit: width - 4)
        let field = width - 4
        // The end of a long text is what is being typed: that part is shown.
        let shown = String(CellText.cells(text).suffix(field - 1))
        screen.fill(Area(x: box.x + 2, y: box.y + 2, width: field, height: 1), Style(.bar))
        let end = screen.put(shown, Style(.bar, bold: true), x: box.x + 2, y: box.y + 2)
        screen.cursor = (column: end, row: box.y + 2)
        if let problem { screen.put(problem, Style(.bad, bold: true), x: box.x + 2, y: box.y + 4, limit: width - 4) }
    }

    /// All that is known of an alert, as wide as the screen.
    private mutating func drawWhole(_ alert: AlertSummary, _ area: Area) {
        let width = min(area.width - 2, 100)
        let kind = words.kind(alert.kind)
        var lines = [
            "\(words.percent(alert.confidence))  \(alert.camera)  \(words.clock(alert.time))",
            Phrase.place.text(language, alert.place),
        ]
        if !alert.alternates.isEmpty {
            let list = alert.alternates.map { "\($0.plate) \(words.chance($0.probability))" }.joined(separator: ", ")
            lines += CellText.wrapped("\(Phrase.orElse.text(language)) \(list)", width: width - 4)
        }
        if let firstPass = firstPassWords(alert) { lines += CellText.wrapped(firstPass, width: width - 4) }
        for reason in alert.reasons {
            for (index, line) in CellText.wrapped(reason, width: width - 6).enumerated() {
                lines.append((index == 0 ? "• " : "  ") + line)
            }
        }
        lines += CellText.wrapped(acceptDoes(alert), width: width - 4)
        let box = Area(
            x: area.x + (area.width - width) / 2,
            y: area.y,
            width: width,
            height: min(area.height, lines.count + 2)
        )
        screen.frame(box, Style(kind.tone), title: "\(alert.plate)  \(kind.long)")
        for (index, line) in lines.prefix(box.height - 2).enumerated() {
            screen.put(line, x: box.x + 2, y: box.y + 1 + index, limit: width - 4)
        }
    }

    private mutating func drawHelp(_ area: Area) {
        let lines = Phrase.helpLines.text(language).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init
        )
        let width = min(area.width - 2, (lines.map(\.count).max() ?? 0) + 4)
        let box = Area(
            x: area.x + (area.width - width) / 2,
            y: area.y + 1,
            width: width,
            height: min(area.height - 1, lines.count + 2)
        )
        screen.frame(box, Style(.info), title: Phrase.helpTitle.text(language))
        for (index, line) in lines.prefix(box.height - 2).enumerated() {
            screen.put(line, Style(), x: box.x + 2, y: box.y + 1 + index, limit: width - 4)
        }
    }
}
