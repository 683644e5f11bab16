// A folder with the five lists as CSV files, for tools that ask about a plate without a database.
package import Foundation
package import ParkingCore

package struct ListsFolder: Sendable {
    package let records: [ListRecord]
    /// One state a feed; `asOf` is nil for a list that has no file there.
    package let feeds: [FeedState]

    /// Reads `permits.csv`, `sessions.csv`, `exemptions.csv`, `scofflaws.csv` and `watchlist.csv`, each of which may be
    /// absent, and keeps the records of the plates asked for.
    /// - Parameter time: when the lists were true.
    /// - Throws: `CityFileError` with every bad row, and for a folder without any list.
    package init(path: String, plates: Set<Plate>, asOf time: Date) throws(CityFileError) {
        var records: [ListRecord] = []
        var feeds: [FeedState] = []
        for feed in Feed.allCases {
            let file = "\(path)/\(feed.rawValue).csv"
            guard let handle = FileHandle(forReadingAtPath: file) else {
                feeds.append(FeedState(feed: feed, asOf: nil, records: 0))
                continue
            }
            defer { try? handle.close() }
            let count = try ListsFolder.read(handle, file: file, feed: feed) { record in
                if plates.contains(record.plate) { records.append(record) }
            }
            feeds.append(FeedState(feed: feed, asOf: time, records: count))
        }
        guard feeds.contains(where: { $0.asOf != nil }) else {
            let names = Feed.allCases.map { "\($0.rawValue).csv" }.joined(separator: ", ")
            let problem = "holds none of \(names); give a folder with lists"
            throw CityFileError(file: path, problems: [CityFileProblem(line: nil, place: "", problem: problem)])
        }
        self.records = records
        self.feeds = feeds
    }

    /// - Returns: how many good rows there are.
    private static func read(
        _ handle: FileHandle,
        file: String,
        feed: Feed,
        keep: (ListRecord) -> Void
    ) throws(CityFileError) -> Int {
        var problems: [CityFileProblem] = []
        var count = 0
        func take(_ line: Int, _ result: Result<ListRecord, RowProblem>) {
            switch result {
            case .success(let record):
                count += 1
                keep(record)
            case .failure(let problem):
                problems.append(
                    CityFileProblem(line: problem.line, place: problem.column ?? "", problem: problem.reason)
                )
            }
        }
        do {
            var reader = ListsCSV(feed: feed)
            while let data = try handle.read(upToCount: 1 << 18), !data.isEmpty {
                try data.withUnsafeBytes { try reader.consume($0.assumingMemoryBound(to: UInt8.self), each: take) }
            }
            try reader.finish(each: take)
        } catch {
            problems.append(CityFileProblem(line: nil, place: "", problem: "\(error)"))
        }
        guard problems.isEmpty else { throw CityFileError(file: file, problems: problems) }
        return count
    }
}
