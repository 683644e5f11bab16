// A vehicle's data folder with keys, photos and a chain, filled with small cases.
import Foundation
import Imaging
import ParkingCore
import SyncProtocol
import Synchronization

@testable import Evidence

/// Rows as the database would have them.
final class MemoryLedger: EvidenceLedger {
    let rows = Mutex<[LedgerRow]>([])
    let unsealed = Mutex<Int64?>(nil)
    /// Facts that are there, whatever the rows say.
    let facts = Mutex<Set<UUIDv7>>([])
    let isBroken = Mutex(false)
    struct Broken: Error, CustomStringConvertible { let description = "it is broken" }

    func rows(after sequence: Int64, limit: Int) throws -> [LedgerRow] {
        rows.withLock { Array($0.filter { $0.point.sequence > sequence }.prefix(limit)) }
    }

    func unsealedFact() throws -> Int64? {
        if isBroken.withLock({ $0 }) { throw Broken() }
        return unsealed.withLock { $0 }
    }

    func missingFact() throws -> Int64? { nil }
    func factsBeforeSigning() throws -> Int { 0 }
    func hasFact(_ id: UUIDv7) throws -> Bool { facts.withLock { $0.contains(id) } }

    var last: ChainPoint? { rows.withLock { $0.last?.point } }
}

final class EvidenceBed {
    static let start = Date(timeIntervalSince1970: 1_781_618_710)

    let data: String
    let paths: EvidencePaths
    let vehicle: VehicleID
    let officer: OfficerID
    let ledger = MemoryLedger()
    var key: EvidenceSigningKey
    var chain: EvidenceChain
    var clock: ClockStamp
    /// Wall time of the next fact.
    var now = EvidenceBed.start

    init(seed: UInt8 = 7) throws {
        data = NSTemporaryDirectory() + "evidence-\(UUID().uuidString)"
        paths = EvidencePaths(data: data)
        vehicle = try VehicleID("patrol-1")
        officer = try OfficerID("412")
        let keys = KeyFolder(paths.keys)
        _ = try keys.provision(vehicle: vehicle, at: EvidenceBed.start)
        key = try keys.open(vehicle: vehicle).key
        chain = try EvidenceChain(folder: paths.chain, vehicle: vehicle, key: key)
        clock = EvidenceBed.stamp(uptime: 1000)
    }

    deinit { try? FileManager.default.removeItem(atPath: data) }

    static let run = UUIDv7(at: start)

    static func stamp(uptime: Double?, run: UUIDv7 = run, isTrusted: Bool = true, source: String = "ntp") -> ClockStamp
    {
        ClockStamp(source: source, isTrusted: isTrusted, offsetSeconds: nil, uptimeSeconds: uptime, run: run)
    }

    var context: EvidenceContext {
        get throws {
            EvidenceContext(
                software: "patrold test",
                models: "reader 1",
                municipality: "Town of Testing",
                timeZone: "America/Toronto",
                officer: officer,
                cameraAngles: [try CameraID("right"): 90]
            )
        }
    }

    /// Lets time pass on both clocks.
    func pass(seconds: Double) {
        now += seconds
        clock = ClockStamp(
            source: clock.source,
            isTrusted: clock.isTrusted,
            offsetSeconds: clock.offsetSeconds,
            uptimeSeconds: clock.uptimeSeconds.map { $0 + seconds },
            run: clock.run
        )
    }

    // MARK: Facts

    func photo(_ role: PhotoReference.Role, shade: UInt8) throws -> PhotoReference {
        let grey = try GreyImage(width: 24, height: 16, pixels: [UInt8](repeating: shade, count: 24 * 16))
        let stored = try EvidenceFolder(paths.photos).store(
            EvidencePhoto(role: role == .closeUp ? .closeUp : .context, jpeg: try JPEG.encode(grey))
        )
        return PhotoReference(sha256: stored.sha256, role: role, bytes: stored.bytes)
    }

