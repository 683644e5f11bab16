// One point of the way a vehicle drove, as it is kept.

package struct TrackPoint: Hashable, Sendable, Codable {
    package let fix: Fix
    /// True after a gap without fixes: nothing is known of the way to this point. Elsewhere the vehicle drove from the
    /// point before at an even speed, within the tolerance that the track was thinned with.
    package let startsSegment: Bool

    package init(fix: Fix, startsSegment: Bool) {
        self.fix = fix
        self.startsSegment = startsSegment
    }
}
