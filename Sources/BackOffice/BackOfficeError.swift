// The one error type of the back office: a code that decides the HTTP status and the exit code, and a sentence.
internal import DurableFiles

package struct BackOfficeError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// The data folder or its database cannot be used as it is.
        case data
        /// The disk has no room left.
        case full
        /// Another process owns the data folder.
        case inUse
        /// An address that must not be listened on.
        case address
        /// What a client sent is not what the protocol says.
        case request
        case tooLarge
        case mediaType
        case version
        case notFound
        /// What a client sent contradicts what is kept.
        case conflict
        /// Ticket numbers have run out.
        case exhausted
        case misdirected
        /// A file with list records has faults.
        case file
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a disk refused.
    init(_ error: DurableFileError) { self.init(error.code == .diskFull ? .full : .data, error.description) }
}
