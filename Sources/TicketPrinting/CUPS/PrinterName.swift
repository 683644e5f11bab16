// What CUPS takes for a printer's name, checked before it becomes part of an address.

package enum PrinterName {
    /// lpadmin(8) takes any printable character but space, '/' and '#'; what needs no escape in a URI is taken here.
    package static func isValid(_ name: String) -> Bool {
        (1...127).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
