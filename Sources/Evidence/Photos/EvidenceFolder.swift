// Where evidence photos lie: each file named by the SHA-256 of its content, so that a name proves the bytes.
internal import Crypto
package import DurableFiles
package import Foundation

/// A photo that is on disk.
package struct StoredPhoto: Hashable, Sendable {
    /// 64 lower-case hex digits, of the whole file.
    package let sha256: String
    package let role: EvidencePhoto.Role
    /// Size of the file.
    package let bytes: Int
    package let path: String
}

/// A folder with photos as `ab/SHA256.jpg` (`ab` the first two digits), readable by its owner alone.
///
/// Blocking: each `store` waits for the disk. One process writes to a folder at a time.
package struct EvidenceFolder: Sendable {
    package let path: String
    private var staging: String { "\(path)/.incoming" }

    /// Makes the folder where it is missing and removes what a crash left half-written.
    /// - Throws: `DurableFileError` naming the folder and the cure.
    package init(_ path: String) throws(DurableFileError) {
        self.path = path
        try DurableFile.makeFolder(staging)
        DurableFile.removeUnfinished(in: staging)
    }

    /// Keeps the photo; returns once the disk holds it. The same photo again changes nothing.
    /// - Throws: `DurableFileError`; then neither the photo nor a part of it is in the folder.
    package func store(_ photo: EvidencePhoto) throws(DurableFileError) -> StoredPhoto {
        let sha256 = EvidenceFolder.sha256(photo.jpeg)
        let file = location(sha256)
        let stored = StoredPhoto(sha256: sha256, role: photo.role, bytes: photo.jpeg.count, path: file)
        if DurableFile.exists(file), try DurableFile.read(file) == photo.jpeg { return stored }
        try DurableFile.makeFolder("\(path)/\(sha256.prefix(2))")
        try DurableFile.write(photo.jpeg, to: file, staging: staging, replace: true)
        return stored
    }

    /// The bytes of a stored photo, checked against its name.
    /// - Throws: `EvidenceError` for a name that is no hash or bytes that do not fit it; `DurableFileError` when it is
    ///   not there.
    package func photo(_ sha256: String) throws -> [UInt8] {
        guard EvidenceFolder.isHash(sha256) else {
            throw EvidenceError(
                .notAHash,
                "'\(sha256.prefix(80))' names no photo: 64 digits of 0-9 and a-f are expected"
            )
        }
        let jpeg = try DurableFile.read(location(sha256))
        guard EvidenceFolder.sha256(jpeg) == sha256 else {
            throw EvidenceError(
                .changedPhoto,
                "\(location(sha256)) was changed or damaged after it was stored; restore it from the back office"
            )
        }
        return jpeg
    }

    /// Takes a photo away, its bytes overwritten first. One that is not there is gone already.
    /// - Throws: `EvidenceError` for a name that is no hash; `DurableFileError`.
    package func erase(_ sha256: String) throws {
        guard EvidenceFolder.isHash(sha256) else {
            throw EvidenceError(
                .notAHash,
                "'\(sha256.prefix(80))' names no photo: 64 digits of 0-9 and a-f are expected"
            )
        }
        try DurableFile.erase(location(sha256))
    }

    /// Names of the photos in the folder that were stored before `time`.
    package func photos(before time: Date) -> [String] {
        let manager = FileManager.default
        let parts = (try? manager.contentsOfDirectory(atPath: path)) ?? []
        return parts.filter { $0.utf8.count == 2 }.flatMap { part -> [String] in
            let files = (try? manager.contentsOfDirectory(atPath: "\(path)/\(part)")) ?? []
            return files.compactMap { file in
                let name = String(file.dropLast(4))
                guard file.hasSuffix(".jpg"), EvidenceFolder.isHash(name),
                    let values = try? manager.attributesOfItem(atPath: "\(path)/\(part)/\(file)"),
                    let stored = values[.modificationDate] as? Date, stored < time
                else { return nil }
                return name
            }
        }
    }

    /// 64 lower-case hex digits.
    package static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    package static func sha256(_ bytes: [UInt8]) -> String {
        Hex.text(SHA256.hash(data: bytes))
    }

    /// Of a file of any length, a mebibyte at a time.
    package static func sha256(ofFile path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        var hash = SHA256()
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hash.update(data: part) }
        return Hex.text(hash.finalize())
    }

    private func location(_ sha256: String) -> String { EvidenceFolder.location(sha256, in: path) }

    static func location(_ sha256: String, in folder: String) -> String {
        "\(folder)/\(sha256.prefix(2))/\(sha256).jpg"
    }
}
