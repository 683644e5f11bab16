// What a sign says: one rule, when it holds, whom it lets off, and which infraction it makes.

package struct RuleID: ShortName {
    package static let kind = "rule name"
    package let text: String
    package init(unchecked text: String) { self.text = text }
}

package struct ParkingRule: Hashable, Sendable, Codable, Identifiable {
    /// One rule of the by-law; it may stand in several zones.
    package let id: RuleID
    package let kind: RuleKind
    /// Code of the infraction.
    package let infraction: String
    /// The rule holds while any of them does; never empty in a valid city.
    package let schedules: [Schedule]
    /// Permit kinds that the rule lets off; for `permitOnly` the kinds that it asks for.
    package let permits: [PermitKind]
    /// Minutes by which each right that ended, each limit and each beginning of the rule is given to the driver.
    package let graceMinutes: Int
    /// Nobody is held to less than this after a right or a limit, whatever the file says.
    package static let leastGraceMinutes = 1
    /// A session bought up to so many minutes after the read counts as bought on arrival.
    package let arrivalMinutes: Int
    /// Holds only while a temporary change declares this, such as "snow"; nil: needs no declaration.
    package let declaration: String?

    package init(
        id: RuleID,
        kind: RuleKind,
        infraction: String,
        schedules: [Schedule],
        permits: [PermitKind] = [],
        graceMinutes: Int = 0,
        arrivalMinutes: Int? = nil,
        declaration: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.infraction = infraction
        self.schedules = schedules
        self.permits = permits
        self.graceMinutes = graceMinutes
        self.arrivalMinutes = arrivalMinutes ?? graceMinutes
        self.declaration = declaration
    }
}

package enum RuleKind: Hashable, Sendable, Codable {
    /// A session for the zone is needed.
    case payByPlate
    /// A permit of one of the rule's kinds is needed.
    case permitOnly
    case timeLimit(TimeLimit)
    /// Neither session nor, unless the rule lets its kind off, permit helps.
    case ban(Ban)
}

/// How long one may stay.
package struct TimeLimit: Hashable, Sendable, Codable {
    /// What counts as having stayed.
    package enum Sameness: String, Hashable, Sendable, Codable, CaseIterable {
        /// Standing at the same spot.
        case position
        /// Standing anywhere in the same zone.
        case zone
    }

    package let minutes: Int
    package let same: Sameness
    /// Who comes back sooner than this has not left; nil: leaving starts the time anew.
    package let returnAfterMinutes: Int?
    /// True: the clock goes on over hours in which the rule does not hold (a limit of days). False: only hours in which
    /// it holds count.
    package let countsOutsideHours: Bool
    /// A car that was ticketed and stays may be ticketed again after another full limit.
    package let mayRepeat: Bool

    package init(
        minutes: Int,
        same: Sameness,
        returnAfterMinutes: Int? = nil,
        countsOutsideHours: Bool = false,
        mayRepeat: Bool = false
    ) {
        self.minutes = minutes
        self.same = same
        self.returnAfterMinutes = returnAfterMinutes
        self.countsOutsideHours = countsOutsideHours
        self.mayRepeat = mayRepeat
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            minutes: try values.decode(Int.self, forKey: .minutes),
            same: try values.decode(Sameness.self, forKey: .same),
            returnAfterMinutes: try values.decodeIfPresent(Int.self, forKey: .returnAfterMinutes),
            countsOutsideHours: try values.decode(Bool.self, forKey: .countsOutsideHours),
            // What was kept before the by-law could say so.
            mayRepeat: try values.decodeIfPresent(Bool.self, forKey: .mayRepeat) ?? false
        )
    }
}

package struct Ban: Hashable, Sendable, Codable {
    package enum Act: String, Hashable, Sendable, Codable, CaseIterable { case parking, stopping }
    package enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
        case sign, rushHour, snowRoute, streetCleaning, event
    }

    package let act: Act
    package let cause: Cause

    package init(act: Act, cause: Cause) {
        self.act = act
        self.cause = cause
    }
}

/// A change of the rules for some time: a snow route declared tonight, a street closed for a fair, a rule suspended.
package struct TemporaryChange: Hashable, Sendable, Codable {
    /// What residents and officers are told.
    package let name: LocalizedText
    /// Empty: all zones.
    package let zones: [ZoneID]
    package let from: LocalMoment
    package let until: LocalMoment
    package let effect: Effect

    package enum Effect: Hashable, Sendable, Codable {
        /// Rules that wait for this declaration hold by their schedules.
        case declare(String)
        /// Rules that are added, held to their schedules too.
        case add([ParkingRule])
        /// Rules that do not hold; empty: none of the zones' rules does.
        case suspend([RuleID])
    }

    package init(name: LocalizedText, zones: [ZoneID], from: LocalMoment, until: LocalMoment, effect: Effect) {
        self.name = name
        self.zones = zones
        self.from = from
        self.until = until
        self.effect = effect
    }

    var addedRules: [ParkingRule] { if case .add(let rules) = effect { rules } else { [] } }

    package func concerns(_ zone: ZoneID) -> Bool { zones.isEmpty || zones.contains(zone) }
}

/// A rule of a zone; a rule that stands in two zones is two of these.
package struct RuleInZone: Hashable, Sendable, Codable {
    package let zone: ZoneID
    package let rule: RuleID

    package init(zone: ZoneID, rule: RuleID) {
        self.zone = zone
        self.rule = rule
    }
}
