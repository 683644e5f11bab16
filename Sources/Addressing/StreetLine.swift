// The middle of a street as a line on the plane: lengths along it, directions, the nearest spot to a point.

struct StreetLine: Sendable {
    let points: [Metres]
    /// Metres from the start to each point.
    let distances: [Double]

    var length: Double { distances.last ?? 0 }

    /// - Precondition: at least two points, not all the same.
    init(_ points: [Metres]) {
        self.points = points
        var distances: [Double] = [0]
        distances.reserveCapacity(points.count)
        for index in points.indices.dropFirst() {
            distances.append(distances[index - 1] + (points[index] - points[index - 1]).length)
        }
        self.distances = distances
    }

    struct Spot: Sendable {
        /// Metres along the line.
        let offset: Double
        let point: Metres
        /// Unit vector of the line there.
        let direction: Metres
    }

    /// The spot at an offset, held within the line.
    func spot(at offset: Double) -> Spot {
        var low = 0
        var high = max(0, points.count - 2)
        while low < high {
            let middle = (low + high + 1) / 2
            if distances[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        // A doubled point has no direction: go by the next stretch that has one, else by the one before.
        var stretch = low
        while stretch + 2 < points.count, distances[stretch + 1] <= distances[stretch] { stretch += 1 }
        while stretch > 0, distances[stretch + 1] <= distances[stretch] { stretch -= 1 }
        let held = min(max(offset, 0), length)
        let span = distances[stretch + 1] - distances[stretch]
        let along = span > 0 ? (points[stretch + 1] - points[stretch]) * (1 / span) : Metres(east: 0, north: 1)
        let share = min(max(held - distances[stretch], 0), span)
        return Spot(offset: held, point: points[stretch] + along * share, direction: along)
    }

    /// The nearest spot to a point, its distance in metres, and whether the point lies to the left of the line.
    func nearest(to point: Metres) -> (spot: Spot, distance: Double, isLeft: Bool) {
        var best = (index: 0, share: 0.0, squared: Double.infinity)
        for index in 0..<(points.count - 1) {
            let start = points[index]
            let stretch = points[index + 1] - start
            let squaredLength = stretch.dot(stretch)
            guard squaredLength > 0 else { continue }
            let share = min(1, max(0, (point - start).dot(stretch) / squaredLength))
            let gap = point - (start + stretch * share)
            let squared = gap.dot(gap)
            if squared < best.squared { best = (index, share, squared) }
        }
        let start = points[best.index]
        let stretch = points[best.index + 1] - start
        let span = distances[best.index + 1] - distances[best.index]
        let direction = span > 0 ? stretch * (1 / span) : Metres(east: 0, north: 1)
        let spot = Spot(
            offset: distances[best.index] + span * best.share,
            point: start + stretch * best.share,
            direction: direction
        )
        return (spot, best.squared.squareRoot(), direction.cross(point - start) > 0)
    }

    /// Smallest distance from a point, as `nearest`, without its spot.
    func distance(to point: Metres) -> Double { nearest(to: point).distance }
}
