// Which clock the patrol lives by, and whether a ticket may rest on it.
package import Foundation

package struct ClockHealth: Sendable, Codable, Hashable {
    package enum Source: String, Sendable, Codable {
        /// The receiver's time and the machine's agree, or did within the last hour.
        case gpsd
        /// A time service keeps the machine's clock (chrony, systemd-timesyncd, ntpd), by the kernel's word.
        case ntp
        case none
    }

    package var source: Source
    /// False: a ticket is not possible.
    package var isTrusted: Bool
    /// Of source and trust, on the wall clock.
    package var since: Date
    /// What is the matter and what to do, one sentence.
    package var words: String
    /// The machine's clock less the receiver's, with the receiver's usual delay taken off; nil: too few reports.
    package var offsetSeconds: Double?
    /// The kernel's own bound of the error; nil where it keeps none.
    package var maximumErrorSeconds: Double?
    /// Times that the machine's clock was set while the patrol ran.
    package var jumps: Int
    package var lastJumpSeconds: Double?
    /// By the clock after the jump.
    package var lastJumpAt: Date?
    /// What the receiver said and was not believed: messages after its clock had jumped, and the first of each
    /// disagreement with a clock that is trusted.
    package var receiverTimesRefused: Int
}
