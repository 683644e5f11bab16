internal import Foundation
// The town's streets on a plane: a grid of blocks, each with parking on both sides.
package import ParkingCore

/// Metres east and north of the town's origin.
package struct Spot: Hashable, Sendable {
    package let east: Double
    package let north: Double

    package func distance(to other: Spot) -> Double {
        ((east - other.east) * (east - other.east) + (north - other.north) * (north - other.north)).squareRoot()
    }
}

/// One place to park.
package struct Space: Sendable {
    package let zone: Int
    package let segment: Int
    /// Where the middle of a parked car is.
    package let spot: Spot
    /// From the segment's start.
    package let alongMetres: Double
    /// Right of the segment's direction.
    package let isRight: Bool
}

/// A street between two crossings.
package struct Segment: Sendable {
    package let start: Spot
    package let end: Spot
    package let zone: Int
    /// In the order of `alongMetres`, both sides.
    package let spaces: Range<Int>
    /// One standard deviation of a receiver's slow error here: open sky or tall houses.
    package let errorMetres: Double
}

package struct Streets: Sendable {
    package static let blockMetres = 100.0
    static let origin = (latitude: 43.6500, longitude: -79.3800)
    /// From the middle of the street to a parked car.
    static let kerbMetres = 4.2
    static let zoneHalfWidthMetres = 14.0
    private static let firstSpaceMetres = 16.0
    private static let spaceMetres = 6.4
    private static let spacesASide = 11
    /// Blocks of a street that share their signs.
    static let zoneBlocks = 3
    package static let spacesASegment = 2 * spacesASide

    package private(set) var segments: [Segment] = []
    package private(set) var spaces: [Space] = []
    /// Outlines of the zones: west, south, east, north.
    private(set) var zones: [(west: Double, south: Double, east: Double, north: Double)] = []

    /// - Parameter crossings: of streets in each direction; at least 2.
    init(crossings: Int, dice: inout Dice) {
        for isAvenue in [true, false] {
            for street in 0..<crossings {
                // A street keeps its sky for its whole length.
                let sky = [1.5, 2.5, 4.0, 8.0][dice.place(by: [0.35, 0.35, 0.2, 0.1])]
                for block in 0..<(crossings - 1) {
                    if block % Self.zoneBlocks == 0 {
                        addZone(street, blocks: block..<min(block + Self.zoneBlocks, crossings - 1), isAvenue: isAvenue)
                    }
                    add(street, block: block, isAvenue: isAvenue, errorMetres: sky)
                }
            }
        }
    }

    /// Crossings needed for at least this many spaces.
    static func crossings(forSpaces count: Int) -> Int {
        var crossings = 2
        while 2 * crossings * (crossings - 1) * spacesASegment < count { crossings += 1 }
        return crossings
    }

    private mutating func addZone(_ street: Int, blocks: Range<Int>, isAvenue: Bool) {
        let across = Double(street) * Self.blockMetres
        let (from, to) = (Double(blocks.lowerBound) * Self.blockMetres, Double(blocks.upperBound) * Self.blockMetres)
        let half = Self.zoneHalfWidthMetres
        zones.append(isAvenue ? (from, across - half, to, across + half) : (across - half, from, across + half, to))
    }

    private mutating func add(_ street: Int, block: Int, isAvenue: Bool, errorMetres: Double) {
        let across = Double(street) * Self.blockMetres
        let from = Double(block) * Self.blockMetres
        let first = spaces.count
        for place in 0..<Self.spacesASide {
            let along = Self.firstSpaceMetres + Double(place) * Self.spaceMetres
            for isRight in [true, false] {
                let side = isRight ? Self.kerbMetres : -Self.kerbMetres
                let spot =
                    isAvenue
                    ? Spot(east: from + along, north: across - side) : Spot(east: across + side, north: from + along)
                spaces.append(
                    Space(
                        zone: zones.count - 1,
                        segment: segments.count,
                        spot: spot,
                        alongMetres: along,
                        isRight: isRight
                    )
                )
            }
        }
        let to = from + Self.blockMetres
        segments.append(
            Segment(
                start: isAvenue ? Spot(east: from, north: across) : Spot(east: across, north: from),
                end: isAvenue ? Spot(east: to, north: across) : Spot(east: across, north: to),
                zone: zones.count - 1,
                spaces: first..<spaces.count,
                errorMetres: errorMetres
            )
        )
    }

    /// On the sphere, good to a few centimetres over a town.
    /// - Throws: `FixError` for a spot that is nowhere on Earth.
    package static func point(_ spot: Spot) throws(FixError) -> GeoPoint {
        let metresADegree = 6_371_008.8 * .pi / 180
        return try GeoPoint(
            latitude: origin.latitude + spot.north / metresADegree,
            longitude: origin.longitude + spot.east / (metresADegree * cos(origin.latitude * .pi / 180))
        )
    }

    /// The other way.
    static func spot(_ point: GeoPoint) -> Spot {
        let metresADegree = 6_371_008.8 * .pi / 180
        return Spot(
            east: (point.longitude - origin.longitude) * metresADegree * cos(origin.latitude * .pi / 180),
            north: (point.latitude - origin.latitude) * metresADegree
        )
    }
}
