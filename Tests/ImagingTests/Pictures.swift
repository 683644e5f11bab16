// Pictures that the tests draw themselves, and the folder they put them in.
import Foundation
import Imaging

/// A smooth picture with some structure: JPEG keeps it nearly as it is.
func waves(width: Int, height: Int) throws -> ColourImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            let value = 128 + 60 * sin(Double(x) / 9) + 50 * cos(Double(y) / 7)
            pixels += [UInt8(value), UInt8(255 - value), UInt8((x + y) % 200 + 20)]
        }
    }
    return try ColourImage(width: width, height: height, pixels: pixels)
}

/// Squares of black and white.
func chequers(width: Int, height: Int, side: Int) throws -> GreyImage {
    var pixels: [UInt8] = []
    for y in 0..<height { for x in 0..<width { pixels.append((x / side + y / side) % 2 == 0 ? 20 : 230) } }
    return try GreyImage(width: width, height: height, pixels: pixels)
}

/// A folder that is gone after the test.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("curbside-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// Runs ffmpeg in the folder.
    func ffmpeg(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-loglevel", "error", "-y"] + arguments
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
