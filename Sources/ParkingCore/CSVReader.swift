// Comma-separated values as RFC 4180 has them, taken in chunks of bytes of any size: memory stays at one row.

/// What makes the rest of a file unreadable, with the line where it was seen.
package struct CSVError: Error, Hashable, CustomStringConvertible {
    package let line: Int
    package let problem: String
    package var description: String { "line \(line): \(problem)" }

    package init(line: Int, problem: String) {
        self.line = line
        self.problem = problem
    }
}

/// One row: its fields without their quotes.
package struct CSVRow: Sendable {
    /// Line of the file on which the row starts, from 1.
    package fileprivate(set) var line = 1
    /// What is wrong with the row as such; its fields then mean nothing.
    package fileprivate(set) var malformed: String?
    fileprivate var bytes: [UInt8] = []
    /// End of each field in `bytes`.
    fileprivate var ends: [Int] = []

    package var count: Int { ends.count }

    /// The field's bytes, valid UTF-8.
    package subscript(field: Int) -> ArraySlice<UInt8> { bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]] }

    package func text(_ field: Int) -> String { String(decoding: self[field], as: UTF8.self) }
}

/// The parser: `consume` each chunk in turn, then `finish`.
///
/// Lines end with LF, CRLF or CR; a byte-order mark of UTF-8 is skipped; empty lines are passed over. Anything that is
/// not UTF-8, a quote that never closes and a row that never ends stop the file with a `CSVError`.
package struct CSVReader: Sendable {
    private enum State { case fieldStart, unquoted, quoted, quoteInQuoted }

    private var state = State.fieldStart
    private var row = CSVRow()
    private var line = 1
    private var quoteLine = 1
    private var hasHighBytes = false
    private var afterCarriageReturn = false
    private var start: [UInt8]? = []
    private let maximumRowBytes: Int

    package init(maximumRowBytes: Int = 65_536) { self.maximumRowBytes = maximumRowBytes }

    package mutating func consume(_ chunk: UnsafeBufferPointer<UInt8>, each: (CSVRow) throws -> Void) throws {
        guard var head = start else { return try parse(chunk, each: each) }
        head.append(contentsOf: chunk)
        guard head.count >= 3 else {
            start = head
            return
        }
        start = nil
        try parse(head, each: each)
    }

    package mutating func finish(each: (CSVRow) throws -> Void) throws {
        if let head = start {
            start = nil
            try parse(head, each: each)
        }
        if state == .quoted {
            throw CSVError(line: quoteLine, problem: "a quote opens here and never closes; close it or double it")
        }
        if !row.bytes.isEmpty || !row.ends.isEmpty || state != .fieldStart { try endRow(each) }
    }

    private mutating func parse(_ head: [UInt8], each: (CSVRow) throws -> Void) throws {
        if head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE]) {
            throw CSVError(line: 1, problem: "the file is UTF-16; save it as UTF-8")
        }
        let body = head.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(head.dropFirst(3)) : head
        try body.withUnsafeBufferPointer { try parse($0, each: each) }
    }

    private mutating func parse(_ chunk: UnsafeBufferPointer<UInt8>, each: (CSVRow) throws -> Void) throws {
        for byte in chunk {
            if afterCarriageReturn {
                afterCarriageReturn = false
                if byte == 0x0A { continue }
            }
            if byte >= 0x80 { hasHighBytes = true }
            if byte == 0 {
                throw CSVError(line: line, problem: "a zero byte: the file is UTF-16 or no text; save it as UTF-8")
            }
            switch (state, byte) {
            case (.quoted, 0x22):
                state = .quoteInQuoted
            case (.quoted, _):
                if byte == 0x0A { line += 1 }
                try append(byte)
            case (.quoteInQuoted, 0x22):
                state = .quoted
                try append(byte)
            case (.fieldStart, 0x22):
                state = .quoted
                quoteLine = line
            case (_, 0x2C):
                row.ends.append(row.bytes.count)
                state = .fieldStart
            case (_, 0x0A), (_, 0x0D):
                afterCarriageReturn = byte == 0x0D
                try endRow(each)
                line += 1
                row.line = line
            case (.quoteInQuoted, _):
                row.malformed = "text stands after a closing quote in column \(row.ends.count + 1)"
                state = .unquoted
                try append(byte)
            default:
                if byte == 0x22 {
                    row.malformed = "a quote stands inside column \(row.ends.count + 1), which does not start with one"
                }
                state = .unquoted
                try append(byte)
            }
        }
    }

    private mutating func append(_ byte: UInt8) throws {
        row.bytes.append(byte)
        if row.bytes.count > maximumRowBytes {
            throw CSVError(
                line: row.line,
                problem: "a row of more than \(maximumRowBytes) bytes starts here; is a quote missing?"
            )
        }
    }

    private mutating func endRow(_ each: (CSVRow) throws -> Void) throws {
        defer {
            row.bytes.removeAll(keepingCapacity: true)
            row.ends.removeAll(keepingCapacity: true)
            row.malformed = nil
            state = .fieldStart
            hasHighBytes = false
        }
        if row.bytes.isEmpty && row.ends.isEmpty && state == .fieldStart { return }
        row.ends.append(row.bytes.count)
        if hasHighBytes, String(validating: row.bytes, as: UTF8.self) == nil {
            throw CSVError(line: row.line, problem: "the text is not UTF-8; save the file as UTF-8")
        }
        try each(row)
    }
}
