// The networks' files: each an ONNX file and a JSON description that holds its checksum.
internal import Crypto
internal import Foundation
package import ParkingCore

/// `detector.json`: how the detector's outputs are to be used.
package struct DetectorDescription: Sendable, Decodable {
    package struct Refine: Sendable, Decodable {
        package let width: Int
        package let height: Int
        /// Width in pixels to which a candidate is brought for its second look.
        package let plateWidth: Double
    }

    package let name: String
    package let version: String
    /// Input pixels for one cell of the outputs.
    package let stride: Int
    /// Heat from which a refined box is a plate.
    package let threshold: Double
    /// Heat from which a cell of the pyramid is worth a second look, where the detector itself proposes.
    package let proposalThreshold: Double
    package let refine: Refine
    /// Long sides in pixels to which a picture is brought where the detector searches it.
    package let pyramid: [Int]
    package let sha256: String
}

/// `scout.json`: how the scout's outputs, which have the detector's form, are to be used.
package struct ScoutDescription: Sendable, Decodable {
    package let name: String
    package let version: String
    /// Input pixels for one cell of the outputs.
    package let stride: Int
    /// Heat from which a cell is worth the detector's look.
    package let proposalThreshold: Double
    /// Long sides in pixels to which a picture is brought, and all of a video's frame at each of several turns.
    package let frame: [Int]
    package let turn: [Int]
    package let sha256: String
}

/// `reader.json`: how the reader is fed and how its answer becomes a confidence.
package struct ReaderDescription: Sendable, Decodable {
    package let name: String
    package let version: String
    package let inputWidth: Int
    package let inputHeight: Int
    /// Characters in the order of the network's outputs 1, 2, ...; output 0 is the CTC blank.
    package let alphabet: String
    /// Networks that stand side by side in the file, each of which reads an equal part of a batch; absent: 1.
    package let readers: Int?
    /// Shares of the plate's width and height by which its outline is enlarged, one crop each, best first. The readers
    /// take turns: the first crop is the first one's, the second crop the second one's.
    package let margins: [[Double]]
    package let calibration: ConfidenceModel
    /// For reading without the formats' prior; absent: `calibration`.
    package let calibrationWithoutFormats: ConfidenceModel?
    /// For passes of several frames; absent: `PassEvidence.uncalibrated`.
    package let passCalibration: PassCalibration?
    /// Whether `formats.json`, where there is one, is used; absent: yes.
    package let formatPrior: Bool?
    /// Confidence from which a read counts where nobody asked for another; absent: 0.5.
    package let countsFrom: Double?
    package let sha256: String
}

/// `wholeness.json`: what the wholeness network looks at.
package struct WholenessDescription: Sendable, Decodable {
    package let name: String
    package let version: String
    package let inputWidth: Int
    package let inputHeight: Int
    /// Shares of the outline's width and height that are shown beyond it on each side.
    package let margin: [Double]
    package let sha256: String
}

/// `colour.json`: what the colour network looks at, and from when its answer is told.
package struct ColourDescription: Sendable, Decodable {
    package let name: String
    package let version: String
    /// Cells across and down.
    package let inputWidth: Int
    package let inputHeight: Int
    /// Side of a cell, and how far above the plate's middle the first row begins, in square roots of the plate's area.
    package let cell: Double
    package let above: Double
    /// In the order of the network's outputs 1, 2, ...; output 0 is 'nobody can tell'.
    package let colours: [VehicleColour]
    /// Confidence from which a colour is proposed.
    package let proposeFrom: Double
    package let sha256: String
}

