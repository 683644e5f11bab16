// Pages of a printed document: text that flows from page to page, tables, photos as they are, and drawings between.
internal import CCairo

#if canImport(Glibc)
internal import Glibc
#endif

/// What text looks like; sizes in points.
struct DocumentText: Hashable {
    var size = 9.0
    var isBold = false
    var isMono = false
    var shade = 0.0

    static let body = DocumentText()
    static let label = DocumentText(shade: 0.35)
    static let small = DocumentText(size: 7.5, shade: 0.25)
    static let hash = DocumentText(size: 6.8, isMono: true)
}

/// US Letter, in points from the top left corner. Not to be shared between threads.
final class DocumentPages {
    static let width = 612.0
    static let height = 792.0
    static let margin = 54.0
    static let textWidth = width - 2 * margin
    private static let bottom = height - 62

    /// Where the next thing begins.
    var y = 54.0
    private(set) var page = 1
    let context: OpaquePointer
    private let footer: String
    /// nil: the pages are being counted.
    private let pageCount: Int?

    private init(_ context: OpaquePointer, footer: String, pageCount: Int?) {
        self.context = context
        self.footer = footer
        self.pageCount = pageCount
    }

    // MARK: Making

    private final class Collected {
        var bytes: [UInt8] = []
    }

    /// Draws twice: to count the pages, then with their numbers.
    /// - Throws: `EvidenceError.exportFailed`, and what `draw` throws.
    static func pdf(
        title: String,
        footer: String,
        draw: (DocumentPages) throws -> Void
    ) throws -> [UInt8] {
        let counted = try render(title: title, footer: footer, pageCount: nil, draw: draw)
        return try render(title: title, footer: footer, pageCount: counted.pages, draw: draw).bytes
    }

