// A case in plain text, for a terminal.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

extension EvidenceCase {
    package var text: String {
        let read = read.read
        func local(_ time: Date) -> String {
            guard let civil = try? CivilTime(time, zone: timeZone) else { return WireCoding.text(time) }
            return "\(civil.exifDate.replacing(":", with: "-")) \(civil.exifTime) (UTC\(civil.exifOffset))"
        }
        var lines = [
            "Bundle \(point.sequence) of vehicle \(header.vehicle), SHA-256 \(point.sha256)",
            "  plate     \(read.reading.plate), \(EvidenceDocument.percent(read.reading.confidence)) sure",
            "  time      \(local(read.time)), clock: \(EvidenceDocument.clockWords(header.clock))",
            "  place     \(self.read.place?.text.en ?? "not known by address")"
                + (self.read.fix.map {
                    ", \($0.point.latitude) \($0.point.longitude), error \(EvidenceDocument.metres($0.errorMetres))"
                } ?? ""),
        ]
        for sentence in words(.en) { lines.append("  found     \(sentence)") }
        for feed in self.read.feeds {
            let age = record["lists"]?["ageSeconds"]?[feed.feed.rawValue]?.number.map(EvidenceDocument.duration)
            lines.append(
                "  list      \(feed.feed.rawValue): \(age.map { "\($0) old" } ?? "never loaded"), \(feed.records) records"
            )
        }
        for photo in EvidenceRecord.photos(in: record) {
            lines.append("  photo     \(photo.words), SHA-256 \(photo.sha256)")
        }
        for event in events {
            lines.append(
                "  then      \(local(event.header.time))  \(EvidenceDocument.words(event)) (bundle \(event.point.sequence))"
            )
        }
        lines.append("  made by   \(record["software"]?.text ?? ""), \(record["models"]?.text ?? "")")
        return lines.joined(separator: "\n")
    }
}
