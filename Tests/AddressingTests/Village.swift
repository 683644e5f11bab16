// A village of two streets and a lane for tests, its files, and features made by hand.
import Foundation
import ParkingCore
import Testing

@testable import Addressing

/// A folder that goes with the test.
final class Workplace {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "addressing-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var book: String { "\(path)/places.sqlite" }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func collection(_ name: String, _ features: [String], crs: String = "") throws -> String {
        try write(name, "{\"type\":\"FeatureCollection\",\(crs)\"features\":[\(features.joined(separator: ","))]}")
    }

    @discardableResult
    func take(_ files: [String], keepGood: Bool = false, mapping: PropertyMapping = PropertyMapping()) throws
        -> PlaceImportReport
    {
        try PlaceImport.run(
            files: files,
            into: book,
            options: PlaceImportOptions(
                mapping: mapping,
                keepGood: keepGood,
                now: Date(timeIntervalSince1970: 1_780_000_000)
            )
        )
    }

    var leftovers: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.contains("unfinished") }
    }
}

enum Village {
    static let plane = MetricPlane(latitude: 43.7, longitude: -79.4)

    static func point(_ east: Double, _ north: Double) -> String {
        let degrees = plane.degrees(Metres(east: east, north: north))
        return "[\(degrees.longitude),\(degrees.latitude)]"
    }

    static func geo(_ east: Double, _ north: Double) throws -> GeoPoint {
        let degrees = plane.degrees(Metres(east: east, north: north))
        return try GeoPoint(latitude: degrees.latitude, longitude: degrees.longitude)
    }

    static func feature(_ properties: String, _ geometry: String) -> String {
        "{\"type\":\"Feature\",\"properties\":{\(properties)},\"geometry\":\(geometry)}"
    }

    static func street(_ name: String, _ points: [(Double, Double)], ranges: String = "") -> String {
        feature(
            "\"NAME\":\"\(name)\"\(ranges)",
            "{\"type\":\"LineString\",\"coordinates\":[\(points.map { point($0.0, $0.1) }.joined(separator: ","))]}"
        )
    }

    static func address(_ number: String, _ street: String, _ east: Double, _ north: Double) -> String {
        feature(
            "\"ADDRESS_NUMBER\":\"\(number)\",\"STREET\":\"\(street)\"",
            "{\"type\":\"Point\",\"coordinates\":\(point(east, north))}"
        )
    }

    static func area(_ name: String, _ rings: [[(Double, Double)]]) -> String {
        let text = rings.map { ring in "[\(ring.map { point($0.0, $0.1) }.joined(separator: ","))]" }
        return feature(
            "\"NAME\":\"\(name)\"",
            "{\"type\":\"Polygon\",\"coordinates\":[\(text.joined(separator: ","))]}"
        )
    }

    /// Mill Street runs east along north 0 in two pieces (even numbers on its south side, rising eastwards, 15 m each);
    /// King Street crosses at its start, Queen Street at its end; a lane runs 35 m north of it.
    static let streets = [
        street("Mill Street", [(0, 0), (100, 0)]), street("Mill Street", [(100, 0), (200, 0)]),
        street("King Street", [(0, -150), (0, 0)]), street("King Street", [(0, 0), (0, 150)]),
        street("Queen Street", [(200, -150), (200, 0)]), street("Queen Street", [(200, 0), (200, 150)]),
        street("Rear Lane", [(0, 35), (200, 35)]),
    ]
    static let addresses = (0..<11).flatMap { lot in
        let east = 20 + 15 * Double(lot)
        return [
            address("\(2 + 2 * lot)", "MILL ST", east, -14), address("\(1 + 2 * lot)", "Mill St.", east, 14),
        ]
    }
    static let zones = [
        area("Core", [[(-50, -60), (150, -60), (150, 60), (-50, 60), (-50, -60)]]),
        area("Court", [[(40, -10), (60, -10), (60, -2), (40, -2), (40, -10)]]),
    ]

    static func book(_ place: Workplace) throws -> AddressBook {
        try place.take([
            try place.collection("addresses.geojson", addresses), try place.collection("streets.geojson", streets),
            try place.collection("zones.geojson", zones),
        ])
        return try AddressBook(path: place.book)
    }

    static func sighting(
        _ east: Double,
        _ north: Double,
        error: Double = 2,
        heading: Double? = 90,
        speed: Double? = 8,
        camera: Double? = 90
    ) throws -> Sighting {
        Sighting(
            point: try geo(east, north),
            error: .radius(metres: error),
            headingDegrees: heading,
            speedMetresPerSecond: speed,
            cameraAngleDegrees: camera
        )
    }
}
