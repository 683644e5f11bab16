// The document's last part: which lists were asked and how fresh they were, how the plate was read, and the hashes.
internal import Foundation
internal import ParkingCore
internal import SyncProtocol

extension EvidenceDocument {
    func drawChecks(_ pages: DocumentPages) throws {
        pages.need(140)
        pages.heading("What was checked")
        let ages = evidence.record["lists"]?["ageSeconds"]
        var rows = [["List", "Complete as of", "Age at the photograph", "Records"]]
        for feed in evidence.read.feeds {
            rows.append([
                feed.feed.rawValue,
                try feed.asOf.map { try local($0) } ?? "never loaded",
                ages?[feed.feed.rawValue]?.number.map(EvidenceDocument.duration) ?? "\u{2013}",
                "\(feed.records)",
            ])
        }
        pages.table(rows, widths: [100, 190, 134, 80], hasHeader: true, styles: [.body, .body, .body, .body])
        if let changes = evidence.record["lists"]?["changes"]?.integer {
            pages.paragraph("The vehicle had the city's changes to its lists through number \(changes).", .small)
        }
        drawReading(pages)
    }

    private func drawReading(_ pages: DocumentPages) {
        let reading = evidence.read.read.reading
        pages.heading("How the plate was read")
        pages.paragraph(
            "\(reading.plate) in \(evidence.read.read.frames) pictures of one pass, "
                + "\(EvidenceDocument.percent(reading.confidence)) sure. Read by \(evidence.record["models"]?.text ?? "")."
        )
        if !reading.characters.isEmpty {
            let characters = reading.characters.map { "\($0.character) \(EvidenceDocument.percent($0.probability))" }
            pages.paragraph("By character: " + characters.joined(separator: ", ") + ".")
        }
        let others = reading.alternates.map { "\($0.plate) \(EvidenceDocument.percent($0.probability))" }
        pages.paragraph(
            others.isEmpty
                ? "No other reading was likely enough to be noted."
                : "Other readings that were looked up too: " + others.joined(separator: ", ") + "."
        )
    }

    func drawProof(_ pages: DocumentPages) throws {
        pages.need(160)
        pages.heading("What proves it")
        pages.paragraph(
            "The vehicle signed each fact with its own key (Ed25519) before anyone was told of it. Each signed bundle names "
                + "the one before it by its hash, so that none can be altered, removed or moved without breaking what "
                + "follows. A photo is named by the hash of its bytes."
        )
        pages.table(
            bundleRows,
            widths: [44, 60, 400],
            hasHeader: true,
            styles: [.body, .body, .hash]
        )
        let clock = evidence.header.clock
        let offset = clock.offsetSeconds.map { ", off by \($0) s" } ?? ""
        pages.table(
            [
                ["Clock", "\(EvidenceDocument.clockWords(clock))\(offset)"],
                ["Program", evidence.record["software"]?.text ?? ""],
                ["Networks", evidence.record["models"]?.text ?? ""],
                ["Signing key", evidence.header.key],
                [
                    "Verification",
                    material.report.fault?.words ?? "holds: \(material.report.bundles) bundles, "
                        + "\(material.report.photos) photos",
                ],
            ] + material.report.notes.map { ["Note", $0] },
            widths: [104, 400],
            hasHeader: false,
            styles: [.label, .small]
        )
        pages.paragraph(
            "To verify it again, offline: patrol evidence verify FILE.zip --keys keys.json, with the vehicle's list of keys "
                + "as the municipality keeps it. HOW-TO-VERIFY.txt in the same file says how to do it with other tools.",
            .small
        )
    }

    private var bundleRows: [[String]] {
        let all = [(evidence.header, evidence.point)] + evidence.events.map { ($0.header, $0.point) }
        return [["Bundle", "Fact", "SHA-256 of header (H) and record (R)"]]
            + all.map { header, point in
                ["\(point.sequence)", header.kind, "H \(point.sha256)\nR \(header.record)"]
            }
    }

    static func clockWords(_ clock: ClockStamp) -> String {
        let source =
            switch clock.source {
            case "ntp": "kept by time servers"
            case "gpsd": "agreed with the satellites"
            case "recording": "the recording's own time"
            default: "nothing vouched for it"
            }
        return clock.isTrusted ? source : "\(source); not trusted"
    }

    static func money(_ cents: Int) -> String {
        let rest = cents % 100
        return "$\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "?" }
        let tenths = (share * 1000).rounded(.down) / 10
        return "\(tenths)%"
    }

    static func metres(_ value: Double) -> String { value.isFinite ? "\((value * 10).rounded() / 10) m" : "?" }

    static func degrees(_ value: Double) -> String {
        let side = CompassSide(bearingDegrees: value).name.en
        return "\(Int(value.rounded()))\u{B0} (\(side))"
    }

    static func duration(_ seconds: Double) -> String {
        if seconds < 90 { return "\(Int(seconds.rounded())) s" }
        if seconds < 5400 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 48 * 3600 { return "\((seconds / 360).rounded() / 10) h" }
        return "\(Int((seconds / 86_400).rounded())) days"
    }
}
