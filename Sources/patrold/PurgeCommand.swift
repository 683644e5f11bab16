// `patrold purge`: erases what is past its time in a vehicle's data folder, and says what it erased.
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import PatrolEngine
internal import PatrolStore
internal import SyncProtocol

#if canImport(Glibc)
internal import Glibc
#endif

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Erase reads without a hit that are past their time, with their photos.",
        discussion: """
            A running patrol does this by itself every ten minutes. What hit stays, and so do later sightings of its \
            car and marked cars whose limit is not over. A read that the back office has not got stays until \
            --unsent-hours are over; its place in the chain is then sent without content. Rows are overwritten \
            (SQLite's secure_delete), the log is cut, the database is written anew, photo files are overwritten and \
            removed. A record with the counts becomes a fact that the back office gets, signed by the daemon when it \
            runs next. What a drive or a file system keeps of old blocks is out of reach: use an encrypted disk.

            EXAMPLES
              patrold purge --data /var/lib/patrold --dry-run
              patrold purge --data /var/lib/patrold

            EXIT CODES
              0   done      73  data folder or database cannot be opened      74  disk full or faulty
              75  database in use by another process
            """
    )

    @Option(help: "The vehicle's data folder.", completion: .directory)
    var data: String

    @Option(help: "Hours that a read without a hit is kept.")
    var readsHours = 24

    @Option(help: "The same for a read that the back office has not got.")
    var unsentHours = 168

    @Flag(help: "Say what would be erased, and erase nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as one line of JSON.")
    var json = false

    private struct Outcome: Encodable {
        let dryRun: Bool
        let readsBefore: Date
        let unsentBefore: Date
        let counts: PurgeFact.Counts
    }

    func validate() throws {
        guard (0...8760).contains(readsHours), (0...8760).contains(unsentHours) else {
            throw ValidationError("hours are 0 to 8760")
        }
    }

    func run() async throws {
        do {
            try await purge()
        } catch {
            FileHandle.standardError.write(Data("patrold purge: \(error)\n".utf8))
            throw ExitCode(Self.exitCode(error))
        }
    }

    private func purge() async throws {
        let path = "\(data)/patrol.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            throw PatrolStoreError.notWritable(path: path, detail: "there is no such file")
        }
        let periods = RetentionPeriods(
            readsSeconds: Double(readsHours) * 3600,
            unsentSeconds: Double(unsentHours) * 3600
        )
        let now = Date()
        let run = PurgeRun(now: now, periods: periods)
        // Writing the database anew takes a copy of it: beside it, and not where other programs' files lie.
        setenv("SQLITE_TMPDIR", data, 1)
        let store = try PatrolStore(path: path, vehicle: nil)
        // Of runs that the daemon has yet to record.
        let earlier = try await store.waitingCounts()
        var counts = try await store.purgePreview(run)
        if !dryRun {
            let retention = Retention(
                store: store,
                photos: try EvidenceFolder("\(data)/photos"),
                chain: ChainFolder(EvidencePaths(data: data).chain),
                periods: periods
            )
            let all = counts.reads
            let isShown = isatty(STDERR_FILENO) == 1
            let record = try await retention.run(now: now) { taken in
                guard isShown else { return }
                FileHandle.standardError.write(Data("\r\(min(taken, all)) of \(all) reads".utf8))
            }
            if isShown, all > 0 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
            counts = record.map { $0.counts - earlier } ?? PurgeFact.Counts()
            try await store.rewrite()
        }
        try store.close()
        try tell(Outcome(dryRun: dryRun, readsBefore: run.readsBefore, unsentBefore: run.unsentBefore, counts: counts))
    }

    private func tell(_ outcome: Outcome) throws {
        if json {
            print(String(decoding: try WireCoding.encoder().encode(outcome), as: UTF8.self))
            return
        }
        let counts = outcome.counts
        let verb = outcome.dryRun ? "would be erased" : "erased"
        print("\(counts.reads) reads without a hit, taken before \(WireCoding.text(outcome.readsBefore)): \(verb)")
        if counts.unsentReads > 0 { print("  \(counts.unsentReads) of them the back office never got") }
        print("\(counts.photos) photos of them: \(verb)")
        if counts.strayPhotos > 0 { print("\(counts.strayPhotos) photo files that belonged to no read: erased") }
    }

    private static func exitCode(_ error: any Error) -> Int32 {
        switch error as? PatrolStoreError {
        case .inUse: EX_TEMPFAIL
        case .notWritable, .damaged, .newerVersion: EX_CANTCREAT
        default: EX_IOERR
        }
    }
}
