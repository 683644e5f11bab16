// Where a camera looks from its vehicle: it says which side of the street a plate stands on.

package enum CameraSide: String, Hashable, Sendable, Codable, CaseIterable {
    case front, rear, left, right

    /// Clockwise from straight ahead.
    package var angleDegrees: Double {
        switch self {
        case .front: 0
        case .right: 90
        case .rear: 180
        case .left: 270
        }
    }
}
