// When an officer's shift began and ended, and what it came to.
package import ParkingCore

package struct ShiftStartFact: Hashable, Sendable, Codable {
    package let shift: UUIDv7
    package let officer: OfficerID
    /// Zones that the officer is to patrol; empty: all.
    package let zones: [ZoneID]

    package init(shift: UUIDv7, officer: OfficerID, zones: [ZoneID]) {
        self.shift = shift
        self.officer = officer
        self.zones = zones
    }
}

package struct ShiftEndFact: Hashable, Sendable, Codable {
    package let report: ShiftReport
    package init(report: ShiftReport) { self.report = report }
}
