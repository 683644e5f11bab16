// When two texts can be one plate, read differently.

extension Plate {
    /// Whether one character replaced, put in or left out makes one text the other; not when they are the same.
    package func isOneChange(from other: Plate) -> Bool {
        let (one, two) = (Array(text.utf8), Array(other.text.utf8))
        let (short, long) = one.count <= two.count ? (one, two) : (two, one)
        guard one != two, long.count - short.count <= 1 else { return false }
        let same = zip(short, long).prefix { $0 == $1 }.count
        return short.dropFirst(same + (long.count == short.count ? 1 : 0)).elementsEqual(long.dropFirst(same + 1))
    }
}
