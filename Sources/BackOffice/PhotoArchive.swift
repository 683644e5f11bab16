// Evidence photos as files named by their content; a file under its final name is always whole.
internal import Crypto
internal import Dispatch
internal import DurableFiles
internal import Foundation

/// `DIR/ab/SHA256.jpg`, the first two digits as a folder. All work runs on one thread of its own.
package final class PhotoArchive: Sendable {
    private let path: String
    private let staging: String
    private let queue = DispatchQueue(label: "photo-archive")

    /// Makes the folder if it is absent, and removes what a killed process left half written: it was never acknowledged.
    package init(path: String) throws(BackOfficeError) {
        self.path = path
        staging = path + "/.incoming"
        do {
            try DurableFile.makeFolder(staging)
        } catch {
            throw BackOfficeError(error)
        }
        DurableFile.removeUnfinished(in: staging)
    }

    /// Keeps a photo: verified, written beside, synced, renamed. Once this returns, the photo survives loss of power.
    /// - Throws: `BackOfficeError` when the bytes are not those of the name or no JPEG, or when the disk is full.
    package func store(_ bytes: [UInt8], sha256: String) async throws {
        guard FactRules.isDigest(sha256) else { throw Self.badName(sha256) }
        try await onQueue {
            guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else {
                throw BackOfficeError(.mediaType, "photo \(sha256) is no JPEG file")
            }
            let digest = Self.digest(bytes)
            guard digest == sha256 else {
                throw BackOfficeError(.request, "photo \(sha256) arrived with the content of \(digest); send it again")
            }
            let file = self.file(sha256)
            // One that is there but damaged is replaced by the good copy at hand.
            if DurableFile.exists(file), try DurableFile.read(file) == bytes { return }
            try DurableFile.makeFolder(self.path + "/" + sha256.prefix(2))
            try DurableFile.write(bytes, to: file, staging: self.staging, replace: true)
        }
    }

    /// The bytes of a photo, checked against its name.
    /// - Throws: `BackOfficeError.notFound` when no such photo is here.
    package func load(_ sha256: String) async throws -> [UInt8] {
        guard FactRules.isDigest(sha256) else { throw Self.badName(sha256) }
        return try await onQueue {
            let file = self.file(sha256)
            guard DurableFile.exists(file) else {
                throw BackOfficeError(.notFound, "photo \(sha256) is not here yet")
            }
            let bytes = try DurableFile.read(file)
            guard Self.digest(bytes) == sha256 else {
                throw BackOfficeError(
                    .data,
                    "'\(file)' was changed or damaged after it was stored: restore a backup of it"
                )
            }
            return bytes
        }
    }

    /// Takes a photo away, its bytes overwritten first. One that is not there is gone already.
    package func erase(_ sha256: String) async throws {
        guard FactRules.isDigest(sha256) else { throw Self.badName(sha256) }
        _ = try await onQueue { try DurableFile.erase(self.file(sha256)) }
    }

    private func file(_ sha256: String) -> String { path + "/" + sha256.prefix(2) + "/" + sha256 + ".jpg" }

    private static func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    private static func badName(_ text: String) -> BackOfficeError {
        BackOfficeError(
            .request,
            "'\(text.prefix(80))' is no photo: its SHA-256 in 64 lower-case hex digits is asked for"
        )
    }

    private func onQueue<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result(catching: body)) }
            }
        } catch let error as DurableFileError {
            throw BackOfficeError(error)
        }
    }
}
