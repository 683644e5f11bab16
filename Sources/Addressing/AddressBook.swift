// The municipality's streets, numbers and zones, asked for the place of a sighting: one read of an indexed file.
internal import Foundation
internal import GRDB
package import ParkingCore

/// An answer with what the next question of the same drive may start from.
package struct LocatedPlace: Hashable, Sendable {
    package let answer: PlaceAnswer
    package let memory: PlaceMemory
}

package final class AddressBook: Sendable {
    package let path: String
    private let queue: DatabaseQueue

    /// Opens a book for reading. A book that an import replaces meanwhile stays readable as it was.
    /// - Throws: `AddressingError` for a file that is missing, no book, damaged, or of another version.
    package init(path: String) throws(AddressingError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw AddressingError(
                .unreadable,
                "\(path): there is no such address book; make it with 'patrold places import FILES... --book \(path)'"
            )
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.label = "addresses"
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA mmap_size = 268435456; PRAGMA cache_size = -8192")
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let (application, version) = try queue.read { db in
                (
                    try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                    try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                )
            }
            guard application == BookSchema.applicationID else {
                throw AddressingError(.badBook, "\(path) is no address book; name the file that an import wrote")
            }
            guard version == BookSchema.version else {
                throw AddressingError(
                    .badBook,
                    "\(path) was written by another version of this program; import the municipality's files again"
                )
            }
        } catch let error as AddressingError {
            throw error
        } catch {
            throw AddressBook.damaged(path, error)
        }
    }

    private static func damaged(_ path: String, _ error: any Error) -> AddressingError {
        let detail = (error as? DatabaseError)?.message ?? "\(error)"
        return AddressingError(
            .badBook,
            "\(path) cannot be read as an address book (\(detail)); import the municipality's files again"
        )
    }

    /// Where a sighting was; a fraction of a millisecond of reading.
    /// - Parameter memory: of the answer a moment ago, when the vehicle has been driving on since.
    /// - Returns: nil where no street is in reach.
    package func locate(_ sighting: Sighting, after memory: PlaceMemory? = nil) throws(AddressingError) -> LocatedPlace?
    {
        let plane = MetricPlane(latitude: sighting.point.latitude, longitude: sighting.point.longitude)
        do {
            return try queue.unsafeRead { db in
                let pieces = try pieces(db, around: plane, reachMetres: PlaceReckoning.reachMetres(of: sighting))
                guard !pieces.isEmpty else { return nil }
                let reckoning = PlaceReckoning(pieces: pieces, sighting: sighting, memory: memory)
                var addresses: [PlaceReckoning.Face: [AddressSpot]] = [:]
                for face in reckoning.heaviest() {
                    addresses[face] = try spots(db, piece: pieces[face.piece].id, isLeft: face.isLeft)
                }
                guard let reckoned = reckoning.answer(addresses: addresses) else { return nil }
                let spot = plane.degrees(reckoned.spot)
                let zone = try zone(db, latitude: spot.latitude, longitude: spot.longitude)
                return LocatedPlace(answer: reckoned.answer.within(zone), memory: reckoned.memory)
            }
        } catch {
            throw AddressBook.damaged(path, error)
        }
    }

    /// The place of a vehicle seen at a fix, for a ticket.
    package func locate(fix: Fix, cameraAngleDegrees: Double?) throws(AddressingError) -> PlaceAnswer? {
        try locate(Sighting(fix: fix, cameraAngleDegrees: cameraAngleDegrees))?.answer
    }

    /// Centrelines whose boxes come within reach, for a map sketch.
    package func streets(
        around point: GeoPoint,
        reachMetres: Double
    ) throws(AddressingError) -> [(name: String, line: [GeoPoint])] {
        let plane = MetricPlane(latitude: point.latitude, longitude: point.longitude)
        do {
            return try queue.unsafeRead { db in
                try pieces(db, around: plane, reachMetres: reachMetres).map { piece in
                    let line = try piece.line.points.map { metres in
                        let place = plane.degrees(metres)
                        return try GeoPoint(latitude: place.latitude, longitude: place.longitude)
                    }
                    return (piece.name, line)
                }
            }
        } catch {
            throw AddressBook.damaged(path, error)
        }
    }

    package func summary() throws(AddressingError) -> AddressBookSummary {
        do {
            return try queue.read { db in
                let report = try String.fetchOne(db, sql: "SELECT json FROM report")
                return AddressBookSummary(
                    streets: try Int.fetchOne(db, sql: "SELECT count(*) FROM street") ?? 0,
                    streetPieces: try Int.fetchOne(db, sql: "SELECT count(*) FROM piece") ?? 0,
                    addressPoints: try Int.fetchOne(db, sql: "SELECT count(*) FROM address") ?? 0,
                    zones: try Int.fetchOne(db, sql: "SELECT count(*) FROM zone") ?? 0,
                    sources: try Row.fetchAll(db, sql: "SELECT file, imported_at FROM source").map {
                        AddressBookSummary.Source(file: $0["file"], importedAt: $0["imported_at"])
                    },
                    report: try report.map {
                        try WireCoding.decoder().decode(PlaceImportReport.self, from: Data($0.utf8))
                    }
                )
            }
        } catch {
            throw AddressBook.damaged(path, error)
        }
    }

    /// The bare query of the index for boxes in reach, without anything made of it: what a benchmark compares with.
    package func boxes(around point: GeoPoint, reachMetres: Double) throws(AddressingError) -> Int {
        let plane = MetricPlane(latitude: point.latitude, longitude: point.longitude)
        let reach = plane.reach(metres: reachMetres)
        do {
            return try queue.unsafeRead { db in
                let statement = try db.cachedStatement(
                    sql: "SELECT count(*) FROM piece_box WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?"
                )
                return try Int.fetchOne(
                    statement,
                    arguments: [
                        point.longitude - reach.longitude, point.longitude + reach.longitude,
                        point.latitude - reach.latitude, point.latitude + reach.latitude,
                    ]
                ) ?? 0
            }
        } catch {
            throw AddressBook.damaged(path, error)
        }
    }

    // MARK: Reading

    private func pieces(_ db: Database, around plane: MetricPlane, reachMetres: Double) throws -> [StreetPiece] {
        let reach = plane.reach(metres: reachMetres)
        let statement = try db.cachedStatement(
            sql: """
                SELECT p.piece, p.street, s.name, p.block, p.line, p.from_left, p.to_left, p.from_right, p.to_right,
                    a.name, p.start_distance, e.name, p.end_distance, p.start_node, p.end_node
                FROM piece_box b JOIN piece p ON p.piece = b.piece JOIN street s ON s.street = p.street
                    LEFT JOIN street a ON a.street = p.start_crossing LEFT JOIN street e ON e.street = p.end_crossing
                WHERE b.east >= ? AND b.west <= ? AND b.north >= ? AND b.south <= ?
                """
        )
        let rows = try Row.fetchCursor(
            statement,
            arguments: [
                plane.longitude - reach.longitude, plane.longitude + reach.longitude, plane.latitude - reach.latitude,
                plane.latitude + reach.latitude,
            ]
        )
        var pieces: [StreetPiece] = []
        while let row = try rows.next() {
            let positions = try row.withUnsafeData(atIndex: 4) { data in
                data.map { $0.withUnsafeBytes { PackedLine.unpack($0) } } ?? []
            }
            guard positions.count >= 2 else { continue }
            pieces.append(
                StreetPiece(
                    id: row[0],
                    street: row[1],
                    name: row[2],
                    block: row[3],
                    line: StreetLine(
                        positions.map { plane.metres(latitude: $0.latitude, longitude: $0.longitude) }
                    ),
                    leftRange: NumberRange(from: row[5], to: row[6]),
                    rightRange: NumberRange(from: row[7], to: row[8]),
                    startCrossing: crossing(row[9], row[10]),
                    endCrossing: crossing(row[11], row[12]),
                    startNode: row[13],
                    endNode: row[14]
                )
            )
        }
        return pieces
    }

    private func crossing(_ street: String?, _ distance: Double?) -> Crossing? {
        street.map { Crossing(street: $0, distance: distance ?? 0) }
    }

    private func spots(_ db: Database, piece: Int64, isLeft: Bool) throws -> [AddressSpot] {
        let statement = try db.cachedStatement(
            sql: "SELECT offset, number, suffix FROM address WHERE piece = ? AND is_left = ?"
        )
        let rows = try Row.fetchCursor(statement, arguments: [piece, isLeft])
        var spots: [AddressSpot] = []
        while let row = try rows.next() {
            spots.append(AddressSpot(offset: row[0], number: row[1], suffix: row[2]))
        }
        return spots
    }

    /// The smallest zone around a spot, by its box.
    private func zone(_ db: Database, latitude: Double, longitude: Double) throws -> String? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT z.name, z.rings FROM zone_box b JOIN zone z ON z.zone = b.zone
                WHERE b.east >= ? AND b.west <= ? AND b.north >= ? AND b.south <= ?
                ORDER BY (b.east - b.west) * (b.north - b.south), z.zone
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [longitude, longitude, latitude, latitude])
        while let row = try rows.next() {
            let rings = try row.withUnsafeData(atIndex: 1) { data in
                data.map { $0.withUnsafeBytes { PackedLine.unpack(rings: $0) } } ?? []
            }
            if AddressBook.isInside(rings, latitude: latitude, longitude: longitude) { return row[0] }
        }
        return nil
    }

    /// Even-odd over all rings, so that a hole is outside.
    static func isInside(_ rings: [[Position]], latitude: Double, longitude: Double) -> Bool {
        var isInside = false
        for ring in rings {
            guard var before = ring.last else { continue }
            for corner in ring {
                if (corner.latitude > latitude) != (before.latitude > latitude) {
                    let share = (latitude - corner.latitude) / (before.latitude - corner.latitude)
                    if longitude < corner.longitude + share * (before.longitude - corner.longitude) {
                        isInside.toggle()
                    }
                }
                before = corner
            }
        }
        return isInside
    }
}

extension PlaceAnswer {
    /// The same place, in a zone.
    func within(_ zone: String?) -> PlaceAnswer {
        PlaceAnswer(
            basis: basis,
            number: number,
            street: street,
            crossing: crossing,
            blockStart: blockStart,
            blockEnd: blockEnd,
            side: side,
            zone: zone,
            sureness: sureness,
            faceSureness: faceSureness,
            runnerUp: runnerUp,
            toConfirm: toConfirm
        )
    }
}
