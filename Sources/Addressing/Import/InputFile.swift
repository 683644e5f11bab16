// Reads a file in chunks of a megabyte.
#if canImport(Glibc)
internal import Glibc
#endif

final class InputFile {
    let size: Int
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer

    /// - Throws: `AddressingError.unreadable`.
    init(path: String) throws(AddressingError) {
        self.path = path
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            size = 0
            throw InputFile.unreadable(path, reason)
        }
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// The next bytes, valid until the next call; nil at the end.
    func next() throws(AddressingError) -> UnsafeBufferPointer<UInt8>? {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self) }
            if count == 0 { return nil }
            let reason = errno
            if reason != EINTR { throw InputFile.unreadable(path, reason) }
        }
    }

    private static func unreadable(_ path: String, _ reason: Int32) -> AddressingError {
        AddressingError(
            .unreadable,
            "\(path) cannot be read (\(String(cString: strerror(reason)))); check the path and its permissions"
        )
    }
}
