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
    ///   - compiling: when the network is compiled for this very shape.
    ///   - fill: must set every value; what stood there before is from another run.
    ///   - use: gets each of `outputs`, in their order.
    /// - Throws: `InferenceError`.
    func run<Answer>(
        _ input: String,
        shape: [Int],
        compiling: ShapeCompiling,
        fill: (UnsafeMutableBufferPointer<Float>) -> Void,
        use: ([NetworkOutput]) -> Answer
    ) throws(InferenceError) -> Answer
}

extension Network {
    package func run<Answer>(
        _ input: String,
        shape: [Int],
        fill: (UnsafeMutableBufferPointer<Float>) -> Void,
        use: ([NetworkOutput]) -> Answer
    ) throws(InferenceError) -> Answer {
        try run(input, shape: shape, compiling: .whenItPays, fill: fill, use: use)
    }
}

/// When a network is compiled for one shape of its input: that takes 0.1 to 0.4 s, and saves 1 to 2 ms at each change of
/// shape.
package enum ShapeCompiling: Sendable {
    /// Once the shape has come often enough: for networks that give the same answer to the last bit either way.
    case whenItPays
    /// At its first use, or not at all: for a network whose roundings differ, so that what it answers depends on what it
    /// is asked for and not on how often it was asked before.
    case atOnce
    case never
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
