// Ticket numbers leased to vehicles in blocks that never overlap, whatever older copy is put in this database's place.
//
// A new block lies above all that the database, the mark beside it (`LeaseMark`), the tickets that came in and the vehicle
// that asks know of. Where the mark is a copy or gone, nobody knows what was leased since: many numbers are passed over.
package import Foundation
internal import GRDB
internal import ParkingCore
package import SyncProtocol

extension Records {
    /// Largest block that one request gets: a busy vehicle's month.
    package static let blockSizes: ClosedRange<Int> = 1...10_000

    /// More tickets than a large city writes between two backups; 99 such events are left in the numbering.
    package static let numbersPassedOver = 100_000

    /// The block for a request; the same request gets the same block for ever.
    /// - Returns: the block, and whether numbers were passed over because this is an older copy.
    /// - Throws: `BackOfficeError` when the size is absurd, the request is known with another content, or numbers ran out.
    package func lease(_ request: NumberBlockRequest, now: Date) async throws -> (NumberBlock, passedOver: Bool) {
        guard Records.blockSizes.contains(request.size) else {
            throw BackOfficeError(
                .request,
                "a block of \(request.size) numbers was asked for; 1 to \(Records.blockSizes.upperBound) are leased at once"
            )
        }
        if let highest = request.highest, !TicketNumber.serials.contains(highest) {
            throw BackOfficeError(.request, "\(highest) is no serial of a ticket: 1 to 9999999 are")
        }
        let id = request.request.description
        let mark = LeaseMark(folder: numbersFolder)
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
                return (block, false)
            }
            let leased = try Int.fetchOne(database, sql: "SELECT max(last) FROM number_block")
            // All of one length, so that the highest text is the highest number.
            let used = try String.fetchOne(database, sql: "SELECT max(number) FROM ticket")
            let finding = try mark.find()
            let base = max(leased ?? 0, finding?.highest ?? 0)
            // What lies farther above was given to a vehicle by hand.
            let reach = base...(base + Records.numbersPassedOver)
            let told = [try used.map { try TicketNumber($0).serial }, request.highest].compactMap { $0 }.filter(
                reach.contains
            )
            let known = max(base, told.max() ?? 0)
            let passesOver = known > 0 && finding?.isOriginal != true
            let first = known + (passesOver ? Records.numbersPassedOver : 0) + 1
            let last = first + request.size - 1
            guard last <= TicketNumber.serials.upperBound else {
                throw BackOfficeError(
                    .exhausted,
                    "ticket numbers have run out: \(max(0, TicketNumber.serials.upperBound - first + 1)) are left and "
                        + "\(request.size) were asked for; a new numbering is needed"
                )
            }
            try database.execute(
                sql: "INSERT INTO number_block VALUES (?, ?, ?, ?, ?)",
                arguments: [id, request.vehicle.text, first, last, leasedAt]
            )
            // Before the commit: numbers that it then refuses are lost, not leased twice.
            try mark.note(TicketNumber(serial: last))
            return (NumberBlock(first: first, last: last), passesOver)
        }
    }

}
