// A terminal's picture as values: cells of one column each, with styles that say what they mean, not how they look.

/// What a cell means; the terminal driver chooses colours, or attributes where there are none.
package enum Tone: Hashable, Sendable, CaseIterable {
    case plain, good, warn, bad, info, quiet
    /// White on red: the connection is gone, something must be done.
    case alarm
    /// The header bar.
    case bar
    /// The plate's own face.
    case plate
}

package struct Style: Hashable, Sendable {
    package var tone: Tone
    package var bold: Bool
    package var reversed: Bool

    package init(_ tone: Tone = .plain, bold: Bool = false, reversed: Bool = false) {
        self.tone = tone
        self.bold = bold
        self.reversed = reversed
    }
}

package struct Cell: Hashable, Sendable {
    package let character: Character
    package let style: Style
    package static let blank = Cell(character: " ", style: Style())
}

/// A rectangle of a screen, in cells from the top left.
struct Area: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var right: Int { x + width }
    var bottom: Int { y + height }
}

/// Text in one style; lines are made of such pieces.
struct Span {
    let text: String
    let style: Style
    init(_ text: String, _ tone: Tone = .plain, bold: Bool = false) {
        self.text = text
        style = Style(tone, bold: bold)
    }
}

package struct Screen: Hashable, Sendable {
    package let size: ScreenSize
    package private(set) var rows: [[Cell]]
    /// Where the typing mark stands; nil hides it.
    package var cursor: (column: Int, row: Int)? {
        get { cursorCell.map { ($0.columns, $0.rows) } }
        set { cursorCell = newValue.map { ScreenSize(columns: $0.column, rows: $0.row) } }
    }
    private var cursorCell: ScreenSize?

    init(size: ScreenSize) {
        self.size = size
        rows = Array(repeating: Array(repeating: .blank, count: max(0, size.columns)), count: max(0, size.rows))
    }

    /// Puts text, cut at `limit` columns and at the screen's edge; what is cut ends with an ellipsis.
    /// - Returns: the column after the text.
    @discardableResult
    mutating func put(_ text: String, _ style: Style = Style(), x: Int, y: Int, limit: Int = .max) -> Int {
        guard rows.indices.contains(y), x < size.columns, limit > 0 else { return x }
        let room = min(limit, size.columns - x)
        var characters = CellText.cells(text)
        if characters.count > room { characters = characters.prefix(room - 1) + ["…"] }
        for (offset, character) in characters.enumerated() where x + offset >= 0 {
            rows[y][x + offset] = Cell(character: character, style: style)
        }
        return x + characters.count
    }

    /// Puts spans one after another; `x` of the end is returned.
    @discardableResult
    mutating func put(_ spans: [Span], x: Int, y: Int, limit: Int = .max) -> Int {
        var at = x
        for span in spans {
            let left = limit == .max ? .max : x + limit - at
            at = put(span.text, span.style, x: at, y: y, limit: left)
        }
        return at
    }

    mutating func fill(_ area: Area, _ style: Style = Style(), with character: Character = " ") {
        for y in max(0, area.y)..<max(0, min(area.bottom, size.rows)) {
            for x in max(0, area.x)..<max(0, min(area.right, size.columns)) {
                rows[y][x] = Cell(character: character, style: style)
            }
        }
    }

    /// Gives every cell of a row part the same style, whatever its text.
    mutating func restyle(_ area: Area, _ change: (Style) -> Style) {
        for y in max(0, area.y)..<max(0, min(area.bottom, size.rows)) {
            for x in max(0, area.x)..<max(0, min(area.right, size.columns)) {
                rows[y][x] = Cell(character: rows[y][x].character, style: change(rows[y][x].style))
            }
        }
    }

    /// A horizontal rule with a title in it.
    mutating func rule(_ title: [Span], x: Int, y: Int, width: Int) {
        fill(Area(x: x, y: y, width: width, height: 1), Style(.quiet), with: "─")
        guard !title.isEmpty else { return }
        put([Span(" ")] + title + [Span(" ")], x: x + 1, y: y, limit: width - 2)
    }

    mutating func frame(_ area: Area, _ style: Style, title: String = "", foot: String = "") {
        fill(area)
        let inner = String(repeating: "─", count: max(0, area.width - 2))
        put("┌" + inner + "┐", style, x: area.x, y: area.y)
        for y in (area.y + 1)..<max(area.y + 1, area.bottom - 1) {
            put("│", style, x: area.x, y: y)
            put("│", style, x: area.right - 1, y: y)
        }
        put("└" + inner + "┘", style, x: area.x, y: area.bottom - 1)
        var bold = style
        bold.bold = true
        if !title.isEmpty { put(" \(title) ", bold, x: area.x + 2, y: area.y, limit: area.width - 4) }
        if !foot.isEmpty { put(" \(foot) ", style, x: area.x + 2, y: area.bottom - 1, limit: area.width - 4) }
    }

    /// The characters alone, without blanks at the ends of lines: for tests and for people who debug.
    package var text: String {
        rows.map { row in
            var line = String(row.map(\.character))
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n") + "\n"
    }
}
