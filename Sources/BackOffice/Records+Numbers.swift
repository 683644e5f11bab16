// Ticket numbers leased to vehicles in blocks that never overlap.
package import Foundation
internal import GRDB
internal import ParkingCore
package import SyncProtocol

extension Records {
    /// Largest block that one request gets: a busy vehicle's month.
    package static let blockSizes: ClosedRange<Int> = 1...10_000

    /// The block for a request; the same request gets the same block for ever.
    /// - Throws: `BackOfficeError` when the size is absurd, the request is known with another content, or numbers ran out.
    package func lease(_ request: NumberBlockRequest, now: Date) async throws -> NumberBlock {
        guard Records.blockSizes.contains(request.size) else {
            throw BackOfficeError(
                .request,
                "a block of \(request.size) numbers was asked for; 1 to \(Records.blockSizes.upperBound) are leased at once"
            )
        }
        let id = request.request.description
        let leasedAt = WireCoding.text(now)
        return try await write { database in
            if let row = try Row.fetchOne(
                database,
                sql: "SELECT vehicle, first, last FROM number_block WHERE request = ?",
                arguments: [id]
            ) {
                let block = NumberBlock(first: row["first"], last: row["last"])
                guard row["vehicle"] as String == request.vehicle.text, block.last - block.first + 1 == request.size
                else {
                    throw BackOfficeError(
                        .conflict,
                        "number request \(id) is here with another vehicle or size; make a new request"
                    )
                }
                return block
            }
            let first = (try Int.fetchOne(database, sql: "SELECT max(last) FROM number_block") ?? 0) + 1
            let last = first + request.size - 1
            guard last <= TicketNumber.serials.upperBound else {
                throw BackOfficeError(
                    .exhausted,
                    "ticket numbers have run out: \(TicketNumber.serials.upperBound - first + 1) are left and "
                        + "\(request.size) were asked for; a new numbering is needed"
                )
            }
            try database.execute(
                sql: "INSERT INTO number_block VALUES (?, ?, ?, ?, ?)",
                arguments: [id, request.vehicle.text, first, last, leasedAt]
            )
            return NumberBlock(first: first, last: last)
        }
    }
}
