// What answers where the vehicle was: a recorded track, or a receiver.
package import Foundation
package import ParkingCore

package protocol PositionSource: Sendable {
    /// The fix for an instant on the machine's wall clock; nil where it is not known.
    func fix(at time: Date) -> Fix?
}

extension Track: PositionSource {}
