internal import Synchronization

// Files that are there whole or not at all, also after the power was cut: written aside, synced, then named.
#if canImport(Glibc)
internal import Glibc
#endif

/// Writes and reads whole small files (photos, ticket pages). Blocking: call it from a thread that may wait for a disk.
package enum DurableFile {
    /// Bytes that the largest file read at once may have.
    package static let readLimit = 64 << 20

    private static let serial = Atomic<UInt64>(0)

    /// Puts `bytes` at `path`, so that a reader, or the next start after a power cut, sees the whole file or none.
    /// - Parameters:
    ///   - staging: folder on the same file system for the unfinished file; the file's own folder by default.
    ///   - replace: whether a file that stands at `path` gives way; else it is an error with code `alreadyThere`.
    ///   - mode: permission bits; for the owner alone by default.
    /// - Throws: `DurableFileError`; what was at `path` is then as before and no unfinished file is left.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        staging: String? = nil,
        replace: Bool,
        mode: UInt32 = 0o600
    ) throws(DurableFileError) {
        let folder = parent(of: path)
        let number = serial.add(1, ordering: .relaxed).newValue
        let unfinished = "\(staging ?? folder)/.unfinished-\(getpid())-\(number)"
        do {
            try fill(unfinished, with: bytes, mode: mode)
            if replace {
                try check(rename(unfinished, path), "name", path)
            } else {
                // link(2) fails when the name is taken, rename(2) would replace it.
                try check(link(unfinished, path), "name", path)
                try check(unlink(unfinished), "tidy up", unfinished)
            }
        } catch {
            _ = unlink(unfinished)
            throw error
        }
        try synchroniseFolder(folder)
    }

    /// Gives a finished file its name once the disk holds its bytes; what stood there gives way in the same step.
    /// - Parameter unfinished: on the same file system as `path`.
    /// - Throws: `DurableFileError`; what was at `path` is then as before, and the unfinished file is still there.
    package static func install(_ unfinished: String, at path: String) throws(DurableFileError) {
        try Descriptor(opening: unfinished, flags: O_RDONLY, action: "open").synchronise()
        try check(rename(unfinished, path), "name", path)
        try synchroniseFolder(parent(of: path))
    }

    /// The whole content. - Throws: `DurableFileError`, also for a file above `readLimit`.
    package static func read(_ path: String) throws(DurableFileError) -> [UInt8] {
        try Descriptor(opening: path, flags: O_RDONLY, action: "open").readAll(limit: readLimit)
    }

    /// Takes a file away so that its bytes are gone too: overwritten where they lie, synced, then unlinked.
    ///
    /// A file system that writes copies, and a drive that moves blocks by itself, may keep the old ones out of reach of
    /// any program: against that only an encrypted disk helps.
    /// - Returns: false when there was no such file.
    /// - Throws: `DurableFileError`; the file may then be there, overwritten or not.
    @discardableResult
    package static func erase(_ path: String) throws(DurableFileError) -> Bool {
        do {
            try Descriptor(opening: path, flags: O_WRONLY | O_NOFOLLOW, action: "open").overwrite()
        } catch  where error.code == .missing {
            return false
        }
        try check(unlink(path), "remove", path)
        try synchroniseFolder(parent(of: path))
        return true
    }

    /// Removes a file that nobody needs; one that is not there is well, too.
    package static func removeFile(_ path: String) { _ = unlink(path) }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a file stands there that can be read to its end: no folder, no pipe.
    package static func isRegular(_ path: String) -> Bool { isKind(S_IFREG, path) }

    /// Makes the folder and those above it, for the owner alone; one that is there stays as it is.
    package static func makeFolder(_ path: String) throws(DurableFileError) {
        guard !isFolder(path) else { return }
        let above = parent(of: path)
        if above != path { try makeFolder(above) }
        if mkdir(path, 0o700) != 0 {
            let reason = errno
            guard reason == EEXIST else {
                throw DurableFileError(action: "make the folder", path: path, number: reason)
            }
            guard isFolder(path) else {
                throw DurableFileError(action: "make the folder", path: path, number: ENOTDIR)
            }
            return
        }
        try synchroniseFolder(above)
    }

    /// Removes what an earlier process left unfinished in a staging folder. No one else may be writing there.
    package static func removeUnfinished(in folder: String) {
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".unfinished-") { _ = unlink("\(folder)/\(name)") }
        }
    }

    private static func fill(_ path: String, with bytes: [UInt8], mode: UInt32) throws(DurableFileError) {
        let file = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode, action: "create")
        try file.write(bytes)
        try file.synchronise()
    }

    /// Returns once the disk holds the names in the folder of `path`.
    static func synchroniseFolder(of path: String) throws(DurableFileError) { try synchroniseFolder(parent(of: path)) }

    private static func synchroniseFolder(_ path: String) throws(DurableFileError) {
        try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY, action: "open the folder").synchronise()
    }

    private static func isFolder(_ path: String) -> Bool { isKind(S_IFDIR, path) }

    private static func isKind(_ kind: mode_t, _ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == kind
    }

    private static func check(_ result: Int32, _ action: String, _ path: String) throws(DurableFileError) {
        if result != 0 { throw DurableFileError(action: action, path: path, number: errno) }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
