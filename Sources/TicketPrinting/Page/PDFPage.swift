// One page, as PDF or as dots, whose length follows from what is drawn on it, as on a roll of paper.
internal import CCairo

enum PDFPage {
    /// PDF readers need not take longer pages (ISO 32000-1, annex C): 200 inches.
    static let maximumHeight = 14_400.0

    struct Properties {
        let title: String
        /// ISO 8601.
        let created: String
    }

    /// Draws twice: on a recording surface to learn the length, then on the page.
    /// - Parameter width: in points.
    /// - Returns: the file's bytes, and the page's length in points.
    /// - Throws: `TicketPrintError`: `fontMissing`, `tooLong`, `drawingFailed`, or what `draw` throws.
    static func bytes(
        width: Double,
        bottomMargin: Double,
        family: String,
        properties: Properties,
        draw: (Canvas) throws(TicketPrintError) -> Void
    ) throws(TicketPrintError) -> (bytes: [UInt8], length: Double) {
        let length = try length(bottomMargin: bottomMargin, family: family, draw: draw)
        let collected = Collected()
        let stream = Unmanaged.passUnretained(collected).toOpaque()
        let page = Surface(
            cairo_pdf_surface_create_for_stream(
                { closure, start, count in
                    guard let closure, let start else { return CAIRO_STATUS_WRITE_ERROR }
                    let collected = Unmanaged<Collected>.fromOpaque(closure).takeUnretainedValue()
                    collected.bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: Int(count)))
                    return CAIRO_STATUS_SUCCESS
                },
                stream,
                width,
                length
            )
        )
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_TITLE, properties.title)
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_CREATOR, "Curbside Patrol")
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_CREATE_DATE, properties.created)
        _ = try page.draw(family: family, draw)
        try page.finish()
        return (withExtendedLifetime(collected) { collected.bytes }, length)
    }

    /// The dots that a 203 dpi head burns: what is drawn, black where it covers at least half of a dot.
    /// - Throws: as `bytes`.
    static func dots(
        width: Double,
        bottomMargin: Double,
        family: String,
        draw: (Canvas) throws(TicketPrintError) -> Void
    ) throws(TicketPrintError) -> DotRaster {
        let length = try length(bottomMargin: bottomMargin, family: family, draw: draw)
        let columns = Int((width / Canvas.dot).rounded())
        let rows = Int((length / Canvas.dot).rounded())
        let page = Surface(cairo_image_surface_create(CAIRO_FORMAT_A8, Int32(columns), Int32(rows)))
        cairo_surface_set_device_scale(page.pointer, 1 / Canvas.dot, 1 / Canvas.dot)
        _ = try page.draw(family: family, isDots: true, draw)
        cairo_surface_flush(page.pointer)
        guard let data = cairo_image_surface_get_data(page.pointer) else {
            throw TicketPrintError(.drawingFailed, "the ticket could not be drawn: no memory for its dots")
        }
        let stride = Int(cairo_image_surface_get_stride(page.pointer))
        return DotRaster(width: columns, height: rows) { x, y in data[y * stride + x] >= 128 }
    }

    /// Length in points: whole dots, and nearly whole points.
    private static func length(
        bottomMargin: Double,
        family: String,
        draw: (Canvas) throws(TicketPrintError) -> Void
    ) throws(TicketPrintError) -> Double {
        try Canvas.checkFont(family)
        let recording = Surface(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nil))
        let height = try recording.draw(family: family, draw) + bottomMargin
        guard height <= maximumHeight else {
            throw TicketPrintError(
                .tooLong,
                "the ticket would be \(Int(height / 72 * 2.54)) cm long; shorten the city's or the by-law's texts"
            )
        }
        return Double(Canvas.wholePoints(Int((height / Canvas.dot).rounded(.up)))) * Canvas.dot
    }

    /// What Cairo has written so far.
    private final class Collected {
        var bytes: [UInt8] = []
    }

    /// A Cairo surface, destroyed with its owner.
    private final class Surface {
        let pointer: OpaquePointer?

        init(_ pointer: OpaquePointer?) { self.pointer = pointer }

        deinit { cairo_surface_destroy(pointer) }

        /// - Returns: where the pen stood at the end, in points.
        func draw(
            family: String,
            isDots: Bool = false,
            _ body: (Canvas) throws(TicketPrintError) -> Void
        ) throws(TicketPrintError) -> Double {
            guard let context = cairo_create(pointer) else { throw Surface.failure("no drawing context") }
            defer { cairo_destroy(context) }
            let options = cairo_font_options_create()
            cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
            cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
            cairo_set_font_options(context, options)
            cairo_font_options_destroy(options)
            let canvas = Canvas(context, family: family, isDots: isDots)
            try body(canvas)
            try Surface.check(cairo_status(context))
            return canvas.y
        }

        func finish() throws(TicketPrintError) {
            cairo_surface_finish(pointer)
            try Surface.check(cairo_surface_status(pointer))
        }

        private static func check(_ status: cairo_status_t) throws(TicketPrintError) {
            if status != CAIRO_STATUS_SUCCESS { throw failure(String(cString: cairo_status_to_string(status))) }
        }

        private static func failure(_ reason: String) -> TicketPrintError {
            TicketPrintError(.drawingFailed, "the ticket could not be drawn: \(reason)")
        }
    }
}