    func readFact(_ plate: String, shade: UInt8) throws -> ReadFact {
        let reading = PlateReading(
            plate: try Plate(plate),
            confidence: 0.985,
            characters: plate.map { CharacterReading(character: String($0), probability: 0.998) },
            alternates: [PlateAlternate(plate: "O" + plate.dropFirst(), probability: 0.01)],
            box: PixelBox(x: 3, y: 3, width: 12, height: 6),
            corners: []
        )
        return ReadFact(
            read: PlateRead(id: UUIDv7(at: now), camera: try CameraID("right"), time: now, frames: 7, reading: reading),
            fix: Fix(
                point: try GeoPoint(latitude: 43.70120, longitude: -81.05229),
                time: now,
                errorMetres: 3.5,
                speedMetresPerSecond: 4,
                headingDegrees: 62
            ),
            zone: try ZoneID("mill-pay"),
            judgement: .alert([.noSession(zone: try ZoneID("mill-pay"), infraction: "P-12", lastSessionEnded: nil)]),
            feeds: Feed.allCases.map { FeedState(feed: $0, asOf: now.addingTimeInterval(-42), records: 1000) },
            photos: [try photo(.closeUp, shade: shade), try photo(.context, shade: shade &+ 100)]
        )
    }

    func ticketFact(_ read: ReadFact, serial: Int) throws -> TicketFact {
        TicketFact(
            ticket: Ticket(
                id: UUIDv7(at: now),
                number: try TicketNumber(serial: serial),
                read: read.read.id,
                issuedAt: now,
                plate: read.read.reading.plate,
                region: nil,
                vehicle: vehicle,
                officer: officer,
                zone: try ZoneID("mill-pay"),
                place: "14 Mill Street",
                point: read.fix?.point,
                infraction: Infraction(
                    code: "P-12",
                    section: "2024-101 s. 5(2)",
                    title: LocalizedText(en: "Parked without payment", fr: "Stationnement non pay\u{E9}"),
                    fineCents: 4000,
                    earlyPaymentCents: nil,
                    earlyPaymentDays: nil
                ),
                photos: read.photos.map(\.sha256)
            )
        )
    }

    // MARK: Sealing

    func entry(_ body: FactBody, id: UUIDv7, firstPass: ChalkMark? = nil) throws -> EvidenceChain.Entry {
        EvidenceChain.Entry(
            fact: id,
            kind: body.kind.rawValue,
            time: now,
            clock: clock,
            record: try EvidenceRecord.json(
                fact: try WireCoding.encoder().encode(body),
                body: body,
                firstPass: firstPass,
                changes: 17,
                words: [.en: ["No session in zone mill-pay."], .fr: ["Aucune session dans la zone mill-pay."]],
                context: try context
            )
        )
    }

    /// Adds bundles; `isCommitted` false is the power cut before the commit.
    @discardableResult
    func seal(_ entries: [EvidenceChain.Entry], isCommitted: Bool = true) throws -> [ChainPoint] {
        let appended = try chain.append(entries, after: ledger.last)
        guard isCommitted else { return appended.points }
        ledger.rows.withLock { rows in
            rows += appended.withdrawn.map { LedgerRow(point: $0, fact: .none) }
            rows += zip(appended.points, entries).map { point, entry in
                let json = String(decoding: entry.record["fact"]?.bytes ?? [], as: UTF8.self)
                return LedgerRow(point: point, fact: .there(id: entry.fact, json: json))
            }
        }
        return appended.points
    }

    /// A read, and a second later its decision and ticket.
    @discardableResult
    func ticketedCase(_ plate: String, serial: Int) throws -> ReadFact {
        let read = try readFact(plate, shade: UInt8(truncatingIfNeeded: serial * 3))
        try seal([try entry(.read(read), id: read.read.id)])
        pass(seconds: 1)
        let decision = DecisionFact(read: read.read.id, verdict: .accepted, reason: nil, officer: officer)
        let ticket = try ticketFact(read, serial: serial)
        try seal([
            try entry(.decision(decision), id: UUIDv7(at: now)), try entry(.ticket(ticket), id: ticket.ticket.id),
        ])
        pass(seconds: 30)
        return read
    }

    // MARK: Looking

    var keyList: KeyList { get throws { try KeyFolder(paths.keys).readList() } }

    func verify(withLedger: Bool = true, known: ChainPoint? = nil) throws -> EvidenceReport {
        try EvidenceVerification(
            try FolderEvidence(data: data),
            keys: try keyList,
            ledger: withLedger ? ledger : nil,
            known: known
        ).run()
    }

    /// Path of the chain's newest file.
    var file: String {
        get throws {
            let files = try ChainFolder(paths.chain).files()
            return "\(paths.chain)/\(files.last ?? "none")"
        }
    }

    var lines: [String] {
        get throws { try String(contentsOfFile: try file, encoding: .utf8).split(separator: "\n").map(String.init) }
    }

    func write(lines: [String]) throws {
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: try file))
    }

    func reopen() throws { chain = try EvidenceChain(folder: paths.chain, vehicle: vehicle, key: key) }
}
