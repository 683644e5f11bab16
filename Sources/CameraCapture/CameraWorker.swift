// One camera on a thread of its own: opens it, takes its pictures, and opens it again after whatever happens.
internal import Dispatch
internal import Foundation
internal import ParkingCore
internal import Synchronization

/// Runs from `start` to `stop`, whether there is a camera or not. What it does next is `CameraMachine`'s decision.
package final class CameraWorker: Sendable {
    /// Longest time that the worker waits in one go: `stop` and the age of its last turn depend on it.
    static let turnMilliseconds = 200
    static let reportNanoseconds: UInt64 = 1_000_000_000

    private struct State {
        var health: CameraHealth
        var lastFrame: UInt64?
        var lastTurn: UInt64
        var isStarted = false
        var isStopping = false
    }

    package let settings: CameraSettings
    private let opener: any CameraOpener
    private let deliver: @Sendable (CapturedFrame) -> Void
    private let passedOver: @Sendable () -> Int
    private let changed: @Sendable (CameraHealth) -> Void
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - deliver: gets every good picture on the worker's thread and never waits.
    ///   - changed: gets the health on the worker's thread at each change of state and once a second; never waits.
    package convenience init(
        settings: CameraSettings,
        deliver: @escaping @Sendable (CapturedFrame) -> Void,
        changed: @escaping @Sendable (CameraHealth) -> Void
    ) {
        self.init(settings: settings, opener: V4L2Opener(), deliver: deliver, passedOver: { 0 }, changed: changed)
    }

    /// Pictures go to a mailbox, and its drops are counted in the health.
    package convenience init(
        settings: CameraSettings,
        mailbox: FrameMailbox,
        changed: @escaping @Sendable (CameraHealth) -> Void
    ) {
        self.init(
            settings: settings,
            opener: V4L2Opener(),
            deliver: { mailbox.offer($0) },
            passedOver: { mailbox.passedOver },
            changed: changed
        )
    }

    init(
        settings: CameraSettings,
        opener: any CameraOpener,
        deliver: @escaping @Sendable (CapturedFrame) -> Void,
        passedOver: @escaping @Sendable () -> Int,
        changed: @escaping @Sendable (CameraHealth) -> Void
    ) {
        self.settings = settings
        self.opener = opener
        self.deliver = deliver
        self.passedOver = passedOver
        self.changed = changed
        let now = Moment.now()
        state = Mutex(
            State(
                health: CameraHealth(
                    id: settings.id,
                    device: settings.device,
                    state: .starting,
                    since: now.wall,
                    words: "not started"
                ),
                lastTurn: now.nanoseconds
            )
        )
    }

    /// How the camera is now; ages are of this instant.
    package var health: CameraHealth {
        let now = Moment.now()
        return state.withLock { state in
            var health = state.health
            health.framesPassedOver = passedOver()
            health.lastFrameAgeSeconds = state.lastFrame.map { now.seconds(since: $0) }
            health.lastTurnAgeSeconds = state.isStarted ? now.seconds(since: state.lastTurn) : 0
            return health
        }
    }

    /// A second call does nothing.
    package func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted && !state.isStopping
        }
        guard isFirst else { return }
        let thread = Thread { [self] in
            // Of a name given before the start the kernel, and thus `top` and a debugger, never hears.
            Thread.current.name = "camera \(settings.id)"
            run()
            ended.signal()
        }
        thread.start()
    }

    /// Ends the worker and waits for it, unless a driver holds it for more than `timeoutSeconds`.
    /// - Returns: whether it ended.
    @discardableResult
    package func stop(timeoutSeconds: Double = 5) -> Bool {
        let isRunning = state.withLock { state in
            state.isStopping = true
            return state.isStarted
        }
        guard isRunning else { return true }
        guard ended.wait(timeout: .now() + timeoutSeconds) == .success else { return false }
        ended.signal()
        return true
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func run() {
        var turn = Turn(machine: CameraMachine(framesPerSecond: settings.framesPerSecond, at: .now()))
        while !isStopping {
            let now = Moment.now()
            state.withLock { $0.lastTurn = now.nanoseconds }
            let action = turn.machine.next(at: now)
            report(&turn, at: now)
            carryOut(action, &turn, from: now)
            report(&turn, at: .now())
        }
        turn.stream?.close()
    }

    private func carryOut(_ action: CameraMachine.Action, _ turn: inout Turn, from now: Moment) {
        do throws(CameraError) {
            switch action {
            case .open:
                let stream = try opener.open(settings)
                turn.stream = stream
                turn.lostOfStream = 0
                let description = stream.description
                turn.machine.handle(
                    .opened(words: description.words, isAsAsked: description.isAsAsked),
                    at: .now()
                )
            case .wait(let until):
                pause(until: until, from: now)
            case .listen(let until):
                try listen(until: until, &turn, from: now)
            case .restart:
                try turn.stream?.restart()
                turn.machine.handle(.restarted, at: .now())
            case .close:
                turn.stream?.close()
                turn.stream = nil
                turn.machine.handle(.closed, at: .now())
            }
        } catch {
            turn.machine.handle(.failed(error), at: .now())
        }
    }

    private func milliseconds(until: UInt64, from now: Moment) -> Int {
        guard until > now.nanoseconds else { return 1 }
        return min(Self.turnMilliseconds, Int((until - now.nanoseconds) / 1_000_000) + 1)
    }

    private func pause(until: UInt64, from now: Moment) {
        Thread.sleep(forTimeInterval: Double(milliseconds(until: until, from: now)) / 1000)
    }

    private func listen(until: UInt64, _ turn: inout Turn, from now: Moment) throws(CameraError) {
        guard let stream = turn.stream else { return }
        let event = try stream.next(milliseconds: milliseconds(until: until, from: now))
        let arrival = Moment.now()
        turn.lost += stream.lost - turn.lostOfStream
        turn.lostOfStream = stream.lost
        switch event {
        case .silence: break
        case .stale: turn.stale += 1
        case .bad(let words):
            turn.bad += 1
            turn.machine.handle(.badPicture(words), at: arrival)
        case .picture(let frame):
            turn.taken += 1
            turn.lastFrame = arrival.nanoseconds
            turn.machine.handle(.picture, at: arrival)
            deliver(frame)
        }
    }

    /// Brings the health up to date, and tells it when the state changed or a second went by.
    private func report(_ turn: inout Turn, at now: Moment) {
        let isDue = now.nanoseconds >= turn.reportedAt + Self.reportNanoseconds
        let isChange = turn.reported != turn.machine.state
        if isDue {
            turn.rate = Double(turn.taken - turn.takenAtReport) / now.seconds(since: turn.reportedAt)
            turn.takenAtReport = turn.taken
            turn.reportedAt = now.nanoseconds
        }
        turn.reported = turn.machine.state
        let description = turn.stream?.description
        state.withLock { state in
            state.lastFrame = turn.lastFrame
            state.health.state = turn.machine.state
            state.health.since = turn.machine.since
            state.health.words = turn.machine.words
            state.health.reconnects = turn.machine.reconnects
            state.health.node = description?.node
            state.health.format = description?.layout.format
            state.health.width = description?.layout.width
            state.health.height = description?.layout.height
            state.health.framesPerSecond = turn.rate
            state.health.framesTaken = turn.taken
            state.health.framesLost = turn.lost
            state.health.framesBad = turn.bad
            state.health.framesStale = turn.stale
        }
        if isDue || isChange { changed(health) }
    }
}

extension CameraWorker {
    /// What the worker's thread carries from turn to turn.
    private struct Turn {
        var machine: CameraMachine
        var stream: (any CameraStream)?
        var taken = 0
        var lost = 0
        var lostOfStream = 0
        var bad = 0
        var stale = 0
        var lastFrame: UInt64?
        var reported: CameraState?
        var reportedAt = Moment.monotonicNanoseconds()
        var takenAtReport = 0
        var rate = 0.0
    }
}
