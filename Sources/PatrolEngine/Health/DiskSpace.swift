// How much room the data folder's disk has left.
internal import Foundation
internal import PatrolAPI

/// Free space and what it means.
package struct DiskSpace: Sendable {
    package let path: String
    package let lowBytes: Int64
    package let fullBytes: Int64

    package init(path: String, lowBytes: Int64, fullBytes: Int64) {
        self.path = path
        self.lowBytes = lowBytes
        self.fullBytes = fullBytes
    }

    /// Asks the file system, which may block for as long as the disk does.
    package func report() -> DeviceReport {
        let values = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return report(freeBytes: (values?[.systemFreeSize] as? NSNumber)?.int64Value)
    }

    func report(freeBytes: Int64?) -> DeviceReport {
        guard let freeBytes else {
            return DeviceReport(
                "disk",
                .disk,
                .degraded,
                word: "unknown",
                detail: "the free space of \(path) is not known"
            )
        }
        let gibibytes = (Double(freeBytes) / 1_073_741_824 * 10).rounded() / 10
        let (state, word): (DeviceStatus.State, String) =
            freeBytes < fullBytes ? (.absent, "full") : freeBytes < lowBytes ? (.degraded, "low") : (.good, "ok")
        let cure = state == .good ? "" : "; free some space, or evidence can no longer be kept"
        return DeviceReport(
            "disk",
            .disk,
            state,
            word: word,
            detail: "\(gibibytes) GiB free\(cure)",
            figures: ["freeBytes": Double(freeBytes)]
        )
    }
}
