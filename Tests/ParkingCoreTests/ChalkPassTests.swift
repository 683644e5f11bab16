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

    @Test func `a text like the car's tells a pass where both are sure, and none where one is not`() throws {
        let street = try ChalkStreet()
        let sightings = [try sighting(street, "CKVXO42", minutes: 60)]
        func passes(_ confidence: Double) throws -> [Date] {
            let other = try street.mark("CKVXO42", minutes: 60, confidence: confidence)
            let marks = [try street.mark(minutes: 0), other]
            return unseenPasses(sightings, marks: marks, new: try street.mark(minutes: 130))
        }
        #expect(try passes(0.95) == [street.start.addingTimeInterval(3600)])
        #expect(try passes(0.7).isEmpty)
    }

    @Test func `a pass in between is found where the car's first one had a wrong clock`() throws {
        let street = try ChalkStreet()
        let first = try street.mark(
            minutes: 0,
            moment: ChalkMoment(boot: "b", seconds: 100),
            isClockTrusted: false,
            clockAheadSeconds: 3600
        )
        let new = try street.mark(minutes: 130, moment: ChalkMoment(boot: "b", seconds: 100 + 130 * 60))
        let unseen = unseenPasses([try sighting(street, "OTHER1", minutes: 40)], marks: [first], new: new)
        #expect(unseen == [street.start.addingTimeInterval(2400)])
        let finding = try #require(chalkFinding(marks: [first], new: new, rule: street.limit(), unseen: unseen))
        #expect(finding.missedPasses == 1 && !finding.isCertain())
        // Read in the same pass, by the same wrong clock.
        #expect(unseenPasses([try sighting(street, "OTHER1", minutes: 60.5)], marks: [first], new: new).isEmpty)
    }

    @Test func `a text like the car's that one pass read beside it is another car's, however unsure`() throws {
        let street = try ChalkStreet()
        let sightings = [try sighting(street, "CKVXO42", minutes: 60)]
        func passes(besideAt minutes: Double) throws -> [Date] {
            let first = try street.mark(minutes: 0)
            let others = try [60, minutes].map { try street.mark("CKVXO42", minutes: $0, confidence: 0.7) }
            return unseenPasses(sightings, marks: [first] + others, new: try street.mark(minutes: 130))
        }
        // Found in a simulated town: it stood in the next space all day, while this one was empty for four hours.
        #expect(try passes(besideAt: 0.02) == [street.start.addingTimeInterval(3600)])
        #expect(try passes(besideAt: 129.98) == [street.start.addingTimeInterval(3600)])
        #expect(try passes(besideAt: 90).isEmpty)
    }

    /// Along a street that runs east, or across it, in 20 seconds.
    private func way(
        _ street: ChalkStreet,
        minutes: Double,
        fromMetres: Double = -100,
        toMetres: Double = 100,
        aside: Double = 0,
        isAcross: Bool = false,
        error: Double = 5,
        hasGap: Bool = false
    ) -> [TrackPoint] {
        [fromMetres, toMetres].enumerated().map { index, metres in
            let fix = Fix(
                point: Geodesy.point(
                    street.origin,
                    eastMetres: isAcross ? aside : metres,
                    northMetres: isAcross ? metres : aside
                ),
                time: street.start.addingTimeInterval(minutes * 60 + Double(index) * 20),
                errorMetres: error,
                speedMetresPerSecond: nil,
                headingDegrees: nil
            )
            return TrackPoint(fix: fix, startsSegment: index == 0 || hasGap)
        }
    }

    @Test func `a way along the place tells a pass where nothing was read`() throws {
        let street = try ChalkStreet()
        let (marks, new) = ([try street.mark(minutes: 0)], try street.mark(minutes: 130))
        func passes(_ track: [TrackPoint], _ cameraAngles: [Double] = [90]) -> [Double] {
            unseenPasses([], track: track, cameraAngles: cameraAngles, marks: marks, new: new).map {
                ($0.timeIntervalSince(street.start) / 60 * 10).rounded() / 10
            }
        }
        #expect(passes(way(street, minutes: 60)) == [60.2])
        #expect(passes(way(street, minutes: 60) + way(street, minutes: 90, aside: 8)) == [60.2, 90.2])
        // Another street, one that crosses, a way that ends before, a gap, a fix that says little, a car that was read.
        #expect(passes(way(street, minutes: 60, aside: 45)).isEmpty)
        #expect(passes(way(street, minutes: 60, isAcross: true)).isEmpty)
        #expect(passes(way(street, minutes: 60, toMetres: -45)).isEmpty)
        #expect(passes(way(street, minutes: 60, hasGap: true)).isEmpty)
        #expect(passes(way(street, minutes: 60, error: 40)).isEmpty)
        #expect(passes(way(street, minutes: 0.5) + way(street, minutes: 131)).isEmpty)
        // The other way the car is on the left.
        let back = way(street, minutes: 60, fromMetres: 100, toMetres: -100)
        #expect(passes(back).isEmpty && passes(back, [90, 270]) == [60.2] && passes(back, [0]) == [60.2])
        #expect(passes(way(street, minutes: 60), [270]).isEmpty && passes(way(street, minutes: 60), []).isEmpty)
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

    @Test func `a car that a pass did not find is never ticketed for a stay, however probable`() throws {
        let street = try ChalkStreet()
        // Found in days of simulated towns: back in the very space, away for a little longer than the by-law asks.
        let finding = try #require(
            chalkFinding(
                marks: [try street.mark(minutes: 0)],
                new: try street.mark(minutes: 89),
                rule: street.limit(60, .zone, returnAfter: 60),
                unseen: [street.start.addingTimeInterval(44 * 60)]
            )
        )
        #expect(finding.stayedProbability > 0.99 && finding.missedPasses == 1 && !finding.isCertain())
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
