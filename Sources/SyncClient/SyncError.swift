// The one error type of the client: what went wrong between vehicle and server, and whose turn it is.

package struct SyncError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// No answer: no link, no server, a connection that broke. Trying again is the cure.
        case unreachable
        /// The server failed (5xx). Trying again is the cure.
        case server
        /// The server understood and said no (4xx). A person is needed.
        case refused
        /// As `refused`: what was sent contradicts what the server has.
        case conflict
        /// As `refused`: the server has nothing under this name.
        case unknown
        /// As `refused`: the body was larger than the server takes.
        case tooLarge
        /// The server's answer is not what the protocol says.
        case answer
        /// Server and vehicle do not know the same past.
        case diverged
        /// The vehicle's own database or photos.
        case local
        /// The address of the server cannot be one.
        case address
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
