// Verifies a chain from its first bundle to its last: offline, in bounded memory, and naming the first thing that does
// not hold.
//
// What can be found without anything else: whatever was altered, removed or moved between two bundles that are there.
// What cannot: that the newest bundles were removed together with the database's rows, or that somebody who has the
// vehicle's key wrote it all anew. For that a bundle's hash must be known from elsewhere: the back office keeps the
// number and hash of every bundle with its fact, and `known` takes one.
internal import Foundation
internal import ParkingCore

package struct EvidenceVerification: Sendable {
    private let source: any EvidenceSource
    private let keys: KeyList?
    private let ledger: (any EvidenceLedger)?
    private let known: ChainPoint?

    /// - Parameters:
    ///   - keys: the vehicle's keys from a place that is trusted; nil: those that come with the evidence.
    ///   - ledger: the vehicle's database; nil: it is not at hand.
    ///   - known: a bundle that must be there, with its hash, as noted earlier; nil: none is known.
    package init(
        _ source: any EvidenceSource,
        keys: KeyList?,
        ledger: (any EvidenceLedger)? = nil,
        known: ChainPoint? = nil
    ) {
        self.source = source
        self.keys = keys
        self.ledger = ledger
        self.known = known
    }

    /// - Parameter progress: told the count of bundles now and then.
    /// - Throws: what the disk or the database say; what does not hold is in the report.
    package func run(progress: (Int) -> Void = { _ in }) throws -> EvidenceReport {
        var report = EvidenceReport(source: source.name)
        do {
            let keys = try trustedKeys(&report)
            var walk = ChainWalk(source: source, keys: keys, ledger: ledger, known: known, report: report)
            defer { report = walk.report }
            var held: RawLine?
            try source.readLines { bytes, isWhole, place in
                let line = RawLine(bytes, isWhole: isWhole, place: place)
                if let current = held { try walk.take(current, next: line) }
                held = line
                if walk.report.bundles.isMultiple(of: 10_000) { progress(walk.report.bundles) }
                return true
            }
            if let current = held { try walk.take(current, next: nil) }
            try walk.finish()
        } catch let fault as EvidenceFault {
            report.holds = false
            report.fault = try fault.code == .bundleMissing ? movedRatherThanMissing(fault) : fault
        }
        return report
    }

    private func trustedKeys(_ report: inout EvidenceReport) throws -> KeyList {
        let own = try source.keyList()
        if let keys {
            report.areKeysGiven = true
            report.vehicle = keys.vehicle
            if own != nil, own != keys.bytes { report.notes.append("The evidence brings another list of keys.") }
            return keys
        }
        guard let own else {
            throw EvidenceFault(.keyUnknown, "The evidence brings no list of keys, and none was given (--keys FILE).")
        }
        do {
            let keys = try KeyList(bytes: own)
            report.vehicle = keys.vehicle
            return keys
        } catch {
            throw EvidenceFault(.keyListAltered, "The evidence's own list of keys was altered: \(error).")
        }
    }

    /// A bundle that is not where it belongs may stand further on.
    private func movedRatherThanMissing(_ fault: EvidenceFault) throws -> EvidenceFault {
        guard let wanted = fault.bundle else { return fault }
        var place: String?
        try source.readLines { bytes, isWhole, found in
            if isWhole, let line = try? ChainLine(parsing: bytes), line.header.sequence == wanted { place = found }
            return place == nil
        }
        guard let place else { return fault }
        return EvidenceFault(
            .orderChanged,
            bundle: wanted,
            "The order of the bundles was changed: bundle \(wanted) stands at \(place), after later ones."
        )
    }
}
