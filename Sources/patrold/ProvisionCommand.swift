// `patrold provision`: what a vehicle needs once before it patrols.
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import ParkingCore

struct ProvisionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Make what a vehicle needs once before it patrols.",
        subcommands: [ProvisionKeysCommand.self]
    )
}

struct ProvisionKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make the key that signs the vehicle's evidence, or a new one in its place.",
        discussion: """
            Writes signing-1.pem (Ed25519, mode 0600: it never leaves the vehicle) and keys.json (public: give a copy to \
            the back office, for it is what evidence is verified by). Nothing is ever overwritten. With --rotate a new \
            key is made and signed by the old one, whose private half is then removed; stop patrold first, and give the \
            new keys.json to the back office. Cut in between, the same command goes on.

            EXAMPLES
              patrold provision keys --vehicle patrol-1 --data /var/lib/patrold
              patrold provision keys --vehicle patrol-1 --data /var/lib/patrold --rotate
              openssl pkey -in /var/lib/patrold/evidence/keys/signing-1.pem -pubout     the same key, as openssl sees it
            """
    )

    @Option(help: "The vehicle's name, as its configuration has it.")
    var vehicle: String

    @Option(help: "The vehicle's data folder; the keys go to evidence/keys in it.", completion: .directory)
    var data: String?

    @Option(help: "Another folder for the keys (patrol.keys of the configuration).", completion: .directory)
    var keys: String?

    @Flag(help: "Make a new key, signed by the one in use.")
    var rotate = false

    func validate() throws {
        if (data == nil) == (keys == nil) { throw ValidationError("give either --data FOLDER or --keys FOLDER") }
    }

    func run() throws {
        do {
            let folder = KeyFolder(keys ?? EvidencePaths(data: data ?? ".").keys)
            let vehicle = try VehicleID(vehicle)
            let list =
                rotate
                ? try folder.rotate(vehicle: vehicle, at: Date()) : try folder.provision(vehicle: vehicle, at: Date())
            for entry in list.entries {
                print("key \(entry.number) of \(vehicle): \(entry.publicKey.id), from \(WireCoding.text(entry.from))")
            }
            print("public list: \(folder.listPath)")
        } catch {
            FileHandle.standardError.write(Data("patrold: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}
