// Sees everything, and holds what a system answered against the truth.
internal import Foundation
internal import ParkingCore

/// One reading of what stands in a space, with the truth beside it.
struct Encounter {
    let passing: Passing
    let stay: Stay
    /// What the vehicle truly breaks at this moment.
    let violations: [Violation]
    let sighting: Sighting
    let isGhost: Bool
}

/// Keeps count for one system; the same for all of them.
struct Witness {
    /// One violation of one stay.
    private struct Offender: Hashable {
        let vehicle: Int
        let space: Int
        let from: Date
        let infraction: String
    }

    private enum Fate {
        case missed(String, words: String)
        case secondLooked
        case alerted
    }

    private let town: Town
    private let oracle: Oracle
    private(set) var tally = Tally()
    /// Wrong tickets by our fault, in words, for who looks for the cause; at most `Witness.told` of a patrol.
    private(set) var tickets: [String] = []
    /// Wrong alerts in words, by cause; at most `Witness.told` of each.
    private var alerts: [Cause: [String]] = [:]
    private static let told = 40
    private var fates: [Offender: Fate] = [:]
    /// Violations that were raised before a patrol had to know of them.
    private var early: [Offender: Fate] = [:]

    init(town: Town, oracle: Oracle) {
        self.town = town
        self.oracle = oracle
    }

    /// A violation was passed by; what came of it is told by `note`, if the plate was read at all.
    mutating func observe(_ violations: [Violation], of stay: Stay) {
        for violation in violations {
            let offender = offender(stay, violation.infraction)
            guard fates[offender] == nil else { continue }
            fates[offender] = early[offender] ?? .missed("not read", words: "")
            tally.violations += 1
        }
    }

    mutating func note(_ verdict: Verdict, _ encounter: Encounter) {
        tally.reads += 1
        let broken = Set(encounter.violations.map(\.infraction))
        switch verdict.kind {
        case .clear: break
        case .secondLook:
            tally.secondLooks += 1
            let truth = encounter.isGhost ? "no plate" : broken.isEmpty ? "no violation" : "violation"
            tally.secondLooksByReason["\(verdict.reason), \(truth)", default: 0] += 1
        case .alert:
            guard !verdict.infractions.isEmpty else { break }
            tally.alerts += 1
            if !verdict.told.isSubset(of: broken) {
                tally.wrongAlerts += 1
                let cause = cause(of: verdict, encounter, at: encounter.passing.time)
                tally.wrongAlertsByCause[cause.rawValue, default: 0] += 1
                if alerts[cause, default: []].count < Self.told {
                    alerts[cause, default: []].append(words("wrong alert", cause.rawValue, verdict, encounter))
                }
            }
        }
        guard !encounter.isGhost else { return }
        for infraction in broken { settle(offender(encounter.stay, infraction), verdict, encounter) }
    }

    // MARK: Tickets

    /// A ticket was written for these infractions.
    mutating func ticket(_ infractions: Set<String>, _ verdict: Verdict, _ encounter: Encounter, at time: Date) {
        tally.tickets += 1
        let broken = Set(encounter.violations.map(\.infraction))
        let paidSince = infractions.contains(Offence.unpaid) && isPaidInTime(encounter.stay, at: time)
        let cause = cause(of: verdict, encounter, at: time)
        let isViolation = !encounter.isGhost && infractions.isSubset(of: broken) && !paidSince
        if encounter.sighting.read.reading.plate.text != town.vehicles[encounter.stay.vehicle].plate, isViolation {
            tally.wrongPlates += 1
            tally.wrongPlatesByCause[cause.rawValue, default: 0] += 1
            // O for 0 shows on no photo; any other plate is somebody else's.
            guard cause == .misread || cause == .covered else { return }
        } else if isViolation {
            return
        }
        tally.wrongTickets += 1
        tally.wrongTicketsByCause[cause.rawValue, default: 0] += 1
        if cause.isNobodysFault {
            tally.wrongTicketsNobodysFault += 1
        } else if tickets.count < Self.told {
            tickets.append(words("wrong ticket", cause.rawValue, verdict, encounter))
        }
    }

