// An open file that is closed exactly once, with system calls whose errors say what failed on which path.
#if canImport(Glibc)
internal import Glibc
#endif

struct Descriptor: ~Copyable {
    private let number: Int32
    private let path: String

    /// - Throws: `DurableFileError` naming `path`; `flags` and `mode` as in open(2), always with O_CLOEXEC.
    init(opening path: String, flags: Int32, mode: UInt32 = 0, action: String) throws(DurableFileError) {
        var opened: Int32
        repeat { opened = open(path, flags | O_CLOEXEC, mode) } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw DurableFileError(action: action, path: path, number: errno) }
        number = opened
        self.path = path
    }

    deinit { _ = Glibc.close(number) }

    /// Writes all bytes, in as many calls as it takes.
    func write(_ bytes: [UInt8]) throws(DurableFileError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                Glibc.write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if written < 0 {
                let reason = errno
                if reason == EINTR { continue }
                throw DurableFileError(action: "write", path: path, number: reason)
            }
            done += written
        }
    }

    /// Writes zeros over all that the file holds, and returns once the disk has them.
    func overwrite() throws(DurableFileError) {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw DurableFileError(action: "look at", path: path, number: errno) }
        var left = Int(status.st_size)
        while left > 0 {
            let part = min(left, 65_536)
            try write([UInt8](repeating: 0, count: part))
            left -= part
        }
        try synchronise()
    }

    /// Reads to the end, at most `limit` bytes; longer files are an error (EFBIG).
    func readAll(limit: Int) throws(DurableFileError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, $0.count) }
            if count < 0 {
                let reason = errno
                if reason == EINTR { continue }
                throw DurableFileError(action: "read", path: path, number: reason)
            }
            if count == 0 { return content }
            guard content.count + count <= limit else {
                throw DurableFileError(action: "read", path: path, number: EFBIG)
            }
            content.append(contentsOf: chunk[..<count])
        }
    }

    func length() throws(DurableFileError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else {
            throw DurableFileError(action: "look at", path: path, number: errno)
        }
        return Int(status.st_size)
    }

    func truncate(to length: Int) throws(DurableFileError) {
        while ftruncate(number, off_t(length)) < 0 {
            let reason = errno
            if reason != EINTR { throw DurableFileError(action: "shorten", path: path, number: reason) }
        }
    }

    func identity() throws(DurableFileError) -> FileIdentity { try FileIdentity(descriptor: number, path: path) }

    /// Returns once the disk holds what was written.
    func synchronise() throws(DurableFileError) {
        while fsync(number) < 0 {
            let reason = errno
            if reason != EINTR { throw DurableFileError(action: "save", path: path, number: reason) }
        }
    }
}
