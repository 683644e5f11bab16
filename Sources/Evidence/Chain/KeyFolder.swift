// Where the vehicle's keys lie: `keys.json`, which everybody may have, and the private key, which nobody else may read.
package import DurableFiles
package import Foundation
package import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// A folder with `keys.json` and `signing-N.pem`, N the number of the newest key.
///
/// Each change is one step that can be repeated: a private key is written before the list names it, and the one before
/// it is removed once the list names its successor. Cut in between, the same command goes on.
package struct KeyFolder: Sendable {
    package let path: String
    package var listPath: String { "\(path)/keys.json" }

    package init(_ path: String) { self.path = path }

    package var hasKeys: Bool { DurableFile.exists(listPath) }

    /// Makes the vehicle's first key.
    /// - Throws: `EvidenceError.key` where there are keys already; `DurableFileError`.
    package func provision(vehicle: VehicleID, at time: Date) throws -> KeyList {
        guard !hasKeys else {
            throw EvidenceError(
                .key,
                "\(listPath) is there already and is not replaced; 'patrold provision keys --rotate' adds a new key"
            )
        }
        try DurableFile.makeFolder(path)
        let list = try KeyList(first: try newKey(number: 1), vehicle: vehicle, at: time)
        try DurableFile.write(list.bytes, to: listPath, replace: false, mode: 0o644)
        return list
    }

    /// Makes a new key, has it signed by the newest, and removes that one's private half.
    /// - Throws: as `provision` and `open`.
    package func rotate(vehicle: VehicleID, at time: Date) throws -> KeyList {
        let (list, old) = try open(vehicle: vehicle)
        let number = (list.entries.last?.number ?? 0) + 1
        let rotated = try list.rotated(to: try newKey(number: number), signedBy: old, at: time)
        try DurableFile.write(rotated.bytes, to: listPath, replace: true, mode: 0o644)
        let gone = keyPath(number - 1)
        if unlink(gone) != 0, errno != ENOENT {
            throw EvidenceError(.key, "the new key is in use, but the old one could not be removed: remove \(gone)")
        }
        return rotated
    }

    /// The list, and the key to sign with.
    /// - Throws: `EvidenceError` for a missing, foreign or damaged list or key, or a key that others may read.
    package func open(vehicle: VehicleID) throws -> (list: KeyList, key: EvidenceSigningKey) {
        let list = try readList()
        guard list.vehicle == vehicle else {
            throw EvidenceError(
                .keyList,
                "\(listPath) holds the keys of vehicle \(list.vehicle), not of \(vehicle); use that vehicle's own"
            )
        }
        guard let newest = list.entries.last else { throw EvidenceError(.keyList, "\(listPath) holds no key") }
        let file = keyPath(newest.number)
        let key = try KeyFolder.privateKey(file)
        guard key.publicKey == newest.publicKey else {
            throw EvidenceError(.key, "\(file) is not the key that \(listPath) names; restore the right one")
        }
        return (list, key)
    }

    /// Puts the list where the evidence lies, so that a copy of the evidence brings it along.
    package func keepCopy(of list: KeyList) throws(DurableFileError) {
        if DurableFile.exists(listPath), try DurableFile.read(listPath) == list.bytes { return }
        try DurableFile.makeFolder(path)
        try DurableFile.write(list.bytes, to: listPath, replace: true, mode: 0o644)
    }

    /// - Throws: `EvidenceError.keyList`, naming the file.
    package func readList() throws -> KeyList {
        guard hasKeys else {
            throw EvidenceError(.key, "\(listPath) is not there; 'patrold provision keys' makes the vehicle's keys")
        }
        return try KeyList(bytes: try DurableFile.read(listPath))
    }

    private func keyPath(_ number: Int64) -> String { "\(path)/signing-\(number).pem" }

    /// A key on disk that no list names yet: a new one, or one that an interrupted run left.
    private func newKey(number: Int64) throws -> EvidenceSigningKey {
        let file = keyPath(number)
        if DurableFile.exists(file) { return try KeyFolder.privateKey(file) }
        let key = EvidenceSigningKey()
        try DurableFile.write(Array(SigningKeyFile.text(key).utf8), to: file, replace: false, mode: 0o600)
        return key
    }

    private static func privateKey(_ path: String) throws -> EvidenceSigningKey {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw EvidenceError(
                .key,
                "the signing key \(path) is not there; restore it, or rotate to a new key from a copy of the old one"
            )
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw EvidenceError(.key, "\(path) is no plain file") }
        guard status.st_mode & 0o077 == 0 else {
            throw EvidenceError(
                .key,
                "\(path) can be read by others, so its signatures prove nothing: rotate to a new key, and keep that one "
                    + "at mode 0600 ('chmod 600 \(path)' if nobody else can have read it)"
            )
        }
        guard let key = SigningKeyFile.key(String(decoding: try DurableFile.read(path), as: UTF8.self)) else {
            throw EvidenceError(.key, "\(path) holds no Ed25519 key in PEM; restore it")
        }
        return key
    }
}
