// Values that the tests of both sides send: a vehicle's shift in small.
import BackOffice
import Crypto
import Foundation
import Logging
import ParkingCore
import SyncProtocol
import Testing

/// A generator that gives the same again for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

enum Samples {
    static let start = Date(timeIntervalSince1970: 1_781_618_700)
    static let infraction = Infraction(
        code: "P-12",
        section: "2024-101 s. 5(2)",
        title: LocalizedText(en: "Park without a valid session", fr: "Stationner sans session valable"),
        fineCents: 4000,
        earlyPaymentCents: 3000,
        earlyPaymentDays: 15
    )

    /// Bytes that begin and end as a JPEG file does and differ for each `seed`.
    static func photo(seed: Int) -> Data {
        Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data("photo \(seed)".utf8) + Data(repeating: 7, count: 3000)
            + Data([0xFF, 0xD9])
    }

    static func digest(_ data: Data) -> String {
        SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
    }

    static func id(_ index: Int, kind: Int = 0) -> UUIDv7 {
        var generator = SeededGenerator(seed: UInt64(index * 10 + kind))
        return UUIDv7(at: start.addingTimeInterval(Double(index)), using: &generator)
    }

    static func read(
        _ index: Int,
        plate: String = "CABC123",
        judgement: Judgement? = nil,
        frames: Int = 9,
        photos: [Data] = []
    ) throws -> ReadFact {
        let reading = PlateReading(
            plate: try Plate(plate),
            confidence: 0.981,
            characters: plate.map { CharacterReading(character: String($0), probability: 0.99) },
            alternates: [PlateAlternate(plate: "CA8C123", probability: 0.012)],
            box: PixelBox(x: 400, y: 300, width: 130, height: 60),
            corners: [PixelPoint(x: 400, y: 300), PixelPoint(x: 530, y: 300), PixelPoint(x: 530, y: 360)]
        )
        let zone = try ZoneID("M1")
        let time = start.addingTimeInterval(Double(index))
        return ReadFact(
            read: PlateRead(
                id: id(index),
                camera: try CameraID("right"),
                time: time,
                frames: frames,
                reading: reading,
                colour: ColourProposal(colour: .brown, confidence: 0.962)
            ),
            fix: Fix(
                point: try GeoPoint(latitude: 43.65107, longitude: -79.34702),
                time: time,
                errorMetres: 3.2,
                speedMetresPerSecond: 8.1,
                headingDegrees: 74
            ),
            zone: zone,
            judgement: judgement ?? .alert([.noSession(zone: zone, infraction: "P-12", lastSessionEnded: nil)]),
            feeds: [FeedState(feed: .sessions, asOf: time.addingTimeInterval(-12), records: 5120)],
            photos: photos.enumerated().map { index, data in
                PhotoReference(sha256: digest(data), role: index == 0 ? .closeUp : .context, bytes: data.count)
            }
        )
    }

    static func ticket(
        _ index: Int,
        number: Int,
        plate: String = "CABC123",
        place: String = "14 Front Street, north side",
        photos: [Data] = [],
        vehicle: String = "unit-7"
    ) throws -> Ticket {
        Ticket(
            id: id(index, kind: 1),
            number: try TicketNumber(serial: number),
            read: id(index),
            issuedAt: start.addingTimeInterval(Double(index) + 20),
            plate: try Plate(plate),
            region: "CA-ON",
            vehicle: try VehicleID(vehicle),
            officer: try OfficerID("4411"),
            zone: try ZoneID("M1"),
            place: place,
            point: try GeoPoint(latitude: 43.65107, longitude: -79.34702),
            infraction: infraction,
            photos: photos.map(digest),
            colour: .brown
        )
    }

    static func fact(_ sequence: Int64, _ body: FactBody) -> RecordedFact {
        RecordedFact(
            id: id(Int(sequence), kind: 2),
            sequence: sequence,
            recordedAt: start.addingTimeInterval(Double(sequence) + 0.123),
            body: body
        )
    }

    static let city: City? = try? City(
        name: "Lakeport",
        timeZone: "America/Toronto",
        regime: .administrativePenalty,
        paymentAddress: "lakeport.example/pay",
        reviewRights: LocalizedText(en: "Ask.", fr: "Demandez."),
        zones: [
            Zone(
                zone: ZoneID("M1"),
                name: "Front Street",
                outline: [
                    GeoPoint(latitude: 43.6, longitude: -79.4), GeoPoint(latitude: 43.7, longitude: -79.4),
                    GeoPoint(latitude: 43.7, longitude: -79.3),
                ],
                rules: [
                    ParkingRule(
                        id: RuleID("pay"),
                        kind: .payByPlate,
                        infraction: "P-12",
                        schedules: [.always],
                        graceMinutes: 5
                    )
                ]
            )
        ],
        infractions: [infraction]
    )
}

/// A folder that goes when the test ends.
final class TemporaryFolder: Sendable {
    let path: String
    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "sync-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Serves a real back office on a free loopback port while `body` runs.
func withBackOffice<T: Sendable>(
    data: String,
    body: @Sendable (_ address: String, _ server: BackOfficeServer) async throws -> T
) async throws -> T {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let city = try #require(Samples.city)
    let settings = BackOfficeServer.Settings(data: data, host: "127.0.0.1", port: 0, city: city)
    let server = try await openServer(settings, logger: logger)
    let (addresses, announce) = AsyncStream<String>.makeStream()
    let serving = Task {
        defer { announce.finish() }
        try await server.serve(stopOnSignals: false) { announce.yield($0) }
    }
    defer { serving.cancel() }
    var iterator = addresses.makeAsyncIterator()
    let address = try #require(await iterator.next(), "the server did not come up")
    let result = try await body(address, server)
    serving.cancel()
    _ = await serving.result
    return result
}

/// The last server of the folder lets go of it with its last connection, which may close a moment after it has stopped.
private func openServer(_ settings: BackOfficeServer.Settings, logger: Logger) async throws -> BackOfficeServer {
    for _ in 1...250 {
        do {
            return try BackOfficeServer(settings: settings, logger: logger)
        } catch {
            guard error.code == .inUse else { throw error }
        }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try BackOfficeServer(settings: settings, logger: logger)
}
