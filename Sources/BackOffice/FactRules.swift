// What a fact must look like beyond its types, so that nothing absurd is ever kept: lengths, ranges, order.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

/// Pure checks of an upload; the sentence names the fact and the field, and repeats no text from it: vehicles log it.
enum FactRules {
    static let photoBytes = 1...20_000_000
    /// Times before the product and after its grandchildren are a broken clock or a hostile client.
    private static let years = Date(timeIntervalSince1970: 946_684_800)...Date(timeIntervalSince1970: 7_258_118_400)

    /// - Returns: what is wrong with single facts, by their sequence: the first fault of each.
    /// - Throws: `BackOfficeError.request` for a fault of the upload as a whole.
    static func check(_ upload: FactsUpload) throws(BackOfficeError) -> [Int64: String] {
        guard upload.facts.count <= FactsUpload.limit else {
            throw fault("\(upload.facts.count) facts in one upload; at most \(FactsUpload.limit) are taken at once")
        }
        var faults: [Int64: String] = [:]
        var previous: Int64 = 0
        for fact in upload.facts {
            guard fact.sequence > previous else {
                throw fault("sequence \(fact.sequence) follows \(previous); sequences start at 1 and grow")
            }
            previous = fact.sequence
            do {
                try check(fact)
            } catch {
                faults[fact.sequence] = error.message
            }
        }
        return faults
    }

    /// Whether a time may be true at all.
    static func isCredible(_ time: Date) -> Bool { years.contains(time) }

    private static func check(_ fact: RecordedFact) throws(BackOfficeError) {
        let name = "fact \(fact.sequence)"
        try time(fact.recordedAt, "\(name): recordedAt")
        if let bundle = fact.bundle {
            try count(Int(bundle.sequence), 1...1_000_000_000_000_000, "\(name): number of the evidence bundle")
            try digest(bundle.sha256, "\(name): evidence bundle")
        }
        switch fact.body {
        case .read(let body):
            try check(body, name: name)
        case .decision(let body):
            try text(body.reason ?? "", 0...500, "\(name): reason")
            if body.verdict == .rejected && (body.reason ?? "").isEmpty {
                throw fault("\(name): a rejection needs its reason")
            }
        case .ticket(let body):
            try check(body.ticket, name: name)
        case .void(let body): try text(body.reason, 1...200, "\(name): reason")
        case .reprint(let body):
            try text(body.reason, 0...200, "\(name): reason")
            try count(body.copy, 1...1000, "\(name): copy")
        case .correction(let body):
            try text(body.reason, 1...200, "\(name): reason")
            if let problem = body.details.problem { throw fault("\(name): \(problem)") }
        case .shiftStart(let body): try count(body.zones.count, 0...1000, "\(name): zones")
        case .shiftEnd(let body): try check(body.report, name: name)
        case .purge(let body):
            try check(body, name: name)
        case .erased:
            break
        }
    }

    private static func check(_ body: ReadFact, name: String) throws(BackOfficeError) {
        let reading = body.read.reading
        try time(body.read.time, "\(name): time of the read")
        try probability(reading.confidence, "\(name): confidence")
        try probability(body.read.colour?.confidence ?? 0, "\(name): confidence of the colour")
        try count(body.read.frames, 1...1_000_000, "\(name): frames")
        try count(reading.characters.count, 0...40, "\(name): characters")
        for character in reading.characters {
            try text(character.character, 1...8, "\(name): character")
            try probability(character.probability, "\(name): probability of a character")
        }
        try count(reading.alternates.count, 0...100, "\(name): alternates")
        for alternate in reading.alternates {
            try text(alternate.plate, 1...40, "\(name): alternate")
            try probability(alternate.probability, "\(name): probability of an alternate")
        }
        try count(reading.corners.count, 0...8, "\(name): corners")
        let places = [reading.box.x, reading.box.y, reading.box.width, reading.box.height]
        for value in places + reading.corners.flatMap({ [$0.x, $0.y] }) {
            try number(value, -100_000...100_000, "\(name): place in the picture")
        }
        if let fix = body.fix {
            try time(fix.time, "\(name): time of the fix")
            try number(fix.errorMetres, 0...1_000_000, "\(name): error of the fix")
            try number(fix.speedMetresPerSecond ?? 0, 0...1000, "\(name): speed")
            try number(fix.headingDegrees ?? 0, 0...360, "\(name): heading")
        }
        try count(body.feeds.count, 0...Feed.allCases.count, "\(name): feeds")
        for feed in body.feeds { try count(feed.records, 0...1_000_000_000, "\(name): records of \(feed.feed)") }
        try check(body.place, name: name)
        try count(body.photos.count, 0...8, "\(name): photos")
        for photo in body.photos {
            try digest(photo.sha256, "\(name): photo")
            guard photoBytes.contains(photo.bytes) else {
                throw fault("\(name): a photo of \(photo.bytes) bytes; 1 to \(photoBytes.upperBound) are taken")
            }
        }
    }