    private static func render(
        title: String,
        footer: String,
        pageCount: Int?,
        draw: (DocumentPages) throws -> Void
    ) throws -> (bytes: [UInt8], pages: Int) {
        let collected = Collected()
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, start, count in
                guard let closure, let start else { return CAIRO_STATUS_WRITE_ERROR }
                let collected = Unmanaged<Collected>.fromOpaque(closure).takeUnretainedValue()
                collected.bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            },
            Unmanaged.passUnretained(collected).toOpaque(),
            width,
            height
        )
        defer { cairo_surface_destroy(surface) }
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Curbside Patrol")
        guard let context = cairo_create(surface) else {
            throw EvidenceError(.exportFailed, "the document could not be drawn: memory ran out")
        }
        let pages = DocumentPages(context, footer: footer, pageCount: pageCount)
        do {
            try draw(pages)
            pages.endPage()
        } catch {
            cairo_destroy(context)
            throw error
        }
        let status = cairo_status(context)
        cairo_destroy(context)
        cairo_surface_finish(surface)
        guard status == CAIRO_STATUS_SUCCESS, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS else {
            throw EvidenceError(
                .exportFailed,
                "the document could not be drawn: \(String(cString: cairo_status_to_string(status)))"
            )
        }
        return (withExtendedLifetime(collected) { collected.bytes }, pages.page)
    }

    // MARK: Pages

    /// Goes on to the next page unless so many points are left on this one.
    func need(_ points: Double) {
        guard y + points > DocumentPages.bottom, y > DocumentPages.margin else { return }
        endPage()
        page += 1
        y = DocumentPages.margin
    }

    private func endPage() {
        let number = pageCount.map { "page \(page) of \($0)" } ?? "page \(page)"
        let top = DocumentPages.height - 46
        line(from: (DocumentPages.margin, top - 6), to: (DocumentPages.width - DocumentPages.margin, top - 6), 0.5, 0.6)
        text(footer, .small, x: DocumentPages.margin, y: top, width: DocumentPages.textWidth - 80)
        let width = self.width(of: number, .small)
        text(number, .small, x: DocumentPages.width - DocumentPages.margin - width, y: top, width: width + 2)
        cairo_show_page(context)
    }

    func heading(_ text: String) {
        need(60)
        y += 10
        self.text(
            text,
            DocumentText(size: 12, isBold: true),
            x: DocumentPages.margin,
            y: y,
            width: DocumentPages.textWidth
        )
        y += 17
        line(from: (DocumentPages.margin, y), to: (DocumentPages.width - DocumentPages.margin, y), 0.8, 0.2)
        y += 6
    }

    func paragraph(_ text: String, _ style: DocumentText = .body, after space: Double = 4) {
        let height = height(of: text, style, width: DocumentPages.textWidth)
        need(height)
        self.text(text, style, x: DocumentPages.margin, y: y, width: DocumentPages.textWidth)
        y += height + space
    }

    /// Rows of cells; the first row stands in bold where it is a header.
    func table(_ rows: [[String]], widths: [Double], hasHeader: Bool, styles: [DocumentText]) {
        for (index, row) in rows.enumerated() {
            let isHeader = hasHeader && index == 0
            let cells = zip(zip(row, widths), styles).map { pair, style in
                (text: pair.0, width: pair.1, style: isHeader ? DocumentText(size: 8, isBold: true, shade: 0.2) : style)
            }
            let tallest = cells.map { height(of: $0.text, $0.style, width: $0.width - 6) }.max() ?? 0
            need(tallest + 6)
            var x = DocumentPages.margin
            for cell in cells {
                text(cell.text, cell.style, x: x, y: y + 2, width: cell.width - 6)
                x += cell.width
            }
            y += tallest + 5
            line(from: (DocumentPages.margin, y), to: (x, y), isHeader ? 0.8 : 0.3, isHeader ? 0.3 : 0.75)
            y += 1
        }
        y += 6
    }

    // MARK: Strokes and words

    func line(from: (x: Double, y: Double), to: (x: Double, y: Double), _ width: Double, _ shade: Double) {
        cairo_set_source_rgb(context, shade, shade, shade)
        cairo_set_line_width(context, width)
        cairo_move_to(context, from.x, from.y)
        cairo_line_to(context, to.x, to.y)
        cairo_stroke(context)
    }

    func text(_ text: String, _ style: DocumentText, x: Double, y: Double, width: Double) {
        let layout = layout(text, style, width: width)
        defer { DocumentPages.release(layout) }
        cairo_set_source_rgb(context, style.shade, style.shade, style.shade)
        cairo_move_to(context, x, y)
        pango_cairo_show_layout(context, layout)
    }

    func height(of text: String, _ style: DocumentText, width: Double) -> Double {
        let layout = layout(text, style, width: width)
        defer { DocumentPages.release(layout) }
        return DocumentPages.size(layout).height
    }

    func width(of text: String, _ style: DocumentText) -> Double {
        let layout = layout(text, style, width: nil)
        defer { DocumentPages.release(layout) }
        return DocumentPages.size(layout).width
    }

    private static func release(_ object: OpaquePointer?) {
        if let object { g_object_unref(UnsafeMutableRawPointer(object)) }
    }

    private static func size(_ layout: OpaquePointer?) -> (width: Double, height: Double) {
        var logical = PangoRectangle()
        pango_layout_get_extents(layout, nil, &logical)
        return (Double(logical.width) / Double(PANGO_SCALE), Double(logical.height) / Double(PANGO_SCALE))
    }

    private func layout(_ text: String, _ style: DocumentText, width: Double?) -> OpaquePointer? {
        let layout = pango_cairo_create_layout(context)
        let font = pango_font_description_new()
        defer { pango_font_description_free(font) }
        pango_font_description_set_family(font, style.isMono ? "DejaVu Sans Mono" : "DejaVu Sans")
        pango_font_description_set_weight(font, style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
        pango_layout_set_font_description(layout, font)
        let printable = String(text.unicodeScalars.filter { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F })
        pango_layout_set_text(layout, printable, -1)
        if let width {
            pango_layout_set_width(layout, Int32((width * Double(PANGO_SCALE)).rounded()))
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        }
        return layout
    }

    // MARK: Photos

    /// A JPEG as it is, byte for byte, within a box; smaller ones are not blown up beyond four times.
    /// - Returns: its height on the page.
    /// - Throws: `EvidenceError` for what is no JPEG.
    func photo(_ jpeg: [UInt8], x: Double, y: Double, width: Double, height: Double) throws -> Double {
        let size = try DocumentPages.photoSize(jpeg, width: width, height: height)
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(size.columns), Int32(size.rows))
        defer { cairo_surface_destroy(surface) }
        guard let copy = malloc(jpeg.count) else {
            throw EvidenceError(.exportFailed, "the document could not be drawn: memory ran out")
        }
        jpeg.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: jpeg.count) }
        let status = cairo_surface_set_mime_data(
            surface,
            CAIRO_MIME_TYPE_JPEG,
            copy.assumingMemoryBound(to: UInt8.self),
            UInt(jpeg.count),
            { free($0) },
            copy
        )
        guard status == CAIRO_STATUS_SUCCESS else {
            free(copy)
            throw EvidenceError(.exportFailed, "a photo could not be put into the document")
        }
        cairo_save(context)
        cairo_translate(context, x, y)
        cairo_scale(context, size.scale, size.scale)
        cairo_set_source_surface(context, surface, 0, 0)
        cairo_paint(context)
        cairo_restore(context)
        return Double(size.rows) * size.scale
    }

    /// How large a photo stands in a box.
    static func photoSize(
        _ jpeg: [UInt8],
        width: Double,
        height: Double
    ) throws(EvidenceError) -> (columns: Int, rows: Int, scale: Double) {
        let segments = try JPEGSegments(jpeg)
        let scale = min(4, min(width / Double(segments.width), height / Double(segments.height)))
        return (segments.width, segments.height, scale)
    }
}
