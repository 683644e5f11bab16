// How often a PIN may be tried. Pure: the time is given.
internal import ParkingCore

/// After three wrong PINs for a badge each further one doubles the wait, up to a quarter of an hour; so does every
/// tenth wrong one for whatever badges, or a guesser would go from badge to badge.
struct SignInGuard: Sendable {
    private struct Failures {
        var count = 0
        /// Seconds of the machine's own clock.
        var notBefore = 0.0
    }

    static let free = 3
    static let freeOfAll = 10
    static let firstSeconds = 2.0
    static let longestSeconds = 900.0
    /// Names tried that are remembered; a guesser must not fill the memory.
    private static let mostBadges = 1000

    private var badges: [OfficerID: Failures] = [:]
    private var all = Failures()

    /// Seconds until this badge may be tried; 0: now.
    func wait(for badge: OfficerID, at seconds: Double) -> Double {
        max(0, (badges[badge]?.notBefore ?? 0) - seconds, all.notBefore - seconds)
    }

    mutating func failed(_ badge: OfficerID, at seconds: Double) {
        if badges.count >= Self.mostBadges { badges.removeAll() }
        var failures = badges[badge] ?? Failures()
        Self.count(&failures, free: Self.free, at: seconds)
        badges[badge] = failures
        Self.count(&all, free: Self.freeOfAll, at: seconds)
    }

    mutating func succeeded(_ badge: OfficerID) {
        badges[badge] = nil
        all = Failures()
    }

    private static func count(_ failures: inout Failures, free: Int, at seconds: Double) {
        failures.count += 1
        let beyond = failures.count - free
        guard beyond >= 0 else { return }
        var wait = firstSeconds
        for _ in 0..<min(beyond, 20) { wait = min(longestSeconds, wait * 2) }
        failures.notBefore = seconds + wait
    }
}
