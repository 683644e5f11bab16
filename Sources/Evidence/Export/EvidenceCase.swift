// All that the chain says of one read and the ticket that came of it: what an export shows.
internal import Foundation
package import ParkingCore
package import SyncProtocol

package struct EvidenceCase: Sendable {
    /// What is asked for: a ticket by its number, or a read or ticket by its identifier.
    package enum Subject: Hashable, Sendable, CustomStringConvertible {
        case ticket(TicketNumber)
        case fact(UUIDv7)

        /// nil for what is neither.
        package init?(_ text: String) {
            if let number = try? TicketNumber(text) {
                self = .ticket(number)
            } else if let id = try? UUIDv7(text) {
                self = .fact(id)
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .ticket(let number): "ticket \(number)"
            case .fact(let id): "\(id)"
            }
        }
    }

    /// A later fact of the case, such as a decision.
    package struct Event: Sendable {
        package let header: ChainHeader
        package let point: ChainPoint
        /// nil: of a kind that this version does not know.
        package let body: FactBody?
    }

    package let header: ChainHeader
    package let point: ChainPoint
    package let read: ReadFact
    /// Of overtime: the first pass.
    package let firstPass: ChalkMark?
    package let record: CanonicalJSON
    /// After the read, in the chain's order.
    package let events: [Event]

    package var ticket: Ticket? {
        for event in events { if case .ticket(let fact)? = event.body { return fact.ticket } }
        return nil
    }

    /// nil: the ticket counts.
    package var void: VoidFact? {
        for event in events { if case .void(let fact)? = event.body { return fact } }
        return nil
    }

    package var decision: DecisionFact? {
        for event in events { if case .decision(let fact)? = event.body { return fact } }
        return nil
    }

    /// The reasons of the judgement, as sentences.
    package func words(_ language: Language) -> [String] {
        record["words"]?[language.rawValue]?.list?.compactMap(\.text) ?? []
    }

    package var timeZone: String { record["municipality"]?["timeZone"]?.text ?? "UTC" }
    package var municipality: String { record["municipality"]?["name"]?.text ?? "" }
}

/// The case's bundles as they stand in the chain, those of others without their records.
package struct CaseChain: Sendable {
    package let lines: [ChainLine]
    package let evidence: EvidenceCase

    /// Finds a case: two or three walks along the chain, with no more than the case in memory.
    /// - Throws: `EvidenceError.notFound`; what the disk says.
    package init(_ subject: EvidenceCase.Subject, in source: any EvidenceSource) throws {
        let read = try CaseChain.read(of: subject, in: source)
        var related: [Int64: CanonicalJSON] = [:]
        var names: Set<String> = [read.description]
        try CaseChain.walk(source) { line, record in
            guard line.header.fact == read || CaseChain.mentions(record["fact"]?["value"], names) else { return }
            related[line.header.sequence] = record
            if let ticket = record["fact"]?["value"]?["ticket"]?["id"]?.text { names.insert(ticket) }
        }
        guard let first = related.keys.min(), let last = related.keys.max() else { throw CaseChain.notFound(subject) }
        var lines: [ChainLine] = []
        try source.readLines { bytes, _, _ in
            guard let line = try? ChainLine(parsing: bytes) else { return true }
            let sequence = line.header.sequence
            if sequence >= first, sequence <= last { lines.append(related[sequence] == nil ? line.withheld : line) }
            return sequence < last
        }
        self.lines = lines
        evidence = try EvidenceCase(lines: lines, read: read)
    }

    private static func read(of subject: EvidenceCase.Subject, in source: any EvidenceSource) throws -> UUIDv7 {
        var found: UUIDv7?
        try walk(source) { line, record in
            let ticket = record["fact"]?["value"]?["ticket"]
            let isIt =
                switch subject {
                case .ticket(let number): ticket?["number"]?.text == number.text
                case .fact(let id): ticket?["id"]?.text == id.description
                }
            if isIt { found = ticket?["read"]?.text.flatMap { try? UUIDv7($0) } ?? found }
            if case .fact(let id) = subject, line.header.fact == id, line.header.kind == FactKind.read.rawValue {
                found = id
            }
        }
        guard let found else { throw notFound(subject) }
        return found
    }

    private static func notFound(_ subject: EvidenceCase.Subject) -> EvidenceError {
        EvidenceError(
            .notFound,
            "no evidence of \(subject) is there: only alerts and second looks are evidence, of this vehicle and data folder"
        )
    }

    private static func walk(
        _ source: any EvidenceSource,
        _ body: (ChainLine, CanonicalJSON) -> Void
    ) throws {
        try source.readLines { bytes, _, _ in
            guard let line = try? ChainLine(parsing: bytes), let record = line.recordBytes,
                let json = try? CanonicalJSON(parsing: record)
            else { return true }
            body(line, json)
            return true
        }
    }

    /// Whether a fact speaks of the case: by a member, or a member of a member.
    private static func mentions(_ value: CanonicalJSON?, _ names: Set<String>) -> Bool {
        guard case .object(let members)? = value else { return false }
        return members.values.contains { member in
            if let text = member.text { return names.contains(text) }
            guard case .object(let inner) = member else { return false }
            return inner.values.contains { $0.text.map { names.contains($0) } ?? false }
        }
    }
}

extension EvidenceCase {
    /// - Throws: `EvidenceError.notFound` unless the lines hold the read's record.
    init(lines: [ChainLine], read id: UUIDv7) throws {
        var found: (line: ChainLine, record: CanonicalJSON, read: ReadFact)?
        var events: [Event] = []
        for line in lines {
            guard let bytes = line.recordBytes else { continue }
            let record = try CanonicalJSON(parsing: bytes)
            let body = try? WireCoding.decoder().decode(FactBody.self, from: Data(record["fact"]?.bytes ?? []))
            if line.header.fact == id, case .read(let read)? = body {
                found = (line, record, read)
            } else {
                events.append(Event(header: line.header, point: line.point, body: body))
            }
        }
        guard let found else { throw EvidenceError(.notFound, "the record of read \(id) is not among the bundles") }
        header = found.line.header
        point = found.line.point
        read = found.read
        record = found.record
        firstPass = found.record["firstPass"].flatMap {
            try? WireCoding.decoder().decode(ChalkMark.self, from: Data($0.bytes))
        }
        self.events = events
    }
}
