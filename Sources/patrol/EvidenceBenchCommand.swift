// `patrol bench-evidence`, hidden: how fast a long chain is written and verified, and in how much memory.
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

struct EvidenceBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-evidence",
        abstract: "Measure the verification of a long chain (see .ci/bench-evidence).",
        discussion: "The last line is JSON. The baseline is plain SHA-256 over the same files in the same run.",
        shouldDisplay: false
    )

    @Option(help: "Bundles in the chain.")
    var bundles = 20_000

    @Option(help: "An empty or missing folder for it; removed afterwards.", completion: .directory)
    var folder: String

    @Flag(help: "Keep the folder.")
    var keep = false

    private struct Figures: Encodable {
        let benchmark = "evidence"
        let bundles: Int
        let bytes: Int
        let writeSeconds: Double
        let verifySeconds: Double
        let bundlesPerSecond: Double
        let baseline = "SHA-256 of the same files"
        let baselineSeconds: Double
        let ratio: Double
        let peakKibibytesBefore: Int
        let peakKibibytes: Int
    }

    func validate() throws {
        guard (1...10_000_000).contains(bundles) else { throw ValidationError("--bundles is 1 to 10000000") }
    }

    func run() throws {
        let paths = EvidencePaths(data: folder)
        guard !FileManager.default.fileExists(atPath: paths.chain) else {
            throw ValidationError("\(folder) holds evidence already; give an empty folder")
        }
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        let vehicle = try VehicleID("bench")
        let keys = KeyFolder(paths.keys)
        let list = try keys.provision(vehicle: vehicle, at: Date())
        let clock = ContinuousClock()
        let writing = try clock.measure { try write(paths, vehicle, try keys.open(vehicle: vehicle).key) }
        let files = try ChainFolder(paths.chain).files().map { "\(paths.chain)/\($0)" }
        var hashed = 0
        let hashing = try clock.measure {
            for file in files { hashed += try EvidenceFolder.sha256(ofFile: file).count }
        }
        let before = EvidenceBenchCommand.peakKibibytes()
        var report: EvidenceReport?
        let verifying = try clock.measure {
            report = try EvidenceVerification(try FolderEvidence(data: folder), keys: list).run { count in
                FileHandle.standardError.write(Data("\r\(count) bundles verified".utf8))
            }
        }
        FileHandle.standardError.write(Data("\n".utf8))
        guard let report, report.holds, report.bundles == bundles, hashed == files.count * 64 else {
            throw ValidationError("the chain does not hold: \(report?.fault?.words ?? "bundles are missing")")
        }
        let seconds = { (duration: Duration) in duration / .seconds(1) }
        let figures = Figures(
            bundles: bundles,
            bytes: report.bytes,
            writeSeconds: seconds(writing),
            verifySeconds: seconds(verifying),
            bundlesPerSecond: Double(bundles) / seconds(verifying),
            baselineSeconds: seconds(hashing),
            ratio: seconds(verifying) / seconds(hashing),
            peakKibibytesBefore: before,
            peakKibibytes: EvidenceBenchCommand.peakKibibytes()
        )
        print(String(decoding: try WireCoding.encoder().encode(figures), as: UTF8.self))
    }

    /// Reads as a patrol has them, some thousand at a time.
    private func write(_ paths: EvidencePaths, _ vehicle: VehicleID, _ key: EvidenceSigningKey) throws {
        let chain = try EvidenceChain(folder: paths.chain, vehicle: vehicle, key: key)
        let start = Date(timeIntervalSince1970: 1_781_618_710)
        let stamp = ClockStamp(
            source: "recording",
            isTrusted: true,
            offsetSeconds: nil,
            uptimeSeconds: nil,
            run: UUIDv7(at: start)
        )
        let fact = try FactBody.read(sample(at: start))
        let record = try EvidenceRecord.json(
            fact: try WireCoding.encoder().encode(fact),
            body: fact,
            firstPass: nil,
            changes: 1,
            words: [.en: ["No session in zone mill-pay."], .fr: ["Aucune session dans la zone mill-pay."]],
            context: EvidenceContext(
                software: "bench",
                models: "none",
                municipality: "Bench",
                timeZone: "America/Toronto",
                officer: try OfficerID("0"),
                cameraAngles: [:]
            )
        )
        var known: ChainPoint?
        var done = 0
        while done < bundles {
            let count = min(1000, bundles - done)
            let entries = (0..<count).map { index in
                EvidenceChain.Entry(
                    fact: UUIDv7(at: start),
                    kind: "read",
                    time: start + Double(done + index),
                    clock: stamp,
                    record: record
                )
            }
            known = try chain.append(entries, after: known).points.last
            done += count
        }
    }

    private func sample(at time: Date) throws -> ReadFact {
        let plate = try Plate("ABCD123")
        let reading = PlateReading(
            plate: plate,
            confidence: 0.987_654_321,
            characters: plate.text.map { CharacterReading(character: String($0), probability: 0.998_765_4) },
            alternates: (0..<8).map { PlateAlternate(plate: "ABCD12\($0)", probability: 0.001 * Double($0)) },
            box: PixelBox(x: 100.5, y: 200.25, width: 120.75, height: 60.5),
            corners: [PixelPoint(x: 100.123, y: 200.456), PixelPoint(x: 220.789, y: 201.5)]
        )
        return ReadFact(
            read: PlateRead(
                id: UUIDv7(at: time),
                camera: try CameraID("right"),
                time: time,
                frames: 9,
                reading: reading
            ),
            fix: Fix(
                point: try GeoPoint(latitude: 43.701_201, longitude: -81.052_293),
                time: time,
                errorMetres: 3.217,
                speedMetresPerSecond: 6.94,
                headingDegrees: 61.8
            ),
            zone: try ZoneID("mill-pay"),
            judgement: .alert([.noSession(zone: try ZoneID("mill-pay"), infraction: "P-12", lastSessionEnded: nil)]),
            feeds: Feed.allCases.map { FeedState(feed: $0, asOf: time, records: 100_000) },
            photos: []
        )
    }

    /// The process' largest memory so far (VmHWM of /proc/self/status).
    private static func peakKibibytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
