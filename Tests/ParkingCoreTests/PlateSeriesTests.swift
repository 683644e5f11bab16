// Patterns of plates: what they take, what they refuse, and what the usual ones hold.
import Testing

@testable import ParkingCore

@Suite struct PlateSeriesTests {
    private func takes(_ pattern: String, _ plate: String) throws -> Bool {
        try #require(PlateSeries(pattern)).contains(try Plate(plate))
    }

    @Test func `letters, digits, sets and ranges stand for what they say, in the whole text`() throws {
        #expect(try takes("AAAA000", "CKVX042") && takes("AAAA000 without GIOQU", "CKVX042"))
        #expect(try !takes("AAAA000", "CKVX04") && !takes("AAAA000", "CKVX0423") && !takes("AAAA000", "CKV0042"))
        #expect(try !takes("AAAA000 without GIOQU", "CKOX042"))
        #expect(try takes("[G][V]AA000", "GVAB123") && !takes("[G][V]AA000", "GWAB123"))
        #expect(try takes("[A-CX0-3]00", "X12") && takes("[A-CX0-3]00", "212") && !takes("[A-CX0-3]00", "D12"))
    }

    @Test func `a text one character short is a cut plate of the series, at either end and nowhere else`() throws {
        let series = try #require(PlateSeries("AAAA000 without GIOQU"))
        for (plate, isCut) in [
            ("LWB414", true), ("CLWB41", true), ("CLWB414", false), ("WB414", false), ("LW8414", false),
            ("OWB414", false), ("414LWB", false), ("CLWB4", false),
        ] {
            #expect(series.containsCut(try Plate(plate)) == isCut, "\(plate)")
        }
        let oneCharacter = try #require(PlateSeries("0"))
        #expect(!oneCharacter.containsCut(try Plate("7")))
    }

    @Test(arguments: [
        "", "AAAA-000", "aaaa000", "[]000", "[A000", "[C-A]0", "[A-]0", "[é]0", "AAA without ", "AAA without 0",
        "AAA without G without Q", "AAAA0000000", " without G",
    ])
    func `what is no pattern is refused`(text: String) {
        #expect(PlateSeries(text) == nil)
    }

    @Test func `the usual ones hold the plates of the province and its neighbours, and none that was chosen`() throws {
        #expect(PlateSeries.usual.count == 10)
        for plate in ["CKVX042", "ABC123", "123ABC", "AB12345", "A1234B", "GVAB123", "A12BCD", "FAB1234", "KHT7463"] {
            #expect(PlateSeries.usual.contains { $0.contains((try? Plate(plate))!) }, "\(plate)")
        }
        // Chosen by their owners, O for 0 in a series, a first or last character lost.
        for plate in ["PIZZA816", "1LUV67", "GOLEAFS", "CKVXO42", "MYI29I", "1TYMFSM", "KVXO42", "CKVX04"] {
            #expect(!PlateSeries.usual.contains { $0.contains((try? Plate(plate))!) }, "\(plate)")
        }
    }
}
