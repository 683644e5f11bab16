// How far two clocks are apart, from pairs of readings that come late, jump, or lie.
internal import Foundation

/// The median of the last readings. One that is far off counts only once several after it agree with each other.
struct OffsetEstimate {
    static let window = 11
    /// A message may come so late on a busy machine; more is another time: seconds.
    static let slackSeconds = 1.5
    /// So many readings that agree with each other make a new truth.
    static let agreement = 5

    enum Answer: Hashable {
        case used
        /// Off by so many seconds; left out.
        case strange(Double)
        /// The strange ones had it right: the estimate moved by so many seconds.
        case moved(Double)
    }

    private var readings: [Double] = []
    private var strangers: [Double] = []

    var count: Int { readings.count }
    var medianSeconds: Double? { Self.median(readings) }

    mutating func take(_ seconds: Double) -> Answer {
        guard let median = medianSeconds, abs(seconds - median) > Self.slackSeconds else {
            strangers = []
            readings.append(seconds)
            if readings.count > Self.window { readings.removeFirst() }
            return .used
        }
        if let other = Self.median(strangers), abs(seconds - other) > 0.5 { strangers = [] }
        strangers.append(seconds)
        guard strangers.count >= Self.agreement else { return .strange(seconds - median) }
        readings = strangers
        strangers = []
        return .moved(seconds - median)
    }

    mutating func forget() { self = OffsetEstimate() }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        return values.sorted()[values.count / 2]
    }
}
