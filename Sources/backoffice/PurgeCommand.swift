// `backoffice purge`: erases what is past its time in the back office's data folder, and says what it erased.
internal import ArgumentParser
internal import BackOffice
internal import Foundation

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Erase reads without a hit that are past their time, with their photos.",
        discussion: """
            'serve' does this by itself every ten minutes. What hit stays, with later sightings of its car. Stop the
            server first: one process owns the data. Rows are overwritten, the database is written anew, photo files are
            overwritten and removed.

            EXAMPLES
              backoffice purge --data /var/lib/backoffice --dry-run
              backoffice purge --data /var/lib/backoffice --reads-hours 24
            """
    )

    @Option(help: "Folder with all that the back office keeps.")
    var data: String

    @Option(help: "Hours that a read without a hit is kept.")
    var readsHours = 24

    @Flag(help: "Say what would be erased, and erase nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as one line of JSON.")
    var json = false

    func validate() throws {
        guard (0...8760).contains(readsHours) else { throw ValidationError("--reads-hours: 0 to 8760 are taken") }
    }

    func run() async throws {
        do {
            guard FileManager.default.fileExists(atPath: data) else {
                throw BackOfficeError(.notFound, "there is no folder '\(data)'")
            }
            let folder = try DataFolder(path: data)
            let records = try Records(folder: folder)
            let retention = Retention(
                records: records,
                photos: try PhotoArchive(path: folder.photos),
                readsSeconds: Double(readsHours) * 3600
            )
            let now = Date()
            let counts: PurgeCounts
            if dryRun {
                counts = try await records.purgePreview(before: now.addingTimeInterval(-retention.readsSeconds))
            } else {
                counts = try await retention.run(now: now)
                try await records.rewrite()
            }
            tell(counts)
        } catch let error as BackOfficeError {
            throw fail(error)
        }
    }

    private func tell(_ counts: PurgeCounts) {
        if json {
            print("{\"dryRun\":\(dryRun),\"photos\":\(counts.photos),\"reads\":\(counts.reads)}")
        } else {
            let verb = dryRun ? "would be erased" : "erased"
            print("\(counts.reads) reads without a hit and \(counts.photos) photos of them: \(verb)")
        }
    }
}
