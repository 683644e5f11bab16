// A stretch of street between two nodes, with what the municipality says of it, on the plane around a sighting.

/// House numbers along one side, in the direction of the line.
struct NumberRange: Hashable, Sendable {
    let from: Int
    let to: Int

    /// nil for what municipalities write where there are no numbers: 0, -1, or nothing.
    init?(from: Int?, to: Int?) {
        guard let from, let to, from > 0, to > 0, from < 1_000_000, to < 1_000_000 else { return nil }
        self.from = from
        self.to = to
    }

    func contains(_ number: Int) -> Bool { (min(from, to)...max(from, to)).contains(number) }
}

/// The next street that crosses, beyond one end of a piece.
struct Crossing: Hashable, Sendable {
    let street: String
    /// Metres from the piece's end to the crossing: 0 where it lies at that end.
    let distance: Double
}

struct StreetPiece: Sendable {
    let id: Int64
    /// Same for all pieces of one name.
    let street: Int64
    let name: String
    /// Same for all pieces between two crossings.
    let block: Int64
    let line: StreetLine
    let leftRange: NumberRange?
    let rightRange: NumberRange?
    let startCrossing: Crossing?
    let endCrossing: Crossing?
    let startNode: Int64
    let endNode: Int64

    func range(isLeft: Bool) -> NumberRange? { isLeft ? leftRange : rightRange }
}

/// An address point where it falls on its side of a piece.
struct AddressSpot: Hashable, Sendable {
    /// Metres along the line.
    let offset: Double
    let number: Int
    /// "", "A", " 1/2": as it is written after the number.
    let suffix: String

    var label: String { "\(number)\(suffix)" }
}
