// From a plate's outline to its text: rectify at several margins, run the reader, let the crops vote.
internal import Imaging
internal import Inference
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// What the reader made of one plate, before it is put into words for others.
struct PlateText: Sendable {
    /// Best first; probabilities sum to at most 1 and are not calibrated.
    let candidates: [(text: String, probability: Double)]
    let slots: [CharacterSlot]
    /// Of the rectified plate, see `Sharpness`.
    let sharpness: Double
}

/// Reads plates. The same steps as Training/reader/vote.py.
struct PlateReader: Sendable {
    /// Prefixes kept in each crop's search, and texts that each crop may propose.
    private static let beamWidth = 8
    private static let proposals = 4
    /// Least log probability that one crop may give a text: a single spoilt crop cannot veto.
    private static let floor = -25.0
    /// Crops in one run of the network: more would not be faster.
    private static let batch = 10

    let description: ReaderDescription
    private let network: any Network
    private let alphabet: [UInt8]

    init(_ network: any Network, _ description: ReaderDescription, file: String) throws(RecognitionError) {
        guard network.inputs.contains("plates"), network.outputs.contains("logprobs") else {
            throw RecognitionError(
                .model,
                "\(file): a reader has the input 'plates' and the output 'logprobs', this has "
                    + "\(network.inputs.joined(separator: ", ")) and \(network.outputs.joined(separator: ", "))"
            )
        }
        self.network = network
        self.description = description
        alphabet = Array(description.alphabet.utf8)
    }

    /// Reads the plates of one picture, as many in one run of the network as fit.
    /// - Parameter margins: the shares by which each outline is enlarged, one crop each.
    /// - Returns: for each outline its text; nil when none was found.
    func read(_ picture: Mipmap, _ quads: [Quad], margins: [[Double]]) throws(RecognitionError) -> [PlateText?] {
        let step = max(1, PlateReader.batch / max(1, margins.count))
        var texts: [PlateText?] = []
        for start in stride(from: 0, to: quads.count, by: step) {
            let some = quads[start..<min(start + step, quads.count)]
            texts += try read(picture, Array(some), crops: margins)
        }
        return texts
    }

    private func read(
        _ picture: Mipmap,
        _ quads: [Quad],
        crops margins: [[Double]]
    ) throws(RecognitionError) -> [PlateText?] {
        guard !margins.isEmpty else { return quads.map { _ in nil } }
        let size = description.inputWidth * description.inputHeight
        // nil: the outline spans no area, and its crops are empty.
        var sharpness: [Double?] = []
        let crops = try run(count: quads.count * margins.count) { base in
            for (index, quad) in quads.enumerated() {
                let first = base + index * margins.count * size
                sharpness.append(rectify(picture, quad, margins, into: first))
            }
        }
        return quads.indices.map { index -> PlateText? in
            guard let sharpness = sharpness[index] else { return nil }
            let own = Array(crops[(index * margins.count)..<((index + 1) * margins.count)])
            let candidates = vote(own)
            guard let best = candidates.first else { return nil }
            return PlateText(
                candidates: candidates.map { (text($0.symbols), $0.probability) },
                slots: slots(best.symbols, own),
                sharpness: sharpness
            )
        }
    }

    /// The crops of one plate, one after the other.
    /// - Returns: the first one's sharpness; nil when the outline spans no area.
    private func rectify(
        _ picture: Mipmap,
        _ quad: Quad,
        _ margins: [[Double]],
        into target: UnsafeMutablePointer<Float>
    ) -> Double? {
        let (width, height) = (description.inputWidth, description.inputHeight)
        target.update(repeating: 0, count: margins.count * width * height)
        for (index, margin) in margins.enumerated() {
            let corners = quad.enlarged(byWidth: margin[0], height: margin[1]).corners.map { (x: $0.x, y: $0.y) }
            let crop = target + index * width * height
            guard picture.rectify(corners, width: width, height: height, into: crop) else { return nil }
        }
        return Sharpness.measure(target, width: width, height: height)
    }

    /// Platt scaling of the fused probability, as the model's description says.
    func calibrated(_ probability: Double) -> Double {
        let p = min(max(probability, 1e-6), 1 - 1e-6)
        return 1 / (1 + exp(-(description.calibration.a + description.calibration.b * log(p / (1 - p)))))
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

    /// All crops' proposals, each scored by its mean log probability over the crops, normalised to sum to 1.
    private func vote(_ crops: [TimeSteps]) -> [(symbols: [UInt8], probability: Double)] {
        var texts: Set<[UInt8]> = []
        for crop in crops { texts.formUnion(crop.beam(width: PlateReader.beamWidth).prefix(PlateReader.proposals)) }
        let scored = texts.filter { !$0.isEmpty && $0.count <= Plate.maximumLength }.map { ($0, score($0, crops)) }
        guard let top = scored.map(\.1).max() else { return [] }
        let total = scored.map { exp($0.1 - top) }.reduce(0, +)
        let ranked = scored.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0.lexicographicallyPrecedes($1.0) }
        return ranked.map { ($0.0, exp($0.1 - top) / total) }
    }

    private func score(_ text: [UInt8], _ crops: [TimeSteps]) -> Double {
        crops.map { max($0.logProbability(text), PlateReader.floor) }.reduce(0, +) / Double(crops.count)
    }

    /// For each character of the text: what else could stand there, all others given.
    private func slots(_ text: [UInt8], _ crops: [TimeSteps]) -> [CharacterSlot] {
        var plausible: Set<UInt8> = []
        for crop in crops { plausible.formUnion(crop.plausible(from: 0.003)) }
        return text.indices.map { index in
            var scores = [UInt8: Double]()
            var changed = text
            for symbol in plausible.union([text[index]]) {
                changed[index] = symbol
                scores[symbol] = score(changed, crops)
            }
            changed.remove(at: index)
            scores[0] = score(changed, crops)
            return CharacterSlot(scores: scores, alphabet: alphabet)
        }
    }

    private func text(_ symbols: [UInt8]) -> String {
        String(decoding: symbols.map { alphabet[Int($0) - 1] }, as: UTF8.self)
    }
}
