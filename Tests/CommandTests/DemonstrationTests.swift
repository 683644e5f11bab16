// The main job as a person runs it: the demonstration whole, and a short replay that is spoken to with curl.
import Foundation
import Testing

@Suite(.serialized) struct Demonstrations {
    @Test(.timeLimit(.minutes(10)))
    func `the demonstration ends as expected, with both sides holding the same facts`() throws {
        let scratch = try Scratch()
        let out = scratch.file("demo").path
        let result = try Command.execute(
            projectRoot.appending(path: "Fixtures/demo/run"),
            [Command.folder.path],
            environment: ["OUT": out],
            seconds: 500
        )
        #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
        #expect(result.output.contains("as expected     yes"))
        // Once for the vehicle's folder, once for the export.
        #expect(result.output.matches(of: /HOLDS: nothing was altered/).count == 2)
        #expect(result.output.contains("database  says the same, fact by fact"))
        let vehicle = try sql("\(out)/vehicle/patrol.sqlite", "SELECT id FROM fact ORDER BY id")
        let server = try sql("\(out)/backoffice/backoffice.sqlite", "SELECT id FROM fact ORDER BY id")
        #expect(vehicle.count > 30)
        #expect(vehicle == server)
        let page = try String(contentsOfFile: "\(out)/tickets.html", encoding: .utf8)
        for text in ["DBRN937", "BTHK319", "16 Mill Street"] { #expect(page.contains(text), "\(text)") }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a held replay answers curl, and an accepted alert becomes a ticket`() throws {
        let scratch = try Scratch()
        try shortRecording(scratch)
        for feed in ["permits", "sessions", "exemptions", "scofflaws", "watchlist"] {
            let list = "Fixtures/demo/lists/\(feed).csv"
            let database = scratch.file("data/patrol.sqlite").path
            try FileManager.default.createDirectory(at: scratch.file("data"), withIntermediateDirectories: true)
            #expect(
                try Command.run("patrold", ["lists", "import", list, "--feed", feed, "--database", database]).exitCode
                    == 0
            )
        }
        let socket = scratch.file("s").path
        let daemon = try Command.start(
            "patrold",
            [
                "replay", scratch.file("r").path, "--city", "Fixtures/demo/city.yaml", "--data",
                scratch.file("data").path, "--numbers", "1-50", "--hold", "--socket", socket,
            ]
        )
        defer { daemon.terminate() }
        let status = try poll {
            try curl(socket, "status")
        } until: {
            $0["phase"] as? String == "finished"
        }
        #expect(status["reads"] as? Int ?? 0 >= 1)
        let alerts = try curlList(socket, "alerts")
        let alert = try #require(alerts.first { $0["plate"] as? String == "DBRN937" })
        let id = try #require(alert["id"] as? String)
        let answer = try curl(socket, "alerts/\(id)/accept", post: "{}")
        let ticket = try #require(answer["ticket"] as? [String: Any])
        #expect(ticket["number"] as? String == "00000015")
        #expect(ticket["print"] as? String == "printed")
        let again = try curl(socket, "alerts/\(id)/accept", post: "{}")
        #expect((again["error"] as? String)?.contains("decided already") == true)
        #expect((try curl(socket, "nothing"))["error"] as? String != nil)
        #expect((try curl(socket, "reads?limit=0"))["error"] as? String == "limit must be a number from 1 to 1000")
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        daemon.terminate()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    /// The first four seconds of the demonstration's right camera.
    private func shortRecording(_ scratch: Scratch) throws {
        let demo = projectRoot.appending(path: "Fixtures/demo/recording")
        try FileManager.default.createDirectory(at: scratch.file("r"), withIntermediateDirectories: true)
        let cut = try Command.execute(
            URL(filePath: "/usr/bin/ffmpeg"),
            [
                "-v", "error", "-i", demo.appending(path: "right.mp4").path, "-t", "4", "-c", "copy",
                scratch.file("r/right.mp4").path,
            ]
        )
        #expect(cut.exitCode == 0, "\(cut.errors)")
        try FileManager.default.copyItem(at: demo.appending(path: "track.nmea"), to: scratch.file("r/track.nmea"))
        try scratch.write(
            "r/manifest.json",
            """
            {"version": 1, "name": "four seconds", "vehicle": "patrol-1", "officer": "412",
             "start": "2026-06-16T14:05:00.000Z", "track": "track.nmea",
             "cameras": [{"camera": "right", "side": "right", "video": "right.mp4"}]}
            """
        )
    }

    private func sql(_ database: String, _ query: String) throws -> [String] {
        let result = try Command.execute(URL(filePath: "/usr/bin/sqlite3"), ["-readonly", database, query])
        #expect(result.exitCode == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func fetch(_ socket: String, _ call: String, post: String? = nil) throws -> Any {
        var arguments = ["-s", "--max-time", "10", "--unix-socket", socket, "http://patrold/v1/\(call)"]
        if let post { arguments += ["-H", "Content-Type: application/json", "-d", post] }
        let result = try Command.execute(URL(filePath: "/usr/bin/curl"), arguments)
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    }

    private func curl(_ socket: String, _ call: String, post: String? = nil) throws -> [String: Any] {
        try fetch(socket, call, post: post) as? [String: Any] ?? [:]
    }

    private func curlList(_ socket: String, _ call: String) throws -> [[String: Any]] {
        try fetch(socket, call) as? [[String: Any]] ?? []
    }

    /// Asks until the answer is as wanted, for a minute at most.
    private func poll(
        _ ask: () throws -> [String: Any],
        until isWanted: ([String: Any]) -> Bool
    ) throws -> [String: Any] {
        for _ in 0..<600 {
            if let answer = try? ask(), isWanted(answer) { return answer }
            Thread.sleep(forTimeInterval: 0.1)
        }
        return try ask()
    }
}
