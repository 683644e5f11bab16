// What was read a moment ago, so that a car that two cameras see is one car.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

/// The last half minute of reads.
struct RecentReads {
    /// Between the places of the vehicle at which two of its cameras see one parked car: one looks ahead some 15 m, the
    /// other back as far. The errors of both fixes come on top.
    private static let reachMetres = 30.0
    /// A vehicle that stands shows the same car to both cameras for long; half a minute later it has driven on.
    private static let seconds = 30.0
    /// The same without a position: at 20 km/h 30 m take 5 s.
    private static let secondsWithoutFix = 5.0

    private var reads: [ReadFact] = []

    mutating func note(_ fact: ReadFact) {
        reads.removeAll { fact.read.time.timeIntervalSince($0.read.time) > Self.seconds }
        reads.append(fact)
    }

    mutating func forget(_ id: UUIDv7) { reads.removeAll { $0.read.id == id } }

    func fact(_ id: UUIDv7) -> ReadFact? { reads.last { $0.read.id == id } }

    /// The read of another camera that shows the same car: the same text, or one a character off where either is
    /// unsure, within reach. The surest of them that itself stands for a car.
    /// - Parameter sureConfidence: from which a text is taken as it is.
    func sighting(of read: PlateRead, fix: Fix?, sureConfidence: Double) -> ReadFact? {
        let replaced = Set(reads.compactMap(\.sameCar).filter(\.isReplaced).map(\.read))
        let same = reads.filter { fact in
            fact.read.camera != read.camera && fact.sameCar?.isReplaced != false && !replaced.contains(fact.read.id)
                && isLike(fact.read.reading, read.reading, sureConfidence) && isNear(fact, read, fix)
        }
        return same.max { $0.read.reading.confidence < $1.read.reading.confidence }
    }

    private func isLike(_ one: PlateReading, _ other: PlateReading, _ sureConfidence: Double) -> Bool {
        one.plate == other.plate
            || (min(one.confidence, other.confidence) < sureConfidence && one.plate.isOneChange(from: other.plate))
    }

    private func isNear(_ fact: ReadFact, _ read: PlateRead, _ fix: Fix?) -> Bool {
        let apart = abs(read.time.timeIntervalSince(fact.read.time))
        guard let fix, let earlier = fact.fix else { return apart <= Self.secondsWithoutFix }
        return apart <= Self.seconds
            && fix.point.distanceMetres(to: earlier.point) <= Self.reachMetres + fix.errorMetres + earlier.errorMetres
    }
}
