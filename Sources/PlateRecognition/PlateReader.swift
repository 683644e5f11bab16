// From a plate's outline to its text: rectify at several margins, run the reader, let the crops vote.
internal import Imaging
internal import Inference
internal import ParkingCore

/// What the reader made of one plate, before it is put into words for others.
struct PlateText: Sendable {
    /// Best first; probabilities sum to at most 1 and are not calibrated.
    let candidates: [(text: String, probability: Double)]
    /// Share of the best from the picture alone, and the mean log probability that the network gives it.
    let visualProbability: Double
    let fit: Double
    /// Share of the crops whose own best text is the best of all, and what formats say of it (`FormatPrior.gain`).
    let agreement: Double
    let gain: Double
    let slots: [CharacterSlot]
    /// Of the rectified plate, see `Sharpness`.
    let sharpness: Double
}

/// Reads plates. The same steps as Training/reader/vote.py.
struct PlateReader: Sendable {
    /// Crops in one run of the network: more would not be faster.
    private static let batch = 12

    let description: ReaderDescription
    private let network: any Network
    private let alphabet: [UInt8]
    private let prior: FormatPrior?
    private let readers: Int
    private let meter: StageMeter?

    /// - Parameter prior: what plates look like; nil: the pictures alone decide.
    init(
        _ network: any Network,
        _ description: ReaderDescription,
        prior: FormatPrior?,
        file: String,
        meter: StageMeter? = nil
    ) throws(RecognitionError) {
        try network.require("plates", ["logprobs"], of: "a reader", file: file)
        self.network = network
        self.description = description
        self.prior = prior
        self.meter = meter
        readers = description.readers ?? 1
        alphabet = Array(description.alphabet.utf8)
    }

    /// Reads the plates of one picture, as many in one run of the network as fit.
    /// - Parameter crops: of each outline, at the description's first margins; as many more as give each reader the same.
    /// - Returns: for each outline its text; nil when none was found.
    func read(_ picture: Mipmap, _ quads: [Quad], crops: Int) throws(RecognitionError) -> [PlateText?] {
        let margins = Array(description.margins.prefix((max(crops, 1) + readers - 1) / readers * readers))
        let step = max(1, PlateReader.batch / max(1, margins.count))
        var texts: [PlateText?] = []
        for start in stride(from: 0, to: quads.count, by: step) {
            let some = quads[start..<min(start + step, quads.count)]
            texts += try read(picture, Array(some), margins: margins)
        }
        return texts
    }

    private func read(
        _ picture: Mipmap,
        _ quads: [Quad],
        margins: [[Double]]
    ) throws(RecognitionError) -> [PlateText?] {
        let size = description.inputWidth * description.inputHeight
        // The first reader's crops of all plates, then the second's.
        let part = margins.count / readers
        func place(_ plate: Int, _ crop: Int) -> Int {
            (crop % readers * quads.count + plate) * part + crop / readers
        }
        // nil: the outline spans no area, and its crops are empty.
        var sharpness: [Double?] = []
        let crops = try meter.measure(.reading) { () throws(RecognitionError) in
            try run(count: quads.count * margins.count) { base in
                meter.measure(.rectifying) {
                    for (plate, quad) in quads.enumerated() {
                        let targets = margins.indices.map { base + place(plate, $0) * size }
                        sharpness.append(rectify(picture, quad, margins, into: targets))
                    }
                }
            }
        }
        return meter.measure(.wording) {
            quads.indices.map { plate in
                let own = margins.indices.map { crops[place(plate, $0)] }
                return sharpness[plate].flatMap { plateText(own, sharpness: $0) }
            }
        }
    }

    /// What one plate's crops say together; nil when they say nothing.
    private func plateText(_ crops: [TimeSteps], sharpness: Double) -> PlateText? {
        let vote = TextVote(crops, alphabet: alphabet, prior: prior)
        let candidates = vote.candidates()
        guard let best = candidates.first else { return nil }
        return PlateText(
            candidates: candidates.map { (text($0.symbols), $0.probability) },
            visualProbability: best.visualProbability,
            fit: best.fit,
            agreement: vote.agreement(best.symbols),
            gain: vote.gain(best.symbols),
            slots: vote.slots(best.symbols),
            sharpness: sharpness
        )
    }

    /// The crops of one plate, one for each margin.
    /// - Returns: the first one's sharpness; nil when the outline spans no area.
    private func rectify(
        _ picture: Mipmap,
        _ quad: Quad,
        _ margins: [[Double]],
        into targets: [UnsafeMutablePointer<Float>]
    ) -> Double? {
        let (width, height) = (description.inputWidth, description.inputHeight)
        for target in targets { target.update(repeating: 0, count: width * height) }
        for (index, margin) in margins.enumerated() {
            // Several readers look at the same crop.
            if let same = margins.firstIndex(of: margin), same < index {
                targets[index].update(from: targets[same], count: width * height)
                continue
            }
            let corners = quad.enlarged(byWidth: margin[0], height: margin[1]).corners.map { (x: $0.x, y: $0.y) }
            guard picture.rectify(corners, width: width, height: height, into: targets[index]) else { return nil }
        }
        return targets.first.map { Sharpness.measure($0, width: width, height: height) }
    }

    /// The probability that the evidence gives a read, as the model's description says.
    func confidence(_ evidence: ReadEvidence) -> Double {
        let withoutFormats = prior == nil ? description.calibrationWithoutFormats : nil
        return (withoutFormats ?? description.calibration).confidence(evidence)
    }

    /// - Parameter fill: sets the crops, one after the other.
    private func run(
        count: Int,
        fill: (UnsafeMutablePointer<Float>) -> Void
    ) throws(RecognitionError) -> [TimeSteps] {
        let symbols = alphabet.count + 1
        let crops: [TimeSteps]?
        do throws(InferenceError) {
            let shape = [count, 1, description.inputHeight, description.inputWidth]
            crops = try network.run("plates", shape: shape) { buffer in
                if let base = buffer.baseAddress { fill(base) }
            } use: { outputs in
                guard let logs = outputs.first(where: { $0.name == "logprobs" }), logs.shape.count == 3,
                    logs.shape[0] == count, logs.shape[2] == symbols
                else { return nil }
                let size = logs.shape[1] * symbols
                return (0..<count).map { crop in
                    TimeSteps(
                        steps: logs.shape[1],
                        symbols: symbols,
                        logs: Array(logs.values[(crop * size)..<((crop + 1) * size)])
                    )
                }
            }
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        guard let crops else {
            throw RecognitionError(
                .model,
                "the reader's output does not have \(symbols) symbols, as its description says"
            )
        }
        return crops
    }

    private func text(_ symbols: [UInt8]) -> String {
        String(decoding: symbols.map { alphabet[Int($0) - 1] }, as: UTF8.self)
    }
}
