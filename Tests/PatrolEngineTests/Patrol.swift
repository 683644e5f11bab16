// A patrol with real parts (SQLite file, photo folder, PDF folder) in a scratch folder, standing in a pay zone.
import Addressing
import CityFiles
import Evidence
import Foundation
import Imaging
import Logging
import ParkingCore
import PatrolStore
import Positioning
import SyncProtocol
import TicketPrinting

@testable import PatrolEngine

final class Patrol {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let folder: URL
    let store: PatrolStore
    let desk: PatrolDesk
    let hub = EventHub()
    let clock: ReplayClock
    /// 14:05:10 UTC, 10:05:10 local, in the middle of the demonstration's pay zone.
    let time: Date

    /// - Parameters:
    ///   - hasMap: whether the demonstration's map is at hand.
    ///   - isSealed: whether facts are signed.
    ///   - knots: speed that the receiver tells.
    ///   - serverAnswers: whether the server does when it is asked just before a ticket; nil: none is set.
    init(
        acceptAll: Bool = false,
        numbers: ClosedRange<Int>? = 1...100,
        ticketsFolder: String? = nil,
        hasMap: Bool = false,
        isSealed: Bool = false,
        knots: String = "0.00",
        city given: City? = nil,
        isClockTrusted: Bool = true,
        serverAnswers: Bool? = nil
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "patrol-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        time = WireCoding.date("2026-06-16T14:05:10Z") ?? .distantPast
        clock = ReplayClock(start: time)
        let vehicle = try VehicleID("patrol-1")
        let city = try given ?? CityFile.read(path: Self.root.appending(path: "Fixtures/demo/city.yaml").path)
        store = try PatrolStore(
            path: folder.appending(path: "patrol.sqlite").path,
            vehicle: vehicle,
            sealer: isSealed ? try Self.sealer(folder.path, vehicle, city) : nil
        )
        if let numbers {
            try await store.addNumberBlock(NumberBlock(first: numbers.lowerBound, last: numbers.upperBound))
        }
        desk = PatrolDesk(
            settings: .init(
                city: city,
                vehicle: vehicle,
                officer: try OfficerID("412"),
                policy: .standard,
                acceptAll: acceptAll,
                source: "test",
                cameraAngles: [90, 270]
            ),
            store: store,
            evidence: try EvidenceFolder(folder.appending(path: "photos").path),
            printer: PrintQueue(
                settings: .init(
                    city: city,
                    output: .folder(try PDFFolder(ticketsFolder ?? folder.appending(path: "tickets").path))
                ),
                store: store,
                hub: hub,
                clock: clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ),
            hub: hub,
            clock: clock,
            isClockTrusted: { isClockTrusted },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            addresses: hasMap ? try Self.map(in: folder) : nil,
            refreshLists: serverAnswers.map { answers in { @Sendable in answers } }
        )
        await desk.follow(try track(knots: knots))
        try await refreshLists([])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func sealer(_ data: String, _ vehicle: VehicleID, _ city: City) throws -> EvidenceSealer {
        try EvidenceSetup.sealer(
            data: data,
            keys: nil,
            city: city,
            vehicle: vehicle,
            officer: try OfficerID("412"),
            models: "reader 1",
            cameraAngles: [try CameraID("right"): 90],
            clock: .recording(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Standing still at the zone's middle for the whole minute.
    private static func map(in folder: URL) throws -> AddressBook {
        let path = folder.appending(path: "places.sqlite").path
        try PlaceImport.run(
            files: ["streets", "addresses", "zones"].map {
                root.appending(path: "Fixtures/demo/places/\($0).geojson").path
            },
            into: path,
            options: PlaceImportOptions(now: Date())
        )
        return try AddressBook(path: path)
    }

    private func track(knots: String) throws -> Track {
        let log = folder.appending(path: "track.nmea")
        var text = ""
        for second in 0..<60 {
            let moment = "1405\(second < 10 ? "0" : "")\(second).00"
            for body in [
                "GPGGA,\(moment),4342.0721,N,08103.1376,W,1,12,0.7,362.4,M,-36.1,M,,",
                "GPRMC,\(moment),A,4342.0721,N,08103.1376,W,\(knots),62.0,160626,,,A",
            ] {
                let sum = String(body.utf8.reduce(0, ^), radix: 16, uppercase: true)
                text += "$\(body)*\(sum.count == 1 ? "0" : "")\(sum)\n"
            }
        }
        try Data(text.utf8).write(to: log)
        return try NMEALog(file: log).track
    }

    /// The lists as the server would send them, complete at the read's time.
    func refreshLists(_ records: [ListRecord]) async throws {
        let cursor = try await store.changesCursor()
        let changes = records.enumerated().map { index, record in
            ListChange(change: cursor + Int64(index) + 1, feed: record.feed, key: record.key, record: record)
        }
        try await store.apply(
            ChangesAnswer(changes: changes, upTo: cursor + Int64(records.count), more: false, asOf: time)
        )
    }

    func pass(
        _ plate: String,
        confidence: Double = 0.99,
        characterProbability: Double = 0.999,
        camera: String = "right",
        after seconds: Double = 0,
        corrects: UUIDv7? = nil
    ) throws -> PlatePass {
        let reading = PlateReading(
            plate: try Plate(plate),
            confidence: confidence,
            characters: plate.map { CharacterReading(character: String($0), probability: characterProbability) },
            alternates: [],
            box: PixelBox(x: 200, y: 200, width: 120, height: 60),
            corners: [(200.0, 200.0), (320, 200), (320, 260), (200, 260)].map { PixelPoint(x: $0.0, y: $0.1) }
        )
        let instant = time.addingTimeInterval(seconds)
        // No two passes have the same picture.
        let grey = UInt8(truncatingIfNeeded: 128 + Int(seconds))
        let picture = try GreyImage(width: 640, height: 480, pixels: [UInt8](repeating: grey, count: 640 * 480))
        return PlatePass(
            read: PlateRead(
                id: UUIDv7(at: instant),
                camera: try CameraID(camera),
                time: instant,
                frames: 5,
                reading: reading
            ),
            photo: try JPEG.encode(picture),
            cameraAngleDegrees: 90,
            corrects: corrects
        )
    }

    func session(_ plate: String, zone: String = "mill-pay", minutes: Double = 60) throws -> ListRecord {
        .session(
            ParkingSession(
                session: "S-\(plate)",
                plate: try Plate(plate),
                zone: try ZoneID(zone),
                validity: try TimeWindow(
                    from: time.addingTimeInterval(-3600),
                    to: time.addingTimeInterval(minutes * 60)
                )
            )
        )
    }
}
