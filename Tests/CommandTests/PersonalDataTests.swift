// Plates are short-lived and quiet: a patrol at log level trace is searched for them, and a data folder after a purge.
import Foundation
import Testing

@Suite(.serialized) struct PersonalData {
    private static let feeds = ["permits", "sessions", "exemptions", "scofflaws", "watchlist"]

    /// The demonstration's recording replayed into a folder, with its lists, spoken to by a console.
    private func patrolled(_ scratch: Scratch, data: String) throws -> (log: String, asked: String) {
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try take(lists: { "Fixtures/demo/lists/\($0).csv" }, into: data)
        let socket = scratch.file("s").path
        let log = scratch.file("log")
        let daemon = try Command.start(
            "patrold",
            [
                "replay", "Fixtures/demo/recording", "--city", "Fixtures/demo/city.yaml", "--data", data, "--numbers",
                "1-50", "--hold", "--socket", socket, "--log-level", "trace",
                // Nobody listens there: failing is logged most of all.
                "--server", "http://127.0.0.1:9",
            ],
            log: log
        )
        defer { daemon.terminate() }
        for _ in 0..<1200 {
            if try curl(socket, "v1/status").contains("\"finished\"") { break }
            Thread.sleep(forTimeInterval: 0.2)
        }
        let alerts = try curl(socket, "v1/alerts")
        let ids = alerts.matches(of: /"id":"([0-9a-f-]{36})"/).map { String($0.1) }
        #expect(ids.count >= 3)
        for (index, id) in ids.enumerated() {
            _ = try curl(socket, "v1/alerts/\(id)/accept", post: index == 0 ? "{\"confirmedPlate\":\"QQQQ999\"}" : "{}")
            _ = try curl(socket, "v1/alerts/\(id)/reject", post: "{\"reason\":\"wrong plate\"}")
        }
        let asked = try ["metrics", "v1/status"].map { try curl(socket, $0) }.joined()
        #expect(asked.contains("patrol") && asked.count > 500)
        daemon.terminate()
        daemon.waitUntilExit()
        return (try String(contentsOf: log, encoding: .utf8), asked)
    }

    private func take(lists path: (String) throws -> String, into data: String) throws {
        for feed in Self.feeds {
            let result = try Command.run(
                "patrold",
                [
                    "lists", "import", try path(feed), "--feed", feed, "--database", "\(data)/patrol.sqlite",
                    "--may-shrink",
                ]
            )
            #expect(result.exitCode == 0, "\(result.errors)")
        }
    }

    @Test(.timeLimit(.minutes(6)))
    func `no plate stands in logs, metrics or health, and none that is purged stands anywhere`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let said = try patrolled(scratch, data: data)
        let read = Set(try sql(data, "SELECT plate FROM plate_read") + ["QQQQ999"])
        #expect(read.count > 15)
        #expect(said.log.count > 1000, "the log at trace level is: \(said.log)")
        for plate in read {
            #expect(!said.log.contains(plate), "\(plate) is logged")
            #expect(!said.asked.contains(plate), "\(plate) is in metrics or health")
        }

        let due = "plate_read WHERE answer = 'clear' AND kept_for IS NULL"
        // What another car's kept read might have been is kept with it.
        let kept = try sql(
            data,
            """
            SELECT body FROM plate_read JOIN fact USING (sequence) WHERE answer <> 'clear' OR kept_for IS NOT NULL
            """
        ).joined()
        let gone = Set(try sql(data, "SELECT plate FROM \(due)")).filter { !kept.contains($0) }
        #expect(gone.count > 5)
        // Lists hold plates by right: here only the patrol's own are looked for.
        try take(lists: { feed in try emptyList(scratch, feed) }, into: data)
        let preview = try Command.run("patrold", ["purge", "--data", data, "--dry-run", "--json"])
        #expect(preview.exitCode == 0 && preview.output.contains("\"dryRun\":true"), "\(preview.errors)")
        for plate in gone { #expect(try !files(holding: plate, in: data).isEmpty, "\(plate) is not there before") }
        let purged = try Command.run("patrold", ["purge", "--data", data, "--unsent-hours", "24", "--json"])
        #expect(purged.exitCode == 0, "\(purged.errors)")
        #expect(purged.output.contains("\"reads\":\(try count(preview.output))"), "\(purged.output)")
        for plate in gone { #expect(try files(holding: plate, in: data).isEmpty, "\(plate) is left") }
        // What the first run took waits for its record, and is not told as this one's.
        let again = try Command.run("patrold", ["purge", "--data", data, "--unsent-hours", "24", "--json"])
        #expect(try count(again.output) == 0, "\(again.output)")
        #expect(try sql(data, "SELECT count(*) FROM \(due)") == ["0"])
        // The daemon signs the record when it runs next.
        #expect(try sql(data, "SELECT count(*) FROM setting WHERE name = 'purgeTally'") == ["1"])
        #expect(try sql(data, "SELECT count(*) > 2 FROM plate_read") == ["1"])
    }

    @Test func `a purge of a folder that holds nothing says so and makes nothing`() throws {
        let scratch = try Scratch()
        let result = try Command.run("patrold", ["purge", "--data", scratch.folder.path])
        #expect(result.exitCode == 73 && result.errors.contains("there is no such file"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
    }

    private func emptyList(_ scratch: Scratch, _ feed: String) throws -> String {
        let whole = try String(
            contentsOf: projectRoot.appending(path: "Fixtures/demo/lists/\(feed).csv"),
            encoding: .utf8
        )
        let header = whole.split(separator: "\n").first.map(String.init) ?? ""
        return try scratch.write("\(feed).csv", header + "\n").path
    }

    private func count(_ json: String) throws -> Int {
        struct Outcome: Decodable {
            struct Counts: Decodable { let reads: Int }
            let counts: Counts
        }
        return try JSONDecoder().decode(Outcome.self, from: Data(json.utf8)).counts.reads
    }

    private func files(holding text: String, in folder: String) throws -> [String] {
        let wanted = Data(text.utf8)
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            FileManager.default.contents(atPath: "\(folder)/\(name)")?.range(of: wanted) != nil
        }
    }

    private func sql(_ data: String, _ query: String) throws -> [String] {
        let result = try Command.execute(URL(filePath: "/usr/bin/sqlite3"), ["\(data)/patrol.sqlite", query])
        #expect(result.exitCode == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func curl(_ socket: String, _ call: String, post: String? = nil) throws -> String {
        var arguments = ["-s", "--max-time", "10", "--unix-socket", socket, "http://patrold/\(call)"]
        if let post { arguments += ["-H", "Content-Type: application/json", "-d", post] }
        return try Command.execute(URL(filePath: "/usr/bin/curl"), arguments).output
    }
}
