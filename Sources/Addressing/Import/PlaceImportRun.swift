// One import, within its transaction: features in, rows out. Address points wait on disk until all streets are known.
internal import Foundation
internal import GRDB
internal import ParkingCore

final class PlaceImportRun {
    private(set) var report = PlaceImportReport()
    private let db: Database
    private let options: PlaceImportOptions
    private let progress: (PlaceImportProgress) -> Void
    private var streets = StreetIndex()
    private let waiting: BulkStatement
    private let zone: BulkStatement
    private let zoneBox: BulkStatement
    private var file = ""
    private var features = 0
    /// Hashes of the ids in this file: 8 bytes each, where the ids themselves would be ten times that.
    private var seen: Set<UInt64> = []

    init(
        _ db: Database,
        options: PlaceImportOptions,
        progress: @escaping (PlaceImportProgress) -> Void
    ) throws {
        self.db = db
        self.options = options
        self.progress = progress
        try db.execute(
            sql: """
                CREATE TEMP TABLE waiting (file INTEGER, place TEXT, street INTEGER, number INTEGER, suffix TEXT,
                    x REAL, y REAL);
                CREATE TEMP TABLE linked (piece INTEGER, is_left INTEGER, number INTEGER, suffix TEXT, offset REAL)
                """
        )
        waiting = try BulkStatement(db, "INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?)")
        zone = try BulkStatement(db, "INSERT INTO zone VALUES (?, ?, ?)")
        zoneBox = try BulkStatement(db, "INSERT INTO zone_box VALUES \(BookSchema.insertBox)")
    }

    // MARK: Reading

    func read(_ path: String) throws {
        file = path
        seen.removeAll(keepingCapacity: true)
        try db.execute(
            sql: "INSERT INTO source (file, imported_at) VALUES (?, ?)",
            arguments: [path, WireCoding.text(options.now)]
        )
        let number = Int(db.lastInsertedRowID)
        let input = try InputFile(path: path)
        guard var chunk = try input.next() else {
            throw AddressingError(.badFile, "\(path) is empty; export it again")
        }
        do {
            var bytes = 0
            var json: GeoJSONFile?
            var table: PlaceTable?
            if PlaceImportRun.isJSON(chunk) {
                json = GeoJSONFile(mapping: options.mapping)
            } else {
                table = PlaceTable(mapping: options.mapping)
            }
            while true {
                try json?.consume(chunk) { try take($0, file: number) }
                try table?.consume(chunk) { try take($0, file: number) }
                bytes += chunk.count
                tell(.reading, Double(bytes) / Double(max(input.size, bytes)))
                guard let next = try input.next() else { break }
                chunk = next
            }
            try json?.finish()
            try table?.finish { try take($0, file: number) }
        } catch let error as AddressingError {
            throw AddressingError(error.code, "\(path) \(error.message)", report: report)
        }
    }

