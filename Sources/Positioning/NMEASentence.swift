// One sentence of NMEA 0183, checked: "$TTSSS,field,field*HH".

struct NMEASentence: Equatable {
    /// The last three letters of the address, such as GGA; the first two say which satellites (GP, GN, GL ...).
    let type: String
    let fields: [Substring]

    /// - Throws: `NMEAFault` saying what is wrong with the line.
    init(_ line: Substring) throws(NMEAFault) {
        guard let start = line.first, start == "$" || start == "!" else { throw .noSentence }
        guard line.utf8.count <= 120 else { throw .tooLong }
        guard let star = line.lastIndex(of: "*") else { throw .noChecksum }
        let body = line[line.index(after: line.startIndex)..<star]
        let digits = line[line.index(after: star)...]
        guard digits.utf8.count == 2, let expected = UInt8(digits, radix: 16) else { throw .noChecksum }
        guard body.utf8.reduce(0, ^) == expected else { throw .wrongChecksum }
        let parts = body.split(separator: ",", omittingEmptySubsequences: false)
        guard let address = parts.first, address.utf8.count >= 5 else { throw .noSentence }
        type = String(address.suffix(3))
        fields = Array(parts.dropFirst())
    }

    /// Field `index`, empty ones as nil.
    func field(_ index: Int) -> Substring? {
        guard index < fields.count, !fields[index].isEmpty else { return nil }
        return fields[index]
    }

    func number(_ index: Int) -> Double? {
        guard let text = field(index), let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Degrees from "ddmm.mmmm" (or "dddmm.mmmm") at `index` and the hemisphere behind it.
    func degrees(_ index: Int, negative: Substring) -> Double? {
        guard let value = number(index), value >= 0, let hemisphere = field(index + 1) else { return nil }
        let whole = (value / 100).rounded(.down)
        let minutes = value - whole * 100
        guard minutes < 60 else { return nil }
        let degrees = whole + minutes / 60
        return hemisphere == negative ? -degrees : degrees
    }

    /// Seconds since midnight from "hhmmss.sss" at `index`; 60 is possible in a leap second.
    func secondsOfDay(_ index: Int) -> Double? {
        guard let value = number(index), value >= 0 else { return nil }
        let hours = (value / 10_000).rounded(.down)
        let minutes = (value / 100).rounded(.down) - hours * 100
        let seconds = value - hours * 10_000 - minutes * 100
        guard hours < 24, minutes < 60, seconds < 61 else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }
}

enum NMEAFault: String, Error, CaseIterable {
    case noSentence = "no NMEA sentence"
    case tooLong = "longer than any NMEA sentence"
    case noChecksum = "without a checksum"
    case wrongChecksum = "with a wrong checksum"
    case badField = "with a field that makes no sense"
}
