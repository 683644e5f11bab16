// What is told of reads that are gone: how many and by which rule, never which plates. As every fact that is no clear
// read it is signed in the vehicle's chain of evidence.
package import ParkingCore

package import struct Foundation.Date

/// Stands under the sequence of a fact whose content is gone, so that the chain has no gap.
package struct ErasedFact: Hashable, Sendable, Codable {
    /// What stood there; `erased`: nobody knows any more.
    package let was: FactKind

    package init(was: FactKind) { self.was = was }
}

/// One purge of personal data that no violation needs.
package struct PurgeFact: Hashable, Sendable, Codable {
    package struct Counts: Hashable, Sendable, Codable {
        /// Reads whose content is gone from the vehicle.
        package var reads = 0
        /// Of these, reads that the server had not got when the period for unsent ones was over.
        package var unsentReads = 0
        /// Photos that went with them.
        package var photos = 0
        /// Photo files that belonged to no read: left over where a full disk or a power cut kept the read from being kept.
        package var strayPhotos = 0

        package init() {}

        package var isEmpty: Bool { self == Counts() }

        package static func - (all: Counts, earlier: Counts) -> Counts {
            var counts = all
            counts.reads -= earlier.reads
            counts.unsentReads -= earlier.unsentReads
            counts.photos -= earlier.photos
            counts.strayPhotos -= earlier.strayPhotos
            return counts
        }
    }

    package let vehicle: VehicleID
    package let at: Date
    /// Reads without a hit that were taken before.
    package let readsBefore: Date
    /// The same, where the server had not got them.
    package let unsentBefore: Date
    package let counts: Counts

    package init(vehicle: VehicleID, at: Date, readsBefore: Date, unsentBefore: Date, counts: Counts) {
        self.vehicle = vehicle
        self.at = at
        self.readsBefore = readsBefore
        self.unsentBefore = unsentBefore
        self.counts = counts
    }
}
