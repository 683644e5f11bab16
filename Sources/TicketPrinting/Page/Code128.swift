// Bars for the ticket's number, so that a counter clerk or a mail scanner need not type it (ISO/IEC 15417, Code 128).

/// A Code 128 symbol: pairs of digits in code set C where the text is all digits of even count, else code set B.
struct Code128: Hashable {
    /// Widths of bars and spaces in modules, from the first bar to the last; quiet zones not counted.
    let widths: [Int]

    /// Empty modules that the standard asks for on either side.
    static let quietModules = 10

    /// Modules from the first bar to the last.
    var modules: Int { widths.reduce(0, +) }

    /// - Throws: `TicketPrintError.barcode` for an empty text or anything but printable ASCII.
    init(_ text: String) throws(TicketPrintError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ (32...126).contains($0) }) else {
            throw TicketPrintError(.barcode, "'\(text.prefix(40))' cannot be a barcode: printable ASCII only")
        }
        let digitsOnly = bytes.allSatisfy { (48...57).contains($0) }
        var symbols: [Int]
        if digitsOnly, bytes.count.isMultiple(of: 2) {
            symbols = [Code128.startC]
            for index in stride(from: 0, to: bytes.count, by: 2) {
                symbols.append(Int(bytes[index] - 48) * 10 + Int(bytes[index + 1] - 48))
            }
        } else {
            symbols = [Code128.startB] + bytes.map { Int($0) - 32 }
        }
        let weighted = symbols.enumerated().reduce(0) { $0 + max(1, $1.offset) * $1.element }
        symbols += [weighted % 103, Code128.stop]
        widths = symbols.flatMap { Code128.patterns[$0].utf8.map { Int($0) - 48 } }
    }

    private static let startB = 104
    private static let startC = 105
    private static let stop = 106

    /// Bar, space, bar, ... of each symbol value; the stop has a seventh element.
    static let patterns: [String] = [
        "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
        "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
        "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
        "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
        "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
        "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
        "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
        "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
        "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
        "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
        "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
    ]
}
