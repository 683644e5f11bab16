// The whole way from a grey picture to the plates that stand in it.
package import Imaging
internal import Inference
package import ParkingCore

/// How much work a picture is worth.
package enum Effort: Sendable {
    /// Six crops of a plate, and all scales unless something sure is found before: a photograph that stands for itself.
    case still
    /// Fewer candidates and crops: a frame of a video that stands for itself.
    case frame
    /// One of many frames of the same cars, the how manieth: the fine scales are searched in parts.
    case turn(Int)
}

/// One plate in one picture: what is told of it, and what fusing it with other frames needs.
package struct PlateObservation: Sendable {
    package let reading: PlateReading
    /// One for each character of the reading.
    package let slots: [CharacterSlot]
    /// Sharpness of the plate brought to the reader's size; comparable between frames (`Sharpness`).
    package let sharpness: Double
    /// Whether the outline touches the picture's edge: characters may be missing.
    package let isCut: Bool
    /// Of what the confidence was made; nil: it came from elsewhere.
    package let evidence: ReadEvidence?

    package init(
        reading: PlateReading,
        slots: [CharacterSlot],
        sharpness: Double,
        isCut: Bool,
        evidence: ReadEvidence? = nil
    ) {
        self.reading = reading
        self.slots = slots
        self.sharpness = sharpness
        self.isCut = isCut
        self.evidence = evidence
    }
}

