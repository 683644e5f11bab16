// The database's file on disk: readable by its owner only, and held by one process at a time.
//
// Debian 12's SQLite 3.40.1 can lose a write when two connections checkpoint at once (fixed in 3.51.3), so a second
// process is kept out by a lock file beside the database; the lock falls with the process that held it.
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

/// Holds the lock until it is released or the process ends.
final class DatabaseFile: Sendable {
    let path: String
    /// Descriptor of the lock file; nil once released.
    private let lock: Mutex<Int32?>

    /// Creates the file with mode 0600 where there is none, tightens the mode where there is one.
    /// - Throws: `PatrolStoreError.inUse`, `.notWritable`, or `.emptied` for a file that somebody or something emptied.
    init(path: String) throws(PatrolStoreError) {
        self.path = path
        try DatabaseFile.checkKind(path)
        try DatabaseFile.checkContent(path)
        let lockPath = path + ".lock"
        let descriptor = try DatabaseFile.open(lockPath, for: path)
        try DatabaseFile.take(descriptor, LOCK_EX, of: path)
        do throws(PatrolStoreError) {
            close(try DatabaseFile.open(path, for: path))
        } catch {
            close(descriptor)
            throw error
        }
        let note = "process \(getpid())"
        if ftruncate(descriptor, 0) == 0 {
            // Only a hint for the sentence that a second process gets.
            _ = note.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        }
        lock = Mutex(descriptor)
    }

    deinit { release() }

    func release() {
        lock.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// Takes the lock on an open lock file, or closes it.
    /// - Parameter kind: `LOCK_EX` to write, `LOCK_SH` to keep writers out.
    static func take(_ descriptor: Int32, _ kind: Int32, of path: String) throws(PatrolStoreError) {
        guard flock(descriptor, kind | LOCK_NB) != 0 else { return }
        let reason = errno
        let holder = holder(descriptor)
        close(descriptor)
        if reason == EWOULDBLOCK { throw .inUse(path: path, process: holder) }
        throw .notWritable(path: path + ".lock", detail: words(reason))
    }

    private static func open(_ path: String, for database: String) throws(PatrolStoreError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal(errno, path: database) }
        guard fchmod(descriptor, 0o600) == 0 else {
            let reason = errno
            close(descriptor)
            throw refusal(reason, path: database)
        }
        return descriptor
    }

    /// Keeps hands off a file that is no database: neither its mode nor a byte of it changes.
    static func checkKind(_ path: String) throws(PatrolStoreError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let expected = Array("SQLite format 3\0".utf8)
        var found = [UInt8](repeating: 0, count: expected.count)
        let count = Glibc.read(descriptor, &found, found.count)
        guard count == 0 || (count < 0 && errno == EISDIR) || found == expected else {
            throw .damaged(path: path, detail: "it does not start as a SQLite file does")
        }
    }

    /// An empty file counts as a new database, but not beside what only a used one leaves behind.
    private static func checkContent(_ path: String) throws(PatrolStoreError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 else { return }
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let chain = "\(folder)/evidence/chain"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: chain)) ?? []
        let used = files.sorted().map { "\(chain)/\($0)" } + [path + ".numbers"]
        for file in used where stat(file, &status) == 0 && status.st_size > 0 {
            throw .emptied(path: path, beside: file)
        }
    }

    private static func refusal(_ reason: Int32, path: String) -> PatrolStoreError {
        reason == ENOSPC || reason == EDQUOT ? .full(path: path) : .notWritable(path: path, detail: words(reason))
    }

    private static func holder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return String(validating: buffer.prefix(count), as: UTF8.self)
    }

    static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}
