// The receiver as the patrol sees it: what state it is in, and which of its fixes are believed. Pure; events go in with
// the moment they came, health and fixes come out.
internal import Foundation
internal import ParkingCore

struct Receiver {
    enum Event {
        case openFailed(String)
        case opened
        /// The connection has gone; why, unless gpsd closed it.
        case closed(String?)
        /// All receivers that gpsd has, by path.
        case devices([String])
        case device(isActive: Bool)
        case report(ReceiverReport)
        case sky(used: Int, visible: Int)
        case errors(ReceiverErrors)
        case unreadable
        /// Nothing came for a while.
        case quiet
    }

    enum Action: Hashable {
        case stateChanged
        /// The receiver told the time.
        case timeTold(Date)
        /// gpsd shall try its receivers again: one of these, if they are there. gpsd 3.22 opens one that came back
        /// only when it is asked, and forgets one that it is asked for while it is away.
        case askAgain([String])
    }

    /// The state with what it is due to; each has its words.
    enum Condition: Hashable {
        case notTried
        case openFailed(String)
        case daemonEnded(String?)
        case connected
        case noDevice
        case unplugged
        case silent
        case searching
        case timeUnknown
        case fix
        case lost
        case refused(String)
        case timeJumped
        case timeStands
        case impossibleJump
    }

    /// A 1 Hz receiver has then missed two reports: seconds.
    static let silenceSeconds = 3.0
    /// gpsd looks at a line again that once gave nothing when it is asked, but 3.22 does so up to 64 s late.
    static let askAgainSeconds = 5.0
    /// Reports without a fix beside good ones, in one cycle of the receiver, are no loss: seconds.
    static let lossSeconds = 1.5
    /// Jumps to about the same place, one after the other, until the fixes before count as the wrong ones.
    static let jumpsToMove = 5
    /// Receivers at 1 Hz tell an instant 50 to 500 ms after it: seconds.
    static let assumedLatencySeconds = 0.2
    /// A shift's worth, should nobody fetch them.
    private static let mostPoints = 20_000

    /// The instant that reports belong to, with what is needed to take a further report of it into account.
    private struct Epoch {
        var received: ReceivedFix
        let time: Date
        let filterBefore: MotionFilter
        let isKept: Bool
    }

    private(set) var condition = Condition.notTried
    private(set) var since: Date
    private(set) var counters = PositionHealth.Counters()
    private(set) var history = FixHistory()
    var isStanding: Bool { filter.isStanding }
    var satellites: (used: Int, visible: Int)?

    private var filter = MotionFilter()
    private var thinner = TrackThinner()
    private var points: [TrackPoint] = []
    private var errors: ReceiverErrors?
    private var epoch: Epoch?
    /// Monotonic clock less the receiver's, at arrival.
    private var clockOffset = OffsetEstimate()
    private var elsewhere: [(fix: ReceivedFix, instant: Int64)] = []
    private var hasConnected = false
    private var isConnected = false
    private var devices: [String] = []
    private var lastHeard: Moment?
    private var lastAsked: Moment?
    private var lastFix: (received: ReceivedFix, instant: Int64, arrival: Moment)?

    init(since: Date) { self.since = since }

    /// - Parameter wallIsSynchronised: the machine's clock is kept by time servers, so that the receiver's time can be
    ///   laid on it without guessing how late its messages come.
    mutating func take(_ event: Event, at now: Moment, wallIsSynchronised: Bool) -> [Action] {
        let before = condition
        var actions: [Action] = []
        switch event {
        case .openFailed(let words):
            isConnected = false
            become(.openFailed(words), now)
        case .opened: opened(now)
        case .closed(let reason):
            isConnected = false
            become(.daemonEnded(reason), now)
        case .devices(let paths):
            devices = paths
            if paths.isEmpty { become(.noDevice, now) } else if condition == .noDevice { become(.connected, now) }
        case .device(let isActive):
            lastHeard = now
            if !isActive { become(.unplugged, now) } else if condition == .unplugged { become(.connected, now) }
        case .report(let report):
            lastHeard = now
            actions += take(report, now, wallIsSynchronised)
        case .sky(let used, let visible):
            lastHeard = now
            // gpsd has room for 140 satellites.
            satellites = (min(max(0, used), 140), min(max(0, visible), 140))
            if condition.state == .noReceiver { become(lastFix == nil ? .searching : .lost, now) }
        case .errors(let told):
            lastHeard = now
            errors = told
        case .unreadable: counters.unreadable += 1
        case .quiet: break
        }
        actions += watchSilence(now)
        watchStandstill(now)
        if condition != before { actions.append(.stateChanged) }
        return actions
    }

    /// Hands over the points of the thinned track since the last call.
    mutating func takeTrackPoints() -> [TrackPoint] {
        defer { points = [] }
        return points
    }

    /// The last point too: the patrol ends.
    mutating func finishTrack() -> [TrackPoint] {
        points += thinner.finish()
        return takeTrackPoints()
    }

    func ageSeconds(at now: Moment) -> Double? {
        lastFix.map { max(0, now.monotonicSeconds - Double($0.instant) / 1e9) }
    }

    // MARK: Connection

    private mutating func become(_ new: Condition, _ now: Moment) {
        guard new != condition else { return }
        // The words may change while the state stays, and with it its age.
        if new.state != condition.state { since = now.wall }
        condition = new
    }

    private mutating func opened(_ now: Moment) {
        if hasConnected { counters.reconnects += 1 }
        hasConnected = true
        isConnected = true
        lastHeard = now
        lastAsked = now
        become(.connected, now)
    }

