// What tells a file from a copy of it.
internal import CFileBirth

#if canImport(Glibc)
internal import Glibc
#endif

/// The inode and the moment it was made. No copy has both: an inode that was freed is given to the next new file, so
/// that by itself it tells nothing of a file that was removed and brought back. Times of birth no program can set.
///
/// Copying over a file that is there (`cp`, an editor) changes its content only: that cannot be told.
package struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
    /// "INODE.SECONDS.NANOSECONDS"; stands in files and file names.
    package let description: String

    /// - Throws: `DurableFileError` where the file system cannot say.
    package init(descriptor: Int32, path: String) throws(DurableFileError) {
        var inode: UInt64 = 0
        var seconds: Int64 = 0
        var nanoseconds: UInt32 = 0
        guard file_birth(descriptor, &inode, &seconds, &nanoseconds) == 0 else {
            throw DurableFileError(action: "look at", path: path, number: errno)
        }
        description = "\(inode).\(seconds).\(nanoseconds)"
    }

    package init(path: String) throws(DurableFileError) {
        self = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW, action: "open").identity()
    }
}
