// Sign-in and the shift's report, over the whole middle of the screen.
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    mutating func drawSignIn(_ form: SignInForm, _ area: Area) {
        let box = Area(x: area.x + 2, y: area.y + 1, width: 58, height: 8)
        screen.frame(
            box,
            Style(.warn),
            title: Phrase.signInTitle.text(language),
            foot: Phrase.enterEscape.text(language)
        )
        let labels = [Phrase.badge.text(language), Phrase.pin.text(language)]
        // A PIN is never shown, only how many digits there are.
        let texts = [form.badge, String(repeating: "*", count: form.pin.count)]
        let start = box.x + 3 + (labels.map(\.count).max() ?? 0) + 2
        for index in 0...1 {
            let y = box.y + 2 + index * 2
            screen.put(labels[index], Style(bold: form.isOnPIN == (index == 1)), x: box.x + 3, y: y)
            screen.fill(Area(x: start, y: y, width: SignInForm.characters + 2, height: 1), Style(.bar))
            let end = screen.put(texts[index], Style(.bar, bold: true), x: start, y: y)
            if form.isOnPIN == (index == 1) { screen.cursor = (column: end, row: y) }
        }
        let note = form.isSent ? Phrase.sending.text(language) : form.problem ?? ""
        screen.put(
            note,
            Style(form.isSent ? .quiet : .bad, bold: !form.isSent),
            x: box.x + 3,
            y: box.y + 6,
            limit: box.width - 6
        )
    }

    /// In one column where it fits, else in two.
    mutating func drawShift(_ report: ShiftReport, isOver: Bool, _ area: Area) {
        let lines = report.lines(language)
        let rows = area.height - 4
        let columns = lines.count > rows ? 2 : 1
        let width = columns == 2 ? area.width - 2 : min(area.width - 2, 56)
        let box = Area(x: area.x + 1, y: area.y, width: width, height: min(area.height, 4 + min(rows, lines.count)))
        let title = (isOver ? Phrase.shiftOver : .shiftTitle).text(language, report.officer.text)
        let foot = (isOver ? Phrase.shiftOverKeys : .shiftKeys).text(language)
        screen.frame(box, Style(.info), title: title, foot: foot)
        let span = "\(words.clock(report.startedAt)) - \(words.clock(report.endedAt))"
        screen.put(span, Style(.quiet), x: box.x + 2, y: box.y + 1, limit: width - 4)
        let each = (width - 4) / columns
        for (index, line) in lines.prefix(rows * columns).enumerated() {
            let x = box.x + 2 + index / rows * each
            let y = box.y + 2 + index % rows
            let isPart = line.name.hasPrefix(" ")
            let room = each - 2
            let value = String(line.value.suffix(room))
            screen.put(line.name, Style(isPart ? .quiet : .plain), x: x, y: y, limit: room - value.count - 1)
            screen.put(value, Style(bold: !isPart), x: x + room - value.count, y: y)
        }
        let left = lines.count - rows * columns
        if left > 0 { screen.put("+\(left)", Style(.warn), x: box.right - 6, y: box.bottom - 2) }
    }
}
