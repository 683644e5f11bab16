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

    /// Runs one of our programs to its end, at most `seconds`.
    static func run(_ program: String, _ arguments: [String], seconds: Double = 120) throws -> CommandResult {
        try execute(folder.appending(path: program), arguments, seconds: seconds)
    }

    /// Runs any program to its end, at most `seconds`, in the project's root or another folder.
    static func execute(
        _ program: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        in directory: URL = projectRoot,
        seconds: Double = 120
    ) throws -> CommandResult {
        let process = prepared(program, arguments, environment)
        process.currentDirectoryURL = directory
        let scratch = try Scratch()
        let output = scratch.file("stdout")
        let errors = scratch.file("stderr")
        // Files, not pipes: nothing can fill up.
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return CommandResult(
            exitCode: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }

    /// Starts one of our programs and lets it run; what it writes goes into `log`, or is thrown away.
    static func start(_ program: String, _ arguments: [String], log: URL? = nil) throws -> Process {
        let process = prepared(folder.appending(path: program), arguments, [:])
        if let log { try Data().write(to: log) }
        let output = try log.map { try FileHandle(forWritingTo: $0) } ?? FileHandle.nullDevice
        // What is printed for the person at the terminal is no log.
        process.standardOutput = log == nil ? output : FileHandle.nullDevice
        process.standardError = output
        try process.run()
        return process
    }

    private static func prepared(_ program: URL, _ arguments: [String], _ environment: [String: String]) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = projectRoot
        process.standardInput = FileHandle.nullDevice
        return process
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
