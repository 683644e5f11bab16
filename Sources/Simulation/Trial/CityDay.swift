// One seed: a town, its patrol vehicles, and every system on trial given the very same reads.
internal import Foundation
package import ParkingCore

/// What a day came to.
package struct DayResult: Sendable, Codable {
    package let seed: UInt64
    package let day: String
    package let cars: Int
    package var passings: Int
    /// By the name of the system.
    package var tallies: [String: Tally]
    /// Of our judgement, wrong tickets by its fault in words.
    package var wrongTickets: [String]
    /// Of our judgement, what else went wrong in words.
    package var cases: [String]
    /// What the vehicle's database made of the first patrol's first reads.
    package var store: StoreResult
}

package struct CityDay {
    /// Makes the systems on trial for one patrol vehicle.
    package typealias Systems = (_ town: Town, _ city: City, _ history: ListHistory, _ vehicle: Int) throws -> [(
        name: String, system: any TriedSystem
    )]

    private let seed: UInt64
    private let town: Town
    private let history: ListHistory
    private let oracle: Oracle
    private let city: City
    private let reader: ReadModel

    /// - Throws: `SimulationError` for figures that cannot be used.
    package init(seed: UInt64, cars: Int, reader: ReadModel) throws {
        self.seed = seed
        self.reader = reader
        town = Town(seed: seed, cars: cars)
        history = try ListHistory(of: town)
        city = try town.city()
        oracle = Oracle(town: town)
    }

    /// - Parameter progress: called after each patrol vehicle with the share that is done.
    package func run(_ systems: Systems, progress: (Double) -> Void = { _ in }) throws -> DayResult {
        let beats = Beat.all(of: town, seed: seed)
        var result = DayResult(
            seed: seed,
            day: town.plan.day.text,
            cars: town.vehicles.count,
            passings: 0,
            tallies: [:],
            wrongTickets: [],
            cases: [],
            store: StoreResult()
        )
        var passings = 0
        for (number, beat) in beats.enumerated() {
            var shift = Shift(
                town: town,
                oracle: oracle,
                reader: reader,
                seed: seed &* 1009 &+ UInt64(number),
                systems: try systems(town, city, history, number)
            )
            try beat.drive { try shift.pass($0) }
            try shift.finish()
            passings += shift.passings
            result.wrongTickets += shift.wrongTickets
            result.cases += shift.cases
            for (name, tally) in shift.tallies { result.tallies[name, default: Tally()] += tally }
            progress(Double(number + 1) / Double(beats.count))
        }
        result.passings = passings
        return result
    }
}

extension CityDay {
    /// The day, and then the first patrol's first reads once more on a real database.
    /// - Parameter storeReads: how many; none: 0.
    /// - Throws: what the database says.
    package func run(
        storeReads: Int,
        progress: @Sendable (Double) -> Void = { _ in }
    ) async throws -> DayResult {
        var listener: Listener?
        var result = try run(
            { town, city, history, vehicle in
                var systems = try Trial.systems(town, city, history, vehicle)
                if vehicle == 0, storeReads > 0, let judged = systems[0].system as? Judged {
                    let heard = Listener(judged, limit: storeReads)
                    listener = heard
                    systems[0].system = heard
                }
                return systems
            },
            progress: progress
        )
        if let listener { result.store = try await StoreTrial.run(listener.heard, city: city, history: history) }
        return result
    }
}

/// One patrol vehicle's shift.
private struct Shift {
    private struct Pending {
        let time: Date
        let system: Int
        let verdict: Verdict
        let encounter: Encounter
    }

    private let town: Town
    private let oracle: Oracle
    private let reader: ReadModel
    private let mishaps: Mishaps
    private var systems: [(name: String, system: any TriedSystem)]
    private var witnesses: [Witness]
    private var wander: FixWander
    private var dice: Dice
    private var reading: Dice
    private var pending: [Pending] = []
    /// When and where each vehicle was passed: overtime can be known only of what was passed before.
    private var passed: [Int: [(time: Date, space: Int)]] = [:]
    private(set) var passings = 0

    init(
        town: Town,
        oracle: Oracle,
        reader: ReadModel,
        seed: UInt64,
        systems: [(name: String, system: any TriedSystem)]
    ) {
        self.town = town
        self.oracle = oracle
        self.reader = reader
        self.systems = systems
        witnesses = systems.map { _ in Witness(town: town, oracle: oracle) }
        var mishapDice = Dice(seed: seed, for: "mishaps")
        mishaps = Mishaps(plan: town.plan, dice: &mishapDice)
        wander = FixWander(dice: Dice(seed: seed, for: "fixes"))
        dice = Dice(seed: seed, for: "shift")
        reading = Dice(seed: seed, for: "reads")
    }

    var tallies: [(String, Tally)] { zip(systems, witnesses).map { ($0.name, $1.finished()) } }

    var wrongTickets: [String] { witnesses.first?.tickets ?? [] }

    var cases: [String] { witnesses.first?.stories ?? [] }

