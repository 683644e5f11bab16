// Which other plates the pixels, or a person's typing, could have meant: each may clear a car, none may ticket it.

/// The plates to look up for one read.
package struct Candidates: Hashable, Sendable {
    /// The plate as read first, then every plate that one misread or one slip at a keyboard away could hold the right
    /// to park: the reader's own alternates, characters that people mix up when they type a plate, and, where the
    /// reader was not sure of a character, shapes that look like it. No plate twice; at most 65.
    package let plates: [Plate]

    package init(of reading: PlateReading) {
        let plate = reading.plate
        var found: [Plate] = [plate]
        var seen: Set<Plate> = [plate]
        func add(_ text: String) {
            guard found.count <= Confusables.limit, let other = try? Plate(text), seen.insert(other).inserted else {
                return
            }
            found.append(other)
        }
        for alternate in reading.alternates { add(alternate.plate) }
        let text = Array(plate.text.utf8)
        for (index, byte) in text.enumerated() {
            for other in Confusables.typed(byte) { add(Confusables.replacing(text, at: index, with: other)) }
        }
        // Who types O for 0 does so all through the plate.
        for (a, b) in [("0", "O"), ("O", "0"), ("1", "I"), ("I", "1")] {
            add(String(plate.text.map { String($0) == a ? b : String($0) }.joined()))
        }
        for (index, byte) in text.enumerated() where !reading.isCertain(ofCharacter: index) {
            for other in Confusables.seen(byte) { add(Confusables.replacing(text, at: index, with: other)) }
        }
        plates = found
    }
}

extension PlateReading {
    /// Where the reader did not give each character its probability, none is certain.
    fileprivate func isCertain(ofCharacter index: Int) -> Bool {
        guard characters.count == plate.text.utf8.count else { return false }
        return characters[index].probability >= Confusables.certainProbability
    }
}

/// Characters taken for each other. Typing: letters and digits of one shape, the cause of most voided tickets in one
/// city's account. Seeing: what readers of plates get wrong most often on North American plates.
private enum Confusables {
    static let limit = 64
    static let certainProbability = 0.98

    private static let typedGroups: [[UInt8]] = ["O0DQ", "I1L", "B8", "S5", "Z2", "G6"].map { Array($0.utf8) }
    private static let seenGroups: [[UInt8]] = [
        "0CGOQDU", "UV", "VY", "WMH", "MN", "HN", "1I7T", "4LA", "2P", "PRF", "EF", "KX", "3B8", "689", "5S6", "7Z",
        "1U", "J1", "39",
    ].map { Array($0.utf8) }

    static func typed(_ byte: UInt8) -> [UInt8] { others(of: byte, in: typedGroups) }
    static func seen(_ byte: UInt8) -> [UInt8] { others(of: byte, in: seenGroups) }

    private static func others(of byte: UInt8, in groups: [[UInt8]]) -> [UInt8] {
        groups.filter { $0.contains(byte) }.flatMap { $0 }.filter { $0 != byte }
    }

    static func replacing(_ text: [UInt8], at index: Int, with byte: UInt8) -> String {
        var copy = text
        copy[index] = byte
        return String(decoding: copy, as: UTF8.self)
    }
}
