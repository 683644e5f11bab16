// A feature as files hold it, before anything is believed of it.

struct Position: Hashable {
    var longitude: Double
    var latitude: Double
}

enum GeoShape {
    /// Parts, each of several positions.
    case lines([[Position]])
    case point(Position)
    /// Areas, each an outline and its holes.
    case areas([[[Position]]])
}

struct GeoFeature {
    /// "feature 17", "line 18".
    let place: String
    let properties: FeatureProperties
    let shape: Result<GeoShape, FeatureProblem>

    var placeWithID: String { properties[.identifier].map { "\(place) (id \($0.prefix(40)))" } ?? place }
}

/// The rules that coordinates and shapes are held to.
enum GeometryCheck {
    static let mostPoints = 100_000
    /// More comparisons than any honest outline needs.
    private static let mostComparisons = 20_000_000

    /// Canada in degrees: what lies outside, but would lie inside with its numbers swapped, is swapped.
    private static func isInCanada(longitude: Double, latitude: Double) -> Bool {
        (-141.1 ... -52.5).contains(longitude) && (41.6...83.2).contains(latitude)
    }

    static func problem(of position: Position) -> FeatureProblem? {
        let x = position.longitude
        let y = position.latitude
        guard x.isFinite, y.isFinite else { return .notFinite }
        if isInCanada(longitude: y, latitude: x) { return .swapped }
        if abs(x) > 1000 || abs(y) > 1000 { return .projected }
        return abs(x) > 180 || abs(y) > 90 ? .outOfRange : nil
    }

    /// Checks a shape; lines and areas come back without doubled points and without closing ones.
    static func checked(_ shape: GeoShape) throws(FeatureProblem) -> GeoShape {
        switch shape {
        case .point(let position):
            if let problem = problem(of: position) { throw problem }
            return shape
        case .lines(let parts):
            var good: [[Position]] = []
            for part in parts where !part.isEmpty { good.append(try line(part)) }
            if good.isEmpty { throw .noGeometry }
            return .lines(good)
        case .areas(let areas):
            var good: [[[Position]]] = []
            for rings in areas where !rings.isEmpty {
                var checked: [[Position]] = []
                for ring in rings { checked.append(try outline(ring)) }
                good.append(checked)
            }
            if good.isEmpty { throw .noGeometry }
            return .areas(good)
        }
    }

    private static func line(_ part: [Position]) throws(FeatureProblem) -> [Position] {
        let points = try distinct(part)
        guard points.count >= 2, let first = points.first else { throw .tooFewPoints }
        let plane = MetricPlane(latitude: first.latitude, longitude: first.longitude)
        var before = Metres(east: 0, north: 0)
        var length = 0.0
        for point in points {
            let here = plane.metres(latitude: point.latitude, longitude: point.longitude)
            let stretch = (here - before).length
            length += stretch
            if stretch > 20_000 || length > 100_000 { throw .tooLong }
            before = here
        }
        guard length > 0.5 else { throw .tooFewPoints }
        return points
    }

    private static func outline(_ ring: [Position]) throws(FeatureProblem) -> [Position] {
        var points = try distinct(ring)
        if points.count > 1, points.first == points.last { points.removeLast() }
        guard Set(points).count >= 3 else { throw .tooFewPoints }
        if try crossesItself(points) { throw .selfCrossing }
        return points
    }

    private static func distinct(_ part: [Position]) throws(FeatureProblem) -> [Position] {
        guard part.count <= mostPoints else { throw .tooLarge }
        var points: [Position] = []
        points.reserveCapacity(part.count)
        for position in part {
            if let problem = problem(of: position) { throw problem }
            if points.last != position { points.append(position) }
        }
        return points
    }

    /// Whether two edges of a ring that are no neighbours meet.
    static func crossesItself(_ ring: [Position]) throws(FeatureProblem) -> Bool {
        let count = ring.count
        let order = ring.indices.sorted { least(ring, $0) < least(ring, $1) }
        var comparisons = 0
        for (place, a) in order.enumerated() {
            let end = max(ring[a].longitude, ring[(a + 1) % count].longitude)
            for b in order[(place + 1)...] {
                guard least(ring, b) <= end else { break }
                comparisons += 1
                if comparisons > mostComparisons { throw .tooLarge }
                if (a + 1) % count == b || (b + 1) % count == a { continue }
                if meet(ring[a], ring[(a + 1) % count], ring[b], ring[(b + 1) % count]) { return true }
            }
        }
        return false
    }

    private static func least(_ ring: [Position], _ edge: Int) -> Double {
        min(ring[edge].longitude, ring[(edge + 1) % ring.count].longitude)
    }

    private static func meet(_ a: Position, _ b: Position, _ c: Position, _ d: Position) -> Bool {
        func turn(_ p: Position, _ q: Position, _ r: Position) -> Double {
            (q.longitude - p.longitude) * (r.latitude - p.latitude)
                - (q.latitude - p.latitude) * (r.longitude - p.longitude)
        }
        return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0
    }
}
