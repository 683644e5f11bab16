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
    /// Bundles that the database did not know when a later one was made, as that one says.
    package internal(set) var withdrawn = 0
    /// Of these, bundles that an older database lost when it was put in place: they were facts.
    package internal(set) var lost = 0
    /// Of these, bundles with a ticket that were cut off before they became facts, or lost by an older database: which
    /// of the two, the chain alone cannot tell.
    package internal(set) var unsettled = 0
    /// Numbers of the tickets among the lost and the unsettled ones.
    package internal(set) var lostTickets: [String] = []
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
    /// Why the database, which is there, could not be compared; nil: it was, or there is none.
    package var databaseProblem: String?
    /// What an export is about; nil: a data folder was verified, or the export does not hold.
    package internal(set) var exported: Exported?
    /// What does not make the evidence doubtful but should be known.
    package internal(set) var notes: [String] = []

    package struct Exported: Hashable, Sendable, Codable {
        package let read: UUIDv7
        /// The ticket whose own bundle is in the export; nil: there is none in it.
        package let ticket: String?
        /// A bundle in the export says that the ticket is void.
        package let isVoid: Bool
        /// Voids and corrections without their records: other cars', or the case's own, with the record taken out.
        package let withheldChanges: [Int64]
    }

    init(source: String) { self.source = source }

    package mutating func add(note: String) { notes.append(note) }

    package var text: String {
        var lines = ["Evidence of \(vehicle.map { "vehicle \($0)" } ?? "an unknown vehicle"), from \(source)"]
        let extent = [first, last].compactMap { $0 }.map(WireCoding.text).joined(separator: " to ")
        lines.append("  bundles   \(bundles) hold\(extent.isEmpty ? "" : ", \(extent)")")
        if withheld > 0 { lines.append("            \(withheld) of them without their records, which are other cars'") }
        lines += withdrawals.map { "            " + $0 }
        if let exported {
            let ticket = exported.ticket.map { "ticket \($0)\(exported.isVoid ? ", VOID" : "")" }
            lines.append("  case      read \(exported.read), \(ticket ?? "no ticket")")
            if !exported.withheldChanges.isEmpty {
                let numbers = exported.withheldChanges.prefix(10).map { "\($0)" }.joined(separator: ", ")
                lines.append(
                    "            voids or corrections without their records: bundle \(numbers); whether they are about "
                        + "this case, this file cannot tell"
                )
            }
        }
        lines.append("  photos    \(photos) are as they were signed")
        lines.append(
            "  keys      \(keys.isEmpty ? "none" : keys.joined(separator: ", "))"
                + (areKeysGiven ? ", from the list given" : ", as the evidence itself names them")
        )
        lines.append("  database  \(database)")
        if let head { lines.append("  newest    bundle \(head.sequence), SHA-256 \(head.sha256)") }
        for note in notes { lines.append("  note      \(note)") }
        lines.append("")
        lines.append(verdict)
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        if let fault { return "DOES NOT HOLD: \(fault.words)" }
        if let databaseProblem {
            return
                "HOLDS AS FAR AS IT COULD BE CHECKED: nothing signed was altered, removed or put in another order; the "
                + "database could not be compared, because \(databaseProblem)."
        }
        if exported != nil, let head, let last {
            return "HOLDS: nothing was altered of what is signed, up to bundle \(head.sequence) of "
                + "\(WireCoding.text(last)). What came after, such as a void, this file cannot tell; evidence.pdf and the "
                + "instructions are not signed."
        }
        return "HOLDS: nothing was altered, removed or put in another order."
    }

    private var database: String {
        if isDatabaseCompared { return "says the same, fact by fact" }
        if fault?.code == .databaseDiffers { return "says otherwise" }
        return databaseProblem == nil ? "not compared" : "could not be compared"
    }

    /// What became of the bundles that the database did not know, a line each.
    private var withdrawals: [String] {
        var lines: [String] = []
        let cut = withdrawn - lost - unsettled
        if cut > 0 { lines.append("\(cut) of them withdrawn: cut off before they became facts") }
        if lost > 0 {
            lines.append("\(lost) of them kept in the chain, missing in the database: an older database was restored")
        }
        if unsettled > 0 {
            lines.append(
                "\(unsettled) of them kept in the chain, missing in the database: the power was cut before the commit, or "
                    + "an older database was restored"
            )
        }
        if !lostTickets.isEmpty {
            let shown = lostTickets.prefix(20).joined(separator: ", ")
            let more = lostTickets.count > 20 ? " and \(lostTickets.count - 20) more" : ""
            lines.append("tickets among these, which may be on paper: \(shown)\(more)")
        }
        return lines
    }
}
