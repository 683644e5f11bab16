// A town on one day: who stands where, since when, and by what right. Everything that happens, and nothing that anybody
// believes about it.
package import Foundation

package struct Vehicle: Sendable {
    package let plate: String
    package let kind: PlateKind
    /// Granted by the town, whatever the signs say; never ends within the day.
    package var isExempt = false
    /// Index into the town's grants.
    package var grant: Int?
    package var isScofflaw = false
    package var isWatched = false
    /// Something stands before a part of the plate (snow, a hitch), so that it is read wrongly whenever it is read.
    package var isCovered = false
}

/// A permit as the town granted it; several vehicles may share it, one at a time.
package struct Grant: Sendable {
    package let name: String
    package let kind: String
    package let zone: Int
    package let from: Date
    package let until: Date
    package var vehicles: [Int]
}

/// One vehicle in one space.
package struct Stay: Sendable {
    package let vehicle: Int
    package let space: Int
    package let from: Date
    package let until: Date
}

/// What a driver paid for, as the driver meant it and as the town's server came to know it.
package struct Purchase: Sendable {
    package enum Slip: String, Sendable { case none, alike, other }
    package let vehicle: Int
    package let zone: Int
    /// What was typed for a plate.
    package let typed: String
    package let slip: Slip
    /// In order of time: bought, extended, ended early.
    package var steps: [Step]

    package struct Step: Sendable {
        package let time: Date
        /// When the town's server has it.
        package let atServer: Date
        package let from: Date
        package let until: Date
    }

    /// The span that was paid for as things stood at an instant; nil: nothing yet.
    package func span(asOf time: Date) -> (from: Date, until: Date)? {
        steps.last { $0.time <= time }.map { ($0.from, $0.until) }
    }
}

package struct Town: Sendable {
    package let plan: DayPlan
    package let streets: Streets
    package let zones: [TownZone]
    package let vehicles: [Vehicle]
    package let grants: [Grant]
    /// Of each space its stays in order of time.
    package let stays: [[Stay]]
    /// Of each vehicle its stays in order of time.
    package let staysOfVehicle: [[Stay]]
    package let purchasesOfVehicle: [[Purchase]]

    /// Who stands in a space at an instant.
    package func stay(in space: Int, at time: Date) -> Stay? {
        stays[space].last { $0.from <= time && time < $0.until }
    }

    /// - Parameters:
    ///   - seed: the same seed and number of cars give the same town.
    ///   - cars: vehicles that park on that day, at least.
    package init(seed: UInt64, cars: Int) {
        let plan = DayPlan(seed: seed)
        var builder = TownBuilder(seed: seed, plan: plan, cars: cars)
        builder.fill(atLeast: cars)
        self.init(
            plan: plan,
            streets: builder.streets,
            zones: builder.zones,
            vehicles: builder.vehicles,
            grants: builder.grants,
            stays: builder.stays,
            purchasesOfVehicle: builder.purchases
        )
    }

    /// - Parameter stays: of each space, in order of time.
    init(
        plan: DayPlan,
        streets: Streets,
        zones: [TownZone],
        vehicles: [Vehicle],
        grants: [Grant],
        stays: [[Stay]],
        purchasesOfVehicle: [[Purchase]]
    ) {
        self.plan = plan
        self.streets = streets
        self.zones = zones
        self.vehicles = vehicles
        self.grants = grants
        self.stays = stays
        self.purchasesOfVehicle = purchasesOfVehicle
        var ofVehicle = [[Stay]](repeating: [], count: vehicles.count)
        for stay in stays.joined() { ofVehicle[stay.vehicle].append(stay) }
        staysOfVehicle = ofVehicle.map { $0.sorted { $0.from < $1.from } }
    }
}
