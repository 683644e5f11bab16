// What a system that is tried makes of a read, in words that all of them share.
package import Foundation
package import ParkingCore

/// What a patrol vehicle knows at the moment of a read. All systems that are tried get the very same.
package struct Sighting: Sendable {
    package let read: PlateRead
    package let fix: Fix?
    package let cameraAngleDegrees: Double
    package let isClockTrusted: Bool
    /// By the machine's own clock, which no jump touches.
    package let moment: ChalkMoment
    /// Up to when the vehicle has the server's changes.
    package let known: Date
}

package struct Verdict: Sendable {
    package enum Kind: String, Sendable { case clear, alert, secondLook }
    package let kind: Kind
    /// What a ticket would name.
    package let infractions: Set<String>
    /// What the officer is told of: that, and what else is broken beside it.
    package let told: Set<String>
    package let zone: String?
    /// The name of what cleared or doubted it first, for the table of causes.
    package let reason: String
    /// Scofflaw or watchlist: raised, but never ticketed.
    package let isGrave: Bool
    /// What is raised rests on this, for who looks for a cause.
    package let grounds: String

    package init(
        _ kind: Kind,
        _ infractions: Set<String> = [],
        told: Set<String>? = nil,
        zone: String?,
        reason: String,
        isGrave: Bool = false,
        grounds: String = ""
    ) {
        self.kind = kind
        self.infractions = infractions
        self.told = told ?? infractions
        self.zone = zone
        self.reason = reason
        self.isGrave = isGrave
        self.grounds = grounds
    }
}

/// What comes of the question just before a ticket.
package enum LastWord: Sendable {
    case ticket(Set<String>)
    /// It is clear by now.
    case withdrawn
    /// It cannot be told now; the officer has to look or to wait.
    case held(reason: String)
}

/// A system under trial, for one patrol vehicle.
package protocol TriedSystem {
    /// Told of every fix, whether anything is read there or not.
    mutating func drove(_ fix: Fix)
    /// Answers one read, and keeps what it needs for later ones.
    mutating func answer(_ sighting: Sighting) throws -> Verdict
    /// Asks again just before a ticket is final.
    /// - Parameter known: up to when the vehicle has the server's changes by now.
    mutating func recheck(_ sighting: Sighting, _ verdict: Verdict, at time: Date, known: Date, hasLink: Bool) throws
        -> LastWord
}

extension TriedSystem {
    package mutating func drove(_ fix: Fix) {}
}
