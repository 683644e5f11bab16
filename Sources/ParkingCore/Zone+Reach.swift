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

/// What is known of a car's place before any fix: the patrol drives along streets, and films what stands beside its way.
package struct PlacePrior: Hashable, Sendable, Codable {
    /// How much a street counts that the vehicle drives across.
    package var crossed = 0.03
    /// How much of what lies in such a street alone is elsewhere along the way: nobody parks amid a crossing, so that a car
    /// read there shows that the position is worse than it says.
    package var amidCrossing = 0.05
    /// How much the ground beside a street counts that is no zone, as against the street. Beyond a zone's end the street
    /// goes on: there it counts in full.
    package var beside = 0.1

    package init() {}
}

/// Where a position may be, as weighted points on the ground: a normal distribution as wide as the receiver says and a
/// little more, and beneath it a wide one, for between houses receivers now and then claim far too little.
///
/// Rings of equal width out to four standard deviations, each weighed by what lies between its edges; beyond them lie
/// 3 of 10,000 positions.
struct FixSpread {
    private struct Part {
        /// In standard deviations as the receiver states them.
        let scale: Double
        let share: Double
        let rings: Int
        let directions: Int
    }

    private static let parts = [
        Part(scale: 1.1, share: 0.95, rings: 10, directions: 24), Part(scale: 3, share: 0.05, rings: 8, directions: 16),
    ]
    private static let deviations = 4.0

    let points: [(point: GeoPoint, weight: Double)]

    init(of fix: Fix) {
        let axes = FixSpread.axes(of: fix)
        let (sine, cosine) = (sin(axes.bearing), cos(axes.bearing))
        var found: [(point: GeoPoint, weight: Double)] = []
        found.reserveCapacity(FixSpread.parts.reduce(0) { $0 + $1.rings * $1.directions })
        let whole = 1 - exp(-FixSpread.deviations * FixSpread.deviations / 2)
        for part in FixSpread.parts {
            let width = FixSpread.deviations / Double(part.rings)
            for ring in 0..<part.rings {
                let inner = Double(ring) * width
                let outer = inner + width
                let between = exp(-inner * inner / 2) - exp(-outer * outer / 2)
                let weight = part.share * between / whole / Double(part.directions)
                let radius = (inner + outer) / 2 * part.scale
                for step in 0..<part.directions {
                    // Each ring is turned by half a step, so that points of two rings do not line up.
                    let turn = Double(step) + (ring.isMultiple(of: 2) ? 0 : 0.5)
                    let angle = turn * 2 * .pi / Double(part.directions)
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
        }
        points = found
    }

    /// Nothing of the distribution lies farther from its middle, in metres.
    static func reachMetres(of fix: Fix) -> Double {
        deviations * (parts.map(\.scale).max() ?? 1) * axes(of: fix).major
    }

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
    /// - Parameters:
    ///   - candidates: zones that count, in the order in which they decide where they overlap.
    ///   - idle: zones near by without a rule in force: streets along which the vehicle may drive as well.
    ///   - prior: what a vehicle with cameras at its sides is likelier to drive along.
    func chances(
        of fix: Fix,
        among candidates: [Zone],
        idle: [Zone] = [],
        prior: PlacePrior = PlacePrior()
    ) -> [ZoneChance] {
        let reach = FixSpread.reachMetres(of: fix)
        let streets = candidates.map { (zone: $0, axis: $0.streetAxis) }
        let across = streets.filter { $0.axis?.isCrossed(by: fix) == true }.map(\.zone)
        let along = streets.filter { $0.axis?.isCrossed(by: fix) != true }
        if !candidates.contains(where: { $0.edgeDistanceMetres(from: fix.point) <= reach }) {
            // No edge in reach: it is all one zone, or none, unless that one is driven across.
            let zone = along.first { $0.zone.contains(fix.point) }?.zone
            if zone != nil || !across.contains(where: { $0.contains(fix.point) }) {
                return [ZoneChance(zone: zone?.zone, probability: 1)]
            }
        }
        let idleAlong = idle.filter { $0.streetAxis?.isCrossed(by: fix) == false }
        var weights: [ZoneID?: Double] = [:]
        for (point, weight) in FixSpread(of: fix).points {
            if let zone = along.first(where: { $0.zone.contains(point) })?.zone {
                weights[zone.zone, default: 0] += weight
            } else if idleAlong.contains(where: { $0.contains(point) }) {
                weights[ZoneID?.none, default: 0] += weight
            } else if let zone = across.first(where: { $0.contains(point) }) {
                weights[zone.zone, default: 0] += weight * prior.crossed * (1 - prior.amidCrossing)
                weights[ZoneID?.none, default: 0] += weight * prior.crossed * prior.amidCrossing
            } else {
                let isBeside = along.contains { street in
                    street.axis.map { street.zone.contains($0.foot(of: point)) } == true
                }
                weights[ZoneID?.none, default: 0] += weight * (isBeside ? prior.beside : 1)
            }
        }
        let sum = max(weights.values.reduce(0, +), 1e-9)
        return weights.map { ZoneChance(zone: $0.key, probability: min(1, $0.value / sum)) }
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
