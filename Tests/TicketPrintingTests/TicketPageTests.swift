// The printed page as other programs see it: its words, its size, its dots and its bars.
import Foundation
import ParkingCore
import Testing

@testable import TicketPrinting

func sampleCity(
    regime: LegalRegime = .administrativePenalty,
    timeZone: String = "America/Toronto",
    rights: LocalizedText? = nil,
    paymentURL: String? = "https://millbrookfalls.example/pay?notice={ticket}"
) -> City {
    City(
        name: "Town of Millbrook Falls",
        timeZone: timeZone,
        regime: regime,
        paymentAddress: "Online at millbrookfalls.example/pay, or at Town Hall, 12 Mill Street. En ligne \u{E0} "
            + "millbrookfalls.example/payer, ou \u{E0} l\u{2019}h\u{F4}tel de ville, 12, rue Mill.",
        reviewRights: rights
            ?? LocalizedText(
                en: "You may ask for a review by a screening officer within 15 days of this notice.",
                fr:
                    "Vous pouvez demander une r\u{E9}vision par un agent de r\u{E9}vision dans les 15 jours de cet avis."
            ),
        zones: [],
        infractions: [],
        paymentURL: paymentURL
    )
}

func sampleTicket(
    place: String = "Across from 118 Lakeshore Road East",
    region: String? = "CA-ON",
    early: Int? = 3500,
    title: LocalizedText? = nil,
    plate: String = "CKFT482",
    colour: VehicleColour? = .grey,
    address: PlaceAnswer? = nil,
    vehicleDetails: VehicleDetails? = nil,
    serial: Int = 1042,
    observedAt: String? = nil
) throws -> Ticket {
    Ticket(
        // Other tickets than the first have other identifiers.
        id: try UUIDv7("019777b2-3c4d-7abc-8def-012345\(500_000 + serial)"),
        number: try TicketNumber(serial: serial),
        read: try UUIDv7("019777b2-3c4d-7abc-8def-0123456789ac"),
        issuedAt: try #require(WireCoding.date("2026-06-16T14:05:03.250Z")),
        observedAt: observedAt.flatMap(WireCoding.date),
        plate: try Plate(plate),
        region: region,
        vehicle: try VehicleID("car-7"),
        officer: try OfficerID("412"),
        zone: try ZoneID("lakeshore-1"),
        place: place,
        point: try GeoPoint(latitude: 43.482136, longitude: -79.718625),
        infraction: Infraction(
            code: "P-12",
            section: "2024-101 s. 5(2)",
            title: title
                ?? LocalizedText(
                    en: "Parked in a pay-by-plate zone without a valid session",
                    fr: "Stationn\u{E9} dans une zone payante sans session valide"
                ),
            fineCents: 5000,
            earlyPaymentCents: early,
            earlyPaymentDays: early.map { _ in 15 }
        ),
        photos: [String(repeating: "a", count: 64), String(repeating: "b", count: 64)],
        colour: colour,
        address: address,
        vehicleDetails: vehicleDetails
    )
}

/// What a program says on its standard output; nil when it is not installed or fails.
func output(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    return String(decoding: data, as: UTF8.self)
}

/// Calls `body` with the page as a file, which is removed afterwards.
func withFile<Result>(_ page: TicketPage, _ body: (String) throws -> Result) throws -> Result {
    let path = NSTemporaryDirectory() + "ticket-\(UUID().uuidString).pdf"
    try Data(try page.pdf()).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// A portable greymap (P5) as pdftoppm writes it.
struct Greymap {
    let width: Int
    let height: Int
    let pixels: [UInt8]

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let header = bytes.prefix(64).split(whereSeparator: { $0 == 10 || $0 == 32 }).prefix(4)
        let numbers = header.dropFirst().compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        try #require(numbers.count == 3)
        width = numbers[0]
        height = numbers[1]
        pixels = Array(bytes.suffix(width * height))
    }
}

/// "14 Mill Street", or near its corner with King Street.
func sampleAddress(number: String?, confirm: [PlaceAnswer.Doubt]) -> PlaceAnswer {
    PlaceAnswer(
        basis: number == nil ? .intersection : .addressPoint,
        number: number,
        street: "Mill Street",
        crossing: "King Street",
        blockStart: "King Street",
        blockEnd: nil,
        side: .north,
        zone: nil,
        sureness: 0.95,
        faceSureness: 0.97,
        runnerUp: nil,
        toConfirm: confirm
    )
}

@Suite struct TicketPageTests {
    @Test(arguments: [nil, "14"], [true, false])
    func `the address stands on the paper, and is marked when it is not sure`(number: String?, isSure: Bool) throws {
        let address = sampleAddress(number: number, confirm: isSure ? [] : [.number])
        let ticket = try sampleTicket(colour: nil, address: address)
        let words = try withFile(TicketPage(ticket: ticket, city: sampleCity())) {
            try output("pdftotext", "-layout", $0, "-")
        }
        let flat = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let expected =
            number == nil
            ? ["near Mill Street at King Street", "pr\u{E8}s de Mill Street et de King Street"] : ["14 Mill Street"]
        for phrase in expected + [
            "north side of Mill Street, between King Street and a dead end", "c\u{F4}t\u{E9} nord de Mill Street",
        ] {
            #expect(flat.contains(phrase), "\(phrase)")
        }
        #expect(flat.contains("To be confirmed by the officer") == !isSure)
    }

