// The client against a real server on a real Unix socket, and against its absence.
import Foundation
import ParkingCore
import PatrolAPI
import PatrolConsole
import Synchronization
import Testing

@testable import PatrolConsole

@Suite struct PatrolClientTests {
    private func with(_ body: (FakeDaemon, PatrolClient) async throws -> Void) async throws {
        let daemon = FakeDaemon(try Samples.snapshot())
        try await daemon.start()
        // The daemon is in this process: what other tests compute holds it up.
        let client = try PatrolClient(socketPath: daemon.socketPath, patience: .seconds(30))
        do {
            try await body(daemon, client)
        } catch {
            await client.close()
            await daemon.stop()
            throw error
        }
        await client.close()
        await daemon.stop()
    }

    @Test func asksForAllThatTheDaemonKnows() async throws {
        try await with { daemon, client in
            let wanted = try Samples.snapshot()
            #expect(try await client.status() == wanted.status)
            #expect(try await client.reads(limit: 10) == wanted.reads)
            #expect(try await client.alerts() == wanted.alerts)
            #expect(try await client.tickets(limit: 10) == wanted.tickets)
            #expect(try await client.due() == Samples.due())
            #expect(try await client.photo(sha256: "00") == [0xFF, 0xD8])
        }
    }

    @Test func sendsDecisionsAndHandsOnTheDaemonsOwnWordsWhenItRefuses() async throws {
        try await with { daemon, client in
            let id = try Samples.id(3)
            let answer = try await client.accept(id, AcceptRequest(confirmedPlate: "ABCD123"))
            #expect(answer.ticket?.number.serial == 18)
            #expect(await daemon.decisions == ["ABCD123 accepted as ABCD123"])
            let error = await #expect(throws: ConsoleError.self) {
                _ = try await client.reject(id, RejectRequest(reason: "loading"))
            }
            #expect(error?.code == .refused(404, "no alert with that id waits for a decision"))
        }
    }

    @Test func saysWhoDoesNotAnswer() async throws {
        let path = "/tmp/patrol-test-nobody.sock"
        let client = try PatrolClient(socketPath: path)
        let error = await #expect(throws: ConsoleError.self) { _ = try await client.status() }
        #expect(error?.description == "no answer from \(path); is patrold running?")
        await client.close()
        #expect(throws: ConsoleError(.pathTooLong(120))) {
            try PatrolClient(socketPath: "/" + String(repeating: "x", count: 119))
        }
    }

    @Test func theFeedTellsOfLossAtOnceAndComesBackByItself() async throws {
        let daemon = FakeDaemon(try Samples.snapshot())
        let client = try PatrolClient(socketPath: daemon.socketPath)
        let seen = Mutex<[String]>([])
        let feed = DaemonFeed(client: client) { event in
            let word: String? =
                switch event {
                case .snapshot(let snapshot): "snapshot of \(snapshot.alerts.count) alerts"
                case .daemon(.alert(let alert)): "alert \(alert.plate)"
                case .lost(let error): "lost: \(error)"
                default: nil
                }
            if let word { seen.withLock { if $0.last != word { $0.append(word) } } }
            return true
        }
        let running = Task { await feed.run() }
        let nobody = "lost: no answer from \(daemon.socketPath); is patrold running?"
        try await eventually("the feed misses the daemon") { seen.withLock { $0.last } == nobody }
        try await daemon.start()
        try await eventually("it finds it") { seen.withLock { $0.last } == "snapshot of 3 alerts" }
        try await daemon.add(Samples.alert(9, "NEWER01", .noPermit, reasons: []))
        try await eventually("it hears of an alert") { seen.withLock { $0.last } == "alert NEWER01" }
        await daemon.stop()
        try await eventually("it misses it again") { seen.withLock { $0.last } == nobody }
        try await daemon.start()
        try await eventually("it finds it again") { seen.withLock { $0.last } == "snapshot of 4 alerts" }
        running.cancel()
        await running.value
        await client.close()
        await daemon.stop()
        #expect(seen.withLock { $0 }.contains("lost: patrold closed the connection"))
    }
}
