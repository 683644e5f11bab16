// The vehicle's keys: made once, for the owner alone, and each vouched for by the one before it.
import Foundation
import ParkingCore
import Testing

@testable import Evidence

@Suite struct KeyTests {
    let folder = KeyFolder(NSTemporaryDirectory() + "keys-\(UUID().uuidString)")
    let time = EvidenceBed.start

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    /// RFC 8032, section 7.1, test 2.
    @Test func `signatures are the standard's own`() throws {
        let seed = try #require(
            Hex.bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb".utf8)
        )
        let key = try #require(EvidenceSigningKey(seed: seed))
        #expect(
            Hex.text(key.publicKey.raw) == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        )
        let signature = try #require(
            Hex.bytes(
                ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00").utf8
            )
        )
        #expect(key.publicKey.isValid(signature, for: [0x72]))
        #expect(key.publicKey.isValid(try key.signature(for: [0x72]), for: [0x72]))
        #expect(!key.publicKey.isValid(signature, for: [0x73]))
    }

    /// RFC 8410, section 10.3 and 10.1.
    @Test func `the key's file is the standard's own`() throws {
        let pem = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----

            """
        let key = try #require(SigningKeyFile.key(pem))
        #expect(Hex.text(key.publicKey.raw) == "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")
        #expect(SigningKeyFile.text(key) == pem)
        for damaged in ["", "x", pem.replacing("MC4C", with: "MC4D"), pem.replacing("BEGIN", with: "BEGAN")] {
            #expect(SigningKeyFile.key(damaged) == nil)
        }
    }

    @Test func `keys are made once, and the private one is the owner's alone`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let vehicle = try VehicleID("patrol-1")
        let list = try folder.provision(vehicle: vehicle, at: time)
        #expect(try mode("\(folder.path)/signing-1.pem") == 0o600)
        #expect(try mode(folder.path) == 0o700)
        let before = try Data(contentsOf: URL(filePath: "\(folder.path)/signing-1.pem"))
        #expect(throws: EvidenceError.self) { try folder.provision(vehicle: vehicle, at: time) }
        #expect(try Data(contentsOf: URL(filePath: "\(folder.path)/signing-1.pem")) == before)
        #expect(try folder.open(vehicle: vehicle).list == list)
        let foreign = #expect(throws: EvidenceError.self) { try folder.open(vehicle: VehicleID("patrol-2")) }
        #expect(foreign?.message.contains("patrol-1") == true)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644, 0o610]) func `a key that others can reach is refused`(mode: Int)
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let vehicle = try VehicleID("patrol-1")
        _ = try folder.provision(vehicle: vehicle, at: time)
        let path = "\(folder.path)/signing-1.pem"
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let error = #expect(throws: EvidenceError.self) { try folder.open(vehicle: vehicle) }
        #expect(error?.message.contains("chmod 600 \(path)") == true)
    }

    @Test func `a missing, swapped or linked key is refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let vehicle = try VehicleID("patrol-1")
        _ = try folder.provision(vehicle: vehicle, at: time)
        let path = "\(folder.path)/signing-1.pem"
        let stranger = SigningKeyFile.text(EvidenceSigningKey())
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: EvidenceError.self) { try folder.open(vehicle: vehicle) }
        _ = FileManager.default.createFile(
            atPath: path,
            contents: Data(stranger.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        #expect(throws: EvidenceError.self) { try folder.open(vehicle: vehicle) }
        try FileManager.default.moveItem(atPath: path, toPath: path + ".real")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".real")
        #expect(throws: EvidenceError.self) { try folder.open(vehicle: vehicle) }
    }

    @Test func `a new key is vouched for by the old one, whose private half goes`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let vehicle = try VehicleID("patrol-1")
        let first = try folder.provision(vehicle: vehicle, at: time)
        let rotated = try folder.rotate(vehicle: vehicle, at: time + 60)
        #expect(rotated.entries.first == first.entries.first && rotated.entries.count == 2)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/signing-1.pem"))
        #expect(try folder.open(vehicle: vehicle).key.publicKey == rotated.entries.last?.publicKey)
        #expect(try KeyList(bytes: rotated.bytes) == rotated)
    }

    @Test func `an interrupted rotation goes on with the key that it had made`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let vehicle = try VehicleID("patrol-1")
        _ = try folder.provision(vehicle: vehicle, at: time)
        let made = EvidenceSigningKey()
        _ = FileManager.default.createFile(
            atPath: "\(folder.path)/signing-2.pem",
            contents: Data(SigningKeyFile.text(made).utf8),
            attributes: [.posixPermissions: 0o600]
        )
        #expect(try folder.open(vehicle: vehicle).list.entries.count == 1)
        #expect(try folder.rotate(vehicle: vehicle, at: time).entries.last?.publicKey == made.publicKey)
    }

    @Test func `every altered byte of a list of keys is found`() throws {
        let vehicle = try VehicleID("patrol-1")
        let (one, two) = (EvidenceSigningKey(), EvidenceSigningKey())
        let list = try KeyList(first: one, vehicle: vehicle, at: time).rotated(to: two, signedBy: one, at: time + 9)
        let bytes = list.bytes
        var found = 0
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            if (try? KeyList(bytes: altered)) == nil { found += 1 }
        }
        #expect(found == bytes.count)
        #expect(throws: EvidenceError.self) { try KeyList(bytes: Array(bytes.dropLast())) }
    }

    @Test func `a key that nobody vouched for is found`() throws {
        let vehicle = try VehicleID("patrol-1")
        let (real, thief, other) = (EvidenceSigningKey(), EvidenceSigningKey(), EvidenceSigningKey())
        let list = try KeyList(first: real, vehicle: vehicle, at: time)
        #expect(throws: EvidenceError.self) { try list.rotated(to: other, signedBy: thief, at: time) }
        let forged = try KeyList(first: thief, vehicle: vehicle, at: time).rotated(to: other, signedBy: thief, at: time)
        let mixed = String(decoding: forged.bytes, as: UTF8.self).replacing(
            Hex.text(thief.publicKey.raw),
            with: Hex.text(real.publicKey.raw)
        )
        #expect(throws: EvidenceError.self) { try KeyList(bytes: Array(mixed.utf8)) }
    }
}
