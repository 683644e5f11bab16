// What a verification found, as data and in words that somebody who judges a ticket can use.
package import Foundation
package import ParkingCore

/// The first thing that does not hold.
package struct EvidenceFault: Error, Hashable, Sendable, Codable {
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        case photoChanged, photoMissing, bundleMissing, orderChanged, clockJumped, keyUnknown, keyListAltered
        case signatureWrong, manifestAltered, recordMissing, databaseDiffers, archiveAltered
    }

    package let code: Code
    /// The bundle that it is about; nil: none in particular.
    package let bundle: Int64?
    package let words: String

    package init(_ code: Code, bundle: Int64? = nil, _ words: String) {
        self.code = code
        self.bundle = bundle
        self.words = words
    }
}

package struct EvidenceReport: Hashable, Sendable, Codable {
    package let source: String
    /// nil: the list of keys could not be read.
    package internal(set) var vehicle: VehicleID?
    package internal(set) var holds = true
    package internal(set) var fault: EvidenceFault?
    /// Bundles that hold, up to the first that does not.
    package internal(set) var bundles = 0
    package internal(set) var withheld = 0
    /// Bundles that never became facts, as a later bundle says.
    package internal(set) var withdrawn = 0
    /// Photos that are what their bundles say; a photo that two bundles name counts twice.
    package internal(set) var photos = 0
    package internal(set) var bytes = 0
    package internal(set) var first: Date?
    package internal(set) var last: Date?
    package internal(set) var head: ChainPoint?
    /// Names of the keys in use.
    package internal(set) var keys: [String] = []
    /// The keys were given from elsewhere; else they came with the evidence itself.
    package internal(set) var areKeysGiven = false
    /// The vehicle's database was compared.
    package internal(set) var isDatabaseCompared = false
    /// What does not make the evidence doubtful but should be known.
    package internal(set) var notes: [String] = []

    init(source: String) { self.source = source }

    package mutating func add(note: String) { notes.append(note) }

    package var text: String {
        var lines = ["Evidence of \(vehicle.map { "vehicle \($0)" } ?? "an unknown vehicle"), from \(source)"]
        let extent = [first, last].compactMap { $0 }.map(WireCoding.text).joined(separator: " to ")
        lines.append("  bundles   \(bundles) hold\(extent.isEmpty ? "" : ", \(extent)")")
        if withheld > 0 { lines.append("            \(withheld) of them without their records, which are other cars'") }
        if withdrawn > 0 {
            lines.append("            \(withdrawn) of them withdrawn: cut off before they became facts")
        }
        lines.append("  photos    \(photos) are as they were signed")
        lines.append(
            "  keys      \(keys.isEmpty ? "none" : keys.joined(separator: ", "))"
                + (areKeysGiven ? ", from the list given" : ", as the evidence itself names them")
        )
        lines.append("  database  \(isDatabaseCompared ? "says the same, fact by fact" : "not compared")")
        if let head { lines.append("  newest    bundle \(head.sequence), SHA-256 \(head.sha256)") }
        for note in notes { lines.append("  note      \(note)") }
        lines.append("")
        if let fault {
            lines.append("DOES NOT HOLD: \(fault.words)")
        } else {
            lines.append("HOLDS: nothing was altered, removed or put in another order.")
        }
        return lines.joined(separator: "\n")
    }
}
