// Why an evidence photo could not be made; what a disk refused is a DurableFileError.

package struct EvidenceError: Error, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The frame's bytes are no whole JPEG.
        case damagedFrame
        /// The plate's box has no pixels in the frame.
        case boxOutside
        /// The city's time zone has no such name here.
        case unknownTimeZone
        /// The close-up could not be cut or encoded.
        case closeUpFailed
        /// A stored photo's content is not what its name says.
        case changedPhoto
        case notAHash
        case metadataFailed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
