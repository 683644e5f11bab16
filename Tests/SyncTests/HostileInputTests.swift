// What no honest client sends: each gets a 4xx with a sentence, is counted, and leaves the records as they were.
import BackOffice
import Foundation
import Logging
import ParkingCore
import SyncProtocol
import Testing

@Suite struct HostileInput {
    /// An upload as JSON with one text in it replaced by another.
    private static func tampered(_ old: String, _ new: String) throws -> Data {
        let upload = FactsUpload(
            vehicle: try VehicleID("unit-7"),
            facts: [
                Samples.fact(1, .read(try Samples.read(1, photos: [Samples.photo(seed: 1)]))),
                Samples.fact(
                    2,
                    .decision(
                        DecisionFact(
                            read: Samples.id(1),
                            verdict: .rejected,
                            reason: "loading",
                            officer: try OfficerID("4411")
                        )
                    )
                ),
                Samples.fact(3, .ticket(TicketFact(ticket: try Samples.ticket(1, number: 12)))),
            ]
        )
        let text = String(decoding: try WireCoding.encoder().encode(upload), as: UTF8.self)
        #expect(text.contains(old), "the sample does not hold \(old)")
        return Data(text.replacing(old, with: new).utf8)
    }

    static let tamperings: [(String, String)] = [
        (#""version":1"#, #""version":"1""#), (#""vehicle":"unit-7""#, #""vehicle":"../unit""#),
        (#""vehicle":"unit-7""#, #""vehicle":"\#(String(repeating: "x", count: 65))""#),
        (#""confidence":0.981"#, #""confidence":9.81"#), (#""confidence":0.981"#, #""confidence":1e999"#),
        (#""frames":9"#, #""frames":99999999999999999999999"#), (#""frames":9"#, #""frames":0"#),
        (#""plate":"CABC123""#, #""plate":"<script>""#), (#""latitude":43.65107"#, #""latitude":943.65107"#),
        (#""errorMetres":3.2"#, #""errorMetres":-1"#), (#""sequence":2"#, #""sequence":1"#),
        (#""sequence":1"#, #""sequence":-9223372036854775808"#), (#""kind":"read""#, #""kind":"bribe""#),
        (#""reason":"loading""#, #""reason":"""#),
        (#""reason":"loading""#, #""reason":"\#(String(repeating: "y", count: 501))""#),
        (#""fineCents":4000"#, #""fineCents":-4000"#), (#""fineCents":4000"#, #""fineCents":1e300"#),
        (#""number":"0000012"#, #""number":"0000013"#), (#""number":""#, #""number":"9"#),
        (#""recordedAt":"2026"#, #""recordedAt":"0026"#), (#""recordedAt":"2026"#, #""recordedAt":"soon"#),
        (#""bytes":"#, #""bytes":-"#), (#""facts":["#, #""facts":[null,"#), ("{", "["), ("}", ""),
        (#""feed":"sessions""#, #""feed":"; DROP TABLE fact""#),
    ]

    @Test(arguments: tamperings) func `a tampered upload is refused whole`(old: String, new: String) async throws {
        let body = try Self.tampered(old, new)
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let answer = try await ask("POST", address + "/sync/v1/facts", body: body)
            #expect(answer.status == 400, "\(new): \(answer.text)")
            #expect(!answer.sentence.isEmpty)
            #expect(server.counters.value(.requestsRefused) == 1)
            #expect(server.counters.value(.factsStored) == 0)
        }
    }

    @Test func `bodies that are no JSON, of another type, too large or of another version are refused`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let facts = address + "/sync/v1/facts"
            let deep = Data(String(repeating: "[", count: 100_000).utf8)
            #expect(try await ask("POST", facts, body: deep).status == 400)
            #expect(try await ask("POST", facts, body: Data([0xFF, 0xFE, 0x00])).status == 400)
            #expect(try await ask("POST", facts, body: Data()).status >= 400)
            let form = try await ask("POST", facts, body: Data("{}".utf8), contentType: "text/plain")
            #expect(form.status == 415)
            #expect(try await ask("POST", facts, body: Data(repeating: 32, count: 8_000_001)).status == 413)
            let newer = try await ask("POST", facts, body: Data(#"{"version":2,"future":true}"#.utf8))
            #expect(newer.status == 426)
            #expect(newer.sentence.contains("version 2"))
            let many = FactsUpload(
                vehicle: try VehicleID("unit-7"),
                facts: try (1...201).map { Samples.fact(Int64($0), .read(try Samples.read($0))) }
            )
            #expect(try await post(facts, many).status == 400)
            #expect(server.counters.value(.factsStored) == 0)
            #expect(server.counters.value(.requestsFailed) == 0)
        }
    }

    @Test(arguments: [
        "..%2F..%2F..%2Fetc%2Fpasswd", "%2e%2e", String(repeating: "A", count: 64), String(repeating: "a", count: 63),
        String(repeating: "a", count: 64) + ".jpg", "%00", String(repeating: "g", count: 64),
    ])
    func `a photo's name that is no digest reaches no file`(name: String) async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            let put = try await ask(
                "PUT",
                address + "/sync/v1/photos/" + name,
                body: Samples.photo(seed: 1),
                contentType: "image/jpeg"
            )
            #expect((400...404).contains(put.status))
            let get = try await ask("GET", address + "/photos/" + name)
            #expect((400...404).contains(get.status))
            #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
        }
    }

    @Test func `a photo of more than 20 MB is refused`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let photo = Samples.photo(seed: 1)
            let upload = FactsUpload(
                vehicle: try VehicleID("unit-7"),
                facts: [Samples.fact(1, .read(try Samples.read(1, photos: [photo])))]
            )
            _ = try await post(address + "/sync/v1/facts", upload)
            let answer = try await ask(
                "PUT",
                address + "/sync/v1/photos/" + Samples.digest(photo),
                body: Data(repeating: 0xFF, count: 20_000_001),
                contentType: "image/jpeg"
            )
            #expect(answer.status == 413)
        }
    }

    @Test(arguments: ["after=-1", "after=x", "after=9223372036854775808", "limit=0", "limit=5001", "limit=1e3"])
    func `absurd questions for changes are refused`(query: String) async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let answer = try await ask("GET", address + "/sync/v1/changes?" + query)
            #expect(answer.status == 400)
        }
    }

    @Test func `a request under another host's name is refused`() async throws {
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, _ in
            let answer = try await ask("GET", address + "/tickets", headers: ["Host": "evil.example:8311"])
            #expect(answer.status == 421)
        }
    }

    @Test(arguments: ["0.0.0.0", "192.168.1.4", "::", "example.com", "127.0.0.1.example.com", "127.1", ""])
    func `any other address than this machine's own is refused with the reason`(host: String) throws {
        let folder = try TemporaryFolder()
        let city = try #require(Samples.city)
        let error = #expect(throws: BackOfficeError.self) {
            try BackOfficeServer(
                settings: BackOfficeServer.Settings(data: folder.path, host: host, port: 0, city: city),
                logger: Logger(label: "test")
            )
        }
        #expect(error?.message.contains("HTTPS") == true)
    }
}
