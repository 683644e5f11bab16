// Tells good pictures from stale, cut, damaged and lying ones, before anybody works on them: a few looks at each.

/// What a driver says of a filled buffer.
struct FilledBuffer: Equatable {
    var sequence: UInt32
    /// The driver itself calls the picture damaged (V4L2_BUF_FLAG_ERROR).
    var isFlagged = false
    /// Nanoseconds; of CLOCK_MONOTONIC only if `isMonotonic`.
    var nanoseconds: UInt64
    var isMonotonic: Bool
    /// For each plane: bytes that the driver says it filled, and how many the buffer has.
    var planes: [(used: Int, capacity: Int)]

    static func == (a: FilledBuffer, b: FilledBuffer) -> Bool {
        a.sequence == b.sequence && a.isFlagged == b.isFlagged && a.nanoseconds == b.nanoseconds
            && a.isMonotonic == b.isMonotonic && a.planes.elementsEqual(b.planes, by: ==)
    }
}

/// Looks at the pictures of one stream in their order.
struct FrameGate {
    enum Verdict: Equatable {
        case good
        /// From before the stream began, or in the format that it had then.
        case stale(String)
        case bad(String)
    }

    /// So many pictures at a stream's start may be leftovers.
    static let staleAtMost = 4
    /// A longer gap is a counter that jumped, not pictures that were lost.
    static let longestGap: UInt32 = 1000

    let layout: FrameLayout
    /// Pictures lost before they came to us, by the driver's sequence numbers.
    private(set) var lost = 0
    private var seen = 0
    private var hadGood = false
    private var lastSequence: UInt32?

    init(layout: FrameLayout) { self.layout = layout }

    /// - Parameter bytes: what the driver filled of the first plane; at most its capacity.
    mutating func judge(_ buffer: FilledBuffer, bytes: UnsafeRawBufferPointer) -> Verdict {
        count(buffer.sequence)
        seen += 1
        let mayBeStale = !hadGood && seen <= Self.staleAtMost
        let complaint = fault(of: buffer, bytes: bytes, atStart: mayBeStale)
        guard let complaint else {
            hadGood = true
            return .good
        }
        return mayBeStale && !buffer.isFlagged ? .stale(complaint) : .bad(complaint)
    }

    private mutating func count(_ sequence: UInt32) {
        if let last = lastSequence {
            let gap = sequence &- last &- 1
            if gap > 0, gap < Self.longestGap { lost += Int(gap) }
        }
        lastSequence = sequence
    }

    private func fault(of buffer: FilledBuffer, bytes: UnsafeRawBufferPointer, atStart: Bool) -> String? {
        if buffer.isFlagged { return "the driver calls the picture damaged" }
        for (index, plane) in buffer.planes.enumerated() {
            guard plane.used <= plane.capacity else {
                return "the driver says \(plane.used) bytes in a buffer of \(plane.capacity)"
            }
            if let least = layout.leastBytes(ofPlane: index), plane.used < least {
                return "the picture is cut: \(plane.used) bytes of \(least)"
            }
        }
        guard layout.format == .mjpeg, let first = buffer.planes.first else { return nil }
        // v4l2loopback hands out one old buffer as large as it is; no camera fills the whole of it with one JPEG.
        if atStart, first.used == first.capacity { return "the buffer is full to its end, which no JPEG is" }
        return JPEGFrame.fault(of: bytes)
    }
}

/// The instant of exposure: the driver's, if it is of the monotonic clock and can be true, else that of taking it.
func exposureNanoseconds(of buffer: FilledBuffer, takenAt now: UInt64) -> UInt64 {
    let longestAge: UInt64 = 2_000_000_000
    guard buffer.isMonotonic, buffer.nanoseconds <= now, now - buffer.nanoseconds <= longestAge else { return now }
    return buffer.nanoseconds
}

enum JPEGFrame {
    /// - Returns: why the bytes can be no whole JPEG; nil if they begin and end as one does (zeros after it are allowed:
    ///   some cameras fill up their packets).
    static func fault(of bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count > 4 else { return "the picture is empty: \(bytes.count) bytes" }
        guard bytes[0] == 0xFF, bytes[1] == 0xD8, bytes[2] == 0xFF else {
            return "the picture is no JPEG: it begins with other bytes than FF D8 FF"
        }
        var end = bytes.count
        while end > 4, bytes[end - 1] == 0 { end -= 1 }
        guard bytes[end - 2] == 0xFF, bytes[end - 1] == 0xD9 else {
            return "the picture is cut: its \(bytes.count) bytes do not end as a JPEG does (FF D9)"
        }
        return nil
    }
}
