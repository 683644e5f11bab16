// The case as a document for somebody who judges it: what was seen, where, when, what was checked, and what proves it.
package import Foundation
internal import ParkingCore
internal import SyncProtocol

/// What the document needs beside the case.
package struct DocumentMaterial: Sendable {
    /// By SHA-256; one that is not here is said to be missing.
    package let photos: [String: [UInt8]]
    package let streets: [SketchStreet]
    /// What became of the paper, by the vehicle's database: not signed.
    package let prints: [(time: Date, words: String)]
    package let report: EvidenceReport

    package init(
        photos: [String: [UInt8]],
        streets: [SketchStreet],
        prints: [(time: Date, words: String)],
        report: EvidenceReport
    ) {
        self.photos = photos
        self.streets = streets
        self.prints = prints
        self.report = report
    }
}

package struct EvidenceDocument {
    let evidence: EvidenceCase
    let material: DocumentMaterial

    package init(_ evidence: EvidenceCase, _ material: DocumentMaterial) {
        self.evidence = evidence
        self.material = material
    }

    /// The PDF's bytes.
    /// - Throws: `EvidenceError`: an unknown time zone, or a page that could not be drawn.
    package func pdf() throws -> [UInt8] {
        let subject = evidence.ticket.map { "Ticket \($0.number)" } ?? "Read \(evidence.read.read.id)"
        let footer =
            "\(evidence.municipality) \u{B7} \(subject) \u{B7} bundle \(evidence.point.sequence) of vehicle "
            + "\(evidence.header.vehicle), SHA-256 \(evidence.point.sha256.prefix(16))\u{2026}"
        return try DocumentPages.pdf(title: "Evidence record, \(subject)", footer: footer) { pages in
            try drawCase(pages, subject: subject)
            try drawPhotos(pages)
            try drawPlace(pages)
            try drawTimeline(pages)
            try drawChecks(pages)
            try drawProof(pages)
        }
    }

    // MARK: The case

    private func drawCase(_ pages: DocumentPages, subject: String) throws {
        pages.text(
            evidence.municipality,
            DocumentText(size: 10, shade: 0.3),
            x: DocumentPages.margin,
            y: pages.y,
            width: DocumentPages.textWidth
        )
        pages.y += 16
        pages.paragraph("Evidence record", DocumentText(size: 20, isBold: true), after: 2)
        pages.paragraph("\(subject) \u{B7} plate \(plate)", DocumentText(size: 12), after: 8)
        drawVerdict(pages)
        pages.heading("The case")
        pages.table(
            try facts().map { [$0.0, $0.1] },
            widths: [130, 374],
            hasHeader: false,
            styles: [.label, DocumentText(size: 9.5)]
        )
        pages.heading("What was found")
        for sentence in evidence.words(.en) { pages.paragraph("\u{2022} \(sentence)", after: 2) }
        for sentence in evidence.words(.fr) { pages.paragraph("\u{2022} \(sentence)", .small, after: 2) }
    }

    private var plate: String { (evidence.ticket?.plate ?? evidence.read.read.reading.plate).text }

    private func facts() throws -> [(String, String)] {
        let read = evidence.read.read
        var rows: [(String, String)] = []
        if let void = evidence.void { rows.append(("VOID", "\(void.reason) (officer \(void.officer))")) }
        if let ticket = evidence.ticket {
            let infraction = ticket.infraction
            rows.append(("Ticket", "\(ticket.number), issued \(try local(ticket.issuedAt))"))
            rows.append(("Infraction", "\(infraction.title.en) (\(infraction.code)), by-law \(infraction.section)"))
            rows.append(("Set penalty", EvidenceDocument.money(infraction.fineCents)))
        }
        rows.append(("Plate", "\(plate)\(evidence.ticket == nil ? "" : ", on the ticket")"))
        rows.append(
            ("Plate as read", "\(read.reading.plate), \(EvidenceDocument.percent(read.reading.confidence)) sure")
        )
        if let colour = read.colour { rows.append(("Vehicle's colour", "\(colour.colour.rawValue), by the camera")) }
        rows.append(("Place", evidence.ticket?.place ?? evidence.read.place?.text.en ?? "not known by address"))
        if let zone = evidence.read.zone { rows.append(("Zone", zone.text)) }
        rows.append(("Photographed", try local(read.time)))
        rows.append(("Patrol vehicle", "\(evidence.header.vehicle), camera \(read.camera)"))
        rows.append(("Officer", evidence.decision?.officer.text ?? evidence.record["officer"]?.text ?? ""))
        rows.append(("Answer", answer))
        return rows
    }

    private var answer: String {
        switch evidence.read.judgement {
        case .clear: "clear"
        case .alert: "alert: the officer decides"
        case .secondLook: "second look: to be confirmed by the officer before anything follows"
        }
    }

    /// Whether the evidence holds, in a frame at the top.
    private func drawVerdict(_ pages: DocumentPages) {
        let report = material.report
        let head =
            report.fault != nil
            ? "THE EVIDENCE DOES NOT HOLD."
            : report.databaseProblem == nil
                ? "The evidence holds." : "The evidence holds as far as it could be checked."
        var words =
            report.fault?.words
            ?? "Signatures, photos and the order of the vehicle's \(report.bundles) bundles were checked when this was "
            + "made, and nothing was altered, removed or moved."
        if report.fault == nil, let problem = report.databaseProblem {
            words += " The vehicle's database could not be compared, because \(problem)."
        }
        if !report.areKeysGiven {
            words +=
                " The keys are those that the evidence itself names: compare them with the municipality's own list."
        }
        let width = DocumentPages.textWidth - 20
        let height = pages.height(of: words, .body, width: width) + 28
        let top = pages.y
        pages.text(head, DocumentText(size: 10.5, isBold: true), x: DocumentPages.margin + 10, y: top + 6, width: width)
        pages.text(words, .body, x: DocumentPages.margin + 10, y: top + 21, width: width)
        let (left, right) = (DocumentPages.margin, DocumentPages.margin + DocumentPages.textWidth)
        let weight = report.fault == nil ? 0.8 : 2.5
        pages.line(from: (left, top), to: (right, top), weight, 0)
        pages.line(from: (left, top + height), to: (right, top + height), weight, 0)
        pages.line(from: (left, top), to: (left, top + height), weight, 0)
        pages.line(from: (right, top), to: (right, top + height), weight, 0)
        pages.y = top + height + 4
    }

    // MARK: Photos

    private func drawPhotos(_ pages: DocumentPages) throws {
        pages.need(290)
        pages.heading("Photographs")
        pages.paragraph(
            "Each photo lies in this document as the vehicle signed it, byte for byte. Where the camera delivers JPEG, "
                + "the context photo is the camera's own picture, to which only position and time were added.",
            .small
        )
        let read = evidence.read
        let earlier = Set(evidence.firstPass?.photos.map(\.sha256) ?? [])
        for (role, title, height) in [
            (PhotoReference.Role.closeUp, "Close-up of the plate, at full resolution", 190.0),
            (.context, "Context, as the camera delivered it", 300),
        ] {
            for photo in read.photos where photo.role == role && !earlier.contains(photo.sha256) {
                let caption = "\(title). Camera \(read.read.camera), \(try local(read.read.time))."
                try drawPhoto(pages, photo.sha256, caption, height: height)
            }
        }
        guard let first = evidence.firstPass else { return }
        for photo in first.photos {
            let title = "First pass: \(photo.isCloseUp ? "close-up of the plate" : "context")"
            try drawPhoto(
                pages,
                photo.sha256,
                "\(title). \(try local(first.time)).",
                height: photo.isCloseUp ? 170 : 280
            )
        }
    }

    private func drawPhoto(_ pages: DocumentPages, _ sha256: String, _ caption: String, height: Double) throws {
        guard let jpeg = material.photos[sha256] else {
            return pages.paragraph("\(caption) The photo is missing (SHA-256 \(sha256)).")
        }
        let size = try DocumentPages.photoSize(jpeg, width: DocumentPages.textWidth, height: height)
        pages.need(Double(size.rows) * size.scale + 34)
        pages.y += 4
        pages.y += try pages.photo(
            jpeg,
            x: DocumentPages.margin,
            y: pages.y,
            width: DocumentPages.textWidth,
            height: height
        )
        pages.y += 4
        pages.paragraph("\(caption) \(size.columns) x \(size.rows) pixels, \(jpeg.count) bytes.", .small, after: 1)
        pages.paragraph("SHA-256 \(sha256)", .hash, after: 8)
    }

    // MARK: Place

    private func drawPlace(_ pages: DocumentPages) throws {
        pages.need(330)
        pages.heading("Where the car stood")
        guard let fix = evidence.read.fix else {
            return pages.paragraph("The position was not known when the car was photographed.")
        }
        let angle = evidence.record["cameraAngleDegrees"]?.number
        let sketch = MapSketch(
            streets: material.streets,
            fix: fix,
            viewDegrees: angle.flatMap { fix.viewDegrees(cameraAngleDegrees: $0) },
            firstPass: evidence.firstPass?.fix
        )
        sketch.draw(on: pages, width: DocumentPages.textWidth, height: 240)
        var legend =
            "Blue: the patrol vehicle when it photographed the car, its direction, and the circle within which it was in 68 "
            + "of 100 cases (\(EvidenceDocument.metres(fix.errorMetres))). Orange: what the camera looked at."
        if evidence.firstPass?.fix != nil { legend += " Brown: the vehicle at the first pass." }
        legend +=
            material.streets.isEmpty
            ? " No map of the municipality's streets was at hand." : " Streets: the municipality's centrelines."
        pages.paragraph(legend, .small, after: 6)
        var rows = [
            ["Latitude, longitude", "\(fix.point.latitude), \(fix.point.longitude) (WGS 84)"],
            ["Error", EvidenceDocument.metres(fix.errorMetres) + ", radius that holds 68 of 100 positions"],
        ]
        if let heading = fix.headingDegrees { rows.append(["Vehicle's heading", EvidenceDocument.degrees(heading)]) }
        if let view = sketch.viewDegrees { rows.append(["Camera's direction", EvidenceDocument.degrees(view)]) }
        if let place = evidence.read.place { rows.append(["Side of the street", place.block.en]) }
        pages.table(rows, widths: [130, 374], hasHeader: false, styles: [.label, .body])
    }

    // MARK: Time

    private func drawTimeline(_ pages: DocumentPages) throws {
        pages.need(120)
        pages.heading("Timeline")
        var rows: [(time: Date, cells: [String])] = []
        func add(_ time: Date, _ words: String, _ bundle: String) throws {
            rows.append((time, [try local(time), words, bundle]))
        }
        if let first = evidence.firstPass {
            try add(first.time, "The car was seen for the first time", "\(evidence.point.sequence)")
        }
        try add(evidence.read.read.time, "The car was photographed, its plate read", "\(evidence.point.sequence)")
        let raised = if case .alert = evidence.read.judgement { "alert" } else { "second look" }
        try add(
            evidence.header.time,
            "Checked against the lists, signed and kept: \(raised) raised",
            "\(evidence.point.sequence)"
        )
        for event in evidence.events {
            try add(event.header.time, EvidenceDocument.words(event), "\(event.point.sequence)")
        }
        for print in material.prints { try add(print.time, print.words, "not signed") }
        // What happened at one instant stays in the order in which it was signed.
        let sorted = rows.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        pages.table(
            [["Local time", "What happened", "Bundle"]] + sorted.map(\.element.cells),
            widths: [188, 256, 60],
            hasHeader: true,
            styles: [.body, .body, .body]
        )
    }

    static func words(_ event: EvidenceCase.Event) -> String {
        switch event.body {
        case .decision(let decision)?:
            let reason = decision.reason.map { ": \($0)" } ?? ""
            return "Officer \(decision.officer) \(decision.verdict == .accepted ? "accepted" : "rejected") it\(reason)"
        case .ticket(let fact)?: return "Ticket \(fact.ticket.number) was issued by officer \(fact.ticket.officer)"
        case .void(let void)?: return "Officer \(void.officer) voided the ticket: \(void.reason)"
        case .reprint(let reprint)?:
            return "Officer \(reprint.officer) had copy \(reprint.copy) printed: \(reprint.reason)"
        case .correction(let correction)?:
            let details = correction.details.fields.compactMap { name, field in
                field.map { "\(name == "plateExpiry" ? "plate expiry" : name) \($0.text)" }
            }
            let now = details.isEmpty ? "nothing" : details.joined(separator: ", ")
            return "Officer \(correction.officer) corrected the vehicle's details to \(now): \(correction.reason)"
        default: return "\(event.header.kind) was recorded"
        }
    }

    func local(_ time: Date) throws -> String {
        let civil = try CivilTime(time, zone: evidence.timeZone)
        return "\(civil.exifDate.replacing(":", with: "-")) \(civil.exifTime).\(civil.exifMilliseconds) "
            + "(UTC\(civil.exifOffset))"
    }
}