    mutating func pass(_ passing: Passing) throws {
        try issueTickets(until: passing.time)
        let segment = town.streets.segments[town.streets.spaces[passing.space].segment]
        let fix = try wander.fix(
            at: passing.spot,
            headingDegrees: passing.headingDegrees,
            speed: passing.speed,
            time: passing.time,
            segmentIndex: town.streets.spaces[passing.space].segment,
            errorMetres: segment.errorMetres
        )
        guard mishaps.hasPower(at: passing.time) else { return }
        let clock = mishaps.clock(at: passing.time)
        if let fix = fix?.shifted(by: clock.shown.timeIntervalSince(passing.time)) {
            for index in systems.indices { systems[index].system.drove(fix) }
        }
        guard let stay = town.stay(in: passing.space, at: passing.time) else { return }
        passings += 1
        let broken = oracle.violations(by: stay, at: passing.time)
        observe(broken, of: stay, at: passing)
        if let reading = reader.read(town.vehicles[stay.vehicle], index: stay.vehicle, dice: &reading) {
            try answer(reading, stay, broken, passing, fix, isGhost: false)
        }
        if let ghost = reader.ghost(dice: &reading) { try answer(ghost, stay, broken, passing, fix, isGhost: true) }
    }

    mutating func finish() throws { try issueTickets(until: .distantFuture) }

    /// A violation counts once a patrol can know of it: overtime after an earlier passing as long ago as the limit.
    private mutating func observe(_ violations: [Violation], of stay: Stay, at passing: Passing) {
        let earlier = passed[stay.vehicle] ?? []
        passed[stay.vehicle] = earlier + [(passing.time, passing.space)]
        let (zone, segment) = (town.streets.spaces[stay.space].zone, town.streets.spaces[stay.space].segment)
        let known = violations.filter { violation in
            if let sharer = violation.sharer {
                let other = passed[sharer.vehicle]?.last
                guard sharer.cameFirst, other.map({ passing.time.timeIntervalSince($0.time) < 1800 }) == true else {
                    return false
                }
            }
            guard let since = violation.since, case .timeLimit(let minutes, let wholeZone) = violation.rule.demand
            else {
                return true
            }
            let allowed = Double(minutes + violation.rule.graceMinutes) * 60
            return earlier.contains {
                (wholeZone
                    ? town.streets.spaces[$0.space].zone == zone : town.streets.spaces[$0.space].segment == segment)
                    && $0.time >= since && passing.time.timeIntervalSince($0.time) > allowed
            }
        }
        for index in witnesses.indices { witnesses[index].observe(known, of: stay) }
    }

    private mutating func answer(
        _ reading: PlateReading,
        _ stay: Stay,
        _ violations: [Violation],
        _ passing: Passing,
        _ fix: Fix?,
        isGhost: Bool
    ) throws {
        let clock = mishaps.clock(at: passing.time)
        let shift = clock.shown.timeIntervalSince(passing.time)
        let read = PlateRead(
            id: UUIDv7(at: clock.shown, using: &dice),
            camera: CameraID(unchecked: passing.isRight ? "right" : "left"),
            time: clock.shown,
            frames: 6,
            reading: reading
        )
        let sighting = Sighting(
            read: read,
            fix: fix.map { $0.shifted(by: shift) },
            cameraAngleDegrees: passing.isRight ? 90 : 270,
            isClockTrusted: clock.isTrusted,
            moment: mishaps.moment(at: passing.time),
            known: mishaps.knownUpTo(passing.time)
        )
        let encounter = Encounter(
            passing: passing,
            stay: stay,
            violations: violations,
            sighting: sighting,
            isGhost: isGhost
        )
        let delay = dice.between(45, 150)
        for index in systems.indices {
            let verdict = try systems[index].system.answer(sighting)
            witnesses[index].note(verdict, encounter)
            guard verdict.kind == .alert, !verdict.infractions.isEmpty else { continue }
            let time = passing.time.addingTimeInterval(delay)
            pending.append(Pending(time: time, system: index, verdict: verdict, encounter: encounter))
        }
    }

    /// The officer accepts every alert and rejects none; the server is asked once more before a ticket is final.
    private mutating func issueTickets(until time: Date) throws {
        guard pending.contains(where: { $0.time <= time }) else { return }
        for item in pending.filter({ $0.time <= time }).sorted(by: { $0.time < $1.time }) {
            // Who has driven off meanwhile gets none.
            guard item.encounter.stay.until > item.time else { continue }
            let word = try systems[item.system].system.recheck(
                item.encounter.sighting,
                item.verdict,
                at: item.time,
                // Asked there and then, not by the second.
                known: mishaps.hasLink(at: item.time) ? item.time : mishaps.knownUpTo(item.time),
                hasLink: mishaps.hasLink(at: item.time)
            )
            switch word {
            case .withdrawn: witnesses[item.system].withdraw()
            case .held(let reason): witnesses[item.system].hold(reason)
            case .ticket(let left): witnesses[item.system].ticket(left, item.verdict, item.encounter, at: item.time)
            }
        }
        pending.removeAll { $0.time <= time }
    }
}

extension Fix {
    /// The same fix told with a clock that is off.
    fileprivate func shifted(by seconds: Double) -> Fix {
        seconds == 0
            ? self
            : Fix(
                point: point,
                time: time.addingTimeInterval(seconds),
                errorMetres: errorMetres,
                speedMetresPerSecond: speedMetresPerSecond,
                headingDegrees: headingDegrees,
                errorEllipse: errorEllipse
            )
    }
}
