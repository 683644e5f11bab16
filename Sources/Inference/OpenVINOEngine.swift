// OpenVINO through its C API: runs ONNX files on the processor.
internal import COpenVINO
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

/// Compiles networks for the processor with a fixed number of threads.
///
/// `@unchecked Sendable`: OpenVINO's core object may be used from several threads (its documentation of `ov::Core`).
package final class OpenVINOEngine: InferenceEngine, @unchecked Sendable {
    private let core: OpaquePointer
    private let threads: Int

    /// - Parameter threads: of one network; pinning is off, because on a shared machine it made networks six times slower.
    /// - Throws: `InferenceError` (`engine`).
    package init(threads: Int = 1) throws(InferenceError) {
        self.threads = max(1, threads)
        var core: OpaquePointer?
        let status = ov_core_create(&core)
        guard status == OK, let core else {
            throw InferenceError(
                .engine,
                "OpenVINO does not start: \(OpenVINO.complaint(status)); run '.ci/setup' to install it again"
            )
        }
        self.core = core
    }

    deinit { ov_core_free(core) }

    package func load(_ path: String) throws(InferenceError) -> any Network {
        guard access(path, R_OK) == 0 else {
            throw InferenceError(.model, "\(path): there is no such model file, or it may not be read")
        }
        var model: OpaquePointer?
        var status = ov_core_read_model(core, path, nil, &model)
        guard status == OK, let model else {
            throw InferenceError(
                .model,
                "\(path): this is no network that OpenVINO can read: \(OpenVINO.complaint(status))"
            )
        }
        defer { ov_model_free(model) }
        var compiled: OpaquePointer?
        status = OpenVINO.withProperties([
            ("INFERENCE_NUM_THREADS", String(threads)), ("ENABLE_CPU_PINNING", "NO"), ("PERFORMANCE_HINT", "LATENCY"),
            ("INFERENCE_PRECISION_HINT", "f32"),
        ]) { properties in
            ov_core_compile_model_props(core, model, "CPU", properties.count, properties.baseAddress, &compiled)
        }
        guard status == OK, let compiled else {
            throw InferenceError(.model, "\(path): OpenVINO cannot compile this network: \(OpenVINO.complaint(status))")
        }
        return try OpenVINONetwork(compiled, path: path)
    }
}

/// A compiled network with its one request.
///
/// `@unchecked Sendable`: the handles are used only within `lock`.
final class OpenVINONetwork: Network, @unchecked Sendable {
    let inputs: [String]
    let outputs: [String]
    private let path: String
    private let compiled: OpaquePointer
    private let request: OpaquePointer
    private let lock = Mutex(())

    /// Takes ownership of `compiled`.
    fileprivate init(_ compiled: OpaquePointer, path: String) throws(InferenceError) {
        var request: OpaquePointer?
        let status = ov_compiled_model_create_infer_request(compiled, &request)
        guard status == OK, let request else {
            ov_compiled_model_free(compiled)
            throw InferenceError(.model, "\(path): the network cannot be started: \(OpenVINO.complaint(status))")
        }
        self.compiled = compiled
        self.request = request
        self.path = path
        inputs = OpenVINO.names(compiled, ov_compiled_model_inputs_size, ov_compiled_model_input_by_index)
        outputs = OpenVINO.names(compiled, ov_compiled_model_outputs_size, ov_compiled_model_output_by_index)
    }

    deinit {
        ov_infer_request_free(request)
        ov_compiled_model_free(compiled)
    }

    func run(_ input: Tensor, as name: String) throws(InferenceError) -> [String: Tensor] {
        guard inputs.contains(name) else {
            throw InferenceError(
                .tensor,
                "\(path): the network has no input '\(name)', but \(inputs.joined(separator: ", "))"
            )
        }
        let result = lock.withLock { _ in
            Result { () throws(InferenceError) in try runLocked(input, name) }
        }
        return try result.get()
    }

