// The document for a tribunal: its pages as poppler reads them, and its photos as they were signed.
import Foundation
import Imaging
import ParkingCore
import SyncProtocol
import Testing

@testable import Evidence

@Suite struct DocumentTests {
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(program)")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    private func document(_ bed: EvidenceBed, _ id: UUIDv7, streets: [SketchStreet] = []) throws -> String {
        let source = try FolderEvidence(data: bed.data)
        let evidence = try CaseChain(.fact(id), in: source).evidence
        let material = DocumentMaterial(
            photos: source.photos(of: evidence),
            streets: streets,
            prints: [(bed.now, "The ticket's print: printed")],
            report: try bed.verify()
        )
        let path = bed.data + "/case.pdf"
        try Data(try EvidenceDocument(evidence, material).pdf()).write(to: URL(filePath: path))
        return path
    }

    @Test func `a ticket's document says what was seen, checked and signed`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD123", serial: 1)
        let street = SketchStreet(
            name: "Mill Street",
            line: [
                try GeoPoint(latitude: 43.7007, longitude: -81.0536),
                try GeoPoint(latitude: 43.7017, longitude: -81.051),
            ]
        )
        let path = try document(bed, read.read.id, streets: [street])
        let text = try run("pdftotext", ["-layout", path, "-"])
        for words in [
            "Town of Testing", "Ticket \(try TicketNumber(serial: 1))", "ABCD123", "The evidence holds.",
            "No session in zone mill-pay.", "Aucune session", "14 Mill Street", "2026-06-16 10:05:10.000 (UTC-04:00)",
            "Officer 412 accepted it", "The ticket's print: printed", "42 s", "reader 1", "Mill Street", "3.5 m",
            read.photos[0].sha256, read.photos[1].sha256, try #require(bed.ledger.last).sha256,
        ] { #expect(text.contains(words), "\(words)") }
        #expect(text.contains("page 1 of") && !text.contains("DOES NOT HOLD"))
    }

    @Test func `the photos in the document are the signed ones, byte for byte`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD123", serial: 1)
        let path = try document(bed, read.read.id)
        _ = try run("pdfimages", ["-all", path, bed.data + "/page"])
        let extracted = try FileManager.default.contentsOfDirectory(atPath: bed.data).filter { $0.hasSuffix(".jpg") }
        let hashes = try extracted.map {
            EvidenceFolder.sha256(Array(try Data(contentsOf: URL(filePath: "\(bed.data)/\($0)"))))
        }
        #expect(Set(hashes) == Set(read.photos.map(\.sha256)))
    }

    @Test func `a first pass stands in the document with its photo, place and time`() throws {
        let bed = try EvidenceBed()
        let early = try bed.readFact("ABCD123", shade: 50)
        let mark = ChalkMark(
            read: early.read.id,
            stay: early.read.id,
            plate: early.read.reading.plate,
            confidence: 0.98,
            time: bed.now,
            moment: nil,
            isClockTrusted: true,
            fix: early.fix,
            cameraAngleDegrees: 90,
            place: nil,
            zone: early.zone,
            photos: [ChalkPhoto(sha256: early.photos[1].sha256, isCloseUp: false, bytes: early.photos[1].bytes)]
        )
        bed.pass(seconds: 7500)
        let read = try bed.readFact("ABCD123", shade: 51)
        try bed.seal([try bed.entry(.read(read), id: read.read.id, firstPass: mark)])
        let report = try bed.verify()
        #expect(report.holds && report.photos == 3, "\(report.text)")
        let text = try run("pdftotext", ["-layout", try document(bed, read.read.id), "-"])
        for words in [
            "The car was seen for the first time", "2026-06-16 10:05:10.000", "First pass: context", "Brown:",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        try FileManager.default.removeItem(
            atPath: EvidenceFolder.location(early.photos[1].sha256, in: bed.paths.photos)
        )
        #expect(try bed.verify().fault?.words.contains("first-pass context photo of bundle 1 is missing") == true)
    }

    @Test func `a ticket that was voided later says so, with the reason`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD123", serial: 1)
        try bed.ticketedCase("WXYZ999", serial: 2)
        let ticket = try #require(
            try CaseChain(.ticket(TicketNumber(serial: 1)), in: FolderEvidence(data: bed.data)).evidence.ticket
        )
        let void = VoidFact(ticket: ticket.id, number: ticket.number, reason: "wrong side", officer: bed.officer)
        let correction = CorrectionFact(
            ticket: ticket.id,
            number: ticket.number,
            details: VehicleDetails(
                plateExpiry: .init(text: "2027-04", source: .officer),
                make: .init(text: "HONDA", source: .officer)
            ),
            reason: "sticker seen",
            officer: bed.officer
        )
        try bed.seal([try bed.entry(.correction(correction), id: UUIDv7(at: bed.now))])
        try bed.seal([try bed.entry(.void(void), id: UUIDv7(at: bed.now))])
        let text = try run("pdftotext", ["-layout", try document(bed, read.read.id), "-"])
        #expect(text.contains("VOID") && text.contains("Officer 412 voided the ticket: wrong side"))
        let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(joined.contains("corrected the vehicle's details to"), "\(joined)")
        #expect(joined.contains("expiry 2027-04, make HONDA: sticker seen"), "\(joined)")
        #expect(!text.contains("WXYZ999"))
    }

    @Test func `evidence that does not hold says so on its first page`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD123", serial: 1)
        try FileManager.default.removeItem(atPath: EvidenceFolder.location(read.photos[0].sha256, in: bed.paths.photos))
        let text = try run("pdftotext", ["-layout", "-l", "1", try document(bed, read.read.id), "-"])
        #expect(text.contains("THE EVIDENCE DOES NOT HOLD.") && text.contains("is missing"))
    }

    @Test func `absurd values draw a page all the same`() throws {
        let bed = try EvidenceBed()
        let read = try bed.ticketedCase("ABCD123", serial: 1)
        let nowhere = SketchStreet(
            name: "Far away",
            line: [try GeoPoint(latitude: -89, longitude: 179), try GeoPoint(latitude: 89, longitude: -179)]
        )
        let path = try document(bed, read.read.id, streets: [nowhere, SketchStreet(name: "", line: [])])
        #expect(try run("pdftotext", [path, "-"]).contains("ABCD123"))
    }
}
