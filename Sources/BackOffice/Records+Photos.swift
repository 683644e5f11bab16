// Which photos facts name, and which of them have arrived.
package import Foundation
internal import GRDB
internal import ParkingCore

extension Records {
    /// - Throws: `BackOfficeError.notFound` when no fact names the photo: facts come first, then the photos they name.
    package func requireNamed(photo sha256: String) async throws {
        let named = try await read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM photo WHERE sha256 = ?)",
                arguments: [sha256]
            )
        }
        guard named == true else {
            throw BackOfficeError(.notFound, "no fact names photo \(sha256); send the fact before its photos")
        }
    }

    /// Marks a photo as arrived; again changes nothing.
    package func markStored(photo sha256: String, now: Date) async throws {
        let time = WireCoding.text(now)
        try await write { database in
            try database.execute(
                sql: "UPDATE photo SET stored_at = ? WHERE sha256 = ? AND stored_at IS NULL",
                arguments: [time, sha256]
            )
        }
    }
}
