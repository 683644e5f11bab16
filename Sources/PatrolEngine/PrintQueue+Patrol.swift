// The print queue of a patrol: its prints are kept in the vehicle's database and told to the console.
package import Logging
package import ParkingCore
internal import PatrolAPI
package import PatrolStore
package import TicketPrinting

extension PatrolStore: PrintLedger {
    package func issuedTicket(_ id: UUIDv7) async throws -> Ticket? { try await ticket(id)?.ticket }
}

extension PrintQueue {
    /// - Parameter clock: whose time is kept with each change.
    package init(
        settings: Settings,
        store: PatrolStore,
        hub: EventHub,
        clock: any PatrolClock,
        logger: Logger
    ) {
        self.init(
            settings: settings,
            ledger: store,
            now: { clock.now() },
            changed: { print in
                // Into a folder, 'printing' lasts for milliseconds only.
                if print.state == .printing, print.printer.isEmpty { return }
                guard let stored = try? await store.ticket(print.ticket) else { return }
                await hub.publish(.ticket(TicketSummary(stored.ticket, print, voided: stored.voidReason)))
            },
            logger: logger
        )
    }
}
