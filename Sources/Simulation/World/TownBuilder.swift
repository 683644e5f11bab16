// Fills the streets: each space gets its cars of the day one after the other, and each driver does what drivers do.
internal import Foundation

/// How people behave. None of it is measured; FACTS about one city's voided tickets set the share of mistyped plates.
enum Habits {
    static let minutesBetweenStays = 14.0
    static let stayMinutes: [(share: Double, mean: Double)] = [(0.45, 22), (0.38, 75), (0.17, 260)]
    /// Of those who come to a space, who had left it before, and who merely move to another one nearby.
    static let comesBack = 0.03
    static let moves = 0.03
    static let sharesPermit = 0.12
    /// Plates that differ from a neighbour's by one character that is easily taken for it.
    static let twins = 0.04
    static let covered = 0.004
    static let exempt = 0.008
    static let scofflaw = 0.004
    static let watched = 0.0005
    static let obeysBan = 0.93
    static let obeysLimit = 0.88
    static let stayedOvernight = 0.4
}

struct TownBuilder {
    let plan: DayPlan
    let streets: Streets
    let zones: [TownZone]
    private(set) var vehicles: [Vehicle] = []
    private(set) var grants: [Grant] = []
    private(set) var stays: [[Stay]]
    private(set) var purchases: [[Purchase]] = []

    private var dice: Dice
    private var plates: PlateMaker
    private var payments: PaymentMaker
    private let begins: Date
    /// When each vehicle's last stay ends.
    private var freeFrom: [Date] = []
    /// Vehicles that were seen in each zone, for those who come back, move, share a permit or look alike.
    private var seen: [[Int]]
    private var grantsOfZone: [[Int]]

    init(seed: UInt64, plan: DayPlan, cars: Int) {
        self.plan = plan
        dice = Dice(seed: seed, for: "town")
        plates = PlateMaker(seed: seed)
        payments = PaymentMaker(seed: seed, plan: plan)
        begins = plan.start.addingTimeInterval(-3 * 3600)
        // Spaces turn over this often from three hours before the shift to its end.
        let turnover = (plan.hours + 3) * 60 / 95
        streets = Streets(crossings: Streets.crossings(forSpaces: Int(Double(cars) / turnover)), dice: &dice)
        var signs = SignMaker(seed: seed, plan: plan)
        zones = streets.zones.enumerated().map { signs.zone($0.offset, $0.element) }
        stays = [[Stay]](repeating: [], count: streets.spaces.count)
        seen = [[Int]](repeating: [], count: zones.count)
        grantsOfZone = [[Int]](repeating: [], count: zones.count)
    }

    /// Parks cars in all spaces; goes round again, with denser traffic, until there are enough vehicles.
    mutating func fill(atLeast cars: Int) {
        for space in streets.spaces.indices { fill(space) }
        // A last few come for a minute in the gaps that are left.
        var space = 0
        while vehicles.count < cars, space < streets.spaces.count {
            let last = stays[space].last?.until ?? begins
            if last < plan.end { park(space, from: last.addingTimeInterval(60), until: plan.end, newcomer: true) }
            space += 1
        }
    }

    private mutating func fill(_ space: Int) {
        var time = begins.addingTimeInterval(-dice.exponential(mean: 1800))
        while time < plan.end {
            time += 30 + dice.exponential(mean: Habits.minutesBetweenStays * 60)
            guard time < plan.end else { return }
            let zone = zones[streets.spaces[space].zone]
            if zone.isBanned(at: time, holidays: plan.holidays), !dice.chance(0.04) {
                time += 900
                continue
            }
            let until = leaving(zone, from: time)
            park(space, from: time, until: until, newcomer: false)
            time = until
        }
    }

    private mutating func leaving(_ zone: TownZone, from: Date) -> Date {
        let kind = Habits.stayMinutes[dice.place(by: Habits.stayMinutes.map(\.share))]
        var minutes = 3 + dice.exponential(mean: kind.mean)
        for rule in zone.rules(at: from.addingTimeInterval(300), holidays: plan.holidays) {
            guard case .timeLimit(let limit, _) = rule.demand, minutes > Double(limit) else { continue }
            if dice.chance(Habits.obeysLimit) { minutes = Double(limit) * dice.between(0.3, 1) }
        }
        var until = from.addingTimeInterval(minutes * 60)
        var time = from.addingTimeInterval(600)
        while time < until {
            if zone.isBanned(at: time, holidays: plan.holidays) {
                if dice.chance(Habits.obeysBan) { until = max(from + 240, time - dice.between(0, 900)) }
                break
            }
            time += 600
        }
        return until
    }

