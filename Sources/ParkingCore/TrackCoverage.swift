// How much of an area a driven way came past, and how long the way was.

package enum TrackCoverage {
    /// Cameras read a plate up to a lane and a parked car away.
    package static let reachMetres = 12.0
    /// Edge of the squares that an area is cut into; larger for large areas.
    private static let smallestCellMetres = 4.0
    private static let mostCells = 40_000.0

    /// Share of an outline's area that lies within reach of the way; 0 for an outline without area.
    ///
    /// Between two points the vehicle drove straight; over a gap nothing is known, and a point whose error is larger
    /// than the reach says nothing.
    /// - Parameter outline: a ring, not closed again.
    package static func share(
        of outline: [GeoPoint],
        track: [TrackPoint],
        reachMetres: Double = reachMetres
    ) -> Double {
        guard let origin = outline.first, outline.count >= 3 else { return 0 }
        var cells = CellGrid(ring: outline.map { Geodesy.offsetMetres(from: origin, to: $0) })
        guard !cells.isEmpty else { return 0 }
        var previous: (east: Double, north: Double)?
        for point in track {
            let place = Geodesy.offsetMetres(from: origin, to: point.fix.point)
            guard point.fix.errorMetres <= reachMetres else {
                previous = nil
                continue
            }
            cells.mark(from: point.startsSegment ? place : previous ?? place, to: place, reachMetres: reachMetres)
            previous = place
        }
        return cells.markedShare
    }

    /// Metres driven; over gaps nothing is counted.
    package static func distanceMetres(_ track: [TrackPoint]) -> Double {
        zip(track, track.dropFirst()).reduce(0) { sum, pair in
            pair.1.startsSegment ? sum : sum + Geodesy.distanceMetres(pair.0.fix.point, pair.1.fix.point)
        }
    }

    /// Squares over a ring's bounding box; those whose centre lies inside count.
    private struct CellGrid {
        private let west: Double
        private let south: Double
        private let size: Double
        private let columns: Int
        private let rows: Int
        private var inside: [Bool]
        private var marked: [Bool]

        init(ring: [(east: Double, north: Double)]) {
            let (east, north) = (ring.map(\.east), ring.map(\.north))
            west = east.min() ?? 0
            south = north.min() ?? 0
            let width = (east.max() ?? 0) - west
            let height = (north.max() ?? 0) - south
            size = max(smallestCellMetres, (width * height / mostCells).squareRoot())
            columns = max(1, Int((width / size).rounded(.up)))
            rows = max(1, Int((height / size).rounded(.up)))
            inside = [Bool](repeating: false, count: columns * rows)
            marked = inside
            for row in 0..<rows {
                for column in 0..<columns {
                    let centre = (east: west + (Double(column) + 0.5) * size, north: south + (Double(row) + 0.5) * size)
                    inside[row * columns + column] = CellGrid.contains(ring, centre)
                }
            }
        }

        var isEmpty: Bool { !inside.contains(true) }

        var markedShare: Double {
            let all = inside.count { $0 }
            let hit = zip(inside, marked).count { $0 && $1 }
            return all == 0 ? 0 : Double(hit) / Double(all)
        }

        /// Marks the cells whose centres are within reach of the line.
        mutating func mark(
            from a: (east: Double, north: Double),
            to b: (east: Double, north: Double),
            reachMetres: Double
        ) {
            let left = cell(min(a.east, b.east) - reachMetres - west, columns)
            let right = cell(max(a.east, b.east) + reachMetres - west, columns)
            let bottom = cell(min(a.north, b.north) - reachMetres - south, rows)
            let top = cell(max(a.north, b.north) + reachMetres - south, rows)
            guard left <= right, bottom <= top else { return }
            let (alongEast, alongNorth) = (b.east - a.east, b.north - a.north)
            let squared = alongEast * alongEast + alongNorth * alongNorth
            for row in bottom...top {
                for column in left...right where !marked[row * columns + column] {
                    let east = west + (Double(column) + 0.5) * size - a.east
                    let north = south + (Double(row) + 0.5) * size - a.north
                    let share = squared > 0 ? min(1, max(0, (east * alongEast + north * alongNorth) / squared)) : 0
                    let (offEast, offNorth) = (east - share * alongEast, north - share * alongNorth)
                    if offEast * offEast + offNorth * offNorth <= reachMetres * reachMetres {
                        marked[row * columns + column] = true
                    }
                }
            }
        }

        /// The cell at that distance from the grid's edge, the nearest one for what lies outside.
        private func cell(_ metres: Double, _ count: Int) -> Int {
            max(0, min(count - 1, Int(max(-1, min(Double(count), (metres / size).rounded(.down))))))
        }

        private static func contains(
            _ ring: [(east: Double, north: Double)],
            _ point: (east: Double, north: Double)
        ) -> Bool {
            guard var previous = ring.last else { return false }
            var isInside = false
            for corner in ring {
                if (corner.north > point.north) != (previous.north > point.north) {
                    let share = (point.north - corner.north) / (previous.north - corner.north)
                    if corner.east + share * (previous.east - corner.east) > point.east { isInside.toggle() }
                }
                previous = corner
            }
            return isInside
        }
    }
}
