// Why a ticket's page could not be made; what a disk refused is a DurableFileError.

package struct TicketPrintError: Error, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The font that the page is set in is not installed.
        case fontMissing
        /// The city's time zone has no such name here.
        case unknownTimeZone
        /// The texts would make the page longer than a PDF page can be.
        case tooLong
        case drawingFailed
        /// A barcode of a text with other characters than printable ASCII.
        case barcode
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
