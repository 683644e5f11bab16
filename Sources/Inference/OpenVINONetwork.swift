// One network on OpenVINO: requests that keep their buffers, one set a shape, lent to one thread at a time.
internal import COpenVINO
internal import Synchronization

/// A network that takes any shape that it was trained for, and is compiled anew for shapes that come again and again.
final class OpenVINONetwork: Network {
    /// Shapes that get a model of their own; each takes some 10 MB.
    private static let mostFixed = 12
    /// Requests kept for their shape to come again: photographs of ever new sizes must not fill the memory.
    private static let mostIdle = 24

    private struct State {
        var idle: [InferRequest] = []
        var uses: [[Int]: Int] = [:]
        var fixed: [[Int]: CompiledModel] = [:]
    }

    let inputs: [String]
    let outputs: [String]
    private let engine: OpenVINOEngine
    private let path: String
    private let general: CompiledModel
    private let state = Mutex(State())

    init(engine: OpenVINOEngine, path: String) throws(InferenceError) {
        self.engine = engine
        self.path = path
        general = try engine.compile(path, fixing: nil)
        inputs = general.inputs
        outputs = general.outputs
    }

    func run<Answer>(
        _ input: String,
        shape: [Int],
        compiling: ShapeCompiling,
        fill: (UnsafeMutableBufferPointer<Float>) -> Void,
        use: ([NetworkOutput]) -> Answer
    ) throws(InferenceError) -> Answer {
        guard inputs.contains(input) else {
            throw InferenceError(
                .tensor,
                "\(path): the network has no input '\(input)', but \(inputs.joined(separator: ", "))"
            )
        }
        let request = try request(for: shape, of: input, compiling)
        fill(request.buffer)
        let answer = use(try request.run(outputs))
        giveBack(request, compiling)
        return answer
    }

    /// A request that nobody else uses, taken out of the idle ones or made.
    private func request(
        for shape: [Int],
        of input: String,
        _ compiling: ShapeCompiling
    ) throws(InferenceError) -> InferRequest {
        let (kept, fixed, pays) = state.withLock { state -> (InferRequest?, CompiledModel?, Bool) in
            if state.uses.count > 256 { state.uses = [:] }
            let uses = (state.uses[shape] ?? 0) + 1
            state.uses[shape] = uses
            let fixed = compiling == .never ? nil : state.fixed[shape]
            let isDue =
                switch compiling {
                case .whenItPays: uses == engine.usesThatPay
                case .atOnce: true
                case .never: false
                }
            let pays = isDue && fixed == nil && state.fixed.count < Self.mostFixed
            let model = fixed ?? general
            let place = state.idle.lastIndex { $0.shape == shape && $0.input == input && $0.model === model }
            guard !pays, let place else { return (nil, fixed, pays) }
            return (state.idle.remove(at: place), fixed, false)
        }
        if let kept { return kept }
        guard pays else { return try InferRequest(fixed ?? general, input, shape, path: path) }
        let own = try engine.compile(path, fixing: (input, shape))
        state.withLock { state in
            state.fixed[shape] = own
            if compiling == .whenItPays { state.idle.removeAll { $0.shape == shape } }
        }
        return try InferRequest(own, input, shape, path: path)
    }

    private func giveBack(_ request: InferRequest, _ compiling: ShapeCompiling) {
        state.withLock { state in
            // A request of the general model is done with once its shape has a model of its own.
            if compiling != .never, let fixed = state.fixed[request.shape], fixed !== request.model { return }
            state.idle.append(request)
            if state.idle.count > Self.mostIdle { state.idle.removeFirst() }
        }
    }
}

/// A request with its input tensor, in OpenVINO's own memory.
///
/// `@unchecked Sendable`: the network lends it to one thread at a time.
private final class InferRequest: @unchecked Sendable {
    let input: String
    let shape: [Int]
    /// Where the input's values go.
    let buffer: UnsafeMutableBufferPointer<Float>
    let model: CompiledModel
    private let path: String
    private let request: OpaquePointer
    private let tensor: OpaquePointer

    init(_ model: CompiledModel, _ input: String, _ shape: [Int], path: String) throws(InferenceError) {
        func failure(_ what: String, _ status: ov_status_e) -> InferenceError {
            InferenceError(.tensor, "\(path): \(what): \(OpenVINO.complaint(status))")
        }
        var request: OpaquePointer?
        var status = ov_compiled_model_create_infer_request(model.handle, &request)
        guard status == OK, let request else { throw failure("the network cannot be started", status) }
        var tensor: OpaquePointer?
        status = OpenVINO.withShape(shape) { ov_tensor_create(F32, $0, &tensor) }
        var data: UnsafeMutableRawPointer?
        if status == OK { status = ov_tensor_data(tensor, &data) }
        if status == OK { status = ov_infer_request_set_tensor(request, input, tensor) }
        guard status == OK, let tensor, let data else {
            if let tensor { ov_tensor_free(tensor) }
            ov_infer_request_free(request)
            throw failure("the input '\(input)' of shape \(shape) is refused", status)
        }
        self.model = model
        self.input = input
        self.shape = shape
        self.path = path
        self.request = request
        self.tensor = tensor
        let count = shape.reduce(1, *)
        buffer = UnsafeMutableBufferPointer(start: data.bindMemory(to: Float.self, capacity: count), count: count)
    }

    deinit {
        ov_infer_request_free(request)
        ov_tensor_free(tensor)
    }

    func run(_ outputs: [String]) throws(InferenceError) -> [NetworkOutput] {
        try check(ov_infer_request_infer(request), "the input '\(input)' of shape \(shape) is refused")
        var answers: [NetworkOutput] = []
        answers.reserveCapacity(outputs.count)
        for name in outputs { answers.append(try output(name)) }
        return answers
    }

    private func output(_ name: String) throws(InferenceError) -> NetworkOutput {
        var tensor: OpaquePointer?
        try check(ov_infer_request_get_tensor(request, name, &tensor), "the output '\(name)' cannot be fetched")
        // The values stay: they belong to the request.
        defer { if let tensor { ov_tensor_free(tensor) } }
        var type = DYNAMIC
        try check(ov_tensor_get_element_type(tensor, &type), "the output '\(name)' has no type")
        guard type == F32 else {
            throw InferenceError(.tensor, "\(path): the output '\(name)' is not of 32-bit floating point numbers")
        }
        var sides = ov_shape_t()
        try check(ov_tensor_get_shape(tensor, &sides), "the output '\(name)' has no shape")
        defer { ov_shape_free(&sides) }
        let shape = (0..<Int(sides.rank)).map { Int(sides.dims[$0]) }
        var data: UnsafeMutableRawPointer?
        try check(ov_tensor_data(tensor, &data), "the output '\(name)' has no data")
        guard let data else { throw InferenceError(.tensor, "\(path): the output '\(name)' is empty") }
        let values = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: shape.reduce(1, *))
        return NetworkOutput(name: name, shape: shape, values: values)
    }

    private func check(_ status: ov_status_e, _ what: String) throws(InferenceError) {
        guard status == OK else {
            throw InferenceError(.tensor, "\(path): \(what): \(OpenVINO.complaint(status))")
        }
    }
}
