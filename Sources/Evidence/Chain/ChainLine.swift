// One bundle of the chain as a line of text: a signed header, and the record that the header's hash stands for.
//
//     {"header":{...},"record":{...},"signature":"128 hex digits"}
//
// Header and record each stand in the form of RFC 8785, and so does the line as a whole: no byte of it can be another
// and mean the same. The signature (Ed25519) is over the header's bytes; the header holds the SHA-256 of the record's
// bytes and that of the header before it. So a line can be shown without its record, when the record is another car's
// business, and the chain still holds.
internal import Crypto
package import Foundation
package import ParkingCore

/// A place in the chain: a bundle's number, and the SHA-256 of its header.
package struct ChainPoint: Hashable, Sendable, Codable {
    package let sequence: Int64
    /// 64 lower-case hex digits.
    package let sha256: String

    package init(sequence: Int64, sha256: String) {
        self.sequence = sequence
        self.sha256 = sha256
    }
}

/// What the clock was when a bundle was made.
package struct ClockStamp: Hashable, Sendable {
    /// "ntp", "gpsd", "none", or "recording" for a replay.
    package let source: String
    /// False: nothing vouched for the time.
    package let isTrusted: Bool
    /// The machine's clock less the receiver's; nil: not known.
    package let offsetSeconds: Double?
    /// Seconds on a clock that nobody sets, within one run of the program; nil: there is none (a replay).
    package let uptimeSeconds: Double?
    /// Names the program's run.
    package let run: UUIDv7

    package init(source: String, isTrusted: Bool, offsetSeconds: Double?, uptimeSeconds: Double?, run: UUIDv7) {
        self.source = source
        self.isTrusted = isTrusted
        self.offsetSeconds = offsetSeconds
        self.uptimeSeconds = uptimeSeconds
        self.run = run
    }
}

package struct ChainHeader: Hashable, Sendable {
    package let vehicle: VehicleID
    /// 1, 2, 3 ... without a gap, per vehicle.
    package let sequence: Int64
    /// SHA-256 of the header before this one; 64 zeros for the first.
    package let previous: String
    /// SHA-256 of the record.
    package let record: String
    /// The fact that the record is about.
    package let fact: UUIDv7
    /// The fact's kind, such as "read".
    package let kind: String
    package let time: Date
    package let clock: ClockStamp
    /// Name of the key that signs.
    package let key: String
    /// The database does not know the bundles from this one to the one before: the program was cut before it could
    /// commit, or an older database was put in place.
    package let withdraws: Int64?

    static let format = "curbside-patrol evidence 1"
    package static let noPrevious = String(repeating: "0", count: 64)

    var json: CanonicalJSON {
        var clock: [String: CanonicalJSON] = [
            "run": .text(self.clock.run.description), "source": .text(self.clock.source),
            "trusted": .truth(self.clock.isTrusted),
        ]
        clock["offsetSeconds"] = self.clock.offsetSeconds.map { .number($0) }
        clock["uptimeSeconds"] = self.clock.uptimeSeconds.map { .number($0) }
        var members: [String: CanonicalJSON] = [
            "clock": .object(clock), "fact": .text(fact.description), "format": .text(ChainHeader.format),
            "key": .text(key), "kind": .text(kind), "previous": .text(previous), "record": .text(record),
            "sequence": .integer(sequence), "time": .text(WireCoding.text(time)), "vehicle": .text(vehicle.text),
        ]
        members["withdraws"] = withdraws.map { .integer($0) }
        return .object(members)
    }

    /// nil for what is no header of this format.
    init?(_ json: CanonicalJSON) {
        guard json["format"]?.text == ChainHeader.format,
            let vehicle = json["vehicle"]?.text.flatMap({ try? VehicleID($0) }),
            let sequence = json["sequence"]?.integer, sequence >= 1, let previous = json["previous"]?.text,
            EvidenceFolder.isHash(previous), let record = json["record"]?.text, EvidenceFolder.isHash(record),
            let fact = json["fact"]?.text.flatMap({ try? UUIDv7($0) }), let kind = json["kind"]?.text,
            let time = json["time"]?.text.flatMap(WireCoding.date), let key = json["key"]?.text,
            let clock = ClockStamp(json["clock"])
        else { return nil }
        self.init(
            vehicle: vehicle,
            sequence: sequence,
            previous: previous,
            record: record,
            fact: fact,
            kind: kind,
            time: time,
            clock: clock,
            key: key,
            withdraws: json["withdraws"]?.integer
        )
    }

    init(
        vehicle: VehicleID,
        sequence: Int64,
        previous: String,
        record: String,
        fact: UUIDv7,
        kind: String,
        time: Date,
        clock: ClockStamp,
        key: String,
        withdraws: Int64?
    ) {
        self.vehicle = vehicle
        self.sequence = sequence
        self.previous = previous
        self.record = record
        self.fact = fact
        self.kind = kind
        self.time = time
        self.clock = clock
        self.key = key
        self.withdraws = withdraws
    }
}

