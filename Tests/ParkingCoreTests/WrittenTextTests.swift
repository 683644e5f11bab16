// What officers write: kept as it is where a page can show it, refused where it would garble what stands around it.
import Testing

@testable import ParkingCore

@Suite struct WrittenTextTests {
    @Test(arguments: [
        "wrong plate", "d\u{E9}j\u{E0} pay\u{E9}", "Nguy\u{1EC5}n", "\u{674E}\u{660E}", "O'Brien & Co. (fleet)",
    ])
    func `names and reasons are fit`(text: String) { #expect(WrittenText.isFit(text, longest: 60)) }

    @Test(
        arguments: [
            "", "   ", "a\u{1B}[2Jb", "line\nline", "\u{202E}evil", "a\u{2028}b",
            "Z" + String(repeating: "\u{301}", count: 3),
            String(repeating: "x", count: 61), "\u{E000}", "a\u{200B}b",
        ]
    )
    func `what garbles a page or a terminal is not`(text: String) { #expect(!WrittenText.isFit(text, longest: 60)) }

    @Test func `decomposed letters are composed, so that they count once here as at the back office`() {
        let decomposed = "  " + String(repeating: "e\u{301}", count: 200) + " "
        let tidied = WrittenText.tidied(decomposed)
        #expect(tidied.unicodeScalars.count == 200 && WrittenText.isFit(tidied, longest: 200))
    }
}
