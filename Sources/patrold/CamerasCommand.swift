// `patrold cameras`: what cameras there are, and how they behave, for the technician who fits a vehicle.
internal import ArgumentParser
internal import CameraCapture
internal import Foundation

struct CamerasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cameras",
        abstract: "The vehicle's cameras: what there is, and what they give.",
        subcommands: [CamerasListCommand.self, CamerasWatchCommand.self]
    )
}

struct CamerasListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List V4L2 devices that give pictures, with stable names and formats.",
        discussion: """
            Put one of the stable names into the configuration: /dev/videoN changes from plug to plug. Names below
            by-path belong to the socket, those below by-id to the camera.

            EXIT CODES
              0  there is a camera that can be used    1  there is none
            """
    )

    @Flag(help: "One JSON array instead of text.")
    var json = false

    func run() throws {
        let cameras = CameraList.read()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(cameras), as: UTF8.self))
        } else if cameras.isEmpty {
            print("No camera is plugged in (no /dev/video* gives pictures).")
        } else {
            print(cameras.map(Self.text).joined(separator: "\n\n"))
        }
        if !cameras.contains(where: { $0.formats.contains(where: \.isUsable) }) { throw ExitCode(1) }
    }

    private static func text(_ camera: ListedCamera) -> String {
        var lines = ["\(camera.node)  \(camera.identity.card ?? "")  (\(camera.driver ?? "unknown driver"))"]
        if let fault = camera.fault { lines.append("  \(fault)") }
        if let serial = camera.identity.serial { lines.append("  serial number  \(serial)") }
        if let bus = camera.identity.bus { lines.append("  place          \(bus)") }
        for name in camera.stableNames { lines.append("  stable name    \(name)") }
        let usable = camera.formats.filter(\.isUsable)
        for format in usable {
            lines.append("  \(format.name)           \(format.sizes.joined(separator: ", "))")
        }
        if camera.fault == nil, usable.isEmpty {
            let others = camera.formats.prefix(8).map(\.name).joined(separator: ", ")
            lines.append("  no format that can be used (MJPG, YUYV, NV12, GREY); it has \(others)")
        }
        return lines.joined(separator: "\n")
    }
}
