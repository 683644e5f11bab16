// A receiver's recorded output, read into a track: what a recording has in place of a live gpsd.
package import Foundation
internal import ParkingCore

/// What reading a log found besides its fixes.
package struct NMEAReport: Sendable, Equatable {
    package var sentences = 0
    /// Lines that were left out, by what is wrong with them.
    package var faults: [String: Int] = [:]
    /// Line number and fault of the first ten.
    package var examples: [String] = []
    package var withoutFix = 0
    package var outOfOrder = 0
    package var impossibleJumps = 0
}

/// Reads GGA (position, HDOP), RMC (date, speed, heading) and GST (error) of NMEA 0183 4.x; other sentences are counted
/// and passed over. Sentences with one time of day make one fix.
package struct NMEALog {
    /// Metres for one unit of HDOP where no GST says better: an assumption on the careful side for a single-frequency
    /// receiver under open sky. Street canyons are worse, and HDOP does not see them.
    static let rangeErrorMetres = 4.0

    package let track: Track
    package let report: NMEAReport

    /// - Throws: `PositioningError` when the file cannot be read or not one valid sentence is in it.
    package init(file: URL) throws(PositioningError) {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw PositioningError(message: "\(file.path) cannot be read: \(error.localizedDescription)")
        }
        let (track, report) = NMEALog.read(String(decoding: data, as: UTF8.self))
        guard report.sentences > 0 else {
            throw PositioningError(
                message: "\(file.path) holds no valid NMEA sentence"
                    + (report.examples.first.map { " (\($0))" } ?? "") + "; is it a receiver's log?"
            )
        }
        self.track = track
        self.report = report
    }

    static func read(_ text: String) -> (Track, NMEAReport) {
        var reader = Reader()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = Substring(line.trimmingCharacters(in: .whitespaces))
            if !trimmed.isEmpty { reader.take(trimmed, line: index + 1) }
        }
        return reader.finish()
    }
}

/// Gathers the sentences of one instant and turns them into a fix when the next instant begins.
private struct Reader {
    /// What is known of the instant being gathered.
    private struct Epoch {
        let secondOfDay: Double
        var latitude: Double?
        var longitude: Double?
        var dilution: Double?
        var errorMetres: Double?
        var knots: Double?
        var course: Double?
        var valid: Bool?
    }

    private var epoch: Epoch?
    /// Midnight (UTC) of the day the last RMC named, with the second of day it was named at.
    private var day: (midnight: Date, secondOfDay: Double)?
    /// Fixes of before the first RMC wait for their date.
    private var builder = Track.Builder()
    private var report = NMEAReport()

    mutating func take(_ line: Substring, line number: Int) {
        do throws(NMEAFault) {
            let sentence = try NMEASentence(line)
            switch sentence.type {
            case "GGA": try takeGGA(sentence)
            case "RMC": try takeRMC(sentence)
            case "GST": try takeGST(sentence)
            default: break
            }
            report.sentences += 1
        } catch {
            report.faults[error.rawValue, default: 0] += 1
            if report.examples.count < 10 { report.examples.append("line \(number) is \(error.rawValue)") }
        }
    }

    mutating func finish() -> (Track, NMEAReport) {
        close()
        report.outOfOrder = builder.outOfOrder
        report.impossibleJumps = builder.impossibleJumps
        return (builder.track(), report)
    }

    private mutating func open(_ secondOfDay: Double) {
        if let epoch, abs(epoch.secondOfDay - secondOfDay) < 0.005 { return }
        close()
        epoch = Epoch(secondOfDay: secondOfDay)
    }

    private mutating func takeGGA(_ sentence: NMEASentence) throws(NMEAFault) {
        guard let time = sentence.secondsOfDay(0) else { throw .badField }
        open(time)
        guard let quality = sentence.number(5), quality > 0 else {
            epoch?.valid = false
            return
        }
        guard let latitude = sentence.degrees(1, negative: "S"), let longitude = sentence.degrees(3, negative: "W"),
            (try? GeoPoint(latitude: latitude, longitude: longitude)) != nil
        else { throw .badField }
        epoch?.latitude = latitude
        epoch?.longitude = longitude
        epoch?.dilution = sentence.number(7)
        if epoch?.valid == nil { epoch?.valid = true }
    }

    private mutating func takeRMC(_ sentence: NMEASentence) throws(NMEAFault) {
        guard let time = sentence.secondsOfDay(0) else { throw .badField }
        open(time)
        if let text = sentence.field(8) {
            guard let midnight = Self.midnight(text) else { throw .badField }
            day = (midnight, time)
        }
        guard sentence.field(1) == "A" else {
            epoch?.valid = false
            return
        }
        if epoch?.latitude == nil, let latitude = sentence.degrees(2, negative: "S"),
            let longitude = sentence.degrees(4, negative: "W")
        {
            epoch?.latitude = latitude
            epoch?.longitude = longitude
        }
        epoch?.knots = sentence.number(6)
        epoch?.course = sentence.number(7)
        if epoch?.valid == nil { epoch?.valid = true }
    }

    private mutating func takeGST(_ sentence: NMEASentence) throws(NMEAFault) {
        guard let time = sentence.secondsOfDay(0) else { throw .badField }
        open(time)
        guard let latitude = sentence.number(5), let longitude = sentence.number(6) else { return }
        epoch?.errorMetres = (latitude * latitude + longitude * longitude).squareRoot()
    }

    private mutating func close() {
        guard let epoch else { return }
        self.epoch = nil
        guard epoch.valid == true, let latitude = epoch.latitude, let longitude = epoch.longitude, let day,
            let point = try? GeoPoint(latitude: latitude, longitude: longitude)
        else {
            report.withoutFix += 1
            return
        }
        // Past midnight, before the next RMC names the new day.
        let nextDay = epoch.secondOfDay < day.secondOfDay - 43_200 ? 86_400.0 : 0
        let error = epoch.errorMetres ?? max(0.5, epoch.dilution ?? 2) * NMEALog.rangeErrorMetres
        builder.add(
            Fix(
                point: point,
                time: day.midnight.addingTimeInterval(epoch.secondOfDay + nextDay),
                errorMetres: min(max(error, 0.5), 10_000),
                speedMetresPerSecond: epoch.knots.map { $0 * 1852 / 3600 },
                headingDegrees: epoch.course.map { $0.truncatingRemainder(dividingBy: 360) }
            )
        )
    }

    /// Midnight (UTC) of "ddmmyy"; years 80 to 99 are of the last century (GPS began in 1980).
    private static func midnight(_ text: Substring) -> Date? {
        guard text.utf8.count == 6, let number = Int(text) else { return nil }
        let year = number % 100
        var components = DateComponents()
        components.day = number / 10_000
        components.month = number / 100 % 100
        components.year = year >= 80 ? 1900 + year : 2000 + year
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard components.isValidDate(in: calendar) else { return nil }
        return calendar.date(from: components)
    }
}
