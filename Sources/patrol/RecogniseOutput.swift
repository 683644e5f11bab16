// Reads for people (a table) and for programs (a line of JSON a picture).
internal import Foundation
internal import ParkingCore
internal import PlateRecognition

/// One line of `--json`.
private struct PictureLine: Encodable {
    struct Read: Encodable {
        let plate: String
        let confidence: Double
        let characters: [CharacterReading]
        let alternates: [PlateAlternate]
        /// x, y, width, height in pixels.
        let box: [Double]
        /// Top left, top right, bottom right, bottom left; x and y in pixels.
        let corners: [[Double]]
        let colour: ColourProposal?
        /// Of a pass in a video: best frame, its time, first and last time, frames that were joined.
        let bestFrame: Int?
        let seconds: Double?
        let firstSeconds: Double?
        let lastSeconds: Double?
        /// The last frame that added anything, and the one at which the pass was told.
        let usefulSeconds: Double?
        let toldSeconds: Double?
        let isCorrection: Bool?
        let frames: Int?
        /// Of what the confidence was made; only with `--evidence`.
        let evidence: [String: Double]?
    }

    let image: String
    let milliseconds: Double
    let reads: [Read]
    let frames: Int?
    let skipped: Int?
    let seconds: Double?
    let error: String?
}

struct RecogniseOutput {
    let json: Bool
    private let evidence: Bool

    /// - Parameter evidence: whether JSON tells of what each confidence was made.
    init(json: Bool, evidence: Bool = false) {
        self.json = json
        self.evidence = evidence
        if !json {
            Terminal.say(RecogniseOutput.row("PLATE", "CONFIDENCE", "COLOUR", "COULD ALSO BE", "WHERE", "MS", "IMAGE"))
        }
    }

    func write(_ result: RecogniseResult) {
        json ? RecogniseOutput.writeLine(line(result)) : writeTable(result)
    }

    func write(failure: String, of path: String) {
        guard json else { return }
        RecogniseOutput.writeLine(
            PictureLine(
                image: path,
                milliseconds: 0,
                reads: [],
                frames: nil,
                skipped: nil,
                seconds: nil,
                error: failure
            )
        )
    }

    private func line(_ result: RecogniseResult) -> PictureLine {
        PictureLine(
            image: result.image,
            milliseconds: result.milliseconds.rounded(2),
            reads: result.reads.map { read in
                let reading = read.reading
                return PictureLine.Read(
                    plate: reading.plate.text,
                    confidence: reading.confidence.rounded(4),
                    characters: reading.characters.map {
                        CharacterReading(character: $0.character, probability: $0.probability.rounded(4))
                    },
                    alternates: reading.alternates.map {
                        PlateAlternate(plate: $0.plate, probability: $0.probability.rounded(4))
                    },
                    box: [reading.box.x, reading.box.y, reading.box.width, reading.box.height].map { $0.rounded(1) },
                    corners: reading.corners.map { [$0.x.rounded(1), $0.y.rounded(1)] },
                    colour: read.colour.map {
                        ColourProposal(colour: $0.colour, confidence: $0.confidence.rounded(4))
                    },
                    bestFrame: read.pass?.bestFrame,
                    seconds: read.pass?.bestSeconds.rounded(3),
                    firstSeconds: read.pass?.firstSeconds.rounded(3),
                    lastSeconds: read.pass?.lastSeconds.rounded(3),
                    usefulSeconds: read.pass?.usefulSeconds.rounded(3),
                    toldSeconds: read.pass?.toldSeconds.rounded(3),
                    isCorrection: read.pass?.isCorrection,
                    frames: read.pass?.frames,
                    evidence: evidence ? read.features?.mapValues { $0.rounded(5) } : nil
                )
            },
            frames: result.frames,
            skipped: result.frames == nil ? nil : result.skipped,
            seconds: result.seconds?.rounded(3),
            error: nil
        )
    }

    private func writeTable(_ result: RecogniseResult) {
        let time = String(format: "%.0f", result.milliseconds)
        if result.reads.isEmpty { Terminal.say(RecogniseOutput.row("-", "", "", "no plate", "", time, result.image)) }
        for (index, read) in result.reads.enumerated() {
            let reading = read.reading
            let others = reading.alternates.prefix(2).map { String(format: "%@ %.2f", $0.plate, $0.probability) }
            let box = reading.box
            var place = String(format: "%.0f,%.0f %.0fx%.0f", box.x, box.y, box.width, box.height)
            if let pass = read.pass { place += String(format: " at %.1f s, %d frames", pass.bestSeconds, pass.frames) }
            Terminal.say(
                RecogniseOutput.row(
                    reading.plate.text,
                    String(format: "%.3f", reading.confidence),
                    read.colour.map { String(format: "%@ %.2f", $0.colour.name.en, $0.confidence) } ?? "",
                    others.joined(separator: ", "),
                    place,
                    index == 0 ? time : "",
                    result.image
                )
            )
        }
    }

    private static func row(
        _ plate: String,
        _ confidence: String,
        _ colour: String,
        _ others: String,
        _ place: String,
        _ time: String,
        _ image: String
    ) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }
        return
            "\(padded(plate, 10))  \(padded(confidence, 10))  \(padded(colour, 16))  \(padded(others, 30))  \(padded(place, 22))  "
            + "\(String(repeating: " ", count: max(0, 5 - time.count)))\(time)  \(image)"
    }

    static func writeLine(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            Terminal.say(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            Terminal.complain("a line of JSON could not be made: \(error)")
        }
    }
}

extension Double {
    /// To this many decimals, so that files stay small and alike.
    func rounded(_ decimals: Int) -> Double {
        let factor = pow(10, Double(decimals))
        return (self * factor).rounded() / factor
    }
}
