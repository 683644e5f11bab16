// Which street, side and number a sighting means: every metre of street in reach is weighed by how well it explains the
// position, the heading and the camera's side, and what belongs together is added up. Pure: no file, no clock.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// Where the patrol was a moment ago: a street does not change between two crossings.
package struct PlaceMemory: Hashable, Sendable {
    let piece: Int64
    let street: Int64
    let nodes: [Int64]
}

struct PlaceReckoning {
    /// A vehicle drives to the right of the line: metres, and how much that varies between narrow and wide streets.
    static let laneMetres = 1.8
    static let laneSpreadMetres = 2.2
    /// How far a line and an address point are off along the street.
    static let mapSpreadMetres = 1.2
    /// Weight of 'on none of these streets': a car park, a new street. A vehicle on the line weighs about 1.
    static let elsewhere = 0.01

    struct Face: Hashable {
        let piece: Int
        let isLeft: Bool
    }

    /// What one side of a piece has gathered.
    struct Mass {
        var total = 0.0
        /// Offset along the piece and mass there.
        var samples: [(offset: Double, mass: Double)] = []
    }

    let pieces: [StreetPiece]
    private(set) var faces: [Face: Mass] = [:]
    private let position: Metres
    private let sighting: Sighting
    private let covariance: (east: Double, north: Double, both: Double)

    /// Metres from the position within which streets can matter.
    static func reachMetres(of sighting: Sighting) -> Double {
        let covariance = sighting.error.covariance
        let largest = max(covariance.east, covariance.north).squareRoot()
        return min(400, 12 + 4 * (largest + laneSpreadMetres))
    }

    /// - Parameters:
    ///   - pieces: streets in reach, on a plane whose origin is the sighting's point.
    ///   - memory: the answer of a moment ago; nil: none, or too old.
    init(pieces: [StreetPiece], sighting: Sighting, memory: PlaceMemory? = nil) {
        self.pieces = pieces
        self.sighting = sighting
        position = Metres(east: 0, north: 0)
        covariance = sighting.error.covariance
        for index in pieces.indices {
            weigh(index, factor: PlaceReckoning.continuity(pieces[index], memory))
        }
    }

    private static func continuity(_ piece: StreetPiece, _ memory: PlaceMemory?) -> Double {
        guard let memory, memory.piece != piece.id else { return 1 }
        let touches = memory.nodes.contains(piece.startNode) || memory.nodes.contains(piece.endNode)
        if touches { return memory.street == piece.street ? 1 : 0.6 }
        return memory.street == piece.street ? 0.5 : 0.2
    }

    // MARK: Weighing

    private mutating func weigh(_ index: Int, factor: Double) {
        let piece = pieces[index]
        let reach = PlaceReckoning.reachMetres(of: sighting)
        let nearest = piece.line.nearest(to: position)
        guard nearest.distance < reach else { return }
        let smallest = min(covariance.east, covariance.north).squareRoot()
        let stride = min(4, max(1, smallest / 3))
        // Three times the reach along the line: a crescent may come back beside itself.
        let first = max(0, nearest.spot.offset - 3 * reach)
        let last = min(piece.line.length, nearest.spot.offset + 3 * reach)
        let count = max(1, Int(((last - first) / stride).rounded(.up)))
        let width = (last - first) / Double(count)
        for step in 0..<count {
            let spot = piece.line.spot(at: first + (Double(step) + 0.5) * width)
            guard (position - spot.point).length < reach else { continue }
            for isForward in [true, false] {
                let direction = isForward ? spot.direction : spot.direction * -1
                let mass = factor * width * weight(of: spot.point, direction) * headingWeight(direction)
                if mass > 1e-9 { gather(mass, index, offset: spot.offset, isForward: isForward) }
            }
        }
    }

    /// Density per metre of street at which a vehicle there, in its lane, is found at the position.
    private func weight(of point: Metres, _ direction: Metres) -> Double {
        let right = direction.right
        let gap = position - (point + right * PlaceReckoning.laneMetres)
        let along = PlaceReckoning.mapSpreadMetres * PlaceReckoning.mapSpreadMetres
        let across = PlaceReckoning.laneSpreadMetres * PlaceReckoning.laneSpreadMetres
        let east = covariance.east + along * direction.east * direction.east + across * right.east * right.east
        let north = covariance.north + along * direction.north * direction.north + across * right.north * right.north
        let both = covariance.both + along * direction.east * direction.north + across * right.east * right.north
        let determinant = max(1e-6, east * north - both * both)
        let squared =
            (gap.east * gap.east * north - 2 * gap.east * gap.north * both + gap.north * gap.north * east) / determinant
        let spread =
            east * direction.east * direction.east + north * direction.north * direction.north
            + 2 * both * direction.east * direction.north
        return exp(-0.5 * squared) / (2 * Double.pi * max(spread, 0.01)).squareRoot()
    }

    private func headingWeight(_ direction: Metres) -> Double {
        guard let heading = sighting.steadyHeading else { return 0.5 }
        let turn = abs((direction.bearingDegrees - heading + 540).truncatingRemainder(dividingBy: 360) - 180)
        let deviations = turn / sighting.headingSpreadDegrees
        // A vehicle that turns or backs up heads anywhere.
        return 0.01 + exp(-0.5 * deviations * deviations)
    }

    private mutating func gather(_ mass: Double, _ index: Int, offset: Double, isForward: Bool) {
        let lead = isForward ? sighting.leadMetres : -sighting.leadMetres
        let parked = min(max(offset + lead, 0), pieces[index].line.length)
        let sides: [(isLeft: Bool, share: Double)] =
            switch sighting.side {
            case .right: [(!isForward, 1)]
            case .left: [(isForward, 1)]
            case nil: [(true, 0.5), (false, 0.5)]
            }
        for side in sides {
            let face = Face(piece: index, isLeft: side.isLeft)
            faces[face, default: Mass()].total += mass * side.share
            faces[face, default: Mass()].samples.append((parked, mass * side.share))
        }
    }

    // MARK: Shares

    /// Of all streets together, without 'elsewhere'.
    var total: Double { faces.values.reduce(0) { $0 + $1.total } }

    /// Faces that matter, heaviest first, at most eight.
    func heaviest() -> [Face] {
        let least = total * 0.01
        return faces.filter { $0.value.total >= least }
            .sorted { ($0.value.total, $1.key.piece) > ($1.value.total, $0.key.piece) }
            .prefix(8).map(\.key)
    }
}
