// The desk's way with many passes at once: judged in their order, kept together, told once they are kept.
import Foundation
import ParkingCore
import PatrolAPI
import SyncProtocol
import Testing

@testable import PatrolEngine

@Suite struct Passes {
    @Test func `what is judged but not kept yet is not raised again, and nobody is told of it`() async throws {
        let patrol = try await Patrol()
        let first = try await patrol.desk.judged(try patrol.pass("DBRN937"))
        let again = try await patrol.desk.judged(try patrol.pass("DBRN937", after: 10))
        #expect(first.fact.judgement.label == "alert noSession")
        #expect(again.fact.judgement.label == "clear repeated")
        #expect(try await patrol.desk.waitingAlerts().isEmpty)
        #expect(try await patrol.desk.status().reads == 0)
        let kept = await patrol.desk.keep([first, again])
        #expect(kept.count == 2 && kept.allSatisfy { if case .kept = $0 { true } else { false } })
        #expect(try await patrol.desk.waitingAlerts().map(\.id) == [first.fact.read.id])
        #expect(try await patrol.desk.status().reads == 2)
    }

    @Test func `a correction is kept with what it corrects`() async throws {
        let patrol = try await Patrol()
        let unsure = try await patrol.desk.judged(try patrol.pass("DBRN931", confidence: 0.7))
        let sure = try await patrol.desk.judged(
            try patrol.pass("DBRN937", after: 1, corrects: unsure.fact.read.id)
        )
        #expect(sure.fact.sameCar == SameCar(read: unsure.fact.read.id, isReplaced: true))
        _ = await patrol.desk.keep([unsure, sure])
        #expect(try await patrol.desk.waitingAlerts().map(\.id) == [sure.fact.read.id])
    }

    @Test func `what cannot be kept holds up what comes after it, not what came before`() async throws {
        let patrol = try await Patrol()
        let first = try await patrol.desk.judged(try patrol.pass("DBRN937"))
        let second = try await patrol.desk.judged(try patrol.pass("CKFT482", after: 10))
        let third = try await patrol.desk.judged(try patrol.pass("DHKS714", after: 20))
        _ = await patrol.desk.keep([second])
        // The second stands in the store already, so the transaction of all three is refused.
        let kept = await patrol.desk.keep([first, second, third])
        #expect(
            kept.map { if case .kept(let fact) = $0 { fact.read.id } else { nil } } == [first.fact.read.id, nil, nil]
        )
        let last = await patrol.desk.keep([third])
        #expect(last.count == 1)
        #expect(try await patrol.desk.latestReads(limit: 9).count == 3)
    }

    @Test func `a pass whose keeping is given up is raised again`() async throws {
        let patrol = try await Patrol()
        let first = try await patrol.desk.judged(try patrol.pass("DBRN937"))
        await patrol.desk.forget(first)
        let again = try await patrol.desk.judged(try patrol.pass("DBRN937", after: 2))
        #expect(again.fact.judgement.label == "alert noSession" && again.fact.sameCar == nil)
    }
}
