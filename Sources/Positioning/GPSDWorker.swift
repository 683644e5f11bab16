// The thread that listens to gpsd for as long as the patrol runs, whatever becomes of gpsd, plug or sky meanwhile.
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

package final class GPSDWorker: Sendable {
    /// Where gpsd listens. Its own default is port 2947 on the loopback interface.
    package struct Address: Sendable, Hashable {
        package let host: String
        package let port: Int

        /// - Throws: `PositioningError` for what is no host or port.
        package init(host: String = "127.0.0.1", port: Int = 2947) throws(PositioningError) {
            guard (1...65_535).contains(port) else {
                throw PositioningError(message: "port \(port) is no port; gpsd's own is 2947")
            }
            guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
                throw PositioningError(message: "'\(host)' is no host name; gpsd on this machine is 127.0.0.1")
            }
            self.host = host
            self.port = port
        }
    }

    /// A stop, a silence or a set clock is noticed so soon.
    private static let pollMilliseconds: Int32 = 250
    private static let longestPauseSeconds = 5.0

    private struct Running {
        var isStopped = false
        var hasEnded = true
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let address: Address
    private let position: LivePosition
    private let clock: ClockWatch
    private let changed: @Sendable (PositionHealth) -> Void
    private let running = Mutex(Running())

    /// - Parameter changed: called on the worker's thread at each change of state; must not block.
    package init(
        address: Address,
        position: LivePosition,
        clock: ClockWatch,
        changed: @escaping @Sendable (PositionHealth) -> Void = { _ in }
    ) {
        self.address = address
        self.position = position
        self.clock = clock
        self.changed = changed
    }

    /// Once; a worker that was stopped is not started again.
    package func start() {
        running.withLock { $0.hasEnded = false }
        let thread = Thread { [self] in
            Thread.current.name = "gpsd"
            work()
            let waiting = running.withLock { running in
                running.hasEnded = true
                return running.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
        thread.start()
    }

    /// Asks the thread to end; it does within a quarter of a second, unless gpsd's host lets a connection hang.
    package func stop() { running.withLock { $0.isStopped = true } }

    /// Returns once the thread has ended.
    package func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = running.withLock { running in
                if !running.hasEnded { running.waiting.append(continuation) }
                return running.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private var isStopped: Bool { running.withLock { $0.isStopped } }

    private func work() {
        // libgps writes to a socket whose other end may have gone: an error, not the end of the process.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
        var pauseSeconds = 0.25
        while !isStopped {
            do throws(GPSDConnection.Failure) {
                var connection = try GPSDConnection(host: address.host, port: address.port)
                if listen(&connection) { pauseSeconds = 0.25 }
            } catch {
                tell(.openFailed(error.words))
            }
            pause(pauseSeconds)
            pauseSeconds = min(pauseSeconds * 2, Self.longestPauseSeconds)
        }
    }

    /// Until gpsd goes or the worker is stopped.
    /// - Returns: whether gpsd said anything of use: what listens on its port may be something else.
    private func listen(_ connection: inout GPSDConnection) -> Bool {
        tell(.opened)
        guard connection.watch() else {
            tell(.closed("it took no request"))
            return false
        }
        var isUseful = false
        while !isStopped {
            switch connection.read(milliseconds: Self.pollMilliseconds) {
            case .closed(let reason):
                tell(.closed(reason))
                return isUseful
            case .events(let events):
                for event in events.isEmpty ? [.quiet] : events {
                    switch event {
                    case .unreadable, .quiet: break
                    default: isUseful = true
                    }
                    act(tell(event), on: connection)
                }
            }
        }
        return isUseful
    }

    private func act(_ actions: [Receiver.Action], on connection: borrowing GPSDConnection) {
        for case .askAgain(let paths) in actions
        where paths.isEmpty || paths.contains(where: FileManager.default.fileExists) {
            // Where gpsd has gone, the next read says so.
            _ = connection.watch()
        }
    }

    @discardableResult
    private func tell(_ event: Receiver.Event) -> [Receiver.Action] {
        let now = Moment.now()
        clock.look(at: now)
        let actions = position.take(event, at: now)
        if actions.contains(.stateChanged) { changed(position.health(at: now)) }
        return actions
    }

    private func pause(_ seconds: Double) {
        let end = Moment.now().monotonicSeconds + seconds
        while !isStopped, Moment.now().monotonicSeconds < end {
            Thread.sleep(forTimeInterval: 0.1)
            tell(.quiet)
        }
    }
}