    private mutating func park(_ space: Int, from: Date, until: Date, newcomer: Bool) {
        let zone = streets.spaces[space].zone
        let known = newcomer ? nil : returning(to: space, zone: zone, at: from)
        let vehicle = known ?? newVehicle(in: zone)
        let stay = Stay(vehicle: vehicle, space: space, from: from, until: until)
        stays[space].append(stay)
        freeFrom[vehicle] = until
        if known == nil { seen[zone].append(vehicle) }
        guard !isExcused(vehicle, zone: zone, at: from),
            let made = payments.purchases(
                for: vehicles[vehicle].plate,
                of: vehicle,
                stay: stay,
                in: zone,
                rules: zones[zone],
                others: seen[zone].suffix(40).map { vehicles[$0].plate }
            )
        else { return }
        purchases[vehicle].append(made)
    }

    /// A vehicle that left the space or the zone earlier and is free again.
    private mutating func returning(to space: Int, zone: Int, at time: Date) -> Int? {
        let chance = dice.share()
        let ready = time.addingTimeInterval(-120)
        if chance < Habits.comesBack {
            let earlier = stays[space].map(\.vehicle).filter { freeFrom[$0] < ready }
            return earlier.isEmpty ? nil : dice.pick(earlier)
        }
        guard chance < Habits.comesBack + Habits.moves, !seen[zone].isEmpty else { return nil }
        let other = dice.pick(seen[zone])
        return freeFrom[other] < ready ? other : nil
    }

    private func isExcused(_ vehicle: Int, zone: Int, at time: Date) -> Bool {
        if vehicles[vehicle].isExempt { return true }
        guard let grant = vehicles[vehicle].grant.map({ grants[$0] }) else { return false }
        return grant.kind == "commercial" && grant.zone == zone && grant.from <= time && time < grant.until
    }

    // MARK: Vehicles

    private mutating func newVehicle(in zone: Int) -> Int {
        var made: (text: String, kind: PlateKind)?
        if dice.chance(Habits.twins), !seen[zone].isEmpty {
            made = plates.twin(of: vehicles[dice.pick(seen[zone])].plate)
        }
        let (text, kind) = made ?? plates.next()
        let index = vehicles.count
        var vehicle = Vehicle(plate: text, kind: kind)
        vehicle.isExempt = dice.chance(Habits.exempt)
        vehicle.isScofflaw = dice.chance(Habits.scofflaw)
        vehicle.isWatched = dice.chance(Habits.watched)
        vehicle.isCovered = dice.chance(Habits.covered)
        vehicle.grant = vehicle.isExempt ? nil : grant(for: index, zone: zone)
        vehicles.append(vehicle)
        purchases.append([])
        freeFrom.append(.distantPast)
        return index
    }

    private mutating func grant(for vehicle: Int, zone: Int) -> Int? {
        guard let (kind, share) = permitKind(of: zone), dice.chance(share) else { return nil }
        if dice.chance(Habits.sharesPermit), let shared = grantsOfZone[zone].last, grants[shared].vehicles.count < 3,
            grants[shared].kind == kind
        {
            grants[shared].vehicles.append(vehicle)
            return shared
        }
        // A few have lapsed, begin tomorrow, or are for another street.
        let state = dice.share()
        let day = plan.start.timeIntervalSince1970
        let (from, until): (Double, Double) =
            state < 0.03
            ? (-300 * 86_400, -dice.between(0.5, 20) * 86_400)
            : state < 0.04 ? (86_400, 300 * 86_400) : (-dice.between(1, 200) * 86_400, dice.between(1, 160) * 86_400)
        let place = dice.chance(0.02) ? dice.whole(0...(zones.count - 1)) : zone
        grants.append(
            Grant(
                name: "G\(grants.count)",
                kind: kind,
                zone: place,
                from: Date(timeIntervalSince1970: (day + from).rounded()),
                until: Date(timeIntervalSince1970: (day + until).rounded()),
                vehicles: [vehicle]
            )
        )
        grantsOfZone[zone].append(grants.count - 1)
        return grants.count - 1
    }

    /// The kind of permit that people in a zone have, and how many of them.
    private func permitKind(of zone: Int) -> (kind: String, share: Double)? {
        for rule in zones[zone].rules {
            switch rule.demand {
            case .permit: return ("residential", 0.93)
            case .timeLimit: return ("residential", 0.12)
            case .payByPlate: return ("commercial", 0.05)
            case .noParking, .noStopping: continue
            }
        }
        return nil
    }
}

extension TownZone {
    func isBanned(at time: Date, holidays: Set<CivilDay>) -> Bool {
        rules(at: time, holidays: holidays).contains { $0.demand == .noParking || $0.demand == .noStopping }
    }
}
