// Keeps the console told: follows the daemon's events, asks its status each second, and reconnects for ever.
internal import PatrolAPI

struct DaemonFeed: Sendable {
    /// Reads asked for in a snapshot.
    private static let reads = 200
    private static let tickets = 20
    private static let statusEvery = Duration.seconds(1)
    /// Statuses between two looks at what is due soon: it changes by the minute.
    private static let statusesADue = 5
    private static let firstPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(2)

    let client: PatrolClient
    /// - Returns: false when the event found no room and was lost.
    let emit: @Sendable (ConsoleEvent) -> Bool

    /// Runs until its task is cancelled.
    func run() async {
        var pause = Self.firstPause
        while !Task.isCancelled {
            let connectedAt = ContinuousClock.now
            let error = await follow()
            guard !Task.isCancelled else { return }
            _ = emit(.lost(error))
            if ContinuousClock.now - connectedAt > Self.longestPause { pause = Self.firstPause }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// All that the daemon knows now.
    func snapshot() async throws(ConsoleError) -> Snapshot {
        Snapshot(
            status: try await client.status(),
            reads: try await client.reads(limit: Self.reads),
            alerts: try await client.alerts(),
            tickets: try await client.tickets(limit: Self.tickets)
        )
    }

    /// One connection: open the events first, so that nothing falls between them and the snapshot.
    private func follow() async -> ConsoleError {
        await withTaskGroup(of: ConsoleError.self) { group in
            group.addTask {
                do throws(ConsoleError) {
                    try await client.follow(
                        onOpen: { () async throws(ConsoleError) in _ = emit(.snapshot(try await snapshot())) },
                        onEvent: { event in await deliver(event) }
                    )
                    return ConsoleError(.closed)
                } catch {
                    return error
                }
            }
            group.addTask {
                do throws(ConsoleError) {
                    var statuses = 0
                    while true {
                        if statuses % Self.statusesADue == 0 { _ = emit(.due(try await client.due())) }
                        statuses += 1
                        do { try await Task.sleep(for: Self.statusEvery) } catch { return ConsoleError(.closed) }
                        _ = emit(.daemon(.status(try await client.status())))
                    }
                } catch {
                    return error
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? ConsoleError(.closed)
        }
    }

    private func deliver(_ event: PatrolEvent) async {
        guard !emit(.daemon(event)) else { return }
        // The console fell behind; what was lost is made good by asking for everything.
        if let snapshot = try? await snapshot() { _ = emit(.snapshot(snapshot)) }
    }
}
