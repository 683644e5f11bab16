// The seam between recognition and whatever runs its networks.

/// One answer of a network, where the engine wrote it: valid only within the call that handed it out.
package struct NetworkOutput {
    package let name: String
    /// Last dimension fastest.
    package let shape: [Int]
    package let values: UnsafeBufferPointer<Float>

    package init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

/// A trained network, loaded and ready: a named tensor in, named tensors out.
package protocol Network: AnyObject, Sendable {
    var inputs: [String] { get }
    var outputs: [String] { get }

    /// Runs the network on one input, without copying what goes in or comes out. May be called from several threads;
    /// as many as it was loaded for run at once, the others wait.
    /// - Parameters:
    ///   - input: one of `inputs`.
    ///   - shape: of the input, last dimension fastest.
    ///   - fill: must set every value; what stood there before is from another run.
    ///   - use: gets each of `outputs`, in their order.
    /// - Throws: `InferenceError`.
    func run<Answer>(
        _ input: String,
        shape: [Int],
        fill: (UnsafeMutableBufferPointer<Float>) -> Void,
        use: ([NetworkOutput]) -> Answer
    ) throws(InferenceError) -> Answer
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
