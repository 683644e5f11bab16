// What a patrol came to: counts for a person and for a machine, and whether it is what was expected.
package import Foundation
package import ParkingCore
internal import PatrolAPI
package import SyncProtocol

/// Counts of one patrol, in the order a person asks for them.
package struct ReplaySummary: Sendable, Encodable {
    package let recording: String
    package let framesTaken: Int
    package let framesDropped: Int
    package let platesRead: Int
    /// Reads by answer and kind: "clear session", "alert noPermit", "secondLook".
    package let answers: [String: Int]
    package let alertsWaiting: Int
    package let tickets: [IssuedTicket]
    package let unsent: Int
    package let seconds: Double
    /// Media seconds worked on in one second.
    package let speed: Double
    /// Sentences; empty when all is as expected; nil when nothing was said to be expected.
    package let differences: [String]?

    package struct IssuedTicket: Sendable, Encodable {
        package let number: TicketNumber
        package let plate: Plate
        package let infraction: String
    }

    package init(
        recording: String,
        framesTaken: Int,
        framesDropped: Int,
        reads: [ReadFact],
        alertsWaiting: Int,
        tickets: [Ticket],
        unsent: Int,
        seconds: Double,
        mediaSeconds: Double,
        expected: ExpectedOutcome?
    ) {
        self.recording = recording
        self.framesTaken = framesTaken
        self.framesDropped = framesDropped
        // One read a car: neither what was replaced nor what another camera saw as well.
        let replaced = Set(reads.compactMap(\.sameCar).filter(\.isReplaced).map(\.read))
        let reads = reads.filter { $0.sameCar?.isReplaced != false && !replaced.contains($0.read.id) }
        platesRead = reads.count
        answers = Dictionary(reads.map { ($0.judgement.label, 1) }, uniquingKeysWith: +)
        self.alertsWaiting = alertsWaiting
        self.tickets = tickets.sorted { $0.number < $1.number }.map {
            IssuedTicket(number: $0.number, plate: $0.plate, infraction: $0.infraction.code)
        }
        self.unsent = unsent
        self.seconds = (seconds * 100).rounded() / 100
        speed = (mediaSeconds / max(seconds, 0.001) * 100).rounded() / 100
        differences = expected?.differences(reads: reads, tickets: tickets)
    }

    /// Lines for a terminal.
    package var text: String {
        var lines = ["plates read     \(platesRead)   (\(framesTaken) frames, \(framesDropped) dropped)"]
        for (label, count) in answers.sorted(by: { ($0.key, $0.value) < ($1.key, $1.value) }) {
            lines.append("  \(label.padding(toLength: 22, withPad: " ", startingAt: 0)) \(count)")
        }
        lines.append("alerts waiting  \(alertsWaiting)")
        lines.append("tickets         \(tickets.count)")
        for ticket in tickets { lines.append("  \(ticket.number)  \(ticket.plate)  \(ticket.infraction)") }
        lines.append("not yet sent    \(unsent)")
        lines.append("time            \(seconds) s, \(speed) times as fast as it was driven")
        if let differences {
            lines.append(differences.isEmpty ? "as expected     yes" : "as expected     NO")
            lines += differences.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// `expected.json` beside a recording: what each car's first pass must be answered.
package struct ExpectedOutcome: Sendable, Decodable {
    struct Car: Sendable, Decodable {
        let plate: Plate
        let answer: ReadSummary.Answer
        /// Kinds of the answer, gravest first.
        let reasons: [String]
        /// Ticketed when all alerts are accepted.
        let ticket: Bool
    }

    let version: Int
    let cars: [Car]

    package init(file: URL) throws(EngineError) {
        do {
            self = try WireCoding.decoder().decode(ExpectedOutcome.self, from: try Data(contentsOf: file))
        } catch {
            throw EngineError(.recording, "\(file.path) is no expected outcome", cause: error)
        }
        guard version == 1 else {
            throw EngineError(.recording, "\(file.path) has version \(version); this program reads version 1")
        }
    }

    func differences(reads facts: [ReadFact], tickets issued: [Ticket]) -> [String] {
        var found: [String] = []
        var first: [Plate: ReadFact] = [:]
        for fact in facts.sorted(by: { $0.read.time < $1.read.time }) where first[fact.read.reading.plate] == nil {
            first[fact.read.reading.plate] = fact
        }
        for car in cars {
            let wanted = ([car.answer.rawValue] + car.reasons).joined(separator: " ")
            guard let fact = first.removeValue(forKey: car.plate) else {
                found.append("\(car.plate) was not read (expected: \(wanted))")
                continue
            }
            let kinds = fact.judgement.kinds
            if fact.judgement.answer != car.answer || kinds != car.reasons {
                let answered = ([fact.judgement.answer.rawValue] + kinds).joined(separator: " ")
                found.append("\(car.plate) was answered '\(answered)' (expected: \(wanted))")
            }
        }
        found += first.keys.sorted().map { "\($0) was read, but no such car is in the recording" }
        let plates = issued.map(\.plate).sorted()
        let wanted = cars.filter(\.ticket).map(\.plate).sorted()
        if plates != wanted {
            found.append(
                "tickets went to \(plates.map(\.text).joined(separator: ", ")) (expected: "
                    + "\(wanted.map(\.text).joined(separator: ", ")))"
            )
        }
        return found
    }
}

extension Judgement {
    var answer: ReadSummary.Answer {
        switch self {
        case .clear: .clear
        case .alert: .alert
        case .secondLook: .secondLook
        }
    }

    /// Each reason in one word, gravest first; of a second look the doubts, then the alerts behind them.
    var kinds: [String] {
        switch self {
        case .clear(let reason): [reason.kind]
        case .alert(let alerts): alerts.map(\.kind.rawValue)
        case .secondLook(let reasons, let alerts): reasons.map(\.kind) + alerts.map(\.kind.rawValue)
        }
    }

    /// Answer and gravest kind, as the summary counts them.
    var label: String { ([answer.rawValue] + kinds.prefix(1)).joined(separator: " ") }
}

extension ClearReason {
    fileprivate var kind: String {
        switch self {
        case .session: "session"
        case .permit: "permit"
        case .exemption: "exemption"
        case .grace: "grace"
        case .permitGrace: "permitGrace"
        case .paidOnArrival: "paidOnArrival"
        case .ruleJustBegan: "ruleJustBegan"
        case .withinLimit: "withinLimit"
        case .nearMatch: "nearMatch"
        case .noRule: "noRule"
        case .repeated: "repeated"
        }
    }
}

extension Alert {
    var kind: AlertSummary.Kind {
        switch self {
        case .noSession: .noSession
        case .noPermit: .noPermit
        case .overtime: .overtime
        case .banned: .banned
        case .sharedPermit: .sharedPermit
        case .scofflaw: .scofflaw
        case .watchlist: .watchlist
        }
    }
}

extension SecondLookReason {
    fileprivate var kind: String {
        switch self {
        case .unsureRead: "unsureRead"
        case .nearMatch: "nearMatch"
        case .noFix: "noFix"
        case .nearZoneEdge: "nearZoneEdge"
        case .staleFeed: "staleFeed"
        case .unknownZone: "unknownZone"
        case .clockUnknown: "clockUnknown"
        case .mayHaveMoved: "mayHaveMoved"
        case .stoodElsewhere: "stoodElsewhere"
        case .earlierPassDiffers: "earlierPassDiffers"
        case .mayHaveLeft: "mayHaveLeft"
        case .otherUnsure: "otherUnsure"
        case .unusualPlate: "unusualPlate"
        case .mayBeCut: "mayBeCut"
        }
    }
}
