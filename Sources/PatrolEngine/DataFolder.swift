// Where a vehicle keeps what it records: one folder that only the daemon's user may read.
internal import Foundation

package struct DataFolder: Sendable {
    package let path: String

    package var database: String { "\(path)/patrol.sqlite" }
    package var photos: String { "\(path)/photos" }
    package var shifts: String { "\(path)/shifts" }
    package var tickets: String { "\(path)/tickets" }

    /// Makes the folder, mode 0700, where it is missing.
    /// - Throws: `EngineError` naming the folder and what stands in the way.
    package init(path: String) throws(EngineError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw EngineError(.request, "the data folder \(path) cannot be made: \(error.localizedDescription)")
        }
    }
}
