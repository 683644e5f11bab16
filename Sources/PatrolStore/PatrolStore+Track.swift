// The way the vehicle drove, thinned: what coverage is computed from.
package import Foundation
internal import GRDB
package import ParkingCore

extension PatrolStore {
    /// Keeps points in the order they came, in one transaction: to be called with those of some ten seconds, since each
    /// transaction waits for the disk.
    package func record(track points: [TrackPoint]) async throws {
        guard !points.isEmpty else { return }
        try await write { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO track_point
                        (time, latitude, longitude, error_metres, speed_metres_per_second, heading_degrees, starts_segment)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for point in points {
                let fix = point.fix
                try insert.execute(arguments: [
                    fix.time.storedMilliseconds, fix.point.latitude, fix.point.longitude, fix.errorMetres,
                    fix.speedMetresPerSecond, fix.headingDegrees, point.startsSegment,
                ])
            }
        }
    }

    /// The points of a time, in the order they were driven. The first one's segment may have begun before `from`.
    package func track(from: Date, to: Date) async throws -> [TrackPoint] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT time, latitude, longitude, error_metres, speed_metres_per_second, heading_degrees,
                        starts_segment
                    FROM track_point WHERE time >= ? AND time < ? ORDER BY id
                    """,
                arguments: [from.storedMilliseconds, to.storedMilliseconds]
            )
            return try rows.map { row in
                let fix = Fix(
                    point: try GeoPoint(latitude: row["latitude"], longitude: row["longitude"]),
                    time: Date(storedMilliseconds: row["time"]),
                    errorMetres: row["error_metres"],
                    speedMetresPerSecond: row["speed_metres_per_second"],
                    headingDegrees: row["heading_degrees"]
                )
                return TrackPoint(fix: fix, startsSegment: row["starts_segment"])
            }
        }
    }
}
