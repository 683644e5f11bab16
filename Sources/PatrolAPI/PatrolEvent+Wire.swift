// Reads the daemon's events: the event's name says which value its data holds.
internal import Foundation
internal import ParkingCore

extension PatrolEvent {
    private struct Decided: Decodable { let id: UUIDv7 }

    /// Nil for a name that this version does not know: a newer daemon may tell more.
    /// - Throws: `APIProblem` when the data is not the JSON that the name promises.
    package init?(_ event: ServerSentEvent) throws(APIProblem) {
        guard let name = Name(rawValue: event.name) else { return nil }
        let data = Data(event.data.utf8)
        do {
            let decoder = WireCoding.decoder()
            switch name {
            case .read: self = .read(try decoder.decode(ReadSummary.self, from: data))
            case .alert: self = .alert(try decoder.decode(AlertSummary.self, from: data))
            case .decided: self = .decided(try decoder.decode(Decided.self, from: data).id)
            case .ticket: self = .ticket(try decoder.decode(TicketSummary.self, from: data))
            case .status: self = .status(try decoder.decode(PatrolStatus.self, from: data))
            }
        } catch {
            throw APIProblem(error: "the event '\(event.name)' does not hold what it should: \(error)")
        }
    }
}
