// Two systems to compare with. Both read the signs without fault and ask the server again before a ticket; they differ
// in how they take one plate for another.
package import Foundation
internal import ParkingCore

/// How a baseline matches plates.
package enum Matching: String, Sendable, CaseIterable {
    /// Character for character.
    case exact
    /// As the market leader's products come set: lists allow one character that readers take for another; overtime asks
    /// for five characters in order, four of them adjacent.
    case oneEquivalent
}

package struct Baseline: TriedSystem {
    /// The reader's own threshold from which a read counts; without one every speck would be an alert.
    static let leastConfidence = 0.5
    /// Overtime by position: within a fixed radius.
    static let radiusMetres = 15.0
    static let repeatSeconds = 3600.0

    private struct Mark {
        let plate: [UInt8]
        let point: GeoPoint
        let zone: String
        let first: Date
        var last: Date
    }

    private let town: Town
    private let history: ListHistory
    private let matching: Matching
    private var marks: [String: [Mark]] = [:]
    private var raised: [String: Date] = [:]

    package init(_ matching: Matching, town: Town, history: ListHistory) {
        self.matching = matching
        self.town = town
        self.history = history
    }

    package mutating func answer(_ sighting: Sighting) throws -> Verdict {
        let plate = sighting.read.reading.plate
        guard sighting.read.reading.confidence >= Self.leastConfidence else {
            return Verdict(.clear, zone: nil, reason: "unsure")
        }
        guard let fix = sighting.fix, let zone = zone(at: fix.point) else {
            return Verdict(.clear, zone: nil, reason: "no zone")
        }
        let now = sighting.read.time
        let records = history.answer(for: equivalents(of: plate), asOf: sighting.known)
        let since = mark(plate, at: fix.point, zone: zone, time: now)
        let broken = broken(in: zone, at: now, records: records, since: since)
        let grave = grave(records, plate)
        let name = town.zones[zone].name
        guard !broken.isEmpty || grave else { return Verdict(.clear, zone: name, reason: "right") }
        let fresh = broken.filter { infraction in
            raised["\(plate)/\(infraction)"].map { now.timeIntervalSince($0) > Self.repeatSeconds } ?? true
        }
        guard !fresh.isEmpty || broken.isEmpty else { return Verdict(.clear, zone: name, reason: "repeated") }
        for infraction in fresh { raised["\(plate)/\(infraction)"] = now }
        return Verdict(.alert, fresh, zone: name, reason: "violation", isGrave: grave)
    }

    package mutating func recheck(
        _ sighting: Sighting,
        _ verdict: Verdict,
        at time: Date,
        known: Date,
        hasLink: Bool
    ) -> LastWord {
        guard hasLink, let fix = sighting.fix, let zone = zone(at: fix.point) else {
            return .ticket(verdict.infractions)
        }
        let records = history.answer(for: equivalents(of: sighting.read.reading.plate), asOf: known)
        let overtime = verdict.infractions.intersection([Offence.overtime])
        let left = verdict.infractions.intersection(
            broken(in: zone, at: time, records: records, since: [:]).union(overtime)
        )
        return left.isEmpty ? .withdrawn : .ticket(left)
    }

    // MARK: Signs

    private func zone(at point: GeoPoint) -> Int? {
        let spot = Streets.spot(point)
        return town.zones.firstIndex {
            spot.east >= $0.west && spot.east <= $0.east && spot.north >= $0.south && spot.north <= $0.north
        }
    }

    /// - Parameter since: the first sighting, for overtime by position (false) and by zone (true).
    private func broken(in zone: Int, at time: Date, records: [ListRecord], since: [Bool: Date]) -> Set<String> {
        let exempt = records.contains { record in
            if case .exemption(let exemption) = record { exemption.validity.contains(time) } else { false }
        }
        guard !exempt else { return [] }
        let name = town.zones[zone].name
        let rules = town.zones[zone].rules(at: time, holidays: town.plan.holidays)
        return Set(
            rules.filter { rule in
                let permitted = records.contains { record in
                    guard case .permit(let permit) = record else { return false }
                    return rule.permits.contains(permit.kind.rawValue) && permit.validity.contains(time)
                        && permit.zones.contains { $0.text == name }
                }
                guard !permitted else { return false }
                switch rule.demand {
                case .noParking, .noStopping, .permit: return true
                case .timeLimit(let minutes, let wholeZone):
                    guard let first = since[wholeZone] else { return false }
                    return time.timeIntervalSince(first) > Double(minutes + rule.graceMinutes) * 60
                case .payByPlate:
                    return !records.contains { record in
                        guard case .session(let session) = record, session.zone.text == name else { return false }
                        let grace = Double(rule.graceMinutes) * 60
                        return session.validity.from <= time && time < session.validity.to.addingTimeInterval(grace)
                    }
                }
            }
            .map(\.infraction)
        )
    }

    private func grave(_ records: [ListRecord], _ plate: Plate) -> Bool {
        records.contains { record in
            switch record {
            case .scofflaw, .watchlist: true
            case .permit, .session, .exemption: false
            }
        }
    }

    // MARK: Chalk

    /// Notes a sighting, and says since when the plate stands here, and in this zone.
    private mutating func mark(_ plate: Plate, at point: GeoPoint, zone: Int, time: Date) -> [Bool: Date] {
        let name = town.zones[zone].name
        let text = Array(plate.text.utf8)
        var known = marks[name] ?? []
        known.removeAll { time.timeIntervalSince($0.last) > 6 * 3600 }
        let same = known.indices.filter { isSame(known[$0].plate, text) }
        let here = same.filter { known[$0].point.distanceMetres(to: point) <= Self.radiusMetres }
        let since = [false: here.map { known[$0].first }.min(), true: same.map { known[$0].first }.min()]
        if let index = here.first {
            known[index].last = time
        } else {
            known.append(Mark(plate: text, point: point, zone: name, first: time, last: time))
        }
        marks[name] = known
        return since.compactMapValues(\.self)
    }

    private func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        switch matching {
        case .exact: a == b
        case .oneEquivalent: a == b || Equivalence.sharesOrder(a, b)
        }
    }

    private func equivalents(of plate: Plate) -> [Plate] {
        matching == .exact ? [plate] : Equivalence.plates(of: plate)
    }
}

/// The market leader's default way of taking one plate for another.
enum Equivalence {
    private static let groups = ["0ODQ", "1IL", "2Z", "5S", "8B", "6G"].map { Array($0.utf8) }

    /// The plate and all that differ from it by one character of the same group.
    static func plates(of plate: Plate) -> [Plate] {
        let text = Array(plate.text.utf8)
        var found = [plate]
        for (index, byte) in text.enumerated() {
            for group in groups where group.contains(byte) {
                for other in group where other != byte {
                    var copy = text
                    copy[index] = other
                    if let plate = try? Plate(String(decoding: copy, as: UTF8.self)) { found.append(plate) }
                }
            }
        }
        return found
    }

    /// Whether five characters of one stand in the other in the same order, four of them side by side.
    static func sharesOrder(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        var order = [Int](repeating: 0, count: b.count + 1)
        var run = order
        var longestRun = 0
        for one in a {
            var (above, before) = (0, 0)
            for (index, other) in b.enumerated() {
                let (keptOrder, keptRun) = (order[index + 1], run[index + 1])
                order[index + 1] = one == other ? above + 1 : max(order[index + 1], order[index])
                run[index + 1] = one == other ? before + 1 : 0
                longestRun = max(longestRun, run[index + 1])
                (above, before) = (keptOrder, keptRun)
            }
        }
        return (order.last ?? 0) >= 5 && longestRun >= 4
    }
}
