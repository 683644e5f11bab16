// Reads of simulated plates: what happened to a real plate happens to a simulated one, its characters taken for others
// as they were taken for others on photographs.
internal import Foundation
package import ParkingCore

package struct ReadModel: Sendable {
    /// The narrowest plate that the simulated cameras deliver, in pixels: what a 1280 pixels wide picture with a lens of
    /// 60 degrees shows of a 305 mm plate three metres away.
    package static let leastWidthPixels = 110.0
    /// What an owner chose has no format that tells O from 0 or I from 1: half of these are read as the other one.
    static let alikeShare = 0.5
    /// From here on the vehicle tells reads.
    static let leastConfidence = 0.3
    static let leastCharacters = 5
    static let shortTextConfidence = 0.9

    /// Passes of whole plates, and of plates of which a part is covered; each group is one real plate.
    private let whole: Groups
    private let covered: Groups
    private let ghosts: [MeasuredGhost]
    /// Reads of what is no plate, a pass of one car: a camera's picture of it shows as much street.
    let ghostShare: Double
    /// How often a character is taken for another, and for which.
    private let confusable: [Character: Double]
    private let taken: [Character: [(Character, Double)]]
    /// Of two wrong reads of one plate, how often both say the same.
    private let alikeAgain: Double

    private static let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// Passes by plate: one plate's stay together, since what was misread once is likelier to be misread again.
    private struct Groups: Sendable {
        let all: [[MeasuredPass]]
        private let byLength: [Int: [[MeasuredPass]]]

        init(_ passes: [MeasuredPass]) {
            all = Dictionary(grouping: passes, by: \.plate).sorted { $0.key < $1.key }.map(\.value)
            byLength = Dictionary(grouping: all, by: { $0[0].length })
        }

        /// Plates of so many characters; all, where there are too few of them to speak for the others.
        func like(_ length: Int) -> [[MeasuredPass]] {
            let same = byLength[length] ?? []
            return same.count >= 10 ? same : all
        }
    }

    /// - Throws: `SimulationError` for figures that hold no pass.
    package init(_ figures: MeasuredReads) throws {
        let passes = Self.passes(of: figures)
        whole = Groups(passes.filter { $0.covered == 0 })
        covered = Groups(passes.filter { $0.covered > 0 })
        guard !whole.all.isEmpty, !covered.all.isEmpty else { throw SimulationError("the figures hold no passes") }
        ghosts = figures.ghosts.filter { Self.isTold($0.length, $0.confidence) }
        // None told in so many frames is no proof that there are none.
        ghostShare = Double(max(1, figures.strays.told)) / max(1, figures.strays.frames)
        alikeAgain = Double(figures.wrongAlike) / Double(max(1, figures.wrongTwice))
        var taken: [Character: [(Character, Double)]] = [:]
        var confusable: [Character: Double] = [:]
        for character in Self.characters {
            var row: [(Character, Double)] = []
            for other in Self.characters where other != character {
                let count = Double(figures.pairs["\(character)\(other)"] ?? 0)
                // What was never seen may happen: a fiftieth of one observation.
                row.append((other, count + 0.02))
            }
            taken[character] = row
            let sum = row.reduce(0) { $0 + $1.1 }
            confusable[character] = sum / (Double(figures.shown[String(character)] ?? 0) + 5)
        }
        self.taken = taken
        self.confusable = confusable
    }

    /// Passes such as the simulated city's: of issued plates, as wide as its cameras deliver them.
    static func passes(of figures: MeasuredReads) -> [MeasuredPass] {
        figures.reads.filter { $0.widthPixels >= leastWidthPixels && !$0.handLettered }
    }

    /// A real plate whose fate a vehicle shares, as long as it lasts.
    private func group(of vehicle: Vehicle, own: inout Dice) -> [MeasuredPass] {
        own.pick((vehicle.isCovered ? covered : whole).like(vehicle.plate.count))
    }

    /// One pass of a vehicle's plate; nil: it was not read.
    /// - Parameters:
    ///   - index: the vehicle's number; what is its own about its plate (dirt, dents, a covered corner) follows from it.
    package func read(_ vehicle: Vehicle, index: Int, dice: inout Dice) -> PlateReading? {
        var own = Dice(seed: UInt64(index) &* 0x9E37_79B9 &+ 17, for: vehicle.plate)
        let group = group(of: vehicle, own: &own)
        // A covered plate stays covered as it is; a whole one is seen anew each time.
        let pass = vehicle.isCovered && dice.chance(0.8) ? own.pick(group) : dice.pick(group)
        guard let confidence = pass.confidence, let operations = pass.operations else { return nil }
        var text = Array(vehicle.plate)
        if vehicle.kind == .personalised, own.chance(Self.alikeShare) { text = Self.alike(text) }
        let repeats = dice.chance(alikeAgain)
        var source = repeats ? own : Dice(seed: dice.next())
        let wrong = apply(operations, of: pass.length, to: &text, &source)
        guard !text.isEmpty, let plate = try? Plate(String(text.prefix(Plate.maximumLength))) else { return nil }
        let read = Array(plate.text)
        guard Self.isTold(read.count, confidence) else { return nil }
        let others = alternates(of: pass, read: read, truth: vehicle.plate, &dice)
        return Self.reading(
            plate,
            confidence: confidence,
            probabilities: probabilities(pass, count: read.count, wrong: wrong),
            alternates: others
        )
    }

    /// A read where no plate is; nil most of the time.
    package func ghost(dice: inout Dice) -> PlateReading? {
        guard !ghosts.isEmpty, dice.chance(ghostShare) else { return nil }
        let ghost = dice.pick(ghosts)
        let text = String((0..<max(1, min(ghost.length, Plate.maximumLength))).map { _ in dice.pick(Self.characters) })
        guard let plate = try? Plate(text) else { return nil }
        let each = [Double](repeating: ghost.confidence, count: plate.text.count)
        return Self.reading(plate, confidence: ghost.confidence, probabilities: each, alternates: [])
    }

    // MARK: Parts

    /// What the vehicle's tracker says nothing of (`PlateTracker.Settings`).
    private static func isTold(_ characters: Int, _ confidence: Double) -> Bool {
        confidence >= leastConfidence && (characters >= leastCharacters || confidence >= shortTextConfidence)
    }

    private static func alike(_ text: [Character]) -> [Character] {
        let other: [Character: Character] = ["O": "0", "0": "O", "I": "1", "1": "I"]
        return text.map { other[$0] ?? $0 }
    }

    /// Carries the operations of a real plate of `length` characters out on another text.
    /// - Returns: places in the changed text whose character is wrong.
    private func apply(
        _ operations: [MeasuredPass.Operation],
        of length: Int,
        to text: inout [Character],
        _ dice: inout Dice
    ) -> [Int] {
        var wrong: [Int] = []
        let count = text.count
        // From right to left, so that places further left stay what they are.
        for operation in operations.reversed() {
            let place = min(max(0, operation.place * count / max(1, length)), max(0, text.count - 1))
            switch operation.kind {
            case .substituted:
                guard !text.isEmpty else { continue }
                let weights = text.indices.map { wrong.contains($0) ? 0 : confusable[text[$0]] ?? 0.01 }
                let chosen = dice.place(by: weights)
                let row = taken[text[chosen]] ?? [("0", 1)]
                text[chosen] = row[dice.place(by: row.map(\.1))].0
                wrong.append(chosen)
            case .inserted:
                let end = operation.place >= length
                text.insert(dice.pick(Self.characters), at: end ? text.count : place)
                wrong = wrong.map { $0 >= place ? $0 + 1 : $0 }
                wrong.append(end ? text.count - 1 : place)
            case .deleted:
                guard text.count > 1 else { continue }
                let last = operation.place == length - 1
                text.remove(at: last ? text.count - 1 : place)
                wrong = wrong.compactMap { $0 == place ? nil : $0 > place ? $0 - 1 : $0 }
            }
        }
        return wrong
    }

    /// The probabilities that were measured, the lowest at the wrong characters, as many as the text has.
    private func probabilities(_ pass: MeasuredPass, count: Int, wrong: [Int]) -> [Double] {
        let measured = pass.characters ?? []
        guard !measured.isEmpty else { return [Double](repeating: 0, count: count) }
        var out = (0..<count).map { measured[$0 * measured.count / count] }
        for place in wrong where out.indices.contains(place) {
            guard let lowest = out.indices.min(by: { out[$0] < out[$1] }) else { continue }
            out.swapAt(lowest, place)
        }
        return out
    }

    private func alternates(
        of pass: MeasuredPass,
        read: [Character],
        truth: String,
        _ dice: inout Dice
    ) -> [PlateAlternate] {
        var out: [PlateAlternate] = []
        for (index, figures) in (pass.alternates ?? []).enumerated() {
            guard let probability = figures.first else { continue }
            if index + 1 == pass.truth {
                out.append(PlateAlternate(plate: truth, probability: probability))
                continue
            }
            var other = read
            for _ in 0..<max(1, Int(figures.dropFirst().first ?? 1)) {
                let place = dice.place(by: other.map { confusable[$0] ?? 0.01 })
                let row = taken[other[place]] ?? [("0", 1)]
                other[place] = row[dice.place(by: row.map(\.1))].0
            }
            if other != read { out.append(PlateAlternate(plate: String(other), probability: probability)) }
        }
        return out
    }

    private static func reading(
        _ plate: Plate,
        confidence: Double,
        probabilities: [Double],
        alternates: [PlateAlternate]
    ) -> PlateReading {
        PlateReading(
            plate: plate,
            confidence: confidence,
            characters: zip(plate.text, probabilities).map {
                CharacterReading(character: String($0), probability: $1)
            },
            alternates: alternates,
            box: PixelBox(x: 400, y: 300, width: 110, height: 40),
            corners: []
        )
    }
}
