// Names of things: a distinct type each, so that a camera is never taken for a zone.
package import struct Foundation.Date
package import struct Foundation.UUID

/// A short name that configuration and files use: 1 to 64 characters, A-Z a-z 0-9 . _ -
package protocol ShortName: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    static var kind: String { get }
    var text: String { get }
    init(unchecked text: String)
}

extension ShortName {
    package init(_ text: String) throws(ShortNameError) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard (1...64).contains(text.utf8.count), allowed else { throw ShortNameError(kind: Self.kind, text: text) }
        self.init(unchecked: text)
    }

    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    package var description: String { text }
}

package struct ShortNameError: Error, CustomStringConvertible {
    package let kind: String
    package let text: String
    package var description: String {
        "'\(text.prefix(80))' is no \(kind): 1 to 64 letters, digits, dots, underscores and hyphens are allowed"
    }
}

package struct CameraID: ShortName {
    package static let kind = "camera name"
    package let text: String
    package init(unchecked text: String) { self.text = text }
}

package struct VehicleID: ShortName {
    package static let kind = "vehicle name"
    package let text: String
    package init(unchecked text: String) { self.text = text }
}

package struct ZoneID: ShortName {
    package static let kind = "zone name"
    package let text: String
    package init(unchecked text: String) { self.text = text }
}

package struct OfficerID: ShortName {
    package static let kind = "officer's badge"
    package let text: String
    package init(unchecked text: String) { self.text = text }
}

/// An identifier that sorts by the time of its making (RFC 9562, version 7): 48 bits of Unix milliseconds, then chance.
package struct UUIDv7: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let uuid: UUID

    /// - Parameters: `time` gives the first 48 bits; `generator` the other 74 (a seeded one makes simulations repeatable).
    package init(at time: Date, using generator: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
        let a = generator.next() as UInt64
        let b = generator.next() as UInt64
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        uuid = UUID(
            uuid: (
                byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24), byte(milliseconds, 16),
                byte(milliseconds, 8), byte(milliseconds, 0), 0x70 | (byte(a, 0) & 0x0F), byte(a, 8),
                0x80 | (byte(b, 0) & 0x3F), byte(b, 8), byte(b, 16), byte(b, 24), byte(b, 32), byte(b, 40), byte(b, 48),
                byte(b, 56)
            )
        )
    }

    package init(at time: Date) {
        var generator = SystemRandomNumberGenerator()
        self.init(at: time, using: &generator)
    }

    package init(_ text: String) throws(ShortNameError) {
        guard let uuid = UUID(uuidString: text), uuid.uuid.6 >> 4 == 7, uuid.uuid.8 >> 6 == 2 else {
            throw ShortNameError(kind: "UUID of version 7", text: text)
        }
        self.uuid = uuid
    }

    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String { uuid.uuidString.lowercased() }
    package static func < (a: UUIDv7, b: UUIDv7) -> Bool { a.description < b.description }
}
