// The link between a vehicle and the back office, cut by killing the real programs; `make cut-link` cuts longer.
import Foundation
import Testing

@Suite struct CutLink {
    @Test func `killing either side ten times loses nothing and doubles nothing`() throws {
        let process = Process()
        process.executableURL = projectRoot.appending(path: ".ci/cut-link")
        process.arguments = [Command.folder.path, "--cuts", "10"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let last = try #require(String(decoding: data, as: UTF8.self).split(separator: "\n").last)
        let figures = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        #expect(figures["faults"] as? [String] == [])
        #expect(figures["cuts"] as? Int == 10)
        let recorded = try #require(figures["factsRecorded"] as? Int)
        #expect(recorded >= 120 && figures["factsAtServer"] as? Int == recorded)
        #expect(process.terminationStatus == 0)
    }
}

@Suite struct KillStore {
    @Test func `killing the database ten times and filling its disk loses nothing that was told`() throws {
        let process = Process()
        process.executableURL = projectRoot.appending(path: ".ci/kill-store")
        process.arguments = [Command.folder.path, "--kills", "10", "--full-steps", "200"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let last = try #require(String(decoding: data, as: UTF8.self).split(separator: "\n").last)
        let figures = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        #expect(figures["faults"] as? [String] == [])
        let full = try #require((figures["fullDisk"] as? [String: Any])?["told"] as? [String: Int])
        #expect(full.keys.count { $0.hasPrefix("full ") } >= 5, "\(full)")
        #expect(process.terminationStatus == 0)
    }
}
