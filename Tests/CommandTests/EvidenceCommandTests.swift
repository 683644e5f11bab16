// Evidence as a person meets it: keys made, facts signed through power cuts, verified and exported with the programs.
import Foundation
import Testing

@Suite struct EvidenceCommandTests {
    private struct Report: Decodable {
        let holds: Bool
        let bundles: Int
        let withdrawn: Int
        let isDatabaseCompared: Bool
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
