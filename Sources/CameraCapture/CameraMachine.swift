// Decides what a camera's worker does next, from what happened and when. No device, no clock, no thread: the worker
// carries the actions out and tells what came of them.
internal import struct Foundation.Date

/// State of one camera from opening to reopening; it has no end.
struct CameraMachine {
    enum Action: Equatable {
        case open
        /// Take pictures; come back by this instant at the latest (nanoseconds, monotonic).
        case listen(until: UInt64)
        /// Nothing to do before this instant.
        case wait(until: UInt64)
        /// Stop and start the stream of the open device.
        case restart
        case close
    }

    enum Event: Equatable {
        /// `words`: what was asked and what the camera gives.
        case opened(words: String, isAsAsked: Bool)
        case restarted
        case closed
        case picture
        /// A picture that cannot be used, and why.
        case badPicture(String)
        case failed(CameraError)
    }

    /// No good picture for so long is a stall; slow cameras get three intervals.
    static let stallSeconds = 1.5
    /// Cameras may take this long from the stream's start to their first picture before they are restarted.
    static let firstPictureSeconds = 4.0
    /// A device that is not there costs little to look for.
    static let absentRetrySeconds = 0.25
    static let retrySeconds = (least: 0.25, most: 4.0)
    /// After so long without trouble the next trouble is a new one.
    static let calmSeconds = 5.0

    private enum Phase: Equatable {
        case closed(retryAt: UInt64)
        case mustClose(retryAfterSeconds: Double)
        case open
    }

    private(set) var state = CameraState.starting
    private(set) var since: Date
    private(set) var words = "looking for the camera"
    /// How often pictures came again after they had stopped.
    private(set) var reconnects = 0

    private let stall: UInt64
    private var phase: Phase
    private var hasRestarted = false
    /// The last good picture, or the stream's start.
    private var quietSince: UInt64
    private var awaitsFirst = true
    private var hadPictures = false
    private var goodSince: UInt64?
    private var retrySeconds = CameraMachine.retrySeconds.least
    private var giving = (words: "", isAsAsked: true)
    private var bad = (count: 0, words: "")

    init(framesPerSecond: Double, at now: Moment) {
        stall = UInt64(max(Self.stallSeconds, 3 / framesPerSecond) * 1e9)
        since = now.wall
        quietSince = now.nanoseconds
        phase = .closed(retryAt: now.nanoseconds)
    }

    /// What to do now. A stall is noticed here, since it is the absence of events.
    mutating func next(at now: Moment) -> Action {
        switch phase {
        case .closed(let retryAt):
            return now.nanoseconds >= retryAt ? .open : .wait(until: retryAt)
        case .mustClose:
            return .close
        case .open:
            let stalledAt = quietSince + stall
            guard now.nanoseconds >= stalledAt else { return .listen(until: stalledAt) }
            noticeStall(at: now)
            let patience = awaitsFirst ? max(stall, UInt64(Self.firstPictureSeconds * 1e9)) : stall
            guard now.nanoseconds >= quietSince + patience else { return .listen(until: quietSince + patience) }
            if !hasRestarted { return .restart }
            phase = .mustClose(retryAfterSeconds: nextRetry())
            return .close
        }
    }

    mutating func handle(_ event: Event, at now: Moment) {
        switch event {
        case .opened(let words, let isAsAsked):
            giving = (words, isAsAsked)
            phase = .open
            hasRestarted = false
            begin(at: now)
            if state != .stalled, state != .failed {
                change(to: .starting, "open, waiting for the first picture; \(words)", at: now)
            }
        case .restarted:
            hasRestarted = true
            begin(at: now)
        case .closed:
            if case .mustClose(let seconds) = phase {
                phase = .closed(retryAt: now.nanoseconds + UInt64(seconds * 1e9))
            } else {
                phase = .closed(retryAt: now.nanoseconds)
            }
        case .picture:
            takePicture(at: now)
        case .badPicture(let words):
            bad = (bad.count + 1, words)
        case .failed(let error):
            fail(error, at: now)
        }
    }

    private mutating func begin(at now: Moment) {
        quietSince = now.nanoseconds
        awaitsFirst = true
        goodSince = nil
        bad = (0, "")
    }

    private mutating func takePicture(at now: Moment) {
        let good = giving.isAsAsked ? CameraState.streaming : .wrongFormat
        if goodSince == nil || state == .stalled {
            if hadPictures, state != good { reconnects += 1 }
            hadPictures = true
            goodSince = now.nanoseconds
        }
        change(to: good, giving.words, at: now)
        quietSince = now.nanoseconds
        awaitsFirst = false
        hasRestarted = false
        bad = (0, "")
        if let goodSince, now.seconds(since: goodSince) >= Self.calmSeconds { retrySeconds = Self.retrySeconds.least }
    }

    private mutating func noticeStall(at now: Moment) {
        let seconds = String(now.seconds(since: quietSince).rounded())
        if bad.count > 0 {
            change(to: .stalled, "\(bad.count) pictures came, none of them good: \(bad.words)", at: now)
        } else if state != .stalled {
            change(
                to: .stalled,
                "no picture for \(seconds.prefix { $0 != "." }) s; the stream is started again, then the device: if "
                    + "it stays so, check cable and power",
                at: now
            )
        }
    }

    private mutating func fail(_ error: CameraError, at now: Moment) {
        let wasOpen = phase == .open
        let next: CameraState =
            switch error.code {
            case .absent: .absent
            case .refused: .refused
            case .wrongDevice: .wrongDevice
            case .wrongFormat: .wrongFormat
            case .driver, .settings, .frame: .failed
            }
        let pause: Double
        if next == .absent {
            // What is plugged in again has not failed yet: its first trouble, as udev still giving it its rights, is
            // short, and so is the last one of a plug being pulled, which some drivers tell as a failure.
            pause = Self.absentRetrySeconds
            retrySeconds = Self.retrySeconds.least
        } else {
            pause = nextRetry()
        }
        change(to: next, error.message, at: now)
        goodSince = nil
        phase =
            wasOpen
            ? .mustClose(retryAfterSeconds: pause) : .closed(retryAt: now.nanoseconds + UInt64(pause * 1e9))
    }

    /// The pause before the next try: doubled each time up to 4 s.
    private mutating func nextRetry() -> Double {
        defer { retrySeconds = min(retrySeconds * 2, Self.retrySeconds.most) }
        return retrySeconds
    }

    private mutating func change(to next: CameraState, _ words: String, at now: Moment) {
        if state != next { since = now.wall }
        state = next
        self.words = words
    }
}
