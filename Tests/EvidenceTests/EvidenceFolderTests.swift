// Photos on disk: named by their content, the owner's alone, whole or not there.
import Foundation
import Testing

@testable import Evidence

@Suite struct EvidenceFolderTests {
    let root = NSTemporaryDirectory() + "evidence-\(UUID().uuidString)"

    @Test func aPhotoLiesUnderItsHashAndComesBack() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = try EvidenceFolder(root)
        let stored = try folder.store(EvidencePhoto(role: .closeUp, jpeg: Array("abc".utf8)))
        // FIPS 180-2, appendix B.1.
        #expect(stored.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(stored.bytes == 3 && stored.role == .closeUp)
        #expect(stored.path == "\(root)/ba/\(stored.sha256).jpg")
        #expect(try folder.photo(stored.sha256) == Array("abc".utf8))
        let file = try FileManager.default.attributesOfItem(atPath: stored.path)
        #expect((file[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let above = try FileManager.default.attributesOfItem(atPath: root)
        #expect((above[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/.incoming").isEmpty)
    }

    @Test func storingAgainChangesNothingAndRepairsDamage() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = try EvidenceFolder(root)
        let photo = EvidencePhoto(role: .context, jpeg: [1, 2, 3])
        let stored = try folder.store(photo)
        let before = try FileManager.default.attributesOfItem(atPath: stored.path)[.systemFileNumber] as? NSNumber
        #expect(try folder.store(photo) == stored)
        let after = try FileManager.default.attributesOfItem(atPath: stored.path)[.systemFileNumber] as? NSNumber
        #expect(before != nil && before == after)
        try Data([9]).write(to: URL(fileURLWithPath: stored.path))
        let error = #expect(throws: EvidenceError.self) { try folder.photo(stored.sha256) }
        #expect(error?.code == .changedPhoto)
        #expect(try folder.store(photo) == stored)
        #expect(try folder.photo(stored.sha256) == [1, 2, 3])
    }

    @Test(arguments: ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "a", count: 63)])
    func aNameThatIsNoHashIsRefused(name: String) throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folder = try EvidenceFolder(root)
        let error = #expect(throws: EvidenceError.self) { try folder.photo(name) }
        #expect(error?.code == .notAHash)
    }

    @Test func whatACrashLeftUnfinishedIsGoneAtTheNextStart() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        _ = try EvidenceFolder(root)
        let left = "\(root)/.incoming/.unfinished-77-1"
        try Data([1]).write(to: URL(fileURLWithPath: left))
        _ = try EvidenceFolder(root)
        #expect(!FileManager.default.fileExists(atPath: left))
    }
}
