// Which plates stand in no list at all: told from memory, so that of the hundred plates that a read could mean only the
// one or two that may be listed are looked up on disk.
//
// A Bloom filter: it may say "perhaps" of a plate that no list holds (1 in 2,000), never "no" of one that a list holds.
internal import ParkingCore
internal import Synchronization

final class PlateFilter: Sendable {
    private struct Bits {
        var words: [UInt64]
        let mask: UInt64
        /// Beyond this many plates it says "perhaps" too often.
        let capacity: Int
        var plates = 0

        init(expecting count: Int) {
            capacity = max(65_536, count * 2)
            // 12 bits and more a plate, four of them set.
            var size: UInt64 = 1 << 20
            while size < UInt64(capacity) * 12 { size <<= 1 }
            mask = size - 1
            words = Array(repeating: 0, count: Int(size >> 6))
        }

        mutating func insert(_ hash: (UInt64, UInt64)) {
            plates += 1
            for step in 0..<UInt64(4) {
                let bit = (hash.0 &+ step &* hash.1) & mask
                words[Int(bit >> 6)] |= 1 << (bit & 63)
            }
        }

        func mayHold(_ hash: (UInt64, UInt64)) -> Bool {
            for step in 0..<UInt64(4) {
                let bit = (hash.0 &+ step &* hash.1) & mask
                if words[Int(bit >> 6)] & (1 << (bit & 63)) == 0 { return false }
            }
            return true
        }
    }

    /// nil: not built yet, or outgrown.
    private let bits = Mutex<Bits?>(nil)

    /// FNV-1a, then mixed; the second hash is odd, so that its steps reach every bit.
    private static func hash(_ text: String) -> (UInt64, UInt64) {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        value ^= value >> 32
        value = value &* 0x9E37_79B9_7F4A_7C15
        return (value ^ (value >> 29), (value >> 17) &* 0xBF58_476D_1CE4_E5B9 | 1)
    }

    /// Notes a plate that is being written. Before the transaction ends: what is rolled back is merely looked up in vain.
    func insert(_ plate: Plate) {
        bits.withLock { bits in
            bits?.insert(PlateFilter.hash(plate.text))
            if let known = bits, known.plates > known.capacity { bits = nil }
        }
    }

    /// The plates that a list may hold; nil: not built yet.
    func candidates(among plates: [Plate]) -> [Plate]? {
        bits.withLock { bits in
            guard let bits else { return nil }
            return plates.filter { bits.mayHold(PlateFilter.hash($0.text)) }
        }
    }

    var isBuilt: Bool { bits.withLock { $0 != nil } }

    /// Starts anew with all plates that the lists hold. Only where nobody writes meanwhile.
    func build(expecting count: Int, _ fill: (_ insert: (String) -> Void) throws -> Void) rethrows {
        var fresh = Bits(expecting: count)
        try fill { fresh.insert(PlateFilter.hash($0)) }
        let built = fresh
        bits.withLock { $0 = built }
    }
}
