// `patrold cameras watch`: streams cameras as the daemon does, through every unplugging, and says how they are.
internal import ArgumentParser
internal import CameraCapture
internal import Foundation
internal import ParkingCore

struct CamerasWatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Stream 1 to 4 cameras as the daemon would, and say each second how they are.",
        discussion: """
            Nothing that happens to a camera ends it: pull plugs, swap cables, take rights away, and read what it says.
            It ends after --seconds, or at Ctrl-C.

            EXAMPLES
              patrold cameras watch --device /dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0
              patrold cameras watch --device /dev/curbside/camera-left --size 1920x1080 --rate 30 --format MJPG \\
                  --exposure 20 --gain automatic --seconds 10 --save out/pictures

            With --json each line is an object: "event":"state" at each change, "second" once a second and camera, and
            "summary" at the end, with one entry a camera.

            EXIT CODES
              0  all cameras were streaming at the end    1  at least one was not    64  wrong arguments
              74 a picture could not be written
            """
    )

    @Option(help: "Stable path of a camera; repeat it for up to four.")
    var device: [String]

    @Option(help: "Allowed formats in order of preference: MJPG, YUYV, NV12, GREY.")
    var format: [String] = CameraPixelFormat.allCases.map(\.rawValue)

    @Option(help: "Width and height in pixels.")
    var size = "1280x720"

    @Option(help: "Frames a second.")
    var rate = 15.0

    @Option(help: "Exposure in steps of 100 microseconds, or 'automatic'; unset: as the camera has it.")
    var exposure: String?

    @Option(help: "Gain in the camera's own units, or 'automatic'; unset: as the camera has it.")
    var gain: String?

    @Option(help: "Serial number that the camera must have; as many as devices, '-' for any.")
    var serial: [String] = []

    @Option(help: "End after so many seconds.")
    var seconds: Double?

    @Flag(help: "JSON lines instead of a table.")
    var json = false

    @Option(help: "Write pictures as JPEG files into this folder (MJPG: the camera's own bytes).")
    var save: String?

    @Option(help: "With --save: how many pictures of each camera.")
    var pictures = 1

    @Option(help: ArgumentHelp("Work so long on each picture, as a slow pipeline would.", visibility: .hidden))
    var slowMilliseconds = 0

    func validate() throws {
        guard (1...4).contains(device.count) else { throw ValidationError("give 1 to 4 devices with --device") }
        guard serial.isEmpty || serial.count == device.count else {
            throw ValidationError("give as many --serial as --device, '-' where any will do")
        }
        guard seconds.map({ $0 > 0 && $0 <= 1_000_000 }) ?? true else {
            throw ValidationError("--seconds must be above 0")
        }
        guard (1...100_000).contains(pictures), (0...60_000).contains(slowMilliseconds) else {
            throw ValidationError("--pictures must be 1 to 100000")
        }
        do { _ = try settings() } catch let error as CameraError { throw ValidationError(error.message) }
    }

    func run() throws {
        if let save {
            do { try FileManager.default.createDirectory(atPath: save, withIntermediateDirectories: true) } catch {
                try Self.fail("the folder '\(save)' cannot be made: \(error.localizedDescription)", code: 74)
            }
        }
        let watch = CameraWatch(
            settings: try settings(),
            output: json ? .json : .table,
            folder: save,
            pictures: save == nil ? 0 : pictures,
            slowSeconds: Double(slowMilliseconds) / 1000
        )
        let isWell = watch.run(seconds: seconds)
        if let fault = watch.writeFault { try Self.fail(fault, code: 74) }
        if !isWell { throw ExitCode(1) }
    }

    private func settings() throws -> [CameraSettings] {
        let sides = size.split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2 else { throw ValidationError("'\(size)' is no size, such as 1280x720") }
        let formats = try format.map { text in
            guard let format = CameraPixelFormat(rawValue: text.uppercased()) else {
                throw ValidationError("'\(text)' is no format: MJPG, YUYV, NV12 or GREY")
            }
            return format
        }
        return try device.enumerated().map { index, path in
            let wanted = index < serial.count && serial[index] != "-" ? serial[index] : nil
            return try CameraSettings(
                id: CameraID("camera-\(index + 1)"),
                device: path,
                formats: formats,
                width: sides[0],
                height: sides[1],
                framesPerSecond: rate,
                exposure: try Self.control(exposure, named: "exposure"),
                gain: try Self.control(gain, named: "gain"),
                identity: CameraIdentity(serial: wanted)
            )
        }
    }

    private static func control(_ text: String?, named name: String) throws -> CameraControl? {
        guard let text else { return nil }
        if text == "automatic" { return .automatic }
        guard let value = Int(text) else { throw ValidationError("--\(name) takes a number or 'automatic'") }
        return .manual(value)
    }

    private static func fail(_ text: String, code: Int32) throws -> Never {
        FileHandle.standardError.write(Data("patrold cameras watch: \(text)\n".utf8))
        throw ExitCode(code)
    }
}