    private static func isJSON(_ chunk: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = chunk.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private func tell(_ stage: PlaceImportProgress.Stage, _ share: Double) {
        progress(PlaceImportProgress(stage: stage, file: file, share: share, features: features))
    }

    private func note(_ problem: FeatureProblem, _ place: String) { report.note(problem, file: file, place: place) }

    private func take(_ feature: GeoFeature, file number: Int) throws {
        features += 1
        let shape: GeoShape
        do {
            shape = try GeometryCheck.checked(try feature.shape.get())
        } catch {
            return note(error, feature.placeWithID)
        }
        if let id = feature.properties[.identifier], !seen.insert(PlaceImportRun.hash(id)).inserted {
            return note(.duplicate, feature.placeWithID)
        }
        guard let name = feature.properties[.name], !name.trimmedSpaces.isEmpty else {
            return note(.noName, feature.placeWithID)
        }
        switch shape {
        case .lines(let parts): try takeStreet(name, parts, feature.properties)
        case .point(let position): try takeAddress(name, position, feature, file: number)
        case .areas(let areas): try takeZone(name, areas)
        }
    }

    /// FNV-1a; two of a million ids share a hash once in 40 million files.
    private static func hash(_ id: String) -> UInt64 {
        id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private func takeStreet(_ name: String, _ parts: [[Position]], _ properties: FeatureProperties) throws {
        let street = streets.street(ofLine: name)
        // Numbers of a feature in several parts belong to no one of them.
        let isWhole = parts.count == 1
        for part in parts {
            try streets.add(
                street: street,
                line: part,
                from: isWhole ? (properties.integer(.fromLeft), properties.integer(.fromRight)) : (nil, nil),
                to: isWhole ? (properties.integer(.toLeft), properties.integer(.toRight)) : (nil, nil)
            )
            report.streetPieces += 1
        }
    }

    private func takeAddress(_ name: String, _ position: Position, _ feature: GeoFeature, file number: Int) throws {
        guard let text = feature.properties[.number],
            let civic = CivicNumber.parse(text, suffix: feature.properties[.suffix])
        else { return note(.noNumber, feature.placeWithID) }
        try waiting.bind(number, at: 1)
        try waiting.bind(feature.placeWithID, at: 2)
        try waiting.bind(Int(streets.street(name)), at: 3)
        try waiting.bind(civic.number, at: 4)
        try waiting.bind(civic.suffix, at: 5)
        try waiting.bind(position.longitude, at: 6)
        try waiting.bind(position.latitude, at: 7)
        try waiting.run()
    }

    private func takeZone(_ name: String, _ areas: [[[Position]]]) throws {
        for rings in areas {
            report.zones += 1
            try zone.bind(report.zones, at: 1)
            try zone.bind(StreetName.told(name), at: 2)
            try zone.bind(PackedLine.pack(rings: rings), at: 3)
            try zone.run()
            try box(zoneBox, id: report.zones, rings.joined())
        }
    }

    private func box(_ statement: BulkStatement, id: Int, _ positions: some Sequence<Position>) throws {
        var (west, east, south, north) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        for position in positions {
            west = min(west, position.longitude)
            east = max(east, position.longitude)
            south = min(south, position.latitude)
            north = max(north, position.latitude)
        }
        try statement.bind(id, at: 1)
        for (index, value) in [west, east, south, north].enumerated() {
            try statement.bind(value, at: Int32(index + 2))
        }
        try statement.run()
    }

    // MARK: Finishing

    func finish() throws {
        try writeStreets()
        try linkAddresses()
    }

    private func writeStreets() throws {
        let street = try BulkStatement(db, "INSERT INTO street VALUES (?, ?)")
        for (index, name) in streets.names.enumerated() {
            try street.bind(index, at: 1)
            try street.bind(name, at: 2)
            try street.run()
        }
        let piece = try BulkStatement(db, "INSERT INTO piece VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let pieceBox = try BulkStatement(db, "INSERT INTO piece_box VALUES \(BookSchema.insertBox)")
        for (index, ends) in streets.blocks().enumerated() {
            let line = streets.line(index)
            let own = streets.pieces[index]
            try piece.bind(index, at: 1)
            try piece.bind(Int(own.street), at: 2)
            try piece.bind(ends.block, at: 3)
            try piece.bind(PackedLine.pack(line), at: 4)
            for (place, value) in [own.from.left, own.to.left, own.from.right, own.to.right].enumerated() {
                try piece.bind(value, at: Int32(place + 5))
            }
            try piece.bind(ends.start.map { Int($0.street) }, at: 9)
            try piece.bind(ends.start?.distance, at: 10)
            try piece.bind(ends.end.map { Int($0.street) }, at: 11)
            try piece.bind(ends.end?.distance, at: 12)
            try piece.bind(Int(own.startNode), at: 13)
            try piece.bind(Int(own.endNode), at: 14)
            try piece.run()
            try box(pieceBox, id: index, line)
        }
    }

    private func linkAddresses() throws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM waiting") ?? 0
        let files = try String.fetchAll(db, sql: "SELECT file FROM source ORDER BY rowid")
        let linked = try BulkStatement(db, "INSERT INTO linked VALUES (?, ?, ?, ?, ?)")
        var done = 0
        try BulkStatement(db, "SELECT file, place, street, number, suffix, x, y FROM waiting").rows { row in
            done += 1
            if done % 20_000 == 0 { tell(.linking, Double(done) / Double(count)) }
            let position = Position(longitude: row.real(5), latitude: row.real(6))
            let number = row.integer(3)
            guard let link = streets.link(street: Int32(row.integer(2)), number: number, at: position) else {
                let index = row.integer(0) - 1
                return report.note(
                    .streetUnknown,
                    file: files.indices.contains(index) ? files[index] : file,
                    place: row.text(1)
                )
            }
            try linked.bind(link.piece, at: 1)
            try linked.bind(link.isLeft ? 1 : 0, at: 2)
            try linked.bind(number, at: 3)
            try linked.bind(row.text(4), at: 4)
            try linked.bind(link.offset, at: 5)
            try linked.run()
        }
        tell(.sorting, 0)
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO address
                SELECT piece, is_left, number, suffix, offset FROM linked ORDER BY piece, is_left, number, suffix, offset
                """
        )
        report.addressPoints = try Int.fetchOne(db, sql: "SELECT count(*) FROM address") ?? 0
        let all = try Int.fetchOne(db, sql: "SELECT count(*) FROM linked") ?? 0
        report.repeatedAddresses = all - report.addressPoints
        tell(.sorting, 1)
    }
}
