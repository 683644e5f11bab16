// The same networks in 32-bit floating point and in 8-bit whole numbers: which of them is run.
internal import Foundation

/// Numbers that a network computes with.
package enum NetworkPrecision: String, Sendable, CaseIterable {
    case fp32
    /// Half the processor time on AVX2, less with VNNI; made by Training/quantise.py.
    case int8
}

/// `detector-int8.json` and its like: all else stands in the 32-bit network's description.
private struct QuantisedDescription: Decodable {
    struct Origin: Decodable {
        /// SHA-256 of the 32-bit network of which it was made.
        let from: String
    }

    let quantised: Origin
    let sha256: String
}

extension ModelFolder {
    /// 8 bits where all networks are there in 8 bits.
    package var defaultPrecision: NetworkPrecision {
        let files = ["detector", "scout", "reader"].map { "\(path)/\($0)-int8.json" }
        return files.allSatisfy(FileManager.default.fileExists) ? .int8 : .fp32
    }

    /// The file to run, checked against its description.
    /// - Parameters:
    ///   - name: "detector", "scout" or "reader".
    ///   - sha256: of the 32-bit network.
    /// - Throws: `RecognitionError` (`model`).
    func network(
        _ name: String,
        _ precision: NetworkPrecision,
        sha256: String
    ) throws(RecognitionError) -> String {
        guard precision == .int8 else {
            try check("\(name).onnx", sha256: sha256, namedIn: "\(name).json")
            return "\(path)/\(name).onnx"
        }
        let description: QuantisedDescription = try describe("\(name)-int8.json")
        guard description.quantised.from.lowercased() == sha256.lowercased() else {
            throw RecognitionError(
                .model,
                "\(path)/\(name)-int8.json: it was made of another \(name).onnx than the one that is there; "
                    + "run Training/quantise.py again, or give --precision fp32"
            )
        }
        try check("\(name)-int8.onnx", sha256: description.sha256, namedIn: "\(name)-int8.json")
        return "\(path)/\(name)-int8.onnx"
    }
}
