// JSON of which each value has exactly one form in bytes, so that a hash of it means the same everywhere.
//
// The form is RFC 8785 (JSON Canonicalization Scheme): UTF-8, members sorted by the UTF-16 units of their names, no
// white space, numbers as ECMAScript writes IEEE 754 doubles, and only the escapes that JSON demands. Any library for
// that scheme makes the same bytes.

package enum CanonicalJSON: Hashable, Sendable {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([CanonicalJSON])
    case object([String: CanonicalJSON])

    package static func integer(_ value: Int64) -> CanonicalJSON { .number(Double(value)) }

    /// The one form, UTF-8.
    /// - Precondition: every number is finite.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        write(to: &bytes)
        return bytes
    }

    package subscript(_ name: String) -> CanonicalJSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var list: [CanonicalJSON]? { if case .list(let items) = self { items } else { nil } }
    package var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }
    package var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// A whole number that a double holds exactly.
    package var integer: Int64? {
        guard let number, abs(number) <= 9_007_199_254_740_992 else { return nil }
        return Int64(exactly: number)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .truth(let truth): bytes.append(contentsOf: (truth ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: CanonicalNumber.text(number).utf8)
        case .text(let text): CanonicalJSON.write(text, to: &bytes)
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let names = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, name) in names.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                CanonicalJSON.write(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                members[name]?.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20: bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8 + hex(byte))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hex(_ byte: UInt8) -> [UInt8] { Array(String(byte, radix: 16).utf8) }
}

/// Numbers as ECMAScript's Number::toString writes them: the fewest digits that mean the same double.
enum CanonicalNumber {
    /// - Precondition: the number is finite.
    static func text(_ number: Double) -> String {
        precondition(number.isFinite, "JSON has no form for \(number)")
        if number == 0 { return "0" }
        if let whole = Int64(exactly: number), abs(whole) <= 9_007_199_254_740_992 { return String(whole) }
        let (digits, point) = shortest(abs(number))
        return (number < 0 ? "-" : "") + text(digits: digits, point: point)
    }

    /// Swift prints the fewest digits too, laid out in its own way: they are taken out of its text.
    /// - Returns: digits without zeros at either end, and how many of them stand before the point.
    private static func shortest(_ number: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(number.description.utf8)
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"):
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                return trimmed(digits, point: (point ?? digits.count) + exponent)
            default: digits.append(byte)
            }
        }
        return trimmed(digits, point: point ?? digits.count)
    }

    private static func trimmed(_ digits: [UInt8], point: Int) -> (digits: [UInt8], point: Int) {
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        var rest = digits.dropFirst(leading)
        while rest.last == UInt8(ascii: "0") { rest.removeLast() }
        return (Array(rest), point - leading)
    }

    private static func text(digits: [UInt8], point: Int) -> String {
        func text(_ part: some Sequence<UInt8>) -> String { String(decoding: Array(part), as: UTF8.self) }
        let zeros = { (count: Int) in String(repeating: "0", count: max(0, count)) }
        if digits.count <= point, point <= 21 { return text(digits) + zeros(point - digits.count) }
        if point > 0, point <= 21 { return text(digits.prefix(point)) + "." + text(digits.dropFirst(point)) }
        if point > -6, point <= 0 { return "0." + zeros(-point) + text(digits) }
        let exponent = point - 1
        let tail = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
        return text(digits.prefix(1)) + tail + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
    }
}
