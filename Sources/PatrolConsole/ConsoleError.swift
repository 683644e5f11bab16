// The console's one error type: what went wrong with the daemon or the terminal, as a sentence with its cure.
package import ParkingCore

package struct ConsoleError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no such socket, or nobody listens on it.
        case noAnswer(String)
        case forbidden(String)
        case pathTooLong(Int)
        /// The connection was there and ended.
        case closed
        case timedOut
        /// The daemon refused and said why; the HTTP status.
        case refused(Int, String)
        /// The daemon answered with something that is not this API.
        case garbled(String)
        case other(String)
        case terminal(String)
    }

    package let code: Code
    package init(_ code: Code) { self.code = code }

    package var description: String { sentence(in: .en) }

    package func sentence(in language: Language) -> String {
        switch code {
        case .noAnswer(let path): Phrase.errorNoAnswer.text(language, path)
        case .forbidden(let path): Phrase.errorForbidden.text(language, path)
        case .pathTooLong(let bytes): Phrase.errorPathTooLong.text(language, "\(bytes)")
        case .closed: Phrase.errorClosed.text(language)
        case .timedOut: Phrase.errorTimedOut.text(language)
        case .refused(_, let sentence): sentence
        case .garbled(let detail): Phrase.errorGarbled.text(language, detail)
        case .other(let detail): Phrase.errorOther.text(language, detail)
        case .terminal(let detail): detail
        }
    }
}
