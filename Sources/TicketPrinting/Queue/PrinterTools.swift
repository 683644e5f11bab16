// What a technician does with printers: list them, try one, watch one. Nothing of it is kept.
package import Foundation
package import ParkingCore

package enum PrinterTools {
    /// The printers that cupsd has.
    /// - Parameter server: cupsd's Unix socket or HOST[:PORT]; nil: CUPS' own default.
    /// - Throws: `TicketPrintError.unreachable`.
    package static func list(server: String?) async throws -> [PrinterReport] {
        let spooler = Spooler(address: server.map(IPPAddress.init(spooler:)) ?? .spooler)
        let worker = WorkerThread(name: "printers")
        return try await worker.perform {
            Result { () throws(TicketPrintError) in try spooler.printers() }
        }.get()
    }

    /// A ticket that is worth nothing, with every field filled in.
    package static func specimen(at time: Date) throws -> Ticket {
        Ticket(
            id: UUIDv7(at: time),
            number: try TicketNumber(serial: TicketNumber.serials.upperBound),
            read: UUIDv7(at: time),
            issuedAt: time,
            plate: try Plate("SPECIMEN"),
            region: "CA-ON",
            vehicle: try VehicleID("specimen"),
            officer: try OfficerID("0"),
            zone: try ZoneID("specimen"),
            place: "1 Specimen Street / 1, rue Sp\u{E9}cimen",
            point: try GeoPoint(latitude: 45.42472, longitude: -75.69500),
            infraction: Infraction(
                code: "P-0",
                section: "0",
                title: LocalizedText(
                    en: "Specimen, worth nothing: no vehicle was seen",
                    fr: "Sp\u{E9}cimen sans valeur : aucun v\u{E9}hicule observ\u{E9}"
                ),
                fineCents: 0,
                earlyPaymentCents: nil,
                earlyPaymentDays: nil
            ),
            photos: [],
            colour: .white
        )
    }

    /// A municipality for specimens where no city file is given.
    package static var specimenCity: City {
        City(
            name: "Specimen / Sp\u{E9}cimen",
            timeZone: "America/Toronto",
            regime: .administrativePenalty,
            paymentAddress: "Nothing is to be paid. / Rien n\u{2019}est \u{E0} payer.",
            reviewRights: LocalizedText(en: "This is no notice.", fr: "Ceci n\u{2019}est pas un avis."),
            zones: [],
            infractions: [],
            paymentURL: "https://specimen.example/{ticket}"
        )
    }
}

/// Prints that are forgotten at the end of the program: for specimens.
package actor PassingLedger: PrintLedger {
    private var tickets: [UUIDv7: Ticket] = [:]
    private var kept: [TicketPrint] = []

    package init() {}

    /// - Parameter attempt: names the job at CUPS, together with the number: no two runs should share it.
    package func issue(_ ticket: Ticket, attempt: Int = 1) {
        tickets[ticket.id] = ticket
        kept.append(TicketPrint(ticket: ticket.id, number: ticket.number, attempt: attempt))
    }

    package func openPrints() -> [TicketPrint] {
        kept.filter { print in
            !print.state.isFinal && !kept.contains { $0.ticket == print.ticket && $0.attempt > print.attempt }
        }
    }

    package func prints(of ticket: UUIDv7) -> [TicketPrint] { kept.filter { $0.ticket == ticket } }
    package func issuedTicket(_ id: UUIDv7) -> Ticket? { tickets[id] }
    package func add(_ print: TicketPrint, at time: Date) { kept.append(print) }

    package func keep(_ print: TicketPrint, at time: Date) {
        guard let index = kept.firstIndex(where: { $0.ticket == print.ticket && $0.attempt == print.attempt }) else {
            return
        }
        kept[index] = print
    }
}
