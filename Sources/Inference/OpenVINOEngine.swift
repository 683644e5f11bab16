// OpenVINO through its C API: loads ONNX files and compiles them for the processor.
internal import COpenVINO

#if canImport(Glibc)
internal import Glibc
#endif

/// Compiles networks for the processor with a fixed number of threads.
///
/// `@unchecked Sendable`: OpenVINO's core object may be used from several threads (its documentation of `ov::Core`).
package final class OpenVINOEngine: InferenceEngine, @unchecked Sendable {
    private let core: OpaquePointer
    private let threads: Int
    private let callers: Int
    /// Runs of one shape after which a model of its own is compiled.
    let usesThatPay: Int

    /// - Parameters:
    ///   - threads: of one run; pinning is off, because on a shared machine it made networks six times slower.
    ///   - callers: runs at once, one for each thread of the caller's.
    ///   - usesThatPay: runs of one shape after which a model of its own is compiled: that takes 0.1 s (8 bits: 0.4 s),
    ///     and saves 1 to 2 ms at each change of shape; nil: 300.
    /// - Throws: `InferenceError` (`engine`).
    package init(threads: Int = 1, callers: Int = 1, usesThatPay: Int? = nil) throws(InferenceError) {
        self.usesThatPay = max(1, usesThatPay ?? 300)
        self.threads = max(1, threads)
        self.callers = max(1, callers)
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
        return try OpenVINONetwork(engine: self, path: path)
    }

    /// - Parameter shape: the input `name` gets this shape for good, which saves about a millisecond at each change of
    ///   shape; nil leaves it open.
    func compile(_ path: String, fixing shape: (name: String, sides: [Int])?) throws(InferenceError) -> CompiledModel {
        var model: OpaquePointer?
        var status = ov_core_read_model(core, path, nil, &model)
        guard status == OK, let model else {
            throw InferenceError(
                .model,
                "\(path): this is no network that OpenVINO can read: \(OpenVINO.complaint(status))"
            )
        }
        defer { ov_model_free(model) }
        if let shape {
            status = OpenVINO.reshape(model, shape.name, shape.sides)
            guard status == OK else {
                throw InferenceError(.tensor, "\(path): \(shape.sides) is refused: \(OpenVINO.complaint(status))")
            }
        }
        var compiled: OpaquePointer?
        status = OpenVINO.withProperties([
            ("INFERENCE_NUM_THREADS", String(threads * callers)), ("NUM_STREAMS", String(callers)),
            ("ENABLE_CPU_PINNING", "NO"), ("PERFORMANCE_HINT", "LATENCY"), ("INFERENCE_PRECISION_HINT", "f32"),
        ]) { properties in
            ov_core_compile_model_props(core, model, "CPU", properties.count, properties.baseAddress, &compiled)
        }
        guard status == OK, let compiled else {
            throw InferenceError(.model, "\(path): OpenVINO cannot compile this network: \(OpenVINO.complaint(status))")
        }
        return CompiledModel(compiled)
    }
}

/// Owns a compiled model.
///
/// `@unchecked Sendable`: the handle is never changed, and requests may be made from it on several threads.
final class CompiledModel: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { ov_compiled_model_free(handle) }

    var inputs: [String] {
        OpenVINO.names(handle, ov_compiled_model_inputs_size, ov_compiled_model_input_by_index)
    }
    var outputs: [String] {
        OpenVINO.names(handle, ov_compiled_model_outputs_size, ov_compiled_model_output_by_index)
    }
}

/// Small translations between the C API's values and Swift's.
enum OpenVINO {
    /// OpenVINO's own words for what went wrong last, on one line.
    static func complaint(_ status: ov_status_e) -> String {
        let general = ov_get_error_info(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
        guard let detail = ov_get_last_err_msg() else { return general }
        let lines = String(cString: detail).split(whereSeparator: \.isNewline).map(String.init)
        // The first lines say where in OpenVINO's source it happened; the reason comes last.
        guard let reason = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return general }
        return "\(general): \(reason.prefix(300))"
    }

    static func withShape<Result>(_ sides: [Int], _ body: (ov_shape_t) -> Result) -> Result {
        var dims = sides.map(Int64.init)
        return dims.withUnsafeMutableBufferPointer { body(ov_shape_t(rank: Int64($0.count), dims: $0.baseAddress)) }
    }

    fileprivate static func reshape(_ model: OpaquePointer, _ name: String, _ sides: [Int]) -> ov_status_e {
        var shape = ov_partial_shape_t()
        let status = ov_partial_shape_create_static(Int64(sides.count), sides.map(Int64.init), &shape)
        guard status == OK else { return status }
        defer { ov_partial_shape_free(&shape) }
        return ov_model_reshape_input_by_name(model, name, shape)
    }

    fileprivate static func withProperties<Result>(
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

    /// Names of all inputs, or of all outputs.
    fileprivate static func names(
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
