// `backoffice serve`: sync endpoint and pages until SIGTERM or SIGINT.
internal import ArgumentParser
internal import BackOffice
internal import CityFiles
internal import Foundation
internal import Logging
internal import ParkingCore

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take in what vehicles record, give out list changes, and show the pages.",
        discussion: """
            Reads without a hit, and their photos, are erased when their time is over; it is looked at every ten minutes.
            Plain HTTP on this machine only, for now. Pages: /tickets, /reads and /set-aside; health:
            /healthz; counters: /metrics.
            All data lies in one folder; copy it while the server is stopped to have a backup.
            """
    )

    @Option(help: "Folder with all that the back office keeps; made if it is absent.")
    var data: String

    @Option(help: "Port to listen on; 0 takes a free one and says which.")
    var port = 8311

    @Option(help: "Address to listen on; only one of this machine is taken.")
    var host = "127.0.0.1"

    @Option(help: "City file for the time zone and the names of zones; default: city.yaml in the data folder.")
    var city: String?

    @Option(help: "Hours that a read without a hit is kept, counted from when it was taken (1 to 720).")
    var readsHours = 24

    func validate() throws {
        guard (1...720).contains(readsHours) else { throw ValidationError("--reads-hours: 1 to 720 are taken") }
    }

    func run() async throws {
        do {
            let logger = Logger(label: "backoffice") { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = .notice
                return handler
            }
            let settings = BackOfficeServer.Settings(
                data: data,
                host: host,
                port: port,
                city: try ServedCity.load(path: city, data: data),
                readsSeconds: Double(readsHours) * 3600
            )
            let server = try BackOfficeServer(settings: settings, logger: logger)
            try await server.serve(stopOnSignals: true) { address in
                print("listening on \(address)")
                fflush(nil)
            }
        } catch let error as BackOfficeError {
            throw fail(error)
        }
    }
}

/// The city that times and zones are shown by.
enum ServedCity {
    static func load(path: String?, data: String) throws(BackOfficeError) -> City {
        let usual = data + "/city.yaml"
        guard let file = path ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil) else {
            return City(
                name: "Back office",
                timeZone: "UTC",
                regime: .administrativePenalty,
                paymentAddress: "",
                reviewRights: LocalizedText(en: "", fr: ""),
                zones: [],
                infractions: []
            )
        }
        do {
            return try CityFile.read(path: file)
        } catch {
            throw BackOfficeError(.file, error.description)
        }
    }
}
