// Marks through power cuts: the real program is killed at any instant, and what it had told is there.
import Foundation
import Testing

@Suite struct ChalkCommandTests {
    @Test func `what was told before a kill is there after it, ten times over`() throws {
        let scratch = try Scratch()
        let database = scratch.file("patrol.sqlite").path
        var told: [Int] = []
        for round in 0..<10 {
            let output = scratch.file("told-\(round)")
            try Data().write(to: output)
            let process = Process()
            process.executableURL = Command.folder.appending(path: "patrold")
            process.arguments = ["chalk", "exercise", "--database", database, "--from", "\((told.max() ?? -1) + 1)"]
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            let deadline = Date().addingTimeInterval(60)
            func lines() throws -> [Int] {
                // A line that the kill cut has no end: it counts as not told.
                String(decoding: try Data(contentsOf: output), as: UTF8.self)
                    .split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { Int($0) }
            }
            while try lines().count < 5 + round * 3, Date() < deadline { Thread.sleep(forTimeInterval: 0.005) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let now = try lines()
            #expect(now.count >= 5 + round * 3)
            told += now
        }
        let check = try Command.check(told, database)
        #expect(check.contains("told \(told.count) kept \(told.count) marks whole"), "\(check)")
        // The check can fail: a mark that nobody kept is missed.
        #expect(try Command.check(told + [900_000], database).contains("lost"))
    }

    @Test func `the trial tells its figures as JSON in its last line`() throws {
        let result = try Command.run("patrold", ["chalk", "precision", "--cars", "2000"])
        #expect(result.exitCode == 0)
        let last = try #require(result.output.split(separator: "\n").last)
        let figures = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        #expect((figures["tickets"] as? Int ?? 0) > 50)
        #expect(figures["baseline"] is [String: Any])
        #expect(try Command.run("patrold", ["chalk", "precision", "--limit", "0"]).exitCode != 0)
    }
}

extension Command {
    /// Runs the program that looks for the marks of these numbers.
    fileprivate static func check(_ numbers: [Int], _ database: String) throws -> String {
        let scratch = try Scratch()
        let input = try scratch.write("numbers", numbers.map { "\($0)\n" }.joined())
        let process = Process()
        process.executableURL = folder.appending(path: "patrold")
        process.arguments = ["chalk", "exercise", "--database", database, "--check"]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
