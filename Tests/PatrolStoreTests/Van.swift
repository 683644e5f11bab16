// A vehicle with its database file in a folder of its own, and facts to record with it.
import Foundation
import ParkingCore
import SyncProtocol

@testable import PatrolStore

/// The folder goes when the last reference does.
final class Van: Sendable {
    let folder: URL
    let vehicle: VehicleID
    let officer: OfficerID
    let start: Date

    init() throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "patrol-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        vehicle = try VehicleID("van-1")
        officer = try OfficerID("4711")
        start = Date(timeIntervalSince1970: 1_781_600_000)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "patrol.db").path }

    func open(maximumPages: Int? = nil) throws -> PatrolStore {
        try PatrolStore(path: path, vehicle: vehicle, maximumPages: maximumPages)
    }

    func time(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    // MARK: Facts

    func readFact(
        _ plate: String = "ABCD123",
        _ judgement: Judgement = .clear(.noRule),
        at seconds: Double = 0,
        photos: [String] = []
    ) throws -> ReadFact {
        let reading = PlateReading(
            plate: try Plate(plate),
            confidence: 0.97,
            characters: [],
            alternates: [],
            box: PixelBox(x: 1, y: 2, width: 100, height: 50),
            corners: []
        )
        let read = PlateRead(
            id: UUIDv7(at: time(seconds)),
            camera: try CameraID("right"),
            time: time(seconds),
            frames: 4,
            reading: reading
        )
        return ReadFact(
            read: read,
            fix: nil,
            zone: try ZoneID("pay"),
            judgement: judgement,
            feeds: [],
            photos: photos.map { PhotoReference(sha256: $0, role: .closeUp, bytes: 1000) }
        )
    }

    var alert: Judgement {
        get throws { .alert([.noSession(zone: try ZoneID("pay"), infraction: "P-1", lastSessionEnded: nil)]) }
    }

    func decision(_ read: UUIDv7, _ verdict: OfficerVerdict, reason: String? = nil) -> DecisionFact {
        DecisionFact(read: read, verdict: verdict, reason: reason, officer: officer)
    }

    /// Records an alert and hands back its read.
    func recordAlert(_ store: PatrolStore, _ plate: String = "ABCD123", at seconds: Double = 0) async throws -> UUIDv7 {
        let fact = try readFact(plate, try alert, at: seconds)
        try await store.record(read: fact, at: time(seconds))
        return fact.read.id
    }

    func ticket(_ number: TicketNumber, _ read: UUIDv7) throws -> Ticket {
        Ticket(
            id: UUIDv7(at: start),
            number: number,
            read: read,
            issuedAt: start,
            plate: try Plate("ABCD123"),
            region: nil,
            vehicle: vehicle,
            officer: officer,
            zone: try ZoneID("pay"),
            place: "Main Street",
            point: nil,
            infraction: Infraction(
                code: "P-1",
                section: "1",
                title: LocalizedText(en: "a", fr: "b"),
                fineCents: 5000,
                earlyPaymentCents: nil,
                earlyPaymentDays: nil
            ),
            photos: []
        )
    }

    func issue(_ store: PatrolStore, _ read: UUIDv7, decide: Bool = true) async throws -> Ticket {
        try await store.issueTicket(
            for: read,
            deciding: decide ? decision(read, .accepted) : nil,
            at: time(60)
        ) { [self] number in try ticket(number, read) }
    }

    /// Gives the store numbers and issues a ticket for the read.
    func issueNumbers(_ store: PatrolStore, for read: UUIDv7) async throws -> Ticket {
        try await store.addNumberBlock(NumberBlock(first: 1, last: 100))
        return try await issue(store, read)
    }

    // MARK: Lists

    func session(_ id: String, _ plate: String, from: Double = -3600, to: Double = 3600) throws -> ListRecord {
        .session(
            ParkingSession(
                session: id,
                plate: try Plate(plate),
                zone: try ZoneID("pay"),
                validity: try TimeWindow(from: time(from), to: time(to))
            )
        )
    }

    func put(_ change: Int64, _ record: ListRecord) -> ListChange {
        ListChange(change: change, feed: record.feed, key: record.key, record: record)
    }
}
