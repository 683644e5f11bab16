// The rules that keep the project readable, as tests: layout, imports that point down only, sizes, README's commands.
import Foundation
import Testing

/// The project's root, from this file's own place in it.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

/// Paths of the Swift files below `folder`, relative to the root.
private func swiftFiles(below folder: String) throws -> [String] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
    return paths.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }.sorted()
}

/// Targets from the lowest layer up; a target may import only targets of the layers before its own.
private let layers: [Set<String>] = [
    [
        "ParkingCore", "COpenVINO", "CTurboJPEG", "CExif", "CLibAV", "CCairo", "CNcurses", "CV4L2", "CGPS", "CQREncode",
        "CCUPS", "CArgon2",
    ],
    ["Imaging", "Inference", "SyncProtocol", "PatrolAPI", "DurableFiles", "VehicleConfiguration", "CityFiles"],
    ["PlateRecognition"],
    ["Addressing", "CameraCapture", "MediaFiles", "Positioning", "Evidence", "TicketPrinting", "PatrolStore"],
    ["SyncClient", "BackOffice", "PatrolConsole", "Simulation"],
    ["PatrolEngine"],
    ["patrold", "patrol", "backoffice", "simulate"],
]

@Suite struct RepositoryRules {
    @Test func `top level holds what the README says and nothing else`() throws {
        let allowed: Set<String> = [
            "Package.swift", "Sources", "Tests", "Fixtures", "Training", "systemd", "udev", "README.md", "Makefile",
            ".ci", ".git", ".gitignore", ".swift-format", ".build", "Package.resolved", "out",
        ]
        let found = try FileManager.default.contentsOfDirectory(atPath: root.path)
        let strangers = Set(found).subtracting(allowed).filter { !$0.hasPrefix(".build") }
        #expect(strangers.isEmpty)
    }

    @Test func `imports point down only`() throws {
        let layerOf = Dictionary(
            uniqueKeysWithValues: layers.enumerated().flatMap { index, names in names.map { ($0, index) } }
        )
        var seen = 0
        for path in try swiftFiles(below: "Sources") {
            let target = String(path.split(separator: "/")[1])
            let own = try #require(layerOf[target], "\(target) has no place in the layers")
            for line in try text(path).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, let name = words.last else { continue }
                let module = String(name.split(separator: ".")[0])
                guard let imported = layerOf[module] else { continue }
                seen += 1
                #expect(imported < own, "\(path) imports \(module), which is not below \(target)")
            }
        }
        #expect(seen > 20)
    }

    @Test func `the lower half does no input or output`() throws {
        let forbidden = ["AsyncHTTPClient", "Hummingbird", "GRDB", "NIOCore", "NIOPosix", "CLibAV", "FileHandle"]
        for target in ["ParkingCore", "SyncProtocol", "PatrolAPI", "Imaging"] {
            for path in try swiftFiles(below: "Sources/\(target)") {
                let source = try text(path)
                for word in forbidden { #expect(!source.contains(word), "\(path) uses \(word)") }
            }
        }
    }

    @Test func `files stay of a size that can be read`() throws {
        for folder in ["Sources", "Tests"] {
            for path in try swiftFiles(below: folder) {
                let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count <= 500, "\(path) has \(lines.count) lines")
            }
        }
    }

    @Test func `every file says in its first lines why it exists`() throws {
        for path in try swiftFiles(below: "Sources") {
            let head = try text(path).split(separator: "\n").prefix(12)
            #expect(head.contains { $0.hasPrefix("//") }, "\(path) begins without a sentence")
        }
    }

    @Test func `nothing is forced`() throws {
        for path in try swiftFiles(below: "Sources") {
            for (number, line) in try text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                #expect(!line.contains("try!") && !line.contains("as!"), "\(path):\(number + 1)")
            }
        }
    }

    @Test func `every make target that the README names exists`() throws {
        let makefile = try text("Makefile")
        let named = try text("README.md").matches(of: /make ([a-z][a-z-]+)/).map { String($0.1) }
        #expect(Set(named).isSuperset(of: ["demo", "test"]))
        for target in Set(named) { #expect(makefile.contains("\n\(target):"), "README names 'make \(target)'") }
    }

    @Test func `README's pictures are there`() throws {
        let pictures = try text("README.md").matches(of: /!\[[^\]]*\]\(([^)]+)\)/).map { String($0.1) }
        #expect(!pictures.isEmpty)
        for picture in pictures {
            #expect(FileManager.default.fileExists(atPath: root.appending(path: picture).path), "\(picture) is missing")
        }
    }

    @Test func `no photograph is committed beside the generated fixtures`() throws {
        let pictures = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "Training").path)
            .filter { path in [".jpg", ".jpeg"].contains { path.lowercased().hasSuffix($0) } }
        #expect(pictures.isEmpty)
    }
}
