// Days that are always the same: no wrong ticket by our fault may appear in any of them.
import Foundation
import Testing

@testable import Simulation

@Suite struct CityDayTests {
    private let reader: ReadModel

    init() throws { reader = try ReadModel(try MeasuredReads.kept()) }

    /// Days of each kind.
    @Test(arguments: [1, 3, 5, 7, 9] as [UInt64])
    func `no wrong ticket is written by our fault`(seed: UInt64) throws {
        let day = try CityDay(seed: seed, cars: 1200, reader: reader)
        let tally = try #require(try day.run(Trial.systems).tallies[Trial.ours])
        #expect(tally.wrongTicketsOurFault == 0, "\(tally.wrongTicketsByCause)")
        #expect(tally.reads > 500)
        #expect(tally.violations > 5)
        #expect(Double(tally.alerted + tally.secondLooked) > 0.8 * Double(tally.violations))
    }

    /// A position that put a car into the street across (73), a car misread as the other one of a permit (86), a position
    /// beyond a block's end (108), a car that came back beside one much like it (111), a payment mistyped for a plate whose
    /// I shows as 1 (139), a used-up permit whose holder had probably, not certainly, stayed beyond the limit (170), a car
    /// that came into a zone after one whose I was read as its 1 (181).
    @Test(arguments: [73, 86, 108, 111, 139, 170, 181] as [UInt64])
    func `towns in which a wrong ticket once was written have none`(seed: UInt64) throws {
        let result = try wholeTown(seed)
        #expect(result.wrongTickets == [])
        #expect(try #require(result.tallies[Trial.ours]).tickets > 100)
    }

    /// What is left: cars that were back in their very space between two passes, 97 minutes apart on seed 129, which
    /// neither list nor photo tells.
    @Test(arguments: [129, 169] as [UInt64])
    func `a car that came back to its very space between two passes is still ticketed`(seed: UInt64) throws {
        let wrong = try wholeTown(seed).wrongTickets
        withKnownIssue { #expect(wrong == []) }
        #expect(wrong.count == 1 && wrong.allSatisfy { $0.contains("(chalk)") }, "\(wrong)")
    }

    /// A day as `make simulate` plays it, without the baselines.
    private func wholeTown(_ seed: UInt64) throws -> DayResult {
        try CityDay(seed: seed, cars: 40_000, reader: reader).run { try Array(Trial.systems($0, $1, $2, $3).prefix(1)) }
    }

    @Test func `the same seed gives the same day, and the baselines write wrong tickets`() throws {
        let first = try CityDay(seed: 2, cars: 3000, reader: reader).run(Trial.systems)
        let second = try CityDay(seed: 2, cars: 3000, reader: reader).run(Trial.systems)
        for name in Trial.names {
            #expect(first.tallies[name]?.tickets == second.tallies[name]?.tickets)
            #expect(first.tallies[name]?.wrongAlertsByCause == second.tallies[name]?.wrongAlertsByCause)
        }
        #expect((first.tallies[Trial.exact]?.wrongTicketsOurFault ?? 0) > 0)
    }

    @Test func `every read is counted for every system alike`() throws {
        let result = try CityDay(seed: 4, cars: 1000, reader: reader).run(Trial.systems)
        let tallies = Trial.names.compactMap { result.tallies[$0] }
        #expect(tallies.count == 3)
        #expect(Set(tallies.map(\.reads)).count == 1)
        #expect(Set(tallies.map(\.violations)).count == 1)
        for tally in tallies {
            #expect(tally.missed == tally.missedByReason.values.reduce(0, +))
            #expect(tally.wrongTickets == tally.wrongTicketsByCause.values.reduce(0, +))
        }
    }
}
