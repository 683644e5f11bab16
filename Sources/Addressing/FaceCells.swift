// Which number belongs to which metres of a curb: between address points, and where points are missing.
internal import ParkingCore

/// A stretch of one side of a street that has one number (or several at the same spot).
struct FaceCell: Hashable, Sendable {
    let start: Double
    let end: Double
    let labels: [String]
    let basis: PlaceAnswer.Basis
}

struct FaceCells: Sendable {
    /// Spots closer than this share their stretch: a front and a rear house, units of one building.
    static let sameSpotMetres = 1.5
    /// A lot's frontage where nothing tells it.
    static let commonFrontageMetres = 14.0

    private(set) var cells: [FaceCell] = []
    private let length: Double
    /// Growth of numbers from one lot to the next, and metres between them.
    private var step = 2
    private var frontage = FaceCells.commonFrontageMetres

    /// - Parameters:
    ///   - addresses: in any order; numbers may rise or fall along the line.
    ///   - length: of the piece in metres.
    init(addresses: [AddressSpot], range: NumberRange?, length: Double) {
        self.length = length
        let groups = FaceCells.grouped(addresses)
        guard let first = groups.first, let last = groups.last else {
            spread(over: range)
            return
        }
        measure(groups)
        let isRising = FaceCells.isRising(groups, range: range)
        var start = edge(before: first, isRising: isRising, range: range)
        for (group, next) in zip(groups, groups.dropFirst()) {
            start = divide(from: start, group, next)
        }
        edge(from: start, after: last, isRising: isRising, range: range)
    }

    /// The cell at an offset; nil where no number is known at all.
    func cell(at offset: Double) -> FaceCell? {
        guard !cells.isEmpty else { return nil }
        var low = 0
        var high = cells.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return cells[low]
    }

    // MARK: Building

    private struct Group {
        let offset: Double
        let number: Int
        let labels: [String]
    }

    private static func grouped(_ addresses: [AddressSpot]) -> [Group] {
        let sorted = addresses.sorted { ($0.offset, $0.number, $0.suffix) < ($1.offset, $1.number, $1.suffix) }
        var groups: [Group] = []
        for address in sorted {
            if let last = groups.last, address.offset - last.offset < sameSpotMetres {
                groups[groups.count - 1] = Group(
                    offset: last.offset,
                    number: last.number,
                    labels: last.labels + [address.label]
                )
            } else {
                groups.append(Group(offset: address.offset, number: address.number, labels: [address.label]))
            }
        }
        return groups
    }

    private mutating func measure(_ groups: [Group]) {
        var counts: [Int: Int] = [:]
        for (a, b) in zip(groups, groups.dropFirst()) where a.number != b.number {
            counts[abs(b.number - a.number), default: 0] += 1
        }
        if let commonest = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }), commonest.key <= 20 {
            step = commonest.key
        }
        var gaps: [Double] = []
        for (a, b) in zip(groups, groups.dropFirst()) where abs(b.number - a.number) == step {
            gaps.append(b.offset - a.offset)
        }
        gaps.sort()
        if !gaps.isEmpty { frontage = min(60, max(4, gaps[gaps.count / 2])) }
    }

    private static func isRising(_ groups: [Group], range: NumberRange?) -> Bool {
        if let first = groups.first, let last = groups.last, first.number != last.number {
            return last.number > first.number
        }
        return range.map { $0.to >= $0.from } ?? true
    }

    private mutating func add(_ start: Double, _ end: Double, _ labels: [String], _ basis: PlaceAnswer.Basis) {
        if end > start { cells.append(FaceCell(start: start, end: end, labels: labels, basis: basis)) }
    }

    /// Divides the curb between two neighbours; returns where the second one's own stretch starts.
    private mutating func divide(from start: Double, _ group: Group, _ next: Group) -> Double {
        let gap = next.offset - group.offset
        let growth = next.number - group.number
        let missing = step > 0 && gap > 1.4 * frontage ? abs(growth) / step - 1 : 0
        if missing > 0, missing < 100 {
            let lot = gap / Double(missing + 1)
            var edge = group.offset + lot / 2
            add(start, edge, group.labels, .addressPoint)
            for index in 1...missing {
                let number = group.number + (growth > 0 ? step : -step) * index
                add(edge, edge + lot, ["\(number)"], .interpolated)
                edge += lot
            }
            return edge
        }
        let middle = group.offset + gap / 2
        if growth != 0, step > 0, abs(growth) >= 2 * step, gap <= 2 * frontage {
            // A number is skipped without room for a lot of its own: perhaps a narrow house that the file lacks.
            add(start, group.offset + gap / 3, group.labels, .addressPoint)
            add(group.offset + gap / 3, middle, group.labels, .interpolated)
            add(middle, next.offset - gap / 3, next.labels, .interpolated)
            return next.offset - gap / 3
        }
        guard gap > 2 * frontage else {
            add(start, middle, group.labels, .addressPoint)
            return middle
        }
        // A wide gap without a number to spare: a park, a schoolyard. The next house lends its number, unsure.
        add(start, group.offset + frontage / 2, group.labels, .addressPoint)
        add(group.offset + frontage / 2, middle, group.labels, .interpolated)
        add(middle, next.offset - frontage / 2, next.labels, .interpolated)
        return next.offset - frontage / 2
    }

    /// The stretch before the first known number; returns where that one's own starts.
    private mutating func edge(before first: Group, isRising: Bool, range: NumberRange?) -> Double {
        guard first.offset > 0.8 * frontage else { return 0 }
        let own = max(0, first.offset - frontage / 2)
        for lot in continued(from: first, room: own, growth: isRising ? -step : step, range: range).reversed() {
            add(own - lot.end, own - lot.start, lot.labels, .interpolated)
        }
        return own
    }

    private mutating func edge(from start: Double, after last: Group, isRising: Bool, range: NumberRange?) {
        let room = length - last.offset
        guard room > 0.8 * frontage else { return add(start, max(length, start + 1), last.labels, .addressPoint) }
        let own = min(length, last.offset + frontage / 2)
        add(start, own, last.labels, .addressPoint)
        for lot in continued(from: last, room: length - own, growth: isRising ? step : -step, range: range) {
            add(own + lot.start, own + lot.end, lot.labels, .interpolated)
        }
    }

    /// Lots that may follow a known one outwards; distances from its edge. The last takes what room is left.
    private func continued(
        from group: Group,
        room: Double,
        growth: Int,
        range: NumberRange?
    ) -> [(start: Double, end: Double, labels: [String])] {
        var lots: [(start: Double, end: Double, labels: [String])] = []
        var labels = group.labels
        var number = group.number
        var start = 0.0
        while start < room, lots.count < 100 {
            let next = number + growth
            let isPossible = next > 0 && (range?.contains(next) ?? false)
            guard isPossible, room - start > 0.5 * frontage else { break }
            number = next
            labels = ["\(number)"]
            lots.append((start, min(room, start + frontage), labels))
            start += frontage
        }
        if start < room { lots.append((start, room, labels)) }
        return lots
    }

    /// No address point at all: the street's range, evenly spread.
    private mutating func spread(over range: NumberRange?) {
        guard let range else { return }
        let count = min(500, abs(range.to - range.from) / 2 + 1)
        let growth = range.to >= range.from ? 2 : -2
        let lot = length / Double(count)
        for index in 0..<count {
            add(Double(index) * lot, Double(index + 1) * lot, ["\(range.from + growth * index)"], .range)
        }
    }
}
