// What no honest client sends: an upload gets a 4xx with a sentence, is counted, and leaves the records as they were; a
// single fact is set aside.
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
        (#""confidence":0.981"#, #""confidence":1e999"#), (#""frames":9"#, #""frames":99999999999999999999999"#),
        (#""plate":"CABC123""#, #""plate":"<script>""#), (#""latitude":43.65107"#, #""latitude":943.65107"#),
        (#""sequence":2"#, #""sequence":1"#), (#""sequence":1"#, #""sequence":-9223372036854775808"#),
        (#""kind":"read""#, #""kind":"bribe""#), (#""fineCents":4000"#, #""fineCents":1e300"#),
        (#""number":"0000012"#, #""number":"0000013"#), (#""number":""#, #""number":"9"#),
        (#""recordedAt":"2026"#, #""recordedAt":"soon"#), (#""facts":["#, #""facts":[null,"#), ("{", "["), ("}", ""),
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

    /// What is replaced by what, the facts that it spoils, and words of the reason.
    static let spoilings: [(old: String, new: String, facts: [Int64], words: String)] = [
        (#""confidence":0.981"#, #""confidence":9.81"#, [1], "confidence is 9.81"),
        (#""frames":9"#, #""frames":0"#, [1], "frames: 0 is not"),
        (#""errorMetres":3.2"#, #""errorMetres":-1"#, [1], "error of the fix"),
        (#""bytes":"#, #""bytes":-"#, [1], "a photo of -"),
        (#""sha256":""#, #""sha256":"../../"#, [1], "no SHA-256"),
        (#""headingDegrees":74"#, #""headingDegrees":1e308"#, [1], "heading"),
        (#""asOf":"2026-06-16T14:04:49.000Z""#, #""asOf":"0000-01-01T00:00:00+14:00""#, [1], "cannot be read again"),
        (#""reason":"loading""#, #""reason":"""#, [2], "a rejection needs its reason"),
        (#""reason":"loading""#, #""reason":"\#(String(repeating: "y", count: 501))""#, [2], "501 characters"),
        (#""fineCents":4000"#, #""fineCents":-4000"#, [3], "fine in cents"),
        (#""place":"14"#, #""place":"\#(String(repeating: "<b>", count: 101))"#, [3], "place has"),
        (#""recordedAt":"2026"#, #""recordedAt":"0026"#, [1, 2, 3], "not between the years 2000 and 2200"),
    ]

    @Test(arguments: spoilings.indices)
    func `a spoilt fact is set aside with its reason, stands on its own page alone, and the others count`(
        index: Int
    ) async throws {
        let (old, new, facts, words) = Self.spoilings[index]
        let body = try Self.tampered(old, new)
        let folder = try TemporaryFolder()
        try await withBackOffice(data: folder.path) { address, server in
            let answer = try await ask("POST", address + "/sync/v1/facts", body: body)
            #expect(answer.status == 200, "\(new): \(answer.text)")
            let receipt = try answer.decoded(FactsReceipt.self)
            #expect(receipt.acknowledged == 3)
            #expect(receipt.setAside.map(\.sequence) == facts)
            for fact in receipt.setAside {
                #expect(fact.reason.hasPrefix("fact \(fact.sequence)") && fact.reason.contains(words), "\(fact)")
                #expect(!fact.reason.contains("CABC123"))
            }
            #expect(receipt.missingPhotos.isEmpty == facts.contains(1))
            #expect(server.counters.value(.factsStored) == 3)
            #expect(server.counters.value(.factsSetAside) == facts.count)
            #expect(try await ask("POST", address + "/sync/v1/facts", body: body).body == answer.body)
            #expect(server.counters.value(.factsSetAside) == facts.count)

            let reads = try await ask("GET", address + "/reads").text
            #expect(reads.contains("CABC123") == !facts.contains(1))
            #expect(reads.contains("Rejected by officer") == (Set(facts).isDisjoint(with: [1, 2])))
            let number = try TicketNumber(serial: 12).text
            #expect(try await ask("GET", address + "/tickets").text.contains(number) == !facts.contains(3))
            let ticket = try await ask("GET", address + "/tickets/" + number)
            #expect(ticket.status == (facts.contains(3) ? 404 : 200))
            let page = try await ask("GET", address + "/set-aside")
            #expect(page.status == 200 && page.text.components(separatedBy: "<li>").count == facts.count + 1)
            #expect(page.text.contains(words) && !page.text.contains("<b>1"))
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
