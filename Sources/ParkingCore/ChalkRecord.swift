// How long a mark is kept, and when its car becomes overtime: what the store and the 'due soon' list go by.
package import struct Foundation.Date

/// A mark as it is kept.
package struct ChalkRecord: Hashable, Sendable {
    package let mark: ChalkMark
    /// When the car is overtime if it stays; nil: no limit counts now, or it was raised already.
    package let dueAt: Date?
    package let limitMinutes: Int?
    /// From then on the mark can prove nothing more; its photos go with it.
    package let expiresAt: Date
    /// A mark of the same pass that this one takes the place of.
    package let replaces: UUIDv7?

    package init(mark: ChalkMark, dueAt: Date?, limitMinutes: Int?, expiresAt: Date, replaces: UUIDv7? = nil) {
        self.mark = mark
        self.dueAt = dueAt
        self.limitMinutes = limitMinutes
        self.expiresAt = expiresAt
        self.replaces = replaces
    }
}

/// A car that becomes overtime soon, or just has, where it still stands there.
package struct ChalkDue: Hashable, Sendable {
    package let mark: ChalkMark
    package let firstSeen: Date
    package let dueAt: Date
    package let limitMinutes: Int?

    package init(mark: ChalkMark, firstSeen: Date, dueAt: Date, limitMinutes: Int?) {
        self.mark = mark
        self.firstSeen = firstSeen
        self.dueAt = dueAt
        self.limitMinutes = limitMinutes
    }
}

extension ChalkRule {
    /// Beyond limit and grace a mark lives so much longer: the next day's patrol may be the one that comes by.
    package static let keptBeyondMinutes = 24 * 60

    /// Of the time between two instants, what counts towards the limit.
    package func countedSeconds(from start: Date, to end: Date) -> Double {
        guard start < end else { return 0 }
        guard let hours else { return end.timeIntervalSince(start) }
        return hours.reduce(0) { seconds, span in
            let counted = span.clamped(to: start..<end)
            return seconds + counted.upperBound.timeIntervalSince(counted.lowerBound)
        }
    }

    /// When a car that is there since `start` is overtime; nil: not within the hours known.
    package func dueAt(since start: Date) -> Date? {
        var left = Double(limitMinutes + graceMinutes) * 60
        guard let hours else { return start.addingTimeInterval(left) }
        for span in hours where span.upperBound > start {
            let from = max(span.lowerBound, start)
            let seconds = span.upperBound.timeIntervalSince(from)
            if seconds >= left { return from.addingTimeInterval(left) }
            left -= seconds
        }
        return nil
    }

    /// Until when a mark of this moment can still prove something.
    package func expiresAt(seen: Date) -> Date {
        let over = dueAt(since: seen) ?? seen.addingTimeInterval(Double(limitMinutes + graceMinutes) * 60)
        return over.addingTimeInterval(Double(Self.keptBeyondMinutes) * 60)
    }
}
