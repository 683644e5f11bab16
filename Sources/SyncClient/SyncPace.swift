// How long the client waits between two rounds: a short interval while all is well, longer and longer while it is not.

/// Pure: outcomes in, waits out. The waits of many vehicles that lost the same server are spread by chance.
package struct SyncPace: Sendable {
    package let interval: Duration
    package let longest: Duration
    private var failures = 0

    package init(interval: Duration = .milliseconds(500), longest: Duration = .seconds(30)) {
        self.interval = interval
        self.longest = longest
    }

    package mutating func afterSuccess() -> Duration {
        failures = 0
        return interval
    }

    /// Doubles from the interval up to `longest`; of that, half is certain and half is chance.
    package mutating func afterFailure(using generator: inout some RandomNumberGenerator) -> Duration {
        failures += 1
        let doubled = interval * (1 << min(failures, 16))
        let most = min(doubled, longest)
        return most / 2 + most / 2 * Double.random(in: 0...1, using: &generator)
    }
}
