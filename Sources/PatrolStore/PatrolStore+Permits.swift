// Who else was seen parked by a shared permit.
package import Foundation
internal import GRDB
package import ParkingCore
internal import SyncProtocol

extension PatrolStore {
    /// Sightings, since a time, of all vehicles that share any of the permits and stood there by it.
    package func permitSightings(permits: [String], since: Date, until: Date) async throws -> [PermitSighting] {
        guard !permits.isEmpty else { return [] }
        return try await read { db in
            var found: [PermitSighting] = []
            for permit in Set(permits) {
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT fact.sequence, fact.body FROM permits
                        JOIN plate_read ON plate_read.plate = permits.plate
                        JOIN fact ON fact.sequence = plate_read.sequence
                        WHERE permits.permit = ? AND plate_read.time BETWEEN ? AND ?
                            AND plate_read.replaced_by IS NULL
                        ORDER BY plate_read.time LIMIT 1000
                        """,
                    arguments: [permit, since.storedMilliseconds, until.storedMilliseconds]
                )
                for row in rows {
                    guard case .read(let fact) = try PatrolStore.body(row), fact.judgement.permitInUse == permit else {
                        continue
                    }
                    found.append(
                        PermitSighting(
                            permit: permit,
                            plate: fact.read.reading.plate,
                            read: fact.read.id,
                            time: fact.read.time,
                            point: fact.fix?.point,
                            confidence: fact.read.reading.confidence
                        )
                    )
                }
            }
            return found
        }
    }
}
