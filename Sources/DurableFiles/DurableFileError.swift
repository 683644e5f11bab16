// What a disk refused, in words that a technician can act on.
#if canImport(Glibc)
internal import Glibc
#endif

/// An operation on a file or folder that failed: what was tried, on which path, why, and what to do.
package struct DurableFileError: Error, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case diskFull, notAllowed, alreadyThere, missing, tooManyOpenFiles, deviceFault, other
    }

    package let code: Code
    /// What was tried, such as "write".
    package let action: String
    package let path: String
    /// The system's own number; see errno(3).
    package let number: Int32

    package init(action: String, path: String, number: Int32) {
        self.action = action
        self.path = path
        self.number = number
        code =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EACCES, EPERM, EROFS: .notAllowed
            case EEXIST: .alreadyThere
            case ENOENT, ENOTDIR: .missing
            case EMFILE, ENFILE: .tooManyOpenFiles
            case EIO: .deviceFault
            default: .other
            }
    }

    package var description: String { "cannot \(action) \(path): \(reason)" }

    private var reason: String {
        switch number {
        case ENOSPC: "the disk is full; free some space, nothing half-written was left behind"
        case EDQUOT: "the disk quota is used up; free some space or raise the quota"
        case EFBIG: "the file would be larger than the limit allows (ulimit -f)"
        case EROFS: "the disk is mounted read-only; look into the kernel's log for disk errors, then mount it again"
        case EACCES, EPERM: "permission is missing; give the folder to the user that runs this program"
        case EEXIST: "it is there already and is not replaced"
        case ENOENT: "the folder is not there; create it or correct the path"
        case ENOTDIR: "a part of the path is a file, not a folder; correct the path"
        case EMFILE, ENFILE: "too many files are open; raise the limit (ulimit -n)"
        case EIO: "the disk reports a fault; replace it and check the folder's contents"
        default: "\(String(cString: strerror(number))) (errno \(number))"
        }
    }
}
