// Positions as a receiver tells them between houses: a slowly wandering error, noise on top, and a stated error that is
// now and then too small. Assumed, not measured: open streets 1.5 m, tall ones 8 m, seldom far worse.
package import Foundation
package import ParkingCore

package struct FixWander: Sendable {
    /// The slow error forgets itself over this time.
    private static let memorySeconds = 45.0
    private static let noiseMetres = 0.6
    /// Radius of 68 of 100 positions in standard deviations of one axis (Rayleigh).
    private static let radiusFactor = 1.51
    /// Of street pieces: a stated error of well under half of the true one; no fix; between tall houses an excursion of
    /// many times the usual error of which the receiver tells half.
    private static let optimistic = 0.05
    private static let lost = 0.008
    private static let excursion = 0.01

    private var east = 0.0
    private var north = 0.0
    private var last: Date?
    private var segment = -1
    private var claim = 1.0
    private var widening = 1.0
    private var isLost = false
    private var dice: Dice

    package init(dice: Dice) { self.dice = dice }

    /// - Parameters:
    ///   - spot: where the vehicle is.
    ///   - segmentIndex: the piece of street; what is wrong lasts for one.
    /// - Returns: nil without a fix.
    /// - Throws: `FixError` for a town that is nowhere on Earth.
    package mutating func fix(
        at spot: Spot,
        headingDegrees: Double,
        speed: Double,
        time: Date,
        segmentIndex: Int,
        errorMetres: Double
    ) throws(FixError) -> Fix? {
        if segmentIndex != segment {
            segment = segmentIndex
            claim = exp(dice.normal() * 0.2) * (dice.chance(Self.optimistic) ? 0.4 : 1)
            widening = errorMetres >= 8 && dice.chance(Self.excursion) ? 5 : 1
            if widening > 1 { claim *= 0.5 }
            isLost = dice.chance(Self.lost)
        }
        let keep = last.map { exp(-abs(time.timeIntervalSince($0)) / Self.memorySeconds) } ?? 0
        last = time
        let sigma = errorMetres * widening
        let fresh = sigma * (1 - keep * keep).squareRoot()
        east = east * keep + fresh * dice.normal()
        north = north * keep + fresh * dice.normal()
        if isLost { return nil }
        let measured = Spot(
            east: spot.east + east + Self.noiseMetres * dice.normal(),
            north: spot.north + north + Self.noiseMetres * dice.normal()
        )
        let radius = Self.radiusFactor * (sigma * sigma + Self.noiseMetres * Self.noiseMetres).squareRoot()
        return Fix(
            point: try Streets.point(measured),
            time: time,
            errorMetres: radius * claim,
            speedMetresPerSecond: max(0, speed + 0.2 * dice.normal()),
            headingDegrees: (headingDegrees + 2 * dice.normal() + 360).truncatingRemainder(dividingBy: 360)
        )
    }
}
