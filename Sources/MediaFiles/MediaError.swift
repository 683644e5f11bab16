// What can be wrong with a picture file, a video or a folder of them.

/// Names the file, what is wrong with it, and what to do.
package struct MediaError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// There is no such file or folder, or it may not be read.
        case unreadable
        /// Nothing in it: zero bytes, or a folder without pictures.
        case empty
        /// It is no picture and no video that is known here, or it is damaged beyond use.
        case format
        /// A library failed for a reason of its own.
        case library
    }

    package let code: Code
    package let path: String
    package let message: String
    package var description: String { "\(path): \(message)" }

    package init(_ code: Code, _ path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }
}
