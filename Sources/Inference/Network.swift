// The seam between recognition and whatever runs its networks.

/// Numbers in a shape, last dimension fastest.
package struct Tensor: Sendable {
    package let shape: [Int]
    package var values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill the shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

/// A trained network, loaded and ready: named tensors in, named tensors out.
package protocol Network: AnyObject, Sendable {
    var inputs: [String] { get }
    var outputs: [String] { get }

    /// Runs the network on one input. Calls from several threads wait for each other.
    /// - Returns: each of `outputs` by name.
    /// - Throws: `InferenceError`.
    func run(_ input: Tensor, as name: String) throws(InferenceError) -> [String: Tensor]
}

/// Loads networks.
package protocol InferenceEngine: Sendable {
    /// - Parameter path: an ONNX file.
    /// - Throws: `InferenceError`.
    func load(_ path: String) throws(InferenceError) -> any Network
}

/// Names the model file or tensor, what is wrong, and what to do.
package struct InferenceError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The engine itself does not start.
        case engine
        /// The file is missing, damaged, or no network.
        case model
        /// A name or a shape that the network does not have.
        case tensor
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
