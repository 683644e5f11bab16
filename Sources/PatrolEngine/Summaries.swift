// Facts in the words of the console: what PatrolAPI shows of a read, an alert, a ticket.
internal import ParkingCore
internal import PatrolAPI
internal import SyncProtocol

extension ReadSummary {
    init(_ fact: ReadFact, city: City) {
        self.init(
            id: fact.read.id,
            time: fact.read.time,
            camera: fact.read.camera,
            plate: fact.read.reading.plate.text,
            confidence: fact.read.reading.confidence,
            answer: fact.judgement.answer,
            reason: fact.judgement.explanation(language: .en, city: city).first ?? ""
        )
    }
}

extension AlertSummary {
    /// nil for a read that is clear: nobody waits for a decision on it.
    init?(_ fact: ReadFact, city: City) {
        let kind: Kind
        let infraction = fact.judgement.ticketableInfraction(in: city, at: fact.read.time)
        switch fact.judgement {
        case .clear: return nil
        case .secondLook: kind = .secondLook
        case .alert(let alerts):
            guard let gravest = alerts.first else { return nil }
            kind = gravest.kind
        }
        self.init(
            id: fact.read.id,
            time: fact.read.time,
            camera: fact.read.camera,
            plate: fact.read.reading.plate.text,
            confidence: fact.read.reading.confidence,
            alternates: fact.read.reading.alternates,
            kind: kind,
            reasons: fact.judgement.explanation(language: .en, city: city),
            ticketFor: infraction.map { "\($0.code) \($0.title.en)" },
            fineCents: infraction?.fineCents,
            place: placeName(of: fact, in: city),
            closeUp: fact.photos.first { $0.role == .closeUp }?.sha256,
            context: fact.photos.first { $0.role == .context }?.sha256,
            colour: fact.read.colour,
            firstPass: fact.chalk?.first.map { FirstPassSummary($0) }
        )
    }
}

/// Where a read was, in words: the street address with what is to be confirmed, else the zone's name, else the position,
/// else that it is not known.
func placeName(of fact: ReadFact, in city: City) -> String {
    if let place = fact.place {
        let doubts = place.toConfirm.map(\.rawValue).joined(separator: ", ")
        return doubts.isEmpty ? place.text.en : "\(place.text.en) (confirm \(doubts))"
    }
    if let zone = fact.zone, let found = city.zones.first(where: { $0.zone == zone }) { return found.name }
    guard let point = fact.fix?.point else { return "position not known" }
    return "\(degrees(point.latitude)), \(degrees(point.longitude))"
}

/// Five decimals, about a metre.
private func degrees(_ value: Double) -> String {
    let scaled = (abs(value) * 100_000).rounded()
    let whole = Int(scaled) / 100_000
    let fraction = String(Int(scaled) % 100_000)
    return "\(value < 0 ? "-" : "")\(whole).\(String(repeating: "0", count: 5 - fraction.count))\(fraction)"
}
