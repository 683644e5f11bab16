// Bad input to the programs: each gets one clear sentence that names the thing, an exit code that is not 0, and leaves
// what was there intact.
import Foundation
import Testing

struct BadInput: CustomTestStringConvertible {
    let name: String
    let program: String
    /// `@` stands for the scratch folder.
    let arguments: [String]
    /// All of these must stand in what was written to standard error.
    let says: [String]
    let prepare: @Sendable (Scratch) throws -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ program: String,
        _ arguments: [String],
        says: [String],
        prepare: @escaping @Sendable (Scratch) throws -> Void = { _ in }
    ) {
        self.name = name
        self.program = program
        self.arguments = arguments
        self.says = says
        self.prepare = prepare
    }
}

private let replay = ["replay", "@/r", "--city", "Fixtures/demo/city.yaml", "--data", "@/d"]

private let manifest = """
    {"version": 1, "name": "bad", "vehicle": "car-1", "officer": "1", "start": "2026-06-16T14:05:00Z",
     "track": "t.nmea", "cameras": [{"camera": "left", "side": "left", "video": "v.mp4"}]}
    """

private let badInputs: [BadInput] = [
    .init(
        "a map in metres",
        "patrold",
        ["places", "import", "@/utm.geojson", "--book", "@/p.sqlite"],
        says: ["utm.geojson", "EPSG:26917", "ogr2ogr -t_srs EPSG:4326"]
    ) {
        try $0.write(
            "utm.geojson",
            "{\"type\": \"FeatureCollection\", \"crs\": {\"name\": \"EPSG:26917\"}, \"features\": []}"
        )
    },
    .init(
        "an address book that is not there",
        "patrold",
        ["places", "locate", "--book", "@/none.sqlite", "--at", "43.7,-79.4"],
        says: ["none.sqlite", "places import"]
    ),
    .init(
        "a position with its numbers swapped out of the world",
        "patrold",
        ["places", "locate", "--at=-179.4,43.7"],
        says: ["--at", "latitude,longitude"]
    ),
    .init("a path that is not there", "patrol", ["recognise", "@/none.jpg"], says: ["none.jpg"]),
    .init("an empty folder", "patrol", ["recognise", "@/empty"], says: ["empty", "no picture"]) {
        try FileManager.default.createDirectory(at: $0.file("empty"), withIntermediateDirectories: true)
    },
    .init("a picture of no bytes", "patrol", ["recognise", "@/zero.jpg"], says: ["zero.jpg", "zero bytes"]) {
        try $0.write("zero.jpg", "")
    },
    .init("text that is called a picture", "patrol", ["recognise", "@/text.jpg"], says: ["text.jpg"]) {
        try $0.write("text.jpg", "this is no picture\n")
    },
    .init("a wrong model file", "patrol", ["recognise", "--models", "@/m", "Fixtures/demo"], says: ["detector"]) {
        try $0.write("m/detector.onnx", "not a network")
        try $0.write("m/reader.onnx", "not a network")
    },
    .init("a recording without a manifest", "patrold", replay, says: ["manifest.json", "cannot be read"]) {
        try FileManager.default.createDirectory(at: $0.file("r"), withIntermediateDirectories: true)
    },
    .init("a manifest that is not JSON", "patrold", replay, says: ["manifest.json", "not valid JSON"]) {
        try $0.write("r/manifest.json", "{")
    },
    .init("a manifest of a newer version", "patrold", replay, says: ["version 9"]) {
        try $0.write("r/manifest.json", manifest.replacing("\"version\": 1", with: "\"version\": 9"))
    },
    .init("a manifest that names a file outside", "patrold", replay, says: ["outside the recording"]) {
        try $0.write("r/manifest.json", manifest.replacing("v.mp4", with: "../../v.mp4"))
        try $0.write("r/t.nmea", "")
    },
    .init("a recording whose video is missing", "patrold", replay, says: ["v.mp4 is missing"]) {
        try $0.write("r/manifest.json", manifest)
        try $0.write("r/t.nmea", "")
    },
    .init("a video that is no video", "patrold", replay, says: ["v.mp4"]) {
        try $0.write("r/manifest.json", manifest)
        try $0.write("r/t.nmea", try demoTrack())
        try $0.write("r/v.mp4", String(repeating: "no video ", count: 1000))
    },
    .init("a track of garbage", "patrold", replay, says: ["t.nmea"]) {
        try $0.write("r/manifest.json", manifest)
        try $0.write("r/t.nmea", "$GPGGA,garbage*00\n$GPRMC,,,*ZZ\n")
        try $0.write("r/v.mp4", "x")
    },
    .init(
        "a city without time zone",
        "patrold",
        ["replay", "@/r", "--city", "@/city.yaml", "--data", "@/d"],
        says: ["city.yaml", "timeZone"]
    ) {
        try $0.write("r/manifest.json", manifest)
        try $0.write("r/t.nmea", try demoTrack())
        try $0.write("r/v.mp4", "x")
        try $0.write("city.yaml", "city: X\n")
    },
    .init("a list with wrong columns", "patrold", lists("sessions"), says: ["l.csv", "plate"]) {
        try $0.write("l.csv", "a,b,c\n1,2,3\n")
    },
    .init("a list in UTF-16", "patrold", lists("sessions"), says: ["l.csv", "UTF-8"]) {
        try $0.write("l.csv", "session,plate,zone,from,to\n".data(using: .utf16) ?? Data())
    },
    .init("a list with a bad row", "patrold", lists("sessions"), says: ["l.csv", "3"]) {
        try $0.write(
            "l.csv",
            """
            session,plate,zone,from,to
            S1,ABCD123,Z1,2026-06-16T10:00:00Z,2026-06-16T11:00:00Z
            S2,ABCD123,Z1,2026-06-16T11:00:00Z,2026-06-16T10:00:00Z

            """
        )
    },
    .init("a database that is none", "patrold", lists("sessions"), says: ["d.sqlite"]) {
        try $0.write("l.csv", "session,plate,zone,from,to\n")
        try $0.write("d.sqlite", String(repeating: "this is no database. ", count: 500))
    },
    .init(
        "a back office asked to listen to the world",
        "backoffice",
        ["serve", "--data", "@/b", "--host", "0.0.0.0", "--port", "0"],
        says: ["0.0.0.0", "plain HTTP is served on 127.0.0.1"]
    ),
]

private func lists(_ feed: String) -> [String] {
    ["lists", "import", "@/l.csv", "--feed", feed, "--database", "@/d.sqlite"]
}

private func demoTrack() throws -> String {
    try String(contentsOf: projectRoot.appending(path: "Fixtures/demo/recording/track.nmea"), encoding: .utf8)
}

@Suite struct BadInputs {
    @Test(arguments: badInputs)
    func `gets one clear sentence and an exit code that is not 0`(_ input: BadInput) throws {
        let scratch = try Scratch()
        try input.prepare(scratch)
        let arguments = input.arguments.map { $0.replacing("@/", with: scratch.folder.path + "/") }
        let result = try Command.run(input.program, arguments)
        #expect(result.exitCode != 0)
        for words in input.says { #expect(result.errors.contains(words), "it said: \(result.errors)") }
        #expect(!result.errors.contains("Fatal error"))
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count <= 6, "more than a few lines: \(result.errors)")
    }
}