    @Test func `the paper tells when the car stood there, and when it was issued where that was later`() throws {
        func words(_ observedAt: String) throws -> String {
            let page = TicketPage(ticket: try sampleTicket(observedAt: observedAt), city: sampleCity())
            let text = try withFile(page) { try output("pdftotext", "-layout", $0, "-") }
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let atOnce = try words("2026-06-16T14:04:50Z")
        #expect(atOnce.contains("10:04:50") && !atOnce.contains("Issued"))
        let later = try words("2026-06-16T12:30:10Z")
        #expect(later.contains("08:30:10 (UTC") && later.contains("Issued / D\u{E9}livr\u{E9} 10:05:03"))
        let yesterday = try words("2026-06-16T03:59:00Z")
        #expect(
            yesterday.contains("2026-06-15") && yesterday.contains("Monday / lundi") && yesterday.contains("23:59:00")
        )
        #expect(yesterday.contains("2026-06-16 10:05:03"))
    }

    @Test func everyFieldStandsOnThePaperInBothLanguages() throws {
        let words = try withFile(TicketPage(ticket: sampleTicket(), city: sampleCity())) {
            try output("pdftotext", "-layout", $0, "-")
        }
        let flat = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for expected in [
            "Town of Millbrook Falls", "PENALTY NOTICE", "AVIS DE P\u{C9}NALIT\u{C9}",
            try TicketNumber(serial: 1042).text, "$50.00", "50,00", "$35.00", "2026-07-01", "2026-06-16", "10:05:03",
            "Tuesday / mardi", "CKFT482", "ON", "Parked in a pay-by-plate zone", "Stationn\u{E9} dans une zone payante",
            "2024-101 s. 5(2)", "P-12", "Across from 118 Lakeshore Road East", "43.48214", "79.71863", "lakeshore-1",
            "412", "car-7", "How to pay / Comment payer", "millbrookfalls.example/pay", "Your rights / Vos droits",
            "within 15 days", "dans les 15 jours", "filled in by machine", "rempli par la machine",
            "Colour / Couleur", "silver/grey / argent/gris", "To be confirmed by the officer", "confirmer par l",
        ] {
            #expect(flat.contains(expected), "\(expected) is missing in: \(flat)")
        }
        #expect(!flat.contains("COPY"))
    }

    @Test func aColourThatNobodyProposedIsALineToWriteOn() throws {
        let words = try withFile(TicketPage(ticket: sampleTicket(colour: nil), city: sampleCity())) {
            try output("pdftotext", "-layout", $0, "-")
        }
        #expect(words.contains("Colour / Couleur") && !words.contains("To be confirmed"))
    }

