// Whether chalk's probabilities hold, and how often it is wrong, on streets whose truth is known; beside it a market
// leader's way of matching (five characters in order, four of them adjacent, within a fixed radius).
internal import Foundation

package struct ChalkTrial: Sendable {
    package struct Settings: Sendable {
        /// About so many different cars.
        package var cars = 20_000
        package var seed: UInt64 = 7
        package var limitMinutes = 60
        package var passes = 3
        package var gapMinutes = 25.0...240.0
        /// Radii that hold 68 of 100 positions, between tall houses.
        package var canyonMetres = 5.0...15.0
        /// What the receiver claims of its true error, on the average.
        package var claimedShare = 0.85
        package var misreadShare = 0.004
        /// The truth; the model's own figure tells what was assumed.
        package var movedPerHour = ChalkModel.standard.movedPerHour
        package var model = ChalkModel.standard
        /// Of the baseline.
        package var radiusMetres = 20.0

        package init() {}
    }

    /// Links between two passes whose stated probability lies in a range.
    package struct Bin: Codable, Sendable {
        package let from: Double
        package let to: Double
        package var links = 0
        package var stated = 0.0
        package var held = 0

        /// Mean of what was stated, less the share that held.
        package var deviation: Double { links == 0 ? 0 : (stated - Double(held)) / Double(links) }
    }

    package struct Baseline: Codable, Sendable {
        package let radiusMetres: Double
        package var alerts = 0
        package var wrongAlerts = 0
        package var missed = 0
    }

    package struct Outcome: Codable, Sendable {
        package let benchmark: String
        package let seed: UInt64
        package let limitMinutes: Int
        package var cars = 0
        package var reads = 0
        /// Cars seen again beyond the limit, unmoved since a pass that counts.
        package var overtime = 0
        /// Findings that alone are enough for a ticket, how many of them are wrong, and how many by what they state.
        package var tickets = 0
        package var wrongTickets = 0
        /// Of these, cars that had left and come back to the very same space: nothing shows it but the clock between.
        package var wrongInSameSpace = 0
        package var statedWrongTickets = 0.0
        package var secondLooks = 0
        package var wrongSecondLooks = 0
        /// Of those overtime, neither ticketed nor looked at.
        package var missed = 0
        package var baseline: Baseline
        package var bins: [Bin]

        /// Expected calibration error: the bins' deviations, weighed by their links.
        package var calibrationError: Double {
            let all = bins.reduce(0) { $0 + $1.links }
            return all == 0 ? 0 : bins.reduce(0) { $0 + abs($1.deviation) * Double($1.links) } / Double(all)
        }
    }

    private let settings: Settings
    private var outcome: Outcome

    package init(_ settings: Settings) {
        self.settings = settings
        let edges = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1]
        outcome = Outcome(
            benchmark: "digital chalk",
            seed: settings.seed,
            limitMinutes: settings.limitMinutes,
            baseline: Baseline(radiusMetres: settings.radiusMetres),
            bins: zip(edges, edges.dropFirst()).map { Bin(from: $0, to: $1) }
        )
    }

    /// - Throws: never in practice: the streets' origin is a position on Earth.
    package mutating func run() throws -> Outcome {
        var chance = TrialChance(seed: settings.seed)
        while outcome.cars < settings.cars {
            var street = try TrialStreet(
                settings: settings,
                firstCar: outcome.cars,
                chance: TrialChance(seed: chance.next())
            )
            let passes = street.passes()
            for (index, pass) in passes.enumerated() {
                let earlier = Array(passes[..<index].joined())
                for sight in pass { judge(sight, earlier) }
            }
            outcome.cars = street.carsSeen
        }
        return outcome
    }

    private mutating func judge(_ sight: TrialSight, _ earlier: [TrialSight]) {
        outcome.reads += 1
        let limitSeconds = Double(settings.limitMinutes) * 60
        let since = earlier.filter { $0.car == sight.car && $0.stint == sight.stint }
        let isOvertime = since.contains { sight.mark.time.timeIntervalSince($0.mark.time) > limitSeconds }
        if isOvertime { outcome.overtime += 1 }
        let truth = Set(since.map(\.mark.read))
        let rule = ChalkRule(rule: "limit", basis: .position, limitMinutes: settings.limitMinutes)
        let plate = sight.mark.plate
        let like = earlier.map(\.mark).filter { $0.plate == plate || $0.plate.isOneChange(from: plate) }
        let reckoning = ChalkReckoning(new: sight.mark, rule: rule, ticketed: [], model: settings.model)
        for link in reckoning.links(like.filter { $0.plate == plate }) {
            note(link.probability, held: truth.contains(link.mark.read))
        }
        if let finding = chalkFinding(marks: like, new: sight.mark, rule: rule, model: settings.model) {
            let isRight = truth.contains(finding.firstRead)
            if finding.isCertain(settings.model) {
                outcome.tickets += 1
                let first = isRight ? nil : earlier.first { $0.mark.read == finding.firstRead }
                outcome.wrongTickets += isRight ? 0 : 1
                if let first, first.car == sight.car, first.space == sight.space { outcome.wrongInSameSpace += 1 }
                outcome.statedWrongTickets += 1 - finding.stayedProbability
            } else {
                outcome.secondLooks += 1
                outcome.wrongSecondLooks += isRight ? 0 : 1
            }
        } else if isOvertime {
            outcome.missed += 1
        }
        judgeByRadius(sight, earlier, isOvertime: isOvertime, truth: truth, limitSeconds: limitSeconds)
    }

    private mutating func note(_ probability: Double, held: Bool) {
        guard let index = outcome.bins.lastIndex(where: { $0.from <= probability }) else { return }
        outcome.bins[index].links += 1
        outcome.bins[index].stated += probability
        outcome.bins[index].held += held ? 1 : 0
    }

    private mutating func judgeByRadius(
        _ sight: TrialSight,
        _ earlier: [TrialSight],
        isOvertime: Bool,
        truth: Set<UUIDv7>,
        limitSeconds: Double
    ) {
        let match = earlier.first { other in
            guard sight.mark.time.timeIntervalSince(other.mark.time) > limitSeconds,
                let one = sight.mark.fix?.point, let two = other.mark.fix?.point,
                one.distanceMetres(to: two) <= settings.radiusMetres
            else { return false }
            return isFiveInOrderFourAdjacent(sight.mark.plate.text, other.mark.plate.text)
        }
        if let match {
            outcome.baseline.alerts += 1
            outcome.baseline.wrongAlerts += truth.contains(match.mark.read) ? 0 : 1
        } else if isOvertime {
            outcome.baseline.missed += 1
        }
    }
}

/// Whether two texts share five characters in the same order, and four of them side by side; of shorter texts all.
func isFiveInOrderFourAdjacent(_ one: String, _ other: String) -> Bool {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    let shortest = min(a.count, b.count)
    var inOrder = [Int](repeating: 0, count: b.count + 1)
    var adjacent = [Int](repeating: 0, count: b.count + 1)
    var longestRun = 0
    for character in a {
        var diagonal = (order: 0, run: 0)
        for index in 1...max(1, b.count) where index <= b.count {
            let above = (order: inOrder[index], run: adjacent[index])
            let isSame = b[index - 1] == character
            inOrder[index] = isSame ? diagonal.order + 1 : max(above.order, inOrder[index - 1])
            adjacent[index] = isSame ? diagonal.run + 1 : 0
            longestRun = max(longestRun, adjacent[index])
            diagonal = above
        }
    }
    return inOrder[b.count] >= min(5, shortest) && longestRun >= min(4, shortest)
}
