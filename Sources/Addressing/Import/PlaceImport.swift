// Taking a municipality's files into a new book: written aside, named at the end, so that a failure leaves the old one.
internal import DurableFiles
package import Foundation
internal import GRDB
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

package struct PlaceImportOptions: Hashable, Sendable {
    package var mapping: PropertyMapping
    /// Take the good features of files that have too many bad ones.
    package var keepGood: Bool
    /// When the import is done, for the book's own record.
    package var now: Date

    package init(mapping: PropertyMapping = PropertyMapping(), keepGood: Bool = false, now: Date) {
        self.mapping = mapping
        self.keepGood = keepGood
        self.now = now
    }
}

package struct PlaceImportProgress: Hashable, Sendable {
    package enum Stage: String, Hashable, Sendable { case reading, linking, sorting }
    package let stage: Stage
    package let file: String
    /// 0 ... 1 of the stage.
    package let share: Double
    package let features: Int
}

package enum PlaceImport {
    /// One feature in so many may be bad without `keepGood`.
    static let mostBadShare = 0.05

    /// Makes the book anew from all of the municipality's files; what each file holds is told by its geometry.
    /// - Parameters:
    ///   - files: GeoJSON or CSV: streets (lines), address points (points) and zones (areas), in any order.
    ///   - path: the book; what stood there gives way only once the new one is whole and on disk.
    ///   - progress: called about once a megabyte.
    /// - Throws: `AddressingError`; then the book is as before and nothing unfinished is left.
    @discardableResult
    package static func run(
        files: [String],
        into path: String,
        options: PlaceImportOptions,
        progress: @escaping (PlaceImportProgress) -> Void = { _ in }
    ) throws(AddressingError) -> PlaceImportReport {
        try refuseForeign(path)
        removeStale(beside: path)
        let unfinished = "\(path).unfinished-\(getpid())"
        defer { for ending in ["", "-journal"] { unlink(unfinished + ending) } }
        do {
            let report = try write(files, to: unfinished, options: options, progress: progress)
            try DurableFile.install(unfinished, at: path)
            return report
        } catch let error as AddressingError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw AddressingError(.notWritable, "no space is left for \(path); free some, then import again")
        } catch {
            let detail = (error as? DatabaseError)?.message ?? "\(error)"
            throw AddressingError(.notWritable, "\(path) cannot be written (\(detail)); check its folder and disk")
        }
    }

    private static func write(
        _ files: [String],
        to path: String,
        options: PlaceImportOptions,
        progress: @escaping (PlaceImportProgress) -> Void
    ) throws -> PlaceImportReport {
        unlink(path)
        var configuration = Configuration()
        configuration.label = "address import"
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let report = try queue.writeWithoutTransaction { db in
            // The file is nobody's until it is installed: no journal, one flush at the end.
            try db.execute(
                sql: """
                    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA temp_store = FILE; PRAGMA cache_size = -32768; PRAGMA temp.cache_size = -8192
                    """
            )
            var report = PlaceImportReport()
            try db.inTransaction {
                try db.execute(sql: BookSchema.sql)
                let run = try PlaceImportRun(db, options: options, progress: progress)
                for file in files { try run.read(file) }
                try run.finish()
                report = run.report
                try check(report, options: options)
                let json = String(decoding: try WireCoding.encoder().encode(report), as: UTF8.self)
                try db.execute(sql: "INSERT INTO report VALUES (?)", arguments: [json])
                return .commit
            }
            return report
        }
        try queue.close()
        return report
    }

    private static func check(_ report: PlaceImportReport, options: PlaceImportOptions) throws(AddressingError) {
        let total = report.good + report.bad
        if report.bad > 0, !options.keepGood, Double(report.bad) > mostBadShare * Double(total) {
            throw AddressingError(
                .refused,
                "nothing was taken: \(report.bad) of \(total) features are bad; correct them, or take the good ones with"
                    + " --keep-good",
                report: report
            )
        }
        guard report.streetPieces > 0 else {
            throw AddressingError(
                .refused,
                "nothing was taken: the files hold no street (a line with a name); name the centrelines' file too, and"
                    + " the property of the street's name with --name",
                report: report
            )
        }
    }

    /// Removes what imports left that were killed: their process is gone.
    private static func removeStale(beside path: String) {
        let url = URL(filePath: path)
        let head = url.lastPathComponent + ".unfinished-"
        let folder = url.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(head) {
            guard let process = Int32(name.dropFirst(head.count).prefix { $0.isNumber }), process > 0 else { continue }
            if kill(process, 0) != 0, errno == ESRCH { unlink("\(folder)/\(name)") }
        }
    }

    /// Keeps hands off a file that is something else.
    private static func refuseForeign(_ path: String) throws(AddressingError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            _ = try AddressBook(path: path)
        } catch {
            guard let file = try? FileHandle(forReadingFrom: URL(filePath: path)),
                let head = try? file.read(upToCount: 72)
            else { throw error }
            // Its own mark, even where the rest is damaged or of another version: such a book is there to be replaced.
            let mark = withUnsafeBytes(of: BookSchema.applicationID.bigEndian) { Data($0) }
            guard head.count == 72, head.suffix(4) == mark else {
                throw AddressingError(
                    .notWritable,
                    "\(path) is there already and is no address book; name another file"
                )
            }
        }
    }
}
