// patrol endurance: as many frames in a row as are asked for, to show that memory stays flat. Not in the help.
internal import ArgumentParser
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import PlateRecognition

struct EnduranceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "endurance",
        abstract: "Loops over a window of a video's frames and prints the memory in use.",
        discussion: """
            Frames are halved, and a window is cut out of them, which makes a frame cheap (some 2 ms) and yet shows plates that
            come and go. The last line is JSON; its first figure is taken after a tenth of the frames, when the networks' buffers
            have grown to what they need.
            """,
        shouldDisplay: false
    )

    @Argument(help: "A video, such as Fixtures/demo/recording/right.mp4.")
    var video: String

    @Option(help: "Frames in all.")
    var frames = 1_000_000

    @Option(help: "Frames of the video that are looped over.")
    var loop = 150

    @Option(help: "Frames a second of media time: the more, the fewer of them are searched whole.")
    var rate = 60.0

    @Option(help: "How often each frame's sides are halved.")
    var halvings = 1

    @Option(help: "The window in the halved frame: left, top, width and height in pixels.")
    var window = "440,264,160,80"

    @Option(help: "Folder with other networks than the built-in ones.")
    var models: String?

    private struct Report: Encodable {
        let frames: Int
        let passesTold: Int
        let megabytesAfterTenth: Double
        let megabytesAtEnd: Double
    }

    func validate() throws {
        guard (10...1_000_000_000).contains(frames) else { throw ValidationError("--frames is a count from 10") }
        guard (1...100_000).contains(loop) else { throw ValidationError("--loop is a count from 1 to 100000") }
        guard (1...1000).contains(rate) else { throw ValidationError("--rate is from 1 to 1000 frames a second") }
        guard (0...8).contains(halvings) else { throw ValidationError("--halvings is a count from 0 to 8") }
    }

    func run() throws {
        let pictures = try windows()
        var reader = PassReader(recogniser: try PlateRecogniser(models: models))
        let began = Clock.now()
        var told = 0
        var megabytes: [Double] = []
        for frame in 0..<frames {
            told += try reader.take(pictures[frame % pictures.count], at: Double(frame) / rate, frame: frame).count
            guard (frame + 1) % (frames / 10) == 0 else { continue }
            megabytes.append(try EnduranceCommand.residentMegabytes())
            let seconds = Clock.milliseconds(since: began) / 1000
            let line = "%d frames of %dx%d, %d passes told, %.1f MB resident, %.0f s"
            let first = pictures[0]
            Terminal.say(
                String(format: line, frame + 1, first.width, first.height, told, megabytes.last ?? 0, seconds)
            )
        }
        RecogniseOutput.writeLine(
            Report(
                frames: frames,
                passesTold: told,
                megabytesAfterTenth: megabytes.first ?? 0,
                megabytesAtEnd: megabytes.last ?? 0
            )
        )
    }

    private func windows() throws -> [GreyImage] {
        let sides = window.split(separator: ",").compactMap { Int($0) }
        guard sides.count == 4 else { throw ValidationError("--window is left,top,width,height") }
        let source = try MediaSource(path: video)
        var pictures: [GreyImage] = []
        while pictures.count < loop, let picture = try source.next() {
            let small = (0..<halvings).reduce(picture.grey) { image, _ in image.halved() }
            guard let part = small.cropped(x: sides[0], y: sides[1], width: sides[2], height: sides[3]) else {
                throw ValidationError("--window \(window) lies outside the frame of \(small.width)x\(small.height)")
            }
            pictures.append(part)
        }
        guard !pictures.isEmpty else { throw ValidationError("\(video) holds no frame") }
        return pictures
    }

    /// Second field of /proc/self/statm (proc(5)): pages of 4096 bytes.
    private static func residentMegabytes() throws -> Double {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return fields.count > 1 ? (Double(fields[1]) ?? 0) * 4096 / 1_000_000 : 0
    }
}
