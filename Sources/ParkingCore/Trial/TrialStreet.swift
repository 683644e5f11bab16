// A made-up street whose truth is known: cars that stay, leave, or are moved and come back, and a patrol that passes
// several times with a receiver that is off as receivers between tall houses are.
internal import Foundation

struct TrialCar {
    let id: Int
    let plate: String
    /// Grows each time that the car is moved, also where it comes back to the very same space.
    var stint = 0
}

/// What one pass saw of one car, with the truth beside it.
struct TrialSight {
    let mark: ChalkMark
    let car: Int
    let stint: Int
    /// Number of the space, negative on the left side.
    let space: Int
}

struct TrialStreet {
    static let spaceMetres = 6.5
    static let spaces = 40

    private struct Space: Hashable {
        let index: Int
        let isRight: Bool
    }

    private let settings: ChalkTrial.Settings
    private let headingDegrees: Double
    private let origin: GeoPoint
    private var cars: [Space: TrialCar] = [:]
    private var nextCar: Int
    private var minutes = 0.0
    private var chance: TrialChance

    init(settings: ChalkTrial.Settings, firstCar: Int, chance: TrialChance) throws(FixError) {
        self.settings = settings
        self.chance = chance
        nextCar = firstCar
        headingDegrees = self.chance.uniform(0...359)
        origin = try GeoPoint(latitude: 43.65, longitude: -79.38)
        fill(share: 0.8)
    }

    var carsSeen: Int { nextCar }

    /// All passes of the street, in time order.
    mutating func passes() -> [[TrialSight]] {
        var passes = [pass()]
        for _ in 1..<settings.passes {
            let gap = chance.uniform(settings.gapMinutes)
            minutes += gap
            live(hours: gap / 60)
            passes.append(pass())
        }
        return passes
    }

    // MARK: What the cars do

    private mutating func fill(share: Double) {
        for isRight in [true, false] {
            for index in 0..<Self.spaces {
                let space = Space(index: index, isRight: isRight)
                guard cars[space] == nil, chance.happens(share) else { continue }
                cars[space] = TrialCar(id: nextCar, plate: plate())
                nextCar += 1
            }
        }
    }

    /// Of cars that are seen again, the model's share was moved; the others leave for good, and new ones come.
    private mutating func live(hours: Double) {
        let model = settings.model
        let moved = 1 - exp(-settings.movedPerHour * hours)
        var wandering: [(TrialCar, from: Space)] = []
        for (space, car) in cars.sorted(by: { $0.value.id < $1.value.id }) {
            if chance.happens(1 - exp(-hours / 3)) {
                cars[space] = nil
            } else if chance.happens(moved) {
                var car = car
                car.stint += 1
                if chance.happens(model.sameSpaceShare) {
                    cars[space] = car
                } else {
                    cars[space] = nil
                    wandering.append((car, space))
                }
            }
        }
        for (car, from) in wandering {
            let metres = chance.laplace(model.reparkMetres)
            let index = from.index + Int((metres / Self.spaceMetres).rounded())
            let space = Space(index: index, isRight: chance.happens(0.6) ? from.isRight : !from.isRight)
            // The street goes on beyond what is filled at first.
            if (-20..<Self.spaces + 20).contains(index), cars[space] == nil { cars[space] = car }
        }
        fill(share: 1 - exp(-hours))
    }

    /// As Ontario issues them, most from a few recent series: plates of one street are like each other.
    private mutating func plate() -> String {
        let letters = Array("ABCDEFHJKLMNPRSTVWXYZ").map(String.init)
        let series = chance.element(["CM", "CR", "CT", "CW", "CZ", "DA", "DB", "DC"], or: "CM")
        let digits = String(Int.random(in: 1000...1999, using: &chance)).dropFirst()
        return series + chance.element(letters, or: "A") + chance.element(letters, or: "A") + digits
    }

    // MARK: What a pass sees

    private struct Errors {
        let radiusMetres: Double
        let claimedMetres: Double
        let seconds: Double
        var east: Double
        var north: Double

