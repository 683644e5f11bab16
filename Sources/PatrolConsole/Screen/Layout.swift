// The whole screen as a pure function of state and size. Narrow terminals stack the reads over the alerts, wide ones
// set them side by side.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

/// Draws one state; each part of the screen has a file of its own.
struct Layout {
    static let smallest = ScreenSize(columns: 80, rows: 24)
    /// From this width on there is room for reads and alerts side by side.
    static let wideColumns = 112

    let state: ConsoleState
    let words: Wording
    var screen: Screen

    var size: ScreenSize { state.size }
    var language: Language { state.language }

    init(_ state: ConsoleState) {
        self.state = state
        words = Wording(language: state.language, timeZone: state.timeZone)
        screen = Screen(size: state.size)
    }

    mutating func draw() {
        guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else {
            drawTooSmall()
            return
        }
        drawHeader()
        drawHealth()
        let middle = Area(x: 0, y: 3, width: size.columns, height: size.rows - 6)
        if state.status == nil {
            drawNothingKnown(middle)
        } else if size.columns >= Self.wideColumns {
            let right = max(60, size.columns * 46 / 100)
            let left = Area(x: 0, y: middle.y, width: size.columns - right - 1, height: middle.height)
            drawReads(left)
            drawAlertsStacked(Area(x: left.right + 1, y: middle.y, width: right, height: middle.height))
            for y in middle.y..<middle.bottom {
                screen.put(y == middle.y ? "┬" : "│", Style(.quiet), x: left.right, y: y)
            }
        } else {
            let reads = max(6, middle.height / 3)
            drawReads(Area(x: 0, y: middle.y, width: size.columns, height: reads))
            drawAlertsBeside(
                Area(x: 0, y: middle.y + reads, width: size.columns, height: middle.height - reads)
            )
        }
        drawFoot()
        drawDialog(over: middle)
    }

    private mutating func drawTooSmall() {
        let text = Phrase.tooSmall.text(
            language,
            "\(size.columns)",
            "\(size.rows)",
            "\(Self.smallest.columns)",
            "\(Self.smallest.rows)"
        )
        for (index, line) in CellText.wrapped(text, width: size.columns).enumerated() {
            screen.put(line, Style(.warn, bold: true), x: 0, y: index)
        }
    }

    private mutating func drawNothingKnown(_ area: Area) {
        let lines: [(String, Style)] =
            switch state.link {
            case .lost(_, let error):
                [
                    (error.sentence(in: language), Style(.bad, bold: true)),
                    (Phrase.tryingAgain.text(language), Style(.quiet)),
                ]
            default: [(Phrase.connecting.text(language, state.socketPath), Style())]
            }
        var y = area.y + area.height / 2 - 2
        for (text, style) in lines {
            for line in CellText.wrapped(text, width: area.width - 4) {
                screen.put(line, style, x: max(0, (area.width - line.count) / 2), y: y)
                y += 1
            }
            y += 1
        }
    }
}

/// The screen that shows `state` in its size.
package func layout(_ state: ConsoleState) -> Screen {
    var layout = Layout(state)
    layout.draw()
    return layout.screen
}
