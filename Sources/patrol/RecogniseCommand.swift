// patrol recognise: plates from pictures, folders and videos; as a table, as JSON, drawn, or measured against labels.
internal import ArgumentParser
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import ParkingCore
internal import PlateRecognition

struct RecogniseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognise",
        abstract: "Reads the plates in pictures, folders and videos.",
        discussion: """
            In a video the frames of one pass of a car are joined to one read; --frames shows each frame instead.
            A confidence of 0.97 means: of 100 such reads 97 are right. The vehicle's colour is a proposal, left out where
            it is not sure enough.

            EXAMPLES
              patrol recognise photo.jpg                     a table
              patrol recognise --annotate seen street/       a folder; copies with the reads drawn go to seen/
              patrol recognise --json drive.mp4 | jq .reads  for programs
              patrol recognise --score labels.csv            exact reads, boxes, times, reliability per set

            LABELS
              labels.csv has the columns image, image_width, image_height, x, y, width, height, plate, set; x to height
              are empty where the place is not known. Paths are relative to the file's folder or to the one above it.

            EXIT CODE
              0 when all was read, 1 when a path failed (the others are still done), 64 for a wrong call.
            """,
        aliases: ["recognize"]
    )

    @Argument(help: "Pictures, folders of pictures, videos.")
    var paths: [String] = []

    @Flag(help: "One line of JSON a picture (a video is one line; with --frames one line a frame).")
    var json = false

    @Option(help: ArgumentHelp("Writes JPEG copies with the reads drawn into this folder.", valueName: "dir"))
    var annotate: String?

    @Option(help: ArgumentHelp("Measures against labelled pictures.", valueName: "labels.csv"))
    var score: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("With --score: only this set; may be given again.", valueName: "name")
    )
    var sets: [String] = []

    @Option(
        help: ArgumentHelp("With --score: contact sheets and a list of all misses go to this folder.", valueName: "dir")
    )
    var misses: String?

    @Option(
        help: ArgumentHelp("With --score: draws right reads over confidence into this file.", valueName: "file.svg")
    )
    var reliability: String?

    @Flag(help: "Each frame of a video instead of one read a pass.")
    var frames = false

    @Option(help: ArgumentHelp("Threads for the networks.", valueName: "count"))
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "Reads below this confidence are left out (default: 0.1, of passes in a video 0.3).",
            valueName: "share"
        )
    )
    var minConfidence: Double?

    @Option(help: "Networks in fp32 or int8 (half the time); int8 where they are there in 8 bits.")
    var precision: NetworkPrecision?

    @Option(help: ArgumentHelp("Folder with other networks than the built-in ones.", valueName: "dir"))
    var models: String?

    @Flag(help: "Reads by the picture alone, whatever formats plates have (formats.json of the model).")
    var noFormatPrior = false

    @Flag(help: ArgumentHelp("With --json: of what each confidence was made.", visibility: .hidden))
    var evidence = false

    func validate() throws {
        guard paths.isEmpty != (score == nil) else {
            throw ValidationError("name pictures, folders or videos, or give --score with a file of labels; not both")
        }
        guard (0...1).contains(minConfidence ?? 0) else {
            throw ValidationError("--min-confidence is a share from 0 to 1")
        }
        guard (1...256).contains(threads) else { throw ValidationError("--threads is a count from 1 to 256") }
        guard sets.isEmpty && misses == nil && reliability == nil || score != nil else {
            throw ValidationError("--set, --misses and --reliability go with --score")
        }
    }

    func run() throws {
        let recogniser: PlateRecogniser
        do throws(RecognitionError) {
            recogniser = try PlateRecogniser(
                models: models,
                precision: precision,
                threads: threads,
                formatPrior: !noFormatPrior
            )
        } catch {
            Terminal.complain(error.message)
            throw ExitCode.failure
        }
        let work = RecogniseWork(
            recogniser: recogniser,
            minimumConfidence: minConfidence,
            everyFrame: frames,
            colours: score == nil || annotate != nil
        )
        let annotator = try annotate.map { folder in try Annotator(folder: folder) }
        if let score {
            try ScoreRun(
                work: work,
                labels: score,
                sets: Set(sets),
                json: json,
                annotator: annotator,
                misses: try misses.map { folder in try MissSheets(folder: folder) },
                reliability: reliability
            ).run()
            return
        }
        let output = RecogniseOutput(json: json, evidence: evidence)
        var failed = 0
        for path in paths {
            do {
                try work.run(path) { result in
                    output.write(result)
                    if let annotator { try annotator.write(result) }
                }
            } catch {
                failed += 1
                let message = "\(error)"
                Terminal.complain(message.contains(path) ? message : "\(path): \(message)")
                output.write(failure: message, of: path)
            }
        }
        if failed > 0 { throw ExitCode.failure }
    }
}

extension NetworkPrecision: ExpressibleByArgument {}
