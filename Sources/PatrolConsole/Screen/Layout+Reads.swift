// The reel of live reads, newest first, one line a read.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI

extension Layout {
    mutating func drawReads(_ area: Area) {
        let count = state.status?.reads ?? state.reads.count
        screen.rule(
            [Span(Phrase.reads.text(language, "\(max(count, state.reads.count))"), .info, bold: true)],
            x: area.x,
            y: area.y,
            width: area.width
        )
        guard !state.reads.isEmpty else {
            screen.put(
                Phrase.noReads.text(language),
                Style(.quiet),
                x: area.x + 1,
                y: area.y + 1,
                limit: area.width - 2
            )
            return
        }
        let cameraWidth = min(8, state.reads.map(\.camera.text.count).max() ?? 0)
        let answerWidth =
            [ReadSummary.Answer.clear, .alert, .secondLook].map { words.answer($0).text.count }.max() ?? 0
        for (index, read) in state.reads.prefix(area.height - 1).enumerated() {
            let answer = words.answer(read.answer)
            let y = area.y + 1 + index
            var x = screen.put(words.clock(read.time), Style(.quiet), x: area.x + 1, y: y) + 1
            screen.put(read.camera.text, Style(.quiet), x: x, y: y, limit: cameraWidth)
            x += cameraWidth + 1
            screen.put(read.plate, Style(bold: true), x: x, y: y, limit: 10)
            x += 11
            let percent = words.percent(read.confidence)
            screen.put(percent, Style(), x: x + max(0, 5 - percent.count), y: y)
            x += 6
            screen.put(answer.text, Style(answer.tone, bold: true), x: x, y: y)
            x += answerWidth + 1
            screen.put(
                read.reason,
                Style(answer.tone == .good ? .plain : answer.tone),
                x: x,
                y: y,
                limit: area.right - x
            )
        }
    }
}
