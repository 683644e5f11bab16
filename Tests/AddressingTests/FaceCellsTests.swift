// Which number a spot of the curb has, from the address points that are there and those that are missing.
import ParkingCore
import Testing

@testable import Addressing

@Suite struct FaceCellsTests {
    private func spots(_ lots: [(Double, Int)]) -> [AddressSpot] {
        lots.map { AddressSpot(offset: $0.0, number: $0.1, suffix: "") }
    }

    @Test func `between two neighbours the boundary is half way`() throws {
        let cells = FaceCells(addresses: spots([(10, 2), (24, 4), (38, 6)]), range: nil, length: 48)
        #expect(cells.cell(at: 16)?.labels == ["2"])
        #expect(cells.cell(at: 18)?.labels == ["4"])
        #expect(cells.cell(at: 47)?.labels == ["6"])
        #expect(cells.cells.allSatisfy { $0.basis == .addressPoint })
    }

    @Test(arguments: [false, true])
    func `a gap with room gets the number that is missing, as reckoned`(isFalling: Bool) throws {
        let rising = [(10.0, 2), (24, 4), (52, 8), (66, 10)]
        let lots = isFalling ? rising.map { (76 - $0.0, $0.1) } : rising
        let cells = FaceCells(addresses: spots(lots), range: nil, length: 76)
        let found = try #require(cells.cell(at: 38))
        #expect(found.labels == ["6"])
        #expect(found.basis == .interpolated)
    }

    @Test func `a skipped number without room lends nobody a sure address`() throws {
        let cells = FaceCells(addresses: spots([(10, 2), (24, 4), (40, 8), (54, 10)]), range: nil, length: 64)
        let middle = try #require(cells.cell(at: 31))
        #expect(middle.basis == .interpolated)
        #expect(cells.cell(at: 26)?.basis == .addressPoint)
    }

    @Test func `beyond the last known house numbers go on within the range only`() throws {
        let lots = spots([(10, 2), (24, 4)])
        let open = FaceCells(addresses: lots, range: NumberRange(from: 2, to: 98), length: 90)
        #expect(open.cell(at: 40)?.labels == ["6"])
        #expect(open.cell(at: 40)?.basis == .interpolated)
        let closed = FaceCells(addresses: lots, range: NumberRange(from: 2, to: 4), length: 90)
        #expect(closed.cell(at: 80)?.labels == ["4"])
        #expect(closed.cell(at: 80)?.basis == .interpolated)
    }

    @Test func `a range alone is spread and never sure`() throws {
        let cells = FaceCells(addresses: [], range: NumberRange(from: 19, to: 1), length: 100)
        #expect(cells.cell(at: 1)?.labels == ["19"])
        #expect(cells.cell(at: 99)?.labels == ["1"])
        #expect(cells.cells.allSatisfy { $0.basis == .range })
        #expect(FaceCells(addresses: [], range: nil, length: 100).cell(at: 5) == nil)
    }

    @Test func `a front and a rear house share their spot`() throws {
        let cells = FaceCells(addresses: spots([(10, 2), (10.5, 4), (40, 6)]), range: nil, length: 50)
        #expect(cells.cell(at: 10)?.labels == ["2", "4"])
    }

    @Test func `cells cover the whole side without overlap, whatever the numbers`() throws {
        var chance = SeededChance(3)
        for _ in 0..<300 {
            let length = chance.within(5, 300)
            let lots = (0..<Int(chance.within(1, 15))).map { _ in
                (chance.within(0, length), Int(chance.within(1, 60)))
            }
            let cells = FaceCells(
                addresses: spots(lots),
                range: NumberRange(from: Int(chance.within(1, 99)), to: Int(chance.within(1, 99))),
                length: length
            ).cells
            #expect(cells.first?.start == 0)
            #expect((cells.last?.end ?? 0) >= length - 1e-6)
            for (a, b) in zip(cells, cells.dropFirst()) { #expect(abs(a.end - b.start) < 1e-6) }
        }
    }
}
