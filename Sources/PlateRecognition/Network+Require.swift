// The networks' names for what goes in and what comes out are part of the contract with Training/.
internal import Inference

extension Network {
    /// - Parameters:
    ///   - kind: with its article, such as "a reader".
    ///   - file: named in the error.
    /// - Throws: `RecognitionError` (`model`) when the network has other inputs or outputs.
    func require(_ input: String, _ outputs: [String], of kind: String, file: String) throws(RecognitionError) {
        guard inputs.contains(input), Set(self.outputs).isSuperset(of: outputs) else {
            let expected = outputs.map { "'\($0)'" }.joined(separator: " and ")
            throw RecognitionError(
                .model,
                "\(file): \(kind) has the input '\(input)' and the output\(outputs.count > 1 ? "s" : "") \(expected), "
                    + "this has \(inputs.joined(separator: ", ")) and \(self.outputs.joined(separator: ", "))"
            )
        }
    }
}
