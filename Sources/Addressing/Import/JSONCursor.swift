// Reads one JSON value out of bytes without building what nobody asks for: a million features pass through here.

/// Damaged JSON, at a byte of the feature.
struct JSONFault: Error { let offset: Int }

struct JSONCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0
    private var depth = 0
    private static let deepest = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipSpaces()
            return offset >= bytes.count
        }
    }

    private mutating func skipSpaces() {
        while offset < bytes.count, bytes[offset] <= 0x20 { offset += 1 }
    }

    private func fault() -> JSONFault { JSONFault(offset: offset) }

    /// The next byte that is no space, not taken.
    mutating func peek() throws(JSONFault) -> UInt8 {
        skipSpaces()
        guard offset < bytes.count else { throw fault() }
        return bytes[offset]
    }

    mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard try peek() == byte else { throw fault() }
        offset += 1
    }

    /// Calls `each` with every key; it must take the value.
    mutating func object(_ each: (String, inout JSONCursor) throws -> Void) throws {
        try enter(UInt8(ascii: "{"))
        if try peek() == UInt8(ascii: "}") { return try leave() }
        while true {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try each(key, &self)
            if try peek() != UInt8(ascii: ",") { break }
            offset += 1
        }
        guard try peek() == UInt8(ascii: "}") else { throw fault() }
        try leave()
    }

    /// Calls `each` before every element; it must take it.
    mutating func array(_ each: (inout JSONCursor) throws -> Void) throws {
        try enter(UInt8(ascii: "["))
        if try peek() == UInt8(ascii: "]") { return try leave() }
        while true {
            try each(&self)
            if try peek() != UInt8(ascii: ",") { break }
            offset += 1
        }
        guard try peek() == UInt8(ascii: "]") else { throw fault() }
        try leave()
    }

    private mutating func enter(_ byte: UInt8) throws(JSONFault) {
        try expect(byte)
        depth += 1
        guard depth <= JSONCursor.deepest else { throw fault() }
    }

    private mutating func leave() throws(JSONFault) {
        offset += 1
        depth -= 1
    }

    mutating func string() throws(JSONFault) -> String {
        try expect(UInt8(ascii: "\""))
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            if bytes[offset] == UInt8(ascii: "\\") { return try escapedString(from: start) }
            offset += 1
        }
        guard offset < bytes.count else { throw fault() }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        offset += 1
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
        var units = Array(String(decoding: bytes[start..<offset], as: UTF8.self).utf16)
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            guard bytes[offset] == UInt8(ascii: "\\") else {
                let from = offset
                while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
                    offset += 1
                }
                units += String(decoding: bytes[from..<offset], as: UTF8.self).utf16
                continue
            }
            guard offset + 1 < bytes.count else { throw fault() }
            let kind = bytes[offset + 1]
            offset += 2
            switch kind {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"), UInt8(ascii: "f"): units.append(0x20)
            case UInt8(ascii: "u"):
                guard offset + 4 <= bytes.count,
                    let unit = UInt16(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16)
                else { throw fault() }
                units.append(unit)
                offset += 4
            default: units.append(UInt16(kind))
            }
        }
        guard offset < bytes.count else { throw fault() }
        offset += 1
        return String(decoding: units, as: UTF16.self)
    }

    /// A number; what careless writers put in its place (null, NaN, Infinity) is no number: NaN.
    mutating func number() throws(JSONFault) -> Double {
        let token = try scalarToken()
        if let plain = JSONCursor.decimal(token) { return plain }
        let text = String(decoding: token, as: UTF8.self)
        return switch text {
        case "null", "NaN", "nan", "Infinity", "-Infinity", "-NaN": Double.nan
        default:
            if let value = Double(text) { value } else { throw fault() }
        }
    }

    /// A scalar as text: a string's content, a number's digits, nil for null.
    mutating func scalar() throws(JSONFault) -> String? {
        switch try peek() {
        case UInt8(ascii: "\""): return try string()
        default:
            let text = String(decoding: try scalarToken(), as: UTF8.self)
            guard text != "null" else { return nil }
            return text
        }
    }

    private mutating func scalarToken() throws(JSONFault) -> UnsafeBufferPointer<UInt8> {
        _ = try peek()
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                offset += 1
                continue
            default: break
            }
            break
        }
        guard offset > start else { throw fault() }
        return UnsafeBufferPointer(rebasing: bytes[start..<offset])
    }

    /// Plain decimals of at most 15 digits, exactly; nil for all else.
    private static func decimal(_ token: UnsafeBufferPointer<UInt8>) -> Double? {
        var index = 0
        let isNegative = token.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var digits = 0
        var mantissa: UInt64 = 0
        var places = -1
        while index < token.count {
            let byte = token[index]
            if byte >= 48, byte <= 57 {
                mantissa = mantissa * 10 + UInt64(byte - 48)
                digits += 1
                if places >= 0 { places += 1 }
            } else if byte == UInt8(ascii: "."), places < 0 {
                places = 0
            } else {
                return nil
            }
            guard digits <= 15 else { return nil }
            index += 1
        }
        guard digits > 0 else { return nil }
        // Both are exact in binary, so the quotient is rounded once, as reading the text would.
        let value = places > 0 ? Double(mantissa) / JSONCursor.powers[places] : Double(mantissa)
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// Passes over any value.
    mutating func skip() throws {
        switch try peek() {
        case UInt8(ascii: "{"): try object { _, cursor in try cursor.skip() }
        case UInt8(ascii: "["): try array { cursor in try cursor.skip() }
        case UInt8(ascii: "\""): try skipString()
        default: _ = try scalarToken()
        }
    }

    private mutating func skipString() throws(JSONFault) {
        offset += 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard offset < bytes.count else { throw fault() }
        offset += 1
    }
}
