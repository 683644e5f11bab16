// One page of PDF whose length follows from what is drawn on it, as on a roll of paper.
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
    /// - Throws: `TicketPrintError`: `fontMissing`, `tooLong`, `drawingFailed`, or what `draw` throws.
    static func bytes(
        width: Double,
        bottomMargin: Double,
        family: String,
        properties: Properties,
        draw: (Canvas) throws(TicketPrintError) -> Void
    ) throws(TicketPrintError) -> [UInt8] {
        try Canvas.checkFont(family)
        let recording = Surface(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nil))
        let height = try recording.draw(family: family, draw) + bottomMargin
        guard height <= maximumHeight else {
            throw TicketPrintError(
                .tooLong,
                "the ticket would be \(Int(height / 72 * 2.54)) cm long; shorten the city's or the by-law's texts"
            )
        }
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
                Canvas.snapped(height)
            )
        )
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_TITLE, properties.title)
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_CREATOR, "Curbside Patrol")
        cairo_pdf_surface_set_metadata(page.pointer, CAIRO_PDF_METADATA_CREATE_DATE, properties.created)
        _ = try page.draw(family: family, draw)
        try page.finish()
        return withExtendedLifetime(collected) { collected.bytes }
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
            _ body: (Canvas) throws(TicketPrintError) -> Void
        ) throws(TicketPrintError) -> Double {
            guard let context = cairo_create(pointer) else { throw Surface.failure("no drawing context") }
            defer { cairo_destroy(context) }
            let options = cairo_font_options_create()
            cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
            cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
            cairo_set_font_options(context, options)
            cairo_font_options_destroy(options)
            let canvas = Canvas(context, family: family)
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
