// A GNSS receiver on a pseudo terminal: NMEA 0183 in real time, from a vehicle that drives east.
import Foundation
import Glibc
import ParkingCore
import Synchronization

/// Its device is a symbolic link, as a udev rule gives it; pulling the plug removes it.
final class FakeReceiver: Sendable {
    enum Behaviour: Sendable {
        case fix
        case noFix
        case silent
        /// Sentences between bytes of no meaning, as from a line at another baud rate.
        case garbage
    }

    struct State {
        var behaviour = Behaviour.fix
        /// The receiver's clock less the machine's: seconds.
        var clockSeconds = 0.0
        /// The second that is told as :60, by the receiver's clock; the clock is a second late from its end on.
        var leapAt: Date?
        var isPlugged = true
        var bytesWritten = 0
    }

    static let metresPerSecond = 8.0
    /// Instants a second.
    private static let rate = 5.0

    let state = Mutex(State())
    let device: String
    private let began = Date()

    init(device: String) throws {
        self.device = device
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
        var locked: Int32 = 0
        var number: Int32 = 0
        // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>.
        guard main >= 0, ioctl(main, 0x4004_5431, &locked) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
            throw TestBedError("no pseudo terminal: errno \(errno)")
        }
        let path = "/dev/pts/\(number)"
        // Held open here too: else writing fails while gpsd has not opened it.
        let other = open(path, O_RDWR | O_NOCTTY)
        guard other >= 0 else { throw TestBedError("\(path): errno \(errno)") }
        var line = termios()
        tcgetattr(other, &line)
        cfmakeraw(&line)
        tcsetattr(other, TCSANOW, &line)
        // gpsd may run as another user.
        fchmod(other, 0o666)
        unlink(device)
        guard symlink(path, device) == 0 else { throw TestBedError("\(device): errno \(errno)") }
        let thread = Thread { [self] in
            feed(main)
            close(other)
            close(main)
        }
        thread.start()
    }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Returns at once; the terminal is closed within a fifth of a second.
    func unplug() {
        unlink(device)
        state.withLock { $0.isPlugged = false }
    }

    /// Where it truly was.
    func point(at time: Date) -> GeoPoint {
        let origin = (try? GeoPoint(latitude: 43.65, longitude: -79.39)) ?? GeoPoint.zero
        return Geodesy.point(origin, eastMetres: time.timeIntervalSince(began) * Self.metresPerSecond, northMetres: 0)
    }

    private func feed(_ main: Int32) {
        var random = SystemRandomNumberGenerator()
        var next = Date()
        while true {
            let now = state.withLock { $0 }
            guard now.isPlugged else { return }
            switch now.behaviour {
            case .silent: break
            case .fix, .noFix: write(main, Array(sentences(at: next, now).utf8))
            case .garbage:
                // 115,200 baud carry 11,520 bytes a second.
                let noise = (0..<Int(11_520 / Self.rate)).map { _ in UInt8.random(in: 0...255, using: &random) }
                write(main, noise + Array(sentences(at: next, now).utf8))
            }
            // What gpsd sends to find out what the receiver is.
            var probe = [UInt8](repeating: 0, count: 4096)
            while read(main, &probe, probe.count) > 0 {}
            next = next.addingTimeInterval(1 / Self.rate)
            Thread.sleep(forTimeInterval: max(0, next.timeIntervalSinceNow))
        }
    }

    private func write(_ main: Int32, _ bytes: [UInt8]) {
        // Nobody reads: lost, as on a line.
        let written = Glibc.write(main, bytes, bytes.count)
        if written > 0 { state.withLock { $0.bytesWritten += written } }
    }

    // MARK: NMEA

    private func sentences(at time: Date, _ state: State) -> String {
        let (clock, date) = clock(time.addingTimeInterval(state.clockSeconds), state.leapAt)
        guard state.behaviour != .noFix else {
            return Self.sentence("GPGGA,\(clock),,,,,0,02,99.9,,M,,M,,")
                + Self.sentence("GPGSA,A,1,,,,,,,,,,,,,99.9,99.9,99.9")
                + Self.sentence("GPRMC,\(clock),V,,,,,,,\(date),,,N")
        }
        let point = point(at: time)
        let place = Self.angle(point.latitude, 2, "N", "S") + "," + Self.angle(point.longitude, 3, "E", "W")
        let knots = Self.decimals(Self.metresPerSecond * 3600 / 1852, 2)
        return Self.sentence("GPGGA,\(clock),\(place),1,08,1.0,90.0,M,-36.0,M,,")
            + Self.sentence("GPGSA,A,3,01,04,06,11,14,17,22,25,,,,,1.8,1.0,1.5")
            + Self.sentence("GPGST,\(clock),5.0,4.0,2.0,30.0,3.5,2.5,6.0")
            + Self.sentence("GPRMC,\(clock),A,\(place),\(knots),90.0,\(date),10.3,W,A")
    }

    /// "hhmmss.ss" and "ddmmyy".
    private func clock(_ time: Date, _ leapAt: Date?) -> (String, String) {
        var shown = time
        var isLeap = false
        if let leapAt, time >= leapAt {
            isLeap = time < leapAt.addingTimeInterval(1)
            shown = time.addingTimeInterval(-1)
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: shown)
        func two(_ value: Int?) -> String { ((value ?? 0) < 10 ? "0" : "") + "\(value ?? 0)" }
        let hundredths = Int((shown.timeIntervalSince1970 * 100).rounded(.down)) % 100
        let second = isLeap ? 60 : parts.second
        return (
            two(parts.hour) + two(parts.minute) + two(second) + "." + two(hundredths),
            two(parts.day) + two(parts.month) + two((parts.year ?? 0) % 100)
        )
    }

    static func sentence(_ body: String) -> String {
        let sum = String(body.utf8.reduce(0, ^), radix: 16, uppercase: true)
        return "$\(body)*\(sum.count == 1 ? "0" : "")\(sum)\r\n"
    }

    /// "ddmm.mmmmm,N".
    private static func angle(_ value: Double, _ digits: Int, _ positive: String, _ negative: String) -> String {
        let degrees = Int(abs(value))
        let minutes = (abs(value) - Double(degrees)) * 60
        let whole = String(repeating: "0", count: digits - "\(degrees)".count) + "\(degrees)"
        return whole + (minutes < 10 ? "0" : "") + decimals(minutes, 5) + "," + (value < 0 ? negative : positive)
    }

    private static func decimals(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}

struct TestBedError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension GeoPoint {
    static var zero: GeoPoint {
        guard let zero = try? GeoPoint(latitude: 0, longitude: 0) else { fatalError("0, 0 is on Earth") }
        return zero
    }
}
