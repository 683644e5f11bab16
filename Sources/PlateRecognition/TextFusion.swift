// Adding up what several frames say about one plate, character by character.
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// The running sum of aligned log-probabilities of one plate's characters.
struct TextFusion: Sendable {
    /// Places kept: twice the longest plate. What goes beyond comes from texts that do not belong together.
    private static let mostColumns = 2 * Plate.maximumLength

    /// One column a place; in the order of `CharacterSlot.logs`, weighted sums.
    private var columns: [[Double]] = []
    private var weight = 0.0

    /// Adds one frame's reading.
    /// - Parameter weight: above 0; a frame that is sure of itself counts more.
    mutating func add(_ slots: [CharacterSlot], weight added: Double) {
        let slots = slots.map(\.softened)
        guard !columns.isEmpty else {
            columns = slots.map { slot in slot.logs.map { $0 * added } }
            weight = added
            return
        }
        let absent = TextFusion.absent
        var merged: [[Double]] = []
        for pair in align(slots) {
            switch pair {
            case (let column?, let slot?): merged.append(zip(columns[column], slots[slot].logs).map { $0 + $1 * added })
            case (let column?, nil): merged.append(zip(columns[column], absent.logs).map { $0 + $1 * added })
            case (nil, let slot?): merged.append(zip(absent.logs, slots[slot].logs).map { $0 * weight + $1 * added })
            case (nil, nil): continue
            }
        }
        weight += added
        while merged.count > TextFusion.mostColumns {
            let emptiest = merged.indices.max { gapLead(merged[$0]) < gapLead(merged[$1]) } ?? 0
            merged.remove(at: emptiest)
        }
        columns = merged
    }

    /// By how much 'no character' leads all else at a place.
    private func gapLead(_ column: [Double]) -> Double {
        column[CharacterSlot.gap] - (column.dropLast().max() ?? 0)
    }

    /// The most probable text and its probability, without what else it could be; nil where `result` is.
    func summary() -> (text: String, probability: Double)? {
        var text: [UInt8] = []
        var probability = 1.0
        for column in posteriors {
            let best = column.indices.max { column[$0] < column[$1] } ?? CharacterSlot.gap
            probability *= column[best]
            if best != CharacterSlot.gap { text.append(CharacterSlot.characters[best]) }
        }
        guard !text.isEmpty, text.count <= Plate.maximumLength else { return nil }
        return (TextFusion.string(text), probability)
    }

    /// How well a reading fits: the mean over aligned places of the probability that both show the same, 0 to 1.
    func similarity(_ slots: [CharacterSlot]) -> Double {
        guard !columns.isEmpty, !slots.isEmpty else { return 0 }
        let posteriors = self.posteriors
        let agreements = align(slots).map { pair -> Double in
            guard let column = pair.0, let slot = pair.1 else { return 0 }
            return TextFusion.agreement(posteriors[column], slots[slot])
        }
        return agreements.reduce(0, +) / Double(agreements.count)
    }

    /// The most probable text with its probability, each character's probability, and the likeliest other texts.
    ///
    /// Frames of one pass share their light, angle and lens, so that their errors do too: n sure frames are counted
    /// as 1 + ln(n) / 2 independent ones (16 as 2.4).
    func result() -> (text: String, probability: Double, characters: [CharacterReading], others: [PlateAlternate])? {
        let posteriors = self.posteriors
        var text: [UInt8] = []
        var probability = 1.0
        var characters: [CharacterReading] = []
        var rivals: [(ratio: Double, text: [UInt8?])] = []
        let best = posteriors.map { column in column.indices.max { column[$0] < column[$1] } ?? CharacterSlot.gap }
        let chosen = best.map { $0 == CharacterSlot.gap ? nil : CharacterSlot.characters[$0] }
        for (index, column) in posteriors.enumerated() {
            let top = column[best[index]]
            probability *= top
            if let character = chosen[index] {
                text.append(character)
                characters.append(CharacterReading(character: TextFusion.string([character]), probability: top))
            }
            for place in column.indices where place != best[index] {
                var other = chosen
                other[index] = place == CharacterSlot.gap ? nil : CharacterSlot.characters[place]
                rivals.append((column[place] / top, other))
            }
        }
        guard !text.isEmpty, text.count <= Plate.maximumLength else { return nil }
        let others = TextFusion.alternates(rivals, of: text, probability: probability)
        return (TextFusion.string(text), probability, characters, others)
    }

