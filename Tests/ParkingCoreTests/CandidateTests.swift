// Which other plates a read could mean: every slip of a finger or an eye, bounded, and none twice.
import Foundation
import Testing

@testable import ParkingCore

@Suite("Candidates of a read")
struct CandidateTests {
    @Test("hold each typing slip, the alternates, and no plate twice")
    func slips() throws {
        let reading = try Street().reading(
            "B0Z1",
            confidence: 0.99,
            alternates: [PlateAlternate(plate: "B0Z7", probability: 0.01)]
        )
        let texts = Candidates(of: reading).plates.map(\.text)
        #expect(texts.first == "B0Z1")
        for expected in ["B0Z7", "80Z1", "BOZ1", "BDZ1", "B021", "B0ZI", "B0ZL"] { #expect(texts.contains(expected)) }
        #expect(Set(texts).count == texts.count)
        #expect(!texts.contains("8021"))
        #expect(texts.contains("0BZ1"))
    }

    @Test("hold shapes that look alike, those of unsure characters first and with the doubt beside them")
    func shapes() throws {
        var reading = try Street().reading("UV4", confidence: 0.99)
        let sure = Candidates(of: reading).others.first { $0.plate.text == "VV4" }
        #expect(sure?.origin == .seen)
        #expect((sure?.doubt ?? 1) < 0.01)
        reading = try Street().reading("UV4", confidence: 0.99, characterProbability: 0.9)
        let unsure = try #require(Candidates(of: reading).others.first { $0.plate.text == "VV4" })
        #expect(abs(unsure.doubt - 0.1) < 1e-9)
    }

    @Test(
        "hold what a hidden end left of the plate, and what a cut or a sticker makes of it where its ends are in doubt"
    )
    func ends() throws {
        let sure = try Street().reading("ABCD123", confidence: 0.99)
        let ends = Candidates(of: sure).others.filter { $0.origin == .end }.map(\.plate.text)
        #expect(ends.contains("XABCD123") && ends.contains("ABCD1237"))
        #expect(ends.allSatisfy { $0.count == 8 })
        let unsure = try Street().reading("ABCD12", confidence: 0.8, characterProbability: 0.9)
        let texts = Set(Candidates(of: unsure).others.filter { $0.origin == .end }.map(\.plate.text))
        for expected in ["ABCD123", "ABCD129", "XABCD12", "BCD12", "ABCD1"] { #expect(texts.contains(expected)) }
        // Three characters could be the rest of anything.
        let short = try Street().reading("ABC", confidence: 0.5, characterProbability: 0.5)
        #expect(!Candidates(of: short).others.contains { $0.origin == .end })
        // Ten characters are as long as plates get.
        let long = try Street().reading("ABCDEFGHJK", confidence: 0.5, characterProbability: 0.5)
        #expect(Candidates(of: long).plates.allSatisfy { $0.text.utf8.count <= 10 })
    }

    @Test("hold mixtures of letters and digits of one shape, for whoever types O once and 0 once")
    func mixtures() throws {
        let texts = Candidates(of: try Street().reading("CO10", confidence: 0.99)).plates.map(\.text)
        for expected in ["C01O", "CO1O", "C010", "COI0", "C0IO", "COIO"] { #expect(texts.contains(expected)) }
    }

    @Test("hold before a ticket what was mistyped for a plate that shows the same")
    func last() throws {
        // In a simulated town who had paid for EC5I24C stood there with EC5I244, read as EC51244.
        let reading = try Street().reading("EC51244", confidence: 0.99)
        func has(_ plate: String, _ reach: Candidates.Reach) throws -> Bool {
            let found = Candidates(of: reading, reach: reach).others.first { $0.plate.text == plate }
            return found.map { $0.origin == .slip } ?? false
        }
        #expect(try has("EC5I24C", .last) && !has("EC5I24C", .wide))
        #expect(try has("EC5124C", .wide))
        let most = Candidates(of: try Street().reading("0101010101", confidence: 0.5), reach: .last).plates
        #expect(most.count <= Candidates.lastLimit + 1 && Set(most).count == most.count)
    }

    @Test("fold every zero at once and stay bounded")
    func bounded() throws {
        let reading = try Street().reading("00B1500000", confidence: 0.5, characterProbability: 0.1)
        #expect(Candidates(of: reading).plates.map(\.text).contains("OOB15OOOOO"))
        #expect(Candidates(of: reading).plates.count <= Candidates.limit + 1)
        #expect(Set(Candidates(of: reading).plates).count == Candidates(of: reading).plates.count)
    }

    @Test("are nothing new for an alternate that is no plate", arguments: ["?", "", "ÅÄÖ", "车牌", "A'; DROP"])
    func badAlternate(text: String) throws {
        func plates(_ alternates: [PlateAlternate]) throws -> [Plate] {
            Candidates(of: try Street().reading("XTX", confidence: 0.9, alternates: alternates)).plates
        }
        #expect(try plates([PlateAlternate(plate: text, probability: 0.1)]) == plates([]))
        #expect(try !plates([PlateAlternate(plate: "ABC", probability: .nan)]).isEmpty)
    }
}
