// Everything that can go wrong with the municipality's map, as sentences that name the thing and the cure.

package struct AddressingError: Error, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// An input file, or the book, cannot be read.
        case unreadable
        /// An input file is not what it should be, as a whole.
        case badFile
        /// Too many features are bad, or there are no streets.
        case refused
        /// The book is no address book, or damaged, or of another version.
        case badBook
        /// The book cannot be written.
        case notWritable
    }

    package let code: Code
    package let message: String
    /// What was counted until then, where an import was refused.
    package let report: PlaceImportReport?

    init(_ code: Code, _ message: String, report: PlaceImportReport? = nil) {
        self.code = code
        self.message = message
        self.report = report
    }

    package var description: String { message }
}
