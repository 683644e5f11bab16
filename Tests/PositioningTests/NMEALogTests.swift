import Foundation
import ParkingCore
import Testing

@testable import Positioning

/// A sentence with its true checksum.
private func sentence(_ body: String) -> String {
    let sum = body.utf8.reduce(0, ^)
    let digits = String(sum, radix: 16, uppercase: true)
    return "$\(body)*\(digits.count == 1 ? "0" : "")\(digits)\n"
}

private func date(_ text: String) throws -> Date { try #require(WireCoding.date(text)) }

/// GGA and RMC for one instant; minutes of latitude move north, as a vehicle does at some 11 m/s.
private func instant(_ time: String, minutes: String, day: String = "160626", talker: String = "GP") -> String {
    sentence("\(talker)GGA,\(time),43\(minutes),N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,")
        + sentence("\(talker)RMC,\(time),A,43\(minutes),N,07923.7840,W,21.60,000.0,\(day),10.3,W,A")
}

@Suite struct NMEALogs {
    @Test func `a log becomes fixes with position, time, error, speed and heading`() throws {
        let (track, report) = NMEALog.read(instant("150000.00", minutes: "38.9190"))
        let fix = try #require(track.fixes.first)
        #expect(report.sentences == 2)
        #expect(abs(fix.point.latitude - (43 + 38.9190 / 60)) < 1e-9)
        #expect(abs(fix.point.longitude + (79 + 23.7840 / 60)) < 1e-9)
        #expect(fix.time == (try date("2026-06-16T15:00:00Z")))
        #expect(abs(fix.errorMetres - 0.9 * NMEALog.rangeErrorMetres) < 1e-9)
        #expect(abs((fix.speedMetresPerSecond ?? 0) - 11.112) < 1e-9)
        #expect(fix.headingDegrees == 0)
    }

    @Test(arguments: ["GP", "GN", "GL"])
    func `talkers of all constellations are read`(_ talker: String) {
        #expect(NMEALog.read(instant("150000.00", minutes: "38.9190", talker: talker)).0.fixes.count == 1)
    }

    @Test func `between two fixes the position is interpolated`() throws {
        let (track, _) = NMEALog.read(
            instant("150000.00", minutes: "38.9000") + instant("150001.00", minutes: "38.9060")
        )
        let fix = try #require(track.fix(at: try date("2026-06-16T15:00:00.500Z")))
        #expect(abs(fix.point.latitude - (43 + 38.9030 / 60)) < 1e-9)
    }

    @Test func `beyond two seconds after the last fix there is none`() throws {
        let (track, _) = NMEALog.read(instant("150000.00", minutes: "38.9000"))
        #expect(track.fix(at: try date("2026-06-16T14:59:59Z")) == nil)
        let soon = try #require(track.fix(at: try date("2026-06-16T15:00:01Z")))
        #expect(soon.errorMetres > 10)
        #expect(track.fix(at: try date("2026-06-16T15:00:02.100Z")) == nil)
    }

    @Test func `the day changes at midnight before the next RMC says so`() throws {
        let log =
            instant("235959.00", minutes: "38.9000")
            + sentence("GPGGA,000000.00,4338.9060,N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,")
            + instant("000001.00", minutes: "38.9120", day: "170626")
        let times = NMEALog.read(log).0.fixes.map(\.time)
        let first = try date("2026-06-16T23:59:59Z")
        #expect(times == [first, first.addingTimeInterval(1), first.addingTimeInterval(2)])
    }

    @Test func `GST gives the error where there is one`() throws {
        let log =
            sentence("GNGST,150000.00,1.0,3.0,2.0,45,3.0,4.0,5.0") + instant("150000.00", minutes: "38.9190")
        #expect(NMEALog.read(log).0.fixes.first?.errorMetres == 5)
    }

    @Test(arguments: [
        ("$GPGGA,150000.00,4338.9190,N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,*00", NMEAFault.wrongChecksum),
        ("$GPGGA,150000.00", .noChecksum),
        ("\u{0}\u{1}garbage", .noSentence),
        ("$" + String(repeating: "A", count: 4000) + "*00", .tooLong),
    ])
    func `a bad line is counted by its fault and the good ones stay`(_ line: String, _ fault: NMEAFault) {
        let (track, report) = NMEALog.read(instant("150000.00", minutes: "38.9000") + line + "\n")
        #expect(track.fixes.count == 1)
        #expect(report.faults == [fault.rawValue: 1])
    }

    @Test(arguments: [
        "GPGGA,999999.00,4338.9190,N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,",
        "GPGGA,150001.00,9938.9190,N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,",
        "GPGGA,150001.00,4399.9190,N,07923.7840,W,1,09,0.9,92.0,M,-36.0,M,,",
        "GPRMC,150001.00,A,4338.9190,N,07923.7840,W,1,1,991399,,,A",
    ])
    func `an absurd field with a right checksum is refused`(_ body: String) {
        #expect(NMEALog.read(sentence(body)).1.faults == [NMEAFault.badField.rawValue: 1])
    }

    @Test func `fix lost is no fix, not an old one`() {
        let log =
            instant("150000.00", minutes: "38.9000")
            + sentence("GPGGA,150001.00,,,,,0,00,,,M,,M,,") + sentence("GPRMC,150001.00,V,,,,,,,160626,,,N")
        let (track, report) = NMEALog.read(log)
        #expect(track.fixes.count == 1)
        #expect(report.withoutFix == 1)
    }

    @Test func `a jump across town is left out and counted`() {
        let log =
            instant("150000.00", minutes: "38.9000") + instant("150001.00", minutes: "39.9000")
            + instant("150002.00", minutes: "38.9120")
        let (track, report) = NMEALog.read(log)
        #expect(track.fixes.count == 2)
        #expect(report.impossibleJumps == 1)
    }

    @Test func `a receiver that stays elsewhere is believed in the end`() {
        let log =
            instant("150000.00", minutes: "38.9000")
            + (1...8).map { instant("15000\($0).00", minutes: "45.90\($0)0") }.joined()
        #expect(NMEALog.read(log).0.fixes.count > 3)
    }

    @Test func `time that runs back is left out and counted`() {
        let log = instant("150005.00", minutes: "38.9000") + instant("150001.00", minutes: "38.9000")
        #expect(NMEALog.read(log).1.outOfOrder == 1)
    }

    @Test func `a file without one sentence names itself and the first fault`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).nmea")
        try Data("hello\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: PositioningError.self) { try NMEALog(file: file) }
        #expect(error?.message.contains(file.lastPathComponent) == true)
        #expect(error?.message.contains("line 1 is no NMEA sentence") == true)
    }
}
