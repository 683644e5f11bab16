// The QR symbol that leads to a ticket's payment (ISO/IEC 18004), as modules.
internal import CQREncode

struct QRCode: Hashable {
    /// Modules along each side, quiet zone not counted.
    let size: Int
    /// Empty modules that the standard asks for all around.
    static let quietModules = 4
    private let dark: [Bool]

    /// Error correction M: the symbol bears 15 % of damage, as from a crease or rain.
    /// - Throws: `TicketPrintError.barcode` for an empty text or one that no symbol can hold.
    init(_ text: String) throws(TicketPrintError) {
        guard !text.isEmpty, let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw TicketPrintError(.barcode, "'\(text.prefix(60))' cannot be a QR symbol: it is empty or too long")
        }
        defer { QRcode_free(code) }
        size = Int(code.pointee.width)
        // libqrencode: the lowest bit says that the module is dark.
        dark = (0..<size * size).map { code.pointee.data[$0] & 1 == 1 }
    }

    func isDark(row: Int, column: Int) -> Bool { dark[row * size + column] }
}
