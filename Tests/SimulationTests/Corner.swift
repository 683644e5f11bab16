// A street corner made by hand, with whatever signs and cars a test wants.
import Foundation
import ParkingCore

@testable import Simulation

struct Corner {
    var rules: [PostedRule] = []
    var change: TownZone.TemporaryChange?
    var vehicles: [Vehicle] = []
    var grants: [Grant] = []
    var stays: [Stay] = []
    var purchases: [[Purchase]] = []
    /// An ordinary Tuesday.
    var day = CivilDay(year: 2026, month: 4, day: 14)

    /// Local time of the day, hours and minutes.
    func at(_ hour: Int, _ minute: Int = 0, _ second: Int = 0) -> Date {
        TownClock.instant(day, second: Double((hour * 60 + minute) * 60 + second))
    }

    /// A car in a space (0 is the first of zone 0), its number.
    @discardableResult
    mutating func park(_ plate: String, space: Int = 0, from: Date, until: Date) -> Int {
        let known = vehicles.firstIndex { $0.plate == plate }
        let vehicle = known ?? vehicles.count
        if known == nil {
            vehicles.append(Vehicle(plate: plate, kind: .passenger))
            purchases.append([])
        }
        stays.append(Stay(vehicle: vehicle, space: space, from: from, until: until))
        return vehicle
    }

    mutating func pay(
        _ vehicle: Int,
        from: Date,
        until: Date,
        atServer: Date? = nil,
        typed: String? = nil,
        slip: Purchase.Slip = .none
    ) {
        purchases[vehicle].append(
            Purchase(
                vehicle: vehicle,
                zone: 0,
                typed: typed ?? vehicles[vehicle].plate,
                slip: slip,
                steps: [Purchase.Step(time: from, atServer: atServer ?? from, from: from, until: until)]
            )
        )
    }

    var town: Town {
        var dice = Dice(seed: 1)
        let streets = Streets(crossings: 3, dice: &dice)
        var ofSpace = [[Stay]](repeating: [], count: streets.spaces.count)
        for stay in stays.sorted(by: { $0.from < $1.from }) { ofSpace[stay.space].append(stay) }
        return Town(
            plan: DayPlan(seed: 1),
            streets: streets,
            zones: streets.zones.enumerated().map { index, outline in
                TownZone(
                    name: "z\(index)",
                    west: outline.west,
                    south: outline.south,
                    east: outline.east,
                    north: outline.north,
                    rules: index == 0 ? rules : [],
                    change: index == 0 ? change : nil
                )
            },
            vehicles: vehicles,
            grants: grants,
            stays: ofSpace,
            purchasesOfVehicle: purchases
        )
    }

    /// What the last car parked breaks at a time.
    func broken(at time: Date) -> [String] {
        let town = town
        return stays.last.map { Oracle(town: town).violations(by: $0, at: time).map(\.infraction) } ?? []
    }
}
