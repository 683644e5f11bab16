// Imports a list's CSV file into the records: all of it, or nothing and the rows that are to blame.
internal import Foundation
package import ParkingCore

package struct ListsFile: Sendable {
    /// Rows that are told with their reason; the others are counted.
    private static let problemsTold = 20
    private static let chunk = 1 << 18

    package let path: String
    package let feed: Feed

    package struct Outcome: Sendable {
        package let list: ListImportOutcome
        package let problems: [RowProblem]
        package let problemCount: Int
    }

    package init(path: String, feed: Feed) {
        self.path = path
        self.feed = feed
    }

    /// Makes the feed hold what the file says. Blocks its thread: for commands.
    /// - Parameters: `keepGood` takes the good rows of a file with bad ones; `progress` is called with bytes read so far.
    /// - Throws: `BackOfficeError` with the first bad rows and their reasons; the feed is then as it was.
    package func replace(
        in records: Records,
        keepGood: Bool,
        mayShrink: Bool = true,
        progress: (Int) -> Void = { _ in }
    ) throws -> Outcome {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw BackOfficeError(.notFound, "'\(path)' cannot be read; check the path and its mode")
        }
        defer { try? file.close() }
        var problems: [RowProblem] = []
        var count = 0
        do {
            let outcome = try records.replace(feed: feed, mayShrink: mayShrink) { put in
                var reader = ListsCSV(feed: feed)
                func note(_ problem: RowProblem) {
                    count += 1
                    if problems.count < Self.problemsTold { problems.append(problem) }
                }
                func take(_ line: Int, _ result: Result<ListRecord, RowProblem>) throws {
                    switch result {
                    case .success(let record):
                        guard let earlier = try put(record, line) else { return }
                        note(.doubled(record.key, line: line, earlier: earlier, column: feed.columns[0].name))
                    case .failure(let problem): note(problem)
                    }
                }
                var bytes = 0
                while let data = try file.read(upToCount: Self.chunk), !data.isEmpty {
                    try data.withUnsafeBytes { try reader.consume($0.assumingMemoryBound(to: UInt8.self), each: take) }
                    bytes += data.count
                    progress(bytes)
                }
                try reader.finish(each: take)
                if count > 0 && !keepGood { throw Rejected() }
            }
            return Outcome(list: outcome, problems: problems, problemCount: count)
        } catch is Rejected {
            let told = problems.map { "  \($0)" }.joined(separator: "\n")
            let rest = count > problems.count ? "\n  and \(count - problems.count) more" : ""
            throw BackOfficeError(
                .file,
                "'\(path)' has \(count) bad rows; nothing of it was kept (--keep-good takes the others):\n" + told
                    + rest
            )
        } catch let error as CSVError {
            throw BackOfficeError(.file, "'\(path)', \(error)")
        } catch let error as CocoaError {
            throw BackOfficeError(
                .notFound,
                "'\(path)' cannot be read (\(error.code.rawValue)); is it a file, and whole?"
            )
        }
    }

    private struct Rejected: Error {}
}
