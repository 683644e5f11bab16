// Units and udev rules are what systemd and udev take: asked of them, where they are installed.
import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private func isThere(_ program: String) -> Bool { FileManager.default.isExecutableFile(atPath: program) }

/// Runs a program to its end; exit code and all that it said.
private func execute(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

@Suite struct ServiceFiles {
    /// A folder with the units as they are installed below `prefix`, and programs there to start.
    private final class Installed {
        let folder = FileManager.default.temporaryDirectory.appending(path: "units-\(UUID().uuidString)")

        init(changing change: (String) -> String = { $0 }) throws {
            let bin = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            for name in ["patrold", "backoffice"] {
                try FileManager.default.copyItem(
                    at: URL(filePath: "/bin/true").resolvingSymlinksInPath(),
                    to: bin.appending(path: name)
                )
                let unit = try String(contentsOf: root.appending(path: "systemd/\(name).service"), encoding: .utf8)
                try change(unit.replacing("@PREFIX@", with: folder.path))
                    .write(to: folder.appending(path: "\(name).service"), atomically: true, encoding: .utf8)
            }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: "\(name).service").path }
    }

    private static let analyze = "/usr/bin/systemd-analyze"

    @Test(.enabled(if: isThere(analyze)), arguments: ["patrold", "backoffice"])
    func `systemd takes each unit without a word, and calls it 2 or better`(name: String) throws {
        let installed = try Installed()
        let verified = try execute(Self.analyze, ["verify", "--recursive-errors=no", installed.path(name)])
        #expect(verified.code == 0 && verified.output.isEmpty, "\(verified.output)")
        let secure = try execute(
            Self.analyze,
            ["security", "--offline=yes", "--threshold=20", "--no-pager", installed.path(name)]
        )
        #expect(secure.code == 0, "\(secure.output.suffix(300))")
    }

    @Test(.enabled(if: isThere(analyze)))
    func `the same question finds a wrong key and an open door`() throws {
        let wrong = try Installed { $0.replacing("WatchdogSec=", with: "WatchdogSecs=") }
        #expect(try !execute(Self.analyze, ["verify", "--recursive-errors=no", wrong.path("patrold")]).output.isEmpty)
        let open = try Installed { unit in
            unit.split(separator: "\n").filter { !$0.hasPrefix("Protect") && !$0.hasPrefix("System") }
                .joined(separator: "\n")
        }
        let secure = try execute(
            Self.analyze,
            ["security", "--offline=yes", "--threshold=20", "--no-pager", open.path("patrold")]
        )
        #expect(secure.code != 0)
    }

    /// What udev says about the rules of `folder` when it reads all rules; nil: a namespace of one's own is not allowed.
    private func udevWords(_ folder: URL) throws -> String? {
        let script = "mount --bind '\(folder.path)' /etc/udev/rules.d && exec udevadm test /sys/class/net/lo 2>&1"
        let result = try execute("/usr/bin/unshare", ["-rm", "sh", "-c", script])
        guard result.output.contains("Reading rules file: /etc/udev/rules.d/") else { return nil }
        return result.output.split(separator: "\n").filter { $0.hasPrefix("/etc/udev/rules.d/") }
            .joined(separator: "\n")
    }

    @Test(.enabled(if: isThere("/usr/bin/udevadm") && isThere("/usr/bin/unshare")))
    func `udev reads the rules without a complaint, and complains of a wrong one`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "70-curbside-patrol.rules")
        let rules = try String(contentsOf: root.appending(path: "udev/70-curbside-patrol.rules"), encoding: .utf8)
        // The examples are rules too once a technician takes the '#' away.
        try rules.replacing("#SUBSYSTEM", with: "SUBSYSTEM").write(to: file, atomically: true, encoding: .utf8)
        guard let words = try udevWords(folder) else { return }
        #expect(words.isEmpty, "\(words)")
        try rules.replacing("SYMLINK", with: "SYMLNK").write(to: file, atomically: true, encoding: .utf8)
        #expect(try udevWords(folder)?.contains("Invalid key 'SYMLNK'") == true)
    }
}
