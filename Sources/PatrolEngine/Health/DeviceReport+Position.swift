internal import PatrolAPI
// Receiver and clock in health's words.
package import Positioning

extension DeviceReport {
    package init(_ health: PositionHealth) {
        var figures: [String: Double] = [
            "fixes": Double(health.counters.fixes), "reconnects": Double(health.counters.reconnects),
            "refused": Double(health.counters.refused), "impossibleJumps": Double(health.counters.impossibleJumps),
            "timeJumps": Double(health.counters.timeJumps), "unreadable": Double(health.counters.unreadable),
            "trackPointsDropped": Double(health.counters.trackPointsDropped),
        ]
        figures["ageSeconds"] = health.ageSeconds
        figures["satellitesUsed"] = health.satellitesUsed.map(Double.init)
        figures["satellitesVisible"] = health.satellitesVisible.map(Double.init)
        figures["errorMetres"] = health.errorMetres
        figures["speedMetresPerSecond"] = health.speedMetresPerSecond
        let state: DeviceStatus.State =
            switch health.state {
            case .fix: .good
            case .noDaemon, .noReceiver: .absent
            case .noFix, .lost, .implausible: .degraded
            }
        self.init(
            "gps",
            .position,
            state,
            word: health.state.rawValue,
            detail: health.words,
            figures: figures,
            since: health.since
        )
    }

    package init(_ health: ClockHealth) {
        var figures = ["jumps": Double(health.jumps), "timesRefused": Double(health.receiverTimesRefused)]
        figures["offsetMilliseconds"] = health.offsetSeconds.map { $0 * 1000 }
        figures["maximumErrorMilliseconds"] = health.maximumErrorSeconds.map { $0 * 1000 }
        self.init(
            "clock",
            .clock,
            health.isTrusted ? .good : health.source == .none ? .absent : .degraded,
            word: health.source.rawValue,
            detail: health.words,
            figures: figures,
            since: health.since
        )
    }
}
