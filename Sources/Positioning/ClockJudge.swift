// Decides which clock is believed. Pure: readings go in, health comes out.
//
// The kernel's word comes first: time servers agree among themselves, while a receiver alone may be a thousand weeks or
// a leap second off. Without them the receiver vouches for the machine's clock, and the machine then keeps its word for
// an hour: a quartz drifts some 0.4 s in that time.
internal import Foundation

/// What the kernel says of its clock.
package struct KernelClock: Hashable, Sendable {
    package let isSynchronised: Bool
    package let maximumErrorSeconds: Double

    package init(isSynchronised: Bool, maximumErrorSeconds: Double) {
        self.isSynchronised = isSynchronised
        self.maximumErrorSeconds = maximumErrorSeconds
    }
}

struct ClockJudge {
    /// A step of the wall clock against the monotonic one; slewing stays below 0.1 s between two looks.
    static let jumpSeconds = 0.5
    /// The machine and the receiver agree: the receiver's delay is only assumed, and tickets name minutes.
    static let agreementSeconds = 2.0
    /// So many of the receiver's times make an opinion.
    static let fewestTimes = 5
    static let holdoverSeconds = 3600.0
    /// An opinion is shown so long after the receiver spoke last: seconds.
    static let freshSeconds = 60.0

    private var latest: Moment?
    private var kernel: KernelClock?
    private var offset = OffsetEstimate()
    private var lastTold: Moment?
    private var agreed: Moment?
    private var verdict = Verdict(source: .none, isTrusted: false)
    private var since: Date
    private var jumps = 0
    private var lastJump: (seconds: Double, at: Date)?
    private var refused = 0
    private var disagreed = false

    private struct Verdict: Hashable {
        let source: ClockHealth.Source
        let isTrusted: Bool
    }

    init(since: Date) { self.since = since }

    var isSynchronised: Bool { kernel?.isSynchronised ?? false }
    var isTrusted: Bool { verdict.isTrusted }

    /// A look at the clocks; some once a second.
    mutating func look(_ now: Moment, kernel: KernelClock?) {
        noticeJump(now)
        self.kernel = kernel
        conclude(now)
    }

    /// The receiver told its time; `now` is when that came.
    mutating func take(gpsTime: Date, at now: Moment) {
        noticeJump(now)
        lastTold = now
        switch offset.take(now.wall.timeIntervalSince(gpsTime)) {
        case .used: break
        case .strange: refused += 1
        case .moved: refused += 1
        }
        if let seconds = offsetSeconds(now) {
            let agrees = abs(seconds) <= Self.agreementSeconds
            if agrees { agreed = now } else if !disagreed && verdict.isTrusted { refused += 1 }
            disagreed = !agrees
        }
        conclude(now)
    }

    func health(at now: Moment) -> ClockHealth {
        ClockHealth(
            source: verdict.source,
            isTrusted: verdict.isTrusted,
            since: since,
            words: words(now),
            offsetSeconds: offsetSeconds(now).map { ($0 * 1000).rounded() / 1000 },
            maximumErrorSeconds: kernel.flatMap { $0.isSynchronised ? $0.maximumErrorSeconds : nil },
            jumps: jumps,
            lastJumpSeconds: lastJump?.seconds,
            lastJumpAt: lastJump?.at,
            receiverTimesRefused: refused
        )
    }

    // MARK: Deciding

    private mutating func noticeJump(_ now: Moment) {
        defer { latest = now }
        guard let latest else { return }
        let step = now.wall.timeIntervalSince(latest.wall) - now.seconds(since: latest)
        guard abs(step) > Self.jumpSeconds else { return }
        jumps += 1
        lastJump = ((step * 1000).rounded() / 1000, now.wall)
        // Who vouched for the clock did so before it was set.
        offset.forget()
        agreed = nil
        disagreed = false
    }

    private mutating func conclude(_ now: Moment) {
        let new: Verdict
        if isSynchronised {
            new = Verdict(source: .ntp, isTrusted: true)
        } else if let agreed, now.seconds(since: agreed) <= Self.holdoverSeconds {
            new = Verdict(source: .gpsd, isTrusted: true)
        } else {
            new = Verdict(source: .none, isTrusted: false)
        }
        guard new != verdict else { return }
        verdict = new
        since = now.wall
    }

    private func offsetSeconds(_ now: Moment) -> Double? {
        guard offset.count >= Self.fewestTimes, let median = offset.medianSeconds, let lastTold,
            now.seconds(since: lastTold) <= Self.freshSeconds
        else { return nil }
        return median - Receiver.assumedLatencySeconds
    }

    private func words(_ now: Moment) -> String {
        let difference = offsetSeconds(now).flatMap { abs($0) > Self.agreementSeconds ? Self.difference($0) : nil }
        switch (verdict.source, difference) {
        case (.ntp, nil): return "time servers keep the clock"
        case (.ntp, let difference?):
            return "time servers keep the clock; the receiver's, \(difference), is not believed"
        case (.gpsd, nil): return "the receiver's time confirms the clock"
        case (.gpsd, let difference?):
            return "the receiver's time confirmed the clock and is now \(difference); it is not believed"
        case (.none, let difference?):
            return "the receiver's time is \(difference): set the clock, or let chrony do it; no ticket until then"
        case (.none, nil):
            return "neither time servers nor a receiver confirm the clock: connect one; no ticket until then"
        }
    }

    /// The receiver's time as seen from the machine's.
    private static func difference(_ offsetSeconds: Double) -> String {
        let size = abs(offsetSeconds)
        let text =
            switch size {
            case ..<120: "\((size * 10).rounded() / 10) s"
            case ..<7200: "\(Int((size / 60).rounded())) min"
            case ..<172_800: "\(Int((size / 3600).rounded())) h"
            default: "\(Int((min(size, 1e12) / 86_400).rounded())) days"
            }
        return text + (offsetSeconds > 0 ? " behind" : " ahead")
    }
}
