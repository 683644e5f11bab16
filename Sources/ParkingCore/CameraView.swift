// Which way a camera looked, and which side of the street it saw, from the vehicle's heading.

/// Where a camera looks from, as the vehicle's crew would say.
package enum ViewSide: String, Hashable, Sendable, Codable {
    case ahead, right, behind, left

    /// - Parameter cameraAngleDegrees: clockwise from straight ahead. A camera within 20 degrees of the vehicle's axis
    ///   sees both sides of the street: it looks ahead or behind.
    package init?(cameraAngleDegrees: Double) {
        guard cameraAngleDegrees.isFinite else { return nil }
        let angle = cameraAngleDegrees.remainder(dividingBy: 360)
        switch abs(angle) {
        case ...20: self = .ahead
        case 160...: self = .behind
        default: self = angle > 0 ? .right : .left
        }
    }
}

extension Fix {
    /// Direction in which a camera looked, degrees clockwise from true north, 0 ..< 360; nil without a heading.
    /// - Parameter cameraAngleDegrees: clockwise from straight ahead.
    package func viewDegrees(cameraAngleDegrees: Double) -> Double? {
        guard let headingDegrees, headingDegrees.isFinite, cameraAngleDegrees.isFinite else { return nil }
        let sum = (headingDegrees + cameraAngleDegrees).truncatingRemainder(dividingBy: 360)
        return sum < 0 ? sum + 360 : sum
    }

    /// Side of a street that a camera saw, as seen along the street's own direction (that of its centreline, say).
    ///
    /// nil where that cannot be told: no heading, a camera that looks along the vehicle, or a vehicle that stands more
    /// than 60 degrees across the street.
    package func sideOfStreet(streetDegrees: Double, cameraAngleDegrees: Double) -> ViewSide? {
        guard let headingDegrees, headingDegrees.isFinite, streetDegrees.isFinite,
            let side = ViewSide(cameraAngleDegrees: cameraAngleDegrees), side == .left || side == .right
        else { return nil }
        let turn = abs((headingDegrees - streetDegrees).remainder(dividingBy: 360))
        if turn <= 60 { return side }
        guard turn >= 120 else { return nil }
        return side == .left ? .right : .left
    }
}
