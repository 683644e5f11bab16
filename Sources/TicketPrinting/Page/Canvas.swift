// Drawing in black on a roll of paper: text through Pango, lines and bars through Cairo, all in points from the top.
internal import CCairo

/// What text looks like; sizes in points.
struct TextStyle: Hashable {
    var size: Double
    var bold = false
    var alignment = Alignment.left
    var white = false

    enum Alignment: Hashable { case left, centre, right }

    static let label = TextStyle(size: 8)
    static let body = TextStyle(size: 9)
    static let value = TextStyle(size: 11, bold: true)
}

/// A Cairo context with a pen that moves down the paper. Not to be shared between threads.
final class Canvas {
    /// One dot of a 203 dpi print head, in points: rules and bars are whole dots.
    static let dot = 72.0 / 203

    /// Where the next thing begins, in points from the paper's top.
    var y = 0.0
    let context: OpaquePointer
    let family: String
    /// Drawn on a mask of dots, on which white is what is taken away.
    private let isDots: Bool

    init(_ context: OpaquePointer, family: String, isDots: Bool = false) {
        self.context = context
        self.family = family
        self.isDots = isDots
    }

    private func ink(white: Bool = false) {
        let shade = white ? 1.0 : 0.0
        cairo_set_source_rgb(context, shade, shade, shade)
        if isDots { cairo_set_operator(context, white ? CAIRO_OPERATOR_DEST_OUT : CAIRO_OPERATOR_OVER) }
    }

    /// In a PDF, filled shapes end so far inside the dots that they cover: printers' filters blacken every dot that is
    /// touched at all, and a bar that ends on the border of two would grow by one.
    static let hair = 0.12 * dot

    /// The fewest dots, `dots` or more, that are a whole number of points too (as near as a tenth of a dot): CUPS knows
    /// pages in points, and a page of another length would be shifted against the head's dots.
    static func wholePoints(_ dots: Int) -> Int {
        let last = dots + 203
        return (dots...last).first { abs((Double($0) * dot).rounded() - Double($0) * dot) < 0.1 * dot } ?? last
    }

    static func snapped(_ value: Double) -> Double { (value / dot).rounded() * dot }

    /// - Throws: `TicketPrintError.fontMissing` when another font would stand in for `family`.
    static func checkFont(_ family: String) throws(TicketPrintError) {
        for bold in [false, true] {
            let actual = actualFamily(family, TextStyle(size: 10, bold: bold))
            if actual.lowercased() != family.lowercased() {
                let substitute = actual.isEmpty ? "" : " ('\(actual)' would stand in for it)"
                throw TicketPrintError(
                    .fontMissing,
                    "the tickets' font '\(family)' is not installed\(substitute); install the package fonts-dejavu-core"
                )
            }
        }
    }

    /// The family that text asked for in `family` is really set in; empty when there is no font at all.
    private static func actualFamily(_ family: String, _ style: TextStyle) -> String {
        let map = pango_cairo_font_map_get_default()
        let context = pango_font_map_create_context(map)
        defer { release(context) }
        let wanted = font(family, style)
        defer { pango_font_description_free(wanted) }
        guard let found = pango_font_map_load_font(map, context, wanted) else { return "" }
        let description = pango_font_describe(found)
        defer { pango_font_description_free(description) }
        g_object_unref(UnsafeMutableRawPointer(found))
        guard let name = pango_font_description_get_family(description) else { return "" }
        return String(cString: name)
    }

    private static func release(_ object: OpaquePointer?) {
        if let object { g_object_unref(UnsafeMutableRawPointer(object)) }
    }

    /// Draws text that wraps at `width`, its top at `y` of the paper; words that are longer break anywhere.
    /// - Returns: its height in points.
    @discardableResult
    func text(_ text: String, _ style: TextStyle, x: Double, y: Double, width: Double) -> Double {
        let layout = layout(text, style, width: width)
        defer { Canvas.release(layout) }
        ink(white: style.white)
        cairo_move_to(context, x, y)
        pango_cairo_show_layout(context, layout)
        return Canvas.size(of: layout).height
    }

    /// Draws text on one line, smaller than `style` says where the width asks for it, but not below 8 points: then
    /// it wraps.
    @discardableResult
    func fittingText(_ string: String, _ style: TextStyle, x: Double, y: Double, width: Double) -> Double {
        var fitted = style
        while fitted.size > 8, self.width(of: string, fitted) > width { fitted.size = max(8, fitted.size - 0.5) }
        return text(string, fitted, x: x, y: y, width: width)
    }

    /// Width of the text on one line, in points.
    func width(of text: String, _ style: TextStyle) -> Double {
        let layout = layout(text, style, width: nil)
        defer { Canvas.release(layout) }
        return Canvas.size(of: layout).width
    }

    func height(of text: String, _ style: TextStyle, width: Double) -> Double {
        let layout = layout(text, style, width: width)
        defer { Canvas.release(layout) }
        return Canvas.size(of: layout).height
    }