    private mutating func watchSilence(_ now: Moment) -> [Action] {
        guard isConnected, let lastHeard, now.seconds(since: lastHeard) > Self.silenceSeconds else { return [] }
        if condition != .noDevice && condition != .unplugged { become(.silent, now) }
        satellites = nil
        guard let lastAsked, now.seconds(since: lastAsked) >= Self.askAgainSeconds else { return [] }
        self.lastAsked = now
        return [.askAgain(devices)]
    }

    /// Reports come, and none is newer than the last.
    private mutating func watchStandstill(_ now: Moment) {
        guard condition == .fix, let lastFix, now.seconds(since: lastFix.arrival) > Self.silenceSeconds else { return }
        become(.timeStands, now)
    }

    // MARK: Reports

    private mutating func take(_ report: ReceiverReport, _ now: Moment, _ wallIsSynchronised: Bool) -> [Action] {
        switch ReceivedFix.judge(report, errors: errors) {
        case .noFix:
            if let lastFix, now.seconds(since: lastFix.arrival) < Self.lossSeconds, condition == .fix { return [] }
            become(lastFix == nil ? .searching : .lost, now)
        case .noTime:
            counters.withoutTime += 1
            if condition != .fix { become(.timeUnknown, now) }
        case .refused(let what):
            counters.refused += 1
            become(.refused(what), now)
        case .fix(let received):
            return take(received, now, wallIsSynchronised)
        }
        return []
    }

    private mutating func take(_ received: ReceivedFix, _ now: Moment, _ wallIsSynchronised: Bool) -> [Action] {
        if let epoch {
            let step = received.gpsTime.timeIntervalSince(epoch.received.gpsTime)
            if abs(step) < 0.005 {
                repeated(received, epoch)
                return []
            }
            if step < 0, step > -OffsetEstimate.slackSeconds {
                counters.outOfOrder += 1
                return []
            }
        }
        let instant = place(received, now, wallIsSynchronised)
        let time = instant.map { now.wall.addingTimeInterval(Double($0 - now.monotonicNanoseconds) / 1e9) } ?? now.wall
        let filterBefore = filter
        let isKept = instant.map { keep(received, at: $0, time: time, now) } ?? false
        epoch = Epoch(received: received, time: time, filterBefore: filterBefore, isKept: isKept)
        return [.timeTold(received.gpsTime)]
    }

    private mutating func repeated(_ received: ReceivedFix, _ epoch: Epoch) {
        counters.repeats += 1
        let completed = epoch.received.completed(by: received)
        self.epoch?.received = completed
        // A wild position beside a good one of the same instant does not take its place.
        let slack = completed.errorMetres + epoch.received.errorMetres
        guard epoch.isKept, completed.point.distanceMetres(to: epoch.received.point) <= slack else { return }
        filter = epoch.filterBefore
        history.replaceLast(filter.take(completed, at: epoch.time))
        if let lastFix { self.lastFix = (completed, lastFix.instant, lastFix.arrival) }
    }

    /// The monotonic instant of a fix: by the wall clock where that is good, else by when fixes mostly come.
    private mutating func place(_ received: ReceivedFix, _ now: Moment, _ wallIsSynchronised: Bool) -> Int64? {
        let told = received.gpsTime.timeIntervalSince1970
        switch clockOffset.take(now.monotonicSeconds - told) {
        case .used: break
        case .strange:
            if condition != .timeJumped { counters.timeJumps += 1 }
            become(.timeJumped, now)
            return nil
        case .moved: epoch = nil
        }
        guard let late = clockOffset.medianSeconds else { return nil }
        let byWall = now.monotonicSeconds - now.wall.timeIntervalSince1970
        let isWallGood = wallIsSynchronised && (-0.3...OffsetEstimate.slackSeconds).contains(late - byWall)
        let offset = isWallGood ? byWall : late - Self.assumedLatencySeconds
        // Nothing is known before it came.
        return min(Int64(((told + offset) * 1e9).rounded()), now.monotonicNanoseconds)
    }

    /// - Returns: false for a fix that cannot be.
    private mutating func keep(_ received: ReceivedFix, at instant: Int64, time: Date, _ now: Moment) -> Bool {
        if let lastFix {
            guard instant > lastFix.instant else {
                counters.outOfOrder += 1
                return false
            }
            if Self.canDrive(from: (lastFix.received, lastFix.instant), to: (received, instant)) {
                elsewhere = []
            } else if !moves(to: (received, instant), now) {
                return false
            }
        }
        let fix = filter.take(received, at: time)
        guard history.add(fix, at: instant) else { return false }
        lastFix = (received, instant, now)
        counters.fixes += 1
        points += thinner.add(fix)
        let excess = points.count - Self.mostPoints
        if excess > 0 {
            points.removeFirst(excess)
            counters.trackPointsDropped += excess
        }
        become(.fix, now)
        return true
    }

    /// A fix out of reach of the last one: true once so many agree that the last ones were the wrong ones.
    private mutating func moves(to candidate: (fix: ReceivedFix, instant: Int64), _ now: Moment) -> Bool {
        counters.impossibleJumps += 1
        if let other = elsewhere.last, !Self.canDrive(from: other, to: candidate) { elsewhere = [] }
        elsewhere.append(candidate)
        guard elsewhere.count >= Self.jumpsToMove else {
            become(.impossibleJump, now)
            return false
        }
        elsewhere = []
        history.removeAll()
        filter = MotionFilter()
        points += thinner.finish()
        return true
    }

    private static func canDrive(
        from start: (fix: ReceivedFix, instant: Int64),
        to end: (fix: ReceivedFix, instant: Int64)
    ) -> Bool {
        let seconds = Double(end.instant - start.instant) / 1e9
        let slack = start.fix.errorMetres + end.fix.errorMetres
        return seconds > 0
            && start.fix.point.distanceMetres(to: end.fix.point) - slack <= Track.mostMetresPerSecond * seconds
    }
}
