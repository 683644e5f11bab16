// patrol recognise --score: recognition measured against labelled pictures.
internal import ArgumentParser
internal import Foundation
internal import ParkingCore
internal import PlateRecognition

/// The last line of `--score`, with and without `--json`.
private struct ScoreLine: Encodable {
    let models: String
    let failed: Int
    let scores: [RecognitionScore]
}

struct ScoreRun {
    let work: RecogniseWork
    let labels: String
    let sets: Set<String>
    let json: Bool
    let annotator: Annotator?
    let misses: MissSheets?
    /// File for the reliability diagram of all sets.
    let reliability: String?

    func run() throws {
        let chosen: [Label]
        do {
            let all = try Label.parse(try String(contentsOfFile: labels, encoding: .utf8))
            chosen = sets.isEmpty ? all : all.filter { sets.contains($0.set) }
        } catch let error as LabelsError {
            Terminal.complain("\(labels): \(error.message)")
            throw ExitCode.failure
        } catch {
            Terminal.complain(
                "\(labels): the labels cannot be read (they must be UTF-8): \(error.localizedDescription)"
            )
            throw ExitCode.failure
        }
        guard !chosen.isEmpty else {
            Terminal.complain(
                "\(labels): there is no row" + (sets.isEmpty ? "" : " of \(sets.sorted().joined(separator: ", "))")
            )
            throw ExitCode.failure
        }
        let (outcomes, failed) = measure(chosen)
        try misses?.finish()
        try report(outcomes, failed: failed)
        if failed > 0 { throw ExitCode.failure }
    }

    /// Each picture read once; outcomes by set, in the labels' order.
    private func measure(_ labels: [Label]) -> (outcomes: [(set: String, picture: PictureOutcome)], failed: Int) {
        let output = json ? RecogniseOutput(json: true) : nil
        let byImage = Dictionary(grouping: labels, by: \.image)
        var seen: Set<String> = []
        let images = labels.map(\.image).filter { seen.insert($0).inserted }
        let progress = ProgressBar(total: images.count, of: self.labels)
        var outcomes: [(set: String, picture: PictureOutcome)] = []
        var failed = 0
        for image in images {
            let rows = byImage[image] ?? []
            progress.advance()
            do {
                try work.run(resolve(image)) { result in
                    output?.write(result)
                    try annotator?.write(result)
                    let reads = result.reads.map(\.reading)
                    let outcome = PictureOutcome(labels: rows, reads: reads, milliseconds: result.milliseconds)
                    try misses?.take(outcome, picture: result.picture)
                    outcomes.append((rows[0].set, outcome))
                }
            } catch {
                // A picture that cannot be read counts as one in which nothing was found.
                failed += 1
                progress.finish()
                Terminal.complain("\(error)")
                output?.write(failure: "\(error)", of: image)
                outcomes.append((rows[0].set, PictureOutcome(labels: rows, reads: [], milliseconds: 0)))
            }
        }
        progress.finish()
        return (outcomes, failed)
    }

    /// Relative to the labels' folder, or to the one above it.
    private func resolve(_ image: String) -> String {
        if image.hasPrefix("/") { return image }
        let folder = URL(fileURLWithPath: labels).deletingLastPathComponent()
        let beside = folder.appendingPathComponent(image).path
        let above = folder.deletingLastPathComponent().appendingPathComponent(image).path
        return !FileManager.default.fileExists(atPath: beside) && FileManager.default.fileExists(atPath: above)
            ? above : beside
    }

    private func report(_ outcomes: [(set: String, picture: PictureOutcome)], failed: Int) throws {
        var seen: Set<String> = []
        let names = outcomes.map(\.set).filter { seen.insert($0).inserted }
        var scores = names.map { name in
            score(name, outcomes.filter { $0.set == name }.map(\.picture))
        }
        if names.count != 1 { scores.append(score("all", outcomes.map(\.picture))) }
        if let reliability, let last = scores.last { try ReliabilityDiagram(last).write(to: reliability) }
        if !json { writeTable(scores, failed: failed) }
        RecogniseOutput.writeLine(ScoreLine(models: work.recogniser.modelNames, failed: failed, scores: scores))
    }

    private func score(_ set: String, _ pictures: [PictureOutcome]) -> RecognitionScore {
        RecognitionScore(set: set, pictures: pictures, countsFrom: work.recogniser.countsFrom)
    }

    private func writeTable(_ scores: [RecognitionScore], failed: Int) {
        let countsFrom = work.recogniser.countsFrom
        Terminal.say(
            "\(work.recogniser.modelNames); reads from a confidence of \(work.stillConfidence); "
                + "'counted' are those from \(countsFrom)"
        )
        Terminal.say("")
        Terminal.say(
            "set          rows   exact        O=0 I=1      found        false/picture (counted)  ms median   p95   "
                + "ECE (O=0 I=1)   coverage at 99 % (O=0 I=1)   counted exact"
        )
        for score in scores { Terminal.say(row(score)) }
        if let last = scores.last { writeReliability(last) }
        if failed > 0 { Terminal.say("\(failed) pictures could not be read; they count as not found") }
    }

    private func row(_ score: RecognitionScore) -> String {
        func share(_ count: Int, _ of: Int) -> String {
            of == 0
                ? "-".padding(toLength: 11, withPad: " ", startingAt: 0)
                : String(format: "%4d %5.1f %%", count, Double(count) * 100 / Double(of))
        }
        return score.set.padding(toLength: 12, withPad: " ", startingAt: 0)
            + String(format: "%5d  ", score.rows) + share(score.exact, score.transcribed) + "  "
            + share(score.exactFolded, score.transcribed) + "  " + share(score.found, score.boxed)
            + String(
                format: "  %13.2f    (%5.3f)  %9.0f  %4.0f   %5.3f (%5.3f)  %15.1f %% (%.1f %%)        ",
                score.falseBoxesAPicture,
                score.countedFalseBoxesAPicture,
                score.millisecondsMedian,
                score.milliseconds95,
                score.expectedCalibrationError,
                score.expectedCalibrationErrorFolded,
                score.coverageAt99 * 100,
                score.coverageAt99Folded * 100
            ) + share(score.countedExact, score.transcribed)
    }

    private func writeReliability(_ score: RecognitionScore) {
        Terminal.say("")
        Terminal.say("confidence   reads   mean confidence   exact   (\(score.set))")
        for bin in score.reliability {
            let exact = bin.reads == 0 ? "    -" : String(format: "%5.3f", bin.exact)
            let mean = bin.reads == 0 ? "    -" : String(format: "%5.3f", bin.meanConfidence)
            Terminal.say(
                String(format: "%.1f to %.1f  %6d", bin.from, bin.to, bin.reads) + "             \(mean)   \(exact)"
            )
        }
    }
}
