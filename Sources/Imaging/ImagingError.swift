// What can be wrong with a picture, in words that name the cure.

/// Why a picture cannot be made, read or written. The caller adds the file's name.
package struct ImagingError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// No pixel, or more than `GreyImage.mostPixels`.
        case size
        /// The bytes are not what they should be.
        case format
        /// The end of the picture is missing.
        case truncated
        /// A library failed for a reason of its own.
        case library
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
