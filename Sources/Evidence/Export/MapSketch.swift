// A map sketch of where a car was seen: the municipality's streets, the position with its error, and the camera's view.
internal import CCairo
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// A street near the place, by the municipality's centreline.
package struct SketchStreet: Sendable {
    package let name: String
    package let line: [GeoPoint]

    package init(name: String, line: [GeoPoint]) {
        self.name = name
        self.line = line
    }
}

/// North is up; metres on a plane that touches the Earth at the position.
struct MapSketch {
    let streets: [SketchStreet]
    let fix: Fix
    /// Where the camera looked, degrees clockwise from north; nil: not known.
    let viewDegrees: Double?
    let firstPass: Fix?

    /// From the position to the nearer edge of the sketch.
    var reachMetres: Double {
        let apart = firstPass.map { fix.point.distanceMetres(to: $0.point) + $0.errorMetres } ?? 0
        return min(400, max(45, fix.errorMetres * 2.5, apart * 1.4))
    }

    func draw(on pages: DocumentPages, width: Double, height: Double) {
        let context = pages.context
        let (left, top) = (DocumentPages.margin, pages.y)
        let scale = height / 2 / reachMetres
        func place(_ point: GeoPoint) -> (x: Double, y: Double) {
            let metres = Geodesy.offsetMetres(from: fix.point, to: point)
            return (left + width / 2 + metres.east * scale, top + height / 2 - metres.north * scale)
        }
        cairo_save(context)
        cairo_rectangle(context, left, top, width, height)
        cairo_clip(context)
        cairo_set_source_rgb(context, 0.965, 0.96, 0.945)
        cairo_paint(context)
        drawStreets(context, scale: scale, place: place)
        drawNames(pages, left: left, top: top, width: width, height: height, place: place)
        drawView(context, at: place(fix.point), length: height * 0.42)
        if let firstPass { drawFix(context, firstPass, at: place(firstPass.point), scale, (0.45, 0.3, 0.05)) }
        drawFix(context, fix, at: place(fix.point), scale, (0.05, 0.2, 0.5))
        drawHeading(context, at: place(fix.point))
        drawScale(pages, left: left, top: top, width: width, height: height, scale: scale)
        cairo_restore(context)
        cairo_set_source_rgb(context, 0.3, 0.3, 0.3)
        cairo_set_line_width(context, 0.6)
        cairo_rectangle(context, left, top, width, height)
        cairo_stroke(context)
        pages.y += height + 6
    }

    private func drawStreets(_ context: OpaquePointer, scale: Double, place: (GeoPoint) -> (x: Double, y: Double)) {
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        // A casing below, the roadway (some 8 m) above it.
        for (extra, shade) in [(1.6, 0.72), (0.0, 1.0)] {
            cairo_set_source_rgb(context, shade, shade, shade)
            cairo_set_line_width(context, max(4, 8 * scale) + extra)
            for street in streets {
                for (index, point) in street.line.enumerated() {
                    let at = place(point)
                    if index == 0 { cairo_move_to(context, at.x, at.y) } else { cairo_line_to(context, at.x, at.y) }
                }
                cairo_stroke(context)
            }
        }
    }

    /// Each name once, on the longest stretch of it that is in the sketch.
    private func drawNames(
        _ pages: DocumentPages,
        left: Double,
        top: Double,
        width: Double,
        height: Double,
        place: (GeoPoint) -> (x: Double, y: Double)
    ) {
        var best: [String: (length: Double, x: Double, y: Double, angle: Double)] = [:]
        for street in streets {
            for (start, end) in zip(street.line, street.line.dropFirst()) {
                guard
                    let (a, b) = MapSketch.clipped(place(start), place(end), left + 8, top + 8, width - 16, height - 16)
                else { continue }
                let (dx, dy) = (b.x - a.x, b.y - a.y)
                let length = (dx * dx + dy * dy).squareRoot()
                guard length > (best[street.name]?.length ?? 30) else { continue }
                var angle = atan2(dy, dx)
                if angle > .pi / 2 { angle -= .pi }
                if angle <= -.pi / 2 { angle += .pi }
                // Off the middle, where the position is.
                best[street.name] = (length, a.x + dx * 0.25, a.y + dy * 0.25, angle)
            }
        }
        let style = DocumentText(size: 7.5, shade: 0.25)
        for (name, at) in best.sorted(by: { $0.key < $1.key }) {
            let textWidth = pages.width(of: name, style)
            cairo_save(pages.context)
            cairo_translate(pages.context, at.x, at.y)
            cairo_rotate(pages.context, at.angle)
            pages.text(name, style, x: -textWidth / 2, y: -5, width: textWidth + 2)
            cairo_restore(pages.context)
        }
    }

