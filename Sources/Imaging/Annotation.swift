// Reads drawn into a picture: outline, text and confidence, for people who check what the machine saw.
internal import CCairo

/// One plate to be drawn.
package struct Annotation: Sendable {
    /// Outline in pixels of the picture, in drawing order; two points at least.
    package let corners: [(x: Double, y: Double)]
    package let label: String
    /// 0 (drawn red) to 1 (drawn green).
    package let certainty: Double

    package init(corners: [(x: Double, y: Double)], label: String, certainty: Double) {
        self.corners = corners
        self.label = label
        self.certainty = min(max(certainty, 0), 1)
    }
}

extension ColourImage {
    /// A copy with the annotations drawn; line and letters grow with the picture.
    /// - Throws: `ImagingError` (`library`).
    package func annotated(_ annotations: [Annotation]) throws(ImagingError) -> ColourImage {
        let stride = Int(cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, Int32(width)))
        var canvas = [UInt8](repeating: 0, count: stride * height)
        for row in 0..<height {
            for column in 0..<width {
                let source = (row * width + column) * 3
                let target = row * stride + column * 4
                canvas[target] = pixels[source + 2]
                canvas[target + 1] = pixels[source + 1]
                canvas[target + 2] = pixels[source]
            }
        }
        var failure: ImagingError?
        canvas.withUnsafeMutableBufferPointer { buffer in
            let surface = cairo_image_surface_create_for_data(
                buffer.baseAddress,
                CAIRO_FORMAT_RGB24,
                Int32(width),
                Int32(height),
                Int32(stride)
            )
            defer { cairo_surface_destroy(surface) }
            let context = cairo_create(surface)
            defer { cairo_destroy(context) }
            for annotation in annotations { draw(annotation, on: context) }
            cairo_surface_flush(surface)
            let status = cairo_status(context)
            if status != CAIRO_STATUS_SUCCESS {
                failure = ImagingError(
                    .library,
                    "Cairo could not draw: \(String(cString: cairo_status_to_string(status)))"
                )
            }
        }
        if let failure { throw failure }
        return try ColourImage(width: width, height: height) { target in
            for row in 0..<height {
                for column in 0..<width {
                    let source = row * stride + column * 4
                    let pixel = target + (row * width + column) * 3
                    pixel[0] = canvas[source + 2]
                    pixel[1] = canvas[source + 1]
                    pixel[2] = canvas[source]
                }
            }
        }
    }

    private func draw(_ annotation: Annotation, on context: OpaquePointer?) {
        guard let first = annotation.corners.first else { return }
        let unit = max(1, Double(max(width, height)) / 500)
        cairo_move_to(context, first.x, first.y)
        for corner in annotation.corners.dropFirst() { cairo_line_to(context, corner.x, corner.y) }
        cairo_close_path(context)
        cairo_set_source_rgb(context, 0, 0, 0)
        cairo_set_line_width(context, unit * 2.4)
        cairo_stroke_preserve(context)
        cairo_set_source_rgb(context, 1 - annotation.certainty, 0.25 + 0.75 * annotation.certainty, 0.15)
        cairo_set_line_width(context, unit * 1.4)
        cairo_stroke(context)
        // The first corner again: it tells which way up the plate was taken.
        cairo_arc(context, first.x, first.y, unit * 2, 0, 2 * .pi)
        cairo_fill(context)
        drawLabel(annotation, unit: unit, on: context)
    }

    private func drawLabel(_ annotation: Annotation, unit: Double, on context: OpaquePointer?) {
        guard !annotation.label.isEmpty else { return }
        let layout = pango_cairo_create_layout(context)
        defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
        let font = pango_font_description_from_string("DejaVu Sans Bold")
        defer { pango_font_description_free(font) }
        pango_font_description_set_absolute_size(font, max(11, unit * 11) * Double(PANGO_SCALE))
        pango_layout_set_font_description(layout, font)
        pango_layout_set_text(layout, annotation.label, -1)
        var textWidth: Int32 = 0
        var textHeight: Int32 = 0
        pango_layout_get_pixel_size(layout, &textWidth, &textHeight)
        let pad = 2 * unit
        let boxWidth = Double(textWidth) + 2 * pad
        let boxHeight = Double(textHeight) + pad
        let left = annotation.corners.map(\.x).min() ?? 0
        let top = annotation.corners.map(\.y).min() ?? 0
        let bottom = annotation.corners.map(\.y).max() ?? 0
        let x = min(max(0, left), max(0, Double(width) - boxWidth))
        let above = top - boxHeight - 2 * unit
        let y = above >= 0 ? above : min(bottom + 2 * unit, max(0, Double(height) - boxHeight))
        cairo_rectangle(context, x, y, boxWidth, boxHeight)
        cairo_set_source_rgba(context, 0, 0, 0, 0.72)
        cairo_fill(context)
        cairo_move_to(context, x + pad, y + pad / 2)
        cairo_set_source_rgb(context, 1, 1, 1)
        pango_cairo_show_layout(context, layout)
    }
}
