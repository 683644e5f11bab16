// What the templates are given: texts only, so that a template decides nothing but where they stand.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

/// Head of every page; `refresh` is what the template calls it.
struct PageFrame {
    let title: String
    let city: String
    /// False where no city file was given: then times are UTC.
    let isLocal: Bool
    let onTickets: Bool
    let onReads: Bool
}

struct PhotoModel {
    let sha256: String
    let name: String
    /// Told, so that a photo on its way is no broken picture.
    let arrived: Bool
}

struct TicketModel {
    let number: String
    let plate: String
    let region: String?
    let colour: String?
    /// By the camera; the officer has not confirmed it.
    let isColourProposed: Bool
    let day: String
    let hour: String
    let instant: String
    /// When the ticket was issued, where that was a minute or more after what it is for.
    let issued: String?
    let place: String
    let zone: String
    let position: String?
    let map: String?
    let code: String
    let infraction: String
    let section: String
    let fine: String
    let early: String?
    let vehicle: String
    let officer: String
    let photos: [PhotoModel]
    let thumbnail: PhotoModel?
    /// Make, model, expiry and owner, where the officer gave them.
    let details: [DetailModel]
    let doubled: Bool
    /// "reason (officer)"; nil: the ticket counts.
    let voided: String?
    /// The number is not of a block that this vehicle was given.
    let unleased: Bool
    let reasons: [String]
    let received: String
    let read: ReadModel?
    let isReadSetAside: Bool
    let feeds: [FeedModel]
}

struct DetailModel {
    let name: String
    let text: String
}

struct FeedModel {
    let name: String
    let age: String
    let records: String
}

struct ReadModel {
    let id: String
    let plate: String
    let confidence: String
    /// Proposed; nil where the vehicle was not sure enough.
    let colour: String?
    let alternates: [AlternateModel]
    let day: String
    let hour: String
    let instant: String
    let camera: String
    let vehicle: String
    let frames: String
    let place: String
    let error: String?
    /// "clear", "alert" or "secondLook": also the style's name.
    let answer: String
    let answerName: String
    let reasons: [String]
    let decision: String?
    let ticket: String?
    let photos: [PhotoModel]
}

struct AlternateModel {
    let plate: String
    let probability: String
}

extension PageText {
    func model(_ entry: TicketEntry) -> TicketModel {
        let ticket = entry.ticket
        let photos = photos(of: entry)
        let infraction = ticket.infraction
        var early: String?
        if let cents = infraction.earlyPaymentCents, let days = infraction.earlyPaymentDays {
            early = "\(money(cents)) within \(days) days"
        }
        return TicketModel(
            number: ticket.number.text,
            plate: ticket.plate.text,
            region: entry.details.region?.text,
            colour: entry.details.colour?.text,
            isColourProposed: entry.details.colour?.isToConfirm == true,
            day: day(ticket.infractionAt),
            hour: hour(ticket.infractionAt),
            instant: WireCoding.text(ticket.infractionAt),
            issued: ticket.isIssuedAtOnce ? nil : "\(day(ticket.issuedAt)) \(hour(ticket.issuedAt))",
            place: ticket.place + (ticket.address.map { $0.isSure ? "" : " (not sure)" } ?? ""),
            zone: zone(ticket.zone),
            position: ticket.point.map(position),
            map: nil,
            code: infraction.code,
            infraction: infraction.title.en,
            section: infraction.section,
            fine: money(infraction.fineCents),
            early: early,
            vehicle: ticket.vehicle.text,
            officer: ticket.officer.text,
            photos: photos,
            thumbnail: photos.first,
            details: details(entry.details),
            doubled: entry.sameNumber > 1,
            voided: entry.void.map { "\($0.reason) (\($0.officer))" },
            unleased: !entry.isLeased,
            reasons: entry.read?.judgement.explanation(language: .en, city: city) ?? [],
            received: "\(day(entry.receivedAt)) \(hour(entry.receivedAt))",
            read: entry.read.map {
                model($0, vehicle: ticket.vehicle.text, decision: entry.decision, ticket: nil, arrived: entry.arrived)
            },
            isReadSetAside: entry.isReadSetAside,
            feeds: entry.read.map(feeds) ?? []
        )
    }

    private func details(_ details: VehicleDetails) -> [DetailModel] {
        let rows: [(String, VehicleDetails.Field?)] = [
            ("Make", details.make), ("Model", details.model), ("Plate expires", details.plateExpiry),
            ("Owner", details.owner),
        ]
        return rows.compactMap { name, field in
            field.map { DetailModel(name: name, text: $0.text + ($0.isToConfirm ? " (to be confirmed)" : "")) }
        }
    }

    func model(_ entry: ReadEntry) -> ReadModel {
        model(
            entry.read,
            vehicle: entry.vehicle,
            decision: entry.decision,
            ticket: entry.ticket,
            arrived: entry.arrived
        )
    }

    private func model(
        _ fact: ReadFact,
        vehicle: String,
        decision: DecisionFact?,
        ticket: String?,
        arrived: Set<String>
    ) -> ReadModel {
        let read = fact.read
        let (answer, name) =
            switch fact.judgement {
            case .clear: ("clear", "Clear")
            case .alert: ("alert", "Alert")
            case .secondLook: ("secondLook", "Second look")
            }
        let place =
            fact.place?.text.en ?? fact.zone.map(zone) ?? fact.fix.map { position($0.point) } ?? "position not known"
        return ReadModel(
            id: read.id.description,
            plate: read.reading.plate.text,
            confidence: percent(read.reading.confidence),
            colour: read.colour.map { "\($0.colour.name.en), \(percent($0.confidence))" },
            alternates: read.reading.alternates.prefix(4).map {
                AlternateModel(plate: $0.plate, probability: percent($0.probability))
            },
            day: day(read.time),
            hour: hour(read.time),
            instant: WireCoding.text(read.time),
            camera: read.camera.text,
            vehicle: vehicle,
            frames: read.frames == 1 ? "1 frame" : "\(read.frames) frames",
            place: place,
            error: fact.fix.map { "±\(Int($0.errorMetres.rounded(.up))) m" },
            answer: answer,
            answerName: name,
            reasons: fact.judgement.explanation(language: .en, city: city),
            decision: decision.map(words),
            ticket: ticket,
            photos: fact.photos.map {
                PhotoModel(sha256: $0.sha256, name: self.name($0.role), arrived: arrived.contains($0.sha256))
            }
        )
    }

    /// Photos of the ticket in its order, then those that only the read has.
    private func photos(of entry: TicketEntry) -> [PhotoModel] {
        let references = entry.read?.photos ?? []
        let rest = references.map(\.sha256).filter { !entry.ticket.photos.contains($0) }
        return (entry.ticket.photos + rest).map { sha256 in
            let role = references.first { $0.sha256 == sha256 }?.role
            return PhotoModel(
                sha256: sha256,
                name: role.map { name($0) } ?? "Photo",
                arrived: entry.arrived.contains(sha256)
            )
        }
    }

    private func feeds(of fact: ReadFact) -> [FeedModel] {
        fact.feeds.map { state in
            let age = state.asOf.map { self.age(fact.read.time.timeIntervalSince($0)) + " old" }
            return FeedModel(
                name: name(state.feed),
                age: age ?? "never loaded",
                records: state.records == 1 ? "1 record" : "\(state.records) records"
            )
        }
    }

    private func words(_ decision: DecisionFact) -> String {
        let reason = decision.reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        return switch decision.verdict {
        case .accepted: "Accepted by officer \(decision.officer)\(reason)"
        case .rejected: "Rejected by officer \(decision.officer)\(reason)"
        }
    }
}
