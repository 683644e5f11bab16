// Reading JSON strictly: what has two meanings (a name twice, a number that no double holds) is refused.

extension CanonicalJSON {
    /// Values within values beyond this depth are refused.
    private static let deepest = 64

    /// - Throws: `EvidenceError.notCanonical` naming the byte, for what is no JSON text of RFC 8259, holds a name twice
    ///   in one object, or is nested more than 64 deep.
    package init(parsing bytes: some Collection<UInt8>) throws(EvidenceError) {
        var parser = Parser(bytes: Array(bytes))
        self = try parser.document()
    }

    /// The value that begins at `start`, and where it ends.
    /// - Throws: as `init(parsing:)`.
    static func prefix(of bytes: [UInt8], from start: Int) throws(EvidenceError) -> (value: CanonicalJSON, end: Int) {
        var parser = Parser(bytes: bytes, at: start)
        return (try parser.value(depth: 0), parser.at)
    }

    private struct Parser {
        let bytes: [UInt8]
        var at = 0

        init(bytes: [UInt8], at: Int = 0) {
            self.bytes = bytes
            self.at = at
        }

        mutating func document() throws(EvidenceError) -> CanonicalJSON {
            skipSpace()
            let value = try value(depth: 0)
            skipSpace()
            guard at == bytes.count else { throw fault("something follows the end") }
            return value
        }

        private func fault(_ what: String) -> EvidenceError {
            EvidenceError(.notCanonical, "no valid JSON at byte \(at): \(what)")
        }

        private mutating func skipSpace() {
            while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }

        mutating func value(depth: Int) throws(EvidenceError) -> CanonicalJSON {
            guard depth <= CanonicalJSON.deepest else { throw fault("nested too deep") }
            guard at < bytes.count else { throw fault("it ends too early") }
            switch bytes[at] {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try list(depth: depth)
            case UInt8(ascii: "\""): return .text(try string())
            case UInt8(ascii: "t"): return try word("true", .truth(true))
            case UInt8(ascii: "f"): return try word("false", .truth(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return try number()
            }
        }

        private mutating func word(_ text: StaticString, _ value: CanonicalJSON) throws(EvidenceError) -> CanonicalJSON
        {
            let end = at + text.utf8CodeUnitCount
            let isThere = text.withUTF8Buffer { end <= bytes.count && bytes[at..<end].elementsEqual($0) }
            guard isThere else { throw fault("no value") }
            at = end
            return value
        }

        private mutating func object(depth: Int) throws(EvidenceError) -> CanonicalJSON {
            at += 1
            var members: [String: CanonicalJSON] = [:]
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            repeat {
                skipSpace()
                guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a name is expected") }
                let name = try string()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw fault("':' is expected") }
                skipSpace()
                let value = try value(depth: depth + 1)
                guard members.updateValue(value, forKey: name) == nil else { throw fault("a name stands twice") }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw fault("'}' is expected") }
            return .object(members)
        }

        private mutating func list(depth: Int) throws(EvidenceError) -> CanonicalJSON {
            at += 1
            var items: [CanonicalJSON] = []
            skipSpace()
            if take(UInt8(ascii: "]")) { return .list(items) }
            repeat {
                skipSpace()
                items.append(try value(depth: depth + 1))
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw fault("']' is expected") }
            return .list(items)
        }

        private mutating func number() throws(EvidenceError) -> CanonicalJSON {
            let start = at
            _ = take(UInt8(ascii: "-"))
            if take(UInt8(ascii: "0")) == false { try digits() }
            if take(UInt8(ascii: ".")) { try digits() }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if take(UInt8(ascii: "+")) == false { _ = take(UInt8(ascii: "-")) }
                try digits()
            }
            guard let number = Double(String(decoding: bytes[start..<at], as: UTF8.self)), number.isFinite else {
                throw fault("a number that no double holds")
            }
            return .number(number)
        }

        private mutating func digits() throws(EvidenceError) {
            let start = at
            while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
            guard at > start else { throw fault("a digit is expected") }
        }

        private mutating func string() throws(EvidenceError) -> String {
            at += 1
            var text: [UInt8] = []
            while at < bytes.count {
                let byte = bytes[at]
                at += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: text, as: UTF8.self) else { throw fault("no UTF-8") }
                    return string
                case UInt8(ascii: "\\"): try escape(into: &text)
                case 0..<0x20: throw fault("a control character")
                default: text.append(byte)
                }
            }
            throw fault("a text without its end")
        }

        private mutating func escape(into text: inout [UInt8]) throws(EvidenceError) {
            guard at < bytes.count else { throw fault("it ends too early") }
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "u"):
                var unit = UInt32(try hexUnit())
                if unit & 0xFC00 == 0xD800 {
                    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault("half a character") }
                    let low = UInt32(try hexUnit())
                    guard low & 0xFC00 == 0xDC00 else { throw fault("half a character") }
                    unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
                }
                guard let scalar = Unicode.Scalar(unit) else { throw fault("half a character") }
                text.append(contentsOf: String(scalar).utf8)
            default: throw fault("an unknown escape")
            }
        }

        private mutating func hexUnit() throws(EvidenceError) -> UInt16 {
            guard at + 4 <= bytes.count, bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-"),
                let unit = UInt16(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
            else { throw fault("four hex digits are expected") }
            at += 4
            return unit
        }
    }
}
