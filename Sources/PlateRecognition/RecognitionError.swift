// What can go wrong between pixels and a read.

/// Names the model file or step, what is wrong, and what to do.
package struct RecognitionError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A model's file is missing, changed, or not what its description says.
        case model
        /// The network failed while it ran.
        case inference
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
