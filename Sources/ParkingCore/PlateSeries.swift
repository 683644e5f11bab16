// The patterns in which plates are issued: what fits none was chosen by its owner, comes from far away, or was misread.

/// One series of plates, such as Ontario's `AAAA000 without GIOQU`: `A` stands for a letter, `0` for a digit, `[..]` for
/// one of the characters or ranges named.
package struct PlateSeries: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let text: String
    /// Of each place the characters that may stand there.
    private let places: [Set<UInt8>]

    private static let letters = Set(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    private static let digits = Set(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let separator = " without "

    /// - Parameter text: a pattern, and after "without" the letters that no `A` of it stands for.
    /// - Returns: nil for anything else, and for more places than a plate has.
    package init?(_ text: String) {
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard let pattern = parts.first, parts.count <= 2 else { return nil }
        let left = Set(parts.count == 2 ? parts[1] : [])
        guard left.isSubset(of: Self.letters), parts.count == 1 || !left.isEmpty else { return nil }
        var places: [Set<UInt8>] = []
        var rest = pattern[...]
        while let first = rest.popFirst() {
            switch first {
            case UInt8(ascii: "A"): places.append(Self.letters.subtracting(left))
            case UInt8(ascii: "0"): places.append(Self.digits)
            case UInt8(ascii: "["):
                guard let end = rest.firstIndex(of: UInt8(ascii: "]")), let named = Self.named(rest[..<end]) else {
                    return nil
                }
                places.append(named)
                rest = rest[(end + 1)...]
            default: return nil
            }
        }
        guard (1...Plate.maximumLength).contains(places.count) else { return nil }
        self.text = text
        self.places = places
    }

    /// Characters and ranges, such as `A-CX`.
    private static func named(_ bytes: ArraySlice<UInt8>) -> Set<UInt8>? {
        var named: Set<UInt8> = []
        var rest = bytes
        while let first = rest.popFirst() {
            var last = first
            if rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
                guard let end = rest.popFirst(), end >= first else { return nil }
                last = end
            }
            named.formUnion(first...last)
        }
        return named.isEmpty || !named.isSubset(of: letters.union(digits)) ? nil : named
    }

    package func contains(_ plate: Plate) -> Bool {
        let text = plate.text.utf8
        return text.count == places.count && zip(places, text).allSatisfy { $0.contains($1) }
    }

    /// Whether a plate of this series reads so where its first or its last character does not show.
    package func containsCut(_ plate: Plate) -> Bool {
        let text = plate.text.utf8
        guard text.count + 1 == places.count else { return false }
        return [places.dropFirst(), places.dropLast()].contains { shown in
            zip(shown, text).allSatisfy { $0.contains($1) }
        }
    }

    package var description: String { text }

    /// What a city in Ontario meets most: the province's own series, Quebec's, and those that most other provinces and
    /// states share.
    package static let usual: [PlateSeries] = [
        "AAAA000 without GIOQU", "AA00000 without GIOQU", "A0000A without GIOQU", "[G][V]AA000 without GIOQU",
        "AAA000 without IOQ", "000AAA without IOQ", "A00AAA without IO", "[FLCV]AA0000 without IO",
        "AAA0000 without IOQ", "AA000A without IOQ",
    ].compactMap { PlateSeries($0) }
}
