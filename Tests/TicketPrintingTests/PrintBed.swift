// A print room of its own for a test: real cupsd, virtual IPP printer (Tests/TestBeds/printing/bed).
import CCUPS
import Foundation
import Testing

final class PrintBed {
    let folder: String
    var server: String { "\(folder)/cups.sock" }
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TestBeds/printing/bed").path

    init(_ width: String = "4in", environment: [String: String] = [:]) throws {
        // Short: a Unix socket's path has at most 107 bytes.
        folder = "/tmp/print-\(UUID().uuidString.prefix(8))"
        try call("up", width, environment: environment)
    }

    deinit {
        try? call("down")
        try? FileManager.default.removeItem(atPath: folder)
    }

    func call(_ verb: String, _ word: String? = nil, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(filePath: PrintBed.script)
        process.arguments = [verb, folder] + (word.map { [$0] } ?? [])
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // What goes on running must not hold a pipe of ours.
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "bed \(verb)")
    }

    func command(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["CUPS_SERVER": server]) { $1 }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    }

    func pid(_ name: String) throws -> pid_t {
        let text = try String(contentsOfFile: "\(folder)/\(name).pid", encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// What came out, oldest first.
    func sheets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/sheets").filter { !$0.hasPrefix(".") }.sorted()
            .map { "\(folder)/sheets/\($0)" }
    }
}

/// A sheet as the printer got it: Apple or PWG raster.
struct ReceivedPage {
    let width: Int
    let height: Int
    let dotsPerInch: Int
    /// 0 is black.
    let greys: [UInt8]

    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let raster = try #require(cupsRasterOpen(descriptor, CUPS_RASTER_READ))
        defer { cupsRasterClose(raster) }
        var header = cups_page_header2_t()
        try #require(cupsRasterReadHeader2(raster, &header) == 1)
        width = Int(header.cupsWidth)
        height = Int(header.cupsHeight)
        dotsPerInch = Int(header.HWResolution.0)
        try #require(header.cupsBitsPerPixel == 8)
        var line = [UInt8](repeating: 0, count: Int(header.cupsBytesPerLine))
        var greys: [UInt8] = []
        for _ in 0..<height {
            try #require(cupsRasterReadPixels(raster, &line, UInt32(line.count)) > 0)
            greys += line.prefix(width)
        }
        // In CUPS' black colour space 255 is full ink.
        self.greys = header.cupsColorSpace == CUPS_CSPACE_K ? greys.map { 255 - $0 } : greys
    }

    func writeGreymap(_ path: String) throws {
        try (Data("P5\n\(width) \(height)\n255\n".utf8) + Data(greys)).write(to: URL(filePath: path))
    }
}
