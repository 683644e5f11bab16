// What the page of facts set aside is given. A fact's own text is shown, as readable JSON, never interpreted.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

struct SetAsideModel {
    let vehicle: String
    let sequence: String
    let kind: String
    /// Plate of a read, number of the ticket that a fact is about; nil: it has none.
    let subject: String?
    let reason: String
    let recorded: InstantModel?
    let received: InstantModel?
    let content: String
    /// How much of the content is shown; nil: all of it.
    let shortened: String?
}

struct InstantModel {
    let day: String
    let hour: String
    let instant: String
}

extension PageText {
    /// "3 facts set aside"; nil: none.
    func setAside(_ count: Int) -> String? {
        count == 0 ? nil : count == 1 ? "1 fact set aside" : "\(count) facts set aside"
    }

    func model(_ entry: SetAsideEntry) -> SetAsideModel {
        let isWhole = entry.content.unicodeScalars.count == entry.length
        let fact = isWhole ? try? WireCoding.decoder().decode(RecordedFact.self, from: Data(entry.content.utf8)) : nil
        return SetAsideModel(
            vehicle: entry.vehicle,
            sequence: "\(entry.sequence)",
            kind: FactKind(rawValue: entry.kind).map(name) ?? entry.kind,
            subject: fact.flatMap { subject($0.body) },
            reason: entry.reason,
            recorded: entry.recordedAt.map(model),
            received: entry.receivedAt.map(model),
            content: fact.flatMap(readable) ?? entry.content,
            shortened: isWhole
                ? nil : "The first \(entry.content.unicodeScalars.count) of \(entry.length) characters:"
        )
    }

    private func model(_ time: Date) -> InstantModel {
        InstantModel(day: day(time), hour: hour(time), instant: WireCoding.text(time))
    }

    private func readable(_ fact: RecordedFact) -> String? {
        let encoder = WireCoding.encoder()
        encoder.outputFormatting.insert(.prettyPrinted)
        return (try? encoder.encode(fact)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func subject(_ body: FactBody) -> String? {
        switch body {
        case .read(let fact): fact.read.reading.plate.text
        case .ticket(let fact): fact.ticket.number.text
        case .void(let fact): fact.number.text
        case .reprint(let fact): fact.number.text
        case .correction(let fact): fact.number.text
        case .decision, .shiftStart, .shiftEnd, .purge, .erased: nil
        }
    }

    private func name(_ kind: FactKind) -> String {
        switch kind {
        case .read: "Read"
        case .decision: "Decision"
        case .ticket: "Ticket"
        case .void: "Void ticket"
        case .reprint: "Reprint"
        case .correction: "Correction"
        case .shiftStart: "Start of shift"
        case .shiftEnd: "End of shift"
        case .purge: "Purge"
        case .erased: "Erased"
        }
    }
}