    private func runLocked(_ input: Tensor, _ name: String) throws(InferenceError) -> [String: Tensor] {
        var values = input.values
        // The memory behind the tensor must stay where it is until the answer is there.
        let status = values.withUnsafeMutableBytes { bytes in
            OpenVINO.withShape(input.shape) { shape in
                var tensor: OpaquePointer?
                var status = ov_tensor_create_from_host_ptr(F32, shape, bytes.baseAddress, &tensor)
                defer { if let tensor { ov_tensor_free(tensor) } }
                if status == OK { status = ov_infer_request_set_tensor(request, name, tensor) }
                if status == OK { status = ov_infer_request_infer(request) }
                return status
            }
        }
        try check(status, "the input '\(name)' of shape \(input.shape) is refused")
        var answer: [String: Tensor] = [:]
        for output in outputs { answer[output] = try self.output(output) }
        return answer
    }

    private func output(_ name: String) throws(InferenceError) -> Tensor {
        var tensor: OpaquePointer?
        try check(ov_infer_request_get_tensor(request, name, &tensor), "the output '\(name)' cannot be fetched")
        defer { if let tensor { ov_tensor_free(tensor) } }
        var type = DYNAMIC
        try check(ov_tensor_get_element_type(tensor, &type), "the output '\(name)' has no type")
        guard type == F32 else {
            throw InferenceError(.tensor, "\(path): the output '\(name)' is not of 32-bit floating point numbers")
        }
        var shape = ov_shape_t()
        try check(ov_tensor_get_shape(tensor, &shape), "the output '\(name)' has no shape")
        defer { ov_shape_free(&shape) }
        let sides = (0..<Int(shape.rank)).map { Int(shape.dims[$0]) }
        let count = sides.reduce(1, *)
        var data: UnsafeMutableRawPointer?
        try check(ov_tensor_data(tensor, &data), "the output '\(name)' has no data")
        guard let data else { throw InferenceError(.tensor, "\(path): the output '\(name)' is empty") }
        let values = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: count)
        return Tensor(shape: sides, values: [Float](values))
    }

    private func check(_ status: ov_status_e, _ what: String) throws(InferenceError) {
        guard status == OK else {
            throw InferenceError(.tensor, "\(path): \(what): \(OpenVINO.complaint(status))")
        }
    }
}

/// Small translations between the C API's values and Swift's.
private enum OpenVINO {
    /// OpenVINO's own words for what went wrong last, on one line.
    static func complaint(_ status: ov_status_e) -> String {
        let general = ov_get_error_info(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
        guard let detail = ov_get_last_err_msg() else { return general }
        let lines = String(cString: detail).split(whereSeparator: \.isNewline).map(String.init)
        // The first lines say where in OpenVINO's source it happened; the reason comes last.
        guard let reason = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return general }
        return "\(general): \(reason.prefix(300))"
    }

    static func withProperties<Result>(
        _ properties: [(String, String)],
        _ body: (UnsafeBufferPointer<ov_property_t>) -> Result
    ) -> Result {
        let strings = properties.map { (strdup($0.0), strdup($0.1)) }
        defer {
            for (key, value) in strings {
                free(key)
                free(value)
            }
        }
        let list = strings.map { ov_property_t(key: UnsafePointer($0.0), value: UnsafePointer($0.1)) }
        return list.withUnsafeBufferPointer(body)
    }

    static func withShape<Result>(_ sides: [Int], _ body: (ov_shape_t) -> Result) -> Result {
        var dims = sides.map(Int64.init)
        return dims.withUnsafeMutableBufferPointer { body(ov_shape_t(rank: Int64($0.count), dims: $0.baseAddress)) }
    }

    /// Names of all inputs, or of all outputs.
    static func names(
        _ compiled: OpaquePointer,
        _ count: (OpaquePointer?, UnsafeMutablePointer<Int>?) -> ov_status_e,
        _ port: (OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> ov_status_e
    ) -> [String] {
        var size = 0
        guard count(compiled, &size) == OK else { return [] }
        return (0..<size).compactMap { index in
            var handle: OpaquePointer?
            guard port(compiled, index, &handle) == OK, let handle else { return nil }
            defer { ov_output_const_port_free(handle) }
            var text: UnsafeMutablePointer<CChar>?
            guard ov_port_get_any_name(handle, &text) == OK, let text else { return nil }
            defer { ov_free(text) }
            return String(cString: text)
        }
    }
}
