// `patrold places precision` and `places bench`: how good and how fast answers are, on a made-up town.
internal import Addressing
internal import ArgumentParser
internal import Foundation
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// A folder that goes when the command ends.
private func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "curbside-places-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

struct PlacesPrecision: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precision",
        abstract: "How many addresses are right at several errors of the position, on a made-up town.",
        discussion: """
            Makes a town (curved streets, crescents, back lanes, service roads, skipped and missing numbers), leaves a \
            part of its address points out, and asks for houses of both kinds where a patrol would have seen a car \
            before them, its position moved by chance. The last line is JSON.

            EXAMPLE
              patrold places precision --addresses 40000 --errors 0,5,10,20
            """
    )

    @Option(help: "About so many addresses.") var addresses = 40_000
    @Option(help: "Share of the address points left out.") var heldOut = 0.1
    @Option(help: "Errors in metres (68 of 100 within), separated by commas.") var errors = "0,5,10,20"
    @Option(help: "What the receiver claims of its true error: 0.5 for one that thinks twice too well of itself.")
    var claimed = 1.0
    @Option(help: "Another seed, another town.") var seed: UInt64 = 7

    private struct Outcome: Encodable {
        let benchmark = "address precision"
        let addresses: Int
        let seed: UInt64
        let claimed: Double
        let rows: [PrecisionRow]
    }

    func validate() throws {
        guard (1000...2_000_000).contains(addresses) else { throw ValidationError("--addresses takes 1000 to 2000000") }
        guard (0.01...0.9).contains(heldOut) else { throw ValidationError("--held-out takes a share of 0.01 to 0.9") }
        guard claimed > 0, claimed.isFinite else { throw ValidationError("--claimed takes a factor above 0") }
        guard !metres.isEmpty, metres.allSatisfy({ (0...200).contains($0) }) else {
            throw ValidationError("--errors takes metres such as 0,5,10,20")
        }
    }

    private var metres: [Double] { errors.split(separator: ",").map { Double($0) ?? -1 } }

    func run() async throws {
        do {
            try withTemporaryFolder { folder in
                let town = TrialTown(addresses: addresses, seed: seed, heldOutShare: heldOut)
                let files = try TrialFiles(town, folder: folder, questionShare: min(1, 8000 / Double(addresses)))
                let path = "\(folder)/places.sqlite"
                try PlaceImport.run(
                    files: [files.addresses, files.streets, files.zones],
                    into: path,
                    options: PlaceImportOptions(now: Date())
                )
                let rows = try PrecisionTrial.rows(
                    files.questions,
                    book: try AddressBook(path: path),
                    errorsMetres: metres,
                    seed: seed,
                    claimedShare: claimed
                )
                tell(rows)
                try PlacesCommand.printJSON(
                    Outcome(addresses: files.addressCount, seed: seed, claimed: claimed, rows: rows)
                )
            }
        } catch let error as AddressingError {
            throw PlacesCommand.failure(error)
        }
    }

    private func tell(_ rows: [PrecisionRow]) {
        let titles = [
            "error", "asked", "address", "street", "side", "block face", "sure", "right of", "face sure", "right of",
        ]
        print("houses".padding(toLength: 10, withPad: " ", startingAt: 0) + titles.map { right($0, 11) }.joined())
        for row in rows {
            func share(_ count: Int, of whole: Int) -> String {
                whole == 0 ? "-" : "\(Double(Int((Double(count) / Double(whole) * 1000).rounded())) / 10) %"
            }
            let cells = [
                "\(row.errorMetres) m", "\(row.asked)", share(row.exact, of: row.asked),
                share(row.street, of: row.asked),
                share(row.streetAndSide, of: row.asked), share(row.blockFace, of: row.asked),
                share(row.sure, of: row.asked), share(row.sureAndExact, of: row.sure),
                share(row.sureOfFace, of: row.asked), share(row.sureOfFaceAndRight, of: row.sureOfFace),
            ]
            print((row.isHeldOut ? "held out  " : "known     ") + cells.map { right($0, 11) }.joined())
        }
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}

struct PlacesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "How long import and answers take, on a made-up town, beside the index's bare box query.",
        discussion: "The last line is JSON."
    )

    @Option(help: "About so many addresses.") var addresses = 1_000_000
    @Option(help: "Error of the positions in metres.") var error = 5.0
    @Option(help: "Another seed, another town.") var seed: UInt64 = 7

    private struct Outcome: Encodable {
        let benchmark = "addresses"
        let addresses: Int
        let importSeconds: Double
        let importPeakKibibytes: Int
        let bookMebibytes: Double
        let questions: Int
        let errorMetres: Double
        let locateMilliseconds: Latencies
        let locateProcessorMilliseconds: Latencies
        let baseline = "R*Tree box query"
        let baselineMilliseconds: Latencies
        let ratioOfMedians: Double
    }

    func validate() throws {
        guard (1000...5_000_000).contains(addresses) else { throw ValidationError("--addresses takes 1000 to 5000000") }
        guard (0.1...200).contains(error) else { throw ValidationError("--error takes 0.1 to 200 m") }
    }

    func run() async throws {
        do {
            try withTemporaryFolder { folder in try measure(folder) }
        } catch let error as AddressingError {
            throw PlacesCommand.failure(error)
        }
    }

    private func measure(_ folder: String) throws {
        let town = TrialTown(addresses: addresses, seed: seed, heldOutShare: 0)
        let files = try TrialFiles(town, folder: folder, questionShare: min(1, 5000 / Double(addresses)))
        let path = "\(folder)/places.sqlite"
        let before = PlacesBench.peakKibibytes
        let start = ContinuousClock.now
        let report = try PlaceImport.run(
            files: [files.streets, files.addresses, files.zones],
            into: path,
            options: PlaceImportOptions(now: Date())
        )
        let seconds = start.duration(to: .now) / .seconds(1)
        let peak = PlacesBench.peakKibibytes
        let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.doubleValue ?? 0
        print(
            "import of \(report.addressPoints) addresses on \(report.streetPieces) pieces of street: \(rounded(seconds)) s,"
                + " peak memory \(peak / 1024) MiB (\(before / 1024) MiB before), book \(rounded(size / 1_048_576)) MiB"
        )
        let book = try AddressBook(path: path)
        let (whole, processor, boxes) = try LocateTrial.latencies(
            files.questions,
            book: book,
            errorMetres: error,
            seed: seed
        )
        print(
            "locate, \(files.questions.count) questions at \(error) m: median \(rounded(whole.median)) ms, p99"
                + " \(rounded(whole.p99)) ms, most \(rounded(whole.most)) ms; of the processor: median"
                + " \(rounded(processor.median)) ms, p99 \(rounded(processor.p99)) ms; bare R*Tree box query: median"
                + " \(rounded(boxes.median)) ms, p99 \(rounded(boxes.p99)) ms"
        )
        try PlacesCommand.printJSON(
            Outcome(
                addresses: report.addressPoints,
                importSeconds: rounded(seconds),
                importPeakKibibytes: peak,
                bookMebibytes: rounded(size / 1_048_576),
                questions: files.questions.count,
                errorMetres: error,
                locateMilliseconds: whole,
                locateProcessorMilliseconds: processor,
                baselineMilliseconds: boxes,
                ratioOfMedians: rounded(whole.median / max(boxes.median, 1e-9))
            )
        )
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// Most memory that this process has had, in KiB.
    private static var peakKibibytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss)
    }
}