    /// The part of a segment within a rectangle (Liang and Barsky); nil: none.
    static func clipped(
        _ a: (x: Double, y: Double),
        _ b: (x: Double, y: Double),
        _ left: Double,
        _ top: Double,
        _ width: Double,
        _ height: Double
    ) -> ((x: Double, y: Double), (x: Double, y: Double))? {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        var (from, to) = (0.0, 1.0)
        for (step, room) in [
            (-dx, a.x - left), (dx, left + width - a.x), (-dy, a.y - top), (dy, top + height - a.y),
        ] {
            if step == 0 {
                if room < 0 { return nil }
            } else if step < 0 {
                from = max(from, room / step)
            } else {
                to = min(to, room / step)
            }
        }
        guard from < to else { return nil }
        return ((a.x + dx * from, a.y + dy * from), (a.x + dx * to, a.y + dy * to))
    }

    /// What the camera saw: 30 degrees to either side of where it looked.
    private func drawView(_ context: OpaquePointer, at place: (x: Double, y: Double), length: Double) {
        guard let viewDegrees else { return }
        let middle = (viewDegrees - 90) * .pi / 180
        cairo_move_to(context, place.x, place.y)
        cairo_arc(context, place.x, place.y, length, middle - .pi / 6, middle + .pi / 6)
        cairo_close_path(context)
        cairo_set_source_rgba(context, 0.85, 0.55, 0.1, 0.22)
        cairo_fill(context)
        cairo_move_to(context, place.x, place.y)
        cairo_line_to(context, place.x + cos(middle) * length, place.y + sin(middle) * length)
        cairo_set_source_rgba(context, 0.6, 0.35, 0, 0.9)
        cairo_set_line_width(context, 0.8)
        cairo_stroke(context)
    }

    private func drawFix(
        _ context: OpaquePointer,
        _ fix: Fix,
        at place: (x: Double, y: Double),
        _ scale: Double,
        _ colour: (red: Double, green: Double, blue: Double)
    ) {
        cairo_new_path(context)
        cairo_arc(context, place.x, place.y, max(2, fix.errorMetres * scale), 0, 2 * .pi)
        cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, 0.13)
        cairo_fill_preserve(context)
        cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, 0.9)
        cairo_set_line_width(context, 0.9)
        cairo_stroke(context)
        cairo_arc(context, place.x, place.y, 3, 0, 2 * .pi)
        cairo_set_source_rgb(context, colour.red, colour.green, colour.blue)
        cairo_fill(context)
    }

    /// Which way the patrol vehicle drove.
    private func drawHeading(_ context: OpaquePointer, at place: (x: Double, y: Double)) {
        guard let heading = fix.headingDegrees else { return }
        cairo_save(context)
        cairo_translate(context, place.x, place.y)
        cairo_rotate(context, heading * .pi / 180)
        cairo_move_to(context, 0, -17)
        cairo_line_to(context, 5, -6)
        cairo_line_to(context, 0, -8.5)
        cairo_line_to(context, -5, -6)
        cairo_close_path(context)
        cairo_set_source_rgb(context, 0.05, 0.2, 0.5)
        cairo_fill(context)
        cairo_restore(context)
    }

    private func drawScale(
        _ pages: DocumentPages,
        left: Double,
        top: Double,
        width: Double,
        height: Double,
        scale: Double
    ) {
        let metres = [10.0, 20, 50, 100, 200].last { $0 * scale < width / 4 } ?? 10
        let (x, y) = (left + 12, top + height - 14)
        pages.line(from: (x, y), to: (x + metres * scale, y), 1.5, 0.15)
        for end in [x, x + metres * scale] { pages.line(from: (end, y - 3), to: (end, y + 3), 1, 0.15) }
        pages.text("\(Int(metres)) m", .small, x: x + 4, y: y - 12, width: 60)
        let north = (x: left + width - 18, y: top + 14.0)
        pages.line(from: (north.x, north.y + 18), to: north, 1.2, 0.15)
        pages.line(from: (north.x - 4, north.y + 6), to: north, 1.2, 0.15)
        pages.line(from: (north.x + 4, north.y + 6), to: north, 1.2, 0.15)
        pages.text("N", DocumentText(size: 8, isBold: true), x: north.x - 3, y: north.y + 19, width: 12)
    }
}