    private static func check(_ ticket: Ticket, name: String) throws(BackOfficeError) {
        try time(ticket.issuedAt, "\(name): issuedAt")
        if let observedAt = ticket.observedAt { try time(observedAt, "\(name): observedAt") }
        if let problem = ticket.vehicleDetails?.problem { throw fault("\(name): \(problem)") }
        try text(ticket.region ?? "", 0...60, "\(name): region")
        try text(ticket.place, 0...300, "\(name): place")
        try check(ticket.address, name: name)
        let infraction = ticket.infraction
        try text(infraction.code, 1...40, "\(name): code of the infraction")
        try text(infraction.section, 0...200, "\(name): section of the infraction")
        try text(infraction.title.en, 0...500, "\(name): title of the infraction")
        try text(infraction.title.fr, 0...500, "\(name): title of the infraction")
        try count(infraction.fineCents, 0...10_000_000, "\(name): fine in cents")
        try count(infraction.earlyPaymentCents ?? 0, 0...10_000_000, "\(name): early payment in cents")
        try count(infraction.earlyPaymentDays ?? 0, 0...3660, "\(name): days of early payment")
        try count(ticket.photos.count, 0...8, "\(name): photos")
        for photo in ticket.photos { try digest(photo, "\(name): photo") }
    }

    private static func check(_ report: ShiftReport, name: String) throws(BackOfficeError) {
        for value in [report.startedAt, report.endedAt] { try time(value, "\(name): times of the shift") }
        try number(report.distanceMetres, 0...10_000_000, "\(name): distance")
        try count(report.coverage.count, 0...1000, "\(name): zones")
        for zone in report.coverage {
            try number(zone.share, 0...1, "\(name): coverage")
            try text(zone.name, 0...200, "\(name): zone")
        }
        let tally = report.tally
        for counts in [tally.clearByReason, tally.alertsByKind, tally.rejectedByReason] {
            try count(counts.count, 0...100, "\(name): kinds")
            for (kind, value) in counts {
                try text(kind, 0...500, "\(name): kind")
                try count(value, 0...1_000_000, "\(name): counts of the shift")
            }
        }
        for value in [tally.reads, tally.secondLooks, tally.accepted, tally.waiting, tally.tickets] {
            try count(value, 0...1_000_000, "\(name): counts of the shift")
        }
        for value in [tally.voids, tally.reprints] { try count(value, 0...1_000_000, "\(name): counts of the shift") }
    }

    private static func check(_ purge: PurgeFact, name: String) throws(BackOfficeError) {
        for value in [purge.at, purge.readsBefore, purge.unsentBefore] {
            try time(value, "\(name): times of the purge")
        }
        let counts = purge.counts
        for value in [counts.reads, counts.unsentReads, counts.photos, counts.strayPhotos] {
            try count(value, 0...1_000_000_000, "\(name): counts of the purge")
        }
    }

    private static func check(_ place: PlaceAnswer?, name: String) throws(BackOfficeError) {
        guard let place else { return }
        try text(place.street, 0...200, "\(name): street")
        try text(place.number ?? "", 0...40, "\(name): civic number")
        for other in [place.crossing, place.blockStart, place.blockEnd, place.zone, place.runnerUp?.text] {
            try text(other ?? "", 0...250, "\(name): streets of the place")
        }
        for value in [place.sureness, place.faceSureness, place.runnerUp?.sureness ?? 0] {
            try number(value, 0...1.000001, "\(name): sureness of the place")
        }
        try count(place.toConfirm.count, 0...PlaceAnswer.Doubt.allCases.count, "\(name): doubts of the place")
    }

    /// A SHA-256 as 64 lower-case hex digits: also what makes a photo's name safe as a file name.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func digest(_ value: String, _ name: String) throws(BackOfficeError) {
        guard isDigest(value) else { throw fault("\(name) is no SHA-256 in 64 hex digits") }
    }

    private static func time(_ value: Date, _ name: String) throws(BackOfficeError) {
        guard isCredible(value) else { throw fault("\(name) is not between the years 2000 and 2200") }
    }

    private static func probability(_ value: Double, _ name: String) throws(BackOfficeError) {
        try number(value, 0...1, name)
    }

    private static func number(_ value: Double, _ range: ClosedRange<Double>, _ name: String) throws(BackOfficeError) {
        guard range.contains(value) else {
            throw fault("\(name) is \(value), not \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private static func count(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws(BackOfficeError) {
        guard range.contains(value) else {
            throw fault("\(name): \(value) is not \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private static func text(_ value: String, _ range: ClosedRange<Int>, _ name: String) throws(BackOfficeError) {
        guard range.contains(value.unicodeScalars.count) else {
            throw fault(
                "\(name) has \(value.unicodeScalars.count) characters, not \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    private static func fault(_ message: String) -> BackOfficeError { BackOfficeError(.request, message) }
}
