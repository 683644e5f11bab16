// A gpsd that lies: it speaks the protocol on a loopback port and says what a test tells it to.
import Foundation
import Glibc
import Synchronization

final class FakeDaemon: Sendable {
    let port: Int
    private let listening: Int32
    private let client = Mutex<Int32?>(nil)

    init() throws {
        (listening, port) = try loopbackSocket()
        guard listen(listening, 4) == 0 else { throw TestBedError("listen: errno \(errno)") }
        let thread = Thread { [self] in
            while true {
                let accepted = accept(listening, nil, nil)
                guard accepted >= 0 else { return }
                client.withLock { client in
                    if let client { close(client) }
                    client = accepted
                }
                say(#"{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}"#)
            }
        }
        thread.start()
    }

    func end() {
        // Wakes the accepting thread.
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
        drop()
    }

    /// Closes the connection, as a gpsd that ends.
    func drop() {
        client.withLock { client in
            if let client { close(client) }
            client = nil
        }
    }

    func say(_ line: String) { say(bytes: Array((line + "\r\n").utf8)) }

    func say(bytes: [UInt8]) {
        client.withLock { client in
            guard let client else { return }
            var sent = 0
            while sent < bytes.count {
                let part = bytes[sent...].withUnsafeBytes { send(client, $0.baseAddress, $0.count, sendFlags) }
                guard part > 0 else { return }
                sent += part
            }
        }
    }

    /// A true report of now, with fields put in the place of others.
    func sayFix(_ fields: [String: String] = [:]) {
        var all = [
            "mode": "3", "time": "\"\(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))\"",
            "lat": "43.65", "lon": "-79.39", "speed": "0.0", "track": "90.0", "eph": "9.5",
        ]
        for (name, value) in fields { all[name] = value }
        let body = all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        say(#"{"class":"TPV","device":"/dev/x","# + body + "}")
    }
}
