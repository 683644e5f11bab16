// An officer's round: the same streets again and again, so that what was chalked is passed a second time.
package import Foundation

/// The patrol vehicle passing one space.
package struct Passing: Sendable {
    package let time: Date
    package let space: Int
    /// Where the patrol vehicle is.
    package let spot: Spot
    package let headingDegrees: Double
    package let speed: Double
    /// The camera that looks at the space.
    package let isRight: Bool
}

package struct Beat: Sendable {
    static let metresPerSecond = 7.0
    static let crossingSeconds = 8.0
    /// Segments of one round: a vehicle comes by about every half hour.
    static let segments = 86
    /// A short beat is not driven more often than this: the officer is elsewhere meanwhile.
    private static let leastRoundSeconds = 1500.0
    private static let breakChance = 0.2
    private static let breakSeconds = 900.0

    private let streets: Streets
    private let round: Range<Int>
    private let plan: DayPlan
    private let seed: UInt64

    /// One beat a patrol vehicle; together they cover the town.
    package static func all(of town: Town, seed: UInt64) -> [Beat] {
        let count = town.streets.segments.count
        let vehicles = max(1, (count + segments - 1) / segments)
        return (0..<vehicles).map { index in
            Beat(
                streets: town.streets,
                round: (index * count / vehicles)..<((index + 1) * count / vehicles),
                plan: town.plan,
                seed: seed &+ UInt64(index) &* 7919
            )
        }
    }

    private init(streets: Streets, round: Range<Int>, plan: DayPlan, seed: UInt64) {
        self.streets = streets
        self.round = round
        self.plan = plan
        self.seed = seed
    }

    /// Drives round until the shift ends, and tells of every space passed, in order of time.
    package func drive(_ passing: (Passing) throws -> Void) rethrows {
        var dice = Dice(seed: seed, for: "beat")
        var time = plan.start.addingTimeInterval(dice.between(0, 600))
        // Most streets are driven the same way each time.
        let usual = Dictionary(uniqueKeysWithValues: round.map { ($0, dice.chance(0.5)) })
        var here = streets.segments[round.lowerBound].start
        while time < plan.end {
            let began = time
            for index in round {
                let segment = streets.segments[index]
                let forward = dice.chance(0.85) == (usual[index] ?? true)
                let (start, end) = forward ? (segment.start, segment.end) : (segment.end, segment.start)
                time +=
                    here.distance(to: start) / (2 * Beat.metresPerSecond) + dice.between(0.3, 1.7)
                    * Beat.crossingSeconds
                guard time < plan.end else { return }
                let speed = Beat.metresPerSecond * dice.between(0.6, 1.2)
                try drive(index, forward: forward, from: time, speed: speed, passing)
                time += Streets.blockMetres / speed
                here = end
            }
            time = max(time, began.addingTimeInterval(Beat.leastRoundSeconds * dice.between(1, 1.3)))
            if dice.chance(Beat.breakChance) { time += Beat.breakSeconds }
        }
    }

    private func drive(
        _ index: Int,
        forward: Bool,
        from time: Date,
        speed: Double,
        _ passing: (Passing) throws -> Void
    ) rethrows {
        let segment = streets.segments[index]
        let isAvenue = segment.start.north == segment.end.north
        let heading = (isAvenue ? 90.0 : 0.0) + (forward ? 0 : 180)
        let spaces = forward ? Array(segment.spaces) : segment.spaces.reversed()
        for space in spaces {
            let place = streets.spaces[space]
            let done = forward ? place.alongMetres : Streets.blockMetres - place.alongMetres
            let spot =
                isAvenue
                ? Spot(east: place.spot.east, north: segment.start.north)
                : Spot(east: segment.start.east, north: place.spot.north)
            try passing(
                Passing(
                    time: time.addingTimeInterval(done / speed),
                    space: space,
                    spot: spot,
                    headingDegrees: heading,
                    speed: speed,
                    isRight: place.isRight == forward
                )
            )
        }
    }
}
