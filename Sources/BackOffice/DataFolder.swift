// The folder that holds all that the back office keeps, owned by one process at a time.
//
//   DIR/lock                 held with flock(2) while a process owns the folder; the kernel drops it with the process
//   DIR/backoffice.sqlite    records
//   DIR/photos/ab/SHA.jpg    evidence photos by content
//   DIR/numbers/to-N.ID      how far ticket numbers are leased (LeaseMark)
internal import DurableFiles

#if canImport(Glibc)
internal import Glibc
#endif

package final class DataFolder: Sendable {
    package let path: String
    private let lock: Int32

    package var database: String { path + "/backoffice.sqlite" }
    package var photos: String { path + "/photos" }
    var numbers: String { path + "/numbers" }

    /// Makes the folder if it is absent (mode 0700) and takes its lock.
    /// - Throws: `BackOfficeError` when it cannot be made, or when another process holds it.
    package init(path: String) throws(BackOfficeError) {
        self.path = path
        do {
            try DurableFile.makeFolder(path)
        } catch {
            throw BackOfficeError(error)
        }
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BackOfficeError(.data, "'\(path)/lock' cannot be opened: \(DataFolder.reason(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            if reason == EWOULDBLOCK {
                throw BackOfficeError(
                    .inUse,
                    "another process works on '\(path)': stop that 'backoffice' first, or give another --data"
                )
            }
            throw BackOfficeError(.data, "'\(path)/lock' cannot be locked: \(DataFolder.reason(reason))")
        }
        lock = descriptor
    }

    deinit { close(lock) }

    /// The words for an `errno`, with the number.
    static func reason(_ code: Int32) -> String { "\(String(cString: strerror(code))) (errno \(code))" }
}
