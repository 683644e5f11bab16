// `patrold rules` as a clerk meets it: a sound file, a faulty one, a question and its answer.
import Foundation
import Testing

private let city = "Fixtures/harbourview/city.yaml"

@Suite struct RulesCommandTests {
    @Test func `a sound file is told what it holds`() throws {
        let outcome = try Command.run("patrold", ["rules", "check", city])
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("Town of Harbourview: sound"))
        let json = try Command.run("patrold", ["rules", "check", city, "--json"])
        #expect(json.output.contains("\"sound\":true") && json.output.contains("\"zones\":5"))
    }

    @Test func `a faulty file is told with file, line, key and cure, and ends with its code`() throws {
        let scratch = try Scratch()
        let good = try String(contentsOf: projectRoot.appending(path: city), encoding: .utf8)
        try scratch.write("city.yaml", good.replacing("kind: payByPlate", with: "kind: payByPlat"))
        let path = scratch.file("city.yaml").path
        let outcome = try Command.run("patrold", ["rules", "check", path])
        #expect(outcome.exitCode == 65)
        #expect(outcome.errors.contains("\(path): line ") && outcome.errors.contains("did you mean 'payByPlate'?"))
        #expect(try Command.run("patrold", ["rules", "check", "/nowhere.yaml"]).exitCode == 66)
    }

    @Test func `a question is answered with the rules, the lists and the judgement`() throws {
        let outcome = try Command.run(
            "patrold",
            [
                "rules", "explain", "--city", city, "--zone", "front-street", "--at", "2026-06-16 10:20", "--plate",
                "BMTX671", "--lists", "Fixtures/harbourview/lists",
            ]
        )
        #expect(outcome.exitCode == 0)
        for part in ["pay (pay by plate) holds", "session S-5", "ALERT", "No valid session", "H-10", "$40.00"] {
            #expect(outcome.output.contains(part), "\(part)")
        }
        let french = try Command.run(
            "patrold",
            ["rules", "hour", "--city", city, "--zone", "front-street", "--at", "2026-12-12 18:30", "--language", "fr"]
        )
        #expect(french.output.contains("déneigement"))
    }

    @Test func `a wrong zone, time or plate is named`() throws {
        func errors(_ arguments: [String]) throws -> String {
            let outcome = try Command.run("patrold", ["rules", "explain", "--city", city] + arguments)
            #expect(outcome.exitCode != 0)
            return outcome.errors
        }
        let zone = try errors(["--zone", "front-stret", "--at", "2026-06-16 10:20"])
        #expect(zone.contains("did you mean 'front-street'?"))
        #expect(try errors(["--zone", "front-street", "--at", "10:20"]).contains("--at"))
        let plate = ["--zone", "front-street", "--at", "2026-06-16 10:20", "--plate", "车牌", "--lists", "/nowhere"]
        #expect(try errors(plate).contains("U+8F66"))
    }
}
