// One connection to gpsd through libgps: blocking calls with a time-out, for a thread of its own.
internal import CGPS
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

struct GPSDConnection: ~Copyable {
    enum Reading {
        /// What whole lines said; nothing where the time passed, or for a part of a line.
        case events([Receiver.Event])
        /// Why; nil: gpsd closed the connection.
        case closed(String?)
    }

    struct Failure: Error {
        let words: String
    }

    private let gps: OpaquePointer
    private var lines = LineBuffer()

    init(host: String, port: Int) throws(Failure) {
        var code: Int32 = 0
        guard let gps = patrol_gps_open(host, String(port), &code) else {
            throw Failure(words: "\(host):\(port), " + String(cString: gps_errstr(code)))
        }
        self.gps = gps
    }

    deinit { patrol_gps_close(gps) }

    /// Asks for messages, and gpsd to try its receivers again.
    /// - Returns: false where gpsd has gone.
    func watch() -> Bool { patrol_gps_watch(gps) }

    /// Waits at most so long for something to read.
    mutating func read(milliseconds: Int32) -> Reading {
        var waiting = pollfd(fd: patrol_gps_descriptor(gps), events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, milliseconds)
        if ready < 0 { return Self.failed(errno) }
        if ready == 0 { return .events([]) }
        return withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = recv(waiting.fd, buffer.baseAddress, buffer.count, 0)
            if count < 0 { return Self.failed(errno) }
            if count == 0 { return .closed(nil) }
            return .events(lines.take(buffer[..<count]).flatMap(Self.events))
        }
    }

    private static func failed(_ code: Int32) -> Reading {
        code == EINTR ? .events([]) : .closed(String(cString: strerror(code)))
    }

    private static func events(_ line: [UInt8]?) -> [Receiver.Event] {
        guard var line else { return [.unreadable] }
        if line.last == 13 { line.removeLast() }
        // An empty line says nothing.
        return line.isEmpty ? [] : GPSDMessage.events(line)
    }
}