    /// A filled black rectangle, its edges on whole dots.
    func fill(x: Double, y: Double, width: Double, height: Double) {
        let left = Canvas.snapped(x)
        let top = Canvas.snapped(y)
        let right = max(left + Canvas.dot, Canvas.snapped(x + width))
        let bottom = max(top + Canvas.dot, Canvas.snapped(y + height))
        ink()
        rectangle(left, top, right, bottom)
        cairo_fill(context)
    }

    /// Edges on whole dots.
    private func rectangle(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) {
        let hair = isDots ? 0 : Canvas.hair
        cairo_rectangle(context, left + hair, top + hair, right - left - 2 * hair, bottom - top - 2 * hair)
    }

    /// An outline, drawn inwards.
    func frame(x: Double, y: Double, width: Double, height: Double, dots: Int) {
        let line = Double(dots) * Canvas.dot
        fill(x: x, y: y, width: width, height: line)
        fill(x: x, y: y + height - line, width: width, height: line)
        fill(x: x, y: y, width: line, height: height)
        fill(x: x + width - line, y: y, width: line, height: height)
    }

    /// A line across at the pen, which moves below it.
    func rule(x: Double, width: Double, dots: Int) {
        fill(x: x, y: y, width: width, height: Double(dots) * Canvas.dot)
        y += Double(dots) * Canvas.dot
    }

    /// A small filled diamond within a square of `size` points.
    func diamond(x: Double, y: Double, size: Double) {
        ink()
        cairo_move_to(context, x + size / 2, y)
        cairo_line_to(context, x + size, y + size / 2)
        cairo_line_to(context, x + size / 2, y + size)
        cairo_line_to(context, x, y + size / 2)
        cairo_close_path(context)
        cairo_fill(context)
    }

    /// Bars of `dots` print-head dots a module, right edge at `right`, quiet zone not drawn.
    /// - Returns: the left edge of the first bar.
    @discardableResult
    func barcode(_ code: Code128, right: Double, y: Double, height: Double, dots: Int) -> Double {
        let module = Double(dots) * Canvas.dot
        let left = Canvas.snapped(right - Double(code.modules) * module)
        var x = left
        for (index, width) in code.widths.enumerated() {
            let extent = Double(width) * module
            if index.isMultiple(of: 2) { fill(x: x, y: y, width: extent, height: height) }
            x += extent
        }
        return left
    }

    /// A QR symbol of `dots` print-head dots a module, quiet zone not drawn.
    func symbol(_ code: QRCode, x: Double, y: Double, dots: Int) {
        let module = Double(dots) * Canvas.dot
        let (left, top) = (Canvas.snapped(x), Canvas.snapped(y))
        ink()
        for row in 0..<code.size {
            // Runs, so that no hair of white stands between two modules.
            var column = 0
            while column < code.size {
                guard code.isDark(row: row, column: column) else {
                    column += 1
                    continue
                }
                let start = column
                while column < code.size, code.isDark(row: row, column: column) { column += 1 }
                let y = top + Double(row) * module
                rectangle(left + Double(start) * module, y, left + Double(column) * module, y + module)
            }
        }
        cairo_fill(context)
    }

    private func layout(_ text: String, _ style: TextStyle, width: Double?) -> OpaquePointer? {
        let layout = pango_cairo_create_layout(context)
        // Else letters would stand on whole points, nearly three dots of the print head apart.
        pango_context_set_round_glyph_positions(pango_layout_get_context(layout), 0)
        let description = Canvas.font(family, style)
        defer { pango_font_description_free(description) }
        pango_layout_set_font_description(layout, description)
        let printable = String(text.unicodeScalars.filter { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F })
        pango_layout_set_text(layout, printable, -1)
        if let width {
            pango_layout_set_width(layout, Int32((width * Double(PANGO_SCALE)).rounded()))
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        }
        let alignment =
            switch style.alignment {
            case .left: PANGO_ALIGN_LEFT
            case .centre: PANGO_ALIGN_CENTER
            case .right: PANGO_ALIGN_RIGHT
            }
        pango_layout_set_alignment(layout, alignment)
        return layout
    }

    private static func font(_ family: String, _ style: TextStyle) -> OpaquePointer? {
        let description = pango_font_description_new()
        pango_font_description_set_family(description, family)
        pango_font_description_set_weight(description, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        // Absolute: in units of the surface, points here; a plain size would be scaled to a screen's 96 dpi.
        pango_font_description_set_absolute_size(description, style.size * Double(PANGO_SCALE))
        return description
    }

    private static func size(of layout: OpaquePointer?) -> (width: Double, height: Double) {
        var ink = PangoRectangle()
        var logical = PangoRectangle()
        pango_layout_get_extents(layout, &ink, &logical)
        let scale = Double(PANGO_SCALE)
        return (Double(max(logical.width, ink.width)) / scale, Double(logical.height) / scale)
    }
}