    @Test func whatTheOfficerSaysOfTheVehicleStandsAndWhatAMachineSaidIsMarked() throws {
        let details = VehicleDetails(
            plateExpiry: .init(text: "2027-04", source: .officer),
            make: .init(text: "Toyota", source: .officer),
            model: .init(text: "Corolla", source: .machine),
            colour: .init(text: "dark red", source: .officer)
        )
        let page = TicketPage(ticket: try sampleTicket(vehicleDetails: details), city: sampleCity())
        let text = try withFile(page) { try output("pdftotext", "-layout", $0, "-") }
        for word in ["2027-04", "Toyota", "Corolla", "dark red", "Marque", "to be confirmed"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(!text.contains("To be confirmed by the officer"))
    }

    @Test func thePaperIsFourInchesWideAndOnePage() throws {
        let info = try withFile(TicketPage(ticket: sampleTicket(), city: sampleCity())) { try output("pdfinfo", $0) }
        #expect(info.contains("Pages:           1"))
        let size = try #require(info.split(separator: "\n").first { $0.hasPrefix("Page size:") })
        let numbers = size.split(separator: " ").compactMap { Double($0) }
        #expect(numbers[0] == 288)
        #expect((400...800).contains(numbers[1]), "\(numbers[1]) points long")
    }

    @Test func thePrintHeadsEdgesStayFreeAndAllIsBlackOnWhite() throws {
        let long = String(repeating: "Donaudampfschifffahrtsgesellschaft", count: 30)
        let pages = [
            TicketPage(ticket: try sampleTicket(), city: sampleCity(), copy: 2),
            TicketPage(
                ticket: try sampleTicket(
                    place: long,
                    region: nil,
                    title: LocalizedText(en: long + " " + long, fr: "Court"),
                    plate: "WWWWWWWWWW"
                ),
                city: sampleCity(rights: LocalizedText(en: long, fr: long))
            ),
        ]
        for page in pages {
            try withFile(page) { path in
                _ = try output(
                    "pdftoppm",
                    "-r",
                    "203",
                    "-gray",
                    "-singlefile",
                    "-aa",
                    "no",
                    "-aaVector",
                    "no",
                    path,
                    path
                )
                defer { try? FileManager.default.removeItem(atPath: path + ".pgm") }
                let map = try Greymap(path + ".pgm")
                #expect(map.width == 812)
                // 16 dots are 2 mm at 203 dpi: paper that no print head reaches.
                var outside = 0
                var greys = 0
                for (index, pixel) in map.pixels.enumerated() {
                    let x = index % map.width
                    if pixel < 255, x < 16 || x >= map.width - 16 { outside += 1 }
                    if pixel != 0, pixel != 255 { greys += 1 }
                }
                #expect(outside == 0)
                #expect(greys == 0)
            }
        }
    }

    @Test func aDecoderReadsTheNumberFromTheBars() throws {
        let number = try TicketNumber(serial: 1042).text
        try withFile(TicketPage(ticket: sampleTicket(), city: sampleCity())) { path in
            _ = try output("pdftoppm", "-r", "203", "-png", "-singlefile", path, path)
            defer { try? FileManager.default.removeItem(atPath: path + ".png") }
            let found = try output("zbarimg", "--quiet", "-Sdisable", "-Scode128.enable", path + ".png")
            #expect(found.contains("CODE-128:\(number)"))
        }
    }

    @Test func theRegimeDecidesTheWords() throws {
        let words = try withFile(TicketPage(ticket: sampleTicket(), city: sampleCity(regime: .provincialOffence))) {
            try output("pdftotext", "-layout", $0, "-")
        }
        #expect(words.contains("PARKING INFRACTION NOTICE"))
        #expect(words.contains("Set fine / Amende fix\u{E9}e"))
        #expect(words.contains("I certify that I saw the infraction"))
        #expect(!words.contains("PENALTY NOTICE"))
    }

    @Test func withoutEarlyPaymentNoneIsOffered() throws {
        let words = try withFile(TicketPage(ticket: sampleTicket(early: nil), city: sampleCity())) {
            try output("pdftotext", "-layout", $0, "-")
        }
        #expect(!words.contains("If paid by"))
        #expect(words.contains("$50.00"))
    }

    @Test func frenchCanStandFirst() throws {
        let words = try withFile(TicketPage(ticket: sampleTicket(), city: sampleCity(), first: .french)) {
            try output("pdftotext", "-layout", $0, "-")
        }
        let french = try #require(words.range(of: "AVIS DE P\u{C9}NALIT\u{C9}"))
        let english = try #require(words.range(of: "PENALTY NOTICE"))
        #expect(french.lowerBound < english.lowerBound)
        #expect(words.contains("50,00 $"))
    }

    @Test func theSameTicketAlwaysGivesTheSameBytes() throws {
        let page = TicketPage(ticket: try sampleTicket(), city: sampleCity())
        #expect(try page.pdf() == page.pdf())
    }

    @Test func aMissingFontIsNamedWithItsPackage() throws {
        let error = #expect(throws: TicketPrintError.self) {
            try TicketPage(ticket: sampleTicket(), city: sampleCity(), font: "No Such Letters").pdf()
        }
        #expect(error?.code == .fontMissing)
        #expect(error?.description.contains("install the package fonts-dejavu-core") == true)
    }

    @Test func absurdTextsAndZonesAreRefused() throws {
        let endless = String(repeating: "all of it ", count: 100_000)
        let long = #expect(throws: TicketPrintError.self) {
            try TicketPage(ticket: sampleTicket(place: endless), city: sampleCity()).pdf()
        }
        #expect(long?.code == .tooLong)
        let zone = #expect(throws: TicketPrintError.self) {
            try TicketPage(ticket: sampleTicket(), city: sampleCity(timeZone: "Nowhere/None")).pdf()
        }
        #expect(zone?.code == .unknownTimeZone)
    }
}

@Suite struct PDFFolderTests {
    @Test func aSecondPrintIsMarkedACopyAndTheFirstStays() throws {
        let root = NSTemporaryDirectory() + "tickets-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = try PDFFolder(root)
        let ticket = try sampleTicket()
        let first = try folder.print(ticket, city: sampleCity())
        #expect(first.copy == 0 && first.path == "\(root)/\(ticket.number).pdf")
        let original = try Data(contentsOf: URL(fileURLWithPath: first.path))
        #expect(try folder.print(ticket, city: sampleCity()) == first)
        let second = try folder.print(ticket, city: sampleCity(), copy: 1)
        #expect(second.copy == 1 && second.path == "\(root)/\(ticket.number)-copy-1.pdf")
        #expect(try output("pdftotext", second.path, "-").contains("COPY / COPIE"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: first.path)) == original)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(root)/.incoming")
        #expect(left.isEmpty)
    }
}
