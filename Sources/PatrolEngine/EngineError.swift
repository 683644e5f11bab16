// The engine's one error type: a sentence that names the thing and what to do about it.

internal import struct Foundation.CocoaError

package struct EngineError: Error, CustomStringConvertible {
    package enum Code: String, Sendable {
        case recording, camera, city, request, notTicketable, unknownRead, notSignedIn
    }

    package let code: Code
    package let message: String
    /// What another part said, if that is the cause.
    package let cause: String?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        // Foundation's file errors print a page about themselves; their own sentence says as much.
        self.cause = cause.map { ($0 as? CocoaError)?.localizedDescription ?? "\($0)" }
    }

    package var description: String { cause.map { "\(message) (\($0))" } ?? message }
}