/// Finds and reads plates. May be used from several threads: as many as there are `callers` work at once.
package final class PlateRecogniser: Sendable {
    /// Names and versions of the networks, such as "curbside-detector 1, curbside-reader 1 (fp32)".
    package let modelNames: String
    /// Confidence from which a read counts where nobody asked for another.
    package let countsFrom: Double

    /// Of the fused probability of a pass, as the reader's description says.
    package let passCalibration: PassCalibration?

    /// A photograph in which a read is as sure as this is not searched any further.
    private static let sureConfidence = 0.9

    private let detector: PlateDetector
    private let reader: PlateReader
    private let wholenessReader: WholenessReader?
    private let colourReader: ColourReader?
    private let meter: StageMeter?

    /// - Parameters:
    ///   - models: folder with all networks; nil: the built-in ones.
    ///   - precision: nil: 8 bits where the folder has all networks so.
    ///   - threads: that one run of a network may use.
    ///   - callers: runs at once, one for each of the caller's threads.
    ///   - formatPrior: whether it counts how likely a text is as a plate; never used where the model says no.
    ///   - usesThatPay: runs of one shape after which the networks are compiled for it; nil: as many as pay.
    ///   - meter: told what each stage costs.
    /// - Throws: `RecognitionError` (`model`).
    package init(
        models: String? = nil,
        precision: NetworkPrecision? = nil,
        threads: Int = 1,
        callers: Int = 1,
        formatPrior: Bool = true,
        usesThatPay: Int? = nil,
        meter: StageMeter? = nil
    ) throws(RecognitionError) {
        let folder = if let models { ModelFolder(path: models) } else { try ModelFolder.builtIn() }
        let precision = precision ?? folder.defaultPrecision
        let (detectorFile, detectorDescription) = try folder.detector(precision)
        let (scoutFile, scoutDescription) = try folder.scout(precision)
        let (readerFile, readerDescription) = try folder.reader(precision)
        let (wholeness, colour) = (try folder.wholeness(), try folder.colour())
        guard wholeness != nil || readerDescription.calibration.whole == nil else {
            throw RecognitionError(
                .model,
                "\(folder.path)/wholeness.json: there is no such file; the reader's confidence counts on it to know "
                    + "half hidden plates"
            )
        }
        let networks:
            (
                detector: any Network, scout: any Network, reader: any Network, wholeness: (any Network)?,
                colour: (any Network)?
            )
        do throws(InferenceError) {
            let engine = try OpenVINOEngine(threads: threads, callers: callers, usesThatPay: usesThatPay)
            let wholenessNetwork = if let wholeness { try engine.load(wholeness.file) } else { nil as (any Network)? }
            let colourNetwork = if let colour { try engine.load(colour.file) } else { nil as (any Network)? }
            networks = (
                try engine.load(detectorFile), try engine.load(scoutFile), try engine.load(readerFile),
                wholenessNetwork, colourNetwork
            )
        } catch {
            throw RecognitionError(.model, error.message)
        }
        self.meter = meter
        detector = try PlateDetector(
            LoadedNetwork(network: networks.detector, description: detectorDescription, file: detectorFile),
            scout: LoadedNetwork(network: networks.scout, description: scoutDescription, file: scoutFile),
            meter: meter
        )
        let isPriorUsed = formatPrior && readerDescription.formatPrior ?? true
        let prior = isPriorUsed ? try folder.formats() : nil
        reader = try PlateReader(networks.reader, readerDescription, prior: prior, file: readerFile, meter: meter)
        countsFrom = readerDescription.countsFrom ?? 0.5
        passCalibration = readerDescription.passCalibration
        if let wholeness, let network = networks.wholeness {
            wholenessReader = try WholenessReader(network, wholeness.description, file: wholeness.file)
        } else {
            wholenessReader = nil
        }
        if let colour, let network = networks.colour {
            colourReader = try ColourReader(network, colour.description, file: colour.file)
        } else {
            colourReader = nil
        }
        let names = [
            "\(detectorDescription.name) \(detectorDescription.version)",
            "\(readerDescription.name) \(readerDescription.version)",
            wholeness.map { "\($0.description.name) \($0.description.version)" },
        ]
        modelNames = names.compactMap { $0 }.joined(separator: ", ") + " (\(precision.rawValue))"
    }

    /// - Returns: plates with a text, the surest first.
    /// - Throws: `RecognitionError` (`inference`, `model`).
    package func read(_ grey: GreyImage, effort: Effort = .still) throws(RecognitionError) -> [PlateObservation] {
        let picture = meter.measure(.halving) { Mipmap(grey) }
        switch effort {
        case .still:
            let scouted = try detector.detect(picture, .frame, most: 48, recurs: false)
            let plates = try read(scouted, in: picture, crops: 6)
            if let best = plates.first, best.reading.confidence >= PlateRecogniser.sureConfidence { return plates }
            // The thorough search goes before: what the scout saw at its coarse scales may span many plates.
            let searched = try detector.detect(picture, .everywhere, most: 48, recurs: false)
            return try read(PlateDetector.joined(searched, scouted), in: picture, crops: 6)
        case .frame:
            let found = try detector.detect(picture, .frame, most: 12, recurs: true)
            return try read(found, in: picture, crops: 2)
        case .turn(let turn):
            let found = try detector.detect(picture, .turn(turn), most: 12, recurs: true)
            return try read(found, in: picture, crops: 2)
        }
    }

    /// Looks only where plates are expected: a tenth of the work of searching the whole picture.
    /// - Parameter outlines: four corners each, see `PlateTracker.expectedOutlines`.
    /// - Returns: plates with a text, the surest first.
    /// - Throws: `RecognitionError` (`inference`, `model`).
    package func read(
        _ grey: GreyImage,
        near outlines: [[PixelPoint]]
    ) throws(RecognitionError) -> [PlateObservation] {
        let candidates = outlines.filter { $0.count == 4 }.map(Quad.init)
        guard !candidates.isEmpty else { return [] }
        let picture = meter.measure(.halving) { Mipmap(grey) }
        // Where a plate was a moment ago, half the evidence is enough for it to be there still.
        let threshold = detector.description.threshold / 2
        let found = try detector.detect(picture, near: candidates, threshold: threshold)
        return try read(found, in: picture, crops: 2)
    }

    /// The colour of the vehicle that bears a plate: a proposal, for a person to confirm.
    /// - Parameter corners: the plate's, in pixels of the picture.
    /// - Returns: nil when no colour is sure enough.
    /// - Throws: `RecognitionError` (`inference`, `model`).
    package func colour(
        of picture: ColourImage,
        around corners: [PixelPoint]
    ) throws(RecognitionError) -> ColourProposal? {
        guard corners.count == 4 else { return nil }
        return try colourReader?.propose(picture, Quad(corners))
    }

    private func read(
        _ found: [Detection],
        in picture: Mipmap,
        crops: Int
    ) throws(RecognitionError) -> [PlateObservation] {
        let plates = found.filter(\.quad.isPlateShaped)
        let texts = try reader.read(picture, plates.map(\.quad), crops: crops)
        let whole = try meter.measure(.reading) { () throws(RecognitionError) in
            try wholenessReader?.probabilities(picture, plates.map(\.quad))
        }
        let observations = plates.indices.compactMap { index in
            texts[index].flatMap { observation($0, plates[index], whole: whole?[index], in: picture.image) }
        }
        return observations.sorted { $0.reading.confidence > $1.reading.confidence }
    }

    private func observation(
        _ text: PlateText,
        _ detection: Detection,
        whole: Double?,
        in grey: GreyImage
    ) -> PlateObservation? {
        // An even surface has no ink, whatever its outline looks like.
        guard text.sharpness > 0, let best = text.candidates.first, let plate = try? Plate(best.text) else {
            return nil
        }
        let characterProbabilities = zip(best.text, text.slots).map { character, slot in
            CharacterSlot.place(character.asciiValue ?? 0).map(slot.probability) ?? 0
        }
        let evidence = ReadEvidence(
            share: best.probability,
            visualShare: text.visualProbability,
            agreement: text.agreement,
            fit: text.fit / Double(max(best.text.utf8.count, 1)),
            weakest: characterProbabilities.min() ?? 0,
            gain: text.gain,
            detector: detection.score,
            width: detection.quad.width,
            aspect: detection.quad.width / max(detection.quad.height, 1e-6),
            sharpness: text.sharpness,
            length: best.text.utf8.count,
            isCutAtSide: PlateRecogniser.isCutAtSide(detection.quad, pictureWidth: Double(grey.width)),
            whole: PlateRecogniser.isCloseUp(detection.quad, pictureWidth: Double(grey.width)) ? nil : whole
        )
        let confidence = reader.confidence(evidence)
        let characters = zip(best.text, characterProbabilities).map { character, probability in
            // Where the whole text is right each of its characters is.
            CharacterReading(character: String(character), probability: max(probability, confidence))
        }
        // The calibrated doubt is shared among the others as the reader weighed them, none likelier than the read: a
        // part of the doubt is that no plate stands there.
        let doubt = best.probability < 1 ? (1 - confidence) / (1 - best.probability) : 0
        let alternates = text.candidates.dropFirst().prefix(5).map { other in
            PlateAlternate(plate: other.text, probability: min(other.probability * doubt, confidence))
        }.filter { $0.probability >= 0.0005 }
        let reading = PlateReading(
            plate: plate,
            confidence: confidence,
            characters: characters,
            alternates: alternates,
            box: detection.quad.box(within: grey.width, grey.height),
            corners: detection.quad.corners
        )
        return PlateObservation(
            reading: reading,
            slots: text.slots,
            sharpness: text.sharpness,
            isCut: PlateRecogniser.isCut(detection.quad, in: grey),
            evidence: evidence
        )
    }

    /// Whether the plate seems to go on beyond the left or right edge: it reaches that one, and is far from the other.
    private static func isCutAtSide(_ quad: Quad, pictureWidth: Double) -> Bool {
        let columns = quad.corners.map(\.x)
        let (left, right) = (columns.min() ?? 0, pictureWidth - (columns.max() ?? pictureWidth))
        return min(left, right) < quad.width * 0.05 && !isCloseUp(quad, pictureWidth: pictureWidth)
    }

    /// Whether the picture ends soon on both sides of the plate: whole plates are cut out so, and what is beside them is
    /// not to be seen.
    private static func isCloseUp(_ quad: Quad, pictureWidth: Double) -> Bool {
        let columns = quad.corners.map(\.x)
        let room = max(columns.min() ?? 0, pictureWidth - (columns.max() ?? pictureWidth))
        return room <= quad.width * 0.25
    }

    /// Whether a corner comes within a twentieth of the plate's width of the picture's edge.
    private static func isCut(_ quad: Quad, in grey: GreyImage) -> Bool {
        let near = max(1, quad.width * 0.05)
        return quad.corners.contains { corner in
            corner.x < near || corner.y < near || corner.x > Double(grey.width) - near
                || corner.y > Double(grey.height) - near
        }
    }
}
