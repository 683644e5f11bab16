// Each condition of the receiver as a state of health and a sentence for the technician.
internal import Foundation
internal import ParkingCore

extension Receiver.Condition {
    var state: PositionHealth.State {
        switch self {
        case .notTried, .openFailed, .daemonEnded: .noDaemon
        case .connected, .noDevice, .unplugged, .silent: .noReceiver
        case .searching, .timeUnknown: .noFix
        case .fix: .fix
        case .lost: .lost
        case .refused, .timeJumped, .timeStands, .impossibleJump: .implausible
        }
    }

    var words: String {
        switch self {
        case .notTried: "gpsd has not been asked yet"
        case .openFailed(let reason): "gpsd does not answer (\(reason)): start it, or correct its host and port"
        case .daemonEnded(nil): "gpsd has closed the connection: trying again"
        case .daemonEnded(let reason?): "the connection to gpsd broke (\(reason)): trying again"
        case .connected: "gpsd answers; nothing from a receiver yet"
        case .noDevice: "gpsd has no receiver: plug one in, or name its device to gpsd"
        case .unplugged: "gpsd has lost the receiver: look at its plug"
        case .silent: "the receiver is silent: look at its plug"
        case .searching: "the receiver looks for satellites: give it a free view of the sky"
        case .timeUnknown: "the receiver has a position and does not know the time yet"
        case .fix: "the position is known"
        case .lost: "the receiver has lost its satellites (a tunnel, a garage, a loose antenna)"
        case .refused(let what): "the receiver reports \(what): its fixes are not used"
        case .timeJumped: "the receiver's clock has jumped: its fixes are not used until it holds still"
        case .timeStands: "the receiver's clock stands still: unplug it and plug it in again"
        case .impossibleJump: "the position jumped farther than a vehicle drives: it is not used until it holds still"
        }
    }
}

extension Receiver {
    func health(at now: Moment) -> PositionHealth {
        let last = history.last
        return PositionHealth(
            state: condition.state,
            since: since,
            words: condition.words,
            ageSeconds: ageSeconds(at: now).map { ($0 * 1000).rounded() / 1000 },
            satellitesUsed: satellites?.used,
            satellitesVisible: satellites?.visible,
            errorMetres: last?.errorMetres,
            speedMetresPerSecond: last?.speedMetresPerSecond,
            headingDegrees: last?.headingDegrees,
            isStanding: isStanding,
            counters: counters
        )
    }
}