    /// Other things that went wrong, in words: wrong alerts, the rarest cause first, then what was missed.
    var stories: [String] {
        let cases = alerts.sorted { ($0.value.count, $0.key.rawValue) < ($1.value.count, $1.key.rawValue) }
            .flatMap(\.value)
        let missed = fates.values.compactMap { fate in
            if case .missed(_, let words) = fate, !words.isEmpty { words } else { nil }
        }
        return cases + missed.sorted().prefix(Self.told)
    }

    /// An alert that cannot be ticketed as things stand is looked at once more.
    mutating func hold(_ reason: String) {
        tally.secondLooks += 1
        tally.secondLooksByReason["held: \(reason)", default: 0] += 1
    }

    mutating func withdraw() { tally.withdrawn += 1 }

    /// The count of a whole day.
    func finished() -> Tally {
        var tally = tally
        for fate in fates.values {
            switch fate {
            case .alerted: tally.alerted += 1
            case .secondLooked: tally.secondLooked += 1
            case .missed(let reason, _): tally.missedByReason[reason, default: 0] += 1
            }
        }
        return tally
    }

    private func words(_ what: String, _ why: String, _ verdict: Verdict, _ encounter: Encounter) -> String {
        let (stay, now) = (encounter.stay, encounter.passing.time)
        func minutes(_ time: Date) -> Int { Int((time.timeIntervalSince(now) / 60).rounded()) }
        let space = town.streets.spaces[stay.space]
        let others = town.staysOfVehicle[stay.vehicle].map {
            "space \($0.space) from \(minutes($0.from)) to \(minutes($0.until))"
        }
        let paid = town.purchasesOfVehicle[stay.vehicle].map { purchase in
            "zone \(purchase.zone) \(purchase.typed) "
                + purchase.steps.map { step in
                    "\(minutes(step.from)) to \(minutes(step.until)), at the server \(minutes(step.atServer))"
                }.joined(separator: "; ")
        }
        let reading = encounter.sighting.read.reading
        return """
            at \(TownClock.text(now)) \(what) (\(why)): \(town.vehicles[stay.vehicle].plate) read \(reading.plate) \
            (\(String(format: "%.3f", reading.confidence))) in zone \(space.zone), told \(verdict.zone ?? "none"), \(verdict.infractions.sorted()), truly \
            \(encounter.violations.map(\.rule.name)); \(position(of: encounter)); stays \(others); paid \(paid)\(right(of: stay, minutes)); \(verdict.grounds)
            """
    }

    private func position(of encounter: Encounter) -> String {
        guard let fix = encounter.sighting.fix else { return "no fix" }
        let (told, actual) = (Streets.spot(fix.point), encounter.passing.spot)
        func metres(_ value: Double) -> Int { Int(value.rounded()) }
        return """
            fix \(metres(told.east)) m east, \(metres(told.north)) m north, error \(metres(fix.errorMetres)) m, truly \
            \(metres(actual.east)), \(metres(actual.north))
            """
    }

    /// What the town granted the vehicle, and where those stand that share it.
    private func right(of stay: Stay, _ minutes: (Date) -> Int) -> String {
        let vehicle = town.vehicles[stay.vehicle]
        guard let index = vehicle.grant else { return vehicle.isExempt ? "; exempt" : "" }
        let grant = town.grants[index]
        let sharers = grant.vehicles.filter { $0 != stay.vehicle }.map { other in
            let stays = town.staysOfVehicle[other].map { place in
                "zone \(town.streets.spaces[place.space].zone) from \(minutes(place.from)) to \(minutes(place.until))"
            }
            return "\(town.vehicles[other].plate) in \(stays)"
        }
        return """
            ; permit \(grant.kind) for zone \(grant.zone) from \(minutes(grant.from)) to \(minutes(grant.until)), \
            shared with \(sharers)
            """
    }

