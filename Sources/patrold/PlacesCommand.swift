// `patrold places`: the municipality's streets, numbers and zones into the vehicle's address book, and asking it.
internal import Addressing
internal import ArgumentParser
internal import Foundation
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

struct PlacesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "places",
        abstract: "Street addresses: import the municipality's map, ask where a position is.",
        subcommands: [
            ImportPlaces.self, LocatePlace.self, PlacesStatus.self, PlacesPrecision.self, PlacesBench.self,
        ]
    )

    /// Says what is wrong on stderr and gives the code of sysexits.h that fits.
    static func failure(_ error: any Error) -> ExitCode {
        let code: Int32 =
            switch (error as? AddressingError)?.code {
            case .unreadable: EX_NOINPUT
            case .badFile, .refused, .badBook: EX_DATAERR
            case .notWritable: EX_CANTCREAT
            case nil: EX_SOFTWARE
            }
        FileHandle.standardError.write(Data("patrold places: \(error)\n".utf8))
        return ExitCode(code)
    }

    static func printJSON(_ value: some Encodable) throws {
        print(String(decoding: try WireCoding.encoder().encode(value), as: UTF8.self))
    }
}

struct BookOption: ParsableArguments {
    @Option(help: ArgumentHelp("The address book, a file of its own.", valueName: "path"), completion: .file())
    var book = "places.sqlite"
}

// MARK: Import

private struct ImportPlaces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make the address book from centrelines, address points and zones.",
        discussion: """
            Give all of the municipality's files at once: together they are the new book, and it replaces the old one \
            in one step once it is whole (a daemon that runs takes it at its next start). GeoJSON, or CSV with a column \
            of geometry (WKT or GeoJSON) or columns of latitude and longitude, in degrees of WGS 84. Lines are \
            streets, points addresses, areas zones.

            What a property means is known by its usual names, such as LINEAR_NAME_FULL, ADDRESS_NUMBER and L_F_ADD; \
            flags name others. Features without a street name (paths) or number (parks) are passed over; those that are \
            wrong are counted by kind, and more than one in 20 stop the import.

            EXAMPLES
              patrold places import centreline.geojson address_points.csv zones.geojson --book places.sqlite
              patrold places import roads.geojson civic.geojson --name FULLNAME --number CIVIC
              ogr2ogr -t_srs EPSG:4326 roads.geojson roads.shp     (shapefiles, and metres, become degrees so)

            USUAL NAMES, the most telling first
            \(usualNames)

            EXIT CODES
              0   taken                       65  bad files; the old book is as it was
              66  a file cannot be read       73  the book cannot be written
            """
    )

    private static let usualNames = PropertyRole.allCases.map { role in
        "  \(role.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0)) "
            + role.commonNames.joined(separator: " ")
    }.joined(separator: "\n")

    @Argument(help: "GeoJSON or CSV files, in any order.", completion: .file()) var files: [String]
    @OptionGroup var target: BookOption
    @Flag(help: "Take the good features of files that have too many bad ones.") var keepGood = false
    @Flag(help: "Print the outcome as one line of JSON.") var json = false
    @Option(help: "Property with the full street name, or a zone's name.") var name: String?
    @Option(help: "Property with the civic number.") var number: String?
    @Option(help: "Property with what follows the number (A, 1/2).") var suffix: String?
    @Option(help: "Property with the feature's id.") var identifier: String?
    @Option(help: "First number on the left of a line.") var fromLeft: String?
    @Option(help: "Last number on the left.") var toLeft: String?
    @Option(help: "First number on the right.") var fromRight: String?
    @Option(help: "Last number on the right.") var toRight: String?
    @Option(help: "CSV: column of geometry.") var geometry: String?
    @Option(help: "CSV: column of latitude.") var latitude: String?
    @Option(help: "CSV: column of longitude.") var longitude: String?

    private struct Outcome: Encodable {
        let book: String
        let taken: Bool
        let report: PlaceImportReport
        let seconds: Double
    }

    func run() async throws {
        let started = ContinuousClock.now
        let meter = PlaceMeter()
        do {
            let options = PlaceImportOptions(mapping: mapping, keepGood: keepGood, now: Date())
            let report = try PlaceImport.run(files: files, into: target.book, options: options) { meter.show($0) }
            meter.clear()
            try tell(report, taken: true, since: started)
        } catch let error as AddressingError {
            meter.clear()
            if let report = error.report { try tell(report, taken: false, since: started) }
            throw PlacesCommand.failure(error)
        }
    }

    private var mapping: PropertyMapping {
        let named: [(PropertyRole, String?)] = [
            (.name, name), (.number, number), (.suffix, suffix), (.identifier, identifier), (.fromLeft, fromLeft),
            (.toLeft, toLeft), (.fromRight, fromRight), (.toRight, toRight), (.geometry, geometry),
            (.latitude, latitude), (.longitude, longitude),
        ]
        return PropertyMapping(named.reduce(into: [:]) { $0[$1.0] = $1.1 })
    }

    private func tell(_ report: PlaceImportReport, taken: Bool, since started: ContinuousClock.Instant) throws {
        let seconds = (started.duration(to: .now) / .milliseconds(10)).rounded() / 100
        for fault in report.faults { FileHandle.standardError.write(Data("\(fault)\n".utf8)) }
        if json {
            return try PlacesCommand.printJSON(
                Outcome(book: target.book, taken: taken, report: report, seconds: seconds)
            )
        }
        for (kind, count) in report.left.sorted(by: { $0.key < $1.key }) {
            print("left out: \(count) \(kind)")
        }
        guard taken else { return }
        print(
            "\(target.book): \(report.streetPieces) pieces of street, \(report.addressPoints) addresses,"
                + " \(report.zones) zones taken in \(seconds) s"
        )
    }
}

