// swift-tools-version: 6.2
import PackageDescription

/// Strict settings for every target of ours (STYLE: language mode 6, visible imports, warnings are errors).
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Targets that touch every pixel, or every byte of a long list, are optimised in debug builds too: unoptimised they
/// are some fifty times slower, and one build then serves the demonstration and the tests.
let pixels: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

/// Where `.ci/setup` puts OpenVINO's libraries; an installed tree carries them beside its programs.
let runPaths: [LinkerSetting] = [
    .unsafeFlags([
        "-Xlinker", "-rpath", "-Xlinker", "/usr/local/lib/curbside-patrol/openvino/lib",
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/curbside-patrol",
    ])
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")

func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    settings: [SwiftSetting] = strict,
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies + [argumentParser, logging],
        swiftSettings: strict,
        linkerSettings: runPaths
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: runPaths)
}

let package = Package(
    name: "curbside-patrol",
    products: [
        .executable(name: "patrold", targets: ["patrold"]),
        .executable(name: "patrol", targets: ["patrol"]),
        .executable(name: "backoffice", targets: ["backoffice"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Its default traits take in swift-configuration, by which SwiftPM builds it once for programs, once for tests.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Executables: argument parsing and wiring.
        executable(
            "patrold",
            [
                "CameraCapture", "PatrolEngine", "PatrolStore", "PlateRecognition", "Positioning", "Addressing",
                "Evidence", "TicketPrinting", "SyncClient", "MediaFiles", "Imaging", "PatrolAPI", "SyncProtocol",
                "DurableFiles", "ParkingCore", "VehicleConfiguration", "CityFiles", lifecycle, unixSignals,
            ]
        ),
        executable(
            "patrol",
            [
                "PatrolConsole", "PlateRecognition", "PatrolStore", "Evidence", "Addressing", "DurableFiles",
                "MediaFiles", "Imaging", "PatrolAPI", "SyncProtocol", "ParkingCore",
            ]
        ),
        executable("backoffice", ["BackOffice", "CityFiles", "ParkingCore"]),
        // A developer's tool: no product, never installed.
        executable("simulate", ["Simulation"]),

        // Upper half: these do I/O.
        library(
            "PatrolEngine",
            [
                "Addressing", "ParkingCore", "Imaging", "CameraCapture", "MediaFiles", "PlateRecognition",
                "Positioning",
                "Evidence", "TicketPrinting", "PatrolStore", "SyncClient", "SyncProtocol", "PatrolAPI", "DurableFiles",
                "CArgon2", hummingbird,
                lifecycle, logging, nioCore,
            ]
        ),
        library("PatrolConsole", ["PatrolAPI", "ParkingCore", "Imaging", "CNcurses", httpClient, nioCore, nioHTTP]),
        library(
            "BackOffice",
            [
                "SyncProtocol", "ParkingCore", "DurableFiles", grdb, hummingbird, mustache, logging, crypto, nioCore,
                lifecycle, unixSignals,
            ],
            resources: [.copy("Pages")]
        ),
        library(
            "Simulation",
            ["ParkingCore", "PatrolStore", "SyncProtocol"],
            settings: pixels,
            resources: [.copy("Figures")]
        ),
        library(
            "SyncClient",
            ["SyncProtocol", "ParkingCore", "PatrolStore", httpClient, logging, nioCore, lifecycle, unixSignals]
        ),
        library("PatrolStore", ["ParkingCore", "SyncProtocol", "DurableFiles", grdb, sqlite], settings: pixels),
        library(
            "Evidence",
            ["ParkingCore", "SyncProtocol", "Imaging", "DurableFiles", "CExif", "CCairo", crypto],
            settings: pixels
        ),
        library("TicketPrinting", ["ParkingCore", "DurableFiles", "CCairo", "CQREncode", "CCUPS", lifecycle, logging]),
        library("DurableFiles", ["CFileBirth"]),
        library("Positioning", ["ParkingCore", "CGPS"]),
        library("Addressing", ["ParkingCore", "DurableFiles", grdb, sqlite], settings: pixels),
        library("CameraCapture", ["ParkingCore", "Imaging", "CV4L2"], settings: pixels),
        library("MediaFiles", ["Imaging", "CLibAV"], settings: pixels),

        // Lower half: values and functions, tested without any device, file or network.
        library(
            "PlateRecognition",
            ["Inference", "Imaging", "ParkingCore", crypto],
            settings: pixels,
            resources: [.copy("Models")]
        ),
        library("Inference", ["COpenVINO"], settings: pixels),
        library("Imaging", ["CTurboJPEG", "CCairo"], settings: pixels),
        library("PatrolAPI", ["ParkingCore"]),
        library("VehicleConfiguration", ["ParkingCore"]),
        library("CityFiles", ["ParkingCore", yams]),
        library("SyncProtocol", ["ParkingCore"]),
        library("ParkingCore", settings: pixels),

        // C libraries of the system (.ci/packages.txt, .ci/openvino.txt).
        .systemLibrary(name: "COpenVINO", pkgConfig: "openvino_c", providers: []),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CExif", pkgConfig: "libexif", providers: [.apt(["libexif-dev"])]),
        .systemLibrary(name: "CLibAV", pkgConfig: "libavformat", providers: [.apt(["libavformat-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(name: "CV4L2"),
        .systemLibrary(name: "CFileBirth"),
        .systemLibrary(name: "CGPS", pkgConfig: "libgps", providers: [.apt(["libgps-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CCUPS", providers: [.apt(["libcups2-dev"])]),
        .systemLibrary(name: "CNcurses", pkgConfig: "ncursesw", providers: [.apt(["libncurses-dev"])]),

        tests("ParkingCoreTests", ["ParkingCore"]),
        tests("CityFilesTests", ["CityFiles", "ParkingCore"]),
        tests("ImagingTests", ["Imaging", "MediaFiles"]),
        tests(
            "PlateRecognitionTests",
            ["PlateRecognition", "Inference", "Imaging", "MediaFiles", "ParkingCore", crypto]
        ),
        tests("CameraCaptureTests", ["CameraCapture", "Imaging", "ParkingCore"]),
        tests("AddressingTests", ["Addressing", "ParkingCore", grdb]),
        tests("PositioningTests", ["Positioning", "ParkingCore"]),
        tests("GPSDTests", ["Positioning", "ParkingCore"]),
        tests("VehicleConfigurationTests", ["VehicleConfiguration", "ParkingCore"]),
        tests("DurableFilesTests", ["DurableFiles"]),
        tests("EvidenceTests", ["Evidence", "Imaging", "DurableFiles", "SyncProtocol", "ParkingCore", crypto]),
        tests("TicketPrintingTests", ["TicketPrinting", "ParkingCore", "CCUPS", logging]),
        tests("SimulationTests", ["Simulation", "ParkingCore", "PlateRecognition"]),
        tests("PatrolStoreTests", ["PatrolStore", "ParkingCore", "SyncProtocol", grdb]),
        tests(
            "SyncTests",
            ["SyncClient", "BackOffice", "PatrolStore", "SyncProtocol", "ParkingCore", crypto, logging]
        ),
        tests(
            "PatrolEngineTests",
            [
                "Addressing", "PatrolEngine", "PatrolStore", "ParkingCore", "PatrolAPI", "PlateRecognition", "Imaging",
                "MediaFiles", "CameraCapture",
                "Evidence",
                "Positioning", "TicketPrinting", "SyncProtocol", "CityFiles", logging, lifecycle,
            ]
        ),
        tests(
            "PatrolConsoleTests",
            ["PatrolConsole", "PatrolAPI", "ParkingCore", "Imaging", hummingbird, logging, nioCore]
        ),
        tests("CommandTests", ["PatrolAPI", "ParkingCore"]),
        tests("RepositoryTests", []),
    ],
    swiftLanguageModes: [.v6]
)
