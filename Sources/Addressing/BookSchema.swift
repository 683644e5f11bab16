// How the book lies on disk: one SQLite file of its own, written once by an import, then only read.
internal import GRDB
internal import ParkingCore

enum BookSchema {
    /// "CSPA" in the file's header: whose file it is.
    static let applicationID: Int32 = 0x4353_5041
    static let version: Int32 = 1

    static let sql = """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        CREATE TABLE source (file TEXT NOT NULL, imported_at TEXT NOT NULL);
        CREATE TABLE report (json TEXT NOT NULL);
        CREATE TABLE street (street INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE piece (
            piece INTEGER PRIMARY KEY,
            street INTEGER NOT NULL REFERENCES street,
            block INTEGER NOT NULL,
            line BLOB NOT NULL CHECK (length(line) >= 16 AND length(line) % 8 = 0),
            from_left INTEGER, to_left INTEGER, from_right INTEGER, to_right INTEGER,
            start_crossing INTEGER REFERENCES street, start_distance REAL,
            end_crossing INTEGER REFERENCES street, end_distance REAL,
            start_node INTEGER NOT NULL, end_node INTEGER NOT NULL
        );
        CREATE VIRTUAL TABLE piece_box USING rtree (piece, west, east, south, north);
        CREATE TABLE address (
            piece INTEGER NOT NULL REFERENCES piece,
            is_left INTEGER NOT NULL CHECK (is_left IN (0, 1)),
            number INTEGER NOT NULL CHECK (number > 0),
            suffix TEXT NOT NULL,
            offset REAL NOT NULL CHECK (offset >= 0),
            PRIMARY KEY (piece, is_left, number, suffix)
        ) WITHOUT ROWID;
        CREATE TABLE zone (zone INTEGER PRIMARY KEY, name TEXT NOT NULL, rings BLOB NOT NULL);
        CREATE VIRTUAL TABLE zone_box USING rtree (zone, west, east, south, north);
        """

    static let insertBox = "(?, ?, ?, ?, ?)"
}

/// Positions as pairs of 32-bit ten-millionths of a degree (1 cm), longitude first, little-endian.
enum PackedLine {
    static func pack(_ line: some Sequence<Position>) -> [UInt8] {
        var bytes: [UInt8] = []
        for position in line {
            for value in [position.longitude, position.latitude] {
                let scaled = Int32((value * 1e7).rounded())
                withUnsafeBytes(of: scaled.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    static func unpack(_ bytes: UnsafeRawBufferPointer) -> [Position] {
        var positions: [Position] = []
        positions.reserveCapacity(bytes.count / 8)
        for start in stride(from: 0, to: bytes.count - 7, by: 8) {
            let x = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int32.self))
            let y = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: Int32.self))
            positions.append(Position(longitude: Double(x) / 1e7, latitude: Double(y) / 1e7))
        }
        return positions
    }

    /// Rings one after the other, each led by its count.
    static func pack(rings: [[Position]]) -> [UInt8] {
        rings.reduce(into: []) { bytes, ring in
            withUnsafeBytes(of: Int32(ring.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes += pack(ring)
        }
    }

    static func unpack(rings bytes: UnsafeRawBufferPointer) -> [[Position]] {
        var rings: [[Position]] = []
        var start = 0
        while start + 4 <= bytes.count {
            let count = Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int32.self)))
            start += 4
            guard count >= 0, start + count * 8 <= bytes.count else { break }
            rings.append(unpack(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count * 8)])))
            start += count * 8
        }
        return rings
    }
}

/// What a book holds.
package struct AddressBookSummary: Hashable, Sendable, Codable {
    package let streets: Int
    package let streetPieces: Int
    package let addressPoints: Int
    package let zones: Int
    package let sources: [Source]
    package let report: PlaceImportReport?

    package struct Source: Hashable, Sendable, Codable {
        package let file: String
        package let importedAt: String
    }
}
