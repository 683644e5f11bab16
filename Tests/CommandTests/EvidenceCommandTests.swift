// Evidence as a person meets it: keys made, facts signed through power cuts, verified and exported with the programs.
import Foundation
import Testing

@Suite struct EvidenceCommandTests {
    private struct Report: Decodable {
        let holds: Bool
        let bundles: Int
        let withdrawn: Int
        let isDatabaseCompared: Bool
        let databaseProblem: String?
        let lost: Int
        let lostTickets: [String]
        let fault: Fault?
        struct Fault: Decodable {
            let code: String
            let words: String
        }
    }

    private func verify(_ path: String, _ more: [String] = []) throws -> (Report, Int32) {
        let result = try Command.run("patrol", ["evidence", "verify", path, "--json"] + more)
        return (try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)), result.exitCode)
    }

    private func sqlite(_ database: String, _ sql: String) throws -> String {
        let result = try Command.execute(URL(filePath: "/usr/bin/sqlite3"), [database, sql])
        #expect(result.exitCode == 0, "\(result.errors)")
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// SIGKILL at each step of a bundle's making, of a read and of a decision with its ticket, and after the commit.
    @Test(arguments: ["begun", "halfWritten", "written", "synced", "committed"], [1, 2, 4])
    func `killed at each step, chain and database agree`(step: String, count: Int) throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let exercise = ["exercise-evidence", "--data", data, "--passes", "4"]
        let death =
            step == "committed"
            ? ["--die-committed", "\(count)"] : ["--die-at", step, "--die-at-bundle", "\(count)"]
        #expect(try Command.run("patrold", exercise + death).exitCode == 9)
        if count > 1 {
            let (cut, _) = try verify(data)
            #expect(cut.holds, "\(cut.fault?.words ?? "")")
        }
        #expect(try Command.run("patrold", exercise).exitCode == 0)
        let (report, code) = try verify(data)
        #expect(report.holds && code == 0 && report.isDatabaseCompared, "\(report.fault?.words ?? "")")
        #expect(report.bundles == 12 + report.withdrawn)
        // Whole bundles on disk whose facts never came are withdrawn: one of a read, two of a decision and its ticket, of
        // which the first is whole once half of the bytes are there.
        let pair = count == 1 ? 1 : 2
        let lost = ["written": pair, "synced": pair, "halfWritten": pair - 1][step] ?? 0
        #expect(report.withdrawn == lost, "\(report.withdrawn)")
        let database = "\(data)/patrol.sqlite"
        #expect(try sqlite(database, "SELECT count(*) FROM fact") == "12")
        #expect(try sqlite(database, "SELECT count(*) FROM evidence_bundle WHERE fact IS NOT NULL") == "12")
    }

    @Test func `what somebody does to the database is found`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let database = "\(data)/patrol.sqlite"
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "3"]).exitCode == 0)
        let copy = try Data(contentsOf: URL(filePath: database))
        for (sql, words) in [
            ("DELETE FROM fact WHERE sequence = 5", "its row was removed"),
            ("DELETE FROM evidence_bundle WHERE sequence = 5", "its row was removed"),
            ("UPDATE fact SET body = replace(body, '\"accepted\"', '\"rejected\"') WHERE sequence = 5", "differs"),
            ("UPDATE evidence_bundle SET fact = NULL WHERE sequence = 5", "never became a fact"),
            (
                "INSERT INTO fact (id, recorded_at, body) VALUES (substr(hex(zeroblob(18)), 1, 36), 1, '{}')",
                "no bundle"
            ),
            (
                "UPDATE evidence_bundle SET sequence = 1000 - sequence; "
                    + "UPDATE evidence_bundle SET sequence = sequence - 990", "not the one"
            ),
        ] {
            try copy.write(to: URL(filePath: database))
            _ = try sqlite(database, "PRAGMA foreign_keys = OFF; \(sql)")
            let (report, code) = try verify(data)
            #expect(!report.holds && code == 1 && report.fault?.words.contains(words) == true, "\(sql): \(report)")
        }
    }

    @Test func `rows that were emptied, cut off or put in are found`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let database = "\(data)/patrol.sqlite"
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "3"]).exitCode == 0)
        let copy = try Data(contentsOf: URL(filePath: database))
        let id = "0197a1b2-0000-7000-8000-000000000001"
        func ticket(_ sequence: Int) -> String {
            "INSERT INTO fact SELECT \(sequence), '\(id)', recorded_at, body FROM fact WHERE sequence = 3;"
        }
        for (sql, words) in [
            (
                "DELETE FROM evidence_bundle; UPDATE fact SET body = replace(body, 'SAMP1', 'SAMP9')",
                "though its fact is there"
            ),
            ("DELETE FROM evidence_bundle; DELETE FROM fact", "rows were removed"),
            (
                "DELETE FROM fact WHERE sequence IN (SELECT fact FROM evidence_bundle WHERE sequence >= 7); "
                    + "DELETE FROM evidence_bundle WHERE sequence >= 7", "rows were removed"
            ),
            // What one power cut could leave, but for the number that was given out.
            (
                "DELETE FROM fact WHERE sequence >= 8; DELETE FROM evidence_bundle WHERE sequence >= 8",
                "neither there nor purged"
            ),
            ("\(ticket(1000)) INSERT INTO withheld VALUES (1000)", "Fact 1000 of the database has no bundle"),
            (
                "\(ticket(1000)) INSERT INTO plate_read (id, sequence, time, plate, answer) "
                    + "VALUES ('\(id)', 1000, 1, 'SAMP1', 'clear')", "Fact 1000 of the database has no bundle"
            ),
            (ticket(-5), "Fact -5 of the database has no bundle"),
        ] {
            try copy.write(to: URL(filePath: database))
            _ = try sqlite(database, "PRAGMA foreign_keys = OFF; \(sql)")
            let (report, code) = try verify(data)
            #expect(!report.holds && code == 1 && report.fault?.words.contains(words) == true, "\(sql): \(report)")
        }
    }

    @Test func `a database that cannot be compared has a verdict and an exit code of its own, and stays as it is`()
        throws
    {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let database = URL(filePath: "\(data)/patrol.sqlite")
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "1"]).exitCode == 0)
        try FileManager.default.removeItem(atPath: "\(data)/patrol.sqlite.lock")
        let whole = try Data(contentsOf: database)
        _ = try sqlite(database.path, "DROP TABLE evidence_bundle")
        let dropped = try Data(contentsOf: database)
        let garbage = Data(repeating: 0x41, count: 16) + whole.dropFirst(16)
        for (content, expected, words) in [
            (whole, Int32(0), "fact by fact"), (garbage, 3, "does not start as a SQLite file"),
            (dropped, 3, "knows of no evidence"), (Data(), 3, "it is empty"),
        ] {
            try content.write(to: database)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database.path)
            let names = try FileManager.default.contentsOfDirectory(atPath: data).sorted()
            let result = try Command.run("patrol", ["evidence", "verify", data])
            #expect(result.exitCode == expected && result.output.contains(words), "\(result.output)")
            #expect(result.output.contains("HOLDS AS FAR AS IT COULD BE CHECKED") == (expected == 3))
            let (report, code) = try verify(data)
            #expect(code == expected && report.holds && (report.databaseProblem != nil) == (expected == 3))
            #expect(try FileManager.default.contentsOfDirectory(atPath: data).sorted() == names)
            #expect(try Data(contentsOf: database) == content)
            let mode = try FileManager.default.attributesOfItem(atPath: database.path)[.posixPermissions]
            #expect(mode as? Int == 0o644)
        }
    }

    @Test func `a restored backup is told as one, with the tickets that it lost`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let (database, backup) = ("\(data)/patrol.sqlite", scratch.file("backup.sqlite").path)
        func patrol(_ passes: Int) throws {
            let exercise = ["exercise-evidence", "--data", data, "--passes", "\(passes)"]
            #expect(try Command.run("patrold", exercise).exitCode == 0)
        }
        try patrol(1)
        #expect(try Command.run("patrold", ["database", "backup", backup, "--database", database]).exitCode == 0)
        try patrol(3)
        let numbers = try sqlite(database, "SELECT serial FROM ticket ORDER BY serial").split(separator: "\n").count
        #expect(numbers == 3)
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.copyItem(atPath: backup, toPath: database)
        // Nothing vouches for the older database yet.
        let (early, _) = try verify(data)
        #expect(early.fault?.words.contains("an older database was put in place") == true)
        try patrol(2)
        let (report, code) = try verify(data)
        #expect(code == 0 && report.holds && report.isDatabaseCompared, "\(report)")
        #expect(report.withdrawn == 6 && report.lost == 6 && report.lostTickets.count == 2, "\(report)")
        let text = try Command.run("patrol", ["evidence", "verify", data]).output
        #expect(text.contains("6 of them kept in the chain, missing in the database: an older database was restored"))
        #expect(!text.contains("cut off"), "\(text)")
    }

    @Test func `an emptied database is not taken for a new one`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let database = "\(data)/patrol.sqlite"
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "1"]).exitCode == 0)
        try Data().write(to: URL(filePath: database))
        let check = try Command.run("patrold", ["database", "check", "--database", database])
        #expect(check.exitCode == 65 && check.errors.contains("is empty, while"), "\(check.output)\(check.errors)")
        #expect(try Data(contentsOf: URL(filePath: database)).isEmpty)
    }

    @Test func `keys are provisioned once, and refused where others can read them`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        let provision = ["provision", "keys", "--vehicle", "exercise", "--data", data]
        let first = try Command.run("patrold", provision)
        #expect(first.exitCode == 0 && first.output.contains("key 1 of exercise"), "\(first.errors)")
        let again = try Command.run("patrold", provision)
        #expect(again.exitCode == 1 && again.errors.contains("not replaced"))
        let exercise = ["exercise-evidence", "--data", data, "--passes", "1"]
        #expect(try Command.run("patrold", exercise).exitCode == 0)
        #expect(try Command.run("patrold", provision + ["--rotate"]).output.contains("key 2 of exercise"))
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "2"]).exitCode == 0)
        let (report, _) = try verify(data, ["--keys", "\(data)/evidence/keys/keys.json"])
        #expect(report.holds && report.bundles == 6)
        let key = "\(data)/evidence/keys/signing-2.pem"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let open = try Command.run("patrold", exercise)
        #expect(open.exitCode != 0 && open.errors.contains("can be read by others"), "\(open.errors)")
        try FileManager.default.removeItem(atPath: "\(data)/evidence/keys/keys.json")
        let gone = try Command.run("patrold", exercise)
        #expect(gone.exitCode != 0 && gone.errors.contains("restore them"), "\(gone.errors)")
    }

    @Test func `an export is shown, verified on its own, and never written over`() throws {
        let scratch = try Scratch()
        let data = scratch.file("data").path
        #expect(try Command.run("patrold", ["exercise-evidence", "--data", data, "--passes", "2"]).exitCode == 0)
        let ticket = try sqlite("\(data)/patrol.sqlite", "SELECT id FROM ticket LIMIT 1")
        let shown = try Command.run("patrol", ["evidence", "show", ticket, "--data", data])
        #expect(shown.exitCode == 0 && shown.output.contains("SAMP0"), "\(shown.errors)")
        let zip = scratch.file("case.zip").path
        // The exercise's pictures are no JPEG files, which a document cannot show.
        let export = try Command.run("patrol", ["evidence", "export", ticket, "--data", data, "--to", zip])
        #expect(export.exitCode == 2 && export.errors.contains("JPEG"), "\(export.errors)")
        for arguments in [
            ["evidence", "verify", "/nonexistent"], ["evidence", "show", "nonsense", "--data", data],
            ["evidence", "show", "00000999", "--data", data], ["evidence", "verify", data, "--known", "5"],
            ["evidence", "verify", data, "--keys", "/nonexistent"],
        ] {
            let result = try Command.run("patrol", arguments)
            #expect(result.exitCode != 0 && result.exitCode != 1 && !result.errors.isEmpty, "\(arguments)")
        }
    }
}
