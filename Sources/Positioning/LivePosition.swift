// Where the vehicle is and was these last minutes, for whoever asks: the receiver's thread writes, all others read.
package import Foundation
package import ParkingCore
internal import Synchronization

package final class LivePosition: PositionSource, Sendable {
    private struct Contents {
        var receiver: Receiver
        /// Lays the wall clock, on which questions come, on the monotonic one, on which fixes are kept.
        var latest: Moment
    }

    private let contents: Mutex<Contents>
    private let clock: ClockWatch

    /// - Parameters:
    ///   - clock: is told the receiver's time.
    ///   - now: when the watch begins.
    package init(clock: ClockWatch, now: Moment = .now()) {
        self.clock = clock
        contents = Mutex(Contents(receiver: Receiver(since: now.wall), latest: now))
    }

    /// Interpolated between fixes at most 2 s apart; up to 2 s after a last one, straight on from it with the error
    /// grown; nil else. A time from before the machine's clock was set finds nothing, or another instant's fix.
    package func fix(at time: Date) -> Fix? {
        contents.withLock { contents in
            let since = time.timeIntervalSince(contents.latest.wall)
            // Beyond what is kept, and so that no number overflows.
            guard abs(since) < 3600 else { return nil }
            let instant = contents.latest.monotonicNanoseconds + Int64((since * 1e9).rounded())
            return contents.receiver.history.fix(at: instant, time: time)
        }
    }

    package func health(at now: Moment = .now()) -> PositionHealth {
        contents.withLock { $0.receiver.health(at: now) }
    }

    /// The last good fix as it came, however old.
    package var lastFix: Fix? { contents.withLock { $0.receiver.history.last } }

    /// The points of the thinned track since the last call, for the store. A point is known only once the vehicle has
    /// left the straight line that it ends.
    package func takeTrackPoints() -> [TrackPoint] { contents.withLock { $0.receiver.takeTrackPoints() } }

    /// The rest of the track, for the end of a patrol.
    package func finishTrack() -> [TrackPoint] { contents.withLock { $0.receiver.finishTrack() } }

    // MARK: For the receiver's thread

    /// - Returns: what to do about it.
    func take(_ event: Receiver.Event, at now: Moment) -> [Receiver.Action] {
        let isSynchronised = clock.isSynchronised
        let actions = contents.withLock { contents in
            contents.latest = now
            return contents.receiver.take(event, at: now, wallIsSynchronised: isSynchronised)
        }
        for case .timeTold(let time) in actions { clock.take(gpsTime: time, at: now) }
        return actions
    }
}
