// What an officer's shift came to: counted from what was recorded, and from the way that was driven.
package import struct Foundation.Date

/// Counts of what was recorded in a shift.
package struct ShiftTally: Hashable, Sendable, Codable {
    /// Cars that were read; a read that a better one replaced counts once.
    package var reads = 0
    /// Clear reads by the reason why, such as "session"; "repeated" is a car that was raised before.
    package var clearByReason: [String: Int] = [:]
    /// Alerts by their gravest kind, such as "noSession".
    package var alertsByKind: [String: Int] = [:]
    package var secondLooks = 0
    package var accepted = 0
    package var rejectedByReason: [String: Int] = [:]
    /// Alerts and second looks that nobody decided on.
    package var waiting = 0
    package var tickets = 0
    package var fineCents = 0
    package var voids = 0
    package var reprints = 0

    package init() {}

    package var rejected: Int { rejectedByReason.values.reduce(0, +) }
    package var alerts: Int { alertsByKind.values.reduce(0, +) }

    /// Why a car is clear that a rule applied to.
    private static let keptRule = [
        "session", "permit", "exemption", "grace", "permitGrace", "paidOnArrival", "withinLimit",
    ]

    /// Of the cars that a rule applied to, the share that kept it, against those that were accepted as violations. nil:
    /// no rule applied to any.
    package var compliance: Double? {
        let kept = ShiftTally.keptRule.reduce(0) { $0 + (clearByReason[$1] ?? 0) }
        let all = kept + accepted
        return all == 0 ? nil : Double(kept) / Double(all)
    }
}

/// How much of a zone the patrol came past.
package struct ZoneCoverage: Hashable, Sendable, Codable {
    package let zone: ZoneID
    package let name: String
    /// 0 to 1 of the zone's area, which stands for its spaces.
    package let share: Double

    package init(zone: ZoneID, name: String, share: Double) {
        self.zone = zone
        self.name = name
        self.share = share
    }
}

package struct ShiftReport: Hashable, Sendable, Codable {
    package let shift: UUIDv7
    package let vehicle: VehicleID
    package let officer: OfficerID
    package let startedAt: Date
    package let endedAt: Date
    package let tally: ShiftTally
    package let distanceMetres: Double
    /// Of the assigned zones; of all where none were assigned.
    package let coverage: [ZoneCoverage]

    package init(
        shift: UUIDv7,
        vehicle: VehicleID,
        officer: OfficerID,
        startedAt: Date,
        endedAt: Date,
        tally: ShiftTally,
        distanceMetres: Double,
        coverage: [ZoneCoverage]
    ) {
        self.shift = shift
        self.vehicle = vehicle
        self.officer = officer
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.tally = tally
        self.distanceMetres = distanceMetres
        self.coverage = coverage
    }

    /// One line a figure, for a screen or a page: a heading without a value, or a name with one.
    package func lines(_ language: Language) -> [(name: String, value: String)] {
        func pick(_ en: String, _ fr: String) -> String { LocalizedText(en: en, fr: fr)[language] }
        func listed(_ counts: [String: Int]) -> [(String, String)] {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ("  " + $0.key, "\($0.value)") }
        }
        let minutes = max(0, Int(endedAt.timeIntervalSince(startedAt) / 60))
        var lines: [(String, String)] = [
            (pick("Duration", "Durée"), "\(minutes / 60) h \(minutes % 60) min"),
            (pick("Driven", "Parcouru"), "\((distanceMetres / 100).rounded() / 10) km"),
            (pick("Cars read", "Autos lues"), "\(tally.reads)"),
            (pick("Alerts", "Alertes"), "\(tally.alerts)"),
        ]
        lines += listed(tally.alertsByKind)
        lines += [
            (pick("Second looks", "À vérifier"), "\(tally.secondLooks)"),
            (pick("Accepted", "Acceptées"), "\(tally.accepted)"),
            (pick("Rejected", "Refusées"), "\(tally.rejected)"),
        ]
        lines += listed(tally.rejectedByReason)
        lines += [
            (pick("Not decided", "Non décidées"), "\(tally.waiting)"),
            (pick("Tickets", "Avis"), "\(tally.tickets)"),
            (pick("Fines", "Amendes"), ShiftReport.money(tally.fineCents)),
            (pick("Void", "Annulés"), "\(tally.voids)"),
            (pick("Copies", "Copies"), "\(tally.reprints)"),
            (pick("Compliance", "Conformité"), tally.compliance.map(ShiftReport.percent) ?? "-"),
        ]
        if !coverage.isEmpty { lines.append((pick("Coverage", "Couverture"), "")) }
        lines += coverage.map { ("  " + $0.name, ShiftReport.percent($0.share)) }
        return lines
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    private static func money(_ cents: Int) -> String {
        "$\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