    private static func alternates(
        _ rivals: [(ratio: Double, text: [UInt8?])],
        of text: [UInt8],
        probability: Double
    ) -> [PlateAlternate] {
        var found: [PlateAlternate] = []
        var left = 1 - probability
        for rival in rivals.sorted(by: { $0.ratio > $1.ratio }).prefix(8) {
            let other = rival.text.compactMap { $0 }
            let share = min(left, rival.ratio * probability)
            let known = other == text || found.contains { $0.plate == string(other) }
            guard share >= 0.0005, !known, (1...Plate.maximumLength).contains(other.count) else { continue }
            found.append(PlateAlternate(plate: string(other), probability: share))
            left -= share
        }
        return Array(found.prefix(5))
    }

    /// Each column as probabilities.
    private var posteriors: [[Double]] {
        let independent = weight > 1 ? 1 + log(weight) / 2 : 1
        let tempered = independent / max(weight, 1e-9)
        return columns.map { column in
            let top = column.max() ?? 0
            let weights = column.map { exp(($0 - top) * tempered) }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
    }

    /// A frame that showed nothing at this place.
    private static let absent: CharacterSlot = {
        var weights = [Double](repeating: 0.5 / Double(CharacterSlot.characters.count), count: CharacterSlot.gap + 1)
        weights[CharacterSlot.gap] = 0.5
        return CharacterSlot(weights: weights)
    }()

    private static func agreement(_ column: [Double], _ slot: CharacterSlot) -> Double {
        column.indices.reduce(0) { $0 + column[$1] * slot.probability($1) }
    }

    /// Needleman and Wunsch 1970: pairs of (column, slot) in order, either of them missing where one has more places.
    private func align(_ slots: [CharacterSlot]) -> [(Int?, Int?)] {
        let posteriors = self.posteriors
        let (rows, places) = (columns.count, slots.count)
        let gapCost = 0.6
        var cost = [[Double]](repeating: [Double](repeating: 0, count: places + 1), count: rows + 1)
        for row in 1...max(rows, 1) where row <= rows { cost[row][0] = Double(row) * gapCost }
        for place in 1...max(places, 1) where place <= places { cost[0][place] = Double(place) * gapCost }
        /// A column that is mostly a gap takes a character for less than a new column costs: else what the first, far
        /// frames did not show would be entered anew with every frame and never add up.
        func change(_ row: Int, _ place: Int) -> Double {
            let gap = posteriors[row - 1][CharacterSlot.gap]
            return gap * 0.3 + (1 - gap) - TextFusion.agreement(posteriors[row - 1], slots[place - 1])
        }
        /// A column that is mostly a gap may be passed over at little cost.
        func pass(_ row: Int) -> Double { gapCost * (1 - posteriors[row - 1][CharacterSlot.gap]) }
        for row in 0..<rows {
            for place in 0..<places {
                cost[row + 1][place + 1] = min(
                    cost[row][place] + change(row + 1, place + 1),
                    cost[row][place + 1] + pass(row + 1),
                    cost[row + 1][place] + gapCost
                )
            }
        }
        var pairs: [(Int?, Int?)] = []
        var (row, place) = (rows, places)
        while row > 0 || place > 0 {
            if row > 0, place > 0, cost[row][place] == cost[row - 1][place - 1] + change(row, place) {
                row -= 1
                place -= 1
                pairs.append((row, place))
            } else if row > 0, place == 0 || cost[row][place] == cost[row - 1][place] + pass(row) {
                row -= 1
                pairs.append((row, nil))
            } else {
                place -= 1
                pairs.append((nil, place))
            }
        }
        return pairs.reversed()
    }

    private static func string(_ characters: [UInt8]) -> String { String(decoding: characters, as: UTF8.self) }
}
