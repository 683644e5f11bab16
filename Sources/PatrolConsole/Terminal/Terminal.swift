// The terminal's own thread: ncurses may block on a slow line, so nothing else waits for it.
internal import CNcurses
internal import Foundation
internal import Synchronization

/// What a terminal reports.
enum TerminalEvent: Sendable {
    case key(Key)
    case resized(ScreenSize)
    /// The line was hung up.
    case gone
}

/// Shows the newest screen that it was given and reports keys; made by `open`, ended by `close`.
final class Terminal: Sendable {
    private struct Mailbox {
        var screen: Screen?
        var ring = false
        var isClosing = false
        var whenClosed: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
    }

    let events: AsyncStream<TerminalEvent>
    private let continuation: AsyncStream<TerminalEvent>.Continuation
    private let mailbox = Mutex(Mailbox())
    /// Written to when the mailbox changes; the thread polls its other end.
    private let wakeWriter: Int32
    private let wakeReader: Int32

    private init(wakeReader: Int32, wakeWriter: Int32) {
        self.wakeReader = wakeReader
        self.wakeWriter = wakeWriter
        // More keys than these unread are of nobody who looks at the screen.
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
    }

    deinit {
        _ = Glibc.close(wakeReader)
        _ = Glibc.close(wakeWriter)
    }

    /// - Throws: `ConsoleError` when there is no terminal to open.
    static func open(asciiOnly: Bool) async throws -> Terminal {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ConsoleError(.terminal("no pipe could be made: \(String(cString: strerror(errno)))"))
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let terminal = Terminal(wakeReader: ends[0], wakeWriter: ends[1])
        try await withCheckedThrowingContinuation { (opened: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                Thread.current.name = "terminal"
                do {
                    let driver = try CursesDriver(asciiOnly: asciiOnly)
                    opened.resume()
                    terminal.run(driver)
                } catch {
                    opened.resume(throwing: error)
                }
            }
            thread.start()
        }
        return terminal
    }

    func show(_ screen: Screen) {
        mailbox.withLock { $0.screen = screen }
        wake()
    }

    func ring() {
        mailbox.withLock { $0.ring = true }
        wake()
    }

    /// Returns when the terminal is as it was before.
    func close() async {
        await withCheckedContinuation { closed in
            let isClosed = mailbox.withLock { box in
                box.isClosing = true
                if !box.isClosed { box.whenClosed.append(closed) }
                return box.isClosed
            }
            if isClosed { closed.resume() }
        }
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes the thread as well.
        _ = write(wakeWriter, &byte, 1)
    }

    private func run(_ driver: CursesDriver) {
        continuation.yield(.resized(driver.size))
        while true {
            let isHungUp = wait()
            for input in driver.pendingInput() {
                switch input {
                case .key(let key): continuation.yield(.key(key))
                case .resized: continuation.yield(.resized(driver.size))
                }
            }
            if isHungUp { continuation.yield(.gone) }
            let (screen, rings, isClosing) = mailbox.withLock { box in
                defer {
                    box.screen = nil
                    box.ring = false
                }
                return (box.screen, box.ring, box.isClosing)
            }
            if isClosing { break }
            // A screen of another size was drawn before the last resize was known; the next one is on its way.
            if let screen, screen.size == driver.size { driver.draw(screen) }
            if rings { driver.ring() }
            if isHungUp { usleep(50_000) }
        }
        driver.close()
        continuation.finish()
        let waiting = mailbox.withLock { box in
            box.isClosed = true
            return box.whenClosed
        }
        for closed in waiting { closed.resume() }
    }

    /// Waits for a key, the mailbox or 200 ms (a resize is a signal that another thread may take).
    /// - Returns: true when the terminal was hung up.
    private func wait() -> Bool {
        var descriptors = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&descriptors, 2, 200) > 0 else { return false }
        if descriptors[1].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(wakeReader, &bytes, bytes.count) == bytes.count {}
        }
        return Int32(descriptors[0].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    }
}
