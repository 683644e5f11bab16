// A pass at which a chalked car was not there to be read is told by what else was read, and speaks against a stay.
import Foundation
import Testing

@testable import ParkingCore

@Suite struct ChalkPassTests {
    private func sighting(_ street: ChalkStreet, _ plate: String, minutes: Double, metres: Double = 0) throws
        -> ChalkSighting
    {
        ChalkSighting(
            plate: try Plate(plate),
            time: street.start.addingTimeInterval(minutes * 60),
            point: Geodesy.point(street.origin, eastMetres: metres, northMetres: 0)
        )
    }

    @Test func `others read at the place tell a pass, once`() throws {
        let street = try ChalkStreet()
        let marks = [try street.mark(minutes: 0), try street.mark(minutes: 90)]
        let new = try street.mark(minutes: 130)
        let sightings = [
            try sighting(street, "OTHER1", minutes: 60), try sighting(street, "OTHER2", minutes: 60.1, metres: 6),
            // The car's own, the pass of an earlier mark, far along the street, and before the first mark.
            try sighting(street, "CKVX042", minutes: 30), try sighting(street, "OTHER1", minutes: 90.5),
            try sighting(street, "OTHER1", minutes: 45, metres: 60), try sighting(street, "OTHER1", minutes: -20),
        ]
        #expect(unseenPasses(sightings, marks: marks, new: new) == [street.start.addingTimeInterval(3600)])
        #expect(unseenPasses(sightings, marks: [], new: new).isEmpty)
    }

    @Test func `a car that was not read in between may have left`() throws {
        let street = try ChalkStreet()
        let marks = [try street.mark(minutes: 0)]
        let new = try street.mark(minutes: 130)
        func finding(_ unseen: [Double]) throws -> ChalkFinding {
            let times = unseen.map { street.start.addingTimeInterval($0 * 60) }
            return try #require(chalkFinding(marks: marks, new: new, rule: street.limit(), unseen: times))
        }
        let sure = try finding([])
        #expect(sure.isCertain())
        // Passes outside the gap say nothing of it.
        #expect(try finding([-10, 140]).stayedProbability == sure.stayedProbability)
        let once = try finding([60])
        #expect(!once.isCertain())
        #expect(once.stayedProbability < sure.stayedProbability)
        let twice = chalkFinding(
            marks: marks,
            new: new,
            rule: street.limit(),
            unseen: [40, 80].map { street.start.addingTimeInterval($0 * 60) }
        )
        #expect((twice?.stayedProbability ?? 0) < once.stayedProbability)
    }

    @Test func `who could not be away for long enough has stayed, read in between or not`() throws {
        let street = try ChalkStreet()
        let finding = chalkFinding(
            marks: [try street.mark(minutes: 0)],
            new: try street.mark(minutes: 70),
            rule: street.limit(60, returnAfter: 120),
            unseen: [street.start.addingTimeInterval(1800)]
        )
        #expect(finding?.isCertain() == true)
    }
}
