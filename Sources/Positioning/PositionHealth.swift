// How the receiver is, for the console, `patrol status` and metrics.
package import Foundation

package struct PositionHealth: Sendable, Codable, Hashable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// gpsd does not answer, or has ended.
        case noDaemon
        /// gpsd has no receiver, or the receiver says nothing: unplugged, most likely.
        case noReceiver
        /// The receiver talks, and has not had a fix yet.
        case noFix
        case fix
        /// There was a fix, and the receiver talks on without.
        case lost
        /// The receiver reports what cannot be: its fixes are not used.
        case implausible
    }

    package struct Counters: Sendable, Codable, Hashable {
        /// Fixes taken, one for each instant.
        package var fixes = 0
        /// Further reports of an instant that had its fix.
        package var repeats = 0
        /// Reports with a position and without a time.
        package var withoutTime = 0
        /// Reports with values that cannot be.
        package var refused = 0
        /// Older than the fix before.
        package var outOfOrder = 0
        /// Fixes farther off than a vehicle drives.
        package var impossibleJumps = 0
        /// Times that the receiver's clock jumped.
        package var timeJumps = 0
        /// Lines that are no message of gpsd.
        package var unreadable = 0
        /// Connections to gpsd after the first.
        package var reconnects = 0
        /// Track points dropped because nobody stored them.
        package var trackPointsDropped = 0
    }

    package var state: State
    /// On the wall clock.
    package var since: Date
    /// What is the matter and what to do, one sentence.
    package var words: String
    /// Since the last good fix; nil: none yet.
    package var ageSeconds: Double?
    package var satellitesUsed: Int?
    package var satellitesVisible: Int?
    /// Of the last good fix, as are the next two.
    package var errorMetres: Double?
    package var speedMetresPerSecond: Double?
    package var headingDegrees: Double?
    package var isStanding: Bool
    package var counters: Counters
}