        var deviation: Double { radiusMetres / 1.5096 }
    }

    private mutating func pass() -> [TrialSight] {
        let isCanyon = chance.happens(0.6)
        let radius = isCanyon ? chance.uniform(settings.canyonMetres) : chance.uniform(2...5)
        let deviation = radius / 1.5096
        var errors = Errors(
            radiusMetres: radius,
            claimedMetres: radius * settings.claimedShare * exp(chance.normal(0.25)),
            seconds: chance.uniform(60...240),
            east: chance.normal(deviation),
            north: chance.normal(deviation)
        )
        let isForward = chance.happens(0.7)
        let order = cars.sorted { ($0.key.index, $0.value.id) < ($1.key.index, $1.value.id) }
        var sights: [TrialSight] = []
        var last: Int?
        for (space, car) in isForward ? order : order.reversed() {
            drift(&errors, seconds: Double(abs(space.index - (last ?? space.index))) * Self.spaceMetres / 6)
            last = space.index
            if let sight = see(car, space, isForward: isForward, errors) { sights.append(sight) }
        }
        return sights
    }

    /// The slow part of the error wanders as the vehicle drives (Ornstein and Uhlenbeck).
    private mutating func drift(_ errors: inout Errors, seconds: Double) {
        let kept = exp(-seconds / errors.seconds)
        let rest = errors.deviation * (1 - kept * kept).squareRoot()
        errors.east = kept * errors.east + chance.normal(rest)
        errors.north = kept * errors.north + chance.normal(rest)
    }

    private mutating func see(_ car: TrialCar, _ space: Space, isForward: Bool, _ errors: Errors) -> TrialSight? {
        guard let plate = try? Plate(misread(car.plate)) else { return nil }
        let isOnVehiclesRight = space.isRight == isForward
        // Right of its own direction the vehicle is a lane from the cars; to its left the other lane lies between.
        let across = (isOnVehiclesRight ? 3 + chance.normal(0.8) : -(5.5 + chance.normal(1.2)))
        let along = Double(space.index) * Self.spaceMetres + chance.normal(1.5)
        let street = Geodesy.direction(headingDegrees)
        // The cars' row stands 4 m beside the middle of the street.
        let row = space.isRight ? 4.0 : -4.0
        let vehicle = row - (isForward ? across : -across)
        let heading = headingDegrees + (isForward ? 0 : 180) + chance.normal(4) + (chance.happens(0.004) ? 180 : 0)
        let fix = Fix(
            point: Geodesy.point(
                origin,
                eastMetres: along * street.east + vehicle * street.north + errors.east + chance.normal(0.7),
                northMetres: along * street.north - vehicle * street.east + errors.north + chance.normal(0.7)
            ),
            time: time,
            errorMetres: errors.claimedMetres,
            speedMetresPerSecond: 6,
            headingDegrees: heading.truncatingRemainder(dividingBy: 360) + (heading < 0 ? 360 : 0)
        )
        let read = UUIDv7(at: time, using: &chance)
        let mark = ChalkMark(
            read: read,
            stay: read,
            plate: plate,
            confidence: 0.98,
            time: time,
            moment: nil,
            isClockTrusted: true,
            fix: fix,
            cameraAngleDegrees: isOnVehiclesRight ? 90 : -90,
            place: nil,
            zone: nil,
            photos: []
        )
        return TrialSight(
            mark: mark,
            car: car.id,
            stint: car.stint,
            space: space.isRight ? space.index + 1000 : -space.index - 1000
        )
    }

    private var time: Date { Date(timeIntervalSince1970: 1_781_600_000 + minutes * 60) }

    private mutating func misread(_ text: String) -> String {
        let alike = ["0ODQ", "1IL", "8B3", "5S6", "2Z7", "6G", "VY", "MNH", "CG"].map(Array.init)
        return String(
            text.map { character in
                guard chance.happens(settings.misreadShare) else { return character }
                let group = chance.element(alike.filter { $0.contains(character) }, or: [character])
                return chance.element(group.filter { $0 != character }, or: character)
            }
        )
    }
}
