// Where prints are kept; the vehicle's database is one.
package import Foundation
package import ParkingCore

/// Each call returns once what it kept is on disk.
package protocol PrintLedger: Sendable {
    /// The latest print of each ticket that is neither printed nor cancelled, oldest ticket first.
    func openPrints() async throws -> [TicketPrint]
    /// All prints of a ticket, first to latest.
    func prints(of ticket: UUIDv7) async throws -> [TicketPrint]
    func issuedTicket(_ id: UUIDv7) async throws -> Ticket?
    func keep(_ print: TicketPrint, at time: Date) async throws
    func add(_ print: TicketPrint, at time: Date) async throws
}

/// The moments of a print at which a power cut leaves different things behind.
package enum PrintStep: String, Sendable, CaseIterable {
    /// Not told to CUPS yet; kept as 'printing'.
    case kept
    /// CUPS has a job without a page, and its number is not kept.
    case created
    /// The number is kept, the page not sent.
    case numbered
    /// CUPS has the page.
    case sent
    /// CUPS works on the job, and that is kept.
    case begun
    /// CUPS says that the job is completed; that is not kept.
    case completed
    /// The end is kept.
    case ended
}