extension ClockStamp {
    fileprivate init?(_ json: CanonicalJSON?) {
        guard let json, let source = json["source"]?.text, let isTrusted = json["trusted"]?.truth,
            let run = json["run"]?.text.flatMap({ try? UUIDv7($0) })
        else { return nil }
        self.init(
            source: source,
            isTrusted: isTrusted,
            offsetSeconds: json["offsetSeconds"]?.number,
            uptimeSeconds: json["uptimeSeconds"]?.number,
            run: run
        )
    }
}

package struct ChainLine: Sendable {
    package let header: ChainHeader
    /// The header's bytes as they stand in the line.
    package let headerBytes: [UInt8]
    /// nil: the record is withheld.
    package let recordBytes: [UInt8]?
    package let signature: [UInt8]
    /// This bundle's place.
    package let point: ChainPoint

    private static let headerLabel = Array("{\"header\":".utf8)
    private static let recordLabel = Array(",\"record\":".utf8)
    private static let signatureLabel = Array(",\"signature\":\"".utf8)
    private static let end = Array("\"}".utf8)
    /// From the signature's label to the end of the line.
    private static let tailCount = signatureLabel.count + 128 + end.count

    /// Signs a header.
    init(header: ChainHeader, record: [UInt8], key: EvidenceSigningKey) throws(EvidenceError) {
        self.header = header
        headerBytes = header.json.bytes
        recordBytes = record
        signature = try key.signature(for: headerBytes)
        point = ChainPoint(sequence: header.sequence, sha256: EvidenceFolder.sha256(headerBytes))
    }

    private init(header: ChainHeader, headerBytes: [UInt8], recordBytes: [UInt8]?, signature: [UInt8]) {
        self.header = header
        self.headerBytes = headerBytes
        self.recordBytes = recordBytes
        self.signature = signature
        point = ChainPoint(sequence: header.sequence, sha256: EvidenceFolder.sha256(headerBytes))
    }

    /// Without the record.
    package var withheld: ChainLine {
        ChainLine(header: header, headerBytes: headerBytes, recordBytes: nil, signature: signature)
    }

    /// The line without a line feed.
    package var bytes: [UInt8] {
        var line = ChainLine.headerLabel + headerBytes
        if let recordBytes {
            line.append(contentsOf: ChainLine.recordLabel)
            line.append(contentsOf: recordBytes)
        }
        return line + ChainLine.signatureLabel + Array(Hex.text(signature).utf8) + ChainLine.end
    }

    /// Takes a line apart; the signature and the record's hash are not looked at yet.
    /// - Throws: `EvidenceError.notCanonical` for what no chain writes.
    package init(parsing line: some Collection<UInt8>) throws(EvidenceError) {
        let line = Array(line)
        func fault(_ what: String) -> EvidenceError { EvidenceError(.notCanonical, what) }
        guard line.starts(with: ChainLine.headerLabel), line.count > ChainLine.headerLabel.count + ChainLine.tailCount
        else { throw fault("the line is no bundle") }
        let tail = line.count - ChainLine.tailCount
        guard line[tail...].starts(with: ChainLine.signatureLabel), line.suffix(2) == ChainLine.end[...],
            let signature = Hex.bytes(line[(tail + ChainLine.signatureLabel.count)..<(line.count - 2)])
        else { throw fault("the line's signature is not where it belongs") }
        let (json, headerEnd) = try CanonicalJSON.prefix(of: line, from: ChainLine.headerLabel.count)
        let headerBytes = Array(line[ChainLine.headerLabel.count..<headerEnd])
        guard let header = ChainHeader(json), header.json.bytes == headerBytes else {
            throw fault("the header is not in the one form that it may have")
        }
        var recordBytes: [UInt8]?
        if headerEnd != tail {
            guard line[headerEnd..<tail].starts(with: ChainLine.recordLabel) else {
                throw fault("something else stands where the record belongs")
            }
            recordBytes = Array(line[(headerEnd + ChainLine.recordLabel.count)..<tail])
        }
        self.init(header: header, headerBytes: headerBytes, recordBytes: recordBytes, signature: signature)
    }
}
