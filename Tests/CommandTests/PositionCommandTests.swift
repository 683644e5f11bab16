// `patrold position watch` where there is no gpsd, and with arguments that make no sense.
import Foundation
import Testing

@Suite struct PositionCommands {
    @Test(arguments: [[String](), ["--json"]])
    func `without gpsd the watch says so each second, and its last line is JSON`(_ more: [String]) throws {
        // Port 1 of the loopback interface: nothing listens there.
        let result = try Command.run("patrold", ["position", "watch", "--seconds", "2", "--port", "1"] + more)
        #expect(result.exitCode == 75)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == (more.isEmpty ? 3 : 2))
        let last = try #require(lines.last)
        let object = try #require(JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        let position = try #require(object["position"] as? [String: Any])
        #expect(position["state"] as? String == "noDaemon")
        #expect((position["words"] as? String)?.contains("127.0.0.1:1") == true)
        #expect(object["clock"] is [String: Any])
        #expect(object["fix"] == nil)
    }

    @Test(arguments: [["--port", "0"], ["--port", "99999"], ["--seconds", "0"], ["--host", ""]])
    func `arguments that make no sense are named`(_ arguments: [String]) throws {
        let result = try Command.run("patrold", ["position", "watch"] + arguments)
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("Error"))
    }
}