/// A folder with the networks `detector`, `scout` and `reader` (`.onnx` and `.json` each); if wanted `formats.json`, the
/// networks in 8 bits, and `wholeness` and `colour`. A reader's calibration that weighs wholeness needs that network.
package struct ModelFolder: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The folder that was built into the program's resources, or lies in `../share/curbside-patrol` of an installed tree.
    /// - Throws: `RecognitionError` (`model`).
    package static func builtIn() throws(RecognitionError) -> ModelFolder {
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let roots = [Bundle.main.bundleURL, program, program?.appendingPathComponent("../share/curbside-patrol")]
        for root in roots.compactMap({ $0 }) {
            let folder = root.appendingPathComponent("curbside-patrol_PlateRecognition.resources/Models").standardized
                .path
            if FileManager.default.fileExists(atPath: folder + "/detector.json") { return ModelFolder(path: folder) }
        }
        throw RecognitionError(
            .model,
            "the networks are not beside the program (curbside-patrol_PlateRecognition.resources/Models); "
                + "build again, or name their folder with --models"
        )
    }

    /// - Throws: `RecognitionError` (`model`) when a file is missing, or is not the one that its description names.
    func detector(
        _ precision: NetworkPrecision
    ) throws(RecognitionError) -> (file: String, description: DetectorDescription) {
        let description: DetectorDescription = try describe("detector.json")
        let file = try network("detector", precision, sha256: description.sha256)
        let refine = description.refine
        let sound =
            [4, 8, 16].contains(description.stride) && refine.width % 32 == 0 && refine.height % 32 == 0
            && (32...1024).contains(refine.width) && (32...1024).contains(refine.height) && refine.plateWidth >= 16
            && !description.pyramid.isEmpty && description.pyramid.allSatisfy { (32...8192).contains($0) }
        guard sound else { throw unsound("detector.json", "stride, refine or pyramid") }
        return (file, description)
    }

    /// - Throws: `RecognitionError` (`model`) when a file is missing, or is not the one that its description names.
    func scout(
        _ precision: NetworkPrecision
    ) throws(RecognitionError) -> (file: String, description: ScoutDescription) {
        let description: ScoutDescription = try describe("scout.json")
        let file = try network("scout", precision, sha256: description.sha256)
        let levels = [description.frame, description.turn]
        let sound =
            [4, 8, 16].contains(description.stride) && (0.001...1).contains(description.proposalThreshold)
            && levels.allSatisfy { !$0.isEmpty && $0.allSatisfy { (32...8192).contains($0) } }
        guard sound else { throw unsound("scout.json", "stride, proposalThreshold, frame or turn") }
        return (file, description)
    }

    /// - Throws: `RecognitionError` (`model`) when a file is missing, or is not the one that its description names.
    func reader(
        _ precision: NetworkPrecision
    ) throws(RecognitionError) -> (file: String, description: ReaderDescription) {
        let description: ReaderDescription = try describe("reader.json")
        let file = try network("reader", precision, sha256: description.sha256)
        let sound =
            (16...1024).contains(description.inputWidth) && (16...1024).contains(description.inputHeight)
            && Set(description.alphabet).count == description.alphabet.count && !description.alphabet.isEmpty
            && description.alphabet.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            && (1...8).contains(description.readers ?? 1) && !description.margins.isEmpty
            && description.margins.count % (description.readers ?? 1) == 0 && description.calibration.isSound
            && description.calibrationWithoutFormats?.isSound != false
            && description.passCalibration?.isSound != false
            && (0...1).contains(description.countsFrom ?? 0.5)
            && description.margins.allSatisfy { $0.count == 2 && $0.allSatisfy { abs($0) < 0.4 } }
        guard sound else {
            throw unsound("reader.json", "input size, alphabet, readers, margins, calibration or countsFrom")
        }
        return (file, description)
    }

    /// `formats.json`: what plates look like; nil when there is none.
    /// - Throws: `RecognitionError` (`model`) when it cannot be right.
    func formats() throws(RecognitionError) -> FormatPrior? {
        let file = path + "/formats.json"
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        return try FormatPrior(json: data, file: file)
    }

    /// - Returns: nil when the folder has no description of a colour network: then no colour is ever proposed.
    /// - Throws: `RecognitionError` (`model`) when the network is missing, or is not the one that is described.
    func colour() throws(RecognitionError) -> (file: String, description: ColourDescription)? {
        guard FileManager.default.fileExists(atPath: path + "/colour.json") else { return nil }
        let description: ColourDescription = try describe("colour.json")
        try check("colour.onnx", sha256: description.sha256, namedIn: "colour.json")
        let sound =
            (4...256).contains(description.inputWidth) && (4...256).contains(description.inputHeight)
            && (0.01...4).contains(description.cell) && abs(description.above) <= 100 && !description.colours.isEmpty
            && (0...1).contains(description.proposeFrom)
        guard sound else { throw unsound("colour.json", "input size, cell, colours or proposeFrom") }
        return (path + "/colour.onnx", description)
    }

    /// - Returns: nil when the folder has no description of a wholeness network.
    /// - Throws: `RecognitionError` (`model`) when the network is missing, or is not the one that is described.
    func wholeness() throws(RecognitionError) -> (file: String, description: WholenessDescription)? {
        guard FileManager.default.fileExists(atPath: path + "/wholeness.json") else { return nil }
        let description: WholenessDescription = try describe("wholeness.json")
        try check("wholeness.onnx", sha256: description.sha256, namedIn: "wholeness.json")
        let sound =
            (8...512).contains(description.inputWidth) && (8...512).contains(description.inputHeight)
            && description.margin.count == 2 && description.margin.allSatisfy { (0...1).contains($0) }
        guard sound else { throw unsound("wholeness.json", "input size or margin") }
        return (path + "/wholeness.onnx", description)
    }

    private func unsound(_ name: String, _ what: String) -> RecognitionError {
        RecognitionError(.model, "\(path)/\(name): \(what) cannot be right; put the original model files back")
    }

    func describe<Description: Decodable>(_ name: String) throws(RecognitionError) -> Description {
        let file = path + "/" + name
        guard let data = FileManager.default.contents(atPath: file) else {
            throw RecognitionError(.model, "\(file): there is no such file; --models needs a folder with all networks")
        }
        do {
            return try JSONDecoder().decode(Description.self, from: data)
        } catch {
            throw RecognitionError(.model, "\(file): this is no description of a network: \(error)")
        }
    }

    func check(_ name: String, sha256: String, namedIn description: String) throws(RecognitionError) {
        let file = path + "/" + name
        guard let data = FileManager.default.contents(atPath: file) else {
            throw RecognitionError(
                .model,
                "\(file): there is no such file; put the one that \(description) names there"
            )
        }
        let found = SHA256.hash(data: data).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
        guard found == sha256.lowercased() else {
            throw RecognitionError(
                .model,
                "\(file): its SHA-256 is \(found.prefix(12))..., but \(description) names \(sha256.prefix(12))...; "
                    + "the file was changed or belongs to another version"
            )
        }
    }
}