    // MARK: Causes

    private func offender(_ stay: Stay, _ infraction: String) -> Offender {
        Offender(vehicle: stay.vehicle, space: stay.space, from: stay.from, infraction: infraction)
    }

    private mutating func settle(_ offender: Offender, _ verdict: Verdict, _ encounter: Encounter) {
        switch (fates[offender], verdict.kind) {
        case (nil, .alert) where verdict.told.contains(offender.infraction): early[offender] = .alerted
        case (nil, .secondLook): early[offender] = early[offender] ?? .secondLooked
        case (nil, _), (.alerted, _): break
        case (_, .alert) where verdict.told.contains(offender.infraction): fates[offender] = .alerted
        case (.secondLooked, _): break
        case (_, .secondLook): fates[offender] = .secondLooked
        default:
            let reason = verdict.kind == .clear ? verdict.reason : "another infraction"
            fates[offender] = .missed(reason, words: words("missed", reason, verdict, encounter))
        }
    }

    /// Paid by now, and the server knows: the question before the ticket would have shown it.
    private func isPaidInTime(_ stay: Stay, at time: Date) -> Bool {
        let zone = town.streets.spaces[stay.space].zone
        return town.purchasesOfVehicle[stay.vehicle].contains { purchase in
            guard purchase.zone == zone, let step = purchase.steps.last(where: { $0.atServer <= time }) else {
                return false
            }
            return step.from <= time && time < step.until
        }
    }

    /// Paid by some text or other, and none of it had reached the server.
    private func isPaidUnknown(to time: Date, _ encounter: Encounter) -> Bool {
        let zone = town.streets.spaces[encounter.stay.space].zone
        let paid = town.purchasesOfVehicle[encounter.stay.vehicle].filter { $0.zone == zone }.flatMap(\.steps)
            .filter { $0.time <= time && $0.from <= time && time < $0.until }
        return !paid.isEmpty && paid.allSatisfy { $0.atServer > time }
    }

    private func cause(of verdict: Verdict, _ encounter: Encounter, at time: Date) -> Cause {
        if encounter.isGhost { return .ghost }
        let vehicle = town.vehicles[encounter.stay.vehicle]
        let read = encounter.sighting.read.reading.plate.text
        let isAlike = Alike.folded(read) == Alike.folded(vehicle.plate)
        if isAlike, isPaidUnknown(to: time, encounter) { return .latePayment }
        if read != vehicle.plate {
            if vehicle.isCovered { return .covered }
            return isAlike ? .alike : .misread
        }
        let zone = town.streets.spaces[encounter.stay.space].zone
        if verdict.zone != town.zones[zone].name { return .position }
        let broken = Set(encounter.violations.map(\.infraction))
        let wrong = verdict.infractions.subtracting(broken)
        if wrong.contains(Offence.overtime) { return .chalk }
        guard wrong.isEmpty || wrong.contains(Offence.unpaid) else { return .byLaw }
        return paymentCause(encounter, zone: zone, at: time)
    }

    private func paymentCause(_ encounter: Encounter, zone: Int, at time: Date) -> Cause {
        let now = encounter.passing.time
        let rules = town.zones[zone].rules(at: now, holidays: town.plan.holidays)
        guard let rule = rules.first(where: { $0.demand == .payByPlate }) else { return .byLaw }
        let grace = rule.graceSeconds
        for purchase in town.purchasesOfVehicle[encounter.stay.vehicle] where purchase.zone == zone {
            // What held when the car was seen; it may have run out before the ticket.
            let step = purchase.steps.last { $0.time <= time && $0.from <= time && now < $0.until + grace }
            guard let step else { continue }
            // Whatever was typed: nobody could know of it.
            if step.atServer > time { return .latePayment }
            switch purchase.slip {
            case .alike: return .typed
            case .other: return .typedOther
            case .none: break
            }
            return step.atServer > encounter.sighting.known ? .staleList : .byLaw
        }
        return .byLaw
    }
}
