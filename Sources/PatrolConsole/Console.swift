// Puts client, state and terminal together: events in, one new state each, commands out, one new screen each.
internal import CNcurses
internal import Dispatch
package import Foundation
package import ParkingCore
internal import PatrolAPI

package struct Console: Sendable {
    private let client: PatrolClient
    private let language: Language
    private let timeZone: TimeZone
    private let asciiOnly: Bool

    /// - Throws: `ConsoleError` when the path cannot be a socket's.
    package init(socketPath: String, language: Language, timeZone: TimeZone, asciiOnly: Bool) throws(ConsoleError) {
        client = try PatrolClient(socketPath: socketPath)
        self.language = language
        self.timeZone = timeZone
        self.asciiOnly = asciiOnly
    }

    /// Runs until the officer quits, the terminal goes away, or SIGTERM, SIGHUP or SIGINT comes.
    /// - Throws: `ConsoleError` when there is no terminal.
    package func run() async throws {
        // As many events as these wait before the feed is told that one was lost; an officer reads some ten a second.
        let (events, continuation) = AsyncStream.makeStream(
            of: ConsoleEvent.self,
            bufferingPolicy: .bufferingOldest(4_096)
        )
        let signals = Self.signals(to: continuation)
        defer { signals.forEach { $0.cancel() } }
        let terminal: Terminal
        do {
            terminal = try await Terminal.open(asciiOnly: asciiOnly)
        } catch {
            await client.close()
            throw error
        }
        await withTaskGroup(of: Void.self) { group in
            let feed = DaemonFeed(client: client) { event in
                if case .enqueued = continuation.yield(event) { true } else { false }
            }
            group.addTask { await feed.run() }
            group.addTask { await Self.pass(terminal.events, to: continuation) }
            group.addTask {
                while (try? await Task.sleep(for: .seconds(1))) != nil { continuation.yield(.tick) }
            }
            await handle(events, terminal, feed, &group, continuation)
            group.cancelAll()
        }
        await terminal.close()
        await client.close()
    }

    private func handle(
        _ events: AsyncStream<ConsoleEvent>,
        _ terminal: Terminal,
        _ feed: DaemonFeed,
        _ group: inout TaskGroup<Void>,
        _ continuation: AsyncStream<ConsoleEvent>.Continuation
    ) async {
        let start = ContinuousClock.now
        var state = ConsoleState(
            socketPath: client.socketPath,
            language: language,
            timeZone: timeZone,
            asciiOnly: asciiOnly
        )
        for await event in events {
            for command in state.reduce(event, at: ContinuousClock.now - start) {
                switch command {
                case .quit: return
                case .ring: terminal.ring()
                case .reload:
                    group.addTask {
                        if let snapshot = try? await feed.snapshot() { continuation.yield(.snapshot(snapshot)) }
                    }
                case .fetch(let photo):
                    group.addTask {
                        let bytes = try? await client.photo(sha256: photo)
                        continuation.yield(.picture(sha256: photo, bytes.flatMap(Picture.small)))
                    }
                case .accept(let id, let request):
                    group.addTask {
                        let answer = await Self.result { () async throws(ConsoleError) in
                            try await client.accept(id, request)
                        }
                        continuation.yield(.answered(id, answer))
                    }
                case .reprint(let ticket, let request):
                    ask(ticket, &group, continuation) { () async throws(ConsoleError) in
                        try await client.reprint(ticket.id, request)
                    }
                case .cameOut(let ticket, let request):
                    ask(ticket, &group, continuation) { () async throws(ConsoleError) in
                        try await client.cameOut(ticket.id, request)
                    }
                case .cancelPrint(let ticket):
                    ask(ticket, &group, continuation) { () async throws(ConsoleError) in
                        try await client.cancelPrint(ticket.id)
                    }
                case .void(let ticket, let request):
                    ask(ticket, &group, continuation) { () async throws(ConsoleError) in
                        try await client.void(ticket.id, request)
                    }
                case .signIn(let request):
                    group.addTask {
                        let answer = await Self.result { () async throws(ConsoleError) in
                            try await client.signIn(request)
                        }
                        continuation.yield(.signedIn(answer))
                    }
                case .askShift, .signOut:
                    let isOver = command == .signOut
                    group.addTask {
                        let answer = await Self.result { () async throws(ConsoleError) in
                            if isOver { return try await client.signOut() }
                            return try await client.shift()
                        }
                        continuation.yield(.shiftAnswered(answer, isOver: isOver))
                    }
                case .reject(let id, let request):
                    group.addTask {
                        let answer = await Self.result { () async throws(ConsoleError) in
                            try await client.reject(id, request)
                        }
                        continuation.yield(.answered(id, answer))
                    }
                }
            }
            terminal.show(layout(state))
        }
    }

    /// Asks something of a ticket's print; the answer comes as an event.
    private func ask(
        _ ticket: TicketSummary,
        _ group: inout TaskGroup<Void>,
        _ continuation: AsyncStream<ConsoleEvent>.Continuation,
        _ call: @escaping @Sendable () async throws(ConsoleError) -> TicketSummary
    ) {
        group.addTask { continuation.yield(.printAnswered(ticket.number, await Self.result(call))) }
    }

    private static func result<Answer>(
        _ call: () async throws(ConsoleError) -> Answer
    ) async -> Result<Answer, ConsoleError> {
        do throws(ConsoleError) { return .success(try await call()) } catch { return .failure(error) }
    }

    private static func pass(
        _ events: AsyncStream<TerminalEvent>,
        to continuation: AsyncStream<ConsoleEvent>.Continuation
    ) async {
        for await event in events {
            switch event {
            case .key(let key): continuation.yield(.key(key))
            case .resized(let size): continuation.yield(.resized(size))
            case .gone: continuation.yield(.terminate)
            }
        }
    }

    /// Made before the terminal is opened: ncurses then leaves these signals alone, and its own way of ending the
    /// program is not taken.
    private static func signals(to continuation: AsyncStream<ConsoleEvent>.Continuation) -> [any DispatchSourceSignal] {
        [SIGTERM, SIGHUP, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(.terminate) }
            source.resume()
            return source
        }
    }
}
