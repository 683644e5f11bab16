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

    /// - Parameter margins: how many of the described crops vote.
    /// - Returns: nil when no text was found.
    func read(_ picture: Mipmap, _ quad: Quad, margins: Int) throws(RecognitionError) -> PlateText? {
        let used = description.margins.prefix(max(1, margins))
        let (width, height) = (description.inputWidth, description.inputHeight)
        var input = Tensor(
            shape: [used.count, 1, height, width],
            values: [Float](repeating: 0, count: used.count * width * height)
        )
        var sharpness = 0.0
        let rectified = input.values.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let base = buffer.baseAddress else { return false }
            for (index, margin) in used.enumerated() {
                let corners = quad.enlarged(byWidth: margin[0], height: margin[1]).corners.map { (x: $0.x, y: $0.y) }
                let target = base + index * width * height
                guard picture.rectify(corners, width: width, height: height, into: target) else { return false }
            }
            sharpness = Sharpness.measure(base, width: width, height: height)
            return true
        }
        guard rectified else { return nil }
        let crops = try run(input)
        let candidates = vote(crops)
        guard let best = candidates.first else { return nil }
        return PlateText(
            candidates: candidates.map { (text($0.symbols), $0.probability) },
            slots: slots(best.symbols, crops),
            sharpness: sharpness
        )
    }

    /// Platt scaling of the fused probability, as the model's description says.
    func calibrated(_ probability: Double) -> Double {
        let p = min(max(probability, 1e-6), 1 - 1e-6)
        return 1 / (1 + exp(-(description.calibration.a + description.calibration.b * log(p / (1 - p)))))
    }

    private func run(_ input: Tensor) throws(RecognitionError) -> [TimeSteps] {
        let answer: [String: Tensor]
        do throws(InferenceError) {
            answer = try network.run(input, as: "plates")
        } catch {
            throw RecognitionError(.inference, error.message)
        }
        let symbols = alphabet.count + 1
        guard let logs = answer["logprobs"], logs.shape.count == 3, logs.shape[0] == input.shape[0],
            logs.shape[2] == symbols
        else {
            throw RecognitionError(
                .model,
                "the reader's output does not have \(symbols) symbols, as its description says"
            )
        }
        let size = logs.shape[1] * symbols
        return (0..<logs.shape[0]).map { crop in
            TimeSteps(
                steps: logs.shape[1],
                symbols: symbols,
                logs: Array(logs.values[(crop * size)..<((crop + 1) * size)])
            )
        }
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
