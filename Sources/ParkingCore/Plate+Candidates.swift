// Which other plates the pixels, or a person's typing, could have meant: each may clear a car, none may ticket it.

/// Another plate that the read could mean, and how one comes to it.
package struct Candidate: Hashable, Sendable, Codable {
    package enum Origin: String, Hashable, Sendable, Codable {
        /// The reader itself offers it.
        case alternate
        /// Often taken for each other at a keyboard: O and 0, I and 1, two characters swapped.
        case typed
        /// Taken for each other by eyes, or by readers of plates.
        case seen
        /// One keystroke away: a character replaced by any other, left out or put in.
        case slip
        /// A character at an end that is none (a bolt, a sticker, a logo), or one that is cut off or hidden.
        case end
    }

    package let plate: Plate
    package let origin: Origin
    /// How much the reader doubts what it would take to mean this plate: 0 (sure of every character) to 1. For its own
    /// alternates their probability as a share of the read's.
    package let doubt: Double
}

/// The plates to look up for one read.
package struct Candidates: Hashable, Sendable {
    /// At most so many besides the plate as read.
    package static let limit = 160
    /// The same for `Reach.wide`.
    package static let wideLimit = 720
    /// The same for `Reach.last`.
    package static let lastLimit = 3000
    /// A character below this probability is one that the reader is not sure of.
    static let certainProbability = 0.98
    /// Plates of fewer characters have too many neighbours for a missing character to tell anything.
    static let shortestCut = 4

    /// How far from the read its neighbours are looked for.
    package enum Reach: Sendable {
        /// What the reader offers, and what is often taken for each other: for every read.
        case near
        /// All else that is one keystroke away too: before anything is raised.
        case wide
        /// What is one keystroke away from the plates of the same shape as well: before a ticket is written. I shows as
        /// 1 on most plates, so that the driver of one mistyped another text than the one that was read.
        case last
    }

    /// The plate as read.
    package let read: Plate
    /// Likeliest first; no plate twice, never the one read.
    package let others: [Candidate]
    /// All of them, the one read first.
    package var plates: [Plate] { [read] + others.map(\.plate) }

    package init(of reading: PlateReading, reach: Reach = .near) {
        let limit =
            switch reach {
            case .near: Candidates.limit
            case .wide: Candidates.wideLimit
            case .last: Candidates.lastLimit
            }
        var collection = Collection(reading, limit: limit)
        collection.addAlternates()
        collection.addFolds(of: collection.text)
        for alternate in reading.alternates.prefix(3) { collection.addFolds(of: Array(alternate.plate.utf8)) }
        collection.addTyped()
        collection.addSeen()
        collection.addEnds()
        collection.addSwaps()
        if reach != .near { collection.addSlips() }
        if reach == .last { collection.addSlipsOfFolds() }
        read = reading.plate
        others = collection.found
    }
}

/// Gathers candidates, the likeliest kinds first, until there are enough.
private struct Collection {
    let reading: PlateReading
    let text: [UInt8]
    /// By character, 0 ... 1; 1 where the reader did not give each character its probability.
    private let doubts: [Double]
    private let limit: Int
    private(set) var found: [Candidate] = []
    private var seen: Set<Plate>

    init(_ reading: PlateReading, limit: Int) {
        self.reading = reading
        self.limit = limit
        text = Array(reading.plate.text.utf8)
        seen = [reading.plate]
        if reading.characters.count == text.count {
            doubts = reading.characters.map { character in
                let doubt = 1 - character.probability
                return doubt.isFinite ? min(1, max(0, doubt)) : 1
            }
        } else {
            doubts = Array(repeating: 1, count: text.count)
        }
    }

    private mutating func add(_ bytes: [UInt8], _ origin: Candidate.Origin, doubt: Double) {
        guard found.count < limit else { return }
        guard let plate = try? Plate(String(decoding: bytes, as: UTF8.self)), seen.insert(plate).inserted else {
            return
        }
        found.append(Candidate(plate: plate, origin: origin, doubt: doubt))
    }

    mutating func addAlternates() {
        let confidence = reading.confidence.isFinite ? max(reading.confidence, 0.01) : 0.01
        for alternate in reading.alternates {
            let share = alternate.probability / confidence
            add(Array(alternate.plate.utf8), .alternate, doubt: share.isFinite ? min(1, max(0, share)) : 1)
        }
    }

    /// Who types O for 0 does so all through the plate, or at any of them: every mixture of the letters and digits of
    /// one shape.
    mutating func addFolds(of text: [UInt8]) {
        for byte in Set(text) {
            guard let twin = Confusables.twin(byte) else { continue }
            add(text.map { $0 == byte ? twin : $0 }, .typed, doubt: 0)
        }
        let places = text.indices.filter { Confusables.twin(text[$0]) != nil }.prefix(5)
        guard !places.isEmpty else { return }
        // All at once first, then the mixtures with the fewest changes.
        let all = (1 << places.count) - 1
        for mask in [all] + (1..<max(2, all)).sorted(by: { $0.nonzeroBitCount < $1.nonzeroBitCount }) {
            var copy = text
            for (bit, place) in places.enumerated() where mask & (1 << bit) != 0 {
                copy[place] = Confusables.twin(text[place]) ?? text[place]
            }
            add(copy, .typed, doubt: 0)
        }
    }

