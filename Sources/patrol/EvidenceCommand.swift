// `patrol evidence`: what a vehicle signed, verified, shown and handed on, offline and without the daemon.
internal import Addressing
internal import ArgumentParser
internal import DurableFiles
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import PatrolStore

struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Verify, show and export what a vehicle signed.",
        subcommands: [EvidenceVerifyCommand.self, EvidenceShowCommand.self, EvidenceExportCommand.self]
    )
}

struct EvidenceVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say whether evidence holds, and name the first thing that does not.",
        discussion: """
            FOLDER is a vehicle's data folder or a copy of it; FILE is an export (.zip). Nothing is asked of any network. \
            Checked are every signature, the order of the bundles, that none is missing, each photo's hash, the clock, \
            and, where the vehicle's database is at hand, that it says the same as what was signed. Give the vehicle's \
            keys.json as the municipality keeps it: the one that comes with the evidence only proves that it agrees with \
            itself. That the newest bundles were not cut off together with the database's rows is known only against \
            something kept elsewhere: --known takes a bundle's number and hash, as the back office keeps them with each \
            fact. Nothing is written into FOLDER.

            EXAMPLES
              patrol evidence verify /var/lib/patrold --keys patrol-1-keys.json
              patrol evidence verify ticket-00000018.zip --keys patrol-1-keys.json --json

            EXIT CODES
              0   it holds     1   it does not     2   it could not be read
              3   it holds as far as it could be checked: a database is there, and could not be compared
            """
    )

    @Argument(help: ArgumentHelp("A data folder, or an export.", valueName: "folder|file"), completion: .file())
    var path: String

    @OptionGroup var options: TrustOptions

    @Flag(help: "Print the report as one line of JSON.")
    var json = false

    func run() throws {
        let report = try EvidenceAccess.attempt {
            try EvidenceAccess(path: path).verify(options, showsProgress: !json)
        }
        print(json ? String(decoding: try WireCoding.encoder().encode(report), as: UTF8.self) : report.text)
        if !report.holds { throw ExitCode(1) }
        if report.databaseProblem != nil { throw ExitCode(3) }
    }
}

struct EvidenceShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print what was signed about a ticket or a read.",
        discussion: """
            EXAMPLES
              patrol evidence show 00000018 --data /var/lib/patrold
              patrol evidence show 0197a1b2-... --data /var/lib/patrold --json     the records as they were signed
            """
    )

    @Argument(help: "The ticket's number, or the identifier of a read or ticket.")
    var subject: String

    @Option(help: "The vehicle's data folder.", completion: .directory)
    var data: String

    @Flag(help: "Print the signed bundles as they stand, one line of JSON each.")
    var json = false

    func run() throws {
        let chain = try EvidenceAccess.attempt {
            try CaseChain(try EvidenceAccess.subject(subject), in: try FolderEvidence(data: data))
        }
        if json {
            for line in chain.lines where line.recordBytes != nil { print(String(decoding: line.bytes, as: UTF8.self)) }
        } else {
            print(chain.evidence.text)
        }
    }
}

struct EvidenceExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write a ticket's or read's evidence as a document, or as an archive that can be verified on its own.",
        discussion: """
            A .pdf is for reading: photos, map sketch, timeline, what was checked and how fresh the lists were, hashes, \
            and whether it all holds. A .zip has the same document together with the signed bundles, the photos and the \
            vehicle's public keys, and instructions to verify them without this program. Other cars' records are not in \
            it: of their bundles only the signed headers are, so that a gap would show.

            EXAMPLES
              patrol evidence export 00000018 --data /var/lib/patrold --to ticket-00000018.zip \\
                  --keys patrol-1-keys.json --places places.sqlite
            """
    )

    @Argument(help: "The ticket's number, or the identifier of a read or ticket.")
    var subject: String

    @Option(help: "The vehicle's data folder.", completion: .directory)
    var data: String

    @Option(help: "The file to write: .pdf or .zip. One that is there is not replaced.", completion: .file())
    var to: String

    @Option(help: "The municipality's address book, for the streets on the map sketch.", completion: .file())
    var places: String?

    @OptionGroup var options: TrustOptions

    func validate() throws {
        if !to.hasSuffix(".pdf") && !to.hasSuffix(".zip") { throw ValidationError("--to takes a .pdf or a .zip file") }
    }

    func run() throws {
        let report = try EvidenceAccess.attempt {
            let access = EvidenceAccess(path: data)
            let report = try access.verify(options, showsProgress: true)
            let bytes = try access.export(
                try EvidenceAccess.subject(subject),
                report: report,
                places: try places.map { try AddressBook(path: $0) },
                asArchive: to.hasSuffix(".zip")
            )
            try DurableFile.write(bytes, to: to, replace: false)
            return report
        }
        print("\(to) written")
        if let problem = report.databaseProblem {
            FileHandle.standardError.write(Data("patrol: the database could not be compared: \(problem)\n".utf8))
        }
        guard let fault = report.fault else { return }
        FileHandle.standardError.write(
            Data("patrol: the evidence does not hold, and the document says so: \(fault.words)\n".utf8)
        )
        throw ExitCode(1)
    }
}

/// Against what the evidence is held.
struct TrustOptions: ParsableArguments {
    @Option(help: "The vehicle's public keys (keys.json) from a place you trust.", completion: .file())
    var keys: String?

    @Option(help: ArgumentHelp("A bundle that must be there, as noted earlier.", valueName: "number:sha256"))
    var known: String?

    func keyList() throws -> KeyList? { try keys.map { try KeyList(bytes: try DurableFile.read($0)) } }

    func knownPoint() throws -> ChainPoint? {
        guard let known else { return nil }
        let parts = known.split(separator: ":")
        guard parts.count == 2, let sequence = Int64(parts[0]), EvidenceFolder.isHash(String(parts[1])) else {
            throw ValidationError("--known takes a bundle's number and its SHA-256, such as 17:5f3a...")
        }
        return ChainPoint(sequence: sequence, sha256: String(parts[1]))
    }
}
