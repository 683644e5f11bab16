// The ways in which things go wrong are as often, and as bad, as they were measured or said to be.
import Foundation
import ParkingCore
import PlateRecognition
import Testing

@testable import Simulation

@Suite struct ReadModelTests {
    private let figures: MeasuredReads
    private let model: ReadModel

    init() throws {
        figures = try MeasuredReads.kept()
        model = try ReadModel(figures)
    }

    @Test func `what the vehicle's tracker keeps to itself the model does not tell either`() {
        let settings = PlateTracker.Settings()
        #expect(ReadModel.leastConfidence == settings.minimumConfidence)
        #expect(ReadModel.leastCharacters == settings.leastCharacters)
        #expect(ReadModel.shortTextConfidence == settings.shortTextConfidence)
    }

    @Test(arguments: ["", "{}", "[1, 2", #"{"plates": "many"}"#])
    func `other figures that are none are refused by name`(text: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("reads-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = try #require(throws: SimulationError.self) { _ = try MeasuredReads(file) }
        #expect(error.message.contains(file.lastPathComponent) && error.message.contains("errors.py"))
    }

    private func reads(_ vehicles: [Vehicle], passes: Int) -> [(Vehicle, PlateReading?)] {
        var dice = Dice(seed: 9)
        return vehicles.enumerated().flatMap { index, vehicle in
            (0..<passes).map { _ in (vehicle, model.read(vehicle, index: index, dice: &dice)) }
        }
    }

    private func vehicles(_ count: Int) -> [Vehicle] {
        var maker = PlateMaker(seed: 3)
        return (0..<count).map { _ in
            let (text, kind) = maker.next()
            return Vehicle(plate: text, kind: kind)
        }
    }

    @Test func `plates in series are read as exactly, and as surely, as they were measured`() {
        let made = reads(vehicles(3000).filter { $0.kind != .personalised }, passes: 2).filter { $0.1 != nil }
        let exact = made.count { $0.1?.plate.text == $0.0.plate }
        let wide = ReadModel.passes(of: figures).filter { $0.covered == 0 }
        // One vote a plate, as the simulation draws.
        let shares = Dictionary(grouping: wide.filter { $0.operations != nil }, by: \.plate).values.map { passes in
            Double(passes.count { $0.operations?.isEmpty == true }) / Double(passes.count)
        }
        let measured = shares.reduce(0, +) / Double(shares.count)
        #expect(abs(Double(exact) / Double(made.count) - measured) < 0.05)
        let sure = made.count { ($0.1?.confidence ?? 0) >= 0.9 }
        let measuredSure = wide.count { ($0.confidence ?? 0) >= 0.9 }
        #expect(abs(Double(sure) / Double(made.count) - Double(measuredSure) / Double(wide.count)) < 0.1)
    }

    @Test func `a wrong character is mostly one that was taken for it on photographs`() {
        var seen = 0
        var alike = 0
        for (vehicle, reading) in reads(vehicles(2000), passes: 2) where vehicle.kind != .personalised {
            guard let text = reading?.plate.text, text.count == vehicle.plate.count else { continue }
            for (right, read) in zip(vehicle.plate, text) where right != read {
                seen += 1
                if figures.pairs["\(right)\(read)"] != nil { alike += 1 }
            }
        }
        #expect(seen > 50)
        #expect(Double(alike) / Double(max(1, seen)) > 0.5)
    }

    @Test func `half of the personalised plates with O or 0 are read as the other one`() {
        let vehicles = (0..<400).map { _ in Vehicle(plate: "OOTAXI", kind: .personalised) }
        let read = reads(vehicles, passes: 1).compactMap(\.1)
        let same = read.count { $0.plate.text == "OOTAXI" }
        let other = read.count { $0.plate.text == "00TAX1" }
        #expect(abs(same - other) < same / 2)
        #expect(other > 100)
    }

    @Test func `a plate of which a part is covered is mostly read wrongly, and each character has a probability`() {
        let vehicles = vehicles(500).map { vehicle in
            var copy = vehicle
            copy.isCovered = true
            return copy
        }
        let read = reads(vehicles, passes: 2).filter { $0.1 != nil }
        #expect(Double(read.count { $0.1?.plate.text != $0.0.plate }) > Double(read.count) * 0.5)
        for (_, reading) in read { #expect(reading?.characters.count == reading?.plate.text.count) }
    }

    @Test func `the same dice give the same reads`() {
        let some = vehicles(50)
        #expect(reads(some, passes: 3).map(\.1) == reads(some, passes: 3).map(\.1))
    }
}

@Suite struct MishapTests {
    @Test func `two positions of three lie within the error that is told, and it wanders slowly`() throws {
        var wander = FixWander(dice: Dice(seed: 2))
        let spot = Spot(east: 400, north: 300)
        let point = try Streets.point(spot)
        var inside = 0
        var steps: [Double] = []
        var last: Fix?
        let count = 4000
        for index in 0..<count {
            let fix = try wander.fix(
                at: spot,
                headingDegrees: 90,
                speed: 7,
                time: Date(timeIntervalSince1970: Double(index) * 3),
                segmentIndex: index / 10,
                errorMetres: 4
            )
            guard let fix else { continue }
            if fix.point.distanceMetres(to: point) <= fix.errorMetres { inside += 1 }
            if let last { steps.append(last.point.distanceMetres(to: fix.point)) }
            last = fix
        }
        #expect((0.60...0.72).contains(Double(inside) / Double(count)))
        #expect(steps.sorted()[steps.count / 2] < 4)
    }

    @Test func `what is known never stems from a time without a link or power`() {
        var dice = Dice(seed: 8)
        for seed in 0..<20 as Range<UInt64> {
            let plan = DayPlan(seed: seed)
            let mishaps = Mishaps(plan: plan, dice: &dice)
            for step in 0..<2000 {
                let time = plan.start.addingTimeInterval(Double(step) * plan.hours * 1.8)
                let known = mishaps.knownUpTo(time)
                #expect(known <= time.addingTimeInterval(-1))
                if mishaps.hasLink(at: time), mishaps.hasLink(at: time.addingTimeInterval(-1)) {
                    #expect(known == time.addingTimeInterval(-1))
                } else {
                    #expect(mishaps.hasLink(at: known))
                }
            }
        }
    }

    @Test func `a clock that jumped is not trusted`() {
        var dice = Dice(seed: 5)
        let mishaps = Mishaps(plan: DayPlan(seed: 1), dice: &dice)
        #expect(!mishaps.clockOff.isEmpty)
        for (span, seconds) in mishaps.clockOff {
            let middle = Date(
                timeIntervalSince1970: (span.lowerBound.timeIntervalSince1970 + span.upperBound.timeIntervalSince1970)
                    / 2
            )
            let clock = mishaps.clock(at: middle)
            #expect(!clock.isTrusted)
            #expect(abs(clock.shown.timeIntervalSince(middle) - seconds) < 1e-3 || mishaps.clockOff.count > 1)
        }
    }
}

@Suite struct TownTests {
    @Test func `the same seed gives the same town, and no space holds two cars`() {
        let town = Town(seed: 6, cars: 3000)
        let again = Town(seed: 6, cars: 3000)
        #expect(town.vehicles.map(\.plate) == again.vehicles.map(\.plate))
        #expect(town.vehicles.count >= 3000)
        #expect(Set(town.vehicles.map(\.plate)).count == town.vehicles.count)
        for stays in town.stays + town.staysOfVehicle {
            for (a, b) in zip(stays, stays.dropFirst()) { #expect(a.until <= b.from) }
        }
        #expect(town.purchasesOfVehicle.joined().contains { $0.slip == .alike })
        #expect(town.purchasesOfVehicle.joined().contains { $0.steps.count > 1 })
    }

    @Test func `who pays ahead has paid from the very second in which the hours begin`() {
        var ahead = 0
        for town in (1...6).map({ Town(seed: $0, cars: 1000) }) {
            for stay in town.staysOfVehicle.joined() {
                let zone = town.streets.spaces[stay.space].zone
                for purchase in town.purchasesOfVehicle[stay.vehicle] where purchase.zone == zone {
                    guard let step = purchase.steps.first, (stay.from...stay.until).contains(step.time),
                        step.from > step.time
                    else { continue }
                    ahead += 1
                    let before = step.from.addingTimeInterval(-1)
                    let rules = town.zones[zone].rules(at: before, holidays: town.plan.holidays)
                    #expect(!rules.contains { $0.demand == .payByPlate })
                }
            }
        }
        #expect(ahead > 10)
    }

    @Test func `some in twenty cars stand where they may not`() {
        let town = Town(seed: 6, cars: 3000)
        let oracle = Oracle(town: town)
        let noon = town.plan.start.addingTimeInterval(4 * 3600)
        let standing = town.stays.indices.compactMap { town.stay(in: $0, at: noon) }
        let broken = standing.count { !oracle.violations(by: $0, at: noon).isEmpty }
        #expect((0.01...0.15).contains(Double(broken) / Double(standing.count)))
    }
}

@Suite struct EquivalenceTests {
    @Test(arguments: [
        ("CABC123", "CABC123", true), ("CABC123", "CABC128", true), ("CABC123", "XABC12", true),
        ("CABC123", "CAB9123", false), ("CABC123", "321CBAC", false), ("ABC1", "ABC1", false),
    ])
    func `five characters in order of which four are adjacent are taken for one plate`(a: String, b: String, same: Bool)
    {
        #expect(Equivalence.sharesOrder(Array(a.utf8), Array(b.utf8)) == same)
        #expect(Equivalence.sharesOrder(Array(b.utf8), Array(a.utf8)) == same)
    }

    @Test func `one character of a group may differ, two may not`() throws {
        let plates = Equivalence.plates(of: try Plate("CB0122")).map(\.text)
        #expect(plates.contains("CBO122"))
        #expect(plates.contains("C80122"))
        #expect(!plates.contains("C8O122"))
        #expect(!plates.contains("CC0122"))
    }
}
