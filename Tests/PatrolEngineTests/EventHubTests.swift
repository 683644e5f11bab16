import Foundation
import ParkingCore
import PatrolAPI
import Testing

@testable import PatrolEngine

@Suite struct EventHubs {
    @Test func `a listener that does not keep up loses the oldest events, counted, and stops nobody`() async throws {
        let hub = EventHub(capacity: 3)
        let slow = await hub.subscribe()
        for _ in 0..<10 { await hub.publish(.decided(UUIDv7(at: .distantPast))) }
        #expect(await hub.dropped == 7)
        await hub.close()
        var left = 0
        for await _ in slow { left += 1 }
        #expect(left == 3)
    }
}
