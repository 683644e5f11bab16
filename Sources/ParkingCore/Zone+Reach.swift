// Which zones a position may lie in, and how probably: a fix is a spread on the ground, not a point.
#if canImport(Glibc)
internal import Glibc
#endif

/// One zone, or none, with the probability that the position lies in it.
package struct ZoneChance: Hashable, Sendable, Codable {
    /// nil: in no zone with a rule in force.
    package let zone: ZoneID?
    /// 0 ... 1
    package let probability: Double

    package init(zone: ZoneID?, probability: Double) {
        self.zone = zone
        self.probability = probability
    }
}

/// Where a position may be: a normal distribution on the ground, as weighted points.
///
/// Rings of equal width out to four standard deviations, each weighed by what lies between its edges; beyond them lie
/// 3 of 10,000 positions.
struct FixSpread {
    private static let rings = 10
    private static let ringWidth = 0.4
    private static let directions = 24

    let points: [(point: GeoPoint, weight: Double)]
    /// Nothing of the distribution lies farther from its middle, in metres.
    let reachMetres: Double

    init(of fix: Fix) {
        let axes = FixSpread.axes(of: fix)
        let (sine, cosine) = (sin(axes.bearing), cos(axes.bearing))
        var found: [(point: GeoPoint, weight: Double)] = []
        found.reserveCapacity(FixSpread.rings * FixSpread.directions)
        let whole = 1 - exp(-pow(Double(FixSpread.rings) * FixSpread.ringWidth, 2) / 2)
        for ring in 0..<FixSpread.rings {
            let inner = Double(ring) * FixSpread.ringWidth
            let outer = inner + FixSpread.ringWidth
            let weight = (exp(-inner * inner / 2) - exp(-outer * outer / 2)) / whole / Double(FixSpread.directions)
            let radius = (inner + outer) / 2
            for step in 0..<FixSpread.directions {
                // Each ring is turned by half a step, so that points of two rings do not line up.
                let angle = (Double(step) + (ring.isMultiple(of: 2) ? 0 : 0.5)) * 2 * .pi / Double(FixSpread.directions)
                let along = radius * cos(angle) * axes.major
                let across = radius * sin(angle) * axes.minor
                let point = Geodesy.point(
                    fix.point,
                    eastMetres: along * sine + across * cosine,
                    northMetres: along * cosine - across * sine
                )
                found.append((point, weight))
            }
        }
        points = found
        reachMetres = FixSpread.reachMetres(of: fix)
    }

    static func reachMetres(of fix: Fix) -> Double { Double(rings) * ringWidth * axes(of: fix).major }

    /// Standard deviations along two axes, in metres; what is no number counts as 100 m.
    private static func axes(of fix: Fix) -> (major: Double, minor: Double, bearing: Double) {
        func held(_ metres: Double) -> Double { metres.isFinite ? min(max(abs(metres), 0.1), 1000) : 100 }
        if let ellipse = fix.errorEllipse {
            return (
                held(ellipse.semiMajorMetres), held(ellipse.semiMinorMetres), ellipse.orientationDegrees * .pi / 180
            )
        }
        // 68 of 100 positions of a round normal distribution lie within 1.5096 standard deviations.
        let deviation = held(fix.errorMetres / 1.5096)
        return (deviation, deviation, 0)
    }
}

extension City {
    /// The zones that the fix may lie in, most probable first; the probabilities sum to 1.
    /// - Parameter candidates: zones that count, in the order in which they decide where they overlap.
    func chances(of fix: Fix, among candidates: [Zone]) -> [ZoneChance] {
        let spread = FixSpread(of: fix)
        guard candidates.contains(where: { $0.edgeDistanceMetres(from: fix.point) <= spread.reachMetres }) else {
            return [ZoneChance(zone: candidates.first { $0.contains(fix.point) }?.zone, probability: 1)]
        }
        var weights: [ZoneID?: Double] = [:]
        for (point, weight) in spread.points {
            weights[candidates.first { $0.contains(point) }?.zone, default: 0] += weight
        }
        return weights.map { ZoneChance(zone: $0.key, probability: min(1, $0.value)) }
            .sorted { ($0.probability, $1.zone?.text ?? "") > ($1.probability, $0.zone?.text ?? "") }
    }

    /// Zones of which any part may lie where the fix says, in the city's order.
    func zones(within fix: Fix) -> [Zone] {
        let reach = FixSpread.reachMetres(of: fix)
        return zones.filter { $0.isWithin(reach, of: fix.point) }
    }
}

extension Zone {
    /// False where the zone surely lies farther away; judged by its bounding box.
    func isWithin(_ metres: Double, of point: GeoPoint) -> Bool {
        var (west, east, south, north) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        for corner in outline {
            let offset = Geodesy.offsetMetres(from: point, to: corner)
            west = min(west, offset.east)
            east = max(east, offset.east)
            south = min(south, offset.north)
            north = max(north, offset.north)
        }
        return west <= metres && east >= -metres && south <= metres && north >= -metres
    }

    /// Two edges of the outline that cross or touch, by the numbers of their first points; nil: a plain ring.
    package var crossing: (Int, Int)? {
        guard let reference = outline.first, let last = outline.last else { return nil }
        // A point given twice in a row is one corner.
        let corners = outline.indices.filter { outline[$0] != ($0 == 0 ? last : outline[$0 - 1]) }
        let ring = corners.map { Geodesy.offsetMetres(from: reference, to: outline[$0]) }
        let count = ring.count
        guard count > 3 else { return nil }
        for first in 0..<(count - 1) {
            for second in (first + 1)..<count {
                // Neighbours share a corner.
                if second == first + 1 || (first == 0 && second == count - 1) { continue }
                if Zone.cross(ring[first], ring[first + 1], ring[second], ring[(second + 1) % count]) {
                    return (corners[first], corners[second])
                }
            }
        }
        return nil
    }

    private typealias Offset = (east: Double, north: Double)

    private static func cross(_ a: Offset, _ b: Offset, _ c: Offset, _ d: Offset) -> Bool {
        func turn(_ p: Offset, _ q: Offset, _ r: Offset) -> Double {
            (q.east - p.east) * (r.north - p.north) - (q.north - p.north) * (r.east - p.east)
        }
        func lies(_ r: Offset, between p: Offset, _ q: Offset) -> Bool {
            min(p.east, q.east) <= r.east && r.east <= max(p.east, q.east) && min(p.north, q.north) <= r.north
                && r.north <= max(p.north, q.north)
        }
        let (one, two, three, four) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b))
        if (one > 0) != (two > 0), (three > 0) != (four > 0), one != 0, two != 0, three != 0, four != 0 { return true }
        return (one == 0 && lies(c, between: a, b)) || (two == 0 && lies(d, between: a, b))
            || (three == 0 && lies(a, between: c, d)) || (four == 0 && lies(b, between: c, d))
    }
}
