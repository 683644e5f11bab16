// The one form of a JSON value: the examples of RFC 8785, and what is refused because it has two meanings.
import Foundation
import Testing

@testable import Evidence

@Suite struct CanonicalJSONTests {
    /// RFC 8785, appendix B: the bits of a double, and its text.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"), (0xC340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"), (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
            (0x44B5_2D02_C7E1_4AF6, "1e+23"), (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
            (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"), (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
            (0x444B_1AE4_D6E2_EF50, "1e+21"), (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
            (0x3EB0_C6F7_A0B5_ED8D, "0.000001"), (0x41B3_DE43_5555_5553, "333333333.3333332"),
            (0x41B3_DE43_5555_5554, "333333333.33333325"), (0x41B3_DE43_5555_5555, "333333333.3333333"),
            (0x41B3_DE43_5555_5556, "333333333.3333334"), (0x41B3_DE43_5555_5557, "333333333.33333343"),
            (0xBECB_F647_612F_3696, "-0.0000033333333333333333"), (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)]
    )
    func `numbers are written as the standard's own examples`(bits: UInt64, text: String) throws {
        #expect(CanonicalNumber.text(Double(bitPattern: bits)) == text)
        #expect(try CanonicalJSON(parsing: text.utf8).bytes == Array(text.utf8))
    }

    /// RFC 8785, section 3.2.2 and 3.2.3.
    @Test func `texts, order and literals are the standard's own example`() throws {
        let input = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(String(decoding: try CanonicalJSON(parsing: input.utf8).bytes, as: UTF8.self) == expected)
        let names = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        let sorted = #"{"\r":2,"1":4,"\#u{80}":6,"ö":7,"€":1,"😀":5,"\#u{FB33}":3}"#
        #expect(String(decoding: try CanonicalJSON(parsing: names.utf8).bytes, as: UTF8.self) == sorted)
    }

    @Test(arguments: [
        "", "{", "{\"a\":1,\"a\":2}", "[1,]", "01", "1.", "+1", "1e999", "\"\\ud800\"", "\"\u{1}\"", "nul", "{} {}",
        "\"\\u12\"", "\"\\u+123\"", "{\"a\" 1}", String(repeating: "[", count: 100), "\"", "-", "\"\\x\"", "tru",
    ])
    func `what is no JSON, or has two meanings, is refused with its place`(text: String) {
        let error = #expect(throws: EvidenceError.self) { try CanonicalJSON(parsing: text.utf8) }
        #expect(error?.code == .notCanonical)
        #expect(error?.message.contains("byte") == true)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: EvidenceError.self) { try CanonicalJSON(parsing: [0x22, 0xC3, 0x22]) }
        #expect(throws: EvidenceError.self) { try CanonicalJSON(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }
}
