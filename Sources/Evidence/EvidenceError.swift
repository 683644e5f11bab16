// Why evidence could not be made, kept or read; what a disk refused is a DurableFileError.

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
        /// A text that is no JSON, or has another form than the one it may have.
        case notCanonical
        /// The signing key is missing, readable by others, or none.
        case key
        /// The list of keys does not hold together.
        case keyList
        /// The chain's files cannot be gone on with.
        case chain
        /// Nothing is there under the name that was asked for.
        case notFound
        /// The document or archive could not be made or read.
        case exportFailed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
