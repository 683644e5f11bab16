// Files that are there whole or not at all: on a real file system, with real refusals.
import Foundation
import Testing

@testable import DurableFiles

@Suite struct DurableFileTests {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "durable-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func bytesComeBackAndTheFileIsTheOwnersAlone() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try DurableFile.write(bytes, to: "\(folder)/a", replace: false)
        #expect(try DurableFile.read("\(folder)/a") == bytes)
        let mode = try #require(
            FileManager.default.attributesOfItem(atPath: "\(folder)/a")[.posixPermissions] as? NSNumber
        )
        #expect(mode.intValue == 0o600)
        #expect(try names(folder) == ["a"])
    }

    @Test func anExistingFileGivesWayOnlyWhenAskedTo() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try DurableFile.write([1], to: "\(folder)/a", replace: false)
        let error = #expect(throws: DurableFileError.self) {
            try DurableFile.write([2], to: "\(folder)/a", replace: false)
        }
        #expect(error?.code == .alreadyThere)
        #expect(try DurableFile.read("\(folder)/a") == [1])
        try DurableFile.write([3], to: "\(folder)/a", replace: true)
        #expect(try DurableFile.read("\(folder)/a") == [3])
        #expect(try names(folder) == ["a"])
    }

    @Test func aFullDiskIsNamedWithItsCure() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // /dev/full answers every write as a full disk does.
        let device = try Descriptor(opening: "/dev/full", flags: O_WRONLY, action: "open")
        var caught: DurableFileError?
        do { try device.write([1, 2, 3]) } catch { caught = error }
        #expect(caught?.code == .diskFull)
        #expect(caught?.description.contains("/dev/full: the disk is full; free some space") == true)
    }

    @Test(.enabled(if: DurableFileTests.canMount, "a small file system can be mounted here"))
    func aDiskThatFillsUpKeepsWhatItHadAndNoPart() throws {
        let mount = "\(folder)/small"
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        try #require(DurableFileTests.run("/bin/mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", mount) == 0)
        defer {
            _ = DurableFileTests.run("/bin/umount", mount)
            try? FileManager.default.removeItem(atPath: folder)
        }
        try DurableFile.write([UInt8](repeating: 7, count: 60_000), to: "\(mount)/first", replace: false)
        let error = #expect(throws: DurableFileError.self) {
            try DurableFile.write([UInt8](repeating: 8, count: 100_000), to: "\(mount)/second", replace: false)
        }
        #expect(error?.code == .diskFull)
        #expect(try names(mount) == ["first"])
        #expect(try DurableFile.read("\(mount)/first").count == 60_000)
    }

    @Test func aMissingFolderAndAFileInItsPlaceAreTold() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let missing = #expect(throws: DurableFileError.self) {
            try DurableFile.write([1], to: "\(folder)/none/a", replace: true)
        }
        #expect(missing?.code == .missing)
        try DurableFile.write([1], to: "\(folder)/file", replace: true)
        let file = #expect(throws: DurableFileError.self) { try DurableFile.makeFolder("\(folder)/file/below") }
        #expect(file?.description.contains("is a file, not a folder") == true)
    }

    @Test func foldersAreMadeToAnyDepthAndUnfinishedFilesSweptAway() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let deep = "\(folder)/a/b/c"
        try DurableFile.makeFolder(deep)
        try DurableFile.makeFolder(deep)
        try DurableFile.write([1], to: "\(deep)/.unfinished-1-1", replace: true)
        try DurableFile.write([1], to: "\(deep)/kept", replace: true)
        DurableFile.removeUnfinished(in: deep)
        #expect(try names(deep) == ["kept"])
    }

    @Test func aFinishedFileTakesItsNameOrLeavesWhatWasThere() throws {
        try DurableFile.write([1], to: "\(folder)/book", replace: true)
        try DurableFile.write([2], to: "\(folder)/book.unfinished", replace: true)
        try DurableFile.install("\(folder)/book.unfinished", at: "\(folder)/book")
        #expect(try DurableFile.read("\(folder)/book") == [2])
        #expect(throws: DurableFileError.self) {
            try DurableFile.install("\(folder)/absent", at: "\(folder)/book")
        }
        #expect(try DurableFile.read("\(folder)/book") == [2])
        #expect(try names(folder) == ["book"])
    }

    /// Whether this process may mount: tried once, on a folder of its own.
    static let canMount: Bool = {
        let probe = NSTemporaryDirectory() + "mount-\(UUID().uuidString)"
        guard (try? FileManager.default.createDirectory(atPath: probe, withIntermediateDirectories: true)) != nil else {
            return false
        }
        defer { try? FileManager.default.removeItem(atPath: probe) }
        guard run("/bin/mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", probe) == 0 else { return false }
        return run("/bin/umount", probe) == 0
    }()

    private static func run(_ program: String, _ arguments: String...) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