/// A line on stderr that is written over; nothing where stderr is no terminal.
private struct PlaceMeter: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: PlaceImportProgress) {
        guard isTerminal else { return }
        let share = Int(progress.share * 100)
        let text =
            switch progress.stage {
            case .reading: "\(progress.file): \(share) %, \(progress.features) features"
            case .linking: "addresses to their streets: \(share) %"
            case .sorting: "sorting"
            }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    func clear() { if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) } }
}

// MARK: Locate

private struct LocatePlace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locate",
        abstract: "The address, block and zone of a position, and how sure they are.",
        discussion: """
            The more is given, the surer the answer: the heading tells parallel from crossing streets, the camera's side \
            tells odd from even numbers. What is not sure is named, for the officer to confirm.

            EXAMPLES
              patrold places locate --at 43.70125,-81.05210
              patrold places locate --at 43.70125,-81.05210 --error 4 --heading 62 --speed 9 --camera right --json
            """
    )

    enum Camera: String, ExpressibleByArgument, CaseIterable { case left, right }

    @OptionGroup var target: BookOption
    @Option(help: ArgumentHelp("Latitude and longitude in degrees.", valueName: "lat,lon")) var at: String
    @Option(help: "Radius in metres within which the position is right in 68 of 100 cases.") var error = 3.0
    @Option(help: "Direction of travel, degrees clockwise from north.") var heading: Double?
    @Option(help: "Speed in metres a second; below 1.2 the heading is not gone by.") var speed: Double?
    @Option(help: "Side on which the vehicle was seen: left or right.") var camera: Camera?
    @Flag(help: "Print one line of JSON.") var json = false

    private func sighting() throws -> Sighting {
        let numbers = at.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard numbers.count == 2, let latitude = numbers[0], let longitude = numbers[1],
            let point = try? GeoPoint(latitude: latitude, longitude: longitude)
        else { throw ValidationError("--at takes latitude,longitude in degrees, such as 43.70125,-81.05210") }
        guard error > 0, error.isFinite else { throw ValidationError("--error takes metres above 0") }
        if let heading, !(0...360).contains(heading) { throw ValidationError("--heading takes degrees, 0 to 360") }
        return Sighting(
            point: point,
            error: .radius(metres: error),
            headingDegrees: heading,
            speedMetresPerSecond: speed,
            cameraAngleDegrees: camera.map { $0 == .right ? 90 : -90 }
        )
    }

    func validate() throws { _ = try sighting() }

    func run() async throws {
        let sighting = try sighting()
        do {
            let found = try AddressBook(path: target.book).locate(sighting)?.answer
            if json { return try PlacesCommand.printJSON(found) }
            guard let found else { return print("no street of the book is in reach of that position") }
            func share(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
            print("place      \(found.text.en) (\(share(found.sureness)), \(found.basis.rawValue))")
            print("block      \(found.block.en) (\(share(found.faceSureness)))")
            print("zone       \(found.zone ?? "none")")
            if let next = found.runnerUp { print("runner-up  \(next.text) (\(share(next.sureness)))") }
            let doubts = found.toConfirm.map(\.rawValue).joined(separator: ", ")
            print("confirm    \(doubts.isEmpty ? "nothing" : doubts)")
        } catch let error as AddressingError {
            throw PlacesCommand.failure(error)
        }
    }
}

// MARK: Status

private struct PlacesStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "What an address book holds, and where it came from."
    )

    @OptionGroup var target: BookOption
    @Flag(help: "Print one line of JSON.") var json = false

    func run() async throws {
        do {
            let summary = try AddressBook(path: target.book).summary()
            if json { return try PlacesCommand.printJSON(summary) }
            print("streets    \(summary.streets) in \(summary.streetPieces) pieces")
            print("addresses  \(summary.addressPoints)")
            print("zones      \(summary.zones)")
            for source in summary.sources { print("from       \(source.file), \(source.importedAt)") }
            for (kind, count) in (summary.report?.left ?? [:]).sorted(by: { $0.key < $1.key }) {
                print("left out   \(count) \(kind)")
            }
        } catch let error as AddressingError {
            throw PlacesCommand.failure(error)
        }
    }
}
