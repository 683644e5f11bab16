// A made-up town of any size for measuring: old grids with back lanes, suburbs of crescents and courts, arterials with
// service roads, all bent; numbers that skip, points that are missing. The same seed gives the same town.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// Small, fast and repeatable (SplitMix64).
package struct SeededChance: RandomNumberGenerator, Sendable {
    private var state: UInt64
    package init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func within(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * (Double(next() >> 11) / 9_007_199_254_740_992)
    }
    mutating func happens(_ probability: Double) -> Bool { within(0, 1) < probability }
    /// Standard normal, by Box and Muller.
    mutating func normal() -> Double {
        (-2 * log(max(1e-300, within(0, 1)))).squareRoot() * cos(2 * Double.pi * within(0, 1))
    }
}

/// A stretch between two nodes, bent and ready for the file.
struct TrialPiece {
    let name: String
    let line: StreetLine
    /// Whether the file draws it from its end to its start, seen from where the numbers rise.
    let isDrawnBackwards: Bool
    /// Pieces of one block follow each other in the file; this is the first one's number and their count.
    let block: Range<Int>
    /// Lots on each side (left of the rising direction first).
    let lots: [[TrialLot]]
}

struct TrialLot {
    let label: String
    let number: Int
    /// Metres along the line, and the lot's width there.
    let offset: Double
    let frontage: Double
    /// Metres from the line to the address point.
    let setback: Double
    /// Metres by which the point is off along the street.
    let shift: Double
    let fate: Fate

    enum Fate: Hashable {
        /// In the municipality's file.
        case known
        /// Left out of the file, to be asked for.
        case heldOut
        /// Not in the file, as addresses are missing in all files.
        case missing
    }
}

/// A street of the layout: nodes at which it meets others, before bending.
struct TrialStreet {
    let name: String
    /// Nodes in the direction in which numbers rise; metres.
    let nodes: [Metres]
    /// Stretches that are not built.
    let isOpen: [Bool]
    let kind: Kind

    enum Kind { case residential, cross, crescent, lane, arterial, service }
}

package struct TrialTown: Sendable {
    /// Side of a tile in metres; arterials run along its south and its west.
    static let tile = 1000.0
    /// Addresses of an average tile.
    static let addressesPerTile = 1020.0
    static let origin = (latitude: 43.7012, longitude: -79.4023)

    package let seed: UInt64
    package let addresses: Int
    /// Share of the address points that is left out, to be asked for.
    package let heldOutShare: Double
    let side: Int

    /// - Parameter addresses: about so many; the town is a square of whole tiles.
    package init(addresses: Int, seed: UInt64, heldOutShare: Double) {
        self.addresses = addresses
        self.seed = seed
        self.heldOutShare = heldOutShare
        side = max(1, Int((Double(addresses) / TrialTown.addressesPerTile).squareRoot().rounded()))
    }

    static var plane: MetricPlane { MetricPlane(latitude: origin.latitude, longitude: origin.longitude) }

    func chance(_ column: Int, _ row: Int, _ purpose: UInt64) -> SeededChance {
        SeededChance(seed &* 1_000_003 &+ UInt64(column + 7) &* 8191 &+ UInt64(row + 7) &* 131_071 &+ purpose)
    }

    /// Bends the plan: no street of the town is straight for long, no corner quite square.
    static func bent(_ point: Metres) -> Metres {
        let turn = 2 * Double.pi
        return Metres(
            east: point.east + 38 * sin(turn * (point.north / 870 + point.east / 2900))
                + 13 * sin(turn * (point.north / 310 + 0.3)),
            north: point.north + 33 * sin(turn * (point.east / 950 + point.north / 3300 + 0.2))
                + 11 * sin(turn * (point.east / 270 + 0.7))
        )
    }

    /// A line through nodes with a point every 20 m, bent.
    static func bentLine(_ nodes: [Metres]) -> StreetLine {
        var points: [Metres] = []
        for (a, b) in zip(nodes, nodes.dropFirst()) {
            let count = max(1, Int((b - a).length / 20))
            for step in 0..<count { points.append(bent(a + (b - a) * (Double(step) / Double(count)))) }
        }
        if let last = nodes.last { points.append(bent(last)) }
        return StreetLine(points)
    }

    /// Every piece of the town, tile by tile, in the order of the file.
    func forEachPiece(_ each: (TrialPiece) throws -> Void) rethrows {
        var count = 0
        for row in 0...side {
            for column in 0...side {
                var chance = chance(column, row, 2)
                for street in streets(column, row) { try pieces(of: street, &chance, count: &count, each) }
            }
        }
    }
}