    mutating func addTyped() {
        for (index, byte) in text.enumerated() {
            for other in Confusables.typed(byte) {
                add(replacing(index, with: other, in: text), .seen, doubt: doubts[index])
            }
        }
    }

    /// Characters in the order of how little the reader was sure of them.
    mutating func addSeen() {
        for index in text.indices.sorted(by: { doubts[$0] > doubts[$1] }) {
            for other in Confusables.seen(text[index]) {
                add(replacing(index, with: other, in: text), .seen, doubt: doubts[index])
            }
        }
    }

    /// A read cut at the picture's edge lacks a character, one that takes a sticker for a letter has one too many. What
    /// stands before a plate is often read round without any doubt, so that a short text is doubted at both ends.
    mutating func addEnds() {
        guard text.count >= Candidates.shortestCut, let first = doubts.first, let last = doubts.last else { return }
        let unsure = 1 - Candidates.certainProbability
        if text.count > Candidates.shortestCut {
            if first > unsure { add(Array(text.dropFirst()), .end, doubt: first) }
            if last > unsure { add(Array(text.dropLast()), .end, doubt: last) }
        }
        guard text.count < Plate.maximumLength else { return }
        // What shows of a plate whose end is hidden is read as surely as a whole one.
        for byte in Confusables.all {
            add(text + [byte], .end, doubt: last)
            add([byte] + text, .end, doubt: first)
        }
    }

    /// Two neighbours swapped at the keyboard.
    mutating func addSwaps() {
        for index in text.indices.dropLast() where text[index] != text[index + 1] {
            var copy = text
            copy.swapAt(index, index + 1)
            add(copy, .typed, doubt: 0)
        }
    }

    /// All else that is one keystroke away: a driver who pays mistypes any character, not those alone that look alike.
    mutating func addSlips() {
        addReplacements(in: text)
        if text.count > Candidates.shortestCut {
            for index in text.indices {
                var copy = text
                copy.remove(at: index)
                add(copy, .slip, doubt: doubts[index])
            }
        }
        guard text.count < Plate.maximumLength else { return }
        for index in text.indices {
            for byte in Confusables.all {
                var copy = text
                copy.insert(byte, at: index)
                add(copy, .slip, doubt: doubts[index])
            }
        }
    }

    /// Characters replaced in the plates that look like this one, one of whose O, 0, I and 1 is the other, or all are.
    mutating func addSlipsOfFolds() {
        let places = text.indices.filter { Confusables.twin(text[$0]) != nil }.prefix(5)
        for fold in places.map({ [$0] }) + (places.count > 1 ? [Array(places)] : []) {
            var alike = text
            for place in fold { alike[place] = Confusables.twin(text[place]) ?? text[place] }
            addReplacements(in: alike)
        }
    }

    /// - Parameter alike: as long as the text.
    private mutating func addReplacements(in alike: [UInt8]) {
        for index in alike.indices {
            for byte in Confusables.all {
                add(replacing(index, with: byte, in: alike), .slip, doubt: doubts[index])
            }
        }
    }

    private func replacing(_ index: Int, with byte: UInt8, in whole: [UInt8]) -> [UInt8] {
        var copy = whole
        copy[index] = byte
        return copy
    }
}

/// Characters taken for each other. Typing: letters and digits of one shape, the cause of most voided tickets in one
/// city's account. Seeing: what readers of plates get wrong most often on North American plates.
private enum Confusables {
    static let all = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    private static let typedGroups = ["O0DQ", "I1L", "B8", "S5", "Z2", "G6"]
    private static let seenGroups = [
        "0CGOQDU", "UV", "VY", "WMH", "MN", "HN", "1I7T", "4LA", "2P", "PRF", "EF", "KX", "3B8", "689", "5S6", "7Z",
        "1U", "J1", "39",
    ]

    private static let typedBy = table(typedGroups)
    private static let seenBy = table(seenGroups)

    static func typed(_ byte: UInt8) -> [UInt8] { typedBy[Int(byte)] }
    static func seen(_ byte: UInt8) -> [UInt8] { seenBy[Int(byte)] }

    /// The letter or digit that many keyboards and eyes do not tell apart from this one.
    static func twin(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "O")
        case UInt8(ascii: "O"): UInt8(ascii: "0")
        case UInt8(ascii: "1"): UInt8(ascii: "I")
        case UInt8(ascii: "I"): UInt8(ascii: "1")
        default: nil
        }
    }

    private static func table(_ groups: [String]) -> [[UInt8]] {
        (0..<256).map { byte in
            groups.map { Array($0.utf8) }.filter { $0.contains(UInt8(byte)) }.flatMap { $0 }
                .filter { $0 != UInt8(byte) }
        }
    }
}
