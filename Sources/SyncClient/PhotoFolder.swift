// Reads evidence photos by their content's name, on a thread of its own.
internal import Dispatch
internal import Foundation

struct PhotoFolder: Sendable {
    private let path: String
    private let queue = DispatchQueue(label: "sync-photos")

    init(path: String) { self.path = path }

    /// The bytes of `DIR/ab/SHA256.jpg`; nil when there is no such file.
    func load(_ sha256: String) async throws -> Data? {
        let file = path + "/" + sha256.prefix(2) + "/" + sha256 + ".jpg"
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                guard FileManager.default.fileExists(atPath: file) else { return continuation.resume(returning: nil) }
                do {
                    continuation.resume(returning: try Data(contentsOf: URL(fileURLWithPath: file)))
                } catch {
                    continuation.resume(throwing: SyncError(.local, "the photo '\(file)' cannot be read: \(error)"))
                }
            }
        }
    }
}
