// A file that only grows: lines are added at its end, and are on disk once they are told to be.
#if canImport(Glibc)
internal import Glibc
#endif

/// An open log. Blocking; one process writes to it at a time.
package struct DurableLog: ~Copyable {
    private let file: Descriptor

    /// Opens the file, or makes it (for the owner alone, and its name on disk) where there is none.
    /// - Throws: `DurableFileError`.
    package init(_ path: String) throws(DurableFileError) {
        let isNew = !DurableFile.exists(path)
        let opened = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600, action: "open")
        if isNew { try DurableFile.synchroniseFolder(of: path) }
        file = opened
    }

    /// Bytes that the file has now.
    package func length() throws(DurableFileError) -> Int { try file.length() }

    /// Adds bytes at the end; they may be lost, in part too, until `synchronise` has returned.
    package func append(_ bytes: [UInt8]) throws(DurableFileError) { try file.write(bytes) }

    /// Returns once the disk holds what was added.
    package func synchronise() throws(DurableFileError) { try file.synchronise() }

    /// Takes away what stands beyond `length`, on disk too.
    package func truncate(to length: Int) throws(DurableFileError) {
        try file.truncate(to: length)
        try file.synchronise()
    }
}
