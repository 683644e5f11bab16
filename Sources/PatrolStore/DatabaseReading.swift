// A vehicle's database as somebody looks at it who examines it: not a byte is written beside it, and no mode changes.
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

/// Keeps the daemon out for as long as it lives.
final class DatabaseReading: Sendable {
    /// What SQLite opens.
    let location: String
    /// A copy that goes away; nil: the file itself, which nothing writes to.
    let copy: String?
    /// Descriptor of the daemon's lock file; nil: there is none, so nobody has the database.
    private let lock: Int32?

    /// - Throws: `PatrolStoreError` for a file that is not there, in use, empty, or none of SQLite's.
    init(path: String) throws(PatrolStoreError) {
        guard access(path, F_OK) == 0 else { throw .notWritable(path: path, detail: "there is no such file") }
        let size = try DatabaseReading.size(path)
        guard size > 0 else { throw .damaged(path: path, detail: "it is empty") }
        try DatabaseFile.checkKind(path)
        let held = try DatabaseReading.hold(path)
        do throws(PatrolStoreError) {
            var logged = 0
            for log in [path + "-wal", path + "-journal"] where access(log, F_OK) == 0 {
                logged += try DatabaseReading.size(log)
            }
            // What is in the log belongs to the database, and reading it there would write beside it.
            let folder = logged > 0 ? try DatabaseReading.copy(path) : nil
            copy = folder
            location = folder.map { "\($0)/database" } ?? DatabaseReading.immutable(path)
        } catch {
            if let held { close(held) }
            throw error
        }
        lock = held
    }

    deinit {
        removeCopy()
        if let lock { close(lock) }
    }

    /// Takes the copy's names away; who has it open goes on reading.
    func removeCopy() { if let copy { try? FileManager.default.removeItem(atPath: copy) } }

    private static func immutable(_ path: String) -> String {
        "\(URL(filePath: path).absoluteURL.standardized.absoluteString)?immutable=1"
    }

    private static func size(_ path: String) throws(PatrolStoreError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .notWritable(path: path, detail: DatabaseFile.words(errno)) }
        return Int(status.st_size)
    }

    private static func hold(_ path: String) throws(PatrolStoreError) -> Int32? {
        let lockPath = path + ".lock"
        let descriptor = Glibc.open(lockPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            if reason == ENOENT { return nil }
            throw .notWritable(path: lockPath, detail: DatabaseFile.words(reason))
        }
        try DatabaseFile.take(descriptor, LOCK_SH, of: path)
        return descriptor
    }

    /// Copies database and log into a folder that only this user can read.
    private static func copy(_ path: String) throws(PatrolStoreError) -> String {
        let folder = NSTemporaryDirectory() + "/patrol-ledger-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            for suffix in ["", "-wal", "-journal"] where access(path + suffix, F_OK) == 0 {
                let target = "\(folder)/database\(suffix)"
                try FileManager.default.copyItem(atPath: path + suffix, toPath: target)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw .database(path: path, detail: "it cannot be copied to be read with its log: \(error)")
        }
        return folder
    }
}
