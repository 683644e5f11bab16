// gpsd's lines as events: true ones, and such as no gpsd sends.
import Foundation
import ParkingCore
import Testing

@testable import Positioning

@Suite struct GPSDMessages {
    private func events(_ line: String) -> [Receiver.Event] { GPSDMessage.events(Array(line.utf8)) }

    private func report(_ line: String) throws -> ReceiverReport {
        guard case .report(let report)? = events(line).first else { throw NotAReport() }
        return report
    }

    private struct NotAReport: Error {}

    @Test func `a report has what gpsd said, and no more`() throws {
        let report = try report(
            #"{"class":"TPV","device":"/dev/x","mode":3,"time":"2026-03-02T15:00:32.000Z","lat":43.648023333,"#
                + #""lon":-79.399621667,"epx":9.289,"epy":9.349,"track":254.9,"speed":8.334,"eph":17.1,"sep":32.3}"#
        )
        #expect(report.mode == 3)
        #expect(report.time == WireCoding.date("2026-03-02T15:00:32Z"))
        #expect(report.latitude == 43.648023333)
        #expect(report.longitude == -79.399621667)
        #expect(report.speedMetresPerSecond == 8.334)
        #expect(report.headingDegrees == 254.9)
        #expect((report.eastErrorMetres, report.northErrorMetres, report.errorMetres) == (9.289, 9.349, 17.1))
        let none = try self.report(#"{"class":"TPV","mode":1}"#)
        #expect(none.mode == 1)
        #expect(none.time == nil)
        #expect(none.latitude.isNaN)
    }

    @Test func `fields of another type count as not said`() throws {
        let report = try report(
            #"{"class":"TPV","mode":"3","time":7,"lat":"north","lon":[1],"speed":{},"epx":1e999,"track":null,"eph":true}"#
        )
        #expect(report.mode == 0)
        #expect(report.time == nil)
        #expect(report.latitude.isNaN)
        #expect(report.longitude.isNaN)
        #expect(report.speedMetresPerSecond.isNaN)
        #expect(report.eastErrorMetres.isNaN)
    }

    @Test(arguments: [
        "x", "{", "[]", "{}", "null", #"{"class":7}"#, #"{"class":"TPV","mode":3"#,
        String(repeating: "[", count: 60_000), #"{"class":"TPV","mode":3}}"#,
    ])
    func `lines that are no message are counted as such`(_ line: String) {
        let events = events(line)
        #expect(events.count == 1)
        guard case .unreadable? = events.first else {
            Issue.record("\(line.prefix(40)) was read")
            return
        }
    }

    @Test func `satellites, receivers and errors are told`() throws {
        guard
            case .sky(let used, let visible)? = events(
                #"{"class":"SKY","nSat":9,"uSat":9,"satellites":[{"PRN":2,"used":true},{"PRN":5,"used":false},{"PRN":7}]}"#
            ).first
        else { throw NotAReport() }
        #expect((used, visible) == (1, 3))
        #expect(events(#"{"class":"SKY","hdop":0.9}"#).isEmpty)
        guard
            case .devices(let paths)? = events(
                #"{"class":"DEVICES","devices":[{"class":"DEVICE","path":"/dev/curbside/gnss","activated":0}]}"#
            ).first
        else { throw NotAReport() }
        #expect(paths == ["/dev/curbside/gnss"])
        guard case .device(let isActive)? = events(#"{"class":"DEVICE","path":"/dev/x","activated":0}"#).first else {
            throw NotAReport()
        }
        #expect(!isActive)
        guard
            case .errors(let errors)? = events(
                #"{"class":"GST","time":"2026-03-02T15:00:32.000Z","major":4.0,"minor":2.0,"orient":30.0}"#
            ).first
        else { throw NotAReport() }
        #expect(errors.ellipse?.semiMajorMetres == 4)
        #expect(events(#"{"class":"VERSION","release":"3.22"}"#).isEmpty)
    }

    @Test func `bytes become lines however they are cut, and long ones are passed over`() {
        let text = Array("one\r\ntwo\n\nthree\nfo".utf8)
        for size in 1...text.count {
            var buffer = LineBuffer()
            var lines: [[UInt8]?] = []
            for start in stride(from: 0, to: text.count, by: size) {
                lines += buffer.take(text[start..<min(text.count, start + size)])
            }
            #expect(lines.map { $0.map { String(decoding: $0, as: UTF8.self) } } == ["one\r", "two", "", "three"])
        }
        var buffer = LineBuffer()
        for _ in 0..<100 { #expect(buffer.take([UInt8](repeating: 65, count: 10_000)).isEmpty) }
        let lines = buffer.take(Array("A\nB\n".utf8))
        #expect(lines.count == 2)
        #expect(lines.first == .some(nil))
        #expect(lines.last == .some([66]))
    }
}
