// Runs the built programs as a person would: arguments in; exit code, output and errors out.
import Foundation

/// The project's root, from this file's own place in it.
let projectRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

struct CommandResult {
    let exitCode: Int32
    let output: String
    let errors: String
}

enum Command {
    /// Folder of the programs built beside this test bundle.
    static let folder: URL = {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        let beside = URL(filePath: bundle).deletingLastPathComponent()
        let built = projectRoot.appending(path: ".build/debug")
        return FileManager.default.fileExists(atPath: beside.appending(path: "patrold").path) ? beside : built
    }()

    /// Runs `program` to its end, at most `seconds`.
    static func run(_ program: String, _ arguments: [String], seconds: Double = 120) throws -> CommandResult {
        let process = Process()
        process.executableURL = folder.appending(path: program)
        process.arguments = arguments
        process.currentDirectoryURL = projectRoot
        let scratch = try Scratch()
        let output = scratch.file("stdout")
        let errors = scratch.file("stderr")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return CommandResult(
            exitCode: process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8)
        )
    }
}

/// A folder that is gone when the value is.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "curbside-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func file(_ name: String) -> URL { folder.appending(path: name) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> URL {
        try write(name, Data(text.utf8))
    }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> URL {
        let url = file(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
        return url
    }
}
