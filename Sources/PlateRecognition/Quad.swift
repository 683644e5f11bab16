// Four corners of a plate, and how much two of them share.
internal import ParkingCore

/// A convex quadrilateral in pixels: top left, top right, bottom right, bottom left.
struct Quad: Hashable, Sendable {
    var corners: [PixelPoint]

    init(_ corners: [PixelPoint]) {
        precondition(corners.count == 4, "a quadrilateral has four corners")
        self.corners = corners
    }

    /// Mean length of the upper and lower edge.
    var width: Double { (Quad.distance(corners[0], corners[1]) + Quad.distance(corners[3], corners[2])) / 2 }
    /// Mean length of the left and right edge.
    var height: Double { (Quad.distance(corners[0], corners[3]) + Quad.distance(corners[1], corners[2])) / 2 }
    /// The squarest plates, motorcycles' (7 by 4 inches), seen at up to 49 degrees from the side, are wider than this;
    /// windows, wheels and parking signs mostly are not.
    var isPlateShaped: Bool { width >= 1.15 * height }
    var centre: PixelPoint {
        PixelPoint(x: corners.map(\.x).reduce(0, +) / 4, y: corners.map(\.y).reduce(0, +) / 4)
    }
    var area: Double { abs(Quad.signedArea(corners)) }

    /// How squarely it is seen: 1 for a rectangle, less the more opposite edges differ and its corners lean.
    var squareness: Double {
        func edge(_ from: Int, _ to: Int) -> Double { max(Quad.distance(corners[from], corners[to]), 1e-6) }
        let (top, right, bottom, left) = (edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 0))
        let across = (x: corners[1].x - corners[0].x, y: corners[1].y - corners[0].y)
        let down = (x: corners[3].x - corners[0].x, y: corners[3].y - corners[0].y)
        let lean = abs(across.x * down.y - across.y * down.x) / (top * left)
        return lean * min(top, bottom) / max(top, bottom) * min(left, right) / max(left, right)
    }

    /// The upright rectangle around it, cut at the picture's edges.
    func box(within width: Int, _ height: Int) -> PixelBox {
        let columns = corners.map { min(max($0.x, 0), Double(width)) }
        let rows = corners.map { min(max($0.y, 0), Double(height)) }
        let (left, right) = (columns.min() ?? 0, columns.max() ?? 0)
        let (top, bottom) = (rows.min() ?? 0, rows.max() ?? 0)
        return PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Sides moved out by shares of the plate's width and height.
    func enlarged(byWidth x: Double, height y: Double) -> Quad {
        let (a, b, c, d) = (corners[0], corners[1], corners[2], corners[3])
        func moved(_ point: PixelPoint, _ alongX: (PixelPoint, PixelPoint), _ alongY: (PixelPoint, PixelPoint))
            -> PixelPoint
        {
            PixelPoint(
                x: point.x + (alongX.1.x - alongX.0.x) * x + (alongY.1.x - alongY.0.x) * y,
                y: point.y + (alongX.1.y - alongX.0.y) * x + (alongY.1.y - alongY.0.y) * y
            )
        }
        return Quad([
            moved(a, (b, a), (d, a)), moved(b, (a, b), (c, b)), moved(c, (d, c), (b, c)), moved(d, (c, d), (a, d)),
        ])
    }

    func mapped(_ transform: (PixelPoint) -> PixelPoint) -> Quad { Quad(corners.map(transform)) }

    /// Shared area over the union, and over the smaller of the two.
    func overlap(_ other: Quad) -> (union: Double, smaller: Double) {
        let shared = Quad.intersectionArea(corners, other.corners)
        let (first, second) = (area, other.area)
        return (shared / max(first + second - shared, 1e-6), shared / max(min(first, second), 1e-6))
    }

    private static func distance(_ a: PixelPoint, _ b: PixelPoint) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }

    /// Shoelace formula; positive when the corners run clockwise on the screen (y down).
    private static func signedArea(_ points: [PixelPoint]) -> Double {
        var sum = 0.0
        for (index, point) in points.enumerated() {
            let next = points[(index + 1) % points.count]
            sum += point.x * next.y - next.x * point.y
        }
        return sum / 2
    }

    /// Sutherland and Hodgman 1974: the first polygon cut by each edge of the second.
    private static func intersectionArea(_ first: [PixelPoint], _ second: [PixelPoint]) -> Double {
        let boxesApart =
            (first.map(\.x).max() ?? 0) < (second.map(\.x).min() ?? 0)
            || (second.map(\.x).max() ?? 0) < (first.map(\.x).min() ?? 0)
            || (first.map(\.y).max() ?? 0) < (second.map(\.y).min() ?? 0)
            || (second.map(\.y).max() ?? 0) < (first.map(\.y).min() ?? 0)
        if boxesApart { return 0 }
        let cutter = signedArea(second) >= 0 ? second : second.reversed()
        var polygon = first
        for (index, start) in cutter.enumerated() {
            let end = cutter[(index + 1) % cutter.count]
            func side(_ p: PixelPoint) -> Double {
                (end.x - start.x) * (p.y - start.y) - (end.y - start.y) * (p.x - start.x)
            }
            var kept: [PixelPoint] = []
            for (position, point) in polygon.enumerated() {
                let next = polygon[(position + 1) % polygon.count]
                let (here, there) = (side(point), side(next))
                if here >= 0 { kept.append(point) }
                if (here >= 0) != (there >= 0) {
                    let share = here / (here - there)
                    kept.append(
                        PixelPoint(x: point.x + (next.x - point.x) * share, y: point.y + (next.y - point.y) * share)
                    )
                }
            }
            polygon = kept
            if polygon.count < 3 { return 0 }
        }
        return abs(signedArea(polygon))
    }
}
