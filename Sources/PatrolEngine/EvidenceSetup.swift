// Opens a vehicle's keys and chain, so that its store signs what it keeps.
package import Evidence
internal import Foundation
package import Logging
package import ParkingCore

package enum EvidenceSetup {
    /// The release that this source is of; documents and bundles name it beside the program's own hash.
    package static let version = "0.5"

    /// - Parameters:
    ///   - data: the vehicle's data folder.
    ///   - keys: folder of its keys; nil: within the data folder.
    ///   - reached: told each step of a bundle's making, for exercises that cut it there.
    /// - Returns: what signs the vehicle's facts. A vehicle that never signed anything and has no key gets one.
    /// - Throws: `EvidenceError`, `DurableFileError`: keys that are missing, foreign, or readable by others.
    package static func sealer(
        data: String,
        keys: String?,
        city: City,
        vehicle: VehicleID,
        officer: OfficerID,
        models: String,
        cameraAngles: [CameraID: Double],
        clock: EvidenceClock,
        logger: Logger,
        reached: @escaping @Sendable (ChainStep) -> Void = { _ in }
    ) throws -> EvidenceSealer {
        let paths = EvidencePaths(data: data)
        let folder = KeyFolder(keys ?? paths.keys)
        if !folder.hasKeys {
            guard try ChainFolder(paths.chain).files().isEmpty else {
                throw EvidenceError(
                    .key,
                    "\(paths.chain) holds signed evidence, and the keys in \(folder.path) are gone; restore them"
                )
            }
            let list = try folder.provision(vehicle: vehicle, at: Date())
            logger.notice(
                "a signing key was made: give the list of keys to the back office",
                metadata: ["list": "\(folder.listPath)", "key": "\(list.entries.first?.publicKey.id ?? "")"]
            )
        }
        let (list, key) = try folder.open(vehicle: vehicle)
        if keys != nil { try KeyFolder(paths.keys).keepCopy(of: list) }
        return EvidenceSealer(
            chain: try EvidenceChain(folder: paths.chain, vehicle: vehicle, key: key, reached: reached),
            context: EvidenceContext(
                software: "patrold \(version) (\(programHash))",
                models: models,
                municipality: city.name,
                timeZone: city.timeZone,
                officer: officer,
                cameraAngles: cameraAngles
            ),
            city: city,
            clock: clock
        )
    }

    /// SHA-256 of the running program's file, its first 16 digits: two builds of one version differ in it.
    private static let programHash: String =
        (try? EvidenceFolder.sha256(ofFile: "/proc/self/exe")).map { "program \($0.prefix(16))" } ?? "program unknown"
}
