// Files as municipalities give them, and as they should not be.
import Foundation
import ParkingCore
import Testing

@testable import Addressing

@Suite struct ImportTests {
    let place: Workplace
    init() throws { place = try Workplace() }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `the order of the files does not matter, and what was taken is told`() throws {
        let book = try Village.book(place)
        let summary = try book.summary()
        #expect(summary.streets == 4)
        #expect(summary.streetPieces == 7)
        #expect(summary.addressPoints == 22)
        #expect(summary.zones == 2)
        #expect(summary.sources.count == 3)
        #expect(summary.report?.bad == 0)
    }

    @Test(arguments: [
        ("{\"type\":\"LineString\",\"coordinates\":[]}", FeatureProblem.noGeometry), ("null", .noGeometry),
        ("{\"type\":\"LineString\",\"coordinates\":[[-79.4,43.7]]}", .tooFewPoints),
        ("{\"type\":\"LineString\",\"coordinates\":[[-79.4,43.7],[-79.4,43.7]]}", .tooFewPoints),
        ("{\"type\":\"LineString\",\"coordinates\":[[-79.4,43.7],[NaN,43.7]]}", .notFinite),
        ("{\"type\":\"LineString\",\"coordinates\":[[-79.4,43.7],[null,43.7]]}", .notFinite),
        ("{\"type\":\"LineString\",\"coordinates\":[[630000.5,4840000.5],[630010,4840020]]}", .projected),
        ("{\"type\":\"LineString\",\"coordinates\":[[43.7,-79.4],[43.71,-79.41]]}", .swapped),
        ("{\"type\":\"LineString\",\"coordinates\":[[-200,43.7],[-79.4,43.7]]}", .outOfRange),
        ("{\"type\":\"LineString\",\"coordinates\":[[-79.4,43.7],[-79.4,45.7]]}", .tooLong),
        (
            "{\"type\":\"Polygon\",\"coordinates\":[[[-79.4,43.7],[-79.3,43.8],[-79.3,43.7],[-79.4,43.8],[-79.4,43.7]]]}",
            .selfCrossing
        ),
        ("{\"type\":\"Polygon\",\"coordinates\":[[[-79.4,43.7],[-79.3,43.8],[-79.4,43.7]]]}", .tooFewPoints),
        ("{\"type\":\"GeometryCollection\",\"geometries\":[]}", .noGeometry),
        ("{\"type\":\"Blob\",\"coordinates\":[[1,2]]}", .otherGeometry),
        ("{\"type\":\"Point\",\"coordinates\":\"north\"}", .noGeometry),
        ("{\"type\":\"Point\",\"coordinates\":[[[[[[-79.4,43.7]]]]]]}", .unreadable),
        ("{\"type\":\"Point\",\"coordinates\":[-79.4,}", .unreadable),
    ])
    func `a bad feature is counted by its kind and the others are taken`(
        geometry: String,
        problem: FeatureProblem
    ) throws {
        let bad = Village.feature("\"NAME\":\"Bad Road\"", geometry)
        let file = try place.collection("streets.geojson", Village.streets + [bad])
        let refusal = message { try place.take([file]) }
        // One of eight is more than one of twenty; a bracket that never closes spoils the file instead.
        #expect(refusal.contains("--keep-good") || refusal.contains("GeoJSON") || refusal.contains("cut off"))
        #expect(!FileManager.default.fileExists(atPath: place.book))
        guard geometry != "{\"type\":\"Point\",\"coordinates\":[-79.4,}" else { return }
        let report = try place.take([file], keepGood: true)
        #expect(report.left == [problem.rawValue: 1])
        #expect(report.streetPieces == 7)
        #expect(report.faults.first?.place == "feature 8")
        #expect(place.leftovers.isEmpty)
    }

    @Test(arguments: [
        "", "not json at all", "[1,2,3]", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\"",
        "{\"type\":\"FeatureCollection\",\"features\":[]}", "{}", "{\"features\":[[[[[[[[", "}", "\u{FEFF}",
        String(repeating: "[", count: 100_000), "{\"a\":" + String(repeating: "[", count: 100_000),
    ])
    func `a failed import leaves the old book as it was`(content: String) throws {
        _ = try Village.book(place)
        let before = try Data(contentsOf: URL(filePath: place.book))
        let file = try place.write("bad.geojson", content)
        #expect(throws: AddressingError.self) { try place.take([file]) }
        #expect(try Data(contentsOf: URL(filePath: place.book)) == before)
        #expect(place.leftovers.isEmpty)
    }

