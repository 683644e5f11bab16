// Cars that stand too long: those that are overtime soon, and an alert's photos beside those of the first pass.
internal import Foundation
internal import Imaging
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    /// By the daemon's clock, as far as it went on since it told the list.
    private func secondsLeft(_ due: DueSummary) -> Double {
        state.status.map { due.dueAt.timeIntervalSince($0.now) } ?? due.secondsLeft
    }

    private func dueWords(_ due: DueSummary) -> (text: String, tone: Tone) {
        let left = secondsLeft(due)
        let duration = words.duration(seconds: left)
        return left > 0
            ? (Phrase.dueLeft.text(language, duration), .warn) : (Phrase.dueOver.text(language, duration), .bad)
    }

    /// The soonest ones in one line, where the notices stand.
    mutating func drawDueLine(y: Int) {
        guard !state.due.isEmpty else { return }
        var spans = [Span(" " + Phrase.dueLine.text(language), .quiet)]
        var length = spans[0].text.count
        var shown = 0
        for due in state.due {
            let when = dueWords(due)
            let piece = [
                Span("  \(due.plate) ", bold: true), Span(when.text, when.tone), Span(" " + due.place, .quiet),
            ]
            let width = piece.reduce(0) { $0 + $1.text.count }
            // Room for the count of the others.
            guard shown == 0 || length + width + 10 <= size.columns else { break }
            spans += piece
            length += width
            shown += 1
        }
        let more = Phrase.dueMore.text(language, "\(state.due.count - shown)")
        let isMore = shown < state.due.count
        let end = screen.put(spans, x: 0, y: y, limit: size.columns - (isMore ? more.count + 2 : 0))
        if isMore { screen.put(more, Style(.info, bold: true), x: end + 2, y: y) }
    }

    /// The whole list, as wide as the screen.
    mutating func drawDue(_ area: Area, from first: Int) {
        let width = min(area.width - 2, 120)
        let count = max(1, state.due.count)
        let box = Area(
            x: area.x + (area.width - width) / 2,
            y: area.y,
            width: width,
            height: min(area.height, count + 2)
        )
        let title = Phrase.dueTitle.text(language, "\(state.due.count)")
        screen.frame(box, Style(.warn), title: title, foot: Phrase.escapeHint.text(language))
        guard !state.due.isEmpty else {
            screen.put(Phrase.dueNone.text(language), Style(.quiet), x: box.x + 2, y: box.y + 1, limit: width - 4)
            return
        }
        let rows = box.height - 2
        let start = max(0, min(first, state.due.count - rows))
        for (index, due) in state.due[start...].prefix(rows).enumerated() {
            drawDueRow(due, Area(x: box.x + 2, y: box.y + 1 + index, width: width - 4, height: 1))
        }
    }

    private mutating func drawDueRow(_ due: DueSummary, _ row: Area) {
        let when = dueWords(due)
        screen.put(when.text, Style(when.tone, bold: true), x: row.x, y: row.y, limit: 15)
        screen.put(due.plate, Style(bold: true), x: row.x + 16, y: row.y, limit: 10)
        let ago = state.status.map { $0.now.timeIntervalSince(due.lastSeen) } ?? 0
        var seen = Phrase.dueSeen.text(language, words.clock(due.firstSeen), words.age(seconds: ago))
        if let limit = due.limitMinutes, row.width > 100 { seen += "  " + Phrase.dueLimit.text(language, "\(limit)") }
        let room = row.width - 27 - seen.count - 1
        screen.put(due.place, Style(), x: row.x + 27, y: row.y, limit: max(8, room))
        screen.put(seen, Style(.quiet), x: row.right - seen.count, y: row.y)
    }

    /// "Since 12:01:03: 2:19:02 of 120 min (99%)", the share being that it stayed; nil: the alert is not about that.
    func firstPassWords(_ alert: AlertSummary) -> String? {
        guard let first = alert.firstPass else { return nil }
        let text = Phrase.firstPass.text(
            language,
            words.clock(first.time),
            words.duration(seconds: first.elapsedSeconds),
            "\(first.limitMinutes)",
            words.percent(first.stayedProbability)
        )
        let other = first.plate == alert.plate ? "" : "  " + Phrase.otherText.text(language, first.plate)
        return text + other + "  " + Phrase.firstPassKey.text(language)
    }

    /// Both passes side by side; the scene below the plate where there is room.
    mutating func drawPhotos(_ alert: AlertSummary, _ area: Area) {
        let width = min(area.width - 2, 160)
        let box = Area(x: area.x + (area.width - width) / 2, y: area.y, width: width, height: area.height)
        screen.frame(box, Style(words.kind(alert.kind).tone), title: Phrase.photosTitle.text(language, alert.plate))
        let inner = Area(x: box.x + 2, y: box.y + 1, width: width - 4, height: box.height - 2)
        let now = Phrase.photosNow.text(language, words.clock(alert.time))
        guard let first = alert.firstPass else {
            return drawPass(now, [alert.closeUp, alert.context], inner)
        }
        screen.put(firstPassWords(alert) ?? "", Style(.info, bold: true), x: inner.x, y: inner.y, limit: inner.width)
        let half = (inner.width - 2) / 2
        let left = Area(x: inner.x, y: inner.y + 1, width: half, height: inner.height - 1)
        drawPass(Phrase.photosFirst.text(language, words.clock(first.time)), [first.closeUp, first.context], left)
        let right = Area(x: inner.right - half, y: left.y, width: half, height: left.height)
        drawPass(now, [alert.closeUp, alert.context], right)
    }

    private mutating func drawPass(_ title: String, _ names: [String?], _ area: Area) {
        screen.put(title, Style(bold: true), x: area.x, y: area.y, limit: area.width)
        var body = Area(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1)
        let shown = body.height >= 20 ? names : Array(names.prefix(1))
        for (index, name) in shown.enumerated() {
            let share = Area(x: body.x, y: body.y, width: body.width, height: body.height / (shown.count - index))
            let rows = drawPhoto(name, share)
            body.y += rows + 1
            body.height -= rows + 1
        }
    }

    /// - Returns: the rows taken.
    private mutating func drawPhoto(_ name: String?, _ area: Area) -> Int {
        guard area.height > 0 else { return 0 }
        let kept = state.pictures.first { $0.sha256 == name }
        guard let image = kept?.image else {
            let phrase = kept != nil ? Phrase.photoLoading : .photoMissing
            screen.put(phrase.text(language), Style(.quiet), x: area.x, y: area.y, limit: area.width)
            return 1
        }
        let lines = Picture.lines(image, columns: area.width, rows: area.height, asciiOnly: state.asciiOnly)
        for (index, line) in lines.enumerated() { screen.put(line, x: area.x, y: area.y + index, limit: area.width) }
        return lines.count
    }
}
