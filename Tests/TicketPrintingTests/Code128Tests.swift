// The barcode's own arithmetic; the pixels are checked by a decoder in TicketPageTests.
import Testing

@testable import TicketPrinting

@Suite struct Code128Tests {
    @Test func everyPatternIsElevenModulesWideAndThereIsNoOtherLikeIt() {
        for pattern in Code128.patterns.dropLast() {
            #expect(pattern.utf8.reduce(0) { $0 + Int($1) - 48 } == 11)
            #expect(pattern.utf8.count == 6)
            // Bars of a symbol always add up to an even number of modules.
            #expect(
                pattern.utf8.enumerated().reduce(0) { $1.offset.isMultiple(of: 2) ? $0 + Int($1.element) : $0 } % 2 == 0
            )
        }
        #expect(Code128.patterns.count == 107 && Set(Code128.patterns).count == 107)
    }

    @Test func eightDigitsTakeFourPairs() throws {
        // Start, four pairs, check symbol at 11 modules; stop at 13.
        #expect(try Code128("00000123").modules == 6 * 11 + 13)
    }

    @Test(arguments: ["", "é", "a\u{7}"]) func whatCannotBeBarsIsRefused(text: String) {
        let error = #expect(throws: TicketPrintError.self) { try Code128(text) }
        #expect(error?.code == .barcode)
    }
}