    @Test func `metres instead of degrees are refused with the cure`() throws {
        let crs = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::26917\"}},"
        let named = try place.collection("utm.geojson", Village.streets, crs: crs)
        let words = message { try place.take([named], keepGood: true) }
        #expect(words.contains("EPSG:26917") && words.contains("ogr2ogr -t_srs EPSG:4326"))
        let good = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},"
        #expect(try place.take([try place.collection("a.geojson", Village.streets, crs: good)]).streetPieces == 7)
    }

    @Test func `a file without streets is refused with the cure`() throws {
        let file = try place.collection("addresses.geojson", Village.addresses)
        #expect(message { try place.take([file], keepGood: true) }.contains("no street"))
        #expect(message { try place.take(["\(place.path)/none.geojson"]) }.contains("none.geojson cannot be read"))
    }

    @Test func `a file that is no address book is not overwritten`() throws {
        try place.write("places.sqlite", "my thesis")
        let file = try place.collection("streets.geojson", Village.streets)
        #expect(message { try place.take([file]) }.contains("no address book"))
        #expect(try String(contentsOfFile: place.book, encoding: .utf8) == "my thesis")
    }

    @Test func `what a killed import left is removed by the next, and a running one is let be`() throws {
        // No process has the highest number that fits; this test's own is running.
        try place.write("places.sqlite.unfinished-2147483647", "stale")
        try place.write("places.sqlite.unfinished-1", "running")
        try place.take([try place.collection("streets.geojson", Village.streets)])
        #expect(place.leftovers == ["places.sqlite.unfinished-1"])
    }

    @Test func `a damaged book of ours is replaced`() throws {
        _ = try Village.book(place)
        var bytes = try Data(contentsOf: URL(filePath: place.book))
        bytes.replaceSubrange(100..<4000, with: Data(repeating: 0xAA, count: 3900))
        try bytes.write(to: URL(filePath: place.book))
        let file = try place.collection("streets.geojson", Village.streets)
        #expect(try place.take([file]).streetPieces == 7)
    }

    @Test func `doubled ids, unknown streets and repeated units are told apart`() throws {
        func house(_ id: Int, _ number: String, _ street: String) -> String {
            Village.feature(
                "\"ADDRESS_POINT_ID\":\(id),\"ADDRESS_NUMBER\":\"\(number)\",\"STREET\":\"\(street)\"",
                "{\"type\":\"Point\",\"coordinates\":\(Village.point(50, 12))}"
            )
        }
        let houses = [
            house(1, "7", "Mill Street"), house(2, "7", "MILL ST"), house(2, "9", "Mill Street"),
            house(3, "9", "Nowhere Road"), house(4, "unit B", "Mill Street"), house(5, "", "Mill Street"),
        ]
        let files = [
            try place.collection("s.geojson", Village.streets), try place.collection("a.geojson", houses),
        ]
        let report = try place.take(files, keepGood: true)
        #expect(report.addressPoints == 1)
        #expect(report.repeatedAddresses == 1)
        #expect(report.left == ["duplicate": 1, "streetUnknown": 1, "noNumber": 2])
        #expect(report.faults.contains { $0.problem == .duplicate && $0.place == "feature 3 (id 2)" })
        #expect(report.bad == 2)
    }

    @Test func `features one a line and in pieces of any size are the same`() throws {
        let sequence = Village.streets.joined(separator: "\n") + "\n"
        #expect(try place.take([try place.write("seq.geojson", sequence)]).streetPieces == 7)
        let whole = Array("{\"name\":\"x\",\"features\":[\(Village.streets.joined(separator: ", \n"))],\"z\":{}}".utf8)
        for size in [1, 2, 7, 64, 1000] {
            var file = GeoJSONFile(mapping: PropertyMapping())
            var names: [String] = []
            for start in stride(from: 0, to: whole.count, by: size) {
                let chunk = Array(whole[start..<min(whole.count, start + size)])
                try chunk.withUnsafeBufferPointer { buffer in
                    try file.consume(buffer) { feature in
                        names.append(feature.properties[.name] ?? "?")
                        #expect(throws: Never.self) { try feature.shape.get() }
                    }
                }
            }
            try file.finish()
            #expect(names.count == 7 && names.first == "Mill Street" && names.last == "Rear Lane", "\(size)")
        }
    }

    @Test func `tables bring the same by any kind of column`() throws {
        let streets = "NAME,WKT\n" + Village.tableStreets
        let points = "STREET,CIVIC_NUMBER,LATITUDE,LONGITUDE\n" + Village.tablePoints
        let files = [try place.write("s.csv", streets), try place.write("a.csv", points)]
        let report = try place.take(files)
        #expect(report.streetPieces == 2)
        #expect(report.addressPoints == 2)
        let json =
            "NAME,geometry\nMill Street,\"{\"\"type\"\":\"\"MultiLineString\"\",\"\"coordinates\"\":[[\(Village.point(0, 0)),\(Village.point(90, 0))]]}\"\n"
        #expect(try place.take([try place.write("j.csv", json)]).streetPieces == 1)
    }

    @Test func `tables without a place or with bad rows are told`() throws {
        let words = message { try place.take([try place.write("a.csv", "STREET,CIVIC\nMill,2\n")]) }
        #expect(words.contains("--geometry") && words.contains("--latitude"))
        let rows = "NAME,LAT,LON\nMill,x,-79.4\nMill,43.7\nMill,-79.4,43.7\nMill,4840000.5,630000.5\n"
        let streets = try place.collection("s.geojson", Village.streets)
        let report = try place.take([streets, try place.write("b.csv", rows)], keepGood: true)
        #expect(report.left == ["notFinite": 1, "unreadable": 1, "swapped": 1, "projected": 1])
        #expect(report.faults.contains { $0.place == "line 2" })
    }

    @Test func `other property names are given by flag and come before the usual ones`() throws {
        let road = Village.feature(
            "\"NAME\":\"wrong\",\"Strasse\":\"Mill Street\",\"vl\":1,\"bl\":99",
            "{\"type\":\"LineString\",\"coordinates\":[\(Village.point(0, 0)),\(Village.point(100, 0))]}"
        )
        let mapping = PropertyMapping([.name: "STRASSE", .fromLeft: "vl", .toLeft: "bl"])
        try place.take([try place.collection("s.geojson", [road])], mapping: mapping)
        let sighting = try Village.sighting(50, -1.8, camera: -90)
        let answer = try #require(try AddressBook(path: place.book).locate(sighting)).answer
        #expect(answer.street == "Mill Street")
        #expect(answer.basis == .range)
        #expect(answer.toConfirm.contains(.number))
        let number = try #require(answer.number.flatMap { Int($0) })
        #expect((45...55).contains(number) && number % 2 == 1)
    }

    @Test(
        arguments: [
            ("14", nil, "14"), ("14A", nil, "14A"), ("14 1/2", nil, "14 1/2"), ("14-16", nil, "14-16"),
            ("14 Mill Street", nil, "14"), ("14a Mill Street", nil, "14A"), ("14", "b", "14B"), ("14B", "B", "14B"),
            ("14.0", nil, "14"), ("0", nil, nil), ("N/A", nil, nil), ("", nil, nil), ("99999999999", nil, nil),
        ] as [(String, String?, String?)]
    )
    func `civic numbers are read as they are written`(text: String, suffix: String?, label: String?) {
        let found = CivicNumber.parse(text, suffix: suffix)
        #expect(found.map { "\($0.number)\($0.suffix)" } == label)
    }

    @Test func `names of streets are one however they are shortened`() {
        #expect(StreetName.key("Mill Street") == StreetName.key("MILL  ST."))
        #expect(StreetName.key("Eglinton Avenue East") == StreetName.key("Eglinton Ave E"))
        #expect(StreetName.key("Mill Street") != StreetName.key("Mill Avenue"))
    }

    @Test func `books that are missing, foreign or of another version are told with the cure`() throws {
        #expect(message { _ = try AddressBook(path: place.book) }.contains("places import"))
        try place.write("other.sqlite", "no database")
        #expect(throws: AddressingError.self) { try AddressBook(path: "\(place.path)/other.sqlite") }
        _ = try Village.book(place)
        var bytes = try Data(contentsOf: URL(filePath: place.book))
        bytes[63] = 9
        try bytes.write(to: URL(filePath: place.book))
        #expect(message { _ = try AddressBook(path: place.book) }.contains("another version"))
    }
}

extension Village {
    private static func lonLat(_ east: Double, _ north: Double) -> (String, String) {
        let degrees = plane.degrees(Metres(east: east, north: north))
        return ("\(degrees.longitude)", "\(degrees.latitude)")
    }

    static var tableStreets: String {
        let (ax, ay) = lonLat(0, 0)
        let (bx, by) = lonLat(100, 0)
        return "Mill Street,\"SRID=4326;LINESTRING Z (\(ax) \(ay) 80, \(bx) \(by) 81)\"\n"
            + "King Street,\"MULTILINESTRING ((\(ax) \(ay), \(ax) 43.69))\"\n"
    }

    static var tablePoints: String {
        let (x, y) = lonLat(20, 14)
        let (u, v) = lonLat(35, 14)
        return "Mill St,1,\(y),\(x)\nMill St,3,\(v),\(u)\n"
    }
}
