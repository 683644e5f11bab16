// Why a ticket's page could not be made or brought to a printer; what a disk refused is a DurableFileError.

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
        /// CUPS, or a printer, gives no answer.
        case unreachable
        /// What was asked for does not fit how the ticket's print stands.
        case notNow
        /// A setting that cannot be.
        case setting
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
